//! One try of a webhook delivery, as stages: due, prepared, answered, settled.

use chrono::DateTime;

use super::endpoint_options::CustomHeaders;
use super::event::EventType;
use super::id::EventId;
use super::outgoing::OutgoingUrl;
use crate::closed_set;
use crate::crypto::mac::{SigningSecret, signed_text};
use crate::crypto::private_key::PrivateKey;
use crate::ports::{HttpAnswer, HttpError, HttpRequest, Method};
use crate::time::{Span, Timestamp};

/// How long to wait before each try: the schedule that Standard Webhooks 1.0 recommends
/// ("Deliverability and reliability"), 75.6 hours in all.
pub const SCHEDULE: [Span; 10] = [
    Span::seconds(0),
    Span::seconds(5),
    Span::minutes(5),
    Span::minutes(30),
    Span::hours(2),
    Span::hours(5),
    Span::hours(10),
    Span::hours(14),
    Span::hours(20),
    Span::hours(24),
];

/// How much a wait may differ from the schedule, so that receivers do not get all retries at once.
const JITTER: f64 = 0.2;
/// A receiver that is overloaded or silent is left alone for at least this long.
const OVERLOADED: Span = Span::seconds(60);
/// The longest wait that a receiver can ask for.
const LONGEST_WAIT: Span = Span::hours(24);
/// How long a receiver has for its answer.
const TIMEOUT: Span = Span::seconds(15);
/// For how long every try may fail before the endpoint is turned off.
pub const PATIENCE: Span = Span::days(5);
/// How much of its answer is kept.
const EXCERPT: usize = 16 * 1024;

closed_set! {
    /// Where a delivery stands.
    pub enum DeliveryState {
        /// To be tried, or tried again.
        Pending = "pending",
        /// The receiver took it.
        Delivered = "delivered",
        /// Given up.
        Failed = "failed",
    }
}

closed_set! {
    /// Why a try did not succeed.
    pub enum ErrorClass {
        /// No answer in time.
        Timeout = "timeout",
        /// No connection, or a broken one.
        Connection = "connection",
        /// Its host name leads nowhere.
        Dns = "dns",
        /// Nobody listens there.
        Refused = "refused",
        /// It has no certificate that holds, or speaks no TLS that we do.
        Tls = "tls",
        /// A redirect, which is never followed.
        Http3xx = "http_3xx",
        /// The receiver refused it.
        Http4xx = "http_4xx",
        /// The receiver failed.
        Http5xx = "http_5xx",
        /// `410 Gone`: the receiver wants no more.
        Gone = "gone",
        /// The address is not allowed (any more).
        BlockedUrl = "blocked_url",
        /// Its host name leads to an address that is not public.
        BlockedAddress = "blocked_address",
        /// The endpoint is turned off.
        Disabled = "disabled",
        /// The endpoint's secret does not open, so nothing can be signed.
        SecretUnreadable = "secret_unreadable",
    }
}

closed_set! {
    /// Why an endpoint is off.
    pub enum DisabledReason {
        /// Its owner turned it off.
        Owner = "owner",
        /// Its receiver answered `410 Gone`.
        Gone = "gone",
        /// Every try failed for five days.
        Failing = "failing",
    }
}

/// A delivery that is to be tried now, with all that it takes.
#[derive(Debug)]
pub struct Due {
    /// The event: its id is the same at every try, so that a receiver knows a repeat.
    pub event_id: EventId,
    /// Its type.
    pub event_type: EventType,
    /// The body, byte for byte.
    pub payload: String,
    /// Where to.
    pub url: OutgoingUrl,
    /// What to sign with.
    pub secret: SigningSecret,
    /// The secret before it, while both sign.
    pub previous: Option<SigningSecret>,
    /// What else to sign with, for receivers that hold no secret.
    pub key: Option<PrivateKey>,
    /// The key before it, while both sign.
    pub previous_key: Option<PrivateKey>,
    /// The owner's further headers.
    pub headers: CustomHeaders,
    /// The version of the payloads that the receiver was written for.
    pub api_version: String,
}

/// What a try came to: what is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Where the delivery stands now.
    pub state: DeliveryState,
    /// When to try again.
    pub next_attempt_at: Option<Timestamp>,
    /// Why it did not succeed.
    pub error_class: Option<ErrorClass>,
    /// The receiver's status.
    pub status: Option<u16>,
    /// The beginning of its answer.
    pub excerpt: String,
}

