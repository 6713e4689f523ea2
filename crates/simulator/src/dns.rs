//! The simulated DNS: record sets that `/control/dns` sets, what Cloudflare publishes by itself, and
//! a resolver over both that follows CNAMEs and answers negatively with an SOA (RFC 1034, RFC 2308).

use std::collections::{BTreeMap, HashSet};
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use crate::cloudflare::Cloudflare;

/// The record types that can be set, with their numbers from the IANA registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum RecordType {
    A,
    Ns,
    Cname,
    Soa,
    Mx,
    Txt,
    Aaaa,
    Caa,
}

impl RecordType {
    const ALL: [Self; 8] =
        [Self::A, Self::Ns, Self::Cname, Self::Soa, Self::Mx, Self::Txt, Self::Aaaa, Self::Caa];

    pub(crate) const fn number(self) -> u16 {
        match self {
            Self::A => 1,
            Self::Ns => 2,
            Self::Cname => 5,
            Self::Soa => 6,
            Self::Mx => 15,
            Self::Txt => 16,
            Self::Aaaa => 28,
            Self::Caa => 257,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Ns => "NS",
            Self::Cname => "CNAME",
            Self::Soa => "SOA",
            Self::Mx => "MX",
            Self::Txt => "TXT",
            Self::Aaaa => "AAAA",
            Self::Caa => "CAA",
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(text)).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            format!("unknown record type {text:?}: {known}")
        })
    }
}

/// The response codes that can be set (RFC 1035 section 4.1.1, RFC 2136).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Rcode {
    #[default]
    NoError,
    FormErr,
    ServFail,
    NxDomain,
    NotImp,
    Refused,
}

impl Rcode {
    pub(crate) const fn number(self) -> u16 {
        match self {
            Self::NoError => 0,
            Self::FormErr => 1,
            Self::ServFail => 2,
            Self::NxDomain => 3,
            Self::NotImp => 4,
            Self::Refused => 5,
        }
    }
}

/// Why a resolver fails, as an extended DNS error (RFC 8914).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExtendedError {
    pub(crate) code: u16,
    #[serde(default)]
    pub(crate) text: String,
}

/// What one name answers for one type.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecordSet {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: RecordType,
    /// Presentation form; host names in lower case without the final dot.
    pub(crate) values: Vec<String>,
    /// Seconds.
    pub(crate) ttl: u32,
    /// Anything but `NOERROR` is answered in place of the values.
    pub(crate) rcode: Rcode,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ede: Option<ExtendedError>,
    /// Only this resolver (`/dns-query/{view}`) sees the set, in place of what all others see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) view: Option<String>,
    /// The resolver says that it validated the answer by DNSSEC (the AD bit).
    pub(crate) authenticated: bool,
    #[serde(skip)]
    pub(crate) changed_at: i64,
}

impl RecordSet {
    /// A set that everyone sees and that has always been there.
    pub(crate) fn published(name: &str, kind: RecordType, values: Vec<String>) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            values,
            ttl: DEFAULT_TTL_SECONDS,
            rcode: Rcode::NoError,
            ede: None,
            view: None,
            authenticated: false,
            changed_at: 0,
        }
    }
}

pub(crate) const DEFAULT_TTL_SECONDS: u32 = 300;

/// The longest CNAME chain that is followed; longer ones, and loops, are SERVFAIL.
const MAX_CHAIN: usize = 16;

/// Lower case, without the final dot: the form in which names are kept and compared.
pub(crate) fn canonical(name: &str) -> String {
    name.trim().trim_end_matches('.').to_ascii_lowercase()
}

/// Checks a value and brings host names in it into canonical form.
pub(crate) fn parse_value(kind: RecordType, value: &str) -> Result<String, String> {
    let fault = |wanted: &str| format!("{} value {value:?}: {wanted} expected", kind.name());
    match kind {
        RecordType::A => value
            .parse::<Ipv4Addr>()
            .map(|address| address.to_string())
            .map_err(|_| fault("an IPv4 address")),
        RecordType::Aaaa => value
            .parse::<Ipv6Addr>()
            .map(|address| address.to_string())
            .map_err(|_| fault("an IPv6 address")),
        RecordType::Cname | RecordType::Ns => {
            let name = canonical(value);
            is_name(&name).then_some(name).ok_or_else(|| fault("a host name"))
        }
        RecordType::Txt => Ok(value.to_owned()),
        RecordType::Mx => match value.split_whitespace().collect::<Vec<_>>()[..] {
            [preference, exchange] if preference.parse::<u16>().is_ok() => {
                Ok(format!("{preference} {}", canonical(exchange)))
            }
            _ => Err(fault("\"10 mail.example.com\"")),
        },
        RecordType::Caa => caa_parts(value)
            .map(|_| value.to_owned())
            .ok_or_else(|| fault("0 issue \"ca.example\"")),
        RecordType::Soa => soa_parts(value)
            .map(|_| canonical(value))
            .ok_or_else(|| fault("\"mname rname serial refresh retry expire minimum\"")),
    }
}

