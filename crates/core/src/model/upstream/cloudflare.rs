//! Cloudflare for SaaS, custom hostnames: builds requests, reads answers. No I/O.
//!
//! <https://developers.cloudflare.com/api/resources/custom_hostnames/>. Answers are read leniently:
//! every member but `id` and `hostname` may be missing. Errors are told apart by
//! `errors[].code`, never by text, and no text of Cloudflare's reaches a caller.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::closed_set;
use crate::model::certificate::SeenCertificate;
use crate::model::domain_state::Observation;
use crate::model::hostname::Hostname;
use crate::ports::{HttpAnswer, HttpRequest, Method};
use crate::secret::SecretText;
use crate::time::{Span, Timestamp};

/// The largest page of the list.
const PER_PAGE: u32 = 1000;
const TIMEOUT: Span = Span::seconds(10);
const ONE_OBJECT: usize = 256 * 1024;
/// A page of 1,000 custom hostnames has some 3 MiB.
const ONE_PAGE: usize = 16 * 1024 * 1024;

/// Where and as whom Cloudflare is called.
#[derive(Debug, Clone, Copy)]
pub struct CloudflareApi<'a> {
    /// `https://api.cloudflare.com/client/v4`, or the simulator.
    pub base_url: &'a str,
    /// The zone that holds the custom hostnames.
    pub zone_id: &'a str,
    /// A token with `SSL and Certificates: Edit` on that zone.
    pub token: &'a SecretText,
}

impl CloudflareApi<'_> {
    /// Creates a custom hostname with delegated validation, so method `txt`.
    pub fn create_request(&self, hostname: &Hostname) -> HttpRequest {
        let ssl = SslWish {
            method: "txt",
            r#type: "dv",
            wildcard: hostname.is_wildcard(),
            cloudflare_branding: hostname.needs_branding(),
        };
        // Cloudflare wants a wildcard's base name and the wish for the star beside it.
        let body = json!({ "hostname": hostname.base(), "ssl": ssl });
        self.request(Method::Post, "custom_hostnames", Some(body.to_string()), ONE_OBJECT)
    }

    /// Reads one.
    pub fn get_request(&self, cf_id: &str) -> HttpRequest {
        self.request(Method::Get, &format!("custom_hostnames/{}", segment(cf_id)), None, ONE_OBJECT)
    }

    /// Looks one up by its exact name.
    pub fn find_request(&self, hostname: &Hostname) -> HttpRequest {
        let path = format!("custom_hostnames?hostname={}", segment(hostname.base()));
        self.request(Method::Get, &path, None, ONE_OBJECT)
    }

    /// One page of all, from 1.
    pub fn list_request(&self, page: u32) -> HttpRequest {
        let path = format!("custom_hostnames?page={page}&per_page={PER_PAGE}");
        self.request(Method::Get, &path, None, ONE_PAGE)
    }

    /// Deletes one, with its certificates.
    pub fn delete_request(&self, cf_id: &str) -> HttpRequest {
        self.request(
            Method::Delete,
            &format!("custom_hostnames/{}", segment(cf_id)),
            None,
            ONE_OBJECT,
        )
    }

    /// The uuid in the zone's delegation targets.
    pub fn dcv_uuid_request(&self) -> HttpRequest {
        self.request(Method::Get, "dcv_delegation/uuid", None, ONE_OBJECT)
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
        max_body: usize,
    ) -> HttpRequest {
        let mut headers = vec![("authorization", format!("Bearer {}", self.token.expose()))];
        if body.is_some() {
            headers.push(("content-type", "application/json".to_owned()));
        }
        HttpRequest {
            method,
            url: format!("{}/zones/{}/{path}", self.base_url, segment(self.zone_id)),
            headers,
            body: body.map(String::into_bytes),
            timeout: TIMEOUT,
            max_body,
        }
    }
}

/// The certificate that is asked for; what is not wished is left out.
#[derive(Serialize)]
struct SslWish {
    method: &'static str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    wildcard: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cloudflare_branding: bool,
}

