//! What is told of a domain's record and certificate as time passes, and that each is told once.

use dcvaas_core::flow::look;
use dcvaas_core::flow::sweep::THRESHOLD;
use dcvaas_core::job::Job;
use dcvaas_core::model::event::EventType;
use dcvaas_core::time::Span;
use dcvaas_testkit::{RESOLVER, assert_fits, run};
use futures_util::future::join;
use serde_json::{Value, json};

use crate::stage::{self, HOST, Stage};

/// The name of the delegation record of [`HOST`].
const RECORD: &str = "_acme-challenge.app.example.com";

/// The types of what is told of [`HOST`] from its `from`-th event on, in order.
fn told(stage: &Stage, from: usize) -> Vec<String> {
    stage.events(&stage.id(HOST).unwrap())[from..].to_vec()
}

/// A live domain, and how many events it had on its way.
async fn live() -> (Stage, usize) {
    let stage = Stage::new().await;
    stage.make_active(HOST).await;
    let before = told(&stage, 0).len();
    (stage, before)
}

/// Time passes, hour by hour.
async fn hours(stage: &Stage, count: u32) {
    for _ in 0..count {
        stage.world.clock.advance(Span::hours(1));
        stage.tick().await;
        stage.drain().await;
    }
}

async fn days(stage: &Stage, count: u32) {
    for _ in 0..count {
        stage.world.clock.advance(Span::days(1));
        stage.tick().await;
        stage.drain().await;
    }
}

#[test]
fn a_record_that_is_removed_is_told_of_within_the_day_once_and_so_is_its_return() {
    run(async {
        let (stage, before) = live().await;
        stage.world.dns.clear(RECORD);
        stage.world.clock.advance(Span::days(1));
        stage.minutes(1).await;
        assert_eq!(told(&stage, before), [""; 0], "one look may be wrong");
        assert_eq!(stage.column(HOST, "dns_verified"), json!(1));
        stage.minutes(16).await;
        assert_eq!(told(&stage, before), ["dns.drifted"]);
        assert_eq!(
            (stage.status(HOST).as_str(), stage.column(HOST, "dns_verified")),
            ("active", json!(0)),
            "the certificate in use stays valid"
        );
        hours(&stage, 30).await;
        assert_eq!(told(&stage, before), ["dns.drifted"]);

        stage.owner_places_records(HOST);
        hours(&stage, 2).await;
        assert_eq!(told(&stage, before), ["dns.drifted", "dns.restored"]);
        assert_eq!(stage.column(HOST, "dns_missed_at"), Value::Null);
        days(&stage, 2).await;
        assert_eq!(told(&stage, before).len(), 2);
        stage.assert_sound();
    });
}

#[test]
fn a_record_that_points_elsewhere_has_drifted_too() {
    run(async {
        let (stage, before) = live().await;
        stage.world.dns.set_cname(RECORD, "app.example.com.another.dcv.cloudflare.com");
        stage.world.clock.advance(Span::days(1));
        stage.minutes(17).await;
        assert_eq!(told(&stage, before), ["dns.drifted"]);
    });
}

#[test]
fn one_bad_answer_tells_nothing_however_often_the_message_comes() {
    run(async {
        let (stage, before) = live().await;
        let (app, domain) = (stage.world.app(), stage.id(HOST).unwrap());
        stage.world.dns.clear(RECORD);
        stage.world.clock.advance(Span::days(1));
        let (one, other) = join(look::if_due(&app, &domain), look::if_due(&app, &domain)).await;
        assert!(one.is_ok() && other.is_ok());
        stage.handle(&[Job::SyncDomainV1 { domain: domain.clone() }]).await;
        for _ in 0..3 {
            stage.world.clock.advance(Span::seconds(10));
            stage.sync(HOST).await.unwrap();
        }
        assert_ne!(stage.column(HOST, "dns_missed_at"), Value::Null);
        stage.owner_places_records(HOST);
        stage.minutes(20).await;
        assert_eq!(told(&stage, before), [""; 0]);
        assert_eq!(stage.column(HOST, "dns_missed_at"), Value::Null);
    });
}

#[test]
fn a_resolver_that_fails_for_days_tells_nothing() {
    run(async {
        let (stage, before) = live().await;
        stage.world.dns.break_name(RECORD, true);
        days(&stage, 3).await;
        hours(&stage, 3).await;
        assert_eq!(told(&stage, before), [""; 0]);
    });
}

#[test]
fn a_certificate_is_told_with_what_is_known_of_it() {
    run(async {
        let (stage, before) = live().await;
        stage.world.clock.advance(Span::days(61));
        stage.cloudflare_issues(HOST);
        stage.minutes(3).await;
        assert_eq!(told(&stage, before), ["certificate.issued", "domain.renewed"]);
        let newest = stage.world.query(
            "SELECT e.payload, c.fingerprint, c.serial FROM events e, certificates c
              WHERE e.type = 'certificate.issued' ORDER BY e.seq DESC, c.seen_at DESC LIMIT 1",
        )[0]
        .clone();
        let text = newest["payload"].as_str().unwrap();
        assert_fits(EventType::CertificateIssued, text);
        let (payload, of) = (stage::parse(text), stage::parse(text)["certificate"].clone());
        assert_eq!(
            [&of["fingerprint"], &of["serial"]],
            [&newest["fingerprint"], &newest["serial"]]
        );
        assert_eq!((&of["keyType"], &of["expiresAt"]), (&json!("ecdsa"), &payload["expiresAt"]));
    });
}

