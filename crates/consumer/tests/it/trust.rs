//! What a receiver can rely on, and where a delivery may go: key pairs, the log's headers, and host names.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dcvaas_core::flow::By;
use dcvaas_core::flow::rotation::{self, Rotation};
use dcvaas_core::flow::webhooks::Wanted;
use dcvaas_core::model::endpoint_options::{CustomHeaders, PayloadForm};
use dcvaas_core::model::event::EventType;
use dcvaas_core::time::Span;
use dcvaas_testkit::{Receiver, assert_fits, assert_fits_thin, run};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::{Value, json};

use crate::stage::{HOST, INBOX, Stage, made_endpoint, parse};
use crate::webhooks::endpoint;

const SIGNED: &str = "https://hooks.receiver.dev/signed";

fn public_key(stage: &Stage) -> UnparsedPublicKey<Vec<u8>> {
    let sql = "SELECT public_key FROM webhook_endpoints WHERE url = ?1";
    let found = stage.world.db.query(sql, &[SIGNED.into()]);
    let whpk = found[0]["public_key"].as_str().unwrap().strip_prefix("whpk_").unwrap();
    UnparsedPublicKey::new(&ED25519, STANDARD.decode(whpk).unwrap())
}

/// Which of the signatures `v1a` of the last message the key has made.
fn verified(receiver: &Receiver, key: &UnparsedPublicKey<Vec<u8>>) -> Vec<bool> {
    let last = |name: &str| receiver.headers(name).pop().unwrap();
    let body = receiver.deliveries().pop().unwrap().body.unwrap();
    let text = [last("webhook-id"), last("webhook-timestamp"), String::from_utf8(body).unwrap()];
    let text = text.join(".");
    let signatures = last("webhook-signature");
    let signatures = signatures.split(' ').filter_map(|one| one.strip_prefix("v1a,"));
    let holds = |one| key.verify(text.as_bytes(), &STANDARD.decode(one).unwrap()).is_ok();
    signatures.map(holds).collect()
}

#[test]
fn a_key_pair_signs_beside_the_secret_and_both_pairs_until_the_window_closes() {
    run(async {
        let stage = Stage::new().await;
        let receiver = stage.world.http.receiver(SIGNED);
        let wanted = Wanted { ed25519: Some(true), ..Wanted::default() };
        made_endpoint(&stage.world, &stage.caller, SIGNED, &wanted).await;
        let old = public_key(&stage);
        stage.add("a.example.com").await.unwrap();
        stage.drain().await;
        assert_eq!(verified(&receiver, &old), [true]);
        assert_eq!(receiver.headers("webhook-signature")[0].split(' ').count(), 2);
        assert!(!stage.inbox.headers("webhook-signature")[0].contains("v1a,"));

        let rotation = Rotation { overlap: Span::hours(24), force: false };
        let row = endpoint(&stage, SIGNED);
        rotation::rotate(&stage.world.app(), &By::SYSTEM, &row, rotation).await.unwrap();
        let new = public_key(&stage);
        stage.add("b.example.com").await.unwrap();
        stage.drain().await;
        assert_eq!(verified(&receiver, &old), [false, true]);
        assert_eq!(verified(&receiver, &new), [true, false]);

        stage.world.clock.advance(Span::hours(24));
        stage.add("c.example.com").await.unwrap();
        stage.drain().await;
        assert_eq!(verified(&receiver, &new), [true]);
        stage.tick().await;
        let kept = "SELECT COUNT(*) FROM webhook_endpoints WHERE previous_key IS NOT NULL";
        assert_eq!(stage.world.count(kept), 0, "no key outlives its window");
    });
}

