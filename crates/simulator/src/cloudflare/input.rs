//! What Cloudflare refuses in a request, with the codes of the status code page of custom
//! hostnames. The texts are ours; clients are to match on the codes.

use std::net::IpAddr;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::Entitlements;

/// A refusal: HTTP status, Cloudflare's code, a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) code: u32,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: u32, message: &str) -> Self {
        Self { status, code, message: message.to_owned() }
    }

    pub(super) fn bad(code: u32, message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }
}

/// Hostnames longer than this do not fit in a certificate's common name.
const MAX_COMMON_NAME: usize = 64;

/// Reads a JSON object from a request body.
pub(super) fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Refusal::bad(6007, "The request body must be a JSON object.")),
        Err(_) => Err(Refusal::bad(6007, "Malformed JSON in request body.")),
    }
}

/// The hostname of a create request, in lower case.
pub(super) fn hostname(body: &Map<String, Value>) -> Result<String, Refusal> {
    let invalid = |why: &str| Refusal::bad(1407, &format!("Invalid custom hostname: {why}."));
    let Some(hostname) = body.get("hostname").and_then(Value::as_str) else {
        return Err(invalid("hostname is required"));
    };
    if !hostname.is_ascii() {
        return Err(Refusal::bad(1408, "The hostname has non-ASCII characters; use punycode."));
    }
    let hostname = hostname.to_ascii_lowercase();
    if hostname.len() > 255 {
        return Err(invalid("at most 255 characters"));
    }
    if hostname.parse::<IpAddr>().is_ok() {
        return Err(invalid("an address is not a hostname"));
    }
    let label_is_valid = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if !hostname.contains('.') || !hostname.split('.').all(label_is_valid) {
        return Err(invalid("labels of letters, digits and inner hyphens, joined by dots"));
    }
    let top = hostname.rsplit('.').next().unwrap_or_default();
    if ["test", "example", "invalid", "localhost"].contains(&top) {
        return Err(Refusal::bad(1409, "The top-level domain of the hostname is reserved."));
    }
    // Cloudflare reserves what lies below these as well; here only the bare names are refused, since
    // documentation and tests live on app.example.com.
    if ["example.com", "example.net", "example.org"].contains(&hostname.as_str()) {
        return Err(Refusal::bad(1411, "The hostname is reserved for documentation."));
    }
    if psl::domain_str(&hostname).is_none() {
        return Err(Refusal::bad(1410, "The hostname is a public suffix."));
    }
    Ok(hostname)
}

/// Checks the `ssl` of a request and completes it with the defaults; `None` when there is none.
pub(super) fn ssl(
    body: &Map<String, Value>,
    hostname: &str,
    allowed: Entitlements,
) -> Result<Option<Map<String, Value>>, Refusal> {
    let given = match body.get("ssl") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(given)) => given,
        Some(_) => return Err(Refusal::bad(1434, "ssl must be an object.")),
    };
    let (Some(method), Some(kind)) = (given.get("method"), given.get("type")) else {
        return Err(Refusal::bad(1440, "ssl needs both method and type."));
    };
    let Some(method) = one_of(method, &["http", "txt", "email"]) else {
        return Err(Refusal::bad(1432, "ssl.method must be http, txt or email."));
    };
    if kind.as_str() != Some("dv") {
        return Err(Refusal::bad(1433, "ssl.type must be dv."));
    }
    let attribute = |name: &str, allowed: &[&str], default: &str| match given.get(name) {
        None | Some(Value::Null) => Ok(default.to_owned()),
        Some(value) => one_of(value, allowed)
            .map(|value| if value.is_empty() { default.to_owned() } else { value.to_owned() })
            .ok_or_else(|| Refusal::bad(1434, &format!("ssl.{name} has an unknown value."))),
    };
    let authority =
        attribute("certificate_authority", &["", "google", "lets_encrypt", "ssl_com"], "google")?;
    let bundle_method =
        attribute("bundle_method", &["ubiquitous", "optimal", "force"], "ubiquitous")?;
    let wildcard = flag(given, "wildcard")?;
    let branding = flag(given, "cloudflare_branding")?;
    if wildcard && !allowed.wildcard {
        return Err(Refusal::bad(1448, "The zone is not entitled to wildcard custom hostnames."));
    }
    if wildcard && method == "http" {
        return Err(Refusal::bad(1434, "A wildcard cannot be validated by http."));
    }
    if hostname.len() > MAX_COMMON_NAME && !branding {
        let message = "A hostname of more than 64 characters needs ssl.cloudflare_branding.";
        return Err(Refusal::bad(1434, message));
    }
    for unsupported in ["custom_certificate", "custom_key", "custom_cert_bundle", "custom_csr_id"] {
        if given.contains_key(unsupported) {
            let message = format!("ssl.{unsupported}: uploaded certificates are not simulated.");
            return Err(Refusal::bad(1434, &message));
        }
    }
    let completed = json!({
        "type": "dv", "method": method, "wildcard": wildcard,
        "certificate_authority": authority, "bundle_method": bundle_method,
        "cloudflare_branding": branding, "settings": settings(given.get("settings"))?,
    });
    match completed {
        Value::Object(completed) => Ok(Some(completed)),
        _ => Ok(None),
    }
}

