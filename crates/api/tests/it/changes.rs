//! Who listens is told of every change of the organization, by the event of its audit row.

use dcvaas_core::flow::tick::tick;
use dcvaas_core::model::plan::Plan;
use dcvaas_core::time::Span;
use dcvaas_testkit::run;
use serde_json::{Value, json};

use crate::desk::{Desk, cookie, invitation};

impl Desk {
    /// The bodies of the events of these types so far, in the order of writing.
    fn told(&self, types: &str) -> Vec<Value> {
        let sql = format!("SELECT payload FROM events WHERE type LIKE '{types}' ORDER BY position");
        let rows = self.world.query(&sql);
        let bodies = rows.as_array().unwrap().iter().map(|row| row["payload"].as_str().unwrap());
        bodies.map(|body| serde_json::from_str(body).unwrap()).collect()
    }

    /// The urls of the endpoints that are told of the events of this type.
    fn hear(&self, event: &str) -> Vec<String> {
        let sql = format!(
            "SELECT w.url FROM deliveries v JOIN events e ON e.id = v.event_id JOIN webhook_endpoints w ON w.id = v.endpoint_id
              WHERE e.type = '{event}' ORDER BY w.url"
        );
        let rows = self.world.query(&sql);
        let urls = rows.as_array().unwrap().iter().map(|row| row["url"].as_str().unwrap());
        urls.map(|url| url.rsplit('/').next().unwrap().to_owned()).collect()
    }

    async fn endpoint(&self, body: Value) -> String {
        let made = self.admin("POST", "/api/webhooks", &body.to_string()).await;
        assert_eq!(made.status, 201, "{made:?}");
        made.json()["webhook"]["id"].as_str().unwrap().to_owned()
    }
}

/// The members that the test knows.
fn some(body: &Value, members: &[&str]) -> Value {
    members.iter().map(|name| ((*name).to_owned(), body[*name].clone())).collect()
}

#[test]
fn what_becomes_of_a_token_is_told_without_the_token() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let ends = desk.world.now().plus(Span::hours(2)).to_iso();
        let wanted = json!({ "name": "CI", "expiresAt": ends, "allowedIps": ["192.0.2.1"] });
        let made = desk.admin("POST", "/api/tokens", &wanted.to_string()).await.json();
        let old = made["tokenMeta"]["id"].as_str().unwrap();
        let rotate = format!("/api/tokens/{old}/rotate");
        let next = desk.person("POST", &rotate, r#"{"gracePeriodSeconds":60}"#).await.json();
        let new = next["tokenMeta"]["id"].as_str().unwrap();
        desk.world.clock.advance(Span::minutes(2));
        for _ in 0..2 {
            tick(&desk.world.app()).await.unwrap();
        }
        for status in [204, 404] {
            let revoked = desk.admin("DELETE", &format!("/api/tokens/{new}"), "").await;
            assert_eq!(revoked.status, status);
        }
        let told = desk.told("%");
        let short: Vec<Value> =
            told.iter().map(|one| some(one, &["type", "tokenId", "name", "actor"])).collect();
        let machine = json!({ "kind": "token", "id": desk.admin.id });
        let person = json!({ "kind": "user", "id": desk.user });
        let system = json!({ "kind": "system", "id": null });
        assert_eq!(
            json!(short),
            json!([
                { "type": "token.created", "tokenId": old, "name": "CI", "actor": machine },
                { "type": "token.rotated", "tokenId": old, "name": "CI", "actor": person },
                { "type": "token.expiring", "tokenId": new, "name": "CI", "actor": system },
                { "type": "token.expired", "tokenId": old, "name": "CI", "actor": system },
                { "type": "token.revoked", "tokenId": new, "name": "CI", "actor": machine },
            ])
        );
        assert_eq!((&told[0]["expiresAt"], &told[0]["orgId"]), (&json!(ends), &json!(desk.org)));
        assert_eq!((&told[1]["replacedBy"], &told[1]["seq"]), (&json!(new), &Value::Null));
        for secret in [&made["token"], &next["token"]] {
            assert!(!json!(told).to_string().contains(secret.as_str().unwrap()));
        }
    });
}

