//! The routes of Cloudflare's API v4, with its envelope, credentials check and rate limit.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::Cloudflare;
use super::hostname::Hostname;
use super::input::{self, HOSTNAME_STATUSES, Refusal, SSL_STATUSES};
use super::limit::Standing;
use crate::state::{Simulator, World, now_millis, random_hex};

/// Custom hostname ids are UUIDs in text form.
const ID_LENGTH: usize = 36;

const DEFAULT_PER_PAGE: usize = 20;

type Params = HashMap<String, String>;

pub(crate) fn routes(simulator: &Simulator) -> Router<Simulator> {
    let zone = Router::new()
        .route("/", get(read_zone))
        .route("/custom_hostnames", get(list).post(create))
        .route("/custom_hostnames/quota", get(read_quota))
        .route("/custom_hostnames/fallback_origin", get(read_fallback_origin))
        .route("/custom_hostnames/{id}", get(read).patch(amend).delete(remove))
        .route("/dcv_delegation/uuid", get(read_delegation_id))
        .layer(middleware::from_fn_with_state(simulator.clone(), known_zone));
    let api = Router::new()
        .nest("/zones/{zone}", zone)
        .route("/user/tokens/verify", get(verify_token))
        .route("/accounts/{account}/tokens/verify", get(verify_token))
        .fallback(no_route)
        .layer(middleware::from_fn_with_state(simulator.clone(), guard));
    Router::new().nest("/cloudflare/client/v4", api)
}

// --- envelope ------------------------------------------------------------------------------------

fn success(status: StatusCode, result: &Value) -> Response {
    let body = json!({"success": true, "errors": [], "messages": [], "result": result});
    (status, Json(body)).into_response()
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let errors = json!([{"code": self.code, "message": self.message}]);
        let body = json!({"success": false, "errors": errors, "messages": [], "result": null});
        (self.status, Json(body)).into_response()
    }
}

fn not_found() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, 1436, "The custom hostname was not found.")
}

async fn no_route() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, 7000, "No route for that URI.")
}

// --- before every route --------------------------------------------------------------------------

/// Counts the request, then looks at its credentials.
async fn guard(State(simulator): State<Simulator>, request: Request, next: Next) -> Response {
    let (standing, limit, window, token) = {
        let mut world = simulator.lock();
        let standing = world.cloudflare.rate_limit.count(now_millis());
        let rate = &world.cloudflare.rate_limit;
        (standing, rate.limit, rate.window_seconds, world.options.api_token.clone())
    };
    let mut response = if standing.is_some_and(|standing| !standing.allowed) {
        let message = "Rate limited: more requests than the token may make in five minutes.";
        Refusal::new(StatusCode::TOO_MANY_REQUESTS, 971, message).into_response()
    } else if let Err(refusal) = check_token(request.headers(), &token) {
        refusal.into_response()
    } else {
        next.run(request).await
    };
    if let Some(standing) = standing {
        rate_headers(response.headers_mut(), standing, limit, window);
    }
    response
}

fn rate_headers(headers: &mut HeaderMap, standing: Standing, limit: u64, window: i64) {
    let Standing { allowed, remaining, reset_seconds } = standing;
    let fields = [
        ("ratelimit", format!("\"default\";r={remaining};t={reset_seconds}")),
        ("ratelimit-policy", format!("\"default\";q={limit};w={window}")),
    ];
    for (name, value) in fields {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    if !allowed {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(reset_seconds));
    }
}

fn check_token(headers: &HeaderMap, token: &str) -> Result<(), Refusal> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        let message = "Unable to authenticate request";
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, 1001, message));
    };
    match value.to_str().ok().and_then(|value| value.strip_prefix("Bearer ")) {
        Some(given) if given == token => Ok(()),
        Some(_) => Err(Refusal::new(StatusCode::UNAUTHORIZED, 10000, "Authentication error")),
        None => Err(Refusal::bad(6003, "Invalid request headers: Authorization needs Bearer.")),
    }
}