/// Flag, tag and value of a CAA record in presentation form (RFC 8659 section 4.1.1).
pub(crate) fn caa_parts(value: &str) -> Option<(u8, &str, &str)> {
    let (flag, rest) = value.trim().split_once(char::is_whitespace)?;
    let (tag, value) = rest.trim_start().split_once(char::is_whitespace)?;
    let value = value.trim();
    let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
    Some((flag.parse().ok()?, tag, value))
}

/// Primary server, mailbox and the five numbers of an SOA record in presentation form.
pub(crate) fn soa_parts(value: &str) -> Option<(&str, &str, [u32; 5])> {
    let mut words = value.split_whitespace();
    let (mname, rname) = (words.next()?, words.next()?);
    let mut numbers = [0; 5];
    for number in &mut numbers {
        *number = words.next()?.parse().ok()?;
    }
    words.next().is_none().then_some((mname, rname, numbers))
}

/// Whether a canonical name can be asked for (RFC 1035 section 2.3.4; `_` and `*` are allowed).
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 253
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_*".contains(&b))
        })
}

/// The record sets that were set by hand.
#[derive(Default)]
pub(crate) struct Dns {
    /// By the name with its labels reversed, so that what lies below a name follows it.
    sets: BTreeMap<String, Vec<RecordSet>>,
}

/// `app.example.com` as `com.example.app`.
fn reversed(name: &str) -> String {
    name.rsplit('.').collect::<Vec<_>>().join(".")
}

impl Dns {
    /// Puts a set in place of the one with the same name, type and view.
    pub(crate) fn set(&mut self, set: RecordSet) {
        let sets = self.sets.entry(reversed(&set.name)).or_default();
        sets.retain(|old| old.kind != set.kind || old.view != set.view);
        sets.push(set);
    }

    /// Removes the sets of a name, or only those of one type; says how many there were.
    pub(crate) fn remove(&mut self, name: &str, kind: Option<RecordType>) -> usize {
        let key = reversed(name);
        let Some(sets) = self.sets.get_mut(&key) else { return 0 };
        let before = sets.len();
        sets.retain(|set| kind.is_some_and(|kind| set.kind != kind));
        let removed = before - sets.len();
        if sets.is_empty() {
            self.sets.remove(&key);
        }
        removed
    }

    pub(crate) fn all(&self) -> Vec<&RecordSet> {
        self.sets.values().flatten().collect()
    }

    /// The sets that a resolver with this view sees: its own before everyone's.
    fn visible(&self, name: &str, view: Option<&str>) -> Vec<&RecordSet> {
        let Some(sets) = self.sets.get(&reversed(name)) else { return Vec::new() };
        let own = |set: &&RecordSet| set.view.is_some() && set.view.as_deref() == view;
        let common = sets.iter().filter(|set| {
            set.view.is_none() && !sets.iter().any(|other| own(&other) && other.kind == set.kind)
        });
        sets.iter().filter(own).chain(common).collect()
    }

    /// Whether some name lies below this one, which then exists without records (RFC 8020).
    fn has_descendant(&self, name: &str) -> bool {
        let below = format!("{}.", reversed(name));
        self.sets.range(below.clone()..).next().is_some_and(|(key, _)| key.starts_with(&below))
    }

    /// The set of the wildcard that covers a name which does not exist (RFC 4592).
    fn wildcard(&self, name: &str, view: Option<&str>) -> Vec<&RecordSet> {
        let mut rest = name;
        while let Some((_, parent)) = rest.split_once('.') {
            let sets = self.visible(&format!("*.{parent}"), view);
            if !sets.is_empty() {
                return sets;
            }
            if self.sets.contains_key(&reversed(parent)) {
                break;
            }
            rest = parent;
        }
        Vec::new()
    }

