//! The DNS records that the owner of a domain places.

use serde::{Deserialize, Serialize};

use super::hostname::{CHALLENGE_LABEL, Hostname};
use super::suffix::registrable;
use crate::closed_set;

closed_set! {
    /// What a record is for.
    pub enum Purpose {
        /// Hands certificate validation over to us, once and for all.
        Delegation = "delegation",
        /// Brings the hostname's traffic to the service.
        Traffic = "traffic",
        /// Proves the hostname's ownership before its traffic moves; optional.
        Ownership = "ownership",
    }
}

closed_set! {
    /// The type of a record.
    pub enum RecordType {
        /// An alias.
        Cname = "CNAME",
        /// A text.
        Txt = "TXT",
    }
}

/// One record, exactly as it is to be placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DnsRecord {
    /// What it is for.
    pub purpose: Purpose,
    /// Its type.
    #[serde(rename = "type")]
    pub record_type: RecordType,
    /// Its full name, without the root's dot.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Its name within the zone, as most providers want it typed; `@` for the zone itself.
    pub relative_name: String,
    /// The zone that the name is most likely in: the registrable domain.
    pub zone: String,
    /// Whether the domain can become active without it.
    pub required: bool,
}

impl DnsRecord {
    fn new(
        purpose: Purpose,
        record_type: RecordType,
        name: String,
        value: &str,
        required: bool,
    ) -> Self {
        let zone = registrable(name.trim_start_matches("*.")).unwrap_or(&name).to_owned();
        let relative_name = if name == zone {
            "@".to_owned()
        } else {
            name.strip_suffix(&zone)
                .map_or(name.as_str(), |rest| rest.trim_end_matches('.'))
                .to_owned()
        };
        Self { purpose, record_type, name, value: value.to_owned(), relative_name, zone, required }
    }
}

/// Where certificate validation of the hostname is looked for (RFC 8555 section 8.4). A wildcard
/// is validated on its base name.
pub fn delegation_name(hostname: &Hostname) -> String {
    format!("{CHALLENGE_LABEL}.{}", hostname.base())
}

/// Where the delegation points, from the zone's uuid: unique for each hostname, as Baseline
/// Requirements 3.2.2.4.7 ask
/// (<https://developers.cloudflare.com/cloudflare-for-platforms/cloudflare-for-saas/security/certificate-management/issue-and-validate/validate-certificates/delegated-dcv/>).
pub fn delegation_target(hostname: &Hostname, uuid: &str) -> String {
    format!("{}.{uuid}.dcv.cloudflare.com", hostname.base())
}

/// Every record to place: the delegation, the traffic and, where Cloudflare gave one, the proof of
/// ownership.
pub fn records_for(
    hostname: &Hostname,
    delegation_target: &str,
    cname_target: &str,
    ownership: Option<(&str, &str)>,
) -> Vec<DnsRecord> {
    let mut records = vec![
        DnsRecord::new(
            Purpose::Delegation,
            RecordType::Cname,
            delegation_name(hostname),
            delegation_target,
            true,
        ),
        DnsRecord::new(
            Purpose::Traffic,
            RecordType::Cname,
            hostname.as_str().to_owned(),
            cname_target,
            true,
        ),
    ];
    if let Some((name, value)) = ownership {
        records.push(DnsRecord::new(
            Purpose::Ownership,
            RecordType::Txt,
            name.to_owned(),
            value,
            false,
        ));
    }
    records
}

/// One sentence that tells what to place; none where nothing is known yet.
pub fn instruction<'a>(records: impl Iterator<Item = &'a DnsRecord>) -> Option<String> {
    let required: Vec<String> = records
        .filter(|record| record.required)
        .map(|record| {
            format!("{} {} with the value {}", record.record_type, record.name, record.value)
        })
        .collect();
    (!required.is_empty()).then(|| format!("Place these DNS records: {}.", required.join(", and ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(name: &str) -> Vec<(String, String, String, String)> {
        let hostname = Hostname::parse(name, &[]).unwrap();
        let target = delegation_target(&hostname, "u1");
        let proof = format!("_cf-custom-hostname.{}", hostname.base());
        records_for(&hostname, &target, "edge.saas.net", Some((&proof, "p")))
            .into_iter()
            .map(|record| (record.name, record.value, record.relative_name, record.zone))
            .collect()
    }

    fn row(
        name: &str,
        value: &str,
        relative: &str,
        zone: &str,
    ) -> (String, String, String, String) {
        (name.to_owned(), value.to_owned(), relative.to_owned(), zone.to_owned())
    }

    #[test]
    fn names_are_full_and_relative() {
        let zone = "customer.co.uk";
        assert_eq!(
            records("app.customer.co.uk"),
            [
                row(
                    "_acme-challenge.app.customer.co.uk",
                    "app.customer.co.uk.u1.dcv.cloudflare.com",
                    "_acme-challenge.app",
                    zone
                ),
                row("app.customer.co.uk", "edge.saas.net", "app", zone),
                row("_cf-custom-hostname.app.customer.co.uk", "p", "_cf-custom-hostname.app", zone),
            ]
        );
    }

    #[test]
    fn an_apex_and_a_wildcard_delegate_on_the_base_name() {
        assert_eq!(
            records("customer.com")[1],
            row("customer.com", "edge.saas.net", "@", "customer.com")
        );
        let wild = records("*.customer.com");
        assert_eq!(wild[0].0, "_acme-challenge.customer.com");
        assert_eq!(wild[0].1, "customer.com.u1.dcv.cloudflare.com");
        assert_eq!(wild[1], row("*.customer.com", "edge.saas.net", "*", "customer.com"));
    }
}
