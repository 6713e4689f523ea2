//! The configuration: read once, whole, and refused with all its faults at once.

use std::cell::OnceCell;
use std::fmt;

use dcvaas_url::{Host, Url};

use crate::closed_set;
use crate::crypto::seal::KeyRing;
use crate::model::email::EmailAddress;
use crate::model::outgoing::Guard;
use crate::model::provider::{self, Provider};
use crate::model::suffix::registrable;
use crate::model::upstream::resend::MailService;
use crate::secret::SecretText;

closed_set! {
    /// What a worker cannot do without. Only what is needed must be there; what is there must be
    /// right in every worker.
    pub enum Need {
        /// `CLOUDFLARE_ZONE_ID` and `CLOUDFLARE_API_TOKEN`.
        Cloudflare = "cloudflare",
        /// `ENCRYPTION_KEY`.
        Encryption = "encryption",
        /// `APP_BASE_URL` and `SAAS_CNAME_TARGET`.
        App = "app",
    }
}

/// Cloudflare's API (<https://developers.cloudflare.com/api/>).
const CLOUDFLARE_API_BASE: &str = "https://api.cloudflare.com/client/v4";
/// Cloudflare's resolver over HTTPS (RFC 8484).
const DOH_URL: &str = "https://cloudflare-dns.com/dns-query";
/// Resend's API for mail (<https://resend.com/docs/api-reference/introduction>).
const RESEND_API_BASE: &str = "https://api.resend.com";
/// GitHub's API (<https://docs.github.com/en/rest>).
const GITHUB_API_BASE: &str = "https://api.github.com";
/// Entries of a list at most.
const MOST: usize = 32;

/// Everything that the operator decides. What is absent and not needed is `None` or empty.
#[derive(Debug)]
pub struct Config {
    /// `CLOUDFLARE_ZONE_ID`: the zone that holds the custom hostnames.
    pub zone_id: Option<String>,
    /// `CLOUDFLARE_API_TOKEN`: may edit custom hostnames of that zone.
    pub cloudflare_api_token: Option<SecretText>,
    /// `CLOUDFLARE_API_BASE`, without a slash at its end.
    pub cloudflare_api_base: String,
    /// `DOH_URL`: resolver for DNS over HTTPS.
    pub doh_url: String,
    /// `SAAS_CNAME_TARGET`: the host name that customers point their traffic to; empty where it
    /// is not needed.
    pub saas_cname_target: String,
    /// `APP_BASE_URL`: where the dashboard is served, without a slash at its end.
    pub app_base_url: Option<String>,
    /// `CORS_ALLOW_ORIGINS`: other origins that may call the API, exactly as browsers send them.
    pub cors_allow_origins: Vec<String>,
    /// `EMAIL_FROM`: sender of mails.
    pub email_from: Option<String>,
    /// `RESEND_API_KEY`: may send mail.
    pub resend_api_key: Option<SecretText>,
    /// `RESEND_API_BASE`, without a slash at its end.
    pub resend_api_base: String,
    /// `GITHUB_API_BASE`, without a slash at its end: whose secret scanning may report leaked tokens.
    pub github_api_base: String,
    /// `OPERATOR_EMAILS`: who operates this deployment.
    pub operator_emails: Vec<EmailAddress>,
    /// `OUTGOING_ALLOW_HOSTS`: `host:port` that webhooks may reach although it is not public. For
    /// the local stack alone.
    pub outgoing_allow_hosts: Vec<String>,
    /// `OIDC_PROVIDERS`, with the secrets of `OIDC_CLIENT_SECRETS`: by whom people can sign in.
    pub oidc_providers: Vec<Provider>,
    /// `ENCRYPTION_KEY` and `ENCRYPTION_KEY_PREVIOUS`.
    pub key_ring: Option<KeyRing>,
    /// See [`own_zones`](Self::own_zones).
    own_zones: OnceCell<Vec<String>>,
}

/// One fault: the variable's name and what would be right. Never its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfigFault {
    /// Name of the variable or secret.
    pub name: &'static str,
    /// What would be right.
    pub hint: &'static str,
}

/// All faults of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFaults(pub Vec<ConfigFault>);

