//! Real answers against the document: each has a declared status, and a body that its declared type
//! takes with nothing left over.

use dcvaas_api::openapi::document;
use dcvaas_api::openapi::operations::{Json, OPERATIONS, Operation};
use dcvaas_api::router::{ROUTES, Route};
use dcvaas_api::wire;
use dcvaas_core::model::plan::Plan;
use dcvaas_testkit::run;

use crate::desk::{Answer, Desk, bearer};

fn part(route: &Route) -> &'static Operation {
    OPERATIONS.iter().find(|part| part.id == route.id).unwrap()
}

/// Fails unless the document declares this answer.
fn check(route: &Route, answer: &Answer) {
    let what = format!("{}: {answer:?}", route.id);
    let mut declared = document()["paths"][route.path][route.method.to_lowercase()]["responses"]
        [answer.status.to_string()]
    .take();
    if let Some(reference) = declared["$ref"].as_str() {
        declared = document().pointer(&reference[1..]).unwrap().clone();
    }
    assert!(declared.is_object(), "not declared: {what}");
    for (name, _) in declared["headers"].as_object().unwrap() {
        let optional = ["Idempotency-Replayed", "RateLimit", "RateLimit-Policy", "Retry-After"]
            .contains(&name.as_str());
        assert!(optional || answer.header(&name.to_lowercase()).is_some(), "no {name}: {what}");
    }
    match answer.header("content-type") {
        None => assert_eq!(answer.body, "", "{what}"),
        Some("application/problem+json") => {
            let problem: Result<wire::Problem, _> = serde_json::from_str(&answer.body);
            problem.unwrap_or_else(|error| panic!("{error}: {what}"));
            let codes = &declared["content"]["application/problem+json"]["schema"]["allOf"][1]["properties"]
                ["error"]["enum"];
            let code = &answer.json()["error"];
            assert!(codes.as_array().unwrap().contains(code), "{code} is not declared: {what}");
        }
        Some(_) => {
            let parts = part(route).answers.iter().flatten();
            let json: Json = parts
                .filter(|one| one.status == answer.status)
                .find_map(|one| one.json)
                .unwrap_or_else(|| panic!("no body is declared: {what}"));
            assert_eq!((json.check)(&answer.body), Ok(()), "{what}");
        }
    }
}

#[test]
fn what_every_route_answers_is_what_the_document_declares() {
    run(async {
        for route in ROUTES {
            let desk = Desk::new(Plan::Agency);
            let path = desk.stock().await.path(route);
            desk.world.clock.advance(dcvaas_core::time::Span::hours(1));
            let body = desk.body(route);
            let headers = desk.credential(route);
            let answer = desk.ask(route.method, &path, &headers, &body).await;
            assert!(answer.status < 400, "{}: {answer:?}", route.id);
            check(route, &answer);
            if let Some(tag) = answer.header("etag") {
                let mut again = headers;
                again.push(("if-none-match", tag.to_owned()));
                let again = desk.ask(route.method, &path, &again, &body).await;
                assert_eq!(again.status, 304, "{}", route.id);
                check(route, &again);
            }
            desk.world.background.kill_all();
        }
    });
}

#[test]
fn what_every_route_refuses_is_what_the_document_declares() {
    run(async {
        for route in ROUTES {
            let desk = Desk::new(Plan::Free);
            let member = desk.world.user("member@people.dev");
            desk.world.member(&desk.org, &member, dcvaas_core::model::role::Role::Member);
            let member = desk.world.session(&member);
            let objects = Desk::stock(&Desk::new(Plan::Agency)).await;
            let (path, valid) = (objects.path(route), desk.body(route));
            for (headers, body) in [
                (Vec::new(), String::new()),
                (bearer("dcv_wrong"), String::new()),
                (bearer(&desk.admin.secret), valid.clone()),
                (crate::desk::cookie(&member.secret), valid.clone()),
                (crate::desk::cookie(&desk.session.secret), "{".to_owned()),
                (crate::desk::cookie(&desk.session.secret), r#"{"colour":1}"#.to_owned()),
                (crate::desk::cookie(&desk.session.secret), "x".repeat(300_000)),
            ] {
                check(route, &desk.ask(route.method, &path, &headers, &body).await);
                let unknown = format!("{path}?colour=red");
                check(route, &desk.ask(route.method, &unknown, &headers, &body).await);
            }
            desk.world.background.kill_all();
        }
    });
}
