use std::fmt::Write;

use proptest::prelude::*;

use super::*;
use crate::time::Span;

#[path = "domain_news_tests.rs"]
mod news;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn known(status: DomainStatus) -> Known {
    Known {
        status,
        cf_status: None,
        cf_ssl_status: None,
        expires_at: None,
        last_issued_at: None,
        error: None,
        errors: Vec::new(),
        dns_verified: false,
        missing_strikes: 0,
        created_at: NOW,
        told: Told::default(),
        certificates: Vec::new(),
    }
}

fn live() -> Known {
    Known {
        expires_at: Some(NOW.plus(Span::days(60))),
        last_issued_at: Some(NOW.minus(Span::days(30))),
        dns_verified: true,
        ..known(DomainStatus::Active)
    }
}

fn seen(hostname: &str, ssl: &str) -> Reading {
    Reading::Present(Observation {
        hostname_status: Some(hostname.to_owned()),
        ssl_status: Some(ssl.to_owned()),
        ..Observation::default()
    })
}

fn certificate(issued: Timestamp, days: i64) -> SeenCertificate {
    SeenCertificate {
        fingerprint: Some(format!("{}", issued.as_millis())),
        issued_at: Some(issued),
        expires_at: Some(issued.plus(Span::days(days))),
        ..SeenCertificate::default()
    }
}

fn with(reading: Reading, certificates: Vec<SeenCertificate>) -> Reading {
    match reading {
        Reading::Present(observation) => {
            Reading::Present(Observation { certificates, ..observation })
        }
        Reading::Missing => Reading::Missing,
    }
}

fn go(known: &Known, reading: &Reading) -> Decision {
    decide(known, reading, DnsFacts::default(), NOW)
}

