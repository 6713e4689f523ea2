//! Who tries a delivery, when, and to whom an event goes.

use dcvaas_core::flow::webhooks::{self as flow, Wanted};
use dcvaas_core::flow::{By, domains};
use dcvaas_core::job::Job;
use dcvaas_core::model::delivery::SCHEDULE;
use dcvaas_core::model::endpoint_options::CustomHeaders;
use dcvaas_core::model::id::DomainId;
use dcvaas_core::model::plan::Plan;
use dcvaas_core::model::tag::Tags;
use dcvaas_core::ports::{HttpError, Level};
use dcvaas_core::store::webhook_endpoints::EndpointRow;
use dcvaas_core::time::Span;
use dcvaas_testkit::run;
use futures_util::future::join;
use serde_json::json;

use crate::stage::{self, HOST, INBOX, Stage, parse, refusal};
use crate::webhooks::endpoint;

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
        let (app, timer) = (stage.world.app(), stage.world.timer());
        let ids = [id];
        let mut dying = Box::pin(dcvaas_core::flow::deliver::deliver(&app, &timer, &ids));
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
        stage.world.execute("UPDATE webhook_endpoints SET events = '[\"domain.added\"]'");
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
fn a_filter_lets_events_of_its_domains_pass_and_no_other() {
    run(async {
        let stage = Stage::new().await;
        let (world, caller) = (&stage.world, &stage.caller);
        let added = async |name: &str, tags: &[&str]| {
            stage::add_tagged(world, caller, name, tags).await.unwrap()
        };
        let id = |domain: &serde_json::Value| {
            DomainId::parse(domain["domain"]["id"].as_str().unwrap()).unwrap()
        };
        let first = id(&added("first.example.com", &[]).await);
        world.execute("DELETE FROM deliveries");
        let tags =
            |words: &[&str]| Tags::parse(words.iter().map(ToString::to_string).collect()).unwrap();
        let endpoint = async |name: &str, domains: &[&DomainId], words: &[&str]| {
            let wanted = Wanted {
                domains: Some(domains.iter().copied().cloned().collect()),
                tags: Some(tags(words)),
                ..Wanted::default()
            };
            let url = format!("https://hooks.receiver.dev/{name}");
            stage::made_endpoint(world, caller, &url, &wanted).await
        };
        endpoint("first", &[&first], &[]).await;
        endpoint("tagged", &[], &["eu", "us"]).await;
        endpoint("either", &[&first], &["eu"]).await;
        let told = |domain: &str| {
            let found = world.db.query(
                "SELECT w.url FROM deliveries v JOIN events e ON e.id = v.event_id JOIN webhook_endpoints w ON w.id = v.endpoint_id
                  WHERE e.payload LIKE ?1 ORDER BY w.url",
                &[format!("%{domain}%").into()],
            );
            let url = |url: String| url.rsplit('/').next().unwrap().to_owned();
            stage::texts(&found, "url").into_iter().map(url).collect::<Vec<_>>()
        };
        added("europe.example.com", &["eu", "customer:42"]).await;
        assert_eq!(told("europe.example"), ["either", "in", "tagged"]);
        added("plain.example.com", &["europe"]).await;
        assert_eq!(told("plain.example"), ["in"]);
        stage.remove("first.example.com").await.unwrap();
        assert_eq!(told("first.example"), ["either", "first", "in"]);
        // The tags of that moment, also of a domain that goes with the event.
        let row = stage.row("plain.example.com").unwrap();
        domains::tag(&world.app(), &stage.caller, &By::SYSTEM, row.clone(), &tags(&["us"]))
            .await
            .unwrap();
        world.execute("DELETE FROM deliveries");
        domains::remove(&world.app(), &stage.caller, &By::SYSTEM, row).await.unwrap();
        assert_eq!(told("plain.example"), ["in", "tagged"]);
        world.background.kill_all();
    });
}

fn headers(given: &[(&str, Option<&str>)], kept: CustomHeaders) -> Wanted {
    let owned =
        |(name, value): &(&str, Option<&str>)| ((*name).to_owned(), value.map(str::to_owned));
    Wanted {
        keeps_headers: given.iter().any(|(_, value)| value.is_none()),
        headers: Some(CustomHeaders::parse(given.iter().map(owned).collect(), kept).unwrap()),
        ..Wanted::default()
    }
}

#[test]
fn a_header_that_is_kept_is_the_one_of_before_unless_that_has_changed_meanwhile() {
    run(async {
        let stage = Stage::new().await;
        let first = [("Authorization", Some("Bearer hush")), ("X-Tenant", Some("7"))];
        let change = async |row: &EndpointRow, given: &[(&str, Option<&str>)]| {
            let app = stage.world.app();
            let wanted = headers(given, flow::headers_of(&app, row));
            flow::update(&app, &By::SYSTEM, row, &wanted).await.map(|text| parse(&text))
        };
        change(&endpoint(&stage, INBOX), &first).await.unwrap();
        let before = endpoint(&stage, INBOX);
        let kept = [("Authorization", None), ("X-Region", Some("eu"))];
        change(&before, &kept).await.unwrap();
        stage.add(HOST).await.unwrap();
        stage.drain().await;
        assert_eq!(stage.inbox.headers("authorization"), ["Bearer hush"]);
        assert_eq!(stage.inbox.headers("x-region"), ["eu"]);
        assert!(stage.inbox.headers("x-tenant").is_empty());
        // Read before the change, written after it.
        let after = endpoint(&stage, INBOX).sealed_headers;
        assert_eq!(refusal(change(&before, &[("X-Tenant", None)]).await), "conflict");
        assert_eq!(endpoint(&stage, INBOX).sealed_headers, after);
    });
}

#[test]
fn an_owners_headers_go_with_every_try() {
    run(async {
        let stage = Stage::new().await;
        let url = "https://hooks.receiver.dev/guarded";
        let guarded = stage.world.http.receiver(url);
        let wanted = headers(&[("Authorization", Some("Bearer hush"))], CustomHeaders::default());
        stage::made_endpoint(&stage.world, &stage.caller, url, &wanted).await;
        guarded.then([500]);
        stage.add(HOST).await.unwrap();
        stage.drain().await;
        stage.minutes(1).await;
        assert_eq!(guarded.headers("authorization"), ["Bearer hush", "Bearer hush"]);
        assert_eq!(guarded.headers("x-dcvaas-api-version"), ["2026-11-01", "2026-11-01"]);
        assert!(stage.inbox.headers("authorization").is_empty());
        // Sealed for their own place: what is moved there signs and sends nothing.
        stage.world.execute("UPDATE webhook_endpoints SET sealed_headers = sealed_secret WHERE header_names <> '[]'");
        stage.remove(HOST).await.unwrap();
        stage.drain().await;
        assert_eq!(guarded.deliveries().len(), 2);
        let errors = stage.world.log.errors();
        assert_eq!((errors.len(), errors[0].event), (1, "webhook.secret_unreadable"));
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
