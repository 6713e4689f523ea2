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
        assert_eq!(settled.disables(None, NOW), (status == 410).then_some(DisabledReason::Gone));
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
    assert_eq!(wait(&settle(1, Ok(&asking(500, "Tue, 14 Nov 2023 22:23:20 GMT")), NOW, 0.5)), 600);
    assert_eq!(wait(&settle(1, Ok(&asking(500, "soon")), NOW, 0.5)), 5);
}

#[test]
fn what_the_edge_says_of_a_receiver_that_it_cannot_reach_is_no_word_of_the_receiver() {
    let said = |status, server: &str, body: &str| {
        let headers = vec![("server".to_owned(), server.to_owned())];
        let answer = HttpAnswer { status, headers, body: body.as_bytes().to_vec() };
        settle(1, Ok(&answer), NOW, 0.5).error_class.unwrap()
    };
    for (status, body, class) in [
        (520, "", ErrorClass::Connection),
        (521, "error code: 521", ErrorClass::Refused),
        (522, "", ErrorClass::Timeout),
        (523, "", ErrorClass::Connection),
        (524, "", ErrorClass::Timeout),
        (525, "", ErrorClass::Tls),
        (526, "", ErrorClass::Tls),
        (530, "error code: 1016", ErrorClass::Dns),
        (530, "error code: 1033", ErrorClass::Http5xx),
        (502, "", ErrorClass::Http5xx),
    ] {
        assert_eq!(said(status, "cloudflare", body), class, "{status} {body}");
        assert_eq!(said(status, "nginx", body), ErrorClass::Http5xx, "{status} {body}");
    }
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
        key: None,
        previous_key: None,
        headers: CustomHeaders::from_plain(b"Authorization:Bearer x\n").unwrap(),
        api_version: "2026-11-01".to_owned(),
    };
    let request = prepare(&due, &["v1a,x".to_owned(), "v1a,y".to_owned()], NOW);
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
    let signatures = header("webhook-signature");
    assert!(signatures.starts_with("v1,") && signatures.ends_with(" v1a,x v1a,y"));
    let text = [header("webhook-id").as_bytes(), b".1700000000.", due.payload.as_bytes()].concat();
    assert_eq!(due.signed_text(NOW), text);
    assert_ne!(prepare(&due, &[], NOW.plus(Span::seconds(1))).headers, request.headers);
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
fn what_may_be_mended_follows_the_schedule_and_the_rest_ends_at_once() {
    for class in [ErrorClass::SecretUnreadable, ErrorClass::Dns, ErrorClass::BlockedAddress] {
        let mendable = unsent(1, class, NOW, 0.5);
        assert_eq!((mendable.state, wait(&mendable)), (DeliveryState::Pending, 5), "{class}");
    }
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