/// Every pair of Cloudflare's words, from a new domain and from a live one. The file is part of
/// the review: a change of the rules shows there. `UPDATE_TABLES=1` writes it anew.
#[test]
fn every_pair_of_words_has_its_place_in_the_table() {
    let verified = Known { dns_verified: true, ..known(DomainStatus::PendingCname) };
    let late = Known { expires_at: Some(NOW.minus(Span::days(1))), ..live() };
    let undated = Known { expires_at: None, last_issued_at: None, ..live() };
    let mut table = String::from(
        "hostname.status ssl.status | new | verified | live | live, no date | live, run out\n",
    );
    for hostname in HostnameStatus::ALL {
        for ssl in SslStatus::ALL {
            let reading = seen(hostname.as_str(), ssl.as_str());
            let new = known(DomainStatus::PendingCname);
            let cells = [&new, &verified, &live(), &undated, &late].map(|from| {
                let new = go(from, &reading).known;
                new.error.map_or(new.status.to_string(), |code| format!("error:{code}"))
            });
            writeln!(table, "{hostname} {ssl} | {}", cells.join(" | ")).unwrap();
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/model/domain_state_table.txt");
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    assert_eq!(table.lines().count(), 1 + 16 * 21);
    assert_eq!(table, std::fs::read_to_string(path).unwrap());
}

#[test]
fn a_new_domain_goes_from_waiting_over_issuing_to_active() {
    let start = known(DomainStatus::PendingCname);
    let waiting = go(&start, &seen("pending", "pending_validation"));
    assert_eq!((waiting.known.status, waiting.events.len()), (DomainStatus::PendingCname, 0));
    let facts = DnsFacts { delegation: Some(true), traffic: None, looked: true };
    let verified = decide(&waiting.known, &seen("pending", "pending_validation"), facts, NOW);
    assert_eq!(
        (verified.known.status, verified.events),
        (DomainStatus::Issuing, vec![EventType::DnsVerified, EventType::DomainIssuing])
    );
    let reading = with(seen("active", "active"), vec![certificate(NOW, 90)]);
    let active = go(&verified.known, &reading);
    assert_eq!(
        (active.known.status, active.events),
        (DomainStatus::Active, vec![EventType::CertificateIssued, EventType::DomainActive])
    );
    assert_eq!(active.known.expires_at, Some(NOW.plus(Span::days(90))));
    assert_eq!(active.known.last_issued_at, Some(NOW));
}

#[test]
fn a_renewal_does_not_disturb_a_live_domain() {
    for ssl in [
        "pending_validation",
        "pending_issuance",
        "pending_deployment",
        "validation_timed_out",
        "pending_expiration",
    ] {
        let decision = go(&live(), &seen("active", ssl));
        assert_eq!(
            (decision.known.status, decision.events.len()),
            (DomainStatus::Active, 0),
            "{ssl}"
        );
    }
    let reading = with(seen("active", "active"), vec![certificate(NOW, 90)]);
    assert_eq!(
        go(&live(), &reading).events,
        [EventType::CertificateIssued, EventType::DomainRenewed]
    );
}

#[test]
fn a_certificate_that_ran_out_is_an_error_and_its_successor_heals_it() {
    let late = Known { expires_at: Some(NOW.minus(Span::hours(1))), ..live() };
    let expired = go(&late, &seen("active", "pending_validation"));
    assert_eq!(
        (expired.known.error, expired.events),
        (Some(DomainErrorCode::Expired), vec![EventType::DomainExpired, EventType::DomainError])
    );
    let again = go(&expired.known, &seen("active", "pending_issuance"));
    assert!(again.events.is_empty());
    let reading = with(seen("active", "active"), vec![certificate(NOW, 90)]);
    let healed = go(&again.known, &reading);
    assert_eq!(
        (healed.known.error, healed.events),
        (None, vec![EventType::CertificateIssued, EventType::DomainActive])
    );
}

#[test]
fn one_not_found_does_not_call_a_live_domain_lost() {
    let once = go(&live(), &Reading::Missing);
    assert_eq!((once.known.status, once.events.len()), (DomainStatus::Active, 0));
    let back = go(&once.known, &seen("active", "active"));
    assert_eq!(back.known.missing_strikes, 0);
    let twice = go(&once.known, &Reading::Missing);
    assert_eq!(twice.known.error, Some(DomainErrorCode::RemovedUpstream));
    assert_eq!(twice.events, [EventType::DomainLapsed, EventType::DomainError]);
    assert!(go(&twice.known, &Reading::Missing).events.is_empty());
}

#[test]
fn a_word_that_we_do_not_know_keeps_the_state_and_is_reported() {
    for (hostname, ssl, word) in
        [("brand_new", "active", "brand_new"), ("active", "timed_out", "timed_out")]
    {
        for from in [live(), known(DomainStatus::Issuing)] {
            let decision = go(&from, &seen(hostname, ssl));
            assert_eq!(decision.known.status, from.status);
            assert_eq!(decision.unknown_words, [word]);
            assert!(decision.events.is_empty());
        }
    }
}

#[test]
fn absent_dates_and_words_erase_nothing() {
    let from = Known { cf_status: Some("active".to_owned()), ..live() };
    let decision = go(&from, &Reading::Present(Observation::default()));
    assert_eq!(decision.known, from);
}

#[test]
fn errors_are_merged_bounded_and_cleaned() {
    let observation = Observation {
        verification_errors: vec!["a".to_owned(), "b\u{7}".to_owned()],
        validation_errors: (0..20)
            .map(|n| format!("{n}{}", "x".repeat(1000)))
            .chain(["a".to_owned()])
            .collect(),
        ..Observation::default()
    };
    let merged = merge_errors(&observation);
    assert_eq!(merged.len(), MOST_ERRORS);
    assert_eq!(merged[..2], ["a", "b"]);
    assert!(merged.iter().all(|text| text.len() <= LONGEST_ERROR));
}

fn any_word() -> impl Strategy<Value = Option<String>> {
    let words: Vec<String> = HostnameStatus::ALL
        .iter()
        .map(ToString::to_string)
        .chain(SslStatus::ALL.iter().map(ToString::to_string))
        .chain(["strange".to_owned()])
        .collect();
    proptest::option::weighted(0.95, proptest::sample::select(words))
}

fn any_known() -> impl Strategy<Value = Known> {
    let status = proptest::sample::select(DomainStatus::ALL);
    let error = proptest::sample::select(DomainErrorCode::ALL);
    let missed = proptest::option::of(0i64..30);
    (status, error, proptest::option::of(-100i64..100), any::<bool>(), 0u32..3, missed).prop_map(
        |(status, error, days, dns_verified, missing_strikes, missed)| Known {
            error: (status == DomainStatus::Error).then_some(error),
            expires_at: days.map(|days| NOW.plus(Span::days(days))),
            last_issued_at: days.map(|days| NOW.plus(Span::days(days - 90))),
            dns_verified,
            missing_strikes,
            told: Told {
                dns_missed_at: missed.map(|minutes| NOW.minus(Span::minutes(minutes))),
                ..Told::default()
            },
            ..known(status)
        },
    )
}

fn any_reading() -> impl Strategy<Value = Reading> {
    let certificates = proptest::collection::vec((-200i64..0, 1i64..200), 0..3).prop_map(|list| {
        list.into_iter()
            .map(|(issued, days)| certificate(NOW.plus(Span::days(issued)), days))
            .collect::<Vec<_>>()
    });
    prop_oneof![
        1 => Just(Reading::Missing),
        9 => (any_word(), any_word(), certificates).prop_map(|(hostname_status, ssl_status, certificates)| {
            Reading::Present(Observation { hostname_status, ssl_status, certificates, ..Observation::default() })
        }),
    ]
}

#[test]
fn a_live_domain_without_known_dates_stays_active_through_a_renewal() {
    let undated = Known { expires_at: None, last_issued_at: None, ..live() };
    for ssl in [
        "initializing",
        "pending_validation",
        "pending_issuance",
        "pending_deployment",
        "holding_deployment",
    ] {
        let decision = go(&undated, &seen("active", ssl));
        assert_eq!(
            (decision.known.status, decision.events.len()),
            (DomainStatus::Active, 0),
            "{ssl}"
        );
    }
    let failed = go(&undated, &seen("active", "validation_timed_out"));
    assert_eq!(
        failed.known.error,
        Some(DomainErrorCode::ValidationTimedOut),
        "nothing says that it is still valid"
    );
}

#[test]
fn traffic_that_arrives_is_no_longer_waited_for() {
    let placed = |traffic| {
        let dns = DnsFacts { traffic, ..DnsFacts::default() };
        decide(&known(DomainStatus::PendingCname), &seen("pending", "active"), dns, NOW)
            .known
            .status
    };
    assert_eq!(
        [None, Some(false), Some(true)].map(placed),
        [DomainStatus::PendingCname, DomainStatus::PendingCname, DomainStatus::Issuing,]
    );
}

#[test]
fn what_was_lost_stays_lost_without_another_word_until_it_is_back() {
    let lost = go(&go(&live(), &Reading::Missing).known, &Reading::Missing).known;
    // The scheduler's write for "nothing new" sets the strikes back.
    let reset = Known { missing_strikes: 0, ..lost };
    assert_eq!(go(&reset, &Reading::Missing).known, reset);
    assert!(
        go(&live(), &Reading::Missing).is_in_doubt()
            && !go(&reset, &Reading::Missing).is_in_doubt()
    );
    assert_eq!(go(&reset, &seen("active", "active")).events, [EventType::DomainActive]);
}

#[test]
fn a_redeploying_hostname_is_live() {
    let Reading::Present(observation) = seen("active_redeploying", "active") else {
        panic!("present")
    };
    assert!(observation.is_live() && !Observation::default().is_live());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_end_of_active_is_always_told(known in any_known(), reading in any_reading()) {
        let decision = go(&known, &reading);
        if known.status == DomainStatus::Active && decision.known.status != DomainStatus::Active {
            prop_assert_eq!(decision.known.status, DomainStatus::Error);
            prop_assert!(decision.events.contains(&EventType::DomainError));
        }
    }

    #[test]
    fn active_lasts_only_with_both_active_or_a_certificate_that_has_not_run_out(
        known in any_known(),
        reading in any_reading(),
    ) {
        let new = go(&known, &reading).known;
        if let (DomainStatus::Active, Reading::Present(seen)) = (new.status, &reading) {
            let words = (
                seen.hostname_status.as_deref().and_then(HostnameStatus::parse),
                seen.ssl_status.as_deref().and_then(SslStatus::parse),
            );
            let (Some(hostname), Some(ssl)) = words else {
                prop_assert_eq!(new.status, known.status, "a word that we do not know changes nothing");
                return Ok(());
            };
            let run_out = new.expires_at.is_some_and(|end| end <= NOW);
            prop_assert!(of_certificate(ssl) == Certificate::Live || known.status == DomainStatus::Active && !run_out);
            prop_assert!(of_hostname(hostname) == Hostname::Live || known.status == DomainStatus::Active);
        }
    }

    #[test]
    fn unknown_words_never_change_the_state(known in any_known(), word in "[a-z_]{1,20}x9", on_hostname: bool) {
        let reading = if on_hostname { seen(&word, "active") } else { seen("active", &word) };
        let decision = go(&known, &reading);
        prop_assert_eq!((decision.known.status, decision.known.error), (known.status, known.error));
        prop_assert_eq!(decision.unknown_words, [word]);
        // Time goes on all the same.
        let of_time = [EventType::DomainExpiringSoon, EventType::DnsCheckFailed];
        prop_assert!(decision.events.iter().all(|event| of_time.contains(event)));
    }

    #[test]
    fn no_event_is_told_when_nothing_changed(known in any_known(), reading in any_reading()) {
        let decision = go(&known, &reading);
        let of = |known: &Known| {
            let certificates = known.certificates.clone();
            (known.status, known.error, known.expires_at, known.dns_verified, known.told, certificates)
        };
        let same = of(&decision.known) == of(&known);
        prop_assert!(!same || decision.events.is_empty());
    }

    #[test]
    fn active_begins_only_with_both_active(known in any_known(), reading in any_reading()) {
        let decision = go(&known, &reading);
        if decision.known.status == DomainStatus::Active && known.status != DomainStatus::Active {
            let Reading::Present(observation) = &reading else { panic!("missing made it active") };
            let hostname = observation.hostname_status.as_deref();
            prop_assert!(matches!(hostname, Some("active" | "active_redeploying")));
            prop_assert_eq!(observation.ssl_status.as_deref(), Some("active"));
        }
    }

    #[test]
    fn deciding_again_changes_nothing_and_says_nothing(known in any_known(), reading in any_reading(), verified: bool) {
        let dns = DnsFacts { delegation: Some(verified), traffic: None, looked: true };
        let first = decide(&known, &reading, dns, NOW);
        let second = decide(&first.known, &reading, dns, NOW);
        if reading != Reading::Missing {
            prop_assert_eq!(&second.known, &first.known);
            prop_assert!(second.events.is_empty());
        }
        let third = decide(&second.known, &reading, dns, NOW);
        prop_assert_eq!(&third.known, &second.known);
        prop_assert!(third.events.is_empty());
    }

    #[test]
    fn an_error_always_has_a_code_and_nothing_else_has_one(known in any_known(), reading in any_reading()) {
        let new = go(&known, &reading).known;
        prop_assert_eq!(new.error.is_some(), new.status == DomainStatus::Error);
    }

    #[test]
    fn a_known_date_is_never_erased(known in any_known(), reading in any_reading()) {
        prop_assert!(known.expires_at.is_none() || go(&known, &reading).known.expires_at.is_some());
    }
}
