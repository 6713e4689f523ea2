//! Host names that can be added: normalised, and refused here for the reasons for which Cloudflare
//! would refuse them, before it is called.

use dcvaas_url::Host;

use super::suffix::registrable;
use crate::closed_set;

/// What stands before a name where its certificate is validated (RFC 8555 section 8.4).
pub const CHALLENGE_LABEL: &str = "_acme-challenge";
/// Octets of a name, and of one label (RFC 1035 section 2.3.4). A name must leave room for the
/// challenge label and its dot, or it could never be validated.
const LONGEST_IN_DNS: usize = 253;
const LONGEST: usize = LONGEST_IN_DNS - CHALLENGE_LABEL.len() - 1;
const LONGEST_LABEL: usize = 63;
/// A certificate's common name holds 64 characters (RFC 5280, upper bound ub-common-name); for
/// longer names Cloudflare puts a name of its own there.
const LONGEST_COMMON_NAME: usize = 64;

/// Names that no public certificate can be issued for: special-use and reserved top-level domains
/// (RFC 2606, RFC 6761, RFC 6762, RFC 7686, RFC 9476), those reserved for private use, and those
/// that ICANN will never delegate (its resolution of 2018-02-04).
const RESERVED: [&str; 14] = [
    "alt",
    "arpa",
    "corp",
    "example",
    "home",
    "internal",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "mail",
    "onion",
    "test",
];
/// Cloudflare refuses these names (code 1411), and what lies below them; below them our own
/// documentation and simulator are at home, so that Cloudflare is left to refuse it.
const DOCUMENTATION: [&str; 3] = ["example.com", "example.net", "example.org"];

closed_set! {
    /// Why a name cannot be added.
    pub enum HostnameError {
        /// Nothing was given.
        Empty = "empty",
        /// More than 237 characters, or a label of more than 63.
        TooLong = "too_long",
        /// A URL instead of a name.
        NotAName = "not_a_name",
        /// A character that cannot stand in a name.
        BadCharacter = "bad_character",
        /// Two dots in a row, or one at the beginning.
        EmptyLabel = "empty_label",
        /// A label with a hyphen at its beginning or end, or with two in third place.
        Hyphen = "hyphen",
        /// A label that is no valid international name.
        BadInternational = "bad_international",
        /// An IP address.
        IpAddress = "ip_address",
        /// No dot.
        SingleLabel = "single_label",
        /// A suffix under which everybody can register, such as `co.uk`.
        PublicSuffix = "public_suffix",
        /// A name that is reserved.
        Reserved = "reserved",
        /// A name of the service itself.
        OwnZone = "own_zone",
        /// A star that is not the whole first label.
        Wildcard = "wildcard",
    }
}

impl HostnameError {
    /// What is wrong, and what would be right.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Empty => "Give a host name, such as app.example.com.",
            Self::TooLong => {
                "A host name can have 237 characters at most, and 63 between two dots; the validation record needs the rest of the 253 that DNS allows."
            }
            Self::NotAName => "Give only the host name, without https://, port or path.",
            Self::BadCharacter => "A host name consists of letters, digits, hyphens and dots.",
            Self::EmptyLabel => "There is nothing between two dots; take one of them out.",
            Self::Hyphen => {
                "No part of a host name begins or ends with a hyphen, or has hyphens as its third and fourth characters."
            }
            Self::BadInternational => "This is not a valid international host name.",
            Self::IpAddress => "Give a host name, not an IP address.",
            Self::SingleLabel => {
                "Give the full host name with its domain, such as app.example.com."
            }
            Self::PublicSuffix => {
                "This is a public suffix, under which everybody can register. Give a name below it."
            }
            Self::Reserved => "This name is reserved; no public certificate can be issued for it.",
            Self::OwnZone => "This name belongs to the service itself. Give a name of your own.",
            Self::Wildcard => {
                "A star may only stand alone in front, such as *.example.com, and not above a public suffix."
            }
        }
    }
}

/// A host name in A-labels and lower case, without the root's dot; it may begin with `*.`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Hostname(String);

impl Hostname {
    /// Reads what a caller gave. `own_zones` are refused with everything under them.
    pub fn parse(text: &str, own_zones: &[String]) -> Result<Self, HostnameError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(HostnameError::Empty);
        }
        // Four bytes a character at most: beyond this nothing can become a valid name.
        if text.len() > 4 * LONGEST {
            return Err(HostnameError::TooLong);
        }
        if text.contains("://") || text.contains(['/', '?', '#', '@', '\\']) {
            return Err(HostnameError::NotAName);
        }
        if text == "." {
            return Err(HostnameError::Empty);
        }
        let text = text.strip_suffix('.').unwrap_or(text);
        let (star, base) = match text.strip_prefix("*.") {
            Some(base) => ("*.", base),
            None => ("", text),
        };
        if base.contains('*') {
            return Err(HostnameError::Wildcard);
        }
        let base = to_ascii(base)?;
        check_labels(&base)?;
        check_place(&base, !star.is_empty(), own_zones)?;
        let name = format!("{star}{base}");
        if name.len() > LONGEST { Err(HostnameError::TooLong) } else { Ok(Self(name)) }
    }

    /// Takes over a name that was checked when it was stored.
    pub fn from_stored(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it stands for all names one label below.
    pub fn is_wildcard(&self) -> bool {
        self.0.starts_with("*.")
    }

    /// The name without the star.
    pub fn base(&self) -> &str {
        self.0.strip_prefix("*.").unwrap_or(&self.0)
    }

    /// Whether it is too long for a certificate's common name.
    pub fn needs_branding(&self) -> bool {
        self.0.len() > LONGEST_COMMON_NAME
    }
}

