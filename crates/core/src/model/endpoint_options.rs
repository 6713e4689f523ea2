//! What an endpoint can ask for beyond its address and its events.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::closed_set;
use crate::secret::SecretText;

/// Domains of one endpoint's filter at most.
pub const MOST_DOMAINS: usize = 100;

/// Requests in a minute that an endpoint can ask to be spared from, at most: more than one endpoint gets anyway.
pub const MOST_PER_MINUTE: u32 = 6_000;

/// Further headers at most, and characters of a name and of a value.
pub const MOST_HEADERS: usize = 10;
const LONGEST_NAME: usize = 64;
const LONGEST_VALUE: usize = 1024;

closed_set! {
    /// The dated versions of the payloads. A new one is made when a member would change its meaning or go.
    pub enum ApiVersion {
        /// The first one.
        V20261101 = "2026-11-01",
    }
}

impl ApiVersion {
    /// What an endpoint gets that asks for none.
    pub const NEWEST: Self = Self::V20261101;
}

closed_set! {
    /// In which order an endpoint gets its deliveries.
    pub enum Ordering {
        /// As soon as possible: `seq` tells the order.
        None = "none",
        /// One after the other: the next goes out when the one before it is delivered or given up.
        Fifo = "fifo",
    }
}

closed_set! {
    /// How much of an event an endpoint gets.
    pub enum PayloadForm {
        /// All that the catalogue describes.
        Full = "full",
        /// Ids, type, time and number alone.
        Thin = "thin",
    }
}

/// Names and beginnings of names that are not the owner's to give: those that the request itself
/// needs (RFC 9110 section 7.6.1, and what frames its body), ours, and those by which proxies on
/// the way speak.
const RESERVED: [&str; 12] = [
    "connection",
    "date",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "x-real-ip",
];
const RESERVED_PREFIXES: [&str; 8] =
    ["cdn-", "cf-", "content-", "proxy-", "sec-", "webhook-", "x-dcvaas-", "x-forwarded-"];

/// Further headers of every request to an endpoint. The values may be credentials.
#[derive(Debug, Default)]
pub struct CustomHeaders(Vec<(String, SecretText)>);

/// Why a header is not taken. The texts never hold a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum HeaderFault {
    #[error("Give {MOST_HEADERS} headers at most.")]
    TooMany,
    #[error(
        "Give a header name of {LONGEST_NAME} characters at most: letters, digits and !#$%&'*+-.^_`|~."
    )]
    Name,
    #[error("This header is set by the request itself or on its way; choose another name.")]
    Reserved,
    #[error("This header is there twice; names are the same in upper and lower case.")]
    Repeated,
    #[error(
        "Give a value of 1 to {LONGEST_VALUE} visible ASCII characters, with spaces only between them."
    )]
    Value,
    #[error("Give a value: the endpoint has no header of this name to keep.")]
    Missing,
}

impl HeaderFault {
    /// The machine word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooMany => "too_many",
            Self::Name => "malformed",
            Self::Reserved => "reserved",
            Self::Repeated => "repeated",
            Self::Value => "invalid",
            Self::Missing => "missing",
        }
    }
}

impl CustomHeaders {
    /// Reads the headers of a request. One without a value has the one that it had among `kept`.
    ///
    /// # Errors
    /// The first fault, with the name (cut to 64 characters) where there is one.
    pub fn parse(
        given: BTreeMap<String, Option<String>>,
        mut kept: Self,
    ) -> Result<Self, (String, HeaderFault)> {
        if given.len() > MOST_HEADERS {
            return Err((String::new(), HeaderFault::TooMany));
        }
        let mut headers: Vec<(String, SecretText)> = Vec::with_capacity(given.len());
        for (name, value) in given {
            let repeated = headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(&name));
            let value = value.map(SecretText::new).or_else(|| kept.take(&name));
            if let Err(fault) = judge(&name, value.as_ref().map(SecretText::expose), repeated) {
                return Err((name.chars().take(LONGEST_NAME).collect(), fault));
            }
            headers.extend(value.map(|value| (name, value)));
        }
        Ok(Self(headers))
    }

    fn take(&mut self, name: &str) -> Option<SecretText> {
        let index = self.0.iter().position(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(self.0.swap_remove(index).1)
    }

    /// The names, as they were given.
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Names and values.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.expose()))
    }

    /// All of it as bytes, to be encrypted at rest: `name: value` in lines.
    pub fn to_plain(&self) -> Zeroizing<Vec<u8>> {
        let mut plain = Zeroizing::new(Vec::new());
        for (name, value) in self.pairs() {
            for part in [name, ":", value, "\n"] {
                plain.extend_from_slice(part.as_bytes());
            }
        }
        plain
    }

    /// From the bytes that were kept.
    pub fn from_plain(plain: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(plain).ok()?;
        let header = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_owned(), SecretText::new(value)))
        };
        text.lines().map(header).collect::<Option<_>>().map(Self)
    }
}

