//! What an endpoint can be asked beyond its address, and what is shown of it.

use dcvaas_core::model::plan::Plan;
use dcvaas_core::time::Span;
use dcvaas_testkit::run;
use futures_util::future::join;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, Objects, bearer};

async fn patch(desk: &Desk, objects: &Objects, body: &Value) -> Answer {
    let path = format!("/api/webhooks/{}", objects.webhook);
    desk.admin("PATCH", &path, &body.to_string()).await
}

async fn shown(desk: &Desk, objects: &Objects) -> Value {
    let path = format!("/api/webhooks/{}", objects.webhook);
    desk.admin("GET", &path, "").await.json()["webhook"].clone()
}

#[test]
fn two_changes_at_once_both_hold() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let objects = desk.stock().await;
        let changes = [
            json!({ "enabled": false }),
            json!({ "description": "CRM" }),
            json!({ "url": "https://hooks.receiver.dev/other" }),
            json!({ "events": ["dns.*"] }),
            json!({ "domainTags": ["eu"] }),
            json!({ "domainIds": [objects.domain] }),
            json!({ "headers": { "X-Tenant": "7" } }),
            json!({ "ordering": "fifo" }),
        ];
        for pair in changes.chunks(2) {
            let [left, right] = pair else { panic!("pairs") };
            let (left, right) =
                join(patch(&desk, &objects, left), patch(&desk, &objects, right)).await;
            assert_eq!((left.status, right.status), (200, 200), "{left:?} {right:?}");
        }
        let after = shown(&desk, &objects).await;
        let expected = json!({
            "enabled": false, "disabledReason": "owner", "description": "CRM",
            "url": "https://hooks.receiver.dev/other", "events": ["dns.*"], "domainTags": ["eu"],
            "domainIds": [objects.domain], "headerNames": ["X-Tenant"], "ordering": "fifo",
        });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&after[name], value, "{name}");
        }
    });
}

#[test]
fn what_is_left_out_stays_and_what_is_empty_is_cleared() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let objects = desk.stock().await;
        let all = json!({
            "description": "CRM", "domainIds": [objects.domain], "domainTags": ["eu", "eu"],
            "headers": { "Authorization": "Bearer hush", "X-Tenant": "7" }, "apiVersion": "2026-11-01",
            "ordering": "fifo", "enabled": false,
        });
        assert_eq!(patch(&desk, &objects, &all).await.status, 200);
        let before = shown(&desk, &objects).await;
        assert_eq!(before["domainTags"], json!(["eu"]));
        assert_eq!(before["headerNames"], json!(["Authorization", "X-Tenant"]));
        assert_eq!(patch(&desk, &objects, &json!({})).await.json()["webhook"], before);

        let none = json!({
            "description": null, "domainIds": [], "domainTags": [], "headers": {}, "ordering": "none", "enabled": true,
        });
        let after = patch(&desk, &objects, &none).await.json()["webhook"].clone();
        for (name, value) in [
            ("description", json!(null)),
            ("domainIds", json!([])),
            ("domainTags", json!([])),
            ("headerNames", json!([])),
            ("ordering", json!("none")),
            ("disabledReason", json!(null)),
        ] {
            assert_eq!(after[name], value, "{name}");
        }
    });
}

#[test]
fn the_values_of_headers_and_the_query_of_an_address_are_told_to_nobody() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let body = json!({
            "url": "https://hooks.receiver.dev/new?key=hush", "headers": { "Authorization": "Bearer hush" },
        });
        let made = desk.admin("POST", "/api/webhooks", &body.to_string()).await.json();
        let path = format!("/api/webhooks/{}", made["webhook"]["id"].as_str().unwrap());
        let again = json!({ "headers": { "Authorization": "Bearer hush" } }).to_string();
        let changed = desk.admin("PATCH", &path, &again).await.json();
        for answer in [made, changed] {
            assert!(!answer.to_string().contains("Bearer"), "{answer}");
        }
        for table in ["audit_logs", "events", "deliveries"] {
            let rows = desk.world.query(&format!("SELECT * FROM {table}")).to_string();
            assert!(!rows.contains("hush"), "{table}: {rows}");
        }
        let kept = desk.world.query("SELECT * FROM webhook_endpoints")[0].to_string();
        assert!(!kept.contains("Bearer"), "{kept}");
        let noted =
            desk.world.query("SELECT detail FROM audit_logs WHERE action = 'webhook.update'");
        let noted: Value = serde_json::from_str(noted[0]["detail"].as_str().unwrap()).unwrap();
        let names = json!({ "headerNames": ["Authorization"] });
        assert_eq!(noted, json!({ "before": names, "after": names }));
    });
}

