//! What a token can be bound to, how it is replaced, and what it says of itself.

use dcvaas_core::flow::tick::tick;
use dcvaas_core::flow::usage;
use dcvaas_core::model::plan::Plan;
use dcvaas_core::model::scope::Scope;
use dcvaas_core::time::Span;
use dcvaas_testkit::run;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, bearer};

impl Desk {
    async fn make(&self, body: &Value) -> Value {
        let answer = self.admin("POST", "/api/tokens", &body.to_string()).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()
    }

    async fn rotate(&self, made: &Value, grace: u32) -> Answer {
        let path = format!("/api/tokens/{}/rotate", made["tokenMeta"]["id"].as_str().unwrap());
        self.admin("POST", &path, &json!({ "gracePeriodSeconds": grace }).to_string()).await
    }

    async fn works(&self, made: &Value) -> u16 {
        let headers = bearer(made["token"].as_str().unwrap());
        self.ask("GET", "/api/domains", &headers, "").await.status
    }

    async fn from(&self, made: &Value, address: &str) -> String {
        let mut headers = bearer(made["token"].as_str().unwrap());
        headers.push(("cf-connecting-ip", address.to_owned()));
        self.ask("GET", "/api/domains", &headers, "").await.brief()
    }
}

#[test]
fn a_token_is_used_only_from_the_addresses_that_it_is_bound_to() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let body = json!({ "name": "bound", "allowedIps": ["192.0.2.7/24", "2001:DB8::/32", "192.0.2.0/24"] });
        let made = desk.make(&body).await;
        assert_eq!(made["tokenMeta"]["allowedIps"], json!(["192.0.2.0/24", "2001:db8::/32"]));
        for (address, expected) in [
            ("192.0.2.200", "200"),
            ("::ffff:192.0.2.200", "200"),
            ("2001:db8:1::1", "200"),
            ("192.0.3.1", "403 address_not_allowed"),
            ("2001:db9::1", "403 address_not_allowed"),
            ("", "403 address_not_allowed"),
        ] {
            assert_eq!(desk.from(&made, address).await, expected, "{address}");
        }
        let many: Vec<String> = (0..51).map(|last| format!("192.0.2.{last}")).collect();
        for (ips, field) in [
            (json!(["192.0.2.1", "example.com"]), "allowedIps[1]"),
            (json!(["192.0.2.1/33"]), "allowedIps[0]"),
            (json!(many), "allowedIps"),
            (json!("192.0.2.1"), "allowedIps"),
            (json!([7]), "allowedIps[0]"),
        ] {
            let body = json!({ "name": "x", "allowedIps": ips }).to_string();
            let answer = desk.admin("POST", "/api/tokens", &body).await;
            assert_eq!(answer.brief(), "400 bad_request", "{body}");
            assert_eq!(answer.json()["errors"][0]["field"], field, "{body}");
        }
        let any = desk.make(&json!({ "name": "any", "allowedIps": [] })).await;
        assert_eq!(desk.from(&any, "").await, "200");
    });
}