#[test]
fn a_private_key_that_was_moved_to_another_place_signs_nothing() {
    run(async {
        let stage = Stage::new().await;
        let receiver = stage.world.http.receiver(SIGNED);
        let wanted = Wanted { ed25519: Some(true), ..Wanted::default() };
        made_endpoint(&stage.world, &stage.caller, SIGNED, &wanted).await;
        stage.world.execute(
            "UPDATE webhook_endpoints SET sealed_key = sealed_secret WHERE sealed_key IS NOT NULL",
        );
        stage.add(HOST).await.unwrap();
        stage.drain().await;
        assert!(receiver.deliveries().is_empty());
        assert_eq!(stage.inbox.deliveries().len(), 1);
        assert_eq!(stage.world.log.errors()[0].event, "webhook.secret_unreadable");
    });
}

/// The headers of the newest try at `url`, as they are kept.
fn kept_headers(stage: &Stage, url: &str) -> Value {
    let found = stage.world.db.query(
        "SELECT a.request_headers FROM delivery_attempts a JOIN deliveries v ON v.id = a.delivery_id
           JOIN webhook_endpoints w ON w.id = v.endpoint_id WHERE w.url = ?1 ORDER BY a.id DESC",
        &[url.into()],
    );
    parse(found[0]["request_headers"].as_str().unwrap())
}

#[test]
fn every_try_is_kept_with_its_headers_but_without_what_is_secret_in_them() {
    run(async {
        let stage = Stage::new().await;
        let receiver = stage.world.http.receiver(SIGNED);
        let given = [("Authorization".to_owned(), Some("Bearer hush".to_owned()))];
        let wanted = Wanted {
            ed25519: Some(true),
            headers: Some(CustomHeaders::parse(given.into(), CustomHeaders::default()).unwrap()),
            ..Wanted::default()
        };
        made_endpoint(&stage.world, &stage.caller, SIGNED, &wanted).await;
        receiver.then([500]);
        stage.add(HOST).await.unwrap();
        stage.drain().await;
        let kept = kept_headers(&stage, SIGNED);
        let sent = |name: &str| receiver.headers(name).pop().unwrap();
        assert_eq!(kept["Authorization"], json!(null));
        for name in ["webhook-id", "webhook-timestamp", "content-type", "x-dcvaas-event"] {
            assert_eq!(kept[name], sent(name), "{name}");
        }
        let cut = |text: &str| text.chars().take(8).collect::<String>();
        assert_eq!(kept["x-dcvaas-signature"], format!("{}…", cut(&sent("x-dcvaas-signature"))));
        let shown = kept["webhook-signature"].as_str().unwrap();
        for (shown, sent) in shown.split(' ').zip(sent("webhook-signature").split(' ')) {
            let (version, signature) = sent.split_once(',').unwrap();
            assert_eq!(shown, format!("{version},{}…", cut(signature)));
        }
        let all = stage.world.query("SELECT * FROM delivery_attempts").to_string();
        assert!(!all.contains("hush"));
        // What the last try came to stands with the delivery.
        let last = stage.world.db.query(
            "SELECT last_status, last_error_class FROM deliveries v JOIN webhook_endpoints w ON w.id = v.endpoint_id WHERE w.url = ?1",
            &[SIGNED.into()],
        );
        assert_eq!(last, json!([{ "last_status": 500, "last_error_class": "http_5xx" }]));

        // Nothing was sent, so there is nothing to show.
        stage.world.execute("UPDATE webhook_endpoints SET enabled = 0");
        stage.minutes(1).await;
        assert_eq!(kept_headers(&stage, SIGNED), json!({}));
    });
}