/// Refuses zones other than the simulated one.
async fn known_zone(
    State(simulator): State<Simulator>,
    Path(params): Path<Params>,
    request: Request,
    next: Next,
) -> Response {
    let zone = params.get("zone").map_or("", String::as_str);
    if zone.len() != 32 || !zone.bytes().all(|b| b.is_ascii_hexdigit()) {
        let message = format!("Could not route to /zones/{zone}; is the identifier valid?");
        return Refusal::new(StatusCode::NOT_FOUND, 7003, &message).into_response();
    }
    if zone != simulator.lock().options.zone_id {
        let message = "The token has no access to the zone.";
        return Refusal::new(StatusCode::FORBIDDEN, 9109, message).into_response();
    }
    next.run(request).await
}

// --- tokens and zone -----------------------------------------------------------------------------

async fn verify_token() -> Response {
    success(StatusCode::OK, &json!({"id": random_hex(16), "status": "active"}))
}

async fn read_zone(State(simulator): State<Simulator>) -> Response {
    let world = simulator.lock();
    let name = world.cloudflare.zone_name().unwrap_or("zone.example");
    let zone = json!({"id": world.options.zone_id, "name": name, "status": "active"});
    success(StatusCode::OK, &zone)
}

async fn read_quota(State(simulator): State<Simulator>) -> Response {
    success(StatusCode::OK, &simulator.lock().cloudflare.show_quota())
}

async fn read_fallback_origin(State(simulator): State<Simulator>) -> Result<Response, Refusal> {
    let origin = simulator.lock().cloudflare.show_fallback_origin();
    let origin = origin.ok_or_else(|| {
        Refusal::new(StatusCode::NOT_FOUND, 1551, "No fallback origin has been set.")
    })?;
    Ok(success(StatusCode::OK, &origin))
}

async fn read_delegation_id(State(simulator): State<Simulator>) -> Response {
    success(StatusCode::OK, &json!({"uuid": simulator.lock().cloudflare.dcv_uuid}))
}

// --- custom hostnames ----------------------------------------------------------------------------

async fn create(State(simulator): State<Simulator>, body: Bytes) -> Result<Response, Refusal> {
    let body = input::object(&body)?;
    let mut world = simulator.lock();
    let cloudflare = &mut world.cloudflare;
    let hostname = input::hostname(&body)?;
    let ssl = input::ssl(&body, &hostname, cloudflare.entitlements)?;
    let wildcard = ssl.as_ref().and_then(|ssl| ssl.get("wildcard")) == Some(&Value::Bool(true));
    let extras = input::extras(&body, wildcard, cloudflare.entitlements)?;
    if cloudflare.by_name(&hostname).is_some() {
        let message = "Duplicate custom hostname found.";
        return Err(Refusal::new(StatusCode::CONFLICT, 1406, message));
    }
    check_quota(cloudflare)?;
    let hostname = Hostname::new(&hostname, ssl, extras, now_millis());
    let shown = cloudflare.show(&hostname);
    cloudflare.insert(hostname);
    Ok(success(StatusCode::CREATED, &shown))
}

fn check_quota(cloudflare: &Cloudflare) -> Result<(), Refusal> {
    let refuse = |code, message| Err(Refusal::new(StatusCode::FORBIDDEN, code, message));
    match cloudflare.quota.allocated {
        0 => refuse(1404, "No custom hostnames have been allocated for the zone."),
        allocated if cloudflare.quota.hard_cap && cloudflare.len() >= allocated => {
            refuse(1405, "The quota of custom hostnames has been exceeded.")
        }
        _ => Ok(()),
    }
}

fn checked_id(params: &Params) -> Result<&str, Refusal> {
    let id = params.get("id").map_or("", String::as_str);
    if id.len() == ID_LENGTH {
        Ok(id)
    } else {
        Err(Refusal::bad(1435, "The custom hostname id is not valid."))
    }
}

async fn read(
    State(simulator): State<Simulator>,
    Path(params): Path<Params>,
) -> Result<Response, Refusal> {
    let id = checked_id(&params)?;
    let mut world = simulator.lock();
    let World { cloudflare, dns, .. } = &mut *world;
    cloudflare.advance(id, dns, now_millis());
    let hostname = cloudflare.by_id(id).ok_or_else(not_found)?;
    Ok(success(StatusCode::OK, &cloudflare.show(hostname)))
}

