//! The guard for addresses that a customer chose: https to public hosts, and nothing else.
//!
//! On Cloudflare's edge a Worker reaches public names only; this list is the clear refusal in
//! front of that, and the only one where the same build runs elsewhere. It is asked when an
//! address is stored and again before each call. Where a host name leads is asked of DNS
//! ([`judge`], `flow/address.rs`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use dcvaas_url::{Host, Url};

use crate::closed_set;

/// Characters of an address at most.
const LONGEST: usize = 2048;

/// Ports that webhooks may use beside the default.
const PORTS: [u16; 2] = [443, 8443];

/// Names that lead nowhere public: special-use (RFC 6761, RFC 6762, RFC 7686, RFC 8375) and
/// reserved for private use (`internal`).
const SPECIAL: [&str; 12] = [
    "localhost",
    "local",
    "internal",
    "localdomain",
    "home.arpa",
    "onion",
    "test",
    "invalid",
    "example",
    "lan",
    "intranet",
    "arpa",
];

closed_set! {
    /// Why an address is refused. The words say nothing of any network.
    pub enum UrlFault {
        /// It cannot be read.
        Malformed = "malformed",
        /// Longer than 2,048 characters.
        TooLong = "too_long",
        /// Not `https`.
        NotHttps = "not_https",
        /// It carries a user name or password.
        UserInfo = "user_info",
        /// It has a fragment.
        Fragment = "fragment",
        /// A port that is not allowed.
        Port = "port",
        /// An address or a name that is not public.
        NotPublic = "not_public",
        /// One of our own hosts.
        OwnHost = "own_host",
    }
}

impl UrlFault {
    /// The machine word.
    pub const fn code(self) -> &'static str {
        self.as_str()
    }

    /// What would be right.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Malformed => "Give an absolute URL, such as https://hooks.example.com/dcvaas.",
            Self::TooLong => "Give 2,048 characters at most.",
            Self::NotHttps => "Only https:// is allowed.",
            Self::UserInfo => {
                "Leave the user name and password out; use a custom path or header to tell callers apart."
            }
            Self::Fragment => "Leave the part after # out; it is never sent.",
            Self::Port => "Use the ports 443 or 8443.",
            Self::NotPublic => "Give a public host name, such as hooks.example.com.",
            Self::OwnHost => "This is a host of ours; give one of yours.",
        }
    }
}

/// What the guard knows of this deployment.
#[derive(Debug, Clone, Copy)]
pub struct Guard<'a> {
    /// `host:port` that are allowed although they are not public: the local stack's simulator.
    pub allow_hosts: &'a [String],
    /// Our own hosts.
    pub own_hosts: &'a [String],
}

/// An address that passed the guard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingUrl {
    url: Url,
    /// Allowed by name, wherever it leads.
    excepted: bool,
}

impl OutgoingUrl {
    /// Reads and checks an address.
    pub fn parse(text: &str, guard: &Guard<'_>) -> Result<Self, UrlFault> {
        if text.len() > LONGEST {
            return Err(UrlFault::TooLong);
        }
        // The URL standard drops these silently; who writes them means something else.
        if text.bytes().any(|byte| byte.is_ascii_control() || matches!(byte, b' ' | b'\\')) {
            return Err(UrlFault::Malformed);
        }
        let url = Url::parse(text).ok_or(UrlFault::Malformed)?;
        if url.host().is_none() {
            return Err(if url.scheme() == "https" {
                UrlFault::Malformed
            } else {
                UrlFault::NotHttps
            });
        }
        if url.has_credentials() || authority(text).contains('@') {
            return Err(UrlFault::UserInfo);
        }
        if text.contains('#') {
            return Err(UrlFault::Fragment);
        }
        if allowed(&url, guard.allow_hosts) {
            return Ok(Self { url, excepted: true });
        }
        if url.scheme() != "https" {
            return Err(UrlFault::NotHttps);
        }
        check_host(&url, guard.own_hosts)?;
        if !PORTS.contains(&url.port().unwrap_or_default()) {
            return Err(UrlFault::Port);
        }
        Ok(Self { url, excepted: false })
    }

    /// The address in its normal form.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// The host name whose addresses decide whether it may be called; none where the guard has seen
    /// the address itself.
    pub fn name_to_resolve(&self) -> Option<&str> {
        match self.url.host() {
            Some(Host::Domain(name)) if !self.excepted => Some(name),
            _ => None,
        }
    }
}

/// Where a host name leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leads {
    /// To public addresses only.
    Public,
    /// Also to one that is not public.
    NotPublic,
    /// To no address.
    Nowhere,
    /// DNS gave no usable answer.
    Unknown,
}

