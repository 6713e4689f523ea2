//! How an endpoint fares: turned off, sent to again, and given a new secret.

use dcvaas_core::crypto::mac::SigningSecret;
use dcvaas_core::flow::resend::{self, Replay, ReplayWhat};
use dcvaas_core::flow::rotation::{self, Rotation};
use dcvaas_core::flow::{By, FlowError, try_out};
use dcvaas_core::model::event::EventType;
use dcvaas_core::store::Value as Bind;
use dcvaas_core::store::callers::Credential;
use dcvaas_core::store::delivery_log::DeliveryRow;
use dcvaas_core::store::events;
use dcvaas_core::store::webhook_endpoints::EndpointRow;
use dcvaas_core::time::{Span, Timestamp};
use dcvaas_testkit::run;
use serde_json::{Value, json};

use crate::stage::{self, HOST, INBOX, Stage, parse, refusal};

/// The endpoint with that address.
pub(crate) fn endpoint(stage: &Stage, url: &str) -> EndpointRow {
    let sql =
        "SELECT id, org_id, url, '{}' AS settings, enabled, sealed_secret, previous_secret_until, sealed_key,
                        created_at, failing_since, disabled_at, sealed_headers FROM webhook_endpoints WHERE url = ?1";
    serde_json::from_value(stage.world.db.query(sql, &[url.into()])[0].clone()).unwrap()
}

fn delivery(stage: &Stage) -> DeliveryRow {
    let sql = "SELECT v.id, v.org_id, w.enabled FROM deliveries v JOIN webhook_endpoints w ON w.id = v.endpoint_id";
    serde_json::from_value(stage.world.query(sql)[0].clone()).unwrap()
}

async fn rotate(stage: &Stage, hours: i64, force: bool) -> Result<Value, FlowError> {
    let rotation = Rotation { overlap: Span::hours(hours), force };
    rotation::rotate(&stage.world.app(), &By::SYSTEM, &endpoint(stage, INBOX), rotation)
        .await
        .map(|text| parse(&text))
}

async fn replay(stage: &Stage, since: Timestamp, what: ReplayWhat, dry_run: bool) -> u64 {
    let wanted = Replay { since, what, dry_run };
    resend::replay(&stage.world.app(), &By::SYSTEM, &endpoint(stage, INBOX), &wanted).await.unwrap()
}

/// Sends one more event and gives the two signature headers of its request.
async fn signatures(stage: &Stage, hostname: &str) -> (String, Vec<String>, Vec<u8>, String, i64) {
    stage.add(hostname).await.unwrap();
    stage.drain().await;
    let last = |name: &str| stage.inbox.headers(name).pop().unwrap();
    let body = stage.inbox.deliveries().pop().unwrap().body.unwrap();
    let standard = last("webhook-signature").split(' ').map(str::to_owned).collect();
    let seconds = last("webhook-timestamp").parse().unwrap();
    (last("x-dcvaas-signature"), standard, body, last("webhook-id"), seconds)
}

fn secret(answer: &Value) -> SigningSecret {
    let digits = answer["webhook"]["secret"].as_str().unwrap();
    let bytes: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&digits[at * 2..at * 2 + 2], 16).unwrap()).collect();
    SigningSecret::from_bytes(&bytes).unwrap()
}

#[test]
fn both_secrets_sign_until_the_window_closes() {
    run(async {
        let stage = Stage::new().await;
        let old = secret(&rotate(&stage, 0, false).await.unwrap());
        let new = secret(&rotate(&stage, 24, false).await.unwrap());

        let (fixed, standard, body, id, at) = signatures(&stage, "a.example.com").await;
        assert_eq!(fixed, old.body_signature(&body), "no receiver has the new one yet");
        let expected = [&new, &old].map(|secret| secret.standard_signature(&id, at, &body));
        assert_eq!(standard, expected);

        stage.world.clock.advance(Span::hours(24));
        let (fixed, standard, body, id, at) = signatures(&stage, "b.example.com").await;
        assert_eq!(fixed, new.body_signature(&body));
        assert_eq!(standard, [new.standard_signature(&id, at, &body)]);

        stage.tick().await;
        let kept = stage
            .world
            .count("SELECT COUNT(*) FROM webhook_endpoints WHERE previous_secret IS NOT NULL");
        assert_eq!(kept, 0, "no secret outlives its window");
    });
}

#[test]
fn a_second_change_of_the_secret_waits_for_the_first_unless_forced() {
    run(async {
        let stage = Stage::new().await;
        rotate(&stage, 24, false).await.unwrap();
        assert_eq!(refusal(rotate(&stage, 24, false).await), "conflict");
        let newest = secret(&rotate(&stage, 24, true).await.unwrap());
        rotation::end(&stage.world.app(), &By::SYSTEM, &endpoint(&stage, INBOX)).await.unwrap();
        let (fixed, standard, body, ..) = signatures(&stage, HOST).await;
        assert_eq!((fixed, standard.len()), (newest.body_signature(&body), 1));
        assert!(rotate(&stage, 24, false).await.is_ok(), "the window is closed");
    });
}