#[test]
fn what_cannot_be_asked_is_refused_by_its_field() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let objects = desk.stock().await;
        let stranger = bearer(&desk.stranger().secret);
        let body = r#"{"hostname":"stranger.example.com"}"#;
        let theirs = desk.ask("POST", "/api/domains", &stranger, body).await.json();
        let before = shown(&desk, &objects).await;
        let many: Vec<String> = (0..101).map(|n| format!("dom_{n:032x}")).collect();
        for (body, field, code) in [
            (json!({ "headers": { "Webhook-Id": "x" } }), "headers.Webhook-Id", "reserved"),
            (json!({ "headers": { "a b": "x" } }), "headers.a b", "malformed"),
            (json!({ "headers": { "X-A": "a\r\nX-B: c" } }), "headers.X-A", "invalid"),
            (json!({ "headers": { "X-A": 7 } }), "headers.X-A", "invalid"),
            (json!({ "domainTags": ["EU"] }), "domainTags", "malformed"),
            (json!({ "domainTags": vec!["a"; 21] }), "domainTags", "too_many"),
            (json!({ "domainIds": many }), "domainIds", "too_many"),
            (json!({ "domainIds": ["nothing"] }), "domainIds", "unknown"),
            (
                json!({ "domainIds": [objects.domain, theirs["domain"]["id"]] }),
                "domainIds",
                "unknown",
            ),
            (json!({ "apiVersion": "2020-01-01" }), "apiVersion", "invalid"),
            (json!({ "ordering": "lifo" }), "ordering", "invalid"),
        ] {
            let mut create = body.clone();
            create["url"] = json!("https://hooks.receiver.dev/new");
            for answer in [
                patch(&desk, &objects, &body).await,
                desk.admin("POST", "/api/webhooks", &create.to_string()).await,
            ] {
                assert_eq!(answer.brief(), "400 bad_request", "{body}");
                let fault = &answer.json()["errors"][0];
                assert_eq!(
                    (&fault["field"], &fault["code"]),
                    (&json!(field), &json!(code)),
                    "{body}"
                );
            }
        }
        assert_eq!(shown(&desk, &objects).await, before);
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM webhook_endpoints"), 1);
    });
}

#[test]
fn the_log_is_shown_by_state_type_and_time() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let objects = desk.stock().await;
        let first = desk.world.now();
        desk.world.clock.advance(Span::minutes(5));
        desk.admin("DELETE", &format!("/api/domains/{}", objects.domain), "").await;
        let shown = async |query: &str| {
            let path = format!("/api/webhooks/{}/deliveries?{query}", objects.webhook);
            let page = desk.admin("GET", &path, "").await.json();
            let types = page["deliveries"].as_array().unwrap().iter();
            types.map(|one| one["eventType"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let (before, after) = (first.to_iso(), first.plus(Span::seconds(1)).to_iso());
        for (query, expected) in [
            (String::new(), vec!["domain.removed", "domain.added"]),
            (format!("since={before}"), vec!["domain.removed", "domain.added"]),
            (format!("since={after}"), vec!["domain.removed"]),
            (format!("since={after}&event=domain.added"), vec![]),
            ("state=delivered".to_owned(), vec![]),
            ("state=pending&event=domain.added".to_owned(), vec!["domain.added"]),
        ] {
            assert_eq!(shown(&query).await, expected, "{query}");
        }
        for query in ["since=yesterday", "since=", "state=lost", "event=domain"] {
            let path = format!("/api/webhooks/{}/deliveries?{query}", objects.webhook);
            assert_eq!(desk.admin("GET", &path, "").await.brief(), "400 bad_request", "{query}");
        }
        desk.world.background.kill_all();
    });
}

#[test]
fn a_domain_has_the_tags_that_its_owner_gave_it_last() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let body = r#"{"hostname":"a.example.com","tags":["eu","eu","customer:42"]}"#;
        let made = desk.admin("POST", "/api/domains", body).await.json();
        assert_eq!(made["domain"]["tags"], json!(["eu", "customer:42"]));
        let path = format!("/api/domains/{}", made["domain"]["id"].as_str().unwrap());
        let changed = desk.admin("PATCH", &path, r#"{"tags":[]}"#).await;
        assert_eq!((changed.status, &changed.json()["domain"]["tags"]), (200, &json!([])));
        for (body, field) in [
            ("{}", "tags"),
            (r#"{"tags":["A"]}"#, "tags"),
            (r#"{"hostname":"b.example.com"}"#, "hostname"),
        ] {
            let answer = desk.admin("PATCH", &path, body).await;
            assert_eq!((answer.status, &answer.json()["errors"][0]["field"]), (400, &json!(field)));
        }
        let noted =
            desk.world.query("SELECT detail FROM audit_logs WHERE action = 'domain.update'");
        let detail: Value = serde_json::from_str(noted[0]["detail"].as_str().unwrap()).unwrap();
        let expected =
            json!({ "before": { "tags": ["eu", "customer:42"] }, "after": { "tags": [] } });
        assert_eq!(detail, expected);
    });
}
