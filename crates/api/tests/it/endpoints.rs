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
            json!({ "ed25519": true }),
            json!({ "payload": "thin" }),
            json!({ "maxPerMinute": 60 }),
            json!({ "enabled": false }),
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
            "domainIds": [objects.domain], "headerNames": ["X-Tenant"], "ordering": "fifo", "payload": "thin", "maxPerMinute": 60,
        });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&after[name], value, "{name}");
        }
        assert!(after["publicKey"].as_str().unwrap().starts_with("whpk_"));
        assert_eq!(after["disabledAt"], desk.world.now().to_iso());
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
            "ordering": "fifo", "enabled": false, "payload": "thin", "maxPerMinute": 6000,
        });
        assert_eq!(patch(&desk, &objects, &all).await.status, 200);
        let before = shown(&desk, &objects).await;
        assert_eq!(before["domainTags"], json!(["eu"]));
        assert_eq!(before["headerNames"], json!(["Authorization", "X-Tenant"]));
        assert_eq!(patch(&desk, &objects, &json!({})).await.json()["webhook"], before);

        let none = json!({
            "description": null, "domainIds": [], "domainTags": [], "headers": {}, "ordering": "none", "enabled": true,
            "payload": "full", "maxPerMinute": null,
        });
        let after = patch(&desk, &objects, &none).await.json()["webhook"].clone();
        for (name, value) in [
            ("description", json!(null)),
            ("domainIds", json!([])),
            ("domainTags", json!([])),
            ("headerNames", json!([])),
            ("ordering", json!("none")),
            ("disabledReason", json!(null)),
            ("disabledAt", json!(null)),
            ("payload", json!("full")),
            ("maxPerMinute", json!(null)),
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
        let url = "https://hooks.receiver.dev/new";
        assert_eq!(noted, json!({ "url": url, "before": names, "after": names }));
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
            (json!({ "headers": { "X-A": null } }), "headers.X-A", "missing"),
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
            (json!({ "ed25519": "yes" }), "ed25519", "invalid"),
            (json!({ "payload": "slim" }), "payload", "invalid"),
            (json!({ "maxPerMinute": 0 }), "maxPerMinute", "out_of_range"),
            (json!({ "maxPerMinute": 6001 }), "maxPerMinute", "out_of_range"),
            (json!({ "maxPerMinute": -1 }), "maxPerMinute", "invalid"),
            (json!({ "publicKey": null }), "publicKey", "invalid"),
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
            (format!("until={after}"), vec!["domain.added"]),
            (format!("until={before}"), vec![]),
            ("errorClass=http_5xx".to_owned(), vec![]),
            ("state=pending&event=domain.added".to_owned(), vec!["domain.added"]),
        ] {
            assert_eq!(shown(&query).await, expected, "{query}");
        }
        for query in
            ["since=yesterday", "since=", "until=0", "state=lost", "event=domain", "errorClass=5xx"]
        {
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

#[test]
fn a_key_pair_is_made_once_changed_with_the_secret_and_its_private_half_never_shown() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let objects = desk.stock().await;
        let path = format!("/api/webhooks/{}", objects.webhook);
        let sealed = || {
            desk.world.query(
                "SELECT public_key, sealed_key, previous_key, sealed_secret FROM webhook_endpoints",
            )[0]
            .clone()
        };
        let key = |answer: &Value| answer["webhook"]["publicKey"].clone();
        assert_eq!(shown(&desk, &objects).await["publicKey"], json!(null));
        let first = key(&patch(&desk, &objects, &json!({ "ed25519": true })).await.json());
        assert_eq!(first.as_str().unwrap().len(), "whpk_".len() + 44);
        let kept = sealed();
        let again = key(&patch(&desk, &objects, &json!({ "ed25519": true })).await.json());
        assert_eq!((again, sealed()), (first.clone(), kept.clone()), "it has one already");

        let rotated = desk.admin("POST", &format!("{path}/rotate"), "{}").await.json();
        assert_ne!(key(&rotated), first);
        let now = sealed();
        assert_ne!(now["sealed_key"], kept["sealed_key"]);
        assert!(now["previous_key"].is_string());
        assert_eq!(desk.admin("DELETE", &format!("{path}/previous-secret"), "").await.status, 204);
        assert_eq!(sealed()["previous_key"], json!(null));

        let off = key(&patch(&desk, &objects, &json!({ "ed25519": false })).await.json());
        assert_eq!((off, sealed()["sealed_key"].clone()), (json!(null), json!(null)));
        let rotated = desk.admin("POST", &format!("{path}/rotate"), "{}").await.json();
        assert_eq!((key(&rotated), sealed()["sealed_key"].clone()), (json!(null), json!(null)));

        let body = json!({ "url": "https://hooks.receiver.dev/new", "ed25519": true });
        let made = desk.admin("POST", "/api/webhooks", &body.to_string()).await.json();
        assert_ne!(key(&made), json!(null));
        let noted = desk.world.query("SELECT detail FROM audit_logs").to_string();
        assert!(noted.contains("ed25519") && !noted.contains("whpk_"));
    });
}

