//! E-mail addresses, normalised so that one person is one text.

use crate::config::host_name;

/// Characters at most (RFC 5321 section 4.5.3.1, as corrected by RFC 3696 erratum 1690).
const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;

/// An address in lower case, of plain ASCII: `local@host.name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address that a person typed. Quoted local parts and literal hosts, which nobody
    /// uses, and addresses outside of ASCII, which few mail servers take, are refused.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let (local, host) = text.rsplit_once('@')?;
        // RFC 5322 section 3.2.3: `atext`, with single dots inside.
        let atext =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
        let atoms = local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(atext));
        let fits = text.len() <= LONGEST && local.len() <= LONGEST_LOCAL;
        (fits && atoms && host_name(host).is_some()).then_some(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_person_is_one_text() {
        for text in ["Ada@Example.TEST", " ada@example.test\n", "ADA@EXAMPLE.test"] {
            assert_eq!(EmailAddress::parse(text).unwrap().as_str(), "ada@example.test");
        }
        for good in ["a.b+c@x.example", "o'neil@x.example", "a@1.example"] {
            assert_eq!(EmailAddress::parse(good).unwrap().as_str(), good);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@x.example", "a".repeat(65));
        for bad in [
            "",
            "@",
            "a",
            "a@",
            "@x.example",
            "a@localhost",
            "a@x.example,b@x.example",
            "a b@x.example",
            "a@x.example\r\nbcc: b@x.example",
            "\"a b\"@x.example",
            "a..b@x.example",
            ".a@x.example",
            "a@b@x.example",
            "<a@x.example>",
            "Ada <a@x.example>",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "ä@x.example",
            "a@bücher.example",
            "a@-x.example",
            &long,
        ] {
            assert_eq!(EmailAddress::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic_and_reads_back(text in ".{0,300}") {
            if let Some(address) = EmailAddress::parse(&text) {
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Some(address));
            }
        }
    }
}
