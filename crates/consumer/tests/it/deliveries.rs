//! Who tries a delivery, when, and to whom an event goes.

use dcvaas_core::job::Job;
use dcvaas_core::model::delivery::SCHEDULE;
use dcvaas_core::model::plan::Plan;
use dcvaas_core::ports::{HttpError, Level};
use dcvaas_core::time::Span;
use dcvaas_testkit::run;
use futures_util::future::join;
use serde_json::json;

use crate::stage::{self, HOST, INBOX, Stage};

/// The wake-up calls of one event that was just made.
async fn wake_ups(stage: &Stage) -> Vec<Job> {
    stage.add(HOST).await.unwrap();
    stage.world.background.run_all().await;
    stage.world.queue.take()
}

fn delivery(stage: &Stage) -> serde_json::Value {
    stage.world.query("SELECT state, attempts, next_attempt_at, claim FROM deliveries")[0].clone()
}

#[test]
fn two_claimers_at_once_send_once() {
    run(async {
        let stage = Stage::new().await;
        let jobs = wake_ups(&stage).await;
        join(stage.handle(&jobs), stage.handle(&jobs)).await;
        assert_eq!(stage.inbox.deliveries().len(), 1);
        assert_eq!(delivery(&stage)["state"], "delivered");
        assert_eq!(stage.world.count("SELECT COUNT(*) FROM delivery_attempts"), 1);
    });
}

#[test]
fn a_claim_of_a_dead_holder_runs_out() {
    run(async {
        let stage = Stage::new().await;
        let jobs = wake_ups(&stage).await;
        // The consumer dies after the receiver got the request, before the database knows.
        let Some(Job::DeliverV1 { delivery: id }) = jobs.first().cloned() else {
            panic!("{jobs:?}")
        };
        let app = stage.world.app();
        let mut dying =
            Box::pin(dcvaas_core::flow::deliver::deliver(&app, std::slice::from_ref(&id)));
        let waker = std::task::Waker::noop();
        let mut context = std::task::Context::from_waker(waker);
        while stage.inbox.deliveries().is_empty() {
            assert!(dying.as_mut().poll(&mut context).is_pending());
        }
        drop(dying);

        stage.handle(&jobs).await;
        assert_eq!(stage.inbox.deliveries().len(), 1, "the claim holds");
        stage.world.clock.advance(Span::seconds(46));
        stage.tick().await;
        stage.drain().await;
        assert_eq!(stage.inbox.headers("webhook-id").len(), 2);
        assert_eq!(stage.inbox.headers("webhook-id")[0], stage.inbox.headers("webhook-id")[1]);
        assert_eq!(delivery(&stage)["state"], "delivered");
        assert_eq!(delivery(&stage)["attempts"], 2);
    });
}

#[test]
fn a_failing_receiver_is_tried_by_the_schedule_and_then_given_up() {
    run(async {
        let stage = Stage::new().await;
        stage.inbox.always(500);
        stage.add(HOST).await.unwrap();
        stage.drain().await;
        for (number, wait) in SCHEDULE.iter().enumerate().skip(1) {
            assert_eq!(delivery(&stage)["attempts"], number);
            // A fifth is left to chance, either way.
            stage.world.clock.advance(wait.times(0.79));
            stage.tick().await;
            stage.drain().await;
            assert_eq!(stage.inbox.deliveries().len(), number, "too early");
            stage.world.clock.advance(wait.times(0.42));
            stage.tick().await;
            stage.drain().await;
            assert_eq!(stage.inbox.deliveries().len(), number + 1, "due");
        }
        assert_eq!(delivery(&stage)["state"], "failed");
        assert_eq!(delivery(&stage)["next_attempt_at"], json!(null));
        let numbers = stage.world.query(
            "SELECT number FROM delivery_attempts WHERE error_class = 'http_5xx' ORDER BY number",
        );
        assert_eq!(numbers.as_array().unwrap().len(), SCHEDULE.len());
        assert_eq!(stage.world.log.of("delivery.failed").len(), 1);
    });
}

#[test]
fn a_receiver_that_breaks_the_connection_gets_the_event_later() {
    run(async {
        let stage = Stage::new().await;
        stage.inbox.then_reply(Err(HttpError::Connection("reset".to_owned())));
        stage.add(HOST).await.unwrap();
        stage.drain().await;
        assert_eq!(delivery(&stage)["state"], "pending");
        stage.heal().await;
        stage.assert_sound();
        let first = stage.world.query("SELECT error_class FROM delivery_attempts WHERE number = 1");
        assert_eq!(first[0]["error_class"], "connection");
    });
}

#[test]
fn gone_ends_the_delivery_and_turns_the_endpoint_off() {
    run(async {
        let stage = Stage::new().await;
        stage.inbox.always(410);
        stage.add(HOST).await.unwrap();
        stage.drain().await;
        assert_eq!(delivery(&stage)["state"], "failed");
        assert_eq!(stage.world.count("SELECT enabled FROM webhook_endpoints"), 0);
        // What happens from now on is not even planned for it.
        stage.remove(HOST).await.unwrap();
        stage.drain().await;
        assert_eq!(stage.world.count("SELECT COUNT(*) FROM deliveries"), 1);
        assert_eq!(stage.inbox.deliveries().len(), 1);
    });
}