#[test]
fn a_certificate_that_nobody_renews_is_warned_of_three_times_and_then_runs_out() {
    run(async {
        let (stage, before) = live().await;
        stage.world.cloudflare.set_status(HOST, "active", "pending_validation");
        let end = stage.column(HOST, "expires_at").as_i64().unwrap();
        let mut left = Vec::new();
        for _ in 0..95 {
            let known = told(&stage, 0).len();
            days(&stage, 1).await;
            if told(&stage, known).contains(&"domain.expiring_soon".to_owned()) {
                left.push((end - stage.world.now().as_millis()) / 86_400_000);
            }
        }
        let soon = "domain.expiring_soon";
        assert_eq!(told(&stage, before), [soon, soon, soon, "domain.expired", "domain.error"]);
        assert_eq!(left, [14, 7, 1]);

        // Whoever heals it hears of the new one, and of nothing else.
        stage.cloudflare_issues(HOST);
        stage.minutes(20).await;
        assert_eq!(told(&stage, before + 5), ["certificate.issued", "domain.active"]);
        stage.assert_sound();
    });
}

#[test]
fn of_domains_that_renew_in_time_nobody_hears_anything_alarming_for_a_year() {
    run(async {
        let stage = Stage::new().await;
        let names: Vec<String> = (0..THRESHOLD + 5).map(|n| format!("h{n}.example.com")).collect();
        for name in &names {
            stage.add(name).await.unwrap();
            stage.owner_places_records(name);
            stage.cloudflare_issues(name);
        }
        for day in 1..=365 {
            days(&stage, 1).await;
            for (name, number) in names.iter().zip(0..) {
                // 29 to 31 days before their ends.
                if (day + number % 3) % 60 == 0 {
                    stage.cloudflare_issues(name);
                }
            }
        }
        let quiet = stage.world.query(
            "SELECT type, COUNT(*) AS times FROM events WHERE type NOT IN ('domain.added', 'domain.active', 'dns.verified',
                'domain.renewed', 'certificate.issued') GROUP BY type",
        );
        assert_eq!(quiet, json!([]));
        let renewed =
            stage.world.count("SELECT COUNT(*) FROM events WHERE type = 'domain.renewed'");
        assert_eq!(renewed, i64::from(THRESHOLD + 5) * 6);
    });
}

#[test]
fn an_owner_who_does_nothing_is_reminded_of_three_times_in_eight_days() {
    run(async {
        let stage = Stage::new().await;
        stage.add(HOST).await.unwrap();
        stage.add("done.example.com").await.unwrap();
        stage.owner_places_records("done.example.com");
        let mut at = Vec::new();
        for hour in 1..=192 {
            let known = told(&stage, 0).len();
            hours(&stage, 1).await;
            if told(&stage, known) == ["dns.check_failed"] {
                at.push(hour);
            }
        }
        // The wait between two looks is a tenth of the domain's age, and four hours at most.
        assert!(
            matches!(at[..], [24..=27, 72..=76, 144..=148]) && told(&stage, 1).len() == 3,
            "{at:?}"
        );
        let done = stage.events(&stage.id("done.example.com").unwrap());
        assert_eq!(done, ["domain.added", "dns.verified", "domain.issuing"]);
        stage.heal().await;
        stage.assert_sound();
    });
}

#[test]
fn a_custom_hostname_that_was_deleted_at_cloudflare_is_told_as_lapsed_once() {
    run(async {
        let (stage, before) = live().await;
        stage.world.cloudflare.lose(HOST);
        stage.world.clock.advance(Span::days(1));
        stage.minutes(5).await;
        days(&stage, 2).await;
        assert_eq!(told(&stage, before), ["domain.lapsed", "domain.error"]);
    });
}

#[test]
fn a_sweep_looks_at_both_domains_that_wait_and_live_ones_and_its_questions_are_bounded() {
    run(async {
        let stage = Stage::new().await;
        for number in 0..60 {
            stage.make_active(&format!("live{number}.example.com")).await;
        }
        for number in 0..60 {
            stage.add(&format!("new{number}.example.com")).await.unwrap();
        }
        stage.drain().await;
        let live = "SELECT COUNT(*) FROM domains WHERE status = 'active' AND dns_verified = 1";
        assert_eq!(stage.world.count(live), 60);
        stage.world.execute("UPDATE domains SET next_check_at = 0");
        let before = stage.world.http.count(RESOLVER);
        stage.tick().await;
        stage.world.background.run_all().await;
        assert_eq!(stage.handle(&stage.world.queue.take()).await, []);
        // 25 that wait, of two records each, and the delegation of 25 live ones.
        assert_eq!(stage.world.http.count(RESOLVER) - before, 75);
    });
}
