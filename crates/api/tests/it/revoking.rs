//! Many tokens revoked at once, whose they were, and what each kind of bad credential is told.

use dcvaas_core::crypto::token::ApiToken;
use dcvaas_core::flow::tick::tick;
use dcvaas_core::model::plan::Plan;
use dcvaas_core::model::role::Role;
use dcvaas_core::model::scope::Scope;
use dcvaas_core::time::Span;
use dcvaas_testkit::run;
use serde_json::{Value, json};

use crate::desk::{Desk, Headers, bearer, cookie};

const ALL: &str = "/api/tokens/revoke-all";

async fn made(desk: &Desk, headers: &Headers, name: &str) -> Value {
    let body = json!({ "name": name, "scopes": ["tokens:write"] }).to_string();
    let answer = desk.ask("POST", "/api/tokens", headers, &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

fn with(made: &Value) -> Headers {
    bearer(made["token"].as_str().unwrap())
}

/// The answer to a list: its status, and why.
async fn why(desk: &Desk, headers: &Headers) -> String {
    let answer = desk.ask("GET", "/api/domains", headers, "").await;
    let reason = answer.json()["reason"].as_str().map(str::to_owned);
    format!("{} {}", answer.brief(), reason.unwrap_or_default())
}

#[test]
fn all_tokens_of_one_person_go_at_once_with_those_that_these_made() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let ada = desk.world.user("ada@people.dev");
        desk.world.member(&desk.org, &ada, Role::Admin);
        let hers = cookie(&desk.world.session(&ada).secret);
        let first = made(&desk, &hers, "first").await;
        let second = made(&desk, &with(&first), "second").await;
        let third = made(&desk, &with(&second), "third").await;
        // Whoever rotates a token has seen its text.
        let owners = cookie(&desk.session.secret);
        let kept = made(&desk, &owners, "kept").await;
        let path = format!("/api/tokens/{}/rotate", kept["tokenMeta"]["id"].as_str().unwrap());
        let fourth = desk.ask("POST", &path, &hers, "{}").await.json();
        // The one in between is gone; the chain still holds.
        let path = format!("/api/tokens/{}", second["tokenMeta"]["id"].as_str().unwrap());
        assert_eq!(desk.person("DELETE", &path, "").await.status, 204);

        let members =
            desk.person("GET", &format!("/api/orgs/{}/members", desk.org), "").await.json();
        let members = members["members"].as_array().unwrap().clone();
        let of =
            |email: &str| members.iter().find(|m| m["email"] == email).unwrap()["tokens"].clone();
        assert_eq!(of("ada@people.dev"), 3);

        // She goes; the tokens stay, and say whose they were.
        let path = format!("/api/orgs/{}/members/{ada}", desk.org);
        assert_eq!(desk.person("DELETE", &path, "").await.status, 204);
        let detail =
            desk.world.query("SELECT detail FROM audit_logs WHERE action = 'member.remove'");
        assert!(detail[0]["detail"].as_str().unwrap().contains("\"tokens\":3"), "{detail}");
        let list = desk.person("GET", "/api/tokens", "").await.json();
        let listed = |name: &str| {
            let tokens = list["tokens"].as_array().unwrap();
            tokens.iter().find(|token| token["name"] == name).unwrap()["person"].clone()
        };
        assert_eq!(listed("third"), json!({ "id": ada.as_str(), "status": "removed" }));
        assert_eq!(listed("Test"), Value::Null, "nobody knows who made it");
        assert_eq!(why(&desk, &with(&third)).await, "403 forbidden scope");

        let body = json!({ "person": ada.as_str() }).to_string();
        let answer = desk.person("POST", ALL, &body).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"revoked":3}"#));
        for gone in [&first, &second, &third, &fourth] {
            assert_eq!(why(&desk, &with(gone)).await, "401 unauthorized revoked");
        }
        assert_eq!(why(&desk, &with(&kept)).await, "403 forbidden scope");
        let rows = desk.world.query(
            "SELECT subject_id, actor_kind, actor_id, detail, request_id FROM audit_logs WHERE action = 'token.revoke' ORDER BY position",
        );
        assert_eq!(rows.as_array().unwrap().len(), 4, "one by itself and three together");
        assert_eq!(rows[1]["actor_id"], desk.user.as_str());
        assert!(rows[1]["request_id"].is_string());
        assert!(rows[1]["detail"].as_str().unwrap().contains(ada.as_str()));
        assert_eq!(desk.person("POST", ALL, &body).await.body, r#"{"revoked":0}"#);
    });
}

