//! Ids: a prefix that names the type, then a `UUIDv7` (RFC 9562 section 5.7) as 32 hexadecimal
//! digits, so that the order of ids is the order of creation. Without dots: the signed text of a
//! webhook separates its parts by dots.

use serde::{Deserialize, Serialize};
use uuid::Builder;

use crate::store::Value;
use crate::time::Timestamp;

/// Hexadecimal digits after the prefix.
const DIGITS: usize = 32;

fn generate(prefix: &str, now: Timestamp, random: [u8; 10]) -> String {
    let millis = u64::try_from(now.as_millis()).unwrap_or_default();
    let uuid = Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
    format!("{prefix}{}", uuid.simple())
}

fn first(prefix: &str, at: Timestamp) -> String {
    format!("{prefix}{:012x}", at.as_millis())
}

fn is_valid(prefix: &str, text: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|digits| {
        digits.len() == DIGITS
            && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $name:ident = $prefix:literal;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(
            feature = "schema",
            derive(schemars::JsonSchema),
            schemars(extend("pattern" = concat!("^", $prefix, "[0-9a-f]{32}$")))
        )]
        pub struct $name(String);

        impl $name {
            /// A new id, from the time and 80 random bits.
            pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
                Self(generate($prefix, now, random))
            }

            /// Where the ids of a time begin: none that was made before sorts after it.
            pub fn first(at: Timestamp) -> String {
                first($prefix, at)
            }

            /// Reads an id that a caller gave; `None` for what cannot be one.
            pub fn parse(text: &str) -> Option<Self> {
                is_valid($prefix, text).then(|| Self(text.to_owned()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&$name> for Value {
            fn from(id: &$name) -> Self {
                Self::Text(id.0.clone())
            }
        }
    )+};
}

ids! {
    /// An organization.
    OrgId = "org_";
    /// A person.
    UserId = "usr_";
    /// A domain.
    DomainId = "dom_";
    /// A certificate.
    CertificateId = "crt_";
    /// A custom hostname to be removed upstream.
    RemovalId = "rmv_";
    /// An API token.
    TokenId = "tok_";
    /// A session.
    SessionId = "ses_";
    /// A mail.
    MailId = "mail_";
    /// A sign-in link.
    SignInId = "sgn_";
    /// An event.
    EventId = "evt_";
    /// A webhook endpoint.
    WebhookId = "wh_";
    /// A delivery of one event to one endpoint.
    DeliveryId = "dlv_";
    /// One try of a delivery.
    AttemptId = "att_";
    /// An audit row.
    AuditId = "aud_";
    /// A request.
    RequestId = "req_";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_creation_and_read_back() {
        let first = DomainId::new(Timestamp::from_millis(1_000), [255; 10]);
        let second = DomainId::new(Timestamp::from_millis(1_001), [0; 10]);
        assert!(first < second);
        assert_eq!(DomainId::parse(first.as_str()), Some(first.clone()));
        assert!(!first.as_str().contains('.'));
    }

    #[test]
    fn what_is_no_id_of_that_type_is_refused() {
        let token = TokenId::new(Timestamp::from_millis(1), [1; 10]);
        for bad in
            ["", "dom_", "dom_1", token.as_str(), &"dom_0".repeat(9), "dom_zz'; DROP TABLE domains"]
        {
            assert_eq!(DomainId::parse(bad), None, "{bad}");
        }
    }
}
