//! Cloudflare as `DCVaaS` sees it: the custom hostnames of one zone, their certificates, quota, rate
//! limit and delegation id.
//!
//! Sources: the API reference of custom hostnames, the status code page of custom
//! hostnames, and the API limits page. [`input`] refuses what Cloudflare refuses, [`hostname`] is the object and its
//! life, [`api`] the routes; this file keeps the zone.

mod api;
mod hostname;
mod input;
mod limit;

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::dns::{Dns, RecordSet, RecordType, Resolver};
use crate::state::{Options, iso, random_hex};

pub(crate) use api::routes;
pub(crate) use hostname::Hostname;
pub(crate) use limit::RateLimit;

use hostname::Evidence;

/// What the plan of the zone allows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entitlements {
    pub(crate) wildcard: bool,
    pub(crate) custom_metadata: bool,
    pub(crate) custom_origin: bool,
}

/// How many custom hostnames the zone may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quota {
    pub(crate) allocated: u64,
    /// Without it the quota only warns: creates still pass.
    pub(crate) hard_cap: bool,
}

/// What stays of a zone for ever.
#[derive(Serialize, Deserialize)]
pub(crate) struct Zone {
    dcv_uuid: String,
    started_at: i64,
}

/// One zone with its custom hostnames.
pub(crate) struct Cloudflare {
    /// The middle of every delegation target of this zone, 16 hex characters.
    pub(crate) dcv_uuid: String,
    pub(crate) fallback_origin: Option<String>,
    started_at: i64,
    /// Whether hostnames advance by themselves when DNS is right.
    pub(crate) auto: bool,
    /// The least time between two steps of a hostname that advances by itself.
    pub(crate) step_ms: i64,
    /// Whether answers show `dcv_delegation_records`.
    pub(crate) show_delegation: bool,
    pub(crate) entitlements: Entitlements,
    pub(crate) quota: Quota,
    pub(crate) rate_limit: RateLimit,
    next_serial: u64,
    hostnames: BTreeMap<u64, Hostname>,
    by_id: HashMap<String, u64>,
    by_name: HashMap<String, u64>,
}

/// Short enough for tests, long enough that a person sees each step.
const DEFAULT_STEP_MS: i64 = 300;

impl Cloudflare {
    pub(crate) fn new(options: &Options, now: i64) -> Self {
        Self {
            dcv_uuid: random_hex(8),
            fallback_origin: Some(options.cname_target.clone()),
            started_at: now,
            auto: options.auto,
            step_ms: DEFAULT_STEP_MS,
            show_delegation: true,
            entitlements: Entitlements {
                wildcard: true,
                custom_metadata: false,
                custom_origin: false,
            },
            quota: Quota { allocated: 100, hard_cap: false },
            rate_limit: RateLimit::default(),
            next_serial: 0,
            hostnames: BTreeMap::new(),
            by_id: HashMap::new(),
            by_name: HashMap::new(),
        }
    }

    /// What is to outlive the process.
    pub(crate) fn kept(&self) -> (Zone, Vec<Hostname>) {
        let zone = Zone { dcv_uuid: self.dcv_uuid.clone(), started_at: self.started_at };
        (zone, self.all().cloned().collect())
    }

    /// Takes over what [`kept`](Self::kept) gave.
    pub(crate) fn restore(&mut self, zone: Zone, hostnames: Vec<Hostname>) {
        self.dcv_uuid = zone.dcv_uuid;
        self.started_at = zone.started_at;
        for hostname in hostnames {
            self.insert(hostname);
        }
    }

    pub(crate) fn len(&self) -> u64 {
        self.hostnames.len() as u64
    }