impl fmt::Display for ConfigFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.0.iter().enumerate() {
            let separator = if at == 0 { "" } else { "; " };
            write!(f, "{separator}{}: {}", fault.name, fault.hint)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigFaults {}

impl Config {
    /// Reads the configuration through `lookup`. An empty value counts as absent.
    ///
    /// # Errors
    /// Every variable that is needed and absent, or present and malformed.
    pub fn parse(
        lookup: &dyn Fn(&str) -> Option<String>,
        needs: &[Need],
    ) -> Result<Self, ConfigFaults> {
        let mut reader = Reader { lookup, needs, faults: Vec::new() };
        let mut config = Self {
            zone_id: reader.read(
                "CLOUDFLARE_ZONE_ID",
                Some(Need::Cloudflare),
                "the zone's id, letters and digits",
                zone_id,
            ),
            cloudflare_api_token: reader.read(
                "CLOUDFLARE_API_TOKEN",
                Some(Need::Cloudflare),
                CREDENTIAL_HINT,
                credential,
            ),
            cloudflare_api_base: reader
                .read("CLOUDFLARE_API_BASE", None, URL_HINT, base_url)
                .unwrap_or_else(|| CLOUDFLARE_API_BASE.to_owned()),
            doh_url: reader
                .read("DOH_URL", None, URL_HINT, base_url)
                .unwrap_or_else(|| DOH_URL.to_owned()),
            saas_cname_target: reader
                .read(
                    "SAAS_CNAME_TARGET",
                    Some(Need::App),
                    "a host name, such as edge.example.net",
                    host_name,
                )
                .unwrap_or_default(),
            app_base_url: reader.read(
                "APP_BASE_URL",
                Some(Need::App),
                "an origin, such as https://app.example.net (http only for this machine)",
                |text| origin(text.strip_suffix('/').unwrap_or(text)),
            ),
            cors_allow_origins: reader
                .read("CORS_ALLOW_ORIGINS", None, "exact origins, separated by commas", |text| {
                    list(text, origin)
                })
                .unwrap_or_default(),
            email_from: reader.read(
                "EMAIL_FROM",
                None,
                "a mail address, such as DCVaaS <dcvaas@example.net>",
                mail_address,
            ),
            resend_api_key: reader.read("RESEND_API_KEY", None, CREDENTIAL_HINT, credential),
            resend_api_base: reader
                .read("RESEND_API_BASE", None, URL_HINT, base_url)
                .unwrap_or_else(|| RESEND_API_BASE.to_owned()),
            github_api_base: reader
                .read("GITHUB_API_BASE", None, URL_HINT, base_url)
                .unwrap_or_else(|| GITHUB_API_BASE.to_owned()),
            operator_emails: reader
                .read("OPERATOR_EMAILS", None, "mail addresses, separated by commas", |text| {
                    list(text, EmailAddress::parse)
                })
                .unwrap_or_default(),
            outgoing_allow_hosts: reader
                .read("OUTGOING_ALLOW_HOSTS", None, "host:port, separated by commas", |text| {
                    list(text, host_and_port)
                })
                .unwrap_or_default(),
            oidc_providers: Vec::new(),
            key_ring: reader.key_ring(),
            own_zones: OnceCell::new(),
        };
        config.oidc_providers = reader.providers(&config.outgoing_allow_hosts);
        if reader.faults.is_empty() { Ok(config) } else { Err(ConfigFaults(reader.faults)) }
    }

    /// The mail service; `None` where no mail can be sent.
    pub fn mail(&self) -> Option<MailService<'_>> {
        Some(MailService {
            base_url: &self.resend_api_base,
            key: self.resend_api_key.as_ref()?,
            from: self.email_from.as_deref()?,
        })
    }

    /// What an address that a customer chose for webhooks must be.
    pub fn outgoing_guard(&self) -> Guard<'_> {
        Guard { allow_hosts: &self.outgoing_allow_hosts, own_hosts: self.own_zones() }
    }

    /// Host names whose whole tree belongs to this deployment: the domain of
    /// [`saas_cname_target`](Self::saas_cname_target), and the dashboard's host. No customer can
    /// add a name in there, and no webhook goes there. Found once, since reading a URL asks the
    /// runtime; and only when asked for, so that the scheduler need not carry public suffixes.
    pub fn own_zones(&self) -> &[String] {
        self.own_zones
            .get_or_init(|| own_zones(&self.saas_cname_target, self.app_base_url.as_deref()))
    }
}

/// The domain of `target`, and the dashboard's host where it is a name.
fn own_zones(target: &str, app_base_url: Option<&str>) -> Vec<String> {
    let domain = registrable(target).unwrap_or(target).to_owned();
    let app = match app_base_url.and_then(Url::parse).as_ref().and_then(Url::host) {
        Some(Host::Domain(host)) => Some(host.clone()),
        _ => None,
    };
    let mut zones: Vec<String> = Vec::new();
    for zone in [Some(domain), app].into_iter().flatten() {
        if !zone.is_empty() && !zones.contains(&zone) {
            zones.push(zone);
        }
    }
    zones
}