/// Judges the answers about a name's addresses of either kind; `None` for one that cannot be used.
pub fn judge(answers: &[Option<Vec<IpAddr>>]) -> Leads {
    let mut known = answers.iter().flatten().flatten().peekable();
    let some = known.peek().is_some();
    if known.any(|address| !is_public(*address)) {
        return Leads::NotPublic;
    }
    match (answers.iter().all(Option::is_some), some) {
        (false, _) => Leads::Unknown,
        (true, true) => Leads::Public,
        (true, false) => Leads::Nowhere,
    }
}

/// What stands between the scheme and the path.
fn authority(text: &str) -> &str {
    let rest = text.split_once("//").map_or(text, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

fn allowed(url: &Url, hosts: &[String]) -> bool {
    let (Some(host), Some(port)) = (url.host(), url.port()) else {
        return false;
    };
    matches!(url.scheme(), "http" | "https")
        && hosts.iter().any(|allowed| *allowed == format!("{host}:{port}"))
}

fn check_host(url: &Url, own_hosts: &[String]) -> Result<(), UrlFault> {
    match url.host() {
        None => Err(UrlFault::Malformed),
        Some(Host::Ipv4(address)) => public(IpAddr::V4(*address)),
        Some(Host::Ipv6(address)) => public(IpAddr::V6(*address)),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            let under = |zone: &str| {
                name == zone || name.strip_suffix(zone).is_some_and(|rest| rest.ends_with('.'))
            };
            if own_hosts.iter().any(|own| under(own)) {
                Err(UrlFault::OwnHost)
            } else if !name.contains('.') || SPECIAL.iter().any(|zone| under(zone)) {
                Err(UrlFault::NotPublic)
            } else {
                Ok(())
            }
        }
    }
}

fn public(address: IpAddr) -> Result<(), UrlFault> {
    if is_public(address) { Ok(()) } else { Err(UrlFault::NotPublic) }
}

/// Whether an address is globally reachable (IANA special-purpose registries, RFC 6890). An IPv6
/// form that carries an IPv4 address is refused or judged by it.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => is_public_v4(mapped),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0 // "this network"
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || a >= 240 // reserved and broadcast
        || (a == 100 && (64..128).contains(&b)) // carrier-grade NAT
        || (a == 192 && b == 0 && c == 0) // protocol assignments
        || (a == 192 && b == 88 && c == 99) // 6to4 relays
        || (a == 198 && (b == 18 || b == 19))) // benchmarks
}