#[test]
fn each_of_many_tokens_that_are_revoked_at_once_is_told_of() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        for name in ["one", "two"] {
            let body = json!({ "name": name }).to_string();
            assert_eq!(desk.person("POST", "/api/tokens", &body).await.status, 201);
        }
        desk.endpoint(json!({ "url": "https://hooks.receiver.dev/all" })).await;
        desk.world.background.kill_all();
        let whose = json!({ "person": desk.user }).to_string();
        let revoked = desk.person("POST", "/api/tokens/revoke-all", &whose).await;
        assert_eq!(revoked.json(), json!({ "revoked": 2 }));
        let told = desk.told("token.revoked");
        let mut names: Vec<&str> = told.iter().map(|one| one["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["one", "two"]);
        assert_eq!(told[0]["actor"], json!({ "kind": "user", "id": desk.user }));
        assert_eq!(desk.hear("token.revoked"), ["all", "all"]);
        desk.world.background.run_all().await;
        assert_eq!(desk.world.queue.take().len(), 2, "both woken");
        assert_eq!(desk.world.count("SELECT MAX(position) FROM events"), 5);
    });
}

#[test]
fn what_becomes_of_members_and_of_the_organization_is_told() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let objects = desk.stock().await;
        let members = format!("/api/orgs/{}/members", desk.org);
        let body = r#"{"email":"Ada@People.dev","role":"admin"}"#;
        desk.person("POST", &format!("{members}/invite"), body).await;
        let one = format!("{members}/{}", objects.member);
        for body in [r#"{"role":"member"}"#, r#"{"role":"admin"}"#, r#"{"status":"suspended"}"#] {
            assert_eq!(desk.person("PATCH", &one, body).await.status, 200);
        }
        assert_eq!(desk.person("DELETE", &one, "").await.status, 204);
        let told = desk.told("member.%");
        let short: Vec<Value> = told
            .iter()
            .map(|one| some(one, &["type", "userId", "email", "before", "after"]))
            .collect();
        let who = &objects.member;
        let email = "colleague@people.dev";
        let is = |role: &str, status: &str| json!({ "role": role, "status": status });
        assert_eq!(
            json!(short),
            json!([
                { "type": "member.invited", "userId": null, "email": "ada@people.dev", "before": null, "after": null },
                { "type": "member.updated", "userId": who, "email": email,
                  "before": is("member", "active"), "after": is("admin", "active") },
                { "type": "member.suspended", "userId": who, "email": email,
                  "before": is("admin", "active"), "after": is("admin", "suspended") },
                { "type": "member.removed", "userId": who, "email": email,
                  "before": is("admin", "suspended"), "after": null },
            ]),
            "and that somebody stays what they are is not told"
        );

        // Whom it concerns is the organization that was joined.
        let accept = format!("/api/orgs/{}/members/accept", objects.inviting);
        let token = json!({ "token": invitation().reveal() }).to_string();
        assert_eq!(desk.person("POST", &accept, &token).await.status, 200);
        let joined = &desk.told("member.joined")[0];
        let email = format!("{}@people.dev", desk.org);
        let expected = json!({ "orgId": objects.inviting, "userId": desk.user, "email": email });
        assert_eq!(some(joined, &["orgId", "userId", "email"]), expected);

        desk.person("PATCH", "/api/organizations", r#"{"name":"Other"}"#).await;
        let renamed = &desk.told("organization.updated")[0];
        assert_eq!(
            (&renamed["before"]["name"], &renamed["after"]["name"]),
            (&json!("Test"), &json!("Other"))
        );
        let operator = desk.world.user("operator@dcvaas.dev");
        let (other, ..) = desk.world.owner(Plan::Free);
        desk.world.member(&other, &operator, dcvaas_core::model::role::Role::Owner);
        let session = cookie(&desk.world.session(&operator).secret);
        let path = format!("/api/operator/organizations/{}", desk.org);
        assert_eq!(desk.ask("PATCH", &path, &session, r#"{"plan":"pro"}"#).await.status, 200);
        let moved = &desk.told("organization.plan_changed")[0];
        assert_eq!(
            (&moved["orgId"], &moved["before"]["plan"], &moved["after"]["plan"]),
            (&json!(desk.org), &json!("agency"), &json!("pro"))
        );
        desk.world.background.kill_all();
    });
}