    /// The SOA of the zone a name lies in: one that was set, or one made up for the registrable
    /// domain, so that every negative answer says how long it may be kept.
    fn soa(&self, name: &str) -> Record {
        let mut zone = name;
        loop {
            let set = self
                .sets
                .get(&reversed(zone))
                .into_iter()
                .flatten()
                .find(|s| s.kind == RecordType::Soa);
            if let Some(set) = set
                && let Some(value) = set.values.first()
            {
                return Record::new(zone, RecordType::Soa, set.ttl, value);
            }
            match zone.split_once('.') {
                Some((_, parent)) => zone = parent,
                None => break,
            }
        }
        let zone = psl::domain_str(name).unwrap_or(zone);
        let value =
            format!("ns1.{zone} hostmaster.{zone} 1 7200 900 1209600 {DEFAULT_TTL_SECONDS}");
        Record::new(zone, RecordType::Soa, DEFAULT_TTL_SECONDS, &value)
    }
}

/// One record of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) name: String,
    pub(crate) kind: RecordType,
    pub(crate) ttl: u32,
    pub(crate) value: String,
}

impl Record {
    fn new(name: &str, kind: RecordType, ttl: u32, value: &str) -> Self {
        Self { name: name.to_owned(), kind, ttl, value: value.to_owned() }
    }
}

/// What a resolver answers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    pub(crate) rcode: Rcode,
    pub(crate) records: Vec<Record>,
    pub(crate) authority: Option<Record>,
    pub(crate) authenticated: bool,
    pub(crate) ede: Option<ExtendedError>,
    /// When the last of the sets it was made of changed, in milliseconds.
    pub(crate) changed_at: i64,
}

impl Answer {
    fn failure(self, rcode: Rcode, ede: Option<ExtendedError>) -> Self {
        Self { rcode, ede, records: Vec::new(), authenticated: false, ..self }
    }
}

/// A recursive resolver over the simulated data.
pub(crate) struct Resolver<'a> {
    pub(crate) dns: &'a Dns,
    pub(crate) cloudflare: &'a Cloudflare,
    pub(crate) view: Option<&'a str>,
}

