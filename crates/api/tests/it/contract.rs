//! What clients rely on: members, pages, tags, limits, refusals.

use std::collections::BTreeSet;

use dcvaas_core::model::plan::Plan;
use dcvaas_testkit::run;
use futures_util::future::join_all;
use serde::Deserialize;
use serde_json::Value;

use crate::desk::{Desk, HOST, bearer};

/// A member that may be null, but must be there.
type Nullable = Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the members are the contract's")]
#[expect(dead_code, reason = "parsing is the test")]
struct Domain {
    id: String,
    org_id: String,
    domain_name: String,
    status: String,
    cname_target: String,
    dns_instruction: String,
    created_at: String,
    updated_at: String,
    cf_custom_hostname_id: Nullable,
    cf_status: Nullable,
    cf_ssl_status: Nullable,
    cf_verification_errors: Vec<String>,
    expires_at: Nullable,
    expires_source: Nullable,
    last_issued_at: Nullable,
    error_code: Nullable,
    error_message: Nullable,
    tags: Vec<String>,
    wildcard: bool,
    dns_verified: bool,
    next_check_at: String,
    dns_records: Vec<Record>,
    certificates: Option<Vec<Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "parsing is the test")]
struct Record {
    purpose: String,
    r#type: String,
    name: String,
    value: String,
    relative_name: String,
    zone: String,
    required: bool,
    seen: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "parsing is the test")]
struct Token {
    id: String,
    org_id: String,
    name: String,
    prefix: String,
    last_four: String,
    scopes: Vec<String>,
    domain_tags: Vec<String>,
    allowed_ips: Vec<String>,
    replaced_by: Nullable,
    created_by: Nullable,
    person: Option<TokenPerson>,
    unused: bool,
    created_at: String,
    last_used_at: Nullable,
    expires_at: Nullable,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "parsing is the test")]
struct TokenPerson {
    id: String,
    status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "parsing is the test")]
struct Webhook {
    id: String,
    org_id: String,
    url: String,
    description: Nullable,
    events: Vec<String>,
    domain_ids: Vec<String>,
    domain_tags: Vec<String>,
    header_names: Vec<String>,
    api_version: String,
    ordering: String,
    enabled: bool,
    disabled_reason: Nullable,
    failing_since: Nullable,
    last_delivery_at: Nullable,
    disabled_at: Nullable,
    public_key: Nullable,
    payload: String,
    max_per_minute: Nullable,
    previous_secret_until: Nullable,
    created_at: String,
    updated_at: String,
}

fn assert_fits<T: for<'de> Deserialize<'de>>(value: &Value) {
    // A missing member of the type `Value` would read as null, so each is looked for by name.
    serde_json::from_value::<T>(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"));
}

fn names(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn list_and_detail_give_the_same_domain_with_exactly_its_members() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let objects = desk.stock().await;
        let list = desk.admin("GET", "/api/domains", "").await.json();
        let detail =
            desk.admin("GET", &format!("/api/domains/{}", objects.domain), "").await.json();
        let mut domain = detail["domain"].clone();
        assert_fits::<Domain>(&domain);
        assert!(domain.as_object_mut().unwrap().remove("certificates").unwrap().is_array());
        assert_eq!(list["domains"], Value::Array(vec![domain.clone()]));
        assert_eq!(list["nextCursor"], Value::Null);
        assert_fits::<Domain>(&list["domains"][0]);
        assert_eq!(names(&domain).len(), 22, "{domain}");
        assert_eq!(domain["domainName"], HOST);
        assert_eq!(domain["orgId"], desk.org.as_str());
        assert!(domain["createdAt"].as_str().unwrap().ends_with('Z'));
    });
}

#[test]
fn tokens_and_endpoints_have_exactly_their_members() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        desk.stock().await;
        let tokens = desk.admin("GET", "/api/tokens", "").await.json();
        for token in tokens["tokens"].as_array().unwrap() {
            assert_fits::<Token>(token);
            assert_eq!(names(token).len(), 15);
        }
        let webhooks = desk.admin("GET", "/api/webhooks", "").await.json();
        assert_fits::<Webhook>(&webhooks["webhooks"][0]);
        assert_eq!(names(&webhooks["webhooks"][0]).len(), 21);
        let made = desk.admin("POST", "/api/tokens", r#"{"name":"x"}"#).await;
        assert_eq!(names(&made.json()), ["token", "tokenMeta"]);
        assert_fits::<Token>(&made.json()["tokenMeta"]);
        assert_eq!(made.header("cache-control"), Some("no-store"));
        assert_eq!(made.header("etag"), None);
    });
}