#[test]
fn a_token_that_is_limited_to_tags_reaches_no_other_domain() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let limited =
            json!({ "name": "a", "scopes": ["domains:write"], "domainTags": ["a", "b", "a"] });
        let made = desk.make(&limited).await;
        assert_eq!(made["tokenMeta"]["domainTags"], json!(["a", "b"]));
        let headers = bearer(made["token"].as_str().unwrap());
        let as_limited = async |method: &str, path: &str, body: &Value| {
            desk.ask(method, path, &headers, &body.to_string()).await
        };
        let mut ids = Vec::new();
        for (number, tags) in
            [json!(["a", "x"]), json!(["x"]), json!([]), json!(["b"])].iter().enumerate()
        {
            let body =
                json!({ "hostname": format!("d{number}.example.com"), "tags": tags }).to_string();
            let added = desk.admin("POST", "/api/domains", &body).await.json();
            ids.push(added["domain"]["id"].as_str().unwrap().to_owned());
        }
        let [own, foreign, bare, newest] =
            [0, 1, 2, 3].map(|at: usize| format!("/api/domains/{}", ids[at]));

        // What it sees: pages of one, whose end is the end of what is within.
        let none = json!(null);
        let page = as_limited("GET", "/api/domains?limit=1", &none).await.json();
        assert_eq!(page["domains"][0]["id"], ids[3]);
        let next = format!("/api/domains?limit=1&cursor={}", page["nextCursor"].as_str().unwrap());
        let page = as_limited("GET", &next, &none).await.json();
        assert_eq!((&page["domains"][0]["id"], &page["nextCursor"]), (&json!(ids[0]), &none));
        for path in [&own, &newest] {
            assert_eq!(as_limited("GET", path, &none).await.status, 200);
        }
        let missing = "/api/domains/dom_00000000000070008000000000000000";
        for path in [&foreign, &bare, missing] {
            let sync = format!("{path}/sync");
            for (method, path, body) in [
                ("GET", path, &none),
                ("PATCH", path, &json!({ "tags": ["a"] })),
                ("POST", sync.as_str(), &json!({})),
                ("DELETE", path, &none),
            ] {
                let answer = as_limited(method, path, body).await;
                assert_eq!(answer.brief(), "404 not_found", "{method} {path}");
            }
        }
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM domains WHERE asked_at > 0"), 0);
        assert_eq!(as_limited("POST", &format!("{own}/sync"), &json!({})).await.status, 200);

        // What it may say of a domain: its own tags, at least one of them.
        let refused = |answer: Answer| {
            assert_eq!(
                (answer.brief().as_str(), &answer.json()["reason"]),
                ("403 forbidden", &json!("tags"))
            );
            assert!(answer.body.contains("a, b"), "it names the limit: {answer:?}");
        };
        for tags in [json!([]), json!(["x"]), json!(["a", "x"])] {
            let body = json!({ "hostname": "new.example.com", "tags": tags });
            refused(as_limited("POST", "/api/domains", &body).await);
        }
        for tags in [json!([]), json!(["a"]), json!(["x"]), json!(["a", "x", "y"])] {
            refused(as_limited("PATCH", &own, &json!({ "tags": tags })).await);
        }
        let body = json!({ "hostname": "new.example.com", "tags": ["b"] });
        assert_eq!(as_limited("POST", "/api/domains", &body).await.status, 201);
        assert_eq!(as_limited("PATCH", &own, &json!({ "tags": ["x", "b"] })).await.status, 200);
        assert_eq!(as_limited("DELETE", &newest, &none).await.status, 204);
        assert_eq!(as_limited("GET", "/api/tokens/self", &none).await.status, 200);

        // It has no other rights, and its successor has the same limit.
        for scopes in [json!(["admin"]), json!(["domains:read", "events:read"])] {
            let body = json!({ "name": "x", "scopes": scopes, "domainTags": ["a"] }).to_string();
            let answer = desk.admin("POST", "/api/tokens", &body).await;
            assert_eq!(answer.json()["errors"][0]["field"], "scopes", "{body}");
        }
        let malformed = json!({ "name": "x", "domainTags": ["A B"] }).to_string();
        let answer = desk.admin("POST", "/api/tokens", &malformed).await;
        assert_eq!(answer.json()["errors"][0]["field"], "domainTags");
        let successor = desk.rotate(&made, 0).await.json();
        assert_eq!(successor["tokenMeta"]["domainTags"], json!(["a", "b"]));
        let all = desk.make(&json!({ "name": "all", "domainTags": [] })).await;
        let list =
            desk.ask("GET", "/api/domains", &bearer(all["token"].as_str().unwrap()), "").await;
        assert_eq!(list.json()["domains"].as_array().unwrap().len(), 4);
    });
}

#[test]
fn a_rotated_token_has_all_settings_and_the_old_one_ends_with_its_grace() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let ends = desk.world.now().plus(Span::days(30)).to_iso();
        let old = desk
            .make(&json!({
                "name": "ci", "scopes": ["domains:write"], "expiresAt": ends, "allowedIps": ["0.0.0.0/0"],
            }))
            .await;
        let answer = desk.rotate(&old, 3_600).await;
        assert_eq!((answer.status, answer.header("cache-control")), (201, Some("no-store")));
        let new = answer.json();
        for same in ["name", "scopes", "expiresAt", "allowedIps", "orgId"] {
            assert_eq!(new["tokenMeta"][same], old["tokenMeta"][same], "{same}");
        }
        assert_ne!(new["token"], old["token"]);
        let list = desk.admin("GET", "/api/tokens", "").await.json();
        let kept = list["tokens"].as_array().unwrap();
        let kept = kept.iter().find(|token| token["id"] == old["tokenMeta"]["id"]).unwrap();
        assert_eq!(kept["replacedBy"], new["tokenMeta"]["id"]);
        assert_eq!(kept["expiresAt"], desk.world.now().plus(Span::hours(1)).to_iso());
        for made in [&old, &new] {
            assert_eq!(desk.from(made, "192.0.2.1").await, "200");
        }
        // Once only, and not what has ended.
        assert_eq!(desk.rotate(&old, 0).await.brief(), "409 conflict");
        desk.world.clock.advance(Span::hours(1));
        assert_eq!(desk.from(&old, "192.0.2.1").await, "401 unauthorized");
        assert_eq!(desk.from(&new, "192.0.2.1").await, "200");
        assert_eq!(desk.rotate(&old, 0).await.brief(), "409 conflict");
        let audit = "SELECT COUNT(*) FROM audit_logs WHERE action = 'token.rotate'";
        assert_eq!(desk.world.count(audit), 1);
    });
}