/// What a try says about its endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It works.
    Works,
    /// It does not.
    Fails,
    /// Nothing: it was never asked, for a reason that lies with us or with its owner.
    Unknown,
}

impl Due {
    /// What a key signs at `now`.
    pub fn signed_text(&self, now: Timestamp) -> Vec<u8> {
        signed_text(self.event_id.as_str(), now.as_seconds(), self.payload.as_bytes())
    }

    /// The keys that sign.
    pub fn keys(&self) -> impl Iterator<Item = &PrivateKey> {
        self.key.iter().chain(&self.previous_key)
    }
}

/// Signs and builds the request: anew at every try, since the time is part of what is signed. `by_key`
/// are the signatures of [`Due::keys`] over [`Due::signed_text`].
///
/// While a secret is being changed, `webhook-signature` holds the signature of each (Standard
/// Webhooks 1.0, "Webhook Headers"). `X-DCVaaS-Signature` has room for one, and keeps the previous
/// secret until the window closes: at the moment of the change no receiver has the new one, so
/// the other choice would break every receiver at once. Who has switched ends the window.
pub fn prepare(due: &Due, by_key: &[String], now: Timestamp) -> HttpRequest {
    let body = due.payload.as_bytes();
    let seconds = now.as_seconds();
    let id = due.event_id.as_str();
    let mut signatures = due.secret.standard_signature(id, seconds, body);
    if let Some(previous) = &due.previous {
        signatures.push(' ');
        signatures.push_str(&previous.standard_signature(id, seconds, body));
    }
    for signature in by_key {
        signatures.push(' ');
        signatures.push_str(signature);
    }
    let fixed = due.previous.as_ref().unwrap_or(&due.secret);
    let own = [
        ("content-type", "application/json".to_owned()),
        ("user-agent", "DCVaaS-Webhooks/1".to_owned()),
        ("x-dcvaas-api-version", due.api_version.clone()),
        ("x-dcvaas-event", due.event_type.as_str().to_owned()),
        ("x-dcvaas-signature", fixed.body_signature(body)),
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", seconds.to_string()),
        ("webhook-signature", signatures),
    ];
    // None of the owner's has a name of ours (`CustomHeaders::parse`).
    let theirs =
        due.headers.pairs().map(|(name, value)| (name.to_owned().into(), value.to_owned()));
    HttpRequest {
        method: Method::Post,
        url: due.url.as_str().to_owned(),
        headers: own.map(|(name, value)| (name.into(), value)).into_iter().chain(theirs).collect(),
        body: Some(body.to_vec()),
        timeout: TIMEOUT,
        max_body: EXCERPT,
    }
}

/// Decides what the answer to try number `attempt` (from 1) of the schedule means. `jitter` is from `0.0..1.0`.
pub fn settle(
    attempt: u32,
    answer: Result<&HttpAnswer, &HttpError>,
    now: Timestamp,
    jitter: f64,
) -> Settlement {
    let class = classify(answer);
    let excerpt = answer.map(|answer| excerpt(&answer.body)).unwrap_or_default();
    let status = answer.ok().map(|answer| answer.status);
    let retries = !matches!(class, None | Some(ErrorClass::Gone));
    let next_attempt_at = SCHEDULE
        .get(attempt as usize)
        .filter(|_| retries)
        .map(|wait| now.plus(wait_for(*wait, class, answer.ok(), now, jitter)));
    let state = match (class, next_attempt_at) {
        (None, _) => DeliveryState::Delivered,
        (Some(_), Some(_)) => DeliveryState::Pending,
        (Some(_), None) => DeliveryState::Failed,
    };
    Settlement { state, next_attempt_at, error_class: class, status, excerpt }
}

/// Decides what it means that try number `attempt` could not be sent. A secret that does not open
/// may open later (a key that is being changed), and a host name may lead somewhere else, so they take
/// the way of any failed try; an endpoint that is off and a URL that is not allowed end the delivery.
pub fn unsent(attempt: u32, class: ErrorClass, now: Timestamp, jitter: f64) -> Settlement {
    let wait = match class {
        ErrorClass::SecretUnreadable | ErrorClass::Dns | ErrorClass::BlockedAddress => {
            SCHEDULE.get(attempt as usize)
        }
        _ => None,
    };
    let next_attempt_at = wait.map(|wait| now.plus(jittered(*wait, jitter)));
    Settlement {
        state: next_attempt_at.map_or(DeliveryState::Failed, |_| DeliveryState::Pending),
        next_attempt_at,
        error_class: Some(class),
        status: None,
        excerpt: String::new(),
    }
}

