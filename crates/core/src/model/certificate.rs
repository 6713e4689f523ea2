//! Certificates as Cloudflare shows them, and which date counts.

use crate::closed_set;
use crate::time::Timestamp;

closed_set! {
    /// The kind of a certificate's key.
    pub enum KeyType {
        /// Elliptic curve.
        Ecdsa = "ecdsa",
        /// RSA.
        Rsa = "rsa",
        /// Not told.
        Unknown = "unknown",
    }
}

closed_set! {
    /// Where an expiry date comes from.
    pub enum ExpiresSource {
        /// From the certificates that Cloudflare shows.
        Certificate = "certificate",
    }
}

/// One certificate of a custom hostname. Every member may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the members are those of Cloudflare's answer")]
pub struct SeenCertificate {
    pub id: Option<String>,
    pub issuer: Option<String>,
    pub serial: Option<String>,
    pub signature: Option<String>,
    pub fingerprint: Option<String>,
    pub issued_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
}

impl SeenCertificate {
    /// What makes it this certificate and no other; `None` if nothing tells.
    pub fn identity(&self) -> Option<&str> {
        self.fingerprint.as_deref().or(self.serial.as_deref()).or(self.id.as_deref())
    }

    /// Whether it is one of `known`, by anything that makes it this certificate: what Cloudflare
    /// shows of one is not always the same.
    pub fn is_among(&self, known: &[String]) -> bool {
        [&self.fingerprint, &self.serial, &self.id]
            .into_iter()
            .flatten()
            .any(|identity| known.contains(identity))
    }

    /// The kind of its key, by its signature: Cloudflare issues twins, each signed in its kind.
    pub fn key_type(&self) -> KeyType {
        let signature = self.signature.as_deref().unwrap_or_default().to_ascii_lowercase();
        if signature.contains("ecdsa") {
            KeyType::Ecdsa
        } else if signature.contains("rsa") {
            KeyType::Rsa
        } else {
            KeyType::Unknown
        }
    }
}

/// The date that counts, and the certificate it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effective {
    /// When the hostname's certificate runs out.
    pub expires_at: Timestamp,
    /// When it was issued.
    pub issued_at: Option<Timestamp>,
}

/// While a renewal is under way old and new stand side by side, and RSA and ECDSA twins are
/// deployed together: the newest valid one of each kind counts, and of those the one that ends
/// first. Where none is valid any more, the one that ended last.
pub fn effective(certificates: &[SeenCertificate], now: Timestamp) -> Option<Effective> {
    let dated = |kind: KeyType| {
        certificates.iter().filter(move |seen| seen.key_type() == kind).filter_map(|seen| {
            Some(Effective { expires_at: seen.expires_at?, issued_at: seen.issued_at })
        })
    };
    let newest_valid = |kind: &KeyType| {
        dated(*kind)
            .filter(|found| found.expires_at > now)
            .max_by_key(|found| (found.issued_at, found.expires_at))
    };
    KeyType::ALL.iter().filter_map(newest_valid).min_by_key(|found| found.expires_at).or_else(
        || KeyType::ALL.iter().flat_map(|kind| dated(*kind)).max_by_key(|found| found.expires_at),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(signature: &str, issued: i64, expires: i64) -> SeenCertificate {
        SeenCertificate {
            signature: Some(signature.to_owned()),
            issued_at: Some(Timestamp::from_millis(issued)),
            expires_at: Some(Timestamp::from_millis(expires)),
            ..SeenCertificate::default()
        }
    }

    fn ends(certificates: &[SeenCertificate]) -> Option<i64> {
        ends_at(certificates, 60)
    }

    fn ends_at(certificates: &[SeenCertificate], now: i64) -> Option<i64> {
        effective(certificates, Timestamp::from_millis(now))
            .map(|found| found.expires_at.as_millis())
    }

    #[test]
    fn of_twins_the_one_that_ends_first_counts() {
        let twins = [certificate("ECDSAWithSHA256", 1, 100), certificate("SHA256WithRSA", 2, 90)];
        assert_eq!(ends(&twins), Some(90));
    }

    #[test]
    fn in_a_renewal_the_newer_of_each_kind_counts() {
        let mut all =
            vec![certificate("ECDSAWithSHA256", 1, 100), certificate("SHA256WithRSA", 1, 100)];
        all.push(certificate("ECDSAWithSHA256", 50, 200));
        assert_eq!(ends(&all), Some(100), "the RSA twin is still the old one");
        all.push(certificate("SHA256WithRSA", 50, 200));
        assert_eq!(ends(&all), Some(200));
    }

    #[test]
    fn a_twin_that_ran_out_counts_no_more_while_the_other_is_valid() {
        let renewed_as_ecdsa_alone =
            [certificate("SHA256WithRSA", 1, 100), certificate("ECDSAWithSHA256", 50, 200)];
        assert_eq!(ends_at(&renewed_as_ecdsa_alone, 99), Some(100));
        assert_eq!(ends_at(&renewed_as_ecdsa_alone, 100), Some(200));
        assert_eq!(ends_at(&renewed_as_ecdsa_alone, 500), Some(200), "all have run out");
    }

    #[test]
    fn without_dates_there_is_no_date() {
        assert_eq!(ends(&[SeenCertificate::default()]), None);
        assert_eq!(ends(&[]), None);
    }
}