async fn amend(
    State(simulator): State<Simulator>,
    Path(params): Path<Params>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let id = checked_id(&params)?;
    let body = input::object(&body)?;
    let now = now_millis();
    let mut world = simulator.lock();
    let World { cloudflare, dns, .. } = &mut *world;
    cloudflare.advance(id, dns, now);
    let hostname = cloudflare.by_id(id).ok_or_else(not_found)?;
    if matches!(hostname.status(), "pending_deletion" | "blocked" | "pending_blocked")
        || hostname.ssl_status() == Some("pending_deletion")
    {
        let message = "The custom hostname cannot be modified in its present state.";
        return Err(Refusal::new(StatusCode::CONFLICT, 1439, message));
    }
    let ssl = input::ssl(&body, hostname.name(), cloudflare.entitlements)?;
    let wildcard = match ssl.as_ref().and_then(|ssl| ssl.get("wildcard")) {
        Some(given) => *given == Value::Bool(true),
        None => hostname.is_wildcard(),
    };
    let ssl = ssl.map(|ssl| keep_unmentioned(ssl, &body, hostname.object()));
    let extras = input::extras(&body, wildcard, cloudflare.entitlements)?;
    if let Some(hostname) = cloudflare.by_id_mut(id) {
        hostname.amend(ssl, extras, now);
    }
    let hostname = cloudflare.by_id(id).ok_or_else(not_found)?;
    Ok(success(StatusCode::ACCEPTED, &cloudflare.show(hostname)))
}

/// A PATCH changes the members of `ssl` that it names. `settings` is one member: whoever names it
/// sets all of it.
fn keep_unmentioned(
    mut ssl: Map<String, Value>,
    body: &Map<String, Value>,
    object: &Value,
) -> Map<String, Value> {
    let given = body.get("ssl");
    let known = object.get("ssl");
    ssl.retain(|name, _| {
        let is_given = given.and_then(|given| given.get(name)).is_some();
        is_given || known.and_then(|known| known.get(name)).is_none()
    });
    ssl
}

async fn remove(
    State(simulator): State<Simulator>,
    Path(params): Path<Params>,
) -> Result<Response, Refusal> {
    let id = checked_id(&params)?;
    let cloudflare = &mut simulator.lock().cloudflare;
    let name = cloudflare.by_id(id).map(|hostname| hostname.name().to_owned());
    name.and_then(|name| cloudflare.remove(&name)).ok_or_else(not_found)?;
    Ok(success(StatusCode::OK, &json!({"id": id})))
}

// --- the list ------------------------------------------------------------------------------------

/// Which hostnames a list call wants, and in which pieces.
struct Listing {
    filter: NameFilter,
    equals: Vec<(&'static str, String)>,
    has_ssl: Option<bool>,
    order: Option<String>,
    descending: bool,
    page: usize,
    per_page: usize,
}

enum NameFilter {
    All,
    Id(String),
    Exact(String),
    Contains(String),
    StartsWith(String),
}

impl Listing {
    fn read(params: &Params) -> Result<Self, Refusal> {
        // The status code page names no code for a bad value of a list parameter.
        let bad = |name: &str| Refusal::bad(1400, &format!("Invalid value of {name}."));
        let number = |name: &str, default: usize, least: usize, most: usize| match params.get(name)
        {
            None => Ok(default),
            Some(text) => match text.parse() {
                Ok(number) if (least..=most).contains(&number) => Ok(number),
                _ => Err(bad(name)),
            },
        };
        let word = |name: &str, known: &[&str]| match params.get(name) {
            Some(word) if !known.contains(&word.as_str()) => Err(bad(name)),
            word => Ok(word.cloned()),
        };
        let authorities = ["google", "lets_encrypt", "ssl_com"];
        let equals = [
            ("/status", word("hostname_status", &HOSTNAME_STATUSES)?),
            ("/ssl/status", word("ssl_status", &SSL_STATUSES)?),
            ("/ssl/certificate_authority", word("certificate_authority", &authorities)?),
            ("/custom_origin_server", params.get("custom_origin_server").cloned()),
        ];
        Ok(Self {
            filter: NameFilter::read(params)?,
            equals: equals
                .into_iter()
                .filter_map(|(pointer, wanted)| Some((pointer, wanted?)))
                .collect(),
            has_ssl: word("ssl", &["0", "1"])?.map(|ssl| ssl == "1"),
            order: word("order", &["ssl", "ssl_status"])?,
            descending: word("direction", &["asc", "desc"])?.as_deref() == Some("desc"),
            page: number("page", 1, 1, usize::MAX)?,
            per_page: number("per_page", DEFAULT_PER_PAGE, 5, 1000)?,
        })
    }