/// The TLS settings; what is not given has its default, also when others are changed.
fn settings(given: Option<&Value>) -> Result<Value, Refusal> {
    let empty = Map::new();
    let given = match given {
        None | Some(Value::Null) => &empty,
        Some(Value::Object(given)) => given,
        Some(_) => return Err(Refusal::bad(1434, "ssl.settings must be an object.")),
    };
    let mut settings = Map::new();
    for (name, allowed, default) in [
        ("http2", &["on", "off"][..], Some("on")),
        ("min_tls_version", &["1.0", "1.1", "1.2", "1.3"][..], Some("1.0")),
        ("tls_1_3", &["on", "off"][..], Some("on")),
        ("early_hints", &["on", "off"][..], None),
    ] {
        let value = match given.get(name) {
            None => default,
            Some(value) => Some(one_of(value, allowed).ok_or_else(|| {
                Refusal::bad(1434, &format!("ssl.settings.{name} has an unknown value."))
            })?),
        };
        if let Some(value) = value {
            settings.insert(name.to_owned(), value.into());
        }
    }
    if let Some(ciphers) = given.get("ciphers") {
        if !ciphers.as_array().is_some_and(|list| list.iter().all(Value::is_string)) {
            return Err(Refusal::bad(1434, "ssl.settings.ciphers must be a list of names."));
        }
        settings.insert("ciphers".to_owned(), ciphers.clone());
    }
    Ok(Value::Object(settings))
}

/// The members beside `ssl` that need an entitlement, ready to be kept.
pub(super) fn extras(
    body: &Map<String, Value>,
    wildcard: bool,
    allowed: Entitlements,
) -> Result<Map<String, Value>, Refusal> {
    let mut extras = Map::new();
    if let Some(metadata) = body.get("custom_metadata").filter(|value| !value.is_null()) {
        if !allowed.custom_metadata {
            let message = "The zone is not entitled to custom metadata.";
            return Err(Refusal::new(StatusCode::FORBIDDEN, 1413, message));
        }
        if wildcard {
            return Err(Refusal::bad(1412, "Wildcard hostnames cannot have custom metadata."));
        }
        extras.insert("custom_metadata".to_owned(), metadata.clone());
    }
    for name in ["custom_origin_server", "custom_origin_sni"] {
        let Some(origin) = body.get(name).filter(|value| !value.is_null()) else { continue };
        if !allowed.custom_origin {
            let message = "The zone is not entitled to custom origin servers.";
            return Err(Refusal::new(StatusCode::FORBIDDEN, 1414, message));
        }
        if !origin.as_str().is_some_and(|origin| origin.contains('.')) {
            return Err(Refusal::bad(1415, "The custom origin server must be a hostname."));
        }
        extras.insert(name.to_owned(), origin.clone());
    }
    Ok(extras)
}

fn one_of<'a>(value: &'a Value, allowed: &[&str]) -> Option<&'a str> {
    value.as_str().filter(|value| allowed.contains(value))
}

fn flag(given: &Map<String, Value>, name: &str) -> Result<bool, Refusal> {
    match given.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(value)) => Ok(*value),
        Some(_) => Err(Refusal::bad(1434, &format!("ssl.{name} must be true or false."))),
    }
}

/// `status` of a custom hostname (API reference).
pub(super) const HOSTNAME_STATUSES: [&str; 16] = [
    "active",
    "pending",
    "active_redeploying",
    "moved",
    "pending_deletion",
    "deleted",
    "pending_blocked",
    "pending_migration",
    "pending_provisioned",
    "test_pending",
    "test_active",
    "test_active_apex",
    "test_blocked",
    "test_failed",
    "provisioned",
    "blocked",
];

/// `ssl.status` (API reference).
pub(super) const SSL_STATUSES: [&str; 21] = [
    "initializing",
    "pending_validation",
    "deleted",
    "pending_issuance",
    "pending_deployment",
    "pending_deletion",
    "pending_expiration",
    "expired",
    "active",
    "initializing_timed_out",
    "validation_timed_out",
    "issuance_timed_out",
    "deployment_timed_out",
    "deletion_timed_out",
    "pending_cleanup",
    "staging_deployment",
    "staging_active",
    "deactivating",
    "inactive",
    "backup_issued",
    "holding_deployment",
];