/// To A-labels (UTS 46, non-transitional, as the URL standard does it).
fn to_ascii(text: &str) -> Result<String, HostnameError> {
    if text.starts_with('[') || text.matches(':').count() > 1 {
        return Err(HostnameError::IpAddress);
    }
    if text.contains(':') {
        return Err(HostnameError::NotAName);
    }
    // The order of checks is ours; the standard's parser only says that something is wrong, and it
    // would decode percent signs.
    let in_name = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    if !text.chars().all(in_name) {
        return Err(HostnameError::BadCharacter);
    }
    if text.starts_with('.') || text.ends_with('.') || text.contains("..") {
        return Err(HostnameError::EmptyLabel);
    }
    match Host::parse(text) {
        Some(Host::Domain(name)) => Ok(name),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => Err(HostnameError::IpAddress),
        // What ends in a number must be an IPv4 address to the parser: it is no name either.
        None if ends_in_number(text) => Err(HostnameError::IpAddress),
        None if text.is_ascii() && !text.to_ascii_lowercase().contains("xn--") => {
            Err(HostnameError::BadCharacter)
        }
        None => Err(HostnameError::BadInternational),
    }
}

fn ends_in_number(text: &str) -> bool {
    text.rsplit('.').next().is_some_and(|label| {
        let hexadecimal = label.strip_prefix("0x").or_else(|| label.strip_prefix("0X"));
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit())
            || hexadecimal.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    })
}

fn check_labels(name: &str) -> Result<(), HostnameError> {
    for label in name.split('.') {
        if label.is_empty() {
            return Err(HostnameError::EmptyLabel);
        }
        if label.len() > LONGEST_LABEL {
            return Err(HostnameError::TooLong);
        }
        // "??--" is reserved for encodings, of which there is one (RFC 5890 section 2.3.1); authorities
        // issue for no other (Baseline Requirements, "P-Labels").
        let reserved = label.get(2..4) == Some("--") && !label.starts_with("xn");
        if label.starts_with('-') || label.ends_with('-') || reserved {
            return Err(HostnameError::Hyphen);
        }
        if !label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(HostnameError::BadCharacter);
        }
    }
    Ok(())
}

