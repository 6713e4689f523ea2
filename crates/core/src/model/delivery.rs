//! One try of a webhook delivery, as stages: due, prepared, answered, settled.

use chrono::DateTime;

use super::endpoint_options::CustomHeaders;
use super::event::EventType;
use super::id::EventId;
use super::outgoing::OutgoingUrl;
use crate::closed_set;
use crate::crypto::mac::SigningSecret;
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

/// Signs and builds the request: anew at every try, since the time is part of what is signed.
///
/// While a secret is being changed, `webhook-signature` holds the signature of each (Standard
/// Webhooks 1.0, "Webhook Headers"). `X-DCVaaS-Signature` has room for one, and keeps the previous
/// secret until the window closes: at the moment of the change no receiver has the new one, so
/// the other choice would break every receiver at once. Who has switched ends the window.
pub fn prepare(due: &Due, now: Timestamp) -> HttpRequest {
    let body = due.payload.as_bytes();
    let seconds = now.as_seconds();
    let id = due.event_id.as_str();
    let mut signatures = due.secret.standard_signature(id, seconds, body);
    if let Some(previous) = &due.previous {
        signatures.push(' ');
        signatures.push_str(&previous.standard_signature(id, seconds, body));
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
/// may open later (a key that is being changed), so it takes the way of any failed try; an endpoint
/// that is off and an address that is not allowed end the delivery.
pub fn unsent(attempt: u32, class: ErrorClass, now: Timestamp, jitter: f64) -> Settlement {
    let wait = match class {
        ErrorClass::SecretUnreadable => SCHEDULE.get(attempt as usize),
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
            500.. => Some(ErrorClass::Http5xx),
            _ => Some(ErrorClass::Http3xx),
        },
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
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::outgoing::Guard;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn answer(status: u16) -> HttpAnswer {
        HttpAnswer { status, headers: Vec::new(), body: b"ok".to_vec() }
    }

    fn asking(status: u16, wait: &str) -> HttpAnswer {
        HttpAnswer { headers: vec![("retry-after".to_owned(), wait.to_owned())], ..answer(status) }
    }

    fn wait(settled: &Settlement) -> i64 {
        settled.next_attempt_at.unwrap().since(NOW).as_seconds()
    }

    #[test]
    fn every_status_has_its_meaning() {
        for (status, state, class) in [
            (200, DeliveryState::Delivered, None),
            (204, DeliveryState::Delivered, None),
            (302, DeliveryState::Pending, Some(ErrorClass::Http3xx)),
            (404, DeliveryState::Pending, Some(ErrorClass::Http4xx)),
            (410, DeliveryState::Failed, Some(ErrorClass::Gone)),
            (500, DeliveryState::Pending, Some(ErrorClass::Http5xx)),
        ] {
            let settled = settle(1, Ok(&answer(status)), NOW, 0.5);
            assert_eq!((settled.state, settled.error_class), (state, class), "{status}");
            assert_eq!(
                settled.disables(None, NOW),
                (status == 410).then_some(DisabledReason::Gone)
            );
        }
    }

    #[test]
    fn the_schedule_is_kept_without_jitter_and_ends_after_ten_tries() {
        for attempt in 1..10 {
            let settled = settle(attempt, Ok(&answer(500)), NOW, 0.5);
            assert_eq!(wait(&settled), SCHEDULE[attempt as usize].as_seconds(), "{attempt}");
        }
        assert_eq!(settle(10, Ok(&answer(500)), NOW, 0.5).state, DeliveryState::Failed);
        let hours: i64 = SCHEDULE.iter().map(|span| span.as_seconds()).sum();
        assert_eq!(hours, 272_105);
    }

    #[test]
    fn a_receiver_can_ask_for_more_time_but_not_for_less() {
        assert_eq!(wait(&settle(1, Ok(&asking(503, "600")), NOW, 0.5)), 600);
        assert_eq!(wait(&settle(3, Ok(&asking(500, "1")), NOW, 0.5)), 1800);
        for long in ["999999", "99999999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
            assert_eq!(wait(&settle(1, Ok(&asking(500, long)), NOW, 0.5)), 86_400, "{long}");
        }
        for none in ["", "-1", "+600", "1.5", "600 s"] {
            assert_eq!(wait(&settle(1, Ok(&asking(500, none)), NOW, 0.5)), 5, "{none}");
        }
        assert_eq!(
            wait(&settle(1, Ok(&asking(500, "Tue, 14 Nov 2023 22:23:20 GMT")), NOW, 0.5)),
            600
        );
        assert_eq!(wait(&settle(1, Ok(&asking(500, "soon")), NOW, 0.5)), 5);
    }

    #[test]
    fn the_overloaded_and_the_silent_are_left_alone_for_a_minute() {
        assert_eq!(wait(&settle(1, Ok(&answer(429)), NOW, 0.5)), 60);
        assert_eq!(wait(&settle(1, Err(&HttpError::Timeout), NOW, 0.5)), 60);
        assert_eq!(wait(&settle(1, Err(&HttpError::Connection(String::new())), NOW, 0.5)), 5);
    }

    #[test]
    fn a_request_carries_both_signatures() {
        let guard = Guard { allow_hosts: &[], own_hosts: &[] };
        let due = Due {
            event_id: EventId::new(NOW, [1; 10]),
            event_type: EventType::DomainActive,
            payload: r#"{"domainId":"d","domainName":"a.example"}"#.to_owned(),
            url: OutgoingUrl::parse("https://hooks.example.com/", &guard).unwrap(),
            secret: SigningSecret::generate([0xab; 32]),
            previous: None,
            headers: CustomHeaders::from_plain(b"Authorization:Bearer x\n").unwrap(),
            api_version: "2026-11-01".to_owned(),
        };
        let request = prepare(&due, NOW);
        let header =
            |name: &str| request.headers.iter().find(|(key, _)| *key == name).unwrap().1.clone();
        assert_eq!(
            header("x-dcvaas-signature"),
            "2539d8f03f02554bf68826463a13e0b319d02f97739512778a4eccf8c2b4ec22"
        );
        assert_eq!(header("x-dcvaas-event"), "domain.active");
        assert_eq!(header("x-dcvaas-api-version"), "2026-11-01");
        assert_eq!(header("Authorization"), "Bearer x");
        assert_eq!(header("webhook-timestamp"), "1700000000");
        assert!(header("webhook-signature").starts_with("v1,"));
        assert_ne!(prepare(&due, NOW.plus(Span::seconds(1))).headers, request.headers);
        assert!(!format!("{request:?}").contains("ab.example"));
    }

    #[test]
    fn five_days_of_failures_turn_an_endpoint_off_and_no_fault_of_ours_counts() {
        let failed = settle(1, Ok(&answer(500)), NOW, 0.5);
        let since = |span: Span| Some(NOW.minus(span));
        assert_eq!(failed.disables(None, NOW), None);
        assert_eq!(failed.disables(since(Span::hours(119)), NOW), None);
        assert_eq!(failed.disables(since(Span::hours(120)), NOW), Some(DisabledReason::Failing));
        let worked = settle(1, Ok(&answer(200)), NOW, 0.5);
        assert_eq!(worked.disables(since(Span::days(9)), NOW), None);
        for class in [ErrorClass::SecretUnreadable, ErrorClass::Disabled] {
            let unsent = unsent(1, class, NOW, 0.5);
            assert_eq!(unsent.disables(since(Span::days(9)), NOW), None);
        }
    }

    #[test]
    fn an_unreadable_secret_follows_the_schedule_and_the_rest_ends_at_once() {
        let unreadable = unsent(1, ErrorClass::SecretUnreadable, NOW, 0.5);
        assert_eq!((unreadable.state, wait(&unreadable)), (DeliveryState::Pending, 5));
        let last = unsent(10, ErrorClass::SecretUnreadable, NOW, 0.5);
        assert_eq!(last.state, DeliveryState::Failed);
        for class in [ErrorClass::Disabled, ErrorClass::BlockedUrl] {
            assert_eq!(unsent(1, class, NOW, 0.5).state, DeliveryState::Failed, "{class}");
        }
    }

    proptest! {
        #[test]
        fn no_wait_is_shorter_than_asked_nor_longer_than_allowed(attempt in 1u32..10, asked in 0u32..100_000, jitter in 0.0..1.0f64) {
            let settled = settle(attempt, Ok(&asking(500, &asked.to_string())), NOW, jitter);
            let waited = wait(&settled);
            prop_assert!(waited >= i64::from(asked.min(86_400)));
            prop_assert!(waited <= 86_400 * 12 / 10);
        }

        #[test]
        fn any_answer_is_settled(status in 100u16..=999, body: Vec<u8>, attempt in 0u32..100) {
            let settled = settle(attempt, Ok(&HttpAnswer { status, headers: vec![], body }), NOW, 0.0);
            prop_assert_eq!(settled.next_attempt_at.is_some(), settled.state == DeliveryState::Pending);
        }
    }
}