/// A value within a path or query, percent-encoded.
fn segment(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

closed_set! {
    /// Why Cloudflare will not take a hostname, by its error code
    /// (<https://developers.cloudflare.com/cloudflare-for-platforms/cloudflare-for-saas/reference/status-codes/custom-hostnames/>).
    pub enum Refusal {
        /// 1407, 1408, 1409, 1410, 1411: the name itself.
        Name = "name",
        /// 1412, 1448, 1413, 1414: something the zone's plan does not include.
        Entitlement = "entitlement",
        /// Any other fault in what was sent.
        Other = "other",
    }
}

/// Why there is no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// 1406: there is one of that name already.
    #[error("duplicate")]
    Duplicate,
    /// 1436: there is none.
    #[error("not found")]
    NotFound,
    /// 1404, 1405: no room for more.
    #[error("quota exceeded")]
    QuotaExceeded,
    /// It will not be taken, now or later.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// 1439: it may not be changed at this moment.
    #[error("busy")]
    Busy,
    /// Too many calls; nothing was done.
    #[error("rate limited")]
    RateLimited {
        /// When to come back.
        retry_after: Option<Span>,
    },
    /// The credential is not accepted: the operator must act.
    #[error("credential refused")]
    Unauthorized,
    /// No usable answer; a write may have happened.
    #[error("unavailable: {0}")]
    Unavailable(&'static str),
}

impl Failure {
    /// When Cloudflare wants to be asked again.
    pub const fn retry_after(self) -> Option<Span> {
        match self {
            Self::RateLimited { retry_after } => retry_after,
            _ => None,
        }
    }
}

/// One custom hostname.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomHostname {
    /// Cloudflare's id.
    pub id: String,
    /// Its name.
    pub hostname: String,
    /// What Cloudflare says of it.
    pub observation: Observation,
}

/// One page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostnamePage {
    /// What could be read; a broken element does not spoil the page.
    pub items: Vec<CustomHostname>,
    /// How many elements could not be read.
    pub broken: usize,
    /// How many pages there are.
    pub total_pages: u32,
}

#[derive(Deserialize)]
struct Envelope<T> {
    #[serde(default)]
    success: bool,
    #[serde(default = "Vec::new")]
    errors: Vec<ApiError>,
    #[serde(default = "Option::default")]
    result: Option<T>,
    #[serde(default)]
    result_info: Option<ResultInfo>,
}

#[derive(Deserialize)]
struct ApiError {
    #[serde(default)]
    code: u32,
}

#[derive(Deserialize)]
struct ResultInfo {
    #[serde(default)]
    total_pages: u32,
}

#[derive(Deserialize)]
struct RawHostname {
    id: String,
    hostname: String,
    status: Option<String>,
    #[serde(default)]
    verification_errors: Option<Vec<String>>,
    ownership_verification: Option<RawOwnership>,
    ssl: Option<RawSsl>,
}

#[derive(Deserialize)]
struct RawOwnership {
    name: Option<String>,
    value: Option<String>,
}

#[derive(Deserialize)]
struct RawSsl {
    status: Option<String>,
    #[serde(default)]
    validation_errors: Option<Vec<RawMessage>>,
    #[serde(default)]
    dcv_delegation_records: Option<Vec<RawDelegation>>,
    #[serde(default)]
    certificates: Option<Vec<RawCertificate>>,
}

#[derive(Deserialize)]
struct RawMessage {
    message: Option<String>,
}

#[derive(Deserialize)]
struct RawDelegation {
    cname_target: Option<String>,
}

#[derive(Deserialize)]
struct RawCertificate {
    id: Option<String>,
    issuer: Option<String>,
    serial_number: Option<String>,
    signature: Option<String>,
    fingerprint_sha256: Option<String>,
    issued_on: Option<String>,
    expires_on: Option<String>,
}

#[derive(Deserialize)]
struct RawUuid {
    uuid: String,
}