#[test]
fn both_spellings_of_the_hostname_are_taken_and_not_both_at_once() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        for (body, expected) in [
            (r#"{"hostname":"a.example.com"}"#, "201"),
            (r#"{"domainName":"b.example.com"}"#, "201"),
            (r#"{"hostname":"c.example.com","domainName":"c.example.com"}"#, "400 bad_request"),
            (r#"{"hostname":"A.example.com."}"#, "409 conflict"),
        ] {
            assert_eq!(desk.admin("POST", "/api/domains", body).await.brief(), expected, "{body}");
        }
    });
}

#[test]
fn bad_input_is_refused_with_its_field_before_anybody_is_called() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let long = format!("{}.example.com", "a".repeat(250));
        let names = [
            "",
            " ",
            "a b.example.com",
            "a..example.com",
            "192.0.2.1",
            "[2001:db8::1]",
            "com",
            "co.uk",
            "localhost",
            "x.cname.dcvaas.dev",
            "a.*.example.com",
            "*",
            "*.*.example.com",
            "https://example.com",
            "-a.example.com",
            "a.example.com/x",
            "a.example.com:443",
            "\u{0}.example.com",
            "a_b.example.com'--",
            &long,
        ];
        for name in names {
            let body = serde_json::json!({ "hostname": name }).to_string();
            let answer = desk.admin("POST", "/api/domains", &body).await;
            assert_eq!(answer.brief(), "400 bad_request", "{name}");
            assert_eq!(answer.json()["errors"][0]["field"], "hostname", "{name}");
            assert!(!answer.json()["message"].as_str().unwrap().is_empty());
        }
        for (path, body) in [
            ("/api/domains", r#"{"hostname":5}"#),
            ("/api/domains", r#"{"hostname":null}"#),
            ("/api/domains", r#"{"hostname":["a.example.com"]}"#),
            ("/api/domains", r#"{"hostname":"a.example.com","colour":"red"}"#),
            ("/api/domains", "{"),
            ("/api/domains", "null"),
            ("/api/domains", "[]"),
            ("/api/tokens", r"{}"),
            ("/api/tokens", r#"{"name":""}"#),
            ("/api/tokens", r#"{"name":"x","scopes":["everything"]}"#),
            ("/api/tokens", r#"{"name":"x","expiresAt":"2020-01-01T00:00:00Z"}"#),
            ("/api/tokens", r#"{"name":"x","expiresAt":"tomorrow"}"#),
            ("/api/webhooks", r"{}"),
            ("/api/webhooks", r#"{"url":"http://hooks.receiver.dev/"}"#),
            ("/api/webhooks", r#"{"url":"https://169.254.169.254/"}"#),
            ("/api/webhooks", r#"{"url":"https://app.dcvaas.dev/"}"#),
            ("/api/webhooks", r#"{"url":"https://hooks.receiver.dev/","events":["nothing"]}"#),
            ("/api/webhooks", r#"{"url":"https://hooks.receiver.dev/","events":[]}"#),
        ] {
            let answer = desk.admin("POST", path, body).await;
            assert_eq!(answer.brief(), "400 bad_request", "{path} {body}");
        }
        for query in [
            "limit=0",
            "limit=201",
            "limit=x",
            "cursor=x",
            "cursor=%zz",
            "colour=red",
            "limit=1&limit=2",
        ] {
            let answer = desk.admin("GET", &format!("/api/domains?{query}"), "").await;
            assert_eq!(answer.brief(), "400 bad_request", "{query}");
        }
        let mut text = bearer(&desk.admin.secret);
        text.push(("content-type", "text/plain".to_owned()));
        let answer = desk.ask("POST", "/api/domains", &text, "{}").await;
        assert_eq!(answer.brief(), "415 unsupported_media_type");
        let large = format!(r#"{{"hostname":"{}"}}"#, "a".repeat(300_000));
        assert_eq!(desk.admin("POST", "/api/domains", &large).await.status, 413);
        assert!(desk.world.http.requests().is_empty());
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM domains"), 0);
    });
}

#[test]
fn every_page_together_holds_everything_once() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let all: BTreeSet<String> = (0..23).map(|number| format!("dom_{number:032x}")).collect();
        for id in &all {
            desk.world.db.execute(
                "INSERT INTO domains (id, org_id, hostname, status, next_check_at, created_at, updated_at)
                 VALUES (?1, ?2, ?1 || '.example.com', 'active', 0, 0, 0)",
                &[id.as_str().into(), (&desk.org).into()],
            );
        }
        for limit in [1, 5, 22, 23, 24, 200] {
            let mut seen = Vec::new();
            let mut cursor = String::new();
            loop {
                let page = desk
                    .admin("GET", &format!("/api/domains?limit={limit}{cursor}"), "")
                    .await
                    .json();
                let items = page["domains"].as_array().unwrap();
                assert!(items.len() <= limit && !items.is_empty());
                seen.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
                let Some(next) = page["nextCursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(seen.len(), all.len(), "limit {limit}");
            assert!(seen.is_sorted_by(|a, b| a > b), "newest first");
            assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), all, "limit {limit}");
        }
    });
}

#[test]
fn a_client_that_has_the_answer_gets_304_until_it_changes() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let objects = desk.stock().await;
        for path in [
            "/api/domains".to_owned(),
            format!("/api/domains/{}", objects.domain),
            "/api/webhooks".to_owned(),
            "/api/organizations".to_owned(),
        ] {
            let first = desk.admin("GET", &path, "").await;
            let tag = first.header("etag").unwrap().to_owned();
            assert_eq!(
                first.header("cache-control"),
                Some("private, max-age=10, stale-while-revalidate=30")
            );
            assert!(first.header("vary").unwrap().contains("Authorization, Cookie"));
            for list in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
                let mut headers = bearer(&desk.admin.secret);
                headers.push(("if-none-match", list));
                let again = desk.ask("GET", &path, &headers, "").await;
                assert_eq!((again.status, again.body.as_str()), (304, ""), "{path}");
                assert_eq!(again.header("etag"), Some(tag.as_str()));
            }
            let head = desk.admin("HEAD", &path, "").await;
            assert_eq!(
                (head.status, head.body.as_str(), head.header("etag")),
                (200, "", Some(tag.as_str()))
            );
        }
        let before = desk.admin("GET", "/api/webhooks", "").await;
        desk.admin("PATCH", &format!("/api/webhooks/{}", objects.webhook), r#"{"enabled":false}"#)
            .await;
        let after = desk.admin("GET", "/api/webhooks", "").await;
        assert_ne!(before.header("etag"), after.header("etag"));
    });
}

#[test]
fn fifty_parallel_additions_stop_at_the_limit_of_three() {
    run(async {
        let desk = Desk::new(Plan::Free);
        let adds = (0..50).map(|number| {
            let body = format!(r#"{{"hostname":"host{number}.example.com"}}"#);
            let desk = &desk;
            async move { desk.person("POST", "/api/domains", &body).await }
        });
        let answers = join_all(adds).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 3);
        let refused = answers.iter().find(|answer| answer.status != 201).unwrap();
        assert_eq!(refused.brief(), "402 limit_reached");
        let problem = refused.json();
        assert_eq!((&problem["current"], &problem["limit"]), (&3.into(), &3.into()), "{problem}");
        assert_eq!(answers.iter().filter(|answer| answer.status == 402).count(), 47);
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM domains"), 3);
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM events"), 3);
        assert_eq!(desk.world.cloudflare.names().len(), 3);
    });
}

#[test]
fn parallel_additions_of_one_hostname_make_one_domain() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let body = format!(r#"{{"hostname":"{HOST}"}}"#);
        let answers = join_all((0..10).map(|_| desk.admin("POST", "/api/domains", &body))).await;
        let briefs: BTreeSet<String> = answers.iter().map(super::desk::Answer::brief).collect();
        assert_eq!(briefs.into_iter().collect::<Vec<_>>(), ["201", "409 conflict"]);
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM domains"), 1);
        assert_eq!(desk.world.cloudflare.names(), [HOST]);
    });
}

#[test]
fn an_unknown_path_is_404_and_a_wrong_method_says_which_are_right() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        assert_eq!(desk.admin("GET", "/api/nothing", "").await.brief(), "404 not_found");
        let answer = desk.admin("PUT", "/api/domains", "{}").await;
        assert_eq!(answer.brief(), "405 method_not_allowed");
        assert_eq!(answer.header("allow"), Some("GET, POST"));
        let health = desk.ask("GET", "/health", &Vec::new(), "").await;
        assert_eq!((health.status, &health.json()["ok"]), (200, &Value::Bool(true)));
    });
}
