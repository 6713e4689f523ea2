//! `/control`: what tests and people say to the simulator. Bodies are JSON whatever their
//! content-type, unknown members are refused, and a mistake is answered by 400 with a clear text.

use axum::body::Bytes;
use axum::extract::{FromRequest, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::cloudflare::{Cloudflare, Hostname, Quota, RateLimit};
use crate::dns::{
    DEFAULT_TTL_SECONDS, ExtendedError, Rcode, RecordSet, RecordType, canonical, is_name,
    parse_value,
};
use crate::faults::{FaultSpec, Target};
use crate::inbox::Program;
use crate::state::{Simulator, World, now_millis};

pub(crate) fn routes() -> Router<Simulator> {
    let cloudflare = Router::new()
        .route("/hostnames", get(list_hostnames))
        .route("/hostnames/{hostname}", get(read_hostname).post(merge_hostname))
        .route("/auto", post(set_auto))
        .route("/quota", post(set_quota))
        .route("/ratelimit", post(set_rate_limit))
        .route("/options", post(set_options))
        .route("/place-dns", post(place_dns))
        .route("/activate", post(activate))
        .route("/renew", post(renew))
        .route("/seed", post(seed));
    Router::new()
        .nest("/control/cloudflare", cloudflare)
        .route("/control/dns", get(list_dns).post(set_dns).delete(remove_dns))
        .route("/control/inbox", get(read_inbox).post(program_inbox).delete(clear_inbox))
        .route("/control/github/sign", post(sign_report))
        .route("/control/mail", get(read_mail).delete(clear_mail))
        .route("/control/faults", get(list_faults).post(set_fault))
        .route("/control/calls", get(read_calls).delete(clear_calls))
        .route("/control/overview", get(overview))
        .route("/control/reset", post(reset))
}

/// A refusal of the control interface.
pub(crate) struct Mistake(StatusCode, String);

impl IntoResponse for Mistake {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

impl From<String> for Mistake {
    fn from(message: String) -> Self {
        Self(StatusCode::BAD_REQUEST, message)
    }
}

fn unknown_hostname(hostname: &str) -> Mistake {
    Mistake(StatusCode::NOT_FOUND, format!("there is no custom hostname {hostname}"))
}

type Answer<T = Value> = Result<Json<T>, Mistake>;

fn done() -> Json<Value> {
    Json(json!({"ok": true}))
}

/// A JSON body of any content-type; an empty one counts as `{}`.
struct Body<T>(T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Mistake;

    async fn from_request(request: Request, state: &S) -> Result<Self, Mistake> {
        let bytes = Bytes::from_request(request, state).await.map_err(|e| e.body_text())?;
        let bytes = if bytes.is_empty() { &b"{}"[..] } else { &bytes };
        Ok(Self(serde_json::from_slice(bytes).map_err(|fault| fault.to_string())?))
    }
}

// --- GitHub --------------------------------------------------------------------------------------

/// The headers of the body as GitHub's report, byte for byte: whoever asks sends both.
async fn sign_report(body: Bytes) -> Answer {
    crate::github::signed(&body).map(Json).ok_or_else(|| "it cannot be signed".to_owned().into())
}

// --- everything ----------------------------------------------------------------------------------

async fn reset(State(simulator): State<Simulator>) -> Json<Value> {
    let mut world = simulator.lock();
    *world = World::new(world.options.clone());
    done()
}

/// How much of each kind the page shows.
const OVERVIEW_ROWS: usize = 100;

/// What the page shows: the newest of everything, and how much there is.
async fn overview(State(simulator): State<Simulator>) -> Json<Value> {
    let mut world = simulator.lock();
    let World { cloudflare, dns, inbox, mail, faults, .. } = &mut *world;
    cloudflare.advance_all(dns, now_millis());
    let hostnames: Vec<Value> = cloudflare
        .all()
        .rev()
        .take(OVERVIEW_ROWS)
        .map(|hostname| cloudflare.show(hostname))
        .collect();
    let records = dns.all();
    let messages = inbox.messages(None);
    Json(json!({
        "auto": cloudflare.auto,
        "cnameTarget": cloudflare.fallback_origin,
        "faults": faults.active(),
        "counts": {
            "hostnames": cloudflare.len(), "dns": records.len(),
            "inbox": messages.len(), "mail": mail.sent().len(),
        },
        "hostnames": hostnames,
        "dns": records.iter().take(OVERVIEW_ROWS).collect::<Vec<_>>(),
        "inbox": messages.iter().rev().take(OVERVIEW_ROWS).collect::<Vec<_>>(),
        "mail": mail.sent().iter().rev().take(OVERVIEW_ROWS).collect::<Vec<_>>(),
    }))
}

#[derive(Deserialize)]
struct ByTarget {
    target: Option<String>,
}

impl ByTarget {
    fn target(&self) -> Result<Option<Target>, Mistake> {
        Ok(self.target.as_deref().map(Target::parse).transpose()?)
    }
}

async fn read_calls(State(simulator): State<Simulator>, Query(by): Query<ByTarget>) -> Answer {
    let target = by.target()?;
    let world = simulator.lock();
    let (count, calls) = world.calls.of(target);
    Ok(Json(json!({"count": count, "calls": calls})))
}

async fn clear_calls(State(simulator): State<Simulator>, Query(by): Query<ByTarget>) -> Answer {
    simulator.lock().calls.clear(by.target()?);
    Ok(done())
}

async fn list_faults(State(simulator): State<Simulator>) -> Json<Value> {
    Json(json!(simulator.lock().faults.active()))
}

async fn set_fault(State(simulator): State<Simulator>, Body(spec): Body<FaultSpec>) -> Answer {
    let target = spec.check()?;
    simulator.lock().faults.set(target, spec);
    Ok(done())
}

// --- DNS -----------------------------------------------------------------------------------------

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetDns {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    values: Vec<String>,
    ttl: Option<u32>,
    rcode: Option<String>,
    ede: Option<ExtendedError>,
    view: Option<String>,
    #[serde(default)]
    authenticated: bool,
}

impl SetDns {
    fn into_set(self, now: i64) -> Result<RecordSet, String> {
        let name = canonical(&self.name);
        if !is_name(&name) {
            return Err(format!("name {:?} is not a DNS name", self.name));
        }
        let kind = RecordType::parse(&self.kind)?;
        let values: Vec<String> =
            self.values.iter().map(|value| parse_value(kind, value)).collect::<Result<_, _>>()?;
        if kind == RecordType::Cname && values.len() > 1 {
            return Err("a name has at most one CNAME".to_owned());
        }
        let rcode = match self.rcode {
            None => Rcode::NoError,
            Some(word) => serde_json::from_value(word.to_ascii_uppercase().into())
                .map_err(|_| format!("unknown rcode {word:?}"))?,
        };
        Ok(RecordSet {
            name,
            kind,
            values,
            ttl: self.ttl.unwrap_or(DEFAULT_TTL_SECONDS),
            rcode,
            ede: self.ede,
            view: self.view,
            authenticated: self.authenticated,
            changed_at: now,
        })
    }
}

/// Changes DNS. What hostnames would have done until now by the old records, they do first.
fn change_dns(world: &mut World, now: i64, change: impl FnOnce(&mut crate::dns::Dns)) {
    world.cloudflare.advance_all(&world.dns, now);
    change(&mut world.dns);
}

async fn list_dns(State(simulator): State<Simulator>) -> Json<Value> {
    Json(json!(simulator.lock().dns.all()))
}

async fn set_dns(
    State(simulator): State<Simulator>,
    Body(body): Body<SetDns>,
) -> Answer<RecordSet> {
    let now = now_millis();
    let set = body.into_set(now)?;
    change_dns(&mut simulator.lock(), now, |dns| dns.set(set.clone()));
    Ok(Json(set))
}

#[derive(Deserialize)]
struct RemoveDns {
    name: String,
    #[serde(rename = "type")]
    kind: Option<String>,
}

async fn remove_dns(State(simulator): State<Simulator>, Query(which): Query<RemoveDns>) -> Answer {
    let kind = which.kind.as_deref().map(RecordType::parse).transpose()?;
    let name = canonical(&which.name);
    let mut removed = 0;
    change_dns(&mut simulator.lock(), now_millis(), |dns| removed = dns.remove(&name, kind));
    Ok(Json(json!({"removed": removed})))
}

// --- inbox and mail ------------------------------------------------------------------------------

#[derive(Deserialize)]
struct ByPath {
    path: Option<String>,
}

async fn read_inbox(State(simulator): State<Simulator>, Query(by): Query<ByPath>) -> Json<Value> {
    Json(json!(simulator.lock().inbox.messages(by.path.as_deref())))
}

async fn program_inbox(State(simulator): State<Simulator>, Body(program): Body<Program>) -> Answer {
    program.check()?;
    simulator.lock().inbox.program(program);
    Ok(done())
}

async fn clear_inbox(State(simulator): State<Simulator>, Query(by): Query<ByPath>) -> Json<Value> {
    simulator.lock().inbox.clear(by.path.as_deref());
    done()
}

async fn read_mail(State(simulator): State<Simulator>) -> Json<Value> {
    Json(json!(simulator.lock().mail.sent()))
}

async fn clear_mail(State(simulator): State<Simulator>) -> Json<Value> {
    simulator.lock().mail = crate::mail::Mail::default();
    done()
}

// --- Cloudflare ----------------------------------------------------------------------------------

async fn list_hostnames(State(simulator): State<Simulator>) -> Json<Value> {
    let mut world = simulator.lock();
    let World { cloudflare, dns, .. } = &mut *world;
    cloudflare.advance_all(dns, now_millis());
    let shown: Vec<Value> = cloudflare.all().map(|hostname| cloudflare.show(hostname)).collect();
    Json(json!(shown))
}

fn show(cloudflare: &Cloudflare, hostname: &str) -> Answer {
    let found = cloudflare.by_name(hostname).ok_or_else(|| unknown_hostname(hostname))?;
    Ok(Json(cloudflare.show(found)))
}

async fn read_hostname(State(simulator): State<Simulator>, Path(hostname): Path<String>) -> Answer {
    show(&simulator.lock().cloudflare, &canonical(&hostname))
}

/// Merges the body into the object, or removes it for `{"deleted": true}`.
async fn merge_hostname(
    State(simulator): State<Simulator>,
    Path(hostname): Path<String>,
    Body(patch): Body<Map<String, Value>>,
) -> Answer {
    let name = canonical(&hostname);
    let cloudflare = &mut simulator.lock().cloudflare;
    if patch.get("deleted") == Some(&Value::Bool(true)) {
        cloudflare.remove(&name).ok_or_else(|| unknown_hostname(&name))?;
        return Ok(Json(json!({"deleted": true})));
    }
    let found = cloudflare.by_name_mut(&name).ok_or_else(|| unknown_hostname(&name))?;
    found.merge(&Value::Object(patch), now_millis());
    show(cloudflare, &name)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SetAuto {
    enabled: bool,
    step_ms: Option<u32>,
}

async fn set_auto(State(simulator): State<Simulator>, Body(body): Body<SetAuto>) -> Json<Value> {
    let cloudflare = &mut simulator.lock().cloudflare;
    cloudflare.auto = body.enabled;
    if let Some(step_ms) = body.step_ms {
        cloudflare.step_ms = step_ms.into();
    }
    done()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SetQuota {
    allocated: u64,
    #[serde(default)]
    hard_cap: bool,
}

async fn set_quota(State(simulator): State<Simulator>, Body(body): Body<SetQuota>) -> Json<Value> {
    let SetQuota { allocated, hard_cap } = body;
    simulator.lock().cloudflare.quota = Quota { allocated, hard_cap };
    done()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SetRateLimit {
    enabled: Option<bool>,
    limit: Option<u64>,
    window_seconds: Option<u32>,
}

/// Sets the limit and starts counting anew; `{"enabled": false}` lifts it.
async fn set_rate_limit(
    State(simulator): State<Simulator>,
    Body(body): Body<SetRateLimit>,
) -> Json<Value> {
    let rate_limit = &mut simulator.lock().cloudflare.rate_limit;
    let limit = body.limit.unwrap_or(rate_limit.limit);
    let window = body.window_seconds.map_or(rate_limit.window_seconds, i64::from);
    *rate_limit = RateLimit::new(limit, window);
    rate_limit.enabled = body.enabled.unwrap_or(true);
    done()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SetOptions {
    /// Whether answers show `dcv_delegation_records`.
    dcv_delegation_records: Option<bool>,
    /// The name that traffic has to arrive at; an empty one takes it away.
    fallback_origin: Option<String>,
    wildcard: Option<bool>,
    custom_metadata: Option<bool>,
    custom_origin: Option<bool>,
}

async fn set_options(
    State(simulator): State<Simulator>,
    Body(body): Body<SetOptions>,
) -> Json<Value> {
    let cloudflare = &mut simulator.lock().cloudflare;
    if let Some(origin) = body.fallback_origin {
        cloudflare.fallback_origin = Some(canonical(&origin)).filter(|origin| !origin.is_empty());
    }
    let allowed = &mut cloudflare.entitlements;
    for (switch, wanted) in [
        (&mut cloudflare.show_delegation, body.dcv_delegation_records),
        (&mut allowed.wildcard, body.wildcard),
        (&mut allowed.custom_metadata, body.custom_metadata),
        (&mut allowed.custom_origin, body.custom_origin),
    ] {
        *switch = wanted.unwrap_or(*switch);
    }
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneHostname {
    hostname: String,
}

/// Does what the owner of the hostname is asked to do: delegation and traffic CNAME.
async fn place_dns(State(simulator): State<Simulator>, Body(body): Body<OneHostname>) -> Answer {
    let name = canonical(&body.hostname);
    let now = now_millis();
    let mut world = simulator.lock();
    world.cloudflare.by_name(&name).ok_or_else(|| unknown_hostname(&name))?;
    let target = world.cloudflare.delegation_target(&name);
    let origin = world.cloudflare.fallback_origin.clone();
    change_dns(&mut world, now, |dns| {
        let records = [(format!("_acme-challenge.{name}"), Some(target)), (name.clone(), origin)];
        for (name, target) in records {
            if let Some(target) = target {
                let set = RecordSet::published(&name, RecordType::Cname, vec![target]);
                dns.set(RecordSet { changed_at: now, ..set });
            }
        }
    });
    Ok(done())
}

/// Makes the hostname active at once, with certificates when it asks for them and has none.
async fn activate(State(simulator): State<Simulator>, Body(body): Body<OneHostname>) -> Answer {
    let name = canonical(&body.hostname);
    let cloudflare = &mut simulator.lock().cloudflare;
    let hostname = cloudflare.by_name_mut(&name).ok_or_else(|| unknown_hostname(&name))?;
    hostname.set_status("active");
    if hostname.ssl_status().is_some_and(|status| status != "active") {
        hostname.issue(now_millis());
    }
    show(cloudflare, &name)
}

/// Issues new certificates beside those in use.
async fn renew(State(simulator): State<Simulator>, Body(body): Body<OneHostname>) -> Answer {
    let name = canonical(&body.hostname);
    let cloudflare = &mut simulator.lock().cloudflare;
    let hostname = cloudflare.by_name_mut(&name).ok_or_else(|| unknown_hostname(&name))?;
    if hostname.ssl_status().is_none() {
        return Err(format!("{name} was created without ssl").into());
    }
    hostname.issue(now_millis());
    show(cloudflare, &name)
}

/// The most hostnames that one call creates.
const MAX_SEED: u32 = 100_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seed {
    count: u32,
    #[serde(default = "default_prefix")]
    prefix: String,
    #[serde(default = "default_suffix")]
    suffix: String,
    status: Option<String>,
}

fn default_prefix() -> String {
    "host".to_owned()
}

fn default_suffix() -> String {
    "example.com".to_owned()
}

/// Creates `<prefix><n>.<suffix>` for n from 1, past quota and rate limit; names that are taken stay.
async fn seed(State(simulator): State<Simulator>, Body(body): Body<Seed>) -> Answer {
    if body.count > MAX_SEED {
        return Err(format!("count must be at most {MAX_SEED}").into());
    }
    let now = now_millis();
    let ssl = json!({
        "type": "dv", "method": "txt", "wildcard": false, "certificate_authority": "google",
        "bundle_method": "ubiquitous",
    });
    let Value::Object(ssl) = ssl else { return Ok(done()) };
    let cloudflare = &mut simulator.lock().cloudflare;
    let mut created = 0_u32;
    for n in 1..=body.count {
        let name = canonical(&format!("{}{n}.{}", body.prefix, body.suffix));
        if cloudflare.by_name(&name).is_some() {
            continue;
        }
        let mut hostname = Hostname::new(&name, Some(ssl.clone()), Map::new(), now);
        match body.status.as_deref() {
            Some("active") => {
                hostname.issue(now);
                hostname.set_status("active");
            }
            Some(status) => hostname.set_status(status),
            None => {}
        }
        cloudflare.insert(hostname);
        created += 1;
    }
    Ok(Json(json!({"created": created, "total": cloudflare.len()})))
}