#[test]
fn five_failing_days_turn_an_endpoint_off_and_tell_the_others() {
    run(async {
        let stage = Stage::new().await;
        let url = "https://hooks.receiver.dev/operations";
        let operations = stage.world.http.receiver(url);
        stage.endpoint(url, &["webhook.disabled"]).await;
        stage.inbox.always(500);
        stage.add("a.example.com").await.unwrap();
        stage.drain().await;
        let began = stage.world.now();
        stage.world.clock.advance(Span::days(5));
        stage.add("b.example.com").await.unwrap();
        stage.drain().await;

        let row = stage.world.db.query(
            "SELECT enabled, disabled_reason, failing_since FROM webhook_endpoints WHERE url = ?1",
            &[INBOX.into()],
        );
        let since = began.as_millis();
        assert_eq!(
            row,
            json!([{ "enabled": 0, "disabled_reason": "failing", "failing_since": since }])
        );
        let told: Value =
            serde_json::from_slice(operations.deliveries()[0].body.as_deref().unwrap()).unwrap();
        assert_eq!(
            (&told["type"], &told["reason"], &told["failingSince"]),
            (&json!("webhook.disabled"), &json!("failing"), &json!(began.to_iso()))
        );
        let audits = "SELECT COUNT(*) FROM audit_logs WHERE action = 'webhook.disable'";
        assert_eq!((operations.deliveries().len(), stage.world.count(audits)), (1, 1));
    });
}

#[test]
fn one_success_makes_a_failing_endpoint_healthy() {
    run(async {
        let stage = Stage::new().await;
        stage.inbox.then([500, 200]);
        stage.add(HOST).await.unwrap();
        stage.drain().await;
        let health = || {
            stage.world.query("SELECT failing_since, last_delivery_at FROM webhook_endpoints")[0]
                .clone()
        };
        assert_eq!(health()["failing_since"], stage.world.now().as_millis());
        stage.minutes(1).await;
        let taken = stage.world.now().as_millis();
        assert_eq!(health(), json!({ "failing_since": null, "last_delivery_at": taken }));
    });
}

#[test]
fn a_delivery_is_sent_again_under_the_same_id_with_a_fresh_schedule() {
    run(async {
        let stage = Stage::new().await;
        stage.add(HOST).await.unwrap();
        stage.drain().await;
        stage.inbox.then([500]);
        let again = resend::one(&stage.world.app(), &By::SYSTEM, &delivery(&stage)).await.unwrap();
        assert_eq!(parse(&again)["delivery"]["state"], "pending");
        stage.drain().await;
        let row = &stage.world.query("SELECT state, attempts, next_attempt_at FROM deliveries")[0];
        let wait = row["next_attempt_at"].as_i64().unwrap() - stage.world.now().as_millis();
        assert!((4_000..=6_000).contains(&wait), "the first wait of the schedule: {wait}");
        assert_eq!((&row["state"], &row["attempts"]), (&json!("pending"), &json!(2)));
        stage.minutes(1).await;
        let ids = stage.inbox.headers("webhook-id");
        assert_eq!((ids.len(), &ids[0]), (3, &ids[2]));
        stage.assert_sound();
    });
}

#[test]
fn an_endpoint_gets_what_failed_and_what_it_missed_and_nothing_twice() {
    run(async {
        let stage = Stage::new().await;
        let began = stage.world.now();
        stage.inbox.then([410]);
        stage.add("a.example.com").await.unwrap();
        stage.drain().await;
        stage.add("b.example.com").await.unwrap();
        let off = resend::one(&stage.world.app(), &By::SYSTEM, &delivery(&stage)).await;
        assert_eq!(refusal(off.map(Value::from)), "conflict");
        stage.world.execute("UPDATE webhook_endpoints SET enabled = 1, disabled_reason = NULL");

        // The second domain's event was never planned for it, and it is not told of itself.
        for (what, expected) in [(ReplayWhat::Failed, 1), (ReplayWhat::Missing, 1)] {
            assert_eq!(replay(&stage, began, what, true).await, expected);
            assert_eq!(replay(&stage, began, what, false).await, expected);
            assert_eq!(replay(&stage, began, what, true).await, 0);
            stage.drain().await;
        }
        let later = stage.world.now().plus(Span::seconds(1));
        assert_eq!(replay(&stage, later, ReplayWhat::Missing, true).await, 0);
        let states = stage.world.query("SELECT DISTINCT state FROM deliveries");
        assert_eq!(stage::texts(&states, "state"), ["delivered"]);
        assert_eq!(stage.world.count("SELECT COUNT(*) FROM deliveries"), 2);
    });
}

