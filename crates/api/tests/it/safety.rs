//! Tenants apart, forged requests refused, secrets kept, failures silent about the inside.

use std::rc::Rc;

use dcvaas_api::router::{Action, Needs, ROUTES, Route};
use dcvaas_core::model::plan::Plan;
use dcvaas_core::ports::HttpAnswer;
use dcvaas_testkit::{CLOUDFLARE, run, walk};
use serde_json::Value;

use crate::desk::{Answer, Desk, HOST, OWN, bearer, cookie};
use crate::secrets::dump;

/// The problem without what differs from request to request.
fn without_request_id(answer: &Answer) -> Value {
    let mut problem = answer.json();
    let id = problem.as_object_mut().unwrap().remove("requestId");
    assert_eq!(id.as_ref().and_then(Value::as_str), answer.header("x-request-id"));
    problem
}

/// The path with something else than an id in each place for one.
fn malformed(path: &str) -> String {
    ["{id}", "{orgId}", "{userId}"]
        .iter()
        .fold(path.to_owned(), |path, name| path.replace(name, "1'--"))
}

#[test]
fn what_another_organization_holds_does_not_exist() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let objects = desk.stock().await;
        let token = bearer(&desk.stranger().secret);
        let person = cookie(&desk.stranger_person().secret);
        let none = crate::desk::Objects {
            domain: format!("dom_{:032x}", 1),
            token: format!("tok_{:032x}", 1),
            webhook: format!("wh_{:032x}", 1),
            delivery: format!("dlv_{:032x}", 1),
            session: format!("ses_{:032x}", 1),
            org: format!("org_{:032x}", 1),
            member: format!("usr_{:032x}", 1),
            inviting: format!("org_{:032x}", 1),
        };
        let dump = dump(&desk);
        let with_objects =
            |route: &&Route| route.path.contains('{') && matches!(route.needs, Needs::Caller(_));
        for route in ROUTES.iter().filter(with_objects) {
            let body = desk.body(route);
            let only_people =
                matches!(route.needs, Needs::Caller(access) if access.scope.is_none());
            let stranger = if only_people { person.clone() } else { token.clone() };
            let foreign = desk.ask(route.method, &objects.path(route), &stranger, &body).await;
            let nothing = desk.ask(route.method, &none.path(route), &stranger, &body).await;
            let malformed = desk.ask(route.method, &malformed(route.path), &stranger, &body).await;
            assert_eq!(foreign.brief(), "404 not_found", "{}", route.id);
            assert_eq!(without_request_id(&foreign), without_request_id(&nothing), "{}", route.id);
            assert_eq!(
                without_request_id(&foreign),
                without_request_id(&malformed),
                "{}",
                route.id
            );
            let headers = |answer: &Answer| -> Vec<_> {
                let differs = |name: &str| ["x-request-id", "ratelimit"].contains(&name);
                answer.headers.iter().filter(|(name, _)| !differs(name)).cloned().collect()
            };
            assert_eq!(headers(&foreign), headers(&nothing), "{}", route.id);
        }
        assert_eq!(self::dump(&desk), dump, "nothing was touched");
        for path in ["/api/domains", "/api/webhooks"] {
            let list = desk.ask("GET", path, &token, "").await;
            assert!(
                !list.body.contains(HOST) && !list.body.contains(desk.org.as_str()),
                "{}",
                list.body
            );
        }
    });
}

#[test]
fn a_person_reaches_only_organizations_of_their_own() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let (other, ..) = desk.world.owner(Plan::Agency);
        for (org, expected) in [
            (desk.org.as_str(), "200"),
            (other.as_str(), "401 unauthorized"),
            ("org_x", "400 bad_request"),
        ] {
            let mut headers = cookie(&desk.session.secret);
            headers.push(("dcvaas-organization", org.to_owned()));
            assert_eq!(
                desk.ask("GET", "/api/domains", &headers, "").await.brief(),
                expected,
                "{org}"
            );
        }
    });
}

#[test]
fn a_cookie_changes_nothing_without_the_origin_of_this_host() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let objects = desk.stock().await;
        let session = cookie(&desk.session.secret).remove(0);
        let before = dump(&desk);
        let changes = ROUTES
            .iter()
            .filter(|route| matches!(route.action, Action::Write { .. }) && route.method != "GET");
        for route in changes {
            let (path, body) = (objects.path(route), desk.body(route));
            for origin in [
                None,
                Some("https://evil.example"),
                Some("null"),
                Some("https://app.dcvaas.dev"),
                Some("http://api.dcvaas.dev"),
            ] {
                let mut headers = vec![session.clone()];
                headers.extend(origin.map(|origin| ("origin", origin.to_owned())));
                let answer = desk.ask(route.method, &path, &headers, &body).await;
                assert_eq!(answer.brief(), "403 forbidden", "{} {origin:?}", route.id);
            }
        }
        assert_eq!(dump(&desk), before);
        // Signing somebody in from elsewhere is refused too.
        let body = format!(r#"{{"token":"{}"}}"#, desk.link());
        let forged = desk
            .ask(
                "POST",
                "/api/session",
                &vec![("origin", "https://evil.example".to_owned())],
                &body,
            )
            .await;
        assert_eq!(forged.brief(), "403 forbidden");
    });
}

