//! Many deliveries to many endpoints: who waits for whom, in which order, and what a lost message costs.

use dcvaas_core::flow::webhooks::Wanted;
use dcvaas_core::job::Job;
use dcvaas_core::model::endpoint_options::Ordering;
use dcvaas_core::model::patch::Patch;
use dcvaas_core::time::Span;
use dcvaas_testkit::run;
use serde_json::{Value, json};

use crate::stage::{Stage, made_endpoint, parse, texts};

const SILENT: &str = "https://hooks.receiver.dev/silent";
const ORDERED: &str = "https://hooks.receiver.dev/ordered";
/// Longer than any receiver has.
const FOR_EVER: Span = Span::minutes(1);

/// The jobs of everything that was just made.
async fn wake_ups(stage: &Stage) -> Vec<Job> {
    stage.world.background.run_all().await;
    stage.world.queue.take()
}

fn states(stage: &Stage, url: &str) -> Vec<String> {
    let sql = "SELECT v.state FROM deliveries v JOIN webhook_endpoints w ON w.id = v.endpoint_id
                WHERE w.url = ?1 ORDER BY v.position";
    texts(&stage.world.db.query(sql, &[url.into()]), "state")
}

fn in_flight(stage: &Stage) -> i64 {
    stage.world.count("SELECT COUNT(*) FROM deliveries WHERE claim IS NOT NULL")
}

