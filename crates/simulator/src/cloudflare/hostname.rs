//! One custom hostname: the JSON object that answers show, and how it lives on.
//!
//! The object itself is the state, since tests may put words into it that no type of ours knows.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::state::{iso, iso_seconds, new_uuid, random_hex};

/// What DNS shows about a hostname, each with the time since when, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Evidence {
    /// The authority would find its token.
    pub(super) control_since: Option<i64>,
    /// Traffic arrives at the zone, or the ownership record is there.
    pub(super) traffic_since: Option<i64>,
}

/// Validity of managed certificates: 90 days (certificate validity periods page).
const CERTIFICATE_DAYS: i64 = 90;
const DAY_MS: i64 = 86_400_000;

const NOT_OURS: &str = "None of the A or AAAA records are owned by this account and the \
                        pre-generated ownership verification token was not found.";

/// A custom hostname.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Hostname {
    id: String,
    name: String,
    object: Value,
    /// The TXT values at the delegation target: for the hostname and for its wildcard.
    tokens: [String; 2],
    ownership_token: String,
    created_at: i64,
    ssl_step_at: i64,
}

impl Hostname {
    /// A new one, as a create request leaves it: nothing is validated yet.
    pub(crate) fn new(
        name: &str,
        ssl: Option<Map<String, Value>>,
        extras: Map<String, Value>,
        now: i64,
    ) -> Self {
        let id = new_uuid();
        let ownership_token = new_uuid();
        let challenge = format!("http://{name}/.well-known/cf-custom-hostname-challenge/{id}");
        let mut object = json!({
            "id": id,
            "hostname": name,
            "status": "pending",
            "verification_errors": [NOT_OURS],
            "ownership_verification": {
                "type": "txt",
                "name": format!("_cf-custom-hostname.{name}"),
                "value": ownership_token,
            },
            "ownership_verification_http": {"http_url": challenge, "http_body": ownership_token},
            "created_at": iso(now),
        });
        if let Value::Object(object) = &mut object {
            object.extend(extras);
            if let Some(mut ssl) = ssl {
                let wildcard = ssl.get("wildcard") == Some(&Value::Bool(true));
                let hosts = hosts(name, wildcard);
                ssl.insert("id".to_owned(), new_uuid().into());
                ssl.insert("status".to_owned(), "initializing".into());
                ssl.insert("hosts".to_owned(), hosts);
                object.insert("ssl".to_owned(), Value::Object(ssl));
            }
        }
        Self {
            id,
            name: name.to_owned(),
            object,
            tokens: [new_token(), new_token()],
            ownership_token,
            created_at: now,
            ssl_step_at: now,
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn object(&self) -> &Value {
        &self.object
    }

    pub(super) fn tokens(&self) -> &[String] {
        &self.tokens
    }

    pub(super) fn ownership_token(&self) -> &str {
        &self.ownership_token
    }

    pub(crate) fn status(&self) -> &str {
        self.object.get("status").and_then(Value::as_str).unwrap_or_default()
    }

    pub(crate) fn ssl_status(&self) -> Option<&str> {
        self.ssl()?.get("status")?.as_str()
    }

    pub(super) fn method(&self) -> Option<&str> {
        self.ssl()?.get("method")?.as_str()
    }

    pub(crate) fn is_wildcard(&self) -> bool {
        self.ssl().and_then(|ssl| ssl.get("wildcard")) == Some(&Value::Bool(true))
    }

    pub(super) fn authority(&self) -> Option<&str> {
        self.ssl()?.get("certificate_authority")?.as_str()
    }

    fn ssl(&self) -> Option<&Value> {
        self.object.get("ssl")
    }

    fn ssl_mut(&mut self) -> Option<&mut Map<String, Value>> {
        self.object.get_mut("ssl")?.as_object_mut()
    }

    /// Whether anything is left that could change without being told to.
    pub(super) fn may_advance(&self) -> bool {
        self.status() == "pending"
            || matches!(
                self.ssl_status(),
                Some(
                    "initializing"
                        | "pending_validation"
                        | "pending_issuance"
                        | "pending_deployment"
                )
            )
    }

    /// Takes every step that is due: at least `step_ms` lie between two of them, and between a step
    /// and the DNS record that allows it.
    pub(super) fn advance(&mut self, evidence: Evidence, now: i64, step_ms: i64) {
        if self.ssl_status() == Some("initializing") {
            self.set_ssl_status("pending_validation");
        }
        loop {
            let (since, next) = match (self.ssl_status(), evidence.control_since) {
                (Some("pending_validation"), Some(since)) => (since, "pending_issuance"),
                // Once validated, issue and deployment need DNS no more; without evidence at all
                // nothing moves by itself.
                (Some("pending_issuance"), Some(_)) => (0, "pending_deployment"),
                (Some("pending_deployment"), Some(_)) => (0, "active"),
                _ => break,
            };
            let due_at = self.ssl_step_at.max(since) + step_ms;
            if due_at > now {
                break;
            }
            self.ssl_step_at = due_at;
            if next == "active" {
                self.issue(due_at);
            } else {
                self.set_ssl_status(next);
            }
        }
        if self.status() == "pending"
            && let Some(since) = evidence.traffic_since
            && self.created_at.max(since) + step_ms <= now
        {
            self.set_status("active");
        }
    }

    /// Sets the hostname's status; errors do not outlive a success.
    pub(crate) fn set_status(&mut self, status: &str) {
        if let Some(object) = self.object.as_object_mut() {
            object.insert("status".to_owned(), status.into());
            if status == "active" {
                object.remove("verification_errors");
            }
        }
    }

    /// Sets the certificate's status; validation records are shown while they are of use.
    pub(crate) fn set_ssl_status(&mut self, status: &str) {
        let record = self.validation_record();
        if let Some(ssl) = self.ssl_mut() {
            ssl.insert("status".to_owned(), status.into());
            ssl.remove("validation_errors");
            if status == "pending_validation" {
                ssl.insert("validation_records".to_owned(), json!([record]));
            } else {
                ssl.remove("validation_records");
            }
        }
    }

    fn validation_record(&self) -> Value {
        let [token, _] = &self.tokens;
        let name = &self.name;
        let mut record = json!({
            "status": "pending",
            "txt_name": format!("_acme-challenge.{name}"),
            "txt_value": token,
        });
        if !self.is_wildcard()
            && let Some(record) = record.as_object_mut()
        {
            let url = format!("http://{name}/.well-known/acme-challenge/{token}");
            record.insert("http_url".to_owned(), url.into());
            record.insert("http_body".to_owned(), format!("{token}.simulated").into());
        }
        record
    }

    /// Issues an ECDSA and an RSA certificate in front of the earlier ones, which stay valid until
    /// they expire, as in a renewal.
    pub(crate) fn issue(&mut self, now: i64) {
        self.ssl_step_at = now;
        self.set_ssl_status("active");
        let issuer = match self.authority() {
            Some("lets_encrypt") => "LetsEncrypt",
            Some("ssl_com") => "SSLCorporation",
            _ => "GoogleTrustServices",
        };
        let mut certificates = vec![
            certificate(issuer, "ECDSAWithSHA256", now),
            certificate(issuer, "SHA256WithRSA", now),
        ];
        let today = iso_seconds(now);
        if let Some(ssl) = self.ssl_mut() {
            if let Some(Value::Array(earlier)) = ssl.get("certificates") {
                let still_valid = |certificate: &&Value| {
                    certificate
                        .get("expires_on")
                        .and_then(Value::as_str)
                        .is_some_and(|expires_on| expires_on > today.as_str())
                };
                certificates.extend(earlier.iter().filter(still_valid).cloned());
            }
            ssl.insert("certificates".to_owned(), certificates.into());
        }
    }

    /// Validation starts anew, with new tokens; certificates in use stay.
    pub(super) fn restart_validation(&mut self, now: i64) {
        self.tokens = [new_token(), new_token()];
        self.ssl_step_at = now;
        self.set_ssl_status("pending_validation");
    }

    /// Takes over checked members of a PATCH request.
    pub(super) fn amend(
        &mut self,
        ssl: Option<Map<String, Value>>,
        extras: Map<String, Value>,
        now: i64,
    ) {
        if let Some(object) = self.object.as_object_mut() {
            object.extend(extras);
        }
        let Some(given) = ssl else { return };
        let is_new = |name: &str| {
            let known = self.ssl().and_then(|ssl| ssl.get(name));
            given.get(name).is_some_and(|given| known != Some(given))
        };
        let reissue = is_new("certificate_authority") || is_new("wildcard");
        let settled = self.ssl_status() == Some("active") && !reissue;
        if let Some(object) = self.object.as_object_mut() {
            let ssl = object.entry("ssl").or_insert_with(|| json!({"id": new_uuid()}));
            if let Some(ssl) = ssl.as_object_mut() {
                ssl.extend(given);
            }
        }
        let hosts = hosts(&self.name, self.is_wildcard());
        if let Some(ssl) = self.ssl_mut() {
            ssl.insert("hosts".to_owned(), hosts);
        }
        if !settled {
            self.restart_validation(now);
        }
        if matches!(self.status(), "moved" | "deleted") {
            self.set_status("pending");
        }
    }

    /// Puts members of a test's choice into the object (RFC 7396: objects merge, null removes,
    /// everything else replaces). The id and the name stay, and a status brings along what belongs to
    /// it (see [`Self::set_status`]) before the other members are merged.
    pub(crate) fn merge(&mut self, patch: &Value, now: i64) {
        if let Some(status) = patch.get("status").and_then(Value::as_str) {
            self.set_status(status);
        }
        if let Some(status) = patch.pointer("/ssl/status").and_then(Value::as_str) {
            self.ssl_step_at = now;
            self.set_ssl_status(status);
        }
        merge(&mut self.object, patch);
        if let Some(object) = self.object.as_object_mut() {
            object.insert("id".to_owned(), self.id.clone().into());
            object.insert("hostname".to_owned(), self.name.clone().into());
        }
    }
}

fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(target) = target.as_object_mut() else { return };
    for (name, value) in patch {
        if value.is_null() {
            target.remove(name);
        } else {
            merge(target.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

/// The names that the certificates of a hostname cover.
fn hosts(name: &str, wildcard: bool) -> Value {
    if wildcard { json!([name, format!("*.{name}")]) } else { json!([name]) }
}

/// 43 characters, as ACME key authorisation digests have (RFC 8555 section 8.4).
fn new_token() -> String {
    let mut bytes = [0; 32];
    fastrand::fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// One managed certificate. Serial number and fingerprint are random, so that no two are alike.
fn certificate(issuer: &str, signature: &str, now: i64) -> Value {
    json!({
        "id": new_uuid(),
        "issuer": issuer,
        // Positive, and as long as the 16 random bytes that authorities use.
        "serial_number": (fastrand::u128(..) >> 1).to_string(),
        "signature": signature,
        "issued_on": iso_seconds(now),
        "expires_on": iso_seconds(now + CERTIFICATE_DAYS * DAY_MS),
        "fingerprint_sha256": random_hex(32),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hostname() -> Hostname {
        let Value::Object(ssl) = json!({"method": "txt", "type": "dv", "wildcard": false}) else {
            panic!("an object")
        };
        Hostname::new("app.example.com", Some(ssl), Map::new(), 1_000)
    }

    const RIGHT: Evidence = Evidence { control_since: Some(2_000), traffic_since: Some(2_000) };

    #[test]
    fn without_evidence_only_the_initial_step_happens() {
        let mut hostname = hostname();
        hostname.advance(Evidence::default(), 1_000_000, 300);
        assert_eq!(hostname.ssl_status(), Some("pending_validation"));
        assert_eq!(hostname.status(), "pending");
        let records = hostname.object().pointer("/ssl/validation_records/0/txt_value");
        assert_eq!(records.and_then(Value::as_str), Some(hostname.tokens[0].as_str()));
    }

    #[test]
    fn each_step_takes_its_time_after_the_record_appeared() {
        let mut hostname = hostname();
        for (now, ssl_status, status) in [
            (2_299, "pending_validation", "pending"),
            (2_300, "pending_issuance", "active"),
            (2_600, "pending_deployment", "active"),
            (2_899, "pending_deployment", "active"),
            (2_900, "active", "active"),
        ] {
            hostname.advance(RIGHT, now, 300);
            assert_eq!(hostname.ssl_status(), Some(ssl_status), "at {now}");
            assert_eq!(hostname.status(), status, "at {now}");
        }
    }

    #[test]
    fn a_late_reader_finds_all_steps_taken() {
        let mut hostname = hostname();
        hostname.advance(RIGHT, 60_000, 300);
        assert_eq!(hostname.ssl_status(), Some("active"));
        let certificates =
            hostname.object().pointer("/ssl/certificates").unwrap().as_array().unwrap();
        assert_eq!(certificates.len(), 2);
        assert_eq!(certificates[0]["issued_on"], "1970-01-01T00:00:02Z");
        assert_eq!(certificates[0]["expires_on"], "1970-04-01T00:00:02Z");
        assert_ne!(certificates[0]["serial_number"], certificates[1]["serial_number"]);
    }

    #[test]
    fn a_renewal_keeps_the_certificates_that_are_still_valid() {
        let mut hostname = hostname();
        hostname.issue(0);
        hostname.issue(60 * DAY_MS);
        assert_eq!(hostname.object()["ssl"]["certificates"].as_array().unwrap().len(), 4);
        hostname.issue(120 * DAY_MS);
        assert_eq!(hostname.object()["ssl"]["certificates"].as_array().unwrap().len(), 4);
    }

    #[test]
    fn a_merged_status_brings_along_what_belongs_to_it() {
        let mut hostname = hostname();
        hostname.merge(&json!({"ssl": {"status": "pending_validation"}}), 5);
        assert!(hostname.object()["ssl"]["validation_records"].is_array());
        assert!(hostname.object()["verification_errors"].is_array());
        hostname.merge(&json!({"status": "active", "ssl": {"status": "active"}}), 5);
        assert!(hostname.object()["ssl"].get("validation_records").is_none());
        assert!(hostname.object().get("verification_errors").is_none());
        let errors = json!({"status": "active", "verification_errors": ["on purpose"]});
        hostname.merge(&errors, 5);
        assert_eq!(hostname.object()["verification_errors"], json!(["on purpose"]));
    }

    #[test]
    fn a_merge_replaces_lists_removes_nulls_and_keeps_the_identity() {
        let mut hostname = hostname();
        let id = hostname.id().to_owned();
        let patch = json!({
            "id": "other", "hostname": "other.net", "status": "brand_new_word",
            "verification_errors": null, "ssl": {"certificates": [{"id": "1"}]},
        });
        hostname.merge(&patch, 5);
        assert_eq!(hostname.object()["id"], id.as_str());
        assert_eq!(hostname.object()["hostname"], "app.example.com");
        assert_eq!(hostname.status(), "brand_new_word");
        assert!(hostname.object().get("verification_errors").is_none());
        assert_eq!(hostname.object()["ssl"]["method"], "txt");
        assert_eq!(hostname.object()["ssl"]["certificates"], json!([{"id": "1"}]));
    }
}