    /// All of them, oldest first.
    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = &Hostname> {
        self.hostnames.values()
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<&Hostname> {
        self.hostnames.get(self.by_id.get(id)?)
    }

    pub(crate) fn by_name(&self, hostname: &str) -> Option<&Hostname> {
        self.hostnames.get(self.by_name.get(hostname)?)
    }

    pub(crate) fn by_id_mut(&mut self, id: &str) -> Option<&mut Hostname> {
        self.hostnames.get_mut(self.by_id.get(id)?)
    }

    pub(crate) fn by_name_mut(&mut self, hostname: &str) -> Option<&mut Hostname> {
        self.hostnames.get_mut(self.by_name.get(hostname)?)
    }

    /// Keeps a hostname whose name is not taken yet.
    pub(crate) fn insert(&mut self, hostname: Hostname) {
        let serial = self.next_serial;
        self.next_serial += 1;
        self.by_id.insert(hostname.id().to_owned(), serial);
        self.by_name.insert(hostname.name().to_owned(), serial);
        self.hostnames.insert(serial, hostname);
    }

    pub(crate) fn remove(&mut self, hostname: &str) -> Option<Hostname> {
        let removed = self.hostnames.remove(&self.by_name.remove(hostname)?)?;
        self.by_id.remove(removed.id());
        Some(removed)
    }

    /// Where the owner of a hostname has to point its `_acme-challenge` name.
    pub(crate) fn delegation_target(&self, hostname: &str) -> String {
        format!("{hostname}.{}.dcv.cloudflare.com", self.dcv_uuid)
    }

    /// The object as an answer shows it.
    pub(crate) fn show(&self, hostname: &Hostname) -> Value {
        let mut shown = hostname.object().clone();
        if self.show_delegation
            && let Some(Value::Object(ssl)) = shown.get_mut("ssl")
        {
            let record = json!([{
                "cname": format!("_acme-challenge.{}", hostname.name()),
                "cname_target": self.delegation_target(hostname.name()),
            }]);
            ssl.entry("dcv_delegation_records").or_insert(record);
        }
        shown
    }

    pub(crate) fn show_quota(&self) -> Value {
        let (allocated, used) = (self.quota.allocated, self.len());
        json!({
            "allocated": allocated,
            "used": used,
            "exceeded": used > allocated,
            "hard_cap": self.quota.hard_cap,
        })
    }

    pub(crate) fn show_fallback_origin(&self) -> Option<Value> {
        let origin = self.fallback_origin.as_ref()?;
        let at = iso(self.started_at);
        Some(json!({
            "origin": origin, "status": "active", "errors": [], "created_at": at, "updated_at": at,
        }))
    }

    /// The name of the zone: the parent of the fallback origin.
    fn zone_name(&self) -> Option<&str> {
        self.fallback_origin.as_deref()?.split_once('.').map(|(_, zone)| zone)
    }

    fn is_ours(&self, name: &str) -> bool {
        self.zone_name().is_some_and(|zone| is_at_or_below(name, zone))
    }

    /// What Cloudflare publishes in DNS by itself: validation tokens at the delegation targets, and
    /// addresses for the names of the zone.
    pub(crate) fn published(&self, name: &str) -> Vec<RecordSet> {
        let suffix = format!(".{}.dcv.cloudflare.com", self.dcv_uuid);
        if let Some(hostname) = name.strip_suffix(&suffix) {
            let tokens = self.by_name(hostname).map(|hostname| hostname.tokens().to_vec());
            return tokens
                .map(|tokens| RecordSet::published(name, RecordType::Txt, tokens))
                .into_iter()
                .collect();
        }
        if self.is_ours(name) {
            let set = |kind, value: &str| RecordSet::published(name, kind, vec![value.to_owned()]);
            return vec![set(RecordType::A, "203.0.113.10"), set(RecordType::Aaaa, "2001:db8::10")];
        }
        Vec::new()
    }

    /// Lets time pass for all hostnames, as far as DNS allows.
    pub(crate) fn advance_all(&mut self, dns: &Dns, now: i64) {
        let moving: Vec<u64> = self
            .hostnames
            .iter()
            .filter(|(_, hostname)| hostname.may_advance())
            .map(|(serial, _)| *serial)
            .collect();
        for serial in moving {
            self.advance_serial(serial, dns, now);
        }
    }

    /// Lets time pass for one hostname.
    pub(crate) fn advance(&mut self, id: &str, dns: &Dns, now: i64) {
        if let Some(serial) = self.by_id.get(id).copied() {
            self.advance_serial(serial, dns, now);
        }
    }

    fn advance_serial(&mut self, serial: u64, dns: &Dns, now: i64) {
        let Some(hostname) = self.hostnames.get(&serial) else { return };
        let evidence = if self.auto { self.evidence(hostname, dns) } else { Evidence::default() };
        let step_ms = self.step_ms;
        if let Some(hostname) = self.hostnames.get_mut(&serial) {
            hostname.advance(evidence, now, step_ms);
        }
    }

    /// Looks at DNS the way Cloudflare and the authority do.
    fn evidence(&self, hostname: &Hostname, dns: &Dns) -> Evidence {
        let resolver = Resolver { dns, cloudflare: self, view: None };
        let name = hostname.name();

        let at_host = resolver.resolve(name, RecordType::A.number());
        let traffic = at_host
            .records
            .iter()
            .any(|record| record.kind == RecordType::Cname && self.is_ours(&record.value))
            .then_some(at_host.changed_at);

        let txt = |name: &str, token: &str| {
            let answer = resolver.resolve(name, RecordType::Txt.number());
            let found = answer
                .records
                .iter()
                .any(|record| record.kind == RecordType::Txt && record.value == token);
            found.then_some(answer.changed_at)
        };
        let owned = || txt(&format!("_cf-custom-hostname.{name}"), hostname.ownership_token());
        let control = if hostname.method() == Some("http") {
            traffic
        } else {
            let token = hostname.tokens().first().map_or("", String::as_str);
            txt(&format!("_acme-challenge.{name}"), token)
        };
        let served = self.fallback_origin.is_some();
        Evidence {
            control_since: control,
            traffic_since: traffic.or_else(owned).filter(|_| served),
        }
    }
}

fn is_at_or_below(name: &str, zone: &str) -> bool {
    name.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