/// Reads the answer to a creation or to reading one.
pub fn read_one(answer: &HttpAnswer) -> Result<CustomHostname, Failure> {
    let raw: RawHostname = result(answer)?.result.ok_or(Failure::Unavailable("no result"))?;
    Ok(raw.into())
}

/// Reads the answer to [`CloudflareApi::find_request`]: the one of exactly that name.
pub fn read_find(
    answer: &HttpAnswer,
    hostname: &Hostname,
) -> Result<Option<CustomHostname>, Failure> {
    let page = read_list(answer)?;
    Ok(page.items.into_iter().find(|item| item.hostname.eq_ignore_ascii_case(hostname.base())))
}

/// Reads one page of the list.
pub fn read_list(answer: &HttpAnswer) -> Result<HostnamePage, Failure> {
    let envelope: Envelope<Vec<serde_json::Value>> = result(answer)?;
    let elements = envelope.result.ok_or(Failure::Unavailable("no result"))?;
    let all = elements.len();
    let items: Vec<CustomHostname> = elements
        .into_iter()
        .filter_map(|element| serde_json::from_value::<RawHostname>(element).ok())
        .map(CustomHostname::from)
        .collect();
    let total_pages = envelope.result_info.map_or(1, |info| info.total_pages);
    Ok(HostnamePage { broken: all - items.len(), items, total_pages })
}