impl Resolver<'_> {
    /// Resolves a name for a type number, following CNAMEs.
    pub(crate) fn resolve(&self, name: &str, wanted: u16) -> Answer {
        let mut answer = Answer { authenticated: true, ..Answer::default() };
        let mut name = canonical(name);
        let mut seen = HashSet::new();
        while seen.len() < MAX_CHAIN && seen.insert(name.clone()) {
            let sets = self.sets(&name);
            let find = |number: u16| sets.iter().find(|set| set.kind.number() == number);
            let found = find(wanted).or_else(|| find(RecordType::Cname.number()));
            let Some(set) = found else {
                let exists = !sets.is_empty() || self.dns.has_descendant(&name);
                answer.rcode = if exists { Rcode::NoError } else { Rcode::NxDomain };
                answer.authority = Some(self.dns.soa(&name));
                answer.authenticated = false;
                return answer;
            };
            answer.changed_at = answer.changed_at.max(set.changed_at);
            answer.authenticated &= set.authenticated;
            match set.rcode {
                Rcode::NoError => {}
                Rcode::NxDomain => {
                    answer.rcode = Rcode::NxDomain;
                    answer.authority = Some(self.dns.soa(&name));
                    return answer;
                }
                failed => return answer.failure(failed, set.ede.clone()),
            }
            if set.values.is_empty() {
                answer.authority = Some(self.dns.soa(&name));
                return answer;
            }
            let record = |value: &String| Record::new(&name, set.kind, set.ttl, value);
            answer.records.extend(set.values.iter().map(record));
            if set.kind.number() == wanted {
                return answer;
            }
            name = set.values.first().cloned().unwrap_or_default();
        }
        let text = "CNAME chain too long or circular".to_owned();
        answer.failure(Rcode::ServFail, Some(ExtendedError { code: 0, text }))
    }

    /// The sets of one name: set by hand, else published by Cloudflare, else by a wildcard.
    fn sets(&self, name: &str) -> Vec<RecordSet> {
        let own = self.dns.visible(name, self.view);
        if !own.is_empty() {
            return own.into_iter().cloned().collect();
        }
        let published = self.cloudflare.published(name);
        if !published.is_empty() || self.dns.has_descendant(name) {
            return published;
        }
        self.dns.wildcard(name, self.view).into_iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Options;

    fn set(name: &str, kind: RecordType, value: &str) -> RecordSet {
        RecordSet::published(name, kind, vec![value.to_owned()])
    }

    fn resolve(dns: &Dns, name: &str, kind: RecordType) -> Answer {
        let cloudflare = Cloudflare::new(&Options::default(), 0);
        Resolver { dns, cloudflare: &cloudflare, view: None }.resolve(name, kind.number())
    }

    #[test]
    fn a_chain_is_followed_and_a_loop_fails() {
        let mut dns = Dns::default();
        dns.set(set("a.shop.com", RecordType::Cname, "b.shop.com"));
        dns.set(set("b.shop.com", RecordType::Cname, "c.shop.com"));
        dns.set(set("c.shop.com", RecordType::A, "192.0.2.1"));
        let answer = resolve(&dns, "A.shop.com.", RecordType::A);
        assert_eq!(answer.records.len(), 3);
        assert_eq!(answer.records[2].value, "192.0.2.1");

        dns.set(set("c.shop.com", RecordType::Cname, "a.shop.com"));
        dns.remove("c.shop.com", Some(RecordType::A));
        let answer = resolve(&dns, "a.shop.com", RecordType::A);
        assert_eq!(answer.rcode, Rcode::ServFail);
        assert!(answer.records.is_empty());
    }

    #[test]
    fn an_unknown_name_is_nxdomain_with_an_soa_and_a_name_above_others_is_not() {
        let mut dns = Dns::default();
        dns.set(set("_acme-challenge.app.shop.co.uk", RecordType::Txt, "token"));
        let unknown = resolve(&dns, "www.shop.co.uk", RecordType::A);
        assert_eq!(unknown.rcode, Rcode::NxDomain);
        assert_eq!(unknown.authority.unwrap().name, "shop.co.uk");
        let above = resolve(&dns, "app.shop.co.uk", RecordType::A);
        assert_eq!(above.rcode, Rcode::NoError);
        assert!(above.records.is_empty() && above.authority.is_some());
    }

    #[test]
    fn a_wildcard_answers_for_names_that_do_not_exist() {
        let mut dns = Dns::default();
        dns.set(set("*.shop.com", RecordType::Cname, "elsewhere.net"));
        dns.set(set("www.shop.com", RecordType::A, "192.0.2.1"));
        let masked = resolve(&dns, "_acme-challenge.app.shop.com", RecordType::Cname);
        assert_eq!(masked.records[0].value, "elsewhere.net");
        assert!(resolve(&dns, "www.shop.com", RecordType::Cname).records.is_empty());
        assert_eq!(resolve(&dns, "a.www.shop.com", RecordType::A).rcode, Rcode::NxDomain);
    }

    #[test]
    fn a_view_sees_its_own_set_in_place_of_the_common_one() {
        let mut dns = Dns::default();
        dns.set(set("a.shop.com", RecordType::A, "192.0.2.1"));
        dns.set(RecordSet {
            view: Some("b".to_owned()),
            ..set("a.shop.com", RecordType::A, "192.0.2.2")
        });
        let cloudflare = Cloudflare::new(&Options::default(), 0);
        let ask = |view| {
            let resolver = Resolver { dns: &dns, cloudflare: &cloudflare, view };
            resolver.resolve("a.shop.com", 1).records[0].value.clone()
        };
        assert_eq!(ask(None), "192.0.2.1");
        assert_eq!(ask(Some("other")), "192.0.2.1");
        assert_eq!(ask(Some("b")), "192.0.2.2");
    }

    #[test]
    fn values_are_checked_by_type() {
        for (kind, good, bad) in [
            (RecordType::A, "192.0.2.1", "::1"),
            (RecordType::Aaaa, "2001:db8::1", "192.0.2.1"),
            (RecordType::Cname, "Target.Example.NET.", "not a name"),
            (RecordType::Mx, "10 mail.example.com", "mail.example.com"),
            (RecordType::Caa, "0 issue \"letsencrypt.org\"", "issue letsencrypt.org"),
            (RecordType::Soa, "ns1.a.com h.a.com 1 2 3 4 5", "ns1.a.com"),
        ] {
            assert!(parse_value(kind, good).is_ok(), "{good}");
            assert!(parse_value(kind, bad).is_err(), "{bad}");
        }
        assert_eq!(
            parse_value(RecordType::Cname, "Target.Example.NET.").unwrap(),
            "target.example.net"
        );
    }
}
