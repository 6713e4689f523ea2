use proptest::prelude::*;

use super::*;

fn fields(list: &[(&str, &str)]) -> Fields {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn every_field(value: &str) -> Fields {
    let names = [
        "link",
        "code",
        "inviter",
        "organization",
        "role",
        "token",
        "place",
        "used",
        "allocated",
        "lastFour",
        "day",
        "end",
        "use",
        "url",
        "since",
        "until",
        "webhook",
        DASHBOARD,
    ];
    fields(&names.map(|name| (name, value)))
}

const NOW: Timestamp = Timestamp::from_millis(1_767_571_200_000);

fn answer(status: u16, body: &str) -> HttpAnswer {
    HttpAnswer { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

#[test]
fn every_kind_has_a_text_in_which_nothing_is_left_open() {
    for kind in MailKind::ALL {
        let content = render(*kind, &every_field("X")).unwrap();
        for text in [&content.subject, &content.text, &content.html] {
            assert!(!text.is_empty() && !text.contains(['{', '}']), "{kind}: {text}");
        }
        assert!(render(*kind, &Fields::new()).is_none(), "{kind} without its fields");
    }
}

#[test]
fn a_field_is_text_in_html_whatever_it_holds() {
    let evil = "\"><script>alert('x')</script>&{link}";
    for kind in MailKind::ALL {
        let content = render(*kind, &every_field(evil)).unwrap();
        assert!(
            !content.html.contains("<script") && !content.html.contains("\"\">"),
            "{}",
            content.html
        );
        assert!(
            content
                .html
                .contains("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;{link}")
        );
        assert!(content.text.contains(evil));
    }
}

#[test]
fn a_subject_is_one_line() {
    let content = render(MailKind::Invitation, &every_field("a\r\nbcc: b@x.example")).unwrap();
    assert_eq!(content.subject, "You are invited to a  bcc: b@x.example");
}

#[test]
fn the_sign_in_mail_reads_as_a_person_would_want_it() {
    let given = fields(&[("link", "https://app.example/sign-in#token=1"), ("code", "ABCD-EFGH")]);
    let content = render(MailKind::SignIn, &given).unwrap();
    assert!(content.text.contains("\n\nhttps://app.example/sign-in#token=1\n\n"));
    assert!(content.text.contains("\n\nABCD-EFGH\n\n"));
    assert!(content.html.contains("<a href=\"https://app.example/sign-in#token=1\">Sign in</a>"));
}

#[test]
fn what_each_answer_means() {
    use MailFault::{Credentials, Refused, Server, Throttled};
    use MailState::{Failed, Pending, Sent};
    for (status, body, state, fault) in [
        (200, "", Sent, None),
        (409, r#"{"name":"invalid_idempotent_request"}"#, Sent, None),
        (409, r#"{"name":"concurrent_idempotent_requests"}"#, Pending, Some(Throttled)),
        (429, "", Pending, Some(Throttled)),
        (500, "", Pending, Some(Server)),
        (302, "", Pending, Some(Server)),
        (401, "", Pending, Some(Credentials)),
        (403, "", Pending, Some(Credentials)),
        (400, "", Failed, Some(Refused)),
        (422, r#"{"name":"validation_error"}"#, Failed, Some(Refused)),
    ] {
        let settled = settle(1, Ok(&answer(status, body)), None, NOW, 0.0);
        assert_eq!((settled.state, settled.fault), (state, fault), "{status} {body}");
        assert_eq!(settled.next_attempt_at.is_some(), state == Pending, "{status}");
    }
    let silent = settle(1, Err(&HttpError::Timeout), None, NOW, 0.0);
    assert_eq!((silent.state, silent.fault), (Pending, Some(MailFault::Timeout)));
}

#[test]
fn tries_follow_the_schedule_and_end_within_the_life_of_an_idempotency_key() {
    let mut now = NOW;
    for (attempt, wait) in (1..).zip(&SCHEDULE[1..]) {
        let settled = settle(attempt, Ok(&answer(500, "")), None, now, 1.0);
        let next = settled.next_attempt_at.unwrap();
        assert!(next.since(now) >= *wait);
        now = next;
    }
    assert!(now.since(NOW) < Span::hours(24));
    assert_eq!(settle(8, Ok(&answer(500, "")), None, now, 0.0).state, MailState::Failed);
}

#[test]
fn no_try_comes_before_the_time_that_was_asked_for_or_after_the_mail_has_lost_its_use() {
    let mut busy = answer(429, "");
    busy.headers.push(("retry-after".to_owned(), "120".to_owned()));
    let next = settle(1, Ok(&busy), None, NOW, 0.0).next_attempt_at;
    assert_eq!(next, Some(NOW.plus(Span::seconds(120))));
    let late = settle(1, Ok(&busy), Some(NOW.plus(Span::seconds(60))), NOW, 0.0);
    assert_eq!((late.state, late.next_attempt_at), (MailState::Failed, None));
}

proptest! {
    #[test]
    fn any_field_and_any_answer_is_taken_without_a_panic(value in ".{0,100}", status: u16, body in ".{0,100}", attempt: u32) {
        for kind in MailKind::ALL {
            prop_assert!(render(*kind, &every_field(&value)).is_some());
        }
        settle(attempt, Ok(&answer(status, &body)), None, NOW, 0.5);
    }
}