#[test]
fn a_grace_never_goes_past_the_old_end_and_zero_ends_at_once() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let ends = desk.world.now().plus(Span::minutes(5)).to_iso();
        let old = desk.make(&json!({ "name": "short", "expiresAt": ends })).await;
        assert_eq!(desk.rotate(&old, 604_800).await.status, 201);
        desk.world.clock.advance(Span::minutes(5));
        assert_eq!(desk.works(&old).await, 401);
        let old = desk.make(&json!({ "name": "at once" })).await;
        assert_eq!(desk.rotate(&old, 0).await.status, 201);
        assert_eq!(desk.works(&old).await, 401);
        assert_eq!(desk.rotate(&old, 604_801).await.brief(), "400 bad_request");
    });
}

#[test]
fn parallel_rotations_make_one_token() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let old = desk.make(&json!({ "name": "raced" })).await;
        let answers = join_all((0..10).map(|_| desk.rotate(&old, 60))).await;
        let made = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(made, 1);
        assert!(answers.iter().all(|answer| [201, 409].contains(&answer.status)));
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM api_tokens WHERE name = 'raced'"), 2);
    });
}

#[test]
fn nobody_gains_rights_by_rotating_a_stronger_token() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let weak = desk.world.token(&desk.org, &[Scope::TokensWrite]);
        let path = format!("/api/tokens/{}/rotate", desk.admin.id);
        let answer = desk.ask("POST", &path, &bearer(&weak.secret), "{}").await;
        assert_eq!(answer.brief(), "403 forbidden");
        let own = format!("/api/tokens/{}/rotate", weak.id);
        assert_eq!(desk.ask("POST", &own, &bearer(&weak.secret), "{}").await.status, 201);
    });
}

#[test]
fn every_token_can_ask_what_it_is_and_a_person_is_none() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        for scope in Scope::ALL {
            let token = desk.world.token(&desk.org, &[*scope]);
            let answer = desk.ask("GET", "/api/tokens/self", &bearer(&token.secret), "").await;
            let body = answer.json();
            assert_eq!(body["tokenMeta"]["id"], token.id.as_str(), "{body}");
            assert_eq!(body["tokenMeta"]["scopes"], json!([scope]));
            assert_eq!(body["organization"]["id"], desk.org.as_str());
        }
        assert_eq!(desk.person("GET", "/api/tokens/self", "").await.brief(), "404 not_found");
    });
}

#[test]
fn the_use_of_a_token_is_told_by_day_and_route() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let flush = async || {
            desk.world.background.run_all().await;
            let noted = desk.world.meter.take(desk.org.as_str());
            usage::write(&desk.world.app(), &noted).await.unwrap();
        };
        for path in ["/api/domains", "/api/domains?limit=0", "/api/webhooks", "/api/domains"] {
            desk.admin("GET", path, "").await;
        }
        flush().await;
        desk.admin("GET", "/api/domains", "").await;
        flush().await;
        desk.world.clock.advance(Span::days(1));
        desk.admin("GET", "/api/webhooks", "").await;
        flush().await;
        let path = format!("/api/tokens/{}/usage", desk.admin.id);
        // What is malformed is refused before anybody is looked for, and so it is not counted.
        assert_eq!(
            desk.person("GET", &path, "").await.json()["usage"],
            json!([
                { "day": "2026-01-06", "requests": 1, "errors": 0, "routes": [{ "route": "webhooks.list", "requests": 1, "errors": 0 }] },
                { "day": "2026-01-05", "requests": 4, "errors": 0, "routes": [
                    { "route": "domains.list", "requests": 3, "errors": 0 }, { "route": "webhooks.list", "requests": 1, "errors": 0 }] },
            ])
        );
        let one = desk.person("GET", &format!("{path}?limit=1"), "").await.json();
        assert_eq!(one["usage"].as_array().unwrap().len(), 1);
        let stranger = bearer(&desk.stranger().secret);
        assert_eq!(desk.ask("GET", &path, &stranger, "").await.brief(), "404 not_found");
    });
}