#[test]
fn a_host_name_is_judged_by_its_addresses_before_it_is_called() {
    run(async {
        let stage = Stage::new().await;
        let (dns, host) = (&stage.world.dns, "hooks.receiver.dev");
        let classes = || {
            let sql = "SELECT error_class FROM delivery_attempts ORDER BY id";
            let rows = stage.world.query(sql);
            let rows = rows.as_array().unwrap();
            rows.iter().map(|row| row["error_class"].clone()).collect::<Vec<_>>()
        };
        let lookups = || stage.world.http.count("POST https://resolver.upstream.dev");
        dns.set_addresses(host, &["1.1.1.1", "::ffff:10.0.0.1"]);
        stage.add(HOST).await.unwrap();
        stage.drain().await;
        assert_eq!(classes(), [json!("blocked_address")]);
        dns.set_addresses(host, &[]);
        stage.minutes(1).await;
        assert_eq!(classes(), [json!("blocked_address"), json!("dns")]);
        assert!(stage.inbox.deliveries().is_empty());
        let health =
            stage.world.query("SELECT failing_since IS NOT NULL AS failing FROM webhook_endpoints");
        assert_eq!(health, json!([{ "failing": 1 }]), "it lies with the receiver");

        // A resolver that fails stops nothing.
        dns.break_name(host, true);
        stage.minutes(8).await;
        assert_eq!(stage.inbox.deliveries().len(), 1);
        dns.break_name(host, false);
        dns.set_addresses(host, &["1.1.1.1"]);

        // What was found counts for a minute.
        stage.world.execute("UPDATE domains SET next_check_at = 9000000000000");
        for (number, seconds, asked) in [(1, 61, 2), (2, 30, 0), (3, 29, 0), (4, 2, 2)] {
            stage.world.clock.advance(Span::seconds(seconds));
            stage.add(&format!("d{number}.example.com")).await.unwrap();
            stage.world.execute("UPDATE domains SET next_check_at = 9000000000000");
            let before = lookups();
            stage.drain().await;
            assert_eq!(lookups() - before, asked, "event {number}");
        }
        assert_eq!(stage.inbox.deliveries().len(), 5);
        dns.set_addresses(host, &["127.0.0.1"]);
        stage.world.clock.advance(Span::minutes(1));
        stage.add("last.example.com").await.unwrap();
        stage.drain().await;
        assert_eq!(stage.inbox.deliveries().len(), 5, "it leads somewhere else now");
        assert_eq!(INBOX.split('/').nth(2), Some(host));
    });
}

#[test]
fn a_batch_asks_for_a_host_once_however_many_of_its_deliveries_go_there() {
    run(async {
        let stage = Stage::new().await;
        stage.endpoint("https://hooks.receiver.dev/two", &["*"]).await;
        stage.world.http.receiver("https://hooks.receiver.dev/two");
        for number in 0..5 {
            stage.add(&format!("d{number}.example.com")).await.unwrap();
        }
        stage.world.background.run_all().await;
        let jobs = stage.world.queue.take();
        assert_eq!(jobs.len(), 10);
        let lookups = || stage.world.http.count("POST https://resolver.upstream.dev");
        let before = lookups();
        assert!(stage.handle(&jobs).await.is_empty());
        assert_eq!(stage.inbox.deliveries().len(), 5);
        assert_eq!(lookups() - before, 2, "one for each version of IP");
    });
}

#[test]
fn a_thin_body_is_what_is_signed_and_the_log_keeps_all_of_it() {
    run(async {
        let stage = Stage::new().await;
        let receiver = stage.world.http.receiver(SIGNED);
        let wanted =
            Wanted { ed25519: Some(true), payload: Some(PayloadForm::Thin), ..Wanted::default() };
        made_endpoint(&stage.world, &stage.caller, SIGNED, &wanted).await;
        stage.add(HOST).await.unwrap();
        stage.drain().await;
        let body = |receiver: &Receiver| {
            String::from_utf8(receiver.deliveries().pop().unwrap().body.unwrap()).unwrap()
        };
        let (thin, full) = (body(&receiver), body(&stage.inbox));
        assert_fits_thin(EventType::DomainAdded, &thin);
        assert_fits(EventType::DomainAdded, &full);
        for (name, value) in parse(&thin).as_object().unwrap() {
            assert_eq!(&parse(&full)[name], value, "{name}");
        }
        assert_eq!(verified(&receiver, &public_key(&stage)), [true]);
        let kept = stage.world.query("SELECT payload FROM events");
        assert_eq!(kept, json!([{ "payload": full }]));
    });
}