    fn wants(&self, hostname: &Hostname) -> bool {
        let equal = |(pointer, wanted): &(&str, String)| {
            hostname.object().pointer(pointer).and_then(Value::as_str) == Some(wanted)
        };
        self.filter.wants(hostname)
            && self.has_ssl.is_none_or(|wanted| hostname.ssl_status().is_some() == wanted)
            && self.equals.iter().all(equal)
    }
}

impl NameFilter {
    fn read(params: &Params) -> Result<Self, Refusal> {
        type Make = fn(String) -> NameFilter;
        let kinds: [(&str, Make); 4] = [
            ("hostname", Self::Exact),
            ("hostname.exact", Self::Exact),
            ("hostname.contain", Self::Contains),
            ("hostname.startsWith", Self::StartsWith),
        ];
        let mut names = kinds.iter().filter_map(|(name, make)| {
            params.get(*name).map(|value| make(value.to_ascii_lowercase()))
        });
        match (params.get("id"), names.next(), names.next()) {
            (Some(_), Some(_), _) => {
                Err(Refusal::bad(1438, "id cannot be combined with a hostname filter."))
            }
            (_, _, Some(_)) => Err(Refusal::bad(1437, "Only one hostname filter can be used.")),
            (Some(id), None, _) if id.len() == ID_LENGTH => Ok(Self::Id(id.clone())),
            (Some(_), None, _) => Err(Refusal::bad(1435, "The custom hostname id is not valid.")),
            (None, Some(filter), None) => Ok(filter),
            (None, None, None) => Ok(Self::All),
        }
    }

    fn wants(&self, hostname: &Hostname) -> bool {
        match self {
            Self::All => true,
            Self::Id(id) => hostname.id() == id,
            Self::Exact(name) => hostname.name() == name,
            Self::Contains(part) => hostname.name().contains(part.as_str()),
            Self::StartsWith(start) => hostname.name().starts_with(start.as_str()),
        }
    }
}

async fn list(
    State(simulator): State<Simulator>,
    Query(params): Query<Params>,
) -> Result<Response, Refusal> {
    let listing = Listing::read(&params)?;
    let mut world = simulator.lock();
    let World { cloudflare, dns, .. } = &mut *world;
    cloudflare.advance_all(dns, now_millis());
    let mut wanted: Vec<&Hostname> = cloudflare.all().filter(|h| listing.wants(h)).collect();
    match listing.order.as_deref() {
        Some("ssl") => wanted.sort_by_key(|hostname| hostname.ssl_status().is_some()),
        Some(_) => wanted.sort_by_key(|hostname| hostname.ssl_status().unwrap_or("")),
        None => {}
    }
    if listing.descending {
        wanted.reverse();
    }
    let found = wanted.len();
    let result: Vec<Value> = wanted
        .into_iter()
        .skip((listing.page - 1).saturating_mul(listing.per_page))
        .take(listing.per_page)
        .map(|hostname| cloudflare.show(hostname))
        .collect();
    let info = json!({
        "page": listing.page,
        "per_page": listing.per_page,
        "count": result.len(),
        // "Without any search parameters" says the API reference.
        "total_count": cloudflare.len(),
        "total_pages": found.div_ceil(listing.per_page),
    });
    let body = json!({
        "success": true, "errors": [], "messages": [], "result": result, "result_info": info,
    });
    Ok(Json(body).into_response())
}