#[test]
fn what_becomes_of_an_endpoint_is_told_to_the_others() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        desk.endpoint(json!({ "url": "https://hooks.receiver.dev/all" })).await;
        let tagged = json!({ "url": "https://hooks.receiver.dev/tagged", "domainTags": ["eu"] });
        desk.endpoint(tagged).await;
        let wanted = json!({ "url": "https://hooks.receiver.dev/one?key=hush", "enabled": false });
        let path = format!("/api/webhooks/{}", desk.endpoint(wanted).await);
        for body in [
            r#"{"enabled":true}"#,
            r#"{"enabled":true}"#,
            r#"{"headers":{"X-Key":"hush"}}"#,
            r#"{"headers":{"X-Key":"hush!"}}"#,
            r#"{"enabled":false,"events":["dns.*"]}"#,
        ] {
            assert_eq!(desk.admin("PATCH", &path, body).await.status, 200);
        }
        assert_eq!(desk.admin("POST", &format!("{path}/rotate"), "{}").await.status, 200);
        for status in [204, 404] {
            assert_eq!(desk.admin("DELETE", &path, "").await.status, status);
        }
        let of_one = |one: &&Value| one["url"] == "https://hooks.receiver.dev/one";
        let told = desk.told("webhook.%");
        let told: Vec<&Value> = told.iter().filter(of_one).collect();
        let types: Vec<&str> = told.iter().map(|one| one["type"].as_str().unwrap()).collect();
        assert_eq!(
            types,
            [
                "webhook.created",
                "webhook.enabled",
                "webhook.updated",
                "webhook.updated",
                "webhook.updated",
                "webhook.secret_rotated",
                "webhook.deleted",
            ],
            "what changed nothing is not told, but that of a header's value nobody can say"
        );
        let [before, after] = ["before", "after"].map(|state| told[4][state].clone());
        assert_eq!(before, json!({ "enabled": true, "events": ["*"] }));
        assert_eq!(after, json!({ "enabled": false, "events": ["dns.*"] }));
        assert!(!json!(told).to_string().contains("hush"));
        for event in ["webhook.enabled", "webhook.updated", "webhook.deleted"] {
            assert!(desk.hear(event).iter().all(|url| url == "all"), "{event}");
            assert!(!desk.hear(event).is_empty(), "{event}");
        }
        desk.world.background.run_all().await;
        let deliveries = desk.world.count("SELECT COUNT(*) FROM deliveries");
        assert_eq!(
            desk.world.queue.take().len(),
            usize::try_from(deliveries).unwrap(),
            "all woken"
        );
    });
}

#[test]
fn a_repeated_request_tells_once_and_a_refused_one_nothing() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let mut headers = crate::desk::bearer(&desk.admin.secret);
        headers.push(("idempotency-key", "once".to_owned()));
        for _ in 0..3 {
            let made = desk.ask("POST", "/api/tokens", &headers, r#"{"name":"CI"}"#).await;
            assert_eq!(made.status, 201);
        }
        assert_eq!(desk.told("%").len(), 1);
        let gone = json!({ "domainIds": [format!("dom_{:032x}", 1)] }).to_string();
        let path = format!(
            "/api/webhooks/{}",
            desk.endpoint(json!({ "url": "https://hooks.receiver.dev/in" })).await
        );
        assert_eq!(desk.admin("PATCH", &path, &gone).await.status, 400);
        assert_eq!(desk.told("webhook.updated").len(), 0);
    });
}

#[test]
fn other_tags_are_told_as_the_domains_own_event() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let objects = desk.stock().await;
        let path = format!("/api/domains/{}", objects.domain);
        for tags in [r#"["eu"]"#, r#"["eu"]"#, r#"["eu","us"]"#] {
            let body = format!(r#"{{"tags":{tags}}}"#);
            assert_eq!(desk.admin("PATCH", &path, &body).await.status, 200);
        }
        let told = desk.told("domain.updated");
        let short: Vec<Value> = told.iter().map(|one| some(one, &["seq", "tags"])).collect();
        assert_eq!(
            json!(short),
            json!([{ "seq": 2, "tags": ["eu"] }, { "seq": 3, "tags": ["eu", "us"] }])
        );
        let seq = desk.world.count("SELECT seq FROM domains");
        assert_eq!(seq, 3);
    });
}