#[test]
fn what_waits_for_an_endpoint_that_was_turned_off_is_not_sent() {
    run(async {
        let stage = Stage::new().await;
        let jobs = wake_ups(&stage).await;
        stage.world.execute("UPDATE webhook_endpoints SET enabled = 0");
        stage.handle(&jobs).await;
        assert_eq!(stage.inbox.deliveries().len(), 0);
        let noted = stage.world.query("SELECT error_class, status FROM delivery_attempts");
        assert_eq!(noted, json!([{ "error_class": "disabled", "status": null }]));
    });
}

#[test]
fn an_address_that_is_not_allowed_is_never_called() {
    run(async {
        let stage = Stage::new().await;
        let jobs = wake_ups(&stage).await;
        for url in [
            "http://hooks.receiver.dev/in",
            "https://169.254.169.254/",
            "https://localhost/",
            "https://app.dcvaas.dev/api/domains",
        ] {
            stage.world.db.execute("UPDATE webhook_endpoints SET url = ?1", &[url.into()]);
            stage.world.execute("UPDATE deliveries SET state = 'pending', next_attempt_at = 0");
            stage.handle(&jobs).await;
        }
        let noted = stage.world.query("SELECT DISTINCT error_class FROM delivery_attempts");
        assert_eq!(noted, json!([{ "error_class": "blocked_url" }]));
        assert_eq!(stage.world.count("SELECT COUNT(*) FROM delivery_attempts"), 4);
    });
}

#[test]
fn a_secret_that_was_moved_to_another_row_signs_nothing() {
    run(async {
        let stage = Stage::new().await;
        stage.endpoint("https://hooks.receiver.dev/other", &["dns.*"]).await;
        let jobs = wake_ups(&stage).await;
        stage.world.execute(
            "UPDATE webhook_endpoints SET sealed_secret =
               (SELECT sealed_secret FROM webhook_endpoints o WHERE o.id <> webhook_endpoints.id)
              WHERE events = '[\"*\"]'",
        );
        stage.handle(&jobs).await;
        assert_eq!(stage.inbox.deliveries().len(), 0);
        let noted = stage.world.query("SELECT error_class FROM delivery_attempts");
        assert_eq!(noted, json!([{ "error_class": "secret_unreadable" }]));
        let errors = stage.world.log.errors();
        assert_eq!(
            (errors.len(), errors[0].event, errors[0].level),
            (1, "webhook.secret_unreadable", Level::Error)
        );
    });
}

#[test]
fn an_event_goes_to_those_who_selected_it_and_to_no_other_organization() {
    run(async {
        let stage = Stage::new().await;
        let name = stage.endpoint("https://hooks.receiver.dev/name", &["domain.added"]).await;
        let category = stage.endpoint("https://hooks.receiver.dev/category", &["domain.*"]).await;
        let other_name =
            stage.endpoint("https://hooks.receiver.dev/other", &["domain.active", "dns.*"]).await;
        let off = stage.endpoint("https://hooks.receiver.dev/off", &["*"]).await;
        stage.world.db.execute(
            "UPDATE webhook_endpoints SET enabled = 0 WHERE id = ?1",
            &[off.as_str().into()],
        );
        let stranger = stage::caller(&stage.world, Plan::Agency);
        let foreign =
            stage::endpoint(&stage.world, &stranger, "https://hooks.stranger.dev/in", &["*"]).await;

        stage.add(HOST).await.unwrap();
        let to = stage.world.query("SELECT endpoint_id, w.url FROM deliveries v JOIN webhook_endpoints w ON w.id = v.endpoint_id ORDER BY w.id");
        let to = stage::texts(&to, "endpoint_id");
        assert_eq!(to.len(), 3, "the star, the name and the category");
        assert!(to.contains(&name) && to.contains(&category));
        assert!(!to.contains(&other_name) && !to.contains(&off) && !to.contains(&foreign));
        assert_eq!(
            stage.world.count("SELECT COUNT(*) FROM deliveries v JOIN webhook_endpoints w ON w.id = v.endpoint_id WHERE w.org_id <> v.org_id"),
            0
        );
        assert_eq!(
            stage
                .world
                .count(&format!("SELECT COUNT(*) FROM webhook_endpoints WHERE url = '{INBOX}'")),
            1
        );
    });
}

#[test]
fn one_slow_or_dead_receiver_does_not_keep_the_others_waiting() {
    run(async {
        let stage = Stage::new().await;
        let dead = stage.world.http.receiver("https://hooks.receiver.dev/dead");
        stage.endpoint("https://hooks.receiver.dev/dead", &["*"]).await;
        dead.then_reply(Err(HttpError::Timeout));
        stage.add(HOST).await.unwrap();
        stage.drain().await;
        assert_eq!(stage.inbox.deliveries().len(), 1);
        let states = stage.world.query("SELECT state FROM deliveries ORDER BY state");
        assert_eq!(stage::texts(&states, "state"), ["delivered", "pending"]);
    });
}
