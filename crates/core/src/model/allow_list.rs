//! From where a token may be used: blocks of addresses (CIDR, RFC 4632 and RFC 4291 section 2.3).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Blocks of one list at most.
pub const MOST: usize = 50;
/// The bits of an IPv6 address before the IPv4 address that it holds (RFC 4291 section 2.5.5.2).
const MAPPED: u8 = 96;

/// One block: the addresses that begin like this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Block {
    first: IpAddr,
    prefix: u8,
}

/// The bits of an address, from the left, and how many there are.
fn bits(address: IpAddr) -> (u128, u8) {
    match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)) << 96, 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    }
}

fn masked(value: u128, prefix: u8) -> u128 {
    value & u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0)
}

impl Block {
    /// Reads `192.0.2.0/24`, `2001:db8::/32` or a single address. What an IPv6 address holds of
    /// IPv4 is read as that.
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let (_, whole) = bits(address);
        let prefix = match prefix {
            None => whole,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().ok().filter(|prefix| *prefix <= whole)?
            }
            Some(_) => return None,
        };
        let canonical = address.to_canonical();
        match prefix.checked_sub(MAPPED) {
            Some(prefix) if canonical.is_ipv4() && address.is_ipv6() => {
                Some(Self::of(canonical, prefix))
            }
            _ => Some(Self::of(address, prefix)),
        }
    }

    /// The block of that many leading bits.
    fn of(address: IpAddr, prefix: u8) -> Self {
        let first = masked(bits(address).0, prefix);
        let first = match address {
            IpAddr::V4(_) => {
                let [a, b, c, d, ..] = first.to_be_bytes();
                IpAddr::V4(Ipv4Addr::new(a, b, c, d))
            }
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from(first)),
        };
        Self { first, prefix }
    }

    fn holds(self, address: IpAddr) -> bool {
        address.is_ipv4() == self.first.is_ipv4() && Self::of(address, self.prefix) == self
    }
}

/// Reads what a caller asks for and gives it in one form, each block once.
///
/// # Errors
/// The number (from 0) of the first entry that is no block.
pub fn parse(entries: &[String]) -> Result<Vec<String>, usize> {
    let mut list: Vec<String> = Vec::with_capacity(entries.len());
    for (at, entry) in entries.iter().enumerate() {
        let block = Block::parse(entry).ok_or(at)?;
        let text = format!("{}/{}", block.first, block.prefix);
        if !list.contains(&text) {
            list.push(text);
        }
    }
    Ok(list)
}

/// Whether a stored list (a JSON array) holds the address. What cannot be read holds nothing.
pub fn allows(list: &str, address: &str) -> bool {
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let address = address.to_canonical();
    let entries: Vec<String> = serde_json::from_str(list).unwrap_or_default();
    entries.iter().filter_map(|entry| Block::parse(entry)).any(|block| block.holds(address))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(entry: &str) -> Result<String, usize> {
        parse(&[entry.to_owned()]).map(|list| list[0].clone())
    }

    #[test]
    fn blocks_come_out_in_one_form() {
        for (given, kept) in [
            ("192.0.2.7", "192.0.2.7/32"),
            ("192.0.2.7/24", "192.0.2.0/24"),
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("2001:DB8:0:0::1/32", "2001:db8::/32"),
            ("::1", "::1/128"),
            ("::/0", "::/0"),
            ("::ffff:192.0.2.7", "192.0.2.7/32"),
            ("::ffff:10.1.2.3/104", "10.0.0.0/8"),
        ] {
            assert_eq!(one(given).as_deref(), Ok(kept));
        }
        let twice = ["192.0.2.1/24".to_owned(), "192.0.2.2/24".to_owned()];
        assert_eq!(parse(&twice), Ok(vec!["192.0.2.0/24".to_owned()]));
    }

    #[test]
    fn what_is_no_block_is_named_by_its_number() {
        for wrong in [
            "",
            "x",
            "192.0.2",
            "192.0.2.256",
            "192.0.2.1/33",
            "192.0.2.1/",
            "192.0.2.1/+8",
            "192.0.2.1/-1",
            "2001:db8::/129",
            "2001:db8::1::",
            " 192.0.2.1",
            "192.0.2.1/8/8",
            "0300.0.2.1",
            "fe80::1%eth0",
            "example.com",
        ] {
            assert_eq!(parse(&["::1".to_owned(), wrong.to_owned()]), Err(1), "{wrong}");
        }
    }

    #[test]
    fn an_address_is_in_its_blocks_and_in_no_other() {
        let list = r#"["192.0.2.0/24","2001:db8::/32","198.51.100.7/32"]"#;
        for (address, expected) in [
            ("192.0.2.255", true),
            ("192.0.3.0", false),
            ("::ffff:192.0.2.1", true),
            ("::ffff:192.0.3.1", false),
            ("2001:db8:ffff::1", true),
            ("2001:db9::1", false),
            ("198.51.100.7", true),
            ("198.51.100.8", false),
            ("", false),
            ("192.0.2.1, 192.0.2.2", false),
        ] {
            assert_eq!(allows(list, address), expected, "{address}");
        }
        // All of IPv6 is not all of IPv4.
        assert!(!allows(r#"["::/0"]"#, "192.0.2.1") && allows(r#"["::/0"]"#, "2001:db8::1"));
        for unreadable in ["", "[]", "null", "[7]", "\"::/0\""] {
            assert!(!allows(unreadable, "192.0.2.1"), "{unreadable}");
        }
    }

    proptest! {
        #[test]
        fn a_block_holds_the_address_that_it_was_made_of(address: u128, prefix in 0u8..=128, v4: bool) {
            let address = if v4 {
                let [.., a, b, c, d] = address.to_be_bytes();
                IpAddr::V4(Ipv4Addr::new(a, b, c, d))
            } else {
                IpAddr::V6(Ipv6Addr::from(address))
            };
            let prefix = if v4 { prefix % 33 } else { prefix };
            let kept = one(&format!("{address}/{prefix}")).unwrap();
            let list = serde_json::to_string(std::slice::from_ref(&kept)).unwrap();
            prop_assert!(allows(&list, &address.to_string()), "{kept} {address}");
            prop_assert_eq!(one(&kept), Ok(kept.clone()));
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in ".{0,60}") {
            let read = one(&text).is_ok();
            prop_assert!(!allows(&text, &text) && (!read || text.contains(['.', ':'])));
        }
    }
}
