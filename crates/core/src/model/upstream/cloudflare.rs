//! Cloudflare for SaaS, custom hostnames: builds requests, reads answers. No I/O.
//!
//! <https://developers.cloudflare.com/api/resources/custom_hostnames/>. Answers are read leniently:
//! every member but `id` and `hostname` may be missing or of another type, and counts as not said
//! then. Errors are told apart by `errors[].code`, never by text, and no text of Cloudflare's reaches a caller.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::{Value, json};

use crate::closed_set;
use crate::model::certificate::SeenCertificate;
use crate::model::domain_state::Observation;
use crate::model::hostname::Hostname;
use crate::model::quota::HostnameQuota;
use crate::ports::{HttpAnswer, HttpRequest, Method};
use crate::secret::SecretText;
use crate::time::{Span, Timestamp};

/// The largest page of the list.
const PER_PAGE: u32 = 1000;
const TIMEOUT: Span = Span::seconds(10);
/// A page of 1,000 custom hostnames takes Cloudflare longer than one.
const PAGE_TIMEOUT: Span = Span::seconds(30);
const ONE_OBJECT: usize = 256 * 1024;
/// A page of 1,000 custom hostnames has some 3 MiB.
const ONE_PAGE: usize = 16 * 1024 * 1024;
/// Longer texts than this are not taken over, and of a list not more entries.
const LONGEST_TEXT: usize = 2048;
const LONGEST_WORD: usize = 64;
const MOST_ENTRIES: usize = 50;
/// Pages that are read at most: a million custom hostnames.
const MOST_PAGES: u32 = 1000;
/// Who passes the limit is blocked for five minutes
/// (<https://developers.cloudflare.com/fundamentals/api/reference/limits/>).
const BLOCKED: Span = Span::minutes(5);

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
        let path = format!("custom_hostnames?hostname.exact={}", segment(hostname.base()));
        self.request(Method::Get, &path, None, ONE_OBJECT)
    }

    /// One page of all, from 1.
    pub fn list_request(&self, page: u32) -> HttpRequest {
        let path = format!("custom_hostnames?page={page}&per_page={PER_PAGE}");
        HttpRequest { timeout: PAGE_TIMEOUT, ..self.request(Method::Get, &path, None, ONE_PAGE) }
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

    /// How many custom hostnames the zone may have.
    pub fn quota_request(&self) -> HttpRequest {
        self.request(Method::Get, "custom_hostnames/quota", None, ONE_OBJECT)
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
        let mut headers = vec![("authorization".into(), format!("Bearer {}", self.token.expose()))];
        if body.is_some() {
            headers.push(("content-type".into(), "application/json".to_owned()));
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

/// What stands for itself in a path or query, beside letters and digits (RFC 3986 section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A value within a path or query, percent-encoded.
fn segment(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
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
        retry_after: Span,
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
            Self::RateLimited { retry_after } => Some(retry_after),
            _ => None,
        }
    }
}

/// One custom hostname.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomHostname {
    /// Cloudflare's id.
    pub id: String,
    /// Its name; of a wildcard the base name.
    pub hostname: String,
    /// Whether its certificate covers the names below, where Cloudflare says so.
    pub wildcard: Option<bool>,
    /// What Cloudflare says of it.
    pub observation: Observation,
}