/// Only `2000::/3` is given out, so what lies outside needs no list: loopback, link-local, private,
/// multicast, discard-only, `NAT64` and `SRv6` among it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let given_out = first & 0xe000 == 0x2000;
    let documentation = first == 0x2001 && second == 0x0db8 || first & 0xfff0 == 0x3ff0;
    let assignments = first == 0x2001 && second < 0x0200; // 2001::/23, with Teredo
    let six_to_four = first == 0x2002;
    given_out && !documentation && !assignments && !six_to_four
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<String, UrlFault> {
        let own = ["app.dcvaas.dev".to_owned(), "saas.net".to_owned()];
        let guard = Guard { allow_hosts: &["127.0.0.1:8790".to_owned()], own_hosts: &own };
        OutgoingUrl::parse(text, &guard).map(|url| url.as_str().to_owned())
    }

    #[test]
    fn public_addresses_pass() {
        for good in [
            "https://hooks.example.com/a?b=c",
            "https://hooks.example.com:8443/",
            "https://hooks.example.com:443/",
            "https://xn--bcher-kva.de/",
            "https://bücher.de/",
            "https://1.1.1.1/",
            "https://[2606:4700:4700::1111]/",
            "https://deep.sub.customer.co.uk/@path",
            "http://127.0.0.1:8790/hooks/a",
        ] {
            assert!(check(good).is_ok(), "{good}: {:?}", check(good));
        }
    }

    #[test]
    fn everything_that_is_not_public_is_refused() {
        for bad in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://0x7f.1/",
            "https://127.0.0.1./",
            "https://0/",
            "https://0.0.0.0/",
            "https://10.0.0.1/",
            "https://10.1/",
            "https://172.16.0.1/",
            "https://172.31.255.255/",
            "https://192.168.0.1/",
            "https://192.168.257/",
            "https://169.254.169.254/",
            "https://2852039166/",
            "https://0xa9fea9fe/",
            "https://0251.0376.0251.0376/",
            "https://100.64.0.1/",
            "https://100.127.255.255/",
            "https://192.0.0.1/",
            "https://192.0.2.1/",
            "https://198.51.100.1/",
            "https://203.0.113.1/",
            "https://192.88.99.1/",
            "https://198.18.0.1/",
            "https://198.19.255.255/",
            "https://224.0.0.1/",
            "https://240.0.0.1/",
            "https://255.255.255.255/",
            "https://[::]/",
            "https://[::1]/",
            "https://[fe80::1]/",
            "https://[fc00::1]/",
            "https://[fd12:3456::1]/",
            "https://[ff02::1]/",
            "https://[2001:db8::1]/",
            "https://[3fff::1]/",
            "https://[100::1]/",
            "https://[2002:7f00:1::]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[64:ff9b:1::1]/",
            "https://[2001::1]/",
            "https://[5f00::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[::ffff:169.254.169.254]/",
            "https://[::127.0.0.1]/",
            "https://localhost/",
            "https://LOCALHOST/",
            "https://localhost./",
            "https://a.localhost/",
            "https://printer.local/",
            "https://metadata.google.internal/",
            "https://intranet/",
            "https://a.home.arpa/",
            "https://x.onion/",
            "https://a.test/",
            "https://１２７.０.０.１/",
            "https://127。0。0。1/",
            "https://ⓛocalhost/",
            "https://127.0.0.1:8443/",
        ] {
            assert_eq!(check(bad), Err(UrlFault::NotPublic), "{bad}");
        }
    }

    #[test]
    fn each_other_fault_has_its_own_word() {
        for (bad, fault) in [
            ("http://hooks.example.com/", UrlFault::NotHttps),
            ("ftp://hooks.example.com/", UrlFault::NotHttps),
            ("javascript:alert(1)", UrlFault::NotHttps),
            ("file:///etc/passwd", UrlFault::NotHttps),
            ("https://user@hooks.example.com/", UrlFault::UserInfo),
            ("https://user:pass@hooks.example.com/", UrlFault::UserInfo),
            ("https://@hooks.example.com/", UrlFault::UserInfo),
            ("https://hooks.example.com@127.0.0.1/", UrlFault::UserInfo),
            ("https://hooks.example.com/#x", UrlFault::Fragment),
            ("https://hooks.example.com:80/", UrlFault::Port),
            ("https://hooks.example.com:22/", UrlFault::Port),
            ("https://app.dcvaas.dev/x", UrlFault::OwnHost),
            ("https://a.saas.net/", UrlFault::OwnHost),
            ("", UrlFault::Malformed),
            ("hooks.example.com", UrlFault::Malformed),
            ("https://", UrlFault::Malformed),
            ("https://a b.example.com/", UrlFault::Malformed),
            ("https://hooks.example.com/\r\nHost: x", UrlFault::Malformed),
            ("https:\\\\hooks.example.com", UrlFault::Malformed),
            ("https://256.256.256.256/", UrlFault::Malformed),
            ("https://[::1", UrlFault::Malformed),
        ] {
            assert_eq!(check(bad), Err(fault), "{bad}");
        }
        assert_eq!(
            check(&format!("https://hooks.example.com/{}", "a".repeat(2048))),
            Err(UrlFault::TooLong)
        );
    }

    #[test]
    fn one_address_that_is_not_public_is_enough() {
        let found = |list: &[&str]| {
            Some(list.iter().map(|text| text.parse().unwrap()).collect::<Vec<IpAddr>>())
        };
        let (good, bad) = (found(&["1.1.1.1"]), found(&["1.1.1.1", "10.0.0.1"]));
        let mapped = found(&["2606:4700::1", "::ffff:169.254.169.254"]);
        for (answers, leads) in [
            ([good.clone(), found(&["2606:4700::1"])], Leads::Public),
            ([good.clone(), found(&[])], Leads::Public),
            ([good.clone(), mapped], Leads::NotPublic),
            ([bad.clone(), found(&[])], Leads::NotPublic),
            ([bad, None], Leads::NotPublic),
            ([good, None], Leads::Unknown),
            ([None, None], Leads::Unknown),
            ([found(&[]), found(&[])], Leads::Nowhere),
        ] {
            assert_eq!(judge(&answers), leads, "{answers:?}");
        }
    }

    #[test]
    fn only_a_name_is_to_be_resolved() {
        let guard = Guard { allow_hosts: &["localhost:8790".to_owned()], own_hosts: &[] };
        let name =
            |text| OutgoingUrl::parse(text, &guard).unwrap().name_to_resolve().map(str::to_owned);
        assert_eq!(name("https://Hooks.example.com:8443/a").as_deref(), Some("hooks.example.com"));
        for none in ["https://1.1.1.1/", "https://[2606:4700::1]/", "http://localhost:8790/in"] {
            assert_eq!(name(none), None, "{none}");
        }
    }

    #[test]
    fn an_exception_is_exact() {
        assert!(check("http://127.0.0.1:8790/hooks/a").is_ok());
        assert!(check("http://127.0.0.1:8791/hooks/a").is_err());
        assert!(check("http://127.0.0.2:8790/hooks/a").is_err());
        assert!(check("http://u@127.0.0.1:8790/").is_err());
    }
}