impl Settlement {
    /// What the try says about its endpoint.
    pub const fn health(&self) -> Health {
        match self.error_class {
            None => Health::Works,
            Some(ErrorClass::Disabled | ErrorClass::SecretUnreadable) => Health::Unknown,
            Some(_) => Health::Fails,
        }
    }

    /// Whether the endpoint, whose tries failed since `failing_since`, is to be turned off.
    pub fn disables(
        &self,
        failing_since: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<DisabledReason> {
        if self.error_class == Some(ErrorClass::Gone) {
            return Some(DisabledReason::Gone);
        }
        let for_days = failing_since.is_some_and(|since| now.since(since) >= PATIENCE);
        (self.health() == Health::Fails && for_days).then_some(DisabledReason::Failing)
    }
}

fn classify(answer: Result<&HttpAnswer, &HttpError>) -> Option<ErrorClass> {
    match answer {
        Err(HttpError::Timeout) => Some(ErrorClass::Timeout),
        Err(HttpError::Connection(_)) => Some(ErrorClass::Connection),
        Ok(answer) => match answer.status {
            200..=299 => None,
            410 => Some(ErrorClass::Gone),
            400..=499 => Some(ErrorClass::Http4xx),
            500.. => Some(said_by_the_edge(answer).unwrap_or(ErrorClass::Http5xx)),
            _ => Some(ErrorClass::Http3xx),
        },
    }
}

/// What Cloudflare's edge says where it could not reach a receiver: on the edge a Worker sees these
/// statuses, which no other server uses, instead of a connection that fails
/// (<https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/>).
/// Elsewhere the runtime tells only that there is no connection.
fn said_by_the_edge(answer: &HttpAnswer) -> Option<ErrorClass> {
    if !answer.header("server")?.eq_ignore_ascii_case("cloudflare") {
        return None;
    }
    match answer.status {
        520 | 523 => Some(ErrorClass::Connection),
        521 => Some(ErrorClass::Refused),
        522 | 524 => Some(ErrorClass::Timeout),
        525 | 526 => Some(ErrorClass::Tls),
        // The page's number of the fault: the name of the origin leads nowhere.
        530 if excerpt(&answer.body).contains("1016") => Some(ErrorClass::Dns),
        _ => None,
    }
}

fn jittered(wait: Span, jitter: f64) -> Span {
    wait.times(1.0 - JITTER + 2.0 * JITTER * jitter)
}

fn wait_for(
    scheduled: Span,
    class: Option<ErrorClass>,
    answer: Option<&HttpAnswer>,
    now: Timestamp,
    jitter: f64,
) -> Span {
    let mut wait = jittered(scheduled, jitter);
    let overloaded = answer.is_some_and(|answer| matches!(answer.status, 429 | 502 | 503 | 504));
    if overloaded || class == Some(ErrorClass::Timeout) {
        wait = wait.max(OVERLOADED);
    }
    let asked = answer.and_then(|answer| retry_after(answer.header("retry-after")?, now));
    asked.map_or(wait, |asked| wait.max(asked.min(LONGEST_WAIT)))
}

/// Reads `Retry-After`: seconds or a date (RFC 9110 section 10.2.3).
pub(super) fn retry_after(text: &str, now: Timestamp) -> Option<Span> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number too large to be read is above every cap.
        return Some(Span::seconds(text.parse::<u32>().unwrap_or(u32::MAX).into()));
    }
    let date = DateTime::parse_from_rfc2822(text).ok()?;
    Some(Timestamp::from_millis(date.timestamp_millis()).since(now).max(Span::seconds(0)))
}

fn excerpt(body: &[u8]) -> String {
    let body = body.get(..EXCERPT).unwrap_or(body);
    // SQLite ends text at a NUL in places, so none is stored.
    String::from_utf8_lossy(body).replace('\0', "\u{fffd}")
}

#[cfg(test)]
#[path = "delivery_tests.rs"]
mod tests;