/// The numbers of the domains whose events a receiver got, in the order of arrival.
fn arrived(receiver: &dcvaas_testkit::Receiver) -> Vec<String> {
    let bodies = receiver.deliveries().into_iter().map(|got| got.body.unwrap_or_default());
    let bodies = bodies.map(|body| serde_json::from_slice::<Value>(&body).unwrap());
    bodies.map(|body| body["domainName"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_batch_whose_receivers_answer_quickly_takes_two_round_trips() {
    run(async {
        let stage = Stage::new().await;
        for name in 0..10 {
            stage.add(&format!("d{name}.example.com")).await.unwrap();
        }
        let jobs = wake_ups(&stage).await;
        assert_eq!(jobs.len(), 10);
        stage.inbox.takes(Span::millis(300));
        stage.world.db.forget();
        stage.handle(&jobs).await;
        assert_eq!(stage.world.db.batches(), ["deliver.claim", "deliver.settle"]);
        assert!(stage.world.db.statements() <= 10, "{} statements", stage.world.db.statements());
        assert_eq!(states(&stage, crate::stage::INBOX), ["delivered"; 10]);
        assert_eq!(stage.world.background.waiting(), 0);
    });
}

#[test]
fn a_silent_receiver_delays_no_record_of_another_and_holds_no_batch() {
    run(async {
        let stage = Stage::new().await;
        let silent = stage.world.http.receiver(SILENT);
        stage.endpoint(SILENT, &["domain.added"]).await;
        silent.takes(FOR_EVER);
        for name in 0..5 {
            stage.add(&format!("d{name}.example.com")).await.unwrap();
        }
        let jobs = wake_ups(&stage).await;
        let began = stage.world.now();
        stage.handle(&jobs).await;
        let held = stage.world.now().since(began);
        assert!(held <= Span::seconds(2), "the batch was held for {held:?}");
        assert_eq!(states(&stage, crate::stage::INBOX), ["delivered"; 5]);
        let late = stage.world.query(&format!(
            "SELECT v.id FROM deliveries v WHERE v.state = 'delivered' AND v.updated_at > {}",
            began.plus(Span::seconds(2)).as_millis()
        ));
        assert_eq!(late, json!([]), "settled when they were done");

        // The silent one is settled in its own time.
        stage.drain().await;
        assert_eq!(states(&stage, SILENT), ["pending"; 5]);
        let noted = stage.world.query(
            "SELECT DISTINCT error_class FROM delivery_attempts WHERE error_class IS NOT NULL",
        );
        assert_eq!(noted, json!([{ "error_class": "timeout" }]));
        assert_eq!(in_flight(&stage), 0);

        // From now on it is known: nobody waits for it, and it gets two at a time.
        stage.world.clock.advance(Span::minutes(2));
        stage.tick().await;
        let again = wake_ups(&stage).await;
        let is_delivery = |job: &Job| matches!(job, Job::DeliverV1 { .. });
        let again: Vec<Job> = again.into_iter().filter(is_delivery).collect();
        assert_eq!(again.len(), 5);
        let began = stage.world.now();
        stage.handle(&again).await;
        assert_eq!(stage.world.now(), began, "the batch is handed back at once");
        assert_eq!(in_flight(&stage), 2);
        silent.takes(Span::millis(1));
        stage.heal().await;
        stage.minutes(5).await;
        assert_eq!(states(&stage, SILENT), ["delivered"; 5]);
    });
}

#[test]
fn an_endpoint_gets_so_many_at_once_and_the_rest_follows_without_the_scheduler() {
    run(async {
        let stage = Stage::new().await;
        for name in 0..60 {
            stage.add(&format!("d{name}.example.com")).await.unwrap();
        }
        let jobs = wake_ups(&stage).await;
        assert_eq!(jobs.len(), 60);
        stage.inbox.takes(Span::seconds(3));
        for batch in jobs.chunks(10) {
            stage.handle(batch).await;
            assert!(in_flight(&stage) <= 20);
        }
        stage.drain().await;
        assert_eq!(states(&stage, crate::stage::INBOX), ["delivered"; 60]);
        assert_eq!(stage.inbox.deliveries().len(), 60, "each once");
    });
}

#[test]
fn an_endpoint_in_order_gets_one_after_the_other_and_none_before_an_earlier_one_is_settled() {
    run(async {
        let stage = Stage::new().await;
        let ordered = stage.world.http.receiver(ORDERED);
        let wanted = Wanted { ordering: Some(Ordering::Fifo), ..Wanted::default() };
        made_endpoint(&stage.world, &stage.caller, ORDERED, &wanted).await;
        let names: Vec<String> = (0..12).map(|number| format!("d{number}.example.com")).collect();
        for name in &names {
            stage.add(name).await.unwrap();
        }
        let mut jobs = wake_ups(&stage).await;
        // The queue promises no order.
        jobs.reverse();
        ordered.then([500]);
        for batch in jobs.chunks(10) {
            stage.handle(batch).await;
        }
        stage.drain().await;
        assert_eq!(arrived(&ordered), names[..1], "the others wait for its retry");
        stage.minutes(1).await;
        let mut expected = names.clone();
        expected.insert(0, names[0].clone());
        assert_eq!(arrived(&ordered), expected);
        assert_eq!(states(&stage, ORDERED), ["delivered"; 12]);

        // One that is given up makes way.
        ordered.always(500);
        for name in ["x.example.com", "y.example.com"] {
            stage.add(name).await.unwrap();
        }
        stage.drain().await;
        for _ in 0..12 {
            stage.world.clock.advance(Span::hours(30));
            stage.tick().await;
            stage.drain().await;
            stage.world.execute("UPDATE webhook_endpoints SET enabled = 1, failing_since = NULL");
        }
        let last = states(&stage, ORDERED);
        assert_eq!(last[12], "failed");
        let got = arrived(&ordered);
        let first_of_y = got.iter().position(|name| name == "y.example.com").unwrap();
        assert_eq!(got[..first_of_y].iter().filter(|name| *name == "x.example.com").count(), 10);
    });
}

#[test]
fn a_message_that_is_under_way_is_not_sent_again_and_again() {
    run(async {
        let stage = Stage::new().await;
        stage.add("a.example.com").await.unwrap();
        let jobs = wake_ups(&stage).await;
        let mut repeats = 0;
        // The queue takes messages and hands none over.
        for _ in 0..60 {
            stage.world.clock.advance(Span::minutes(1));
            stage.tick().await;
            let woken = stage.world.queue.take();
            repeats += woken.iter().filter(|job| matches!(job, Job::DeliverV1 { .. })).count();
        }
        assert!((8..=16).contains(&repeats), "{repeats} repeats in an hour");
        // All come at once: one is sent.
        let all: Vec<Job> = std::iter::repeat_n(jobs[0].clone(), 10).collect();
        stage.handle(&all).await;
        assert_eq!(stage.inbox.deliveries().len(), 1);
    });
}

#[test]
fn an_hour_without_the_queue_is_healed_by_the_scheduler_alone() {
    run(async {
        let stage = Stage::new().await;
        for name in 0..70 {
            stage.add(&format!("d{name}.example.com")).await.unwrap();
        }
        for _ in 0..60 {
            stage.world.background.kill_all();
            stage.world.queue.take();
            stage.world.clock.advance(Span::minutes(1));
            stage.tick().await;
        }
        stage.world.queue.take();
        stage.minutes(12).await;
        assert_eq!(states(&stage, crate::stage::INBOX), ["delivered"; 70]);
        assert_eq!(stage.inbox.deliveries().len(), 70, "each once");
        stage.assert_sound();
    });
}

#[test]
fn a_long_backlog_of_one_endpoint_keeps_no_other_waiting() {
    run(async {
        let stage = Stage::new().await;
        stage.endpoint("https://hooks.receiver.dev/other", &["domain.removed"]).await;
        let other = stage.world.http.receiver("https://hooks.receiver.dev/other");
        for name in 0..200 {
            stage.add(&format!("d{name}.example.com")).await.unwrap();
        }
        stage.remove("d7.example.com").await.unwrap();
        stage.world.background.kill_all();
        stage.world.clock.advance(Span::minutes(1));
        stage.tick().await;
        let woken = stage.world.queue.take();
        let woken: Vec<Job> =
            woken.into_iter().filter(|job| matches!(job, Job::DeliverV1 { .. })).collect();
        assert_eq!(woken.len(), 21, "some of each");
        for batch in woken.chunks(10) {
            stage.handle(batch).await;
        }
        assert_eq!(other.deliveries().len(), 1);
    });
}

#[test]
fn who_has_not_begun_when_the_batch_is_let_go_comes_with_another() {
    run(async {
        let stage = Stage::new().await;
        stage.inbox.takes(FOR_EVER);
        for name in 0..8 {
            stage.add(&format!("d{name}.example.com")).await.unwrap();
        }
        let jobs = wake_ups(&stage).await;
        stage.handle(&jobs).await;
        assert_eq!(in_flight(&stage), 5);
        let numbers = stage.world.query(
            "SELECT attempts, COUNT(*) AS n FROM deliveries GROUP BY attempts ORDER BY attempts",
        );
        assert_eq!(numbers, json!([{ "attempts": 0, "n": 3 }, { "attempts": 1, "n": 5 }]));
        stage.inbox.takes(Span::millis(1));
        stage.heal().await;
        stage.assert_sound();
    });
}

#[test]
fn an_organization_is_told_twice_before_its_endpoint_is_turned_off_and_never_again() {
    run(async {
        let stage = Stage::new().await;
        let url = "https://hooks.receiver.dev/operations";
        let operations = stage.world.http.receiver(url);
        stage.endpoint(url, &["webhook.*"]).await;
        stage.inbox.always(500);
        stage.add("a.example.com").await.unwrap();
        stage.drain().await;
        let began = stage.world.now();
        for _ in 0..5 * 24 {
            stage.world.clock.advance(Span::hours(1));
            stage.tick().await;
            stage.drain().await;
        }
        stage.add("b.example.com").await.unwrap();
        stage.drain().await;
        let told: Vec<Value> = operations
            .deliveries()
            .into_iter()
            .map(|got| parse(&String::from_utf8(got.body.unwrap()).unwrap()))
            .collect();
        let stages: Vec<(&str, &str)> = told
            .iter()
            .map(|body| (body["type"].as_str().unwrap(), body["stage"].as_str().unwrap_or("")))
            .collect();
        assert_eq!(
            stages,
            [
                ("webhook.failing", "failing"),
                ("webhook.failing", "last_day"),
                ("webhook.disabled", "")
            ]
        );
        assert_eq!(told[0]["failingSince"], began.to_iso());
        assert_eq!(told[0]["disabledAt"], began.plus(Span::days(5)).to_iso());
        let own = stage.world.query("SELECT v.id FROM deliveries v JOIN events e ON e.id = v.event_id
            JOIN webhook_endpoints w ON w.id = v.endpoint_id WHERE e.type = 'webhook.failing' AND w.events = '[\"*\"]'");
        assert_eq!(own, json!([]), "not the one that fails");
    });
}

#[test]
fn an_endpoint_that_recovers_is_told_of_anew_when_it_fails_anew() {
    run(async {
        let stage = Stage::new().await;
        let failing =
            || stage.world.count("SELECT COUNT(*) FROM events WHERE type = 'webhook.failing'");
        for round in 1..=2 {
            stage.inbox.always(500);
            stage.add(&format!("a{round}.example.com")).await.unwrap();
            stage.drain().await;
            stage.world.clock.advance(Span::hours(25));
            for _ in 0..3 {
                stage.tick().await;
            }
            assert_eq!(failing(), round);
            stage.inbox.always(200);
            stage.drain().await;
            stage.minutes(2).await;
        }
    });
}

#[test]
fn an_endpoint_gets_no_more_in_a_minute_than_its_owner_allows_and_all_in_the_end() {
    run(async {
        let stage = Stage::new().await;
        let bounded = stage.world.http.receiver(ORDERED);
        let wanted = Wanted { max_per_minute: Patch::Set(7), ..Wanted::default() };
        made_endpoint(&stage.world, &stage.caller, ORDERED, &wanted).await;
        for name in 0..30 {
            stage.add(&format!("d{name}.example.com")).await.unwrap();
        }
        stage.world.execute("UPDATE domains SET next_check_at = 9000000000000");
        stage.drain().await;
        assert_eq!(bounded.deliveries().len(), 7);
        assert_eq!(states(&stage, crate::stage::INBOX), ["delivered"; 30], "nobody else waits");
        for expected in [14, 21, 28, 30, 30] {
            stage.minutes(1).await;
            assert_eq!(bounded.deliveries().len(), expected);
        }
        assert_eq!(states(&stage, ORDERED), ["delivered"; 30]);
        let ids: std::collections::BTreeSet<String> =
            bounded.headers("webhook-id").into_iter().collect();
        assert_eq!(ids.len(), 30, "each once");
    });
}

#[test]
fn retries_count_towards_the_minute_too() {
    run(async {
        let stage = Stage::new().await;
        stage.world.execute("UPDATE webhook_endpoints SET per_minute = 2");
        stage.inbox.always(500);
        for name in 0..3 {
            stage.add(&format!("d{name}.example.com")).await.unwrap();
        }
        stage.world.execute("UPDATE domains SET next_check_at = 9000000000000");
        stage.drain().await;
        for minute in 2..10 {
            stage.minutes(1).await;
            assert!(stage.inbox.deliveries().len() <= 2 * minute, "minute {minute}");
        }
        stage.heal().await;
        stage.assert_sound();
    });
}
