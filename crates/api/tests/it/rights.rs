//! Who may do what: every route with every kind of caller.

use std::fmt::Write;

use dcvaas_api::router::{Needs, ROUTES, Route};
use dcvaas_core::crypto::token::ApiToken;
use dcvaas_core::model::plan::Plan;
use dcvaas_core::model::role::Role;
use dcvaas_core::model::scope::Scope;
use dcvaas_testkit::run;

use crate::desk::{Desk, Headers, OWN, assert_table, bearer, cookie};

const CALLERS: [&str; 13] = [
    "nobody",
    "malformed token",
    "unknown token",
    "expired token",
    "token without the scope",
    "token with the scope",
    "token with the scope, other tags",
    "token with admin",
    "admin token, free plan",
    "member",
    "admin",
    "owner",
    "owner, free plan",
];

/// The caller's headers, in a world that is just theirs.
fn headers(desk: &Desk, route: &Route, caller: &str) -> Headers {
    let world = &desk.world;
    let person = |role: Role| {
        let user = world.user("someone@people.dev");
        world.member(&desk.org, &user, role);
        cookie(&world.session(&user).secret)
    };
    let token = |scope: Scope| bearer(&world.token(&desk.org, &[scope]).secret);
    if caller.ends_with("free plan") {
        world.execute("UPDATE organizations SET plan = 'free'");
    }
    match caller {
        // Who signs in has no credential yet, but comes from the dashboard's own page.
        "nobody" if matches!(route.id, "session.start" | "sign_in.ask" | "providers.begin") => {
            vec![("origin", OWN.to_owned())]
        }
        // And who comes back from a provider has just the cookie for that.
        "nobody" if route.id == "providers.finish" => desk.returning(),
        "nobody" => Vec::new(),
        "malformed token" => bearer("dcv_0000"),
        "unknown token" => bearer(ApiToken::generate([9; 32]).reveal()),
        "expired token" => {
            let headers = token(Scope::Admin);
            world.execute("UPDATE api_tokens SET expires_at = created_at");
            headers
        }
        // It grants nothing that a route asks for.
        "token without the scope" if route.id.starts_with("audit.") => token(Scope::EventsRead),
        "token without the scope" => token(Scope::AuditRead),
        "token with the scope" | "token with the scope, other tags" => {
            let scope = match route.needs {
                Needs::Caller(access) => access.scope.unwrap_or(Scope::AuditRead),
                Needs::Nobody(_) => Scope::AuditRead,
            };
            let token = world.token(&desk.org, &[scope]);
            if caller.ends_with("other tags") {
                let limit = "UPDATE api_tokens SET domain_tags = '[\"other\"]' WHERE id = ?1";
                world.db.query(limit, &[token.id.as_str().into()]);
            }
            bearer(&token.secret)
        }
        "token with admin" | "admin token, free plan" => bearer(&desk.admin.secret),
        "member" => person(Role::Member),
        "admin" => person(Role::Admin),
        _ => cookie(&desk.session.secret),
    }
}

#[test]
fn every_route_answers_every_caller_as_the_table_says() {
    let mut table = String::from("# route | caller: answer. Written by the test `rights`.\n");
    for route in ROUTES {
        writeln!(table, "\n{} {}", route.method, route.path).unwrap();
        for caller in CALLERS {
            let answer = run(async {
                let desk = Desk::new(Plan::Agency);
                let objects = desk.stock().await;
                let headers = headers(&desk, route, caller);
                let body = desk.body(route);
                desk.world.db.forget();
                desk.ask(route.method, &objects.path(route), &headers, &body).await
            });
            writeln!(table, "  {caller}: {}", answer.brief()).unwrap();
        }
    }
    assert_table("rights.txt", &table);
}

#[test]
fn a_malformed_credential_costs_no_read_of_the_database() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let objects = desk.stock().await;
        let good = desk.admin.secret.clone();
        let mut wrong_sum = good.clone();
        wrong_sum.replace_range(good.len() - 1.., if good.ends_with('0') { "1" } else { "0" });
        let malformed = [
            Vec::new(),
            bearer(""),
            bearer("dcv_0000"),
            bearer(&wrong_sum),
            bearer(&good.to_uppercase()),
            bearer(&format!("{good}x")),
            vec![("authorization", format!("Basic {good}"))],
            cookie("short"),
            cookie(""),
        ];
        desk.world.db.forget();
        for route in ROUTES.iter().filter(|route| matches!(route.needs, Needs::Caller(_))) {
            for headers in &malformed {
                let answer = desk.ask(route.method, &objects.path(route), headers, "{}").await;
                assert_eq!(answer.brief(), "401 unauthorized", "{} {headers:?}", route.id);
                assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            }
        }
        assert_eq!(desk.world.db.batches(), Vec::<&str>::new());
    });
}

#[test]
fn a_token_makes_only_tokens_that_can_do_less() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let weak = desk.world.token(&desk.org, &[Scope::TokensWrite, Scope::DomainsRead]);
        for (scopes, expected) in [
            (r#"["tokens:write"]"#, "201"),
            (r#"["domains:read","tokens:read"]"#, "201"),
            (r#"["domains:write"]"#, "403 forbidden"),
            (r#"["admin"]"#, "403 forbidden"),
        ] {
            let body = format!(r#"{{"name":"t","scopes":{scopes}}}"#);
            let answer = desk.ask("POST", "/api/tokens", &bearer(&weak.secret), &body).await;
            assert_eq!(answer.brief(), expected, "{scopes}");
        }
    });
}

#[test]
fn a_revoked_token_and_an_ended_session_are_unknown_at_once() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let token = desk.world.token(&desk.org, &[Scope::DomainsRead]);
        let headers = bearer(&token.secret);
        assert_eq!(desk.ask("GET", "/api/domains", &headers, "").await.status, 200);
        assert_eq!(
            desk.admin("DELETE", &format!("/api/tokens/{}", token.id), "").await.status,
            204
        );
        assert_eq!(desk.ask("GET", "/api/domains", &headers, "").await.brief(), "401 unauthorized");
        assert_eq!(desk.person("DELETE", "/api/session", "").await.status, 204);
        assert_eq!(desk.person("GET", "/api/domains", "").await.brief(), "401 unauthorized");
    });
}