fn check_place(base: &str, wildcard: bool, own_zones: &[String]) -> Result<(), HostnameError> {
    let under = |zone: &str| {
        base == zone || base.strip_suffix(zone).is_some_and(|rest| rest.ends_with('.'))
    };
    let top = base.rsplit('.').next().unwrap_or(base);
    if RESERVED.contains(&top) {
        return Err(HostnameError::Reserved);
    }
    if registrable(base).is_none() {
        return Err(match (base.contains('.'), wildcard) {
            (_, true) => HostnameError::Wildcard,
            (true, false) => HostnameError::PublicSuffix,
            (false, false) => HostnameError::SingleLabel,
        });
    }
    if own_zones.iter().any(|zone| under(zone)) {
        return Err(HostnameError::OwnZone);
    }
    if DOCUMENTATION.contains(&base) {
        return Err(HostnameError::Reserved);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<String, HostnameError> {
        Hostname::parse(text, &["dcvaas.dev".to_owned()]).map(|name| name.0)
    }

    #[test]
    fn good_names_are_normalised() {
        let label = "a".repeat(63);
        let long = format!("{label}.{label}.{label}.{}.customer.com", "a".repeat(32));
        assert_eq!(long.len(), LONGEST);
        for (given, kept) in [
            ("app.example.com", "app.example.com"),
            ("APP.Customer.COM", "app.customer.com"),
            ("  app.customer.com  ", "app.customer.com"),
            ("app.customer.com.", "app.customer.com"),
            ("customer.com", "customer.com"),
            ("*.customer.com", "*.customer.com"),
            ("a.b.c.customer.co.uk", "a.b.c.customer.co.uk"),
            ("bücher.de", "xn--bcher-kva.de"),
            ("straße.de", "xn--strae-oqa.de"),
            ("*.bücher.de", "*.xn--bcher-kva.de"),
            ("例え.jp", "xn--r8jz45g.jp"),
            ("app。customer。com", "app.customer.com"),
            ("xn--bcher-kva.de", "xn--bcher-kva.de"),
            ("1app.customer.com", "1app.customer.com"),
            ("a-b--c.customer.com", "a-b--c.customer.com"),
            ("app.example.com", "app.example.com"),
            ("ＡＰＰ.customer.com", "app.customer.com"),
            ("app.new-tld-of-tomorrow", "app.new-tld-of-tomorrow"),
            ("me.github.io", "me.github.io"),
            (long.as_str(), long.as_str()),
        ] {
            assert_eq!(parse(given).as_deref(), Ok(kept), "{given}");
        }
    }

    #[test]
    fn each_bad_name_has_its_reason() {
        use HostnameError as E;
        let long = format!("{}.customer.com", "a".repeat(64));
        let longer = format!("{}customer.com", "abc.".repeat(57));
        let longest = "a.".repeat(5000);
        for (given, reason) in [
            ("", E::Empty),
            ("   ", E::Empty),
            ("https://app.customer.com", E::NotAName),
            ("app.customer.com/path", E::NotAName),
            ("app.customer.com:443", E::NotAName),
            ("user@customer.com", E::NotAName),
            ("app customer.com", E::BadCharacter),
            ("app_1.customer.com", E::BadCharacter),
            ("app!.customer.com", E::BadCharacter),
            ("app\u{0}.customer.com", E::BadCharacter),
            ("app..customer.com", E::EmptyLabel),
            (".customer.com", E::EmptyLabel),
            ("customer.com..", E::EmptyLabel),
            ("ap'p.customer.com", E::BadCharacter),
            ("%61pp.customer.com", E::BadCharacter),
            ("ü%61.customer.com", E::BadCharacter),
            ("ü.customer.com:443", E::NotAName),
            ("//app.customer.com", E::NotAName),
            ("app.customer.com\\x", E::NotAName),
            ("app.customer.com?x=1", E::NotAName),
            (".", E::Empty),
            ("xn--a.customer.com", E::BadInternational),
            ("xn--ü.customer.com", E::BadInternational),
            ("\u{202e}app.customer.com", E::BadInternational),
            ("a\u{200d}b.customer.com", E::BadInternational),
            ("a⒈b.customer.com", E::BadInternational),
            ("ab--cd.customer.com", E::Hyphen),
            ("-app.customer.com", E::Hyphen),
            ("app-.customer.com", E::Hyphen),
            ("xn--zzzzzz-.de", E::BadInternational),
            ("192.0.2.1", E::IpAddress),
            ("127.1", E::IpAddress),
            ("2130706433", E::IpAddress),
            ("0x7f.0.0.1", E::IpAddress),
            ("256.256.256.256", E::IpAddress),
            ("1.2.3.0x4", E::IpAddress),
            ("１２７.0.0.1", E::IpAddress),
            ("*.127.0.0.1", E::IpAddress),
            ("192.0.2.1.", E::IpAddress),
            ("[2001:db8::1]", E::IpAddress),
            ("2001:db8::1", E::IpAddress),
            ("localhost", E::Reserved),
            ("customer", E::SingleLabel),
            ("com", E::SingleLabel),
            ("co.uk", E::PublicSuffix),
            ("github.io", E::PublicSuffix),
            ("app.test", E::Reserved),
            ("app.local", E::Reserved),
            ("app.internal", E::Reserved),
            ("1.2.0.192.in-addr.arpa", E::Reserved),
            ("example.com", E::Reserved),
            ("dcvaas.dev", E::OwnZone),
            ("app.dcvaas.dev", E::OwnZone),
            ("*.dcvaas.dev", E::OwnZone),
            ("*.com", E::Wildcard),
            ("*.co.uk", E::Wildcard),
            ("*", E::Wildcard),
            ("*.*.customer.com", E::Wildcard),
            ("app.*.customer.com", E::Wildcard),
            ("a*.customer.com", E::Wildcard),
            (long.as_str(), E::TooLong),
            (longer.as_str(), E::TooLong),
            (longest.as_str(), E::TooLong),
            ("*.", E::Wildcard),
            ("app.example.*", E::Wildcard),
            ("*.github.io", E::Wildcard),
            ("app.alt", E::Reserved),
        ] {
            assert_eq!(parse(given), Err(reason), "{given}");
        }
    }

    #[test]
    fn the_own_zone_does_not_cover_names_that_only_end_alike() {
        assert!(parse("notdcvaas.dev").is_ok());
    }

    #[test]
    fn every_reason_says_what_would_be_right() {
        for reason in HostnameError::ALL {
            assert!(reason.message().ends_with('.'), "{reason}");
        }
        assert!(HostnameError::TooLong.message().contains(&LONGEST.to_string()));
    }

    proptest! {
        #[test]
        fn whatever_passes_is_a_valid_name_and_passes_again(text in "\\PC{0,80}") {
            if let Ok(name) = parse(&text) {
                prop_assert!(name.is_ascii() && name.len() <= LONGEST);
                prop_assert_eq!(parse(&name), Ok(name));
            }
        }
    }
}
