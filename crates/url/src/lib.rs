//! URLs and host names as the URL standard reads them (<https://url.spec.whatwg.org/>).
//!
//! In a Worker the runtime's own `URL` does it: the library would bring tables of Unicode for
//! international names that were a quarter of each Worker's bytes. Natively the library does it, so
//! that tests need no runtime. Both implement the same standard; the end-to-end tests hold the
//! runtime to the tables of the native ones.

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod runtime;

#[cfg(not(target_arch = "wasm32"))]
use native::parse;
#[cfg(target_arch = "wasm32")]
use runtime::parse;

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// What a parser finds.
struct Parts {
    /// The whole URL in its normal form.
    href: String,
    /// Without the colon.
    scheme: String,
    /// In its normal form, an IPv6 address in brackets; empty where there is none.
    host: String,
    /// `None` for the scheme's own.
    port: Option<u16>,
    /// Whether there is a user name or a password.
    credentials: bool,
}

/// An absolute URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    href: String,
    scheme: String,
    host: Option<Host>,
    port: Option<u16>,
    credentials: bool,
}

/// Whom a URL names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A name, in A-labels and lower case.
    Domain(String),
    /// An address, however it was written.
    Ipv4(Ipv4Addr),
    /// An address.
    Ipv6(Ipv6Addr),
}

impl Url {
    /// Reads an absolute URL; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let Parts { href, scheme, host, port, credentials } = parse(text)?;
        Some(Self { href, scheme, host: Host::from_normal(host), port, credentials })
    }

    /// The normal form.
    pub fn as_str(&self) -> &str {
        &self.href
    }

    /// The scheme, without its colon.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The host, where the scheme has one.
    pub const fn host(&self) -> Option<&Host> {
        self.host.as_ref()
    }

    /// The port, or that of the scheme.
    pub fn port(&self) -> Option<u16> {
        self.port.or(match self.scheme.as_str() {
            "https" => Some(443),
            "http" => Some(80),
            _ => None,
        })
    }

    /// Whether a user name or password stands in it.
    pub const fn has_credentials(&self) -> bool {
        self.credentials
    }

    /// The origin as a browser writes it (RFC 6454 section 6.2); `None` where there is no host.
    pub fn origin(&self) -> Option<String> {
        let host = self.host.as_ref()?;
        let port = self.port.map_or_else(String::new, |port| format!(":{port}"));
        Some(format!("{}://{host}{port}", self.scheme))
    }
}

impl Host {
    /// Reads a host by itself; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        // What ends a host in a URL would make it another one.
        let ends =
            |c: char| c.is_ascii_control() || matches!(c, '/' | '?' | '#' | '@' | '\\' | ' ');
        if text.contains(ends) {
            return None;
        }
        let url = Url::parse(&format!("https://{text}/"))?;
        // A port would not be part of the host.
        if url.port.is_some() || (!text.ends_with(']') && text.contains(':')) {
            return None;
        }
        url.host
    }

    fn from_normal(text: String) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        if let Some(address) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return address.parse().ok().map(Self::Ipv6);
        }
        Some(text.parse().map_or(Self::Domain(text), Self::Ipv4))
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Domain(name) => f.write_str(name),
            Self::Ipv4(address) => address.fmt(f),
            Self::Ipv6(address) => write!(f, "[{address}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_read_into_its_parts() {
        let url = Url::parse("HTTPS://Bücher.example:8443/a b?c#d").unwrap();
        assert_eq!(url.as_str(), "https://xn--bcher-kva.example:8443/a%20b?c#d");
        assert_eq!((url.scheme(), url.port(), url.has_credentials()), ("https", Some(8443), false));
        assert_eq!(url.origin().as_deref(), Some("https://xn--bcher-kva.example:8443"));
        assert!(Url::parse("https://u@a.example/").unwrap().has_credentials());
        assert!(Url::parse("https://:p@a.example/").unwrap().has_credentials());
        assert_eq!(Url::parse("https://a.example:443/").unwrap().port(), Some(443));
        assert_eq!(Url::parse("javascript:alert(1)").unwrap().host(), None);
        assert_eq!(Url::parse("/a"), None);
    }

    #[test]
    fn a_host_is_a_name_or_an_address_however_it_is_written() {
        for text in ["127.0.0.1", "127.1", "0x7f000001", "2130706433", "１２７.0.0.1"] {
            assert_eq!(Host::parse(text), Some(Host::Ipv4(Ipv4Addr::LOCALHOST)), "{text}");
        }
        assert_eq!(Host::parse("[0:0::1]"), Some(Host::Ipv6(Ipv6Addr::LOCALHOST)));
        assert_eq!(Host::parse("App.Example"), Some(Host::Domain("app.example".to_owned())));
        for none in
            ["", "a b", "a/b", "u@a", "a:80", "a:443", "256.256.256.256", "xn--a", "::1", "a\\b"]
        {
            assert_eq!(Host::parse(none), None, "{none}");
        }
    }
}