#[test]
fn an_endpoint_is_tried_out_with_any_type_and_nobody_else_hears_of_it() {
    run(async {
        let stage = Stage::new().await;
        let other = stage.world.http.receiver("https://hooks.receiver.dev/other");
        stage.endpoint("https://hooks.receiver.dev/other", &["*"]).await;
        stage.world.execute("UPDATE webhook_endpoints SET events = '[\"job.dlq\"]', domain_tags = '[\"eu\"]' WHERE url LIKE '%/in'");
        for event in EventType::ALL {
            let app = stage.world.app();
            let made =
                try_out::send(&app, &By::SYSTEM, &endpoint(&stage, INBOX), *event).await.unwrap();
            let delivery = &parse(&made)["delivery"];
            assert_eq!(
                (&delivery["eventType"], &delivery["state"]),
                (&json!(event), &json!("pending"))
            );
            let again = try_out::send(&app, &By::SYSTEM, &endpoint(&stage, INBOX), *event).await;
            assert_eq!(refusal(again.map(Value::from)), "rate_limited");
            stage.drain().await;
            stage.world.clock.advance(Span::seconds(3));
        }
        let types: Vec<&str> = EventType::ALL.iter().map(|event| event.as_str()).collect();
        assert_eq!(stage.inbox.headers("x-dcvaas-event"), types);
        assert!(other.deliveries().is_empty());
        let since = stage.world.now().minus(Span::days(1));
        assert_eq!(replay(&stage, since, ReplayWhat::Missing, true).await, 0);
        assert_eq!(stage.world.count("SELECT COUNT(*) FROM events WHERE position IS NOT NULL"), 0);
        let audited =
            stage.world.count("SELECT COUNT(*) FROM audit_logs WHERE action = 'webhook.test'");
        assert_eq!(audited, i64::try_from(types.len()).unwrap());

        stage.world.execute("UPDATE webhook_endpoints SET enabled = 0");
        let off = try_out::send(
            &stage.world.app(),
            &By::SYSTEM,
            &endpoint(&stage, INBOX),
            EventType::WebhookTest,
        )
        .await;
        assert_eq!(refusal(off.map(Value::from)), "conflict");
    });
}

#[test]
fn the_feed_is_in_the_order_of_writing_whatever_the_ids_say() {
    run(async {
        let stage = Stage::new().await;
        let session = stage
            .world
            .token(&stage.caller.org_id, &[dcvaas_core::model::scope::Scope::EventsRead]);
        let token = dcvaas_core::crypto::token::ApiToken::parse(&session.secret).unwrap();
        let credential = Credential { hash: token.hash(), organization: None };
        let read = async |after: Option<i64>| {
            let feed = events::feed(&credential, after, 50, None, None);
            let answers = stage.world.app().db.batch("events.feed", vec![feed]).await.unwrap();
            parse(answers[0].body.as_deref().unwrap())
        };
        assert_eq!(read(None).await, json!({ "events": [], "nextCursor": null }));
        stage.add("a.example.com").await.unwrap();
        let first = read(None).await;
        assert_eq!(
            (first["events"].as_array().unwrap().len(), &first["nextCursor"]),
            (1, &json!("1"))
        );
        assert_eq!(read(Some(1)).await, json!({ "events": [], "nextCursor": "1" }));

        // A slow Worker's event, with an id from before the first one's.
        stage.add("b.example.com").await.unwrap();
        let earlier: Bind = format!("evt_{:032x}", 1).into();
        stage.world.execute("DELETE FROM deliveries");
        stage.world.db.execute("UPDATE events SET id = ?1 WHERE position = 2", &[earlier]);
        let next = read(Some(1)).await;
        assert_eq!(next["events"][0]["domainName"], "b.example.com");
        assert_eq!(next["nextCursor"], "2");
    });
}

#[test]
fn the_log_is_cleared_after_thirty_days_and_what_waits_stays() {
    run(async {
        let stage = Stage::new().await;
        stage.add("a.example.com").await.unwrap();
        stage.drain().await;
        stage.add("b.example.com").await.unwrap();
        stage.world.background.run_all().await;
        stage.world.queue.take();
        let left = |table: &str| stage.world.count(&format!("SELECT COUNT(*) FROM {table}"));
        stage.world.clock.advance(Span::days(29));
        stage.tick().await;
        assert_eq!((left("deliveries"), left("delivery_attempts")), (2, 1));
        stage.world.clock.advance(Span::hours(25));
        stage.tick().await;
        assert_eq!((left("deliveries"), left("delivery_attempts")), (1, 0));
    });
}