#[test]
fn what_was_refused_or_failed_is_told_apart() {
    run(async {
        let desk = Desk::new(Plan::Pro);
        let weak = desk.world.token(&desk.org, &[Scope::DomainsRead]);
        desk.world.execute("UPDATE organizations SET requests_per_minute = 3");
        let ask = async |method: &str, path: &str| {
            desk.ask(method, path, &bearer(&weak.secret), "{").await.status
        };
        let missing = format!("/api/domains/dom_{:032x}", 1);
        assert_eq!(ask("GET", "/api/domains").await, 200);
        assert_eq!(ask("GET", &missing).await, 404);
        assert_eq!(ask("POST", "/api/domains").await, 403);
        // Above the quota: known where it is counted, without a second word.
        for _ in 0..3 {
            assert_eq!(ask("GET", "/api/domains").await, 429);
        }
        // A person's refusals are nobody's use.
        desk.person("GET", &missing, "").await;
        desk.world.background.run_all().await;
        let noted = desk.world.meter.take(desk.org.as_str());
        usage::write(&desk.world.app(), &noted).await.unwrap();
        let path = format!("/api/tokens/{}/usage", weak.id);
        let day = desk.person("GET", &path, "").await.json()["usage"][0].clone();
        assert_eq!([&day["requests"], &day["errors"]], [6, 5], "{day}");
        let routes = json!([
            { "route": "domains.list", "requests": 4, "errors": 3 },
            { "route": "domains.add", "requests": 1, "errors": 1 },
            { "route": "domains.get", "requests": 1, "errors": 1 },
        ]);
        assert_eq!(day["routes"], routes);
    });
}

#[test]
fn the_addresses_of_a_token_make_the_list_that_it_can_be_bound_to() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let made = desk.make(&json!({ "name": "ci", "allowedIps": ["192.0.2.0/24"] })).await;
        let flush = async || {
            let noted = desk.world.meter.take(desk.org.as_str());
            usage::write(&desk.world.app(), &noted).await.unwrap();
        };
        let path = format!("/api/tokens/{}/usage", made["tokenMeta"]["id"].as_str().unwrap());
        let seen = async || desk.person("GET", &path, "").await.json()["addresses"].clone();
        assert_eq!(seen().await, json!([]));
        let first = desk.world.now().to_iso();
        for from in ["192.0.2.7", "::ffff:192.0.2.7", "2001:DB8::7", "no address", ""] {
            desk.from(&made, from).await;
        }
        flush().await;
        // One that it may not be used from is seen, too: it may be what is missing in the list.
        let both = json!([
            { "address": "192.0.2.7", "lastSeenAt": first }, { "address": "2001:db8::7", "lastSeenAt": first }]);
        assert_eq!(seen().await, both);
        // Each is written once an hour.
        for (minutes, expected) in
            [(30, first.clone()), (30, desk.world.now().plus(Span::hours(1)).to_iso())]
        {
            desk.world.clock.advance(Span::minutes(minutes));
            desk.from(&made, "192.0.2.7").await;
            flush().await;
            assert_eq!(seen().await[0]["lastSeenAt"], expected);
        }
        for last in 0..60 {
            desk.world.clock.advance(Span::minutes(1));
            desk.from(&made, &format!("198.51.100.{last}")).await;
            flush().await;
        }
        let kept = seen().await;
        assert_eq!(kept.as_array().unwrap().len(), 20);
        assert_eq!(kept[0]["address"], "198.51.100.59");
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM token_addresses"), 20);
        desk.world.clock.advance(Span::days(91));
        desk.session_again();
        tick(&desk.world.app()).await.unwrap();
        assert_eq!(seen().await, json!([]), "it is kept for 90 days");
    });
}

#[test]
fn a_token_that_nobody_uses_says_so() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let made = desk.make(&json!({ "name": "ci" })).await;
        assert_eq!(made["tokenMeta"]["unused"], false);
        let unused = async || {
            let list = desk.person("GET", "/api/tokens", "").await.json();
            let list = list["tokens"].as_array().unwrap().clone();
            list.iter().find(|token| token["name"] == "ci").unwrap()["unused"].clone()
        };
        desk.world.clock.advance(Span::days(90));
        desk.session_again();
        assert_eq!(unused().await, false);
        desk.world.clock.advance(Span::millis(1));
        assert_eq!(unused().await, true);
        assert_eq!(desk.works(&made).await, 200);
        desk.world.background.run_all().await;
        assert_eq!(unused().await, false);
        let own =
            desk.ask("GET", "/api/tokens/self", &bearer(made["token"].as_str().unwrap()), "").await;
        assert_eq!(own.json()["tokenMeta"]["unused"], false);
    });
}

#[test]
fn that_a_token_came_to_its_end_is_noted_once() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let ends = desk.world.now().plus(Span::minutes(5)).to_iso();
        let made = desk.make(&json!({ "name": "short", "expiresAt": ends })).await;
        let noted = "SELECT COUNT(*) FROM audit_logs WHERE action = 'token.expire'";
        for (minutes, expected) in [(4, 0), (1, 1), (1, 1)] {
            desk.world.clock.advance(Span::minutes(minutes));
            tick(&desk.world.app()).await.unwrap();
            assert_eq!(desk.world.count(noted), expected);
        }
        let row = desk.admin("GET", "/api/audit-logs?action=token.expire", "").await.json();
        assert_eq!(row["auditLogs"][0]["subjectId"], made["tokenMeta"]["id"]);
    });
}