#[test]
fn a_host_name_that_leads_to_a_private_address_is_refused_when_it_is_stored() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let objects = desk.stock().await;
        let dns = &desk.world.dns;
        for (name, addresses) in [
            ("metadata.evil.dev", &["169.254.169.254"][..]),
            ("half.evil.dev", &["1.1.1.1", "10.0.0.7"]),
            ("six.evil.dev", &["1.1.1.1", "::ffff:127.0.0.1"]),
            ("local.evil.dev", &["fd00::1"]),
        ] {
            dns.set_addresses(name, addresses);
            dns.set_cname(&format!("alias-{name}"), name);
            for host in [name.to_owned(), format!("alias-{name}")] {
                let body = json!({ "url": format!("https://{host}/in") });
                for answer in [
                    patch(&desk, &objects, &body).await,
                    desk.admin("POST", "/api/webhooks", &body.to_string()).await,
                ] {
                    assert_eq!(answer.brief(), "400 bad_request", "{host}");
                    let fault = &answer.json()["errors"][0];
                    assert_eq!(
                        (&fault["field"], &fault["code"]),
                        (&json!("url"), &json!("not_public"))
                    );
                    assert!(
                        !addresses
                            .iter()
                            .any(|address| answer.json().to_string().contains(address))
                    );
                }
            }
        }
        // Not in DNS yet, or DNS does not answer: the delivery will tell.
        dns.set_addresses("later.receiver.dev", &[]);
        dns.break_name("silent.receiver.dev", true);
        for host in ["later.receiver.dev", "silent.receiver.dev"] {
            let body = json!({ "url": format!("https://{host}/in") });
            assert_eq!(patch(&desk, &objects, &body).await.status, 200, "{host}");
        }
    });
}

#[test]
fn who_turns_an_endpoint_on_is_told_what_it_missed_and_can_replay_just_that() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let objects = desk.stock().await;
        desk.world.execute("UPDATE deliveries SET state = 'failed', next_attempt_at = NULL");
        desk.world.clock.advance(Span::hours(2));
        let off = json!({ "enabled": false });
        assert_eq!(patch(&desk, &objects, &off).await.json()["missed"], json!(null));
        let began = desk.world.now();
        for name in ["b.example.com", "c.example.com"] {
            let body = json!({ "hostname": name }).to_string();
            assert_eq!(desk.admin("POST", "/api/domains", &body).await.status, 201);
            desk.world.clock.advance(Span::minutes(1));
        }
        let on = json!({ "enabled": true });
        let told = patch(&desk, &objects, &on).await.json()["missed"].clone();
        assert_eq!(
            told,
            json!({ "since": began.minus(Span::hours(1)).to_iso(), "failed": 0, "missing": 2 })
        );
        assert_eq!(patch(&desk, &objects, &on).await.json()["missed"], json!(null), "it is on");
        let replay = async |what: &str, since: &Value| {
            let path = format!("/api/webhooks/{}/replay", objects.webhook);
            let body = json!({ "since": since, "what": what }).to_string();
            desk.admin("POST", &path, &body).await.json()["count"].clone()
        };
        assert_eq!(replay("missing", &told["since"]).await, json!(2));

        // One that failed before it was turned off missed what was given up since then, too, and what was on its way.
        let failing = began.minus(Span::hours(1)).as_millis();
        let sql = format!(
            "UPDATE webhook_endpoints SET enabled = 0, disabled_reason = 'failing', disabled_at = {}, failing_since = {failing}",
            desk.world.now().as_millis()
        );
        desk.world.execute(&sql);
        let told = patch(&desk, &objects, &on).await.json()["missed"].clone();
        assert_eq!((&told["failed"], &told["missing"]), (&json!(1), &json!(0)));
        assert_eq!(replay("failed", &told["since"]).await, json!(1));

        // Months later as much is offered as can be sent.
        desk.world
            .execute("UPDATE webhook_endpoints SET enabled = 0, created_at = 1, disabled_at = 1");
        let told = patch(&desk, &objects, &on).await.json()["missed"].clone();
        assert_eq!(told["since"], desk.world.now().minus(Span::days(29)).to_iso());
        assert_eq!(replay("missing", &told["since"]).await, json!(0));

        // What happened before it was made it did not miss.
        let young = json!({ "url": "https://hooks.receiver.dev/young", "enabled": false, "events": ["domain.*"] });
        let made = desk.admin("POST", "/api/webhooks", &young.to_string()).await.json();
        let path = format!("/api/webhooks/{}", made["webhook"]["id"].as_str().unwrap());
        let told = desk.admin("PATCH", &path, &on.to_string()).await.json()["missed"].clone();
        assert_eq!(
            (&told["missing"], &told["since"]),
            (&json!(0), &json!(desk.world.now().to_iso()))
        );
        desk.world.background.kill_all();
    });
}