impl CustomHostname {
    /// Whether it is the custom hostname of `hostname`.
    fn is(&self, hostname: &Hostname) -> bool {
        self.hostname.eq_ignore_ascii_case(hostname.base())
            && self.wildcard.is_none_or(|wildcard| wildcard == hostname.is_wildcard())
    }
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

/// Reads the answer to the creation of `hostname`.
pub fn read_created(answer: &HttpAnswer, hostname: &Hostname) -> Result<CustomHostname, Failure> {
    read_one(answer, |read| read.is(hostname))
}

/// Reads the answer to reading `cf_id`.
pub fn read_got(answer: &HttpAnswer, cf_id: &str) -> Result<CustomHostname, Failure> {
    read_one(answer, |read| read.id == cf_id)
}

fn read_one(
    answer: &HttpAnswer,
    is_asked: impl Fn(&CustomHostname) -> bool,
) -> Result<CustomHostname, Failure> {
    let result = result(answer)?;
    let read = custom_hostname(&result.value).ok_or(Failure::Unavailable("no custom hostname"))?;
    if is_asked(&read) { Ok(read) } else { Err(Failure::Unavailable("another custom hostname")) }
}

/// Reads the answer to [`CloudflareApi::find_request`]: the one of exactly that name. A wildcard
/// and its base name share the name at Cloudflare, but are not each other.
pub fn read_find(
    answer: &HttpAnswer,
    hostname: &Hostname,
) -> Result<Option<CustomHostname>, Failure> {
    Ok(read_list(answer)?.items.into_iter().find(|item| item.is(hostname)))
}

/// Reads one page of the list.
pub fn read_list(answer: &HttpAnswer) -> Result<HostnamePage, Failure> {
    let result = result(answer)?;
    let elements = result.value.as_array().ok_or(Failure::Unavailable("no list"))?;
    let items: Vec<CustomHostname> = elements.iter().filter_map(custom_hostname).collect();
    Ok(HostnamePage {
        broken: elements.len() - items.len(),
        items,
        total_pages: result.total_pages,
    })
}

/// Reads the answer to a deletion; what is gone already counts as deleted.
pub fn read_deleted(answer: &HttpAnswer) -> Result<(), Failure> {
    match result(answer) {
        Ok(_) | Err(Failure::NotFound) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Reads the delegation uuid. It becomes part of a name, so it must look like part of one.
pub fn read_uuid(answer: &HttpAnswer) -> Result<String, Failure> {
    let result = result(answer)?;
    let fits = |uuid: &str| {
        (1..=63).contains(&uuid.len())
            && uuid.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text(&result.value, "uuid")
        .filter(|uuid| fits(uuid))
        .ok_or(Failure::Unavailable("a uuid that is none"))
}

/// Reads how many custom hostnames the zone has and may have.
pub fn read_quota(answer: &HttpAnswer) -> Result<HostnameQuota, Failure> {
    let result = result(answer)?.value;
    let number = |key| u32::try_from(result.get(key)?.as_u64()?).ok();
    let (used, allocated) = number("used")
        .zip(number("allocated"))
        .ok_or(Failure::Unavailable("a quota that is none"))?;
    Ok(HostnameQuota { used, allocated })
}

/// What stands in the envelope around every result.
struct Success {
    value: Value,
    total_pages: u32,
}

fn result(answer: &HttpAnswer) -> Result<Success, Failure> {
    if answer.status == 429 {
        let seconds = answer.header("retry-after").and_then(|text| text.trim().parse::<u32>().ok());
        let retry_after = seconds.map_or(BLOCKED, |seconds| Span::seconds(i64::from(seconds)));
        return Err(Failure::RateLimited { retry_after });
    }
    if answer.status >= 500 {
        return Err(Failure::Unavailable("server error"));
    }
    let mut envelope: Value = serde_json::from_slice(&answer.body)
        .map_err(|_| Failure::Unavailable("unreadable answer"))?;
    if envelope.get("success") != Some(&Value::Bool(true)) || !(200..300).contains(&answer.status) {
        return Err(failure(answer.status, &envelope));
    }
    let total_pages = envelope.pointer("/result_info/total_pages").and_then(Value::as_u64);
    Ok(Success {
        total_pages: total_pages.map_or(1, |pages| {
            u32::try_from(pages).map_or(MOST_PAGES, |pages| pages.min(MOST_PAGES))
        }),
        value: envelope.get_mut("result").map(Value::take).unwrap_or_default(),
    })
}

fn failure(status: u16, envelope: &Value) -> Failure {
    let known =
        entries(envelope, "errors").find_map(|error| match error.get("code")?.as_u64()? {
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

/// The text of a member; `None` for one that is not there, is empty, or is of no use.
fn text(object: &Value, key: &str) -> Option<String> {
    bounded(object.get(key)?)
}

fn bounded(value: &Value) -> Option<String> {
    value.as_str().filter(|text| (1..=LONGEST_TEXT).contains(&text.len())).map(str::to_owned)
}

/// A status word, cut to a bounded length: also one that we do not know is kept and shown.
fn word(object: &Value, key: &str) -> Option<String> {
    text(object, key).map(|word| word.chars().take(LONGEST_WORD).collect())
}

fn entries<'a>(object: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    object.get(key).and_then(Value::as_array).into_iter().flatten().take(MOST_ENTRIES)
}

/// Error texts: plain, or objects with a `message`.
fn messages(object: &Value, key: &str) -> Vec<String> {
    entries(object, key)
        .filter_map(|entry| bounded(entry).or_else(|| text(entry, "message")))
        .collect()
}

fn custom_hostname(object: &Value) -> Option<CustomHostname> {
    let nothing = Value::Null;
    let ssl = object.get("ssl").unwrap_or(&nothing);
    let proof = object.get("ownership_verification").unwrap_or(&nothing);
    let delegation_target = entries(ssl, "dcv_delegation_records")
        .filter_map(|record| text(record, "cname_target"))
        // The documentation's own example names the bare suffix: not a target.
        .find(|target| target.ends_with(".dcv.cloudflare.com"));
    Some(CustomHostname {
        id: text(object, "id")?,
        hostname: text(object, "hostname")?,
        wildcard: ssl.get("wildcard").and_then(Value::as_bool),
        observation: Observation {
            hostname_status: word(object, "status"),
            ssl_status: word(ssl, "status"),
            verification_errors: messages(object, "verification_errors"),
            validation_errors: messages(ssl, "validation_errors"),
            certificates: entries(ssl, "certificates").map(certificate).collect(),
            delegation_target,
            ownership: text(proof, "name").zip(text(proof, "value")),
        },
    })
}

fn certificate(object: &Value) -> SeenCertificate {
    let time = |key| Timestamp::parse_iso(object.get(key)?.as_str()?);
    SeenCertificate {
        id: text(object, "id"),
        issuer: text(object, "issuer"),
        serial: text(object, "serial_number"),
        signature: text(object, "signature"),
        fingerprint: text(object, "fingerprint_sha256"),
        issued_at: time("issued_on"),
        expires_at: time("expires_on"),
    }
}

#[cfg(test)]
#[path = "cloudflare_tests.rs"]
mod tests;