/// Reads the answer to a deletion; what is gone already counts as deleted.
pub fn read_deleted(answer: &HttpAnswer) -> Result<(), Failure> {
    match result::<serde_json::Value>(answer) {
        Ok(_) | Err(Failure::NotFound) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Reads the delegation uuid. It becomes part of a name, so it must look like part of one.
pub fn read_uuid(answer: &HttpAnswer) -> Result<String, Failure> {
    let raw: RawUuid = result(answer)?.result.ok_or(Failure::Unavailable("no result"))?;
    let fits = (1..=63).contains(&raw.uuid.len())
        && raw.uuid.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if fits { Ok(raw.uuid) } else { Err(Failure::Unavailable("a uuid that is none")) }
}

/// The envelope around every result, or why there is none.
fn result<T: DeserializeOwned>(answer: &HttpAnswer) -> Result<Envelope<T>, Failure> {
    if answer.status == 429 {
        let seconds = answer.header("retry-after").and_then(|text| text.trim().parse::<u32>().ok());
        let retry_after = seconds.map(|seconds| Span::seconds(i64::from(seconds)));
        return Err(Failure::RateLimited { retry_after });
    }
    if answer.status >= 500 {
        return Err(Failure::Unavailable("server error"));
    }
    // Errors first: they must be understood also where the result has an unknown shape.
    let envelope: Envelope<serde_json::Value> = serde_json::from_slice(&answer.body)
        .map_err(|_| Failure::Unavailable("unreadable answer"))?;
    if !envelope.success || !(200..300).contains(&answer.status) {
        return Err(failure(answer.status, &envelope.errors));
    }
    serde_json::from_slice(&answer.body)
        .map_err(|_| Failure::Unavailable("an answer of another shape"))
}

fn failure(status: u16, errors: &[ApiError]) -> Failure {
    let known = errors.iter().find_map(|error| match error.code {
        1406 => Some(Failure::Duplicate),
        1436 => Some(Failure::NotFound),
        1404 | 1405 => Some(Failure::QuotaExceeded),
        1407..=1411 => Some(Failure::Refused(Refusal::Name)),
        1412..=1414 | 1448 => Some(Failure::Refused(Refusal::Entitlement)),
        1415..=1421 | 1432..=1435 | 1440 => Some(Failure::Refused(Refusal::Other)),
        1439 => Some(Failure::Busy),
        1000..=1005 | 9109 | 10000 => Some(Failure::Unauthorized),
        _ => None,
    });
    known.unwrap_or(match status {
        401 | 403 => Failure::Unauthorized,
        _ => Failure::Unavailable("an error without a known code"),
    })
}

impl From<RawHostname> for CustomHostname {
    fn from(raw: RawHostname) -> Self {
        let ssl = raw.ssl.unwrap_or(RawSsl {
            status: None,
            validation_errors: None,
            dcv_delegation_records: None,
            certificates: None,
        });
        let ownership =
            raw.ownership_verification.and_then(|proof| Some((proof.name?, proof.value?)));
        let delegation_target = ssl
            .dcv_delegation_records
            .unwrap_or_default()
            .into_iter()
            .filter_map(|record| record.cname_target)
            // The documentation's own example names the bare suffix: not a target.
            .find(|target| target.ends_with(".dcv.cloudflare.com"));
        let validation_errors = ssl
            .validation_errors
            .unwrap_or_default()
            .into_iter()
            .filter_map(|error| error.message)
            .collect();
        Self {
            id: raw.id,
            hostname: raw.hostname,
            observation: Observation {
                hostname_status: raw.status,
                ssl_status: ssl.status,
                verification_errors: raw.verification_errors.unwrap_or_default(),
                validation_errors,
                certificates: ssl
                    .certificates
                    .unwrap_or_default()
                    .into_iter()
                    .map(Into::into)
                    .collect(),
                delegation_target,
                ownership,
            },
        }
    }
}

impl From<RawCertificate> for SeenCertificate {
    fn from(raw: RawCertificate) -> Self {
        let time = |text: Option<String>| Timestamp::parse_iso(&text?);
        Self {
            id: raw.id,
            issuer: raw.issuer,
            serial: raw.serial_number,
            signature: raw.signature,
            fingerprint: raw.fingerprint_sha256,
            issued_at: time(raw.issued_on),
            expires_at: time(raw.expires_on),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answer(status: u16, body: &str) -> HttpAnswer {
        HttpAnswer { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    fn error(status: u16, code: u32) -> Failure {
        let body = json!({ "success": false, "errors": [{ "code": code, "message": "secret text" }], "result": null });
        read_one(&answer(status, &body.to_string())).unwrap_err()
    }

    fn request(name: &str) -> serde_json::Value {
        let token = SecretText::new("t".to_owned());
        let api = CloudflareApi { base_url: "https://cf.example", zone_id: "z", token: &token };
        let request = api.create_request(&Hostname::parse(name, &[]).unwrap());
        assert_eq!(request.url, "https://cf.example/zones/z/custom_hostnames");
        serde_json::from_slice(&request.body.unwrap()).unwrap()
    }

    #[test]
    fn a_creation_asks_for_delegated_validation() {
        assert_eq!(
            request("app.customer.com"),
            json!({ "hostname": "app.customer.com", "ssl": { "method": "txt", "type": "dv" } })
        );
        assert_eq!(
            request("*.customer.com"),
            json!({ "hostname": "customer.com", "ssl": { "method": "txt", "type": "dv", "wildcard": true } })
        );
        let long = format!("{}.customer.com", "a".repeat(60));
        assert_eq!(request(&long)["ssl"]["cloudflare_branding"], true);
    }

    #[test]
    fn the_documented_object_is_read() {
        let body = json!({ "success": true, "errors": [], "messages": [], "result": {
            "id": "0d89c70d", "hostname": "app.example.com", "status": "pending", "created_at": "x", "new_member": 1,
            "verification_errors": ["None of the A or AAAA records are owned by this account."],
            "ownership_verification": { "type": "txt", "name": "_cf-custom-hostname.app.example.com", "value": "5cc0" },
            "ssl": { "status": "pending_validation", "validation_errors": [{ "message": "SERVFAIL" }],
                "dcv_delegation_records": [{ "cname": "_acme-challenge.app.example.com", "cname_target": "app.example.com.u.dcv.cloudflare.com" }],
                "certificates": [{ "id": "c", "issuer": "GoogleTrustServices", "serial_number": "1", "signature": "ECDSAWithSHA256",
                    "issued_on": "2026-01-01T00:00:00Z", "expires_on": "2026-04-01T00:00:00Z", "fingerprint_sha256": "ff" }] } } });
        let read = read_one(&answer(201, &body.to_string())).unwrap();
        assert_eq!(read.id, "0d89c70d");
        let seen = read.observation;
        assert_eq!(seen.delegation_target.as_deref(), Some("app.example.com.u.dcv.cloudflare.com"));
        assert_eq!(seen.certificates[0].expires_at, Timestamp::parse_iso("2026-04-01T00:00:00Z"));
        assert_eq!(seen.ownership.unwrap().1, "5cc0");
    }

    #[test]
    fn the_barest_object_is_read_too() {
        let body = r#"{"success":true,"result":{"id":"1","hostname":"a.b","ssl":null,"verification_errors":null}}"#;
        assert_eq!(read_one(&answer(200, body)).unwrap().observation, Observation::default());
    }

    #[test]
    fn errors_are_told_apart_by_code() {
        for (status, code, expected) in [
            (409, 1406, Failure::Duplicate),
            (404, 1436, Failure::NotFound),
            (403, 1404, Failure::QuotaExceeded),
            (403, 1405, Failure::QuotaExceeded),
            (400, 1407, Failure::Refused(Refusal::Name)),
            (400, 1411, Failure::Refused(Refusal::Name)),
            (400, 1448, Failure::Refused(Refusal::Entitlement)),
            (409, 1439, Failure::Busy),
            (401, 10000, Failure::Unauthorized),
            (403, 9109, Failure::Unauthorized),
            (400, 99999, Failure::Unavailable("an error without a known code")),
            (200, 1406, Failure::Duplicate),
        ] {
            assert_eq!(error(status, code), expected, "{code}");
        }
    }

    #[test]
    fn what_is_no_answer_is_unavailable() {
        for (status, body) in [
            (500, "{}"),
            (502, "<html>"),
            (200, "<html>"),
            (200, ""),
            (200, "null"),
            (200, "[]"),
            (200, r#"{"success":true"#),
            (200, r#"{"success":true,"result":{"id":1}}"#),
            (302, ""),
            (404, ""),
        ] {
            assert!(
                matches!(read_one(&answer(status, body)), Err(Failure::Unavailable(_))),
                "{status} {body}"
            );
        }
    }

    #[test]
    fn a_rate_limit_tells_when_to_come_back() {
        let mut limited = answer(429, "");
        limited.headers.push(("retry-after".to_owned(), "30".to_owned()));
        assert_eq!(
            read_one(&limited),
            Err(Failure::RateLimited { retry_after: Some(Span::seconds(30)) })
        );
    }

    #[test]
    fn one_broken_element_does_not_spoil_a_page() {
        let body = r#"{"success":true,"result":[{"id":"1","hostname":"a.b"},{"id":2},7],"result_info":{"total_pages":3}}"#;
        let page = read_list(&answer(200, body)).unwrap();
        assert_eq!((page.items.len(), page.broken, page.total_pages), (1, 2, 3));
    }

    #[test]
    fn deleting_what_is_gone_is_done() {
        assert_eq!(
            read_deleted(&answer(404, r#"{"success":false,"errors":[{"code":1436}]}"#)),
            Ok(())
        );
        assert_eq!(
            read_deleted(&answer(200, r#"{"success":true,"errors":[],"result":{"id":"1"}}"#)),
            Ok(())
        );
        assert!(read_deleted(&answer(500, "")).is_err());
    }

    #[test]
    fn a_uuid_must_fit_into_a_name() {
        let of = |uuid: &str| {
            read_uuid(&answer(
                200,
                &json!({ "success": true, "result": { "uuid": uuid } }).to_string(),
            ))
        };
        assert_eq!(of("abc-123"), Ok("abc-123".to_owned()));
        for bad in ["", "a.b", "a b", "é"] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_breaks_the_readers(status in 100u16..600, body: Vec<u8>) {
            let answer = HttpAnswer { status, headers: Vec::new(), body };
            prop_assert!(read_one(&answer).is_err());
            let (_, _, _) = (read_list(&answer), read_deleted(&answer), read_uuid(&answer));
        }
    }
}