#[test]
fn all_tokens_of_an_organization_go_and_nobody_elses() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let other = desk.stranger();
        for number in 0..40 {
            made(&desk, &bearer(&desk.admin.secret), &format!("t{number}")).await;
        }
        for (body, field) in [
            ("{}", "all"),
            (r#"{"all":false}"#, "all"),
            (r#"{"all":true,"person":"usr_00000000000000000000000000000001"}"#, "all"),
            (r#"{"person":"ada"}"#, "person"),
            (r#"{"everything":true}"#, "everything"),
        ] {
            let answer = desk.person("POST", ALL, body).await;
            assert_eq!(answer.brief(), "400 bad_request", "{body}");
            assert_eq!(answer.json()["errors"][0]["field"], field, "{body}");
        }
        // Somebody else's person is nobody here.
        let (_, stranger, _) = desk.world.owner(Plan::Agency);
        let body = json!({ "person": stranger.as_str() }).to_string();
        assert_eq!(desk.person("POST", ALL, &body).await.json()["revoked"], 0);
        let all = r#"{"all":true}"#;
        assert_eq!(desk.admin("POST", ALL, all).await.brief(), "403 forbidden", "a token cannot");
        assert_eq!(desk.person("POST", ALL, all).await.json()["revoked"], 41);
        assert_eq!(why(&desk, &bearer(&desk.admin.secret)).await, "401 unauthorized revoked");
        assert_eq!(desk.ask("GET", "/api/domains", &bearer(&other.secret), "").await.status, 200);
        assert_eq!(
            desk.world.count("SELECT COUNT(*) FROM audit_logs WHERE action = 'token.revoke'"),
            41
        );
        // What is remembered of them goes, too, after a while.
        desk.world.clock.advance(Span::days(91));
        tick(&desk.world.app()).await.unwrap();
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM revoked_tokens"), 0);
        assert_eq!(why(&desk, &bearer(&desk.admin.secret)).await, "401 unauthorized unknown");
    });
}

#[test]
fn each_way_to_fail_is_told_apart_where_it_is_safe() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let good = desk.admin.secret.clone();
        let expired = desk.world.token(&desk.org, &[Scope::DomainsRead]);
        desk.world.db.execute(
            "UPDATE api_tokens SET expires_at = created_at WHERE id = ?1",
            &[expired.id.as_str().into()],
        );
        let unknown = ApiToken::generate([9; 32]).reveal().to_owned();
        for (headers, expected) in [
            (Vec::new(), "401 unauthorized missing"),
            (bearer(&good[..40]), "401 unauthorized malformed"),
            (bearer("ghp_0000"), "401 unauthorized malformed"),
            (cookie("short"), "401 unauthorized malformed"),
            (cookie(&"0".repeat(64)), "401 unauthorized unknown"),
            (bearer(&unknown), "401 unauthorized unknown"),
            (bearer(&expired.secret), "401 unauthorized expired"),
        ] {
            assert_eq!(why(&desk, &headers).await, expected);
        }
        desk.world.clock.advance(Span::days(7));
        assert_eq!(why(&desk, &cookie(&desk.session.secret)).await, "401 unauthorized expired");
        let weak = desk.world.token(&desk.org, &[Scope::EventsRead]);
        assert_eq!(why(&desk, &bearer(&weak.secret)).await, "403 forbidden scope");
        desk.world.db.execute(
            "UPDATE api_tokens SET allowed_ips = '[\"192.0.2.1/32\"]' WHERE id = ?1",
            &[weak.id.as_str().into()],
        );
        assert_eq!(why(&desk, &bearer(&weak.secret)).await, "403 address_not_allowed ");
        let answer = desk.admin("GET", "/api/session", "").await;
        assert_eq!(
            (answer.brief().as_str(), &answer.json()["reason"]),
            ("403 forbidden", &json!("person"))
        );
    });
}

#[test]
fn what_a_role_does_not_reach_says_role() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let tom = desk.world.user("tom@people.dev");
        desk.world.member(&desk.org, &tom, Role::Member);
        let answer =
            desk.ask("GET", "/api/tokens", &cookie(&desk.world.session(&tom).secret), "").await;
        assert_eq!(
            (answer.brief().as_str(), &answer.json()["reason"]),
            ("403 forbidden", &json!("role"))
        );
    });
}