fn judge(name: &str, value: Option<&str>, repeated: bool) -> Result<(), HeaderFault> {
    let lower = name.to_ascii_lowercase();
    if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(is_token) {
        return Err(HeaderFault::Name);
    }
    if RESERVED.contains(&lower.as_str())
        || RESERVED_PREFIXES.iter().any(|prefix| lower.starts_with(prefix))
    {
        return Err(HeaderFault::Reserved);
    }
    if repeated {
        return Err(HeaderFault::Repeated);
    }
    let value = value.ok_or(HeaderFault::Missing)?;
    let visible = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if value.is_empty() || value.len() > LONGEST_VALUE || value.trim() != value || !visible {
        return Err(HeaderFault::Value);
    }
    Ok(())
}

/// A character of a token (RFC 9110 section 5.6.2).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(pairs: &[(&str, &str)]) -> Result<CustomHeaders, (String, HeaderFault)> {
        let given =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned())));
        CustomHeaders::parse(given.collect(), CustomHeaders::default())
    }

    #[test]
    fn headers_are_kept_as_given_and_come_back_from_their_bytes() {
        let headers = parse(&[("Authorization", "Bearer a:b c"), ("X-Tenant", "7")]).unwrap();
        assert_eq!(headers.names(), ["Authorization", "X-Tenant"]);
        let again = CustomHeaders::from_plain(&headers.to_plain()).unwrap();
        assert!(again.pairs().eq(headers.pairs()));
        assert!(CustomHeaders::from_plain(b"").unwrap().names().is_empty());
        assert!(!format!("{headers:?}").contains("Bearer"));
    }

    #[test]
    fn what_is_not_the_owners_to_give_is_refused_by_name() {
        for name in RESERVED {
            assert_eq!(
                parse(&[(name, "x")]).unwrap_err(),
                (name.to_owned(), HeaderFault::Reserved)
            );
        }
        for name in [
            "Webhook-Id",
            "X-DCVaaS-Event",
            "Content-Type",
            "content-length",
            "CF-Connecting-IP",
            "Host",
            "X-Forwarded-For",
            "Proxy-Authorization",
            "Transfer-Encoding",
        ] {
            assert_eq!(parse(&[(name, "x")]).unwrap_err().1, HeaderFault::Reserved, "{name}");
        }
        let long = "a".repeat(65);
        for name in ["", "a b", "a:b", "ü", "a\r\nb", "a(b)", long.as_str()] {
            assert_eq!(parse(&[(name, "x")]).unwrap_err().1, HeaderFault::Name, "{name}");
        }
        assert_eq!(parse(&[("X-A", "1"), ("x-a", "2")]).unwrap_err().1, HeaderFault::Repeated);
    }

    #[test]
    fn values_that_would_break_the_request_are_refused_unseen() {
        let long = "a".repeat(1025);
        for value in ["", " a", "a ", "a\nb", "a\r\nX-B: c", "ü", "\u{0}", "a\tb", long.as_str()] {
            assert_eq!(
                parse(&[("X-A", value)]).unwrap_err(),
                ("X-A".to_owned(), HeaderFault::Value)
            );
        }
        let names: Vec<String> = (0..11).map(|number| format!("x-{number}")).collect();
        let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "v")).collect();
        assert_eq!(parse(&many).unwrap_err().1, HeaderFault::TooMany);
        assert!(parse(many.get(..10).unwrap()).is_ok());
    }

    #[test]
    fn one_without_a_value_keeps_the_one_that_it_had() {
        let had =
            || parse(&[("Authorization", "Bearer a"), ("X-Gone", "1"), ("X-New", "2")]).unwrap();
        let asked = |pairs: &[(&str, Option<&str>)]| {
            let given =
                pairs.iter().map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned)));
            CustomHeaders::parse(given.collect(), had())
        };
        let after = asked(&[("X-New", Some("3")), ("authorization", None)]).unwrap();
        assert_eq!(
            after.pairs().collect::<Vec<_>>(),
            [("X-New", "3"), ("authorization", "Bearer a")]
        );
        for (pairs, fault) in [
            (&[("X-Other", None)] as &[_], HeaderFault::Missing),
            (&[("Host", None)], HeaderFault::Reserved),
            (&[("X-New", None), ("x-new", None)], HeaderFault::Repeated),
        ] {
            assert_eq!(asked(pairs).unwrap_err().1, fault);
        }
    }

    proptest! {
        #[test]
        fn whatever_is_taken_comes_back_from_its_bytes(name in ".{0,20}", value in ".{0,40}") {
            if let Ok(headers) = parse(&[(&name, &value)]) {
                let again = CustomHeaders::from_plain(&headers.to_plain()).unwrap();
                prop_assert!(again.pairs().eq([(name.as_str(), value.as_str())]));
            }
        }
    }
}