#[test]
fn a_sign_in_link_works_once_and_its_cookie_is_bound_to_this_host() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let body = format!(r#"{{"token":"{}"}}"#, desk.link());
        let own = vec![("origin", OWN.to_owned())];
        let first = desk.ask("POST", "/api/session", &own, &body).await;
        assert_eq!(first.status, 201);
        let set = first.header("set-cookie").unwrap();
        assert!(set.starts_with("__Host-dcvaas_session="));
        for attribute in ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"] {
            assert!(set.contains(attribute), "{set}");
        }
        assert_eq!(desk.ask("POST", "/api/session", &own, &body).await.brief(), "401 unauthorized");
        let value = set.split(['=', ';']).nth(1).unwrap();
        assert_eq!(desk.ask("GET", "/api/session", &cookie(value), "").await.status, 200);
    });
}

#[test]
fn other_origins_are_allowed_exactly_as_configured() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let ask = async |method: &str, origin: &str| {
            let mut headers = bearer(&desk.admin.secret);
            headers.push(("origin", origin.to_owned()));
            desk.ask(method, "/api/domains", &headers, "").await
        };
        for method in ["GET", "OPTIONS"] {
            let answer = ask(method, "https://app.dcvaas.dev").await;
            assert_eq!(
                answer.header("access-control-allow-origin"),
                Some("https://app.dcvaas.dev")
            );
            assert_eq!(answer.header("access-control-allow-credentials"), None);
            assert!(
                answer
                    .headers
                    .iter()
                    .any(|(name, value)| *name == "vary" && value.contains("Origin"))
            );
            for other in [
                "https://app.dcvaas.dev.evil.example",
                "http://app.dcvaas.dev",
                "https://dcvaas.dev",
                "null",
                "*",
                "https://app.dcvaas.dev:443",
            ] {
                assert_eq!(
                    ask(method, other).await.header("access-control-allow-origin"),
                    None,
                    "{other}"
                );
            }
        }
        let preflight = ask("OPTIONS", "https://app.dcvaas.dev").await;
        assert_eq!(preflight.status, 204);
        assert_eq!(
            preflight.header("access-control-allow-methods"),
            Some("GET, POST, PATCH, DELETE")
        );
    });
}

/// Words that only the inside knows.
const INSIDE: [&str; 10] = [
    "planned fault",
    "SELECT",
    "INSERT",
    "sqlite",
    "constraint",
    "upstream.dev",
    "timed out",
    "secret of upstream",
    "database",
    "panicked",
];

fn assert_silent(route: &str, answer: &Answer) {
    for word in INSIDE {
        assert!(!answer.body.contains(word), "{route} tells {word}: {}", answer.body);
    }
}

#[test]
fn no_single_failure_tells_of_the_inside_or_becomes_a_500() {
    for route in ROUTES {
        run(walk(|faults| async move {
            faults.pause();
            let desk = Desk::with(Plan::Agency, Rc::clone(&faults));
            let objects = desk.stock().await;
            desk.world.clock.advance(dcvaas_core::time::Span::seconds(30));
            let headers = desk.credential(route);
            let body = desk.body(route);
            faults.resume();
            let answer = desk.ask(route.method, &objects.path(route), &headers, &body).await;
            // Who comes back from a provider goes on to a page, whatever happens.
            let fine = answer.status < 300 || matches!(answer.status, 303 | 503);
            assert!(fine, "{}: {answer:?}", route.id);
            if answer.status == 503 && route.id != "health" {
                assert_silent(route.id, &answer);
                assert!(answer.header("retry-after").is_some(), "{}: {answer:?}", route.id);
            }
            drop(desk.world.log.errors());
        }));
    }
}

#[test]
fn what_the_upstream_says_stays_inside() {
    run(async {
        let texts = [
            "secret of upstream",
            "<html>secret of upstream</html>",
            r#"{"success":false,"errors":[{"code":1000,"message":"secret of upstream"}]}"#,
            r#"{"success":true,"result":{"id":5}}"#,
            "",
        ];
        for status in [200, 301, 400, 401, 403, 404, 429, 500, 502, 503] {
            for (number, text) in texts.iter().enumerate() {
                let desk = Desk::new(Plan::Agency);
                let objects = desk.stock().await;
                let text = (*text).to_owned();
                desk.world.http.route(move |request| {
                    request.url.starts_with(CLOUDFLARE).then(|| {
                        Ok(HttpAnswer {
                            status,
                            headers: Vec::new(),
                            body: text.clone().into_bytes(),
                        })
                    })
                });
                desk.world.clock.advance(dcvaas_core::time::Span::seconds(30));
                let add =
                    desk.admin("POST", "/api/domains", r#"{"hostname":"new.example.com"}"#).await;
                let sync =
                    desk.admin("POST", &format!("/api/domains/{}/sync", objects.domain), "").await;
                assert_eq!(add.status, 201, "{status} {number}: {add:?}");
                assert!(matches!(sync.status, 200 | 503), "{status} {number}: {sync:?}");
                assert_silent("add", &add);
                assert_silent("sync", &sync);
                let error =
                    desk.world.count("SELECT COUNT(*) FROM events WHERE type = 'domain.error'");
                assert_eq!(error, 0, "{status} {number}");
                let logged = format!("{:?}", desk.world.log.all());
                assert!(!logged.contains("secret of upstream"), "{logged}");
                drop(desk.world.log.errors());
            }
        }
    });
}