const CREDENTIAL_HINT: &str = "a token of printable ASCII without spaces";
const URL_HINT: &str = "an https URL without query or user (http only for this machine)";
const KEY_HINT: &str =
    "64 hexadecimal digits (32 random bytes), such as from: openssl rand -hex 32";

/// Collects the faults while it reads.
struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    needs: &'a [Need],
    faults: Vec<ConfigFault>,
}

impl Reader<'_> {
    fn text(&self, name: &str) -> Option<String> {
        (self.lookup)(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn needs(&self, need: Option<Need>) -> bool {
        need.is_some_and(|need| self.needs.contains(&need))
    }

    fn fault(&mut self, name: &'static str, hint: &'static str) {
        self.faults.push(ConfigFault { name, hint });
    }

    fn read<T>(
        &mut self,
        name: &'static str,
        need: Option<Need>,
        hint: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(name);
        let value = text.as_deref().and_then(parse);
        if value.is_none() && (text.is_some() || self.needs(need)) {
            self.fault(name, hint);
        }
        value
    }

    /// Both are one value: a secret belongs to its provider.
    fn providers(&mut self, allow_hosts: &[String]) -> Vec<Provider> {
        let secrets = self.text("OIDC_CLIENT_SECRETS");
        let list = self.text("OIDC_PROVIDERS");
        // Secrets without a list are as wrong as those of a provider that is not in it.
        if list.is_none() && secrets.is_none() {
            return Vec::new();
        }
        let list = list.as_deref().unwrap_or("[]");
        provider::read(list, secrets.as_deref(), allow_hosts).unwrap_or_else(|(name, hint)| {
            self.fault(name, hint);
            Vec::new()
        })
    }

    /// Both keys are one value: the previous one alone would be of no use.
    fn key_ring(&mut self) -> Option<KeyRing> {
        let previous = self.text("ENCRYPTION_KEY_PREVIOUS").map(SecretText::new);
        let current = self.text("ENCRYPTION_KEY").map(SecretText::new);
        let well_formed = |key: &SecretText| KeyRing::parse(key.expose(), None).is_ok();
        if previous.as_ref().is_some_and(|key| !well_formed(key)) {
            self.fault("ENCRYPTION_KEY_PREVIOUS", KEY_HINT);
        }
        let wanted = previous.is_some() || self.needs(Some(Need::Encryption));
        if !current.as_ref().map_or(!wanted, well_formed) {
            self.fault("ENCRYPTION_KEY", KEY_HINT);
        }
        KeyRing::parse(current?.expose(), previous.as_ref().map(SecretText::expose)).ok()
    }
}

fn credential(text: &str) -> Option<SecretText> {
    text.bytes().all(|byte| byte.is_ascii_graphic()).then(|| SecretText::new(text))
}

fn zone_id(text: &str) -> Option<String> {
    (text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .then(|| text.to_owned())
}

/// A URL to append a path to. Plain HTTP only to this machine: tokens travel with it.
fn base_url(text: &str) -> Option<String> {
    let url = Url::parse(text)?;
    let encrypted = url.scheme() == "https" || (url.scheme() == "http" && is_local(&url));
    let whole = !text.contains(['?', '#']);
    (encrypted && !url.has_credentials() && whole).then(|| text.trim_end_matches('/').to_owned())
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// An origin exactly as a browser writes it (RFC 6454 section 6.1).
fn origin(text: &str) -> Option<String> {
    base_url(text)?;
    Url::parse(text)?.origin().filter(|origin| origin == text)
}

/// A host name of at least two labels (RFC 1123 section 2.1), made lower case.
pub(crate) fn host_name(text: &str) -> Option<String> {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let name = text.to_ascii_lowercase();
    let numeric_end =
        name.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    (name.len() <= 253 && name.contains('.') && !numeric_end && name.split('.').all(label))
        .then_some(name)
}

fn host_and_port(text: &str) -> Option<String> {
    let (host, port) = text.rsplit_once(':')?;
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    let port = port.parse::<u16>().ok().filter(|port| digits && *port > 0)?;
    let host = Host::parse(host)?;
    Some(format!("{host}:{port}"))
}

fn mail_address(text: &str) -> Option<String> {
    let address = text
        .strip_suffix('>')
        .and_then(|text| text.rsplit_once('<'))
        .map_or(text, |(_, address)| address);
    let (local, host) = address.rsplit_once('@')?;
    let clean = text.len() <= 320 && !text.chars().any(char::is_control);
    (clean && !local.is_empty() && !address.contains(' ') && host_name(host).is_some())
        .then(|| text.to_owned())
}

/// Reads a list; one bad entry spoils it.
fn list<T>(text: &str, entry: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let entries: Vec<&str> =
        text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).collect();
    if entries.len() > MOST {
        return None;
    }
    entries.into_iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    const PROVIDERS: &str =
        r#"[{"id":"corp","name":"Corp","issuer":"https://id.corp.dev","clientId":"dcvaas"}]"#;

    fn full() -> Vec<(&'static str, &'static str)> {
        vec![
            ("CLOUDFLARE_ZONE_ID", "0123456789abcdef0123456789abcdef"),
            ("CLOUDFLARE_API_TOKEN", "simulator-token"),
            ("CLOUDFLARE_API_BASE", "http://127.0.0.1:8788/cloudflare/client/v4/"),
            ("DOH_URL", "http://127.0.0.1:8788/dns-query"),
            ("SAAS_CNAME_TARGET", "Edge.Service.Example.net"),
            ("APP_BASE_URL", "https://app.example.org/"),
            ("CORS_ALLOW_ORIGINS", "https://a.example.net, http://localhost:5173"),
            ("EMAIL_FROM", "DCVaaS <dcvaas@example.net>"),
            ("RESEND_API_KEY", "re_key"),
            ("OPERATOR_EMAILS", "Ops@example.net, root@example.net"),
            ("RESEND_API_BASE", "http://127.0.0.1:8788/mail/"),
            ("OUTGOING_ALLOW_HOSTS", "127.0.0.1:8788,[::1]:9000"),
            ("OIDC_PROVIDERS", PROVIDERS),
            ("OIDC_CLIENT_SECRETS", r#"{"corp":"the-client's-secret"}"#),
            ("ENCRYPTION_KEY", KEY),
        ]
    }

    fn parse(vars: &[(&str, &str)], needs: &[Need]) -> Result<Config, ConfigFaults> {
        let lookup = |name: &str| {
            vars.iter().rev().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        Config::parse(&lookup, needs)
    }

    fn names(vars: &[(&str, &str)], needs: &[Need]) -> Vec<&'static str> {
        parse(vars, needs).unwrap_err().0.iter().map(|fault| fault.name).collect()
    }

    #[test]
    fn a_full_configuration_is_read() {
        let config = parse(&full(), Need::ALL).unwrap();
        assert_eq!(config.cloudflare_api_base, "http://127.0.0.1:8788/cloudflare/client/v4");
        assert_eq!(config.saas_cname_target, "edge.service.example.net");
        assert_eq!(config.app_base_url.as_deref(), Some("https://app.example.org"));
        assert_eq!(config.cors_allow_origins, ["https://a.example.net", "http://localhost:5173"]);
        assert_eq!(config.outgoing_allow_hosts, ["127.0.0.1:8788", "[::1]:9000"]);
        assert_eq!(config.own_zones(), ["example.net", "app.example.org"]);
        let [provider] = config.oidc_providers.as_slice() else { panic!() };
        assert_eq!((provider.id.as_str(), provider.client_secret.is_some()), ("corp", true));
        assert!(config.key_ring.is_some());
        let operators: Vec<_> = config.operator_emails.iter().map(EmailAddress::as_str).collect();
        assert_eq!(operators, ["ops@example.net", "root@example.net"]);
        let mail = config.mail().unwrap();
        assert_eq!((mail.base_url, mail.key.expose()), ("http://127.0.0.1:8788/mail", "re_key"));
        assert_eq!(mail.from, "DCVaaS <dcvaas@example.net>");
    }

    #[test]
    fn mail_needs_both_a_key_and_a_sender() {
        for absent in ["EMAIL_FROM", "RESEND_API_KEY"] {
            let vars: Vec<_> = full().into_iter().filter(|(name, _)| *name != absent).collect();
            assert!(parse(&vars, Need::ALL).unwrap().mail().is_none(), "{absent}");
        }
        assert_eq!(names(&[("RESEND_API_KEY", "two words")], &[]), ["RESEND_API_KEY"]);
    }

    #[test]
    fn nothing_is_needed_by_a_worker_that_needs_nothing() {
        let config = parse(&[("ENCRYPTION_KEY", ""), ("SAAS_CNAME_TARGET", "")], &[]).unwrap();
        assert_eq!(config.cloudflare_api_base, "https://api.cloudflare.com/client/v4");
        assert_eq!(config.doh_url, "https://cloudflare-dns.com/dns-query");
        assert!(
            config.key_ring.is_none() && config.zone_id.is_none() && config.own_zones().is_empty()
        );
    }

    #[test]
    fn all_that_is_missing_is_named_at_once() {
        assert_eq!(
            names(&[], Need::ALL),
            [
                "CLOUDFLARE_ZONE_ID",
                "CLOUDFLARE_API_TOKEN",
                "SAAS_CNAME_TARGET",
                "APP_BASE_URL",
                "ENCRYPTION_KEY"
            ]
        );
        assert_eq!(names(&[], &[Need::Encryption]), ["ENCRYPTION_KEY"]);
    }

    #[test]
    fn a_malformed_value_is_a_fault_even_where_it_is_not_needed() {
        let table = [
            ("CLOUDFLARE_ZONE_ID", "../zones"),
            ("CLOUDFLARE_API_TOKEN", "two words"),
            ("CLOUDFLARE_API_BASE", "http://api.example.net"),
            ("CLOUDFLARE_API_BASE", "https://u:p@api.example.net"),
            ("DOH_URL", "https://dns.example.net/?x"),
            ("DOH_URL", "dns.example.net"),
            ("SAAS_CNAME_TARGET", "https://edge.example.net"),
            ("SAAS_CNAME_TARGET", "edge"),
            ("SAAS_CNAME_TARGET", "-a.example.net"),
            ("SAAS_CNAME_TARGET", "10.0.0.1"),
            ("APP_BASE_URL", "https://app.example.net/path"),
            ("APP_BASE_URL", "http://app.example.net"),
            ("CORS_ALLOW_ORIGINS", "*"),
            ("CORS_ALLOW_ORIGINS", "https://a.example.net/"),
            ("CORS_ALLOW_ORIGINS", "https://a.example.net,null"),
            ("EMAIL_FROM", "nobody"),
            ("EMAIL_FROM", "a\r\nBcc: b@example.net <a@example.net>"),
            ("OUTGOING_ALLOW_HOSTS", "127.0.0.1"),
            ("OUTGOING_ALLOW_HOSTS", "127.0.0.1:0"),
            ("OUTGOING_ALLOW_HOSTS", "127.0.0.1:+1"),
            ("OIDC_PROVIDERS", "corp"),
            ("OIDC_PROVIDERS", r#"[{"id":"corp"}]"#),
            ("OIDC_CLIENT_SECRETS", "the-client's-secret"),
            ("OIDC_CLIENT_SECRETS", r#"{"another":"secret"}"#),
            ("ENCRYPTION_KEY", "00"),
            ("ENCRYPTION_KEY_PREVIOUS", "zz"),
        ];
        for (name, value) in table {
            let mut vars = full();
            vars.push((name, value));
            assert_eq!(names(&vars, &[]), [name], "{value}");
        }
    }

    #[test]
    fn a_previous_key_needs_a_current_one() {
        assert_eq!(names(&[("ENCRYPTION_KEY_PREVIOUS", KEY)], &[]), ["ENCRYPTION_KEY"]);
        assert!(parse(&[("ENCRYPTION_KEY", KEY), ("ENCRYPTION_KEY_PREVIOUS", KEY)], &[]).is_ok());
    }

    #[test]
    fn neither_faults_nor_debug_output_show_a_value() {
        let mut vars = full();
        let shown = format!("{:?}", parse(&vars, &[]).unwrap());
        for secret in ["simulator-token", KEY, "the-client's-secret"] {
            assert!(!shown.contains(secret), "{secret}");
        }
        vars.push(("CLOUDFLARE_API_TOKEN", "hunter 2"));
        vars.push(("ENCRYPTION_KEY", "hunter2"));
        let faults = parse(&vars, &[]).unwrap_err().to_string();
        assert!(!faults.contains("hunter"), "{faults}");
        assert!(faults.contains("ENCRYPTION_KEY: 64 hexadecimal digits"), "{faults}");
    }

    #[test]
    fn a_target_on_a_public_suffix_owns_only_itself() {
        let config = parse(
            &[("SAAS_CNAME_TARGET", "github.io"), ("APP_BASE_URL", "http://127.0.0.1:8787")],
            &[],
        )
        .unwrap();
        assert_eq!(config.own_zones(), ["github.io"]);
    }
}
