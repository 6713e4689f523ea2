//! What of a domain's new state is told, and that it is told once.

use super::*;

fn pending() -> Known {
    known(DomainStatus::PendingCname)
}

fn dns(delegation: Option<bool>) -> DnsFacts {
    DnsFacts { delegation, traffic: None, looked: delegation.is_some() }
}

fn after(known: &Known, facts: DnsFacts) -> Decision {
    decide(known, &seen("active", "active"), facts, NOW)
}

#[test]
fn a_record_is_gone_when_looks_some_time_apart_miss_it_and_back_when_one_sees_it() {
    let look = |known: &Known, facts, minutes| {
        decide(known, &seen("active", "active"), facts, NOW.plus(Span::minutes(minutes)))
    };
    let once = look(&live(), dns(Some(false)), 0);
    assert_eq!((once.events.len(), once.known.dns_verified), (0, true), "one bad answer");
    let twin = look(&once.known, dns(Some(false)), 9);
    assert_eq!((twin.events.len(), twin.known), (0, once.known.clone()), "perhaps the same answer");
    for unclear in [dns(None), DnsFacts { looked: false, ..dns(Some(false)) }] {
        assert_eq!(look(&once.known, unclear, 99).known, once.known, "nobody saw anything");
    }
    let fine = look(&once.known, dns(Some(true)), 10);
    assert_eq!((fine.events.len(), fine.known), (0, live_after(&once)));
    let gone = look(&once.known, dns(Some(false)), 10);
    assert_eq!((gone.events, gone.known.dns_verified), (vec![EventType::DnsDrifted], false));
    assert!(look(&gone.known, dns(Some(false)), 99).events.is_empty(), "told once");
    let back = look(&gone.known, dns(Some(true)), 99);
    assert!(look(&back.known, dns(Some(true)), 99).events.is_empty());
    assert_eq!((back.events, back.known), (vec![EventType::DnsRestored], live_after(&once)));
}

/// The live domain as the look left it, but that its record is in place.
fn live_after(look: &Decision) -> Known {
    Known { told: Told::default(), ..look.known.clone() }
}

#[test]
fn each_certificate_is_told_once_also_a_twin_and_one_that_cloudflare_shows_twice() {
    let old = certificate(NOW.minus(Span::days(30)), 90);
    let before = Known { certificates: vec!["known".to_owned()], ..live() };
    let serial = SeenCertificate {
        serial: Some("known".to_owned()),
        fingerprint: Some("told more of now".to_owned()),
        ..old.clone()
    };
    let nameless = SeenCertificate { fingerprint: None, ..old.clone() };
    let twin = SeenCertificate { fingerprint: Some("twin".to_owned()), ..old.clone() };
    let reading = with(
        seen("active", "active"),
        vec![twin.clone(), serial, old.clone(), nameless, twin.clone()],
    );
    let first = go(&before, &reading);
    assert_eq!(first.events, [EventType::CertificateIssued; 2]);
    assert_eq!(first.issued, [twin, old]);
    assert!(go(&first.known, &reading).events.is_empty());
}

#[test]
fn an_owner_is_reminded_once_a_stage_while_the_record_is_missing() {
    let mut told = Vec::new();
    let mut known =
        Known { created_at: NOW.minus(Span::hours(1)), ..known(DomainStatus::PendingCname) };
    for hour in 1..200 {
        let now = known.created_at.plus(Span::hours(hour));
        let decision =
            decide(&known, &seen("pending", "pending_validation"), dns(Some(false)), now);
        if decision.events == [EventType::DnsCheckFailed] {
            told.push(hour);
        }
        known = decision.known;
    }
    assert_eq!(told, [24, 72, 144]);
    let old = Known { created_at: NOW.minus(Span::days(9)), ..pending() };
    for facts in [dns(None), DnsFacts { traffic: Some(true), ..dns(Some(true)) }] {
        let decision = decide(&old, &seen("pending", "pending_validation"), facts, NOW);
        assert!(!decision.events.contains(&EventType::DnsCheckFailed), "{facts:?}");
    }
}

#[test]
fn the_end_of_a_certificate_is_told_once_a_stage_until_a_newer_one_is_there() {
    let mut told = Vec::new();
    let end = NOW.plus(Span::days(30));
    let mut known =
        Known { expires_at: Some(end), last_issued_at: Some(NOW.minus(Span::days(60))), ..live() };
    for day in 0..30 {
        let decision = decide(
            &known,
            &seen("active", "pending_issuance"),
            dns(None),
            NOW.plus(Span::days(day)),
        );
        if decision.events == [EventType::DomainExpiringSoon] {
            told.push(30 - day);
        }
        known = decision.known;
    }
    assert_eq!(told, [14, 7, 1]);
    let renewed = decide(
        &known,
        &with(seen("active", "active"), vec![certificate(end, 90)]),
        dns(None),
        end.minus(Span::hours(1)),
    );
    assert_eq!(
        (renewed.events, renewed.known.told.warned_days),
        (vec![EventType::CertificateIssued, EventType::DomainRenewed], 0)
    );
    let short = Known {
        expires_at: Some(NOW.plus(Span::days(6))),
        last_issued_at: Some(NOW.minus(Span::days(4))),
        ..live()
    };
    assert!(after(&short, dns(None)).events.is_empty(), "that is how long it was made for");
}

#[test]
fn what_leads_to_live_is_told_once_until_the_domain_is_live_again() {
    let verified = Known { dns_verified: true, ..known(DomainStatus::PendingCname) };
    let facts = |traffic| DnsFacts { delegation: Some(true), traffic: Some(traffic), looked: true };
    let reading = seen("pending", "active");
    let issuing = decide(&verified, &reading, facts(true), NOW);
    assert_eq!(issuing.events, [EventType::DomainIssuing]);
    let waiting = decide(&issuing.known, &reading, facts(false), NOW);
    assert_eq!((waiting.known.status, waiting.events.len()), (DomainStatus::PendingCname, 0));
    assert!(decide(&waiting.known, &reading, facts(true), NOW).events.is_empty(), "one bad answer");
    let live = after(&issuing.known, facts(true)).known;
    let lost = decide(
        &decide(&live, &Reading::Missing, facts(true), NOW).known,
        &Reading::Missing,
        facts(true),
        NOW,
    );
    assert_eq!(lost.events, [EventType::DomainLapsed, EventType::DomainError]);
    let again = decide(&lost.known, &seen("active", "pending_issuance"), facts(true), NOW);
    assert_eq!(again.events, [EventType::DomainIssuing], "it was live in between");
}
