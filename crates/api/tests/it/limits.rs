//! How often a caller may ask, and what the answers tell of it.

use dcvaas_core::model::plan::Plan;
use dcvaas_core::model::scope::Scope;
use dcvaas_core::time::Span;
use dcvaas_testkit::run;
use futures_util::future::join_all;

use crate::desk::{Answer, Desk, Headers, bearer, cookie};

impl Desk {
    async fn list(&self, headers: &Headers) -> Answer {
        self.ask("GET", "/api/domains?limit=1", headers, "").await
    }
}

fn limits(answer: &Answer) -> (Option<&str>, Option<&str>) {
    (answer.header("ratelimit-policy"), answer.header("ratelimit"))
}

#[test]
fn a_plan_lets_so_many_requests_through_a_minute_and_refuses_the_rest() {
    run(async {
        for (plan, most) in [(Plan::Pro, 100), (Plan::Agency, 1_000)] {
            let desk = Desk::new(plan);
            let token = bearer(&desk.admin.secret);
            let answers = join_all((0..most + 20).map(|_| desk.list(&token))).await;
            let passed = answers.iter().filter(|answer| answer.status == 200).count();
            assert_eq!(passed, most, "{plan}");
            let refused: Vec<_> =
                answers.iter().filter(|answer| answer.brief() == "429 rate_limited").collect();
            assert_eq!(refused.len(), 20);
            let problem = refused[0].json();
            assert_eq!(
                problem["type"],
                "https://iana.org/assignments/http-problem-types#quota-exceeded"
            );
            assert_eq!(problem["violated-policies"], serde_json::json!(["default"]));
            assert_eq!(refused[0].header("retry-after"), Some("60"));
            desk.world.clock.advance(Span::minutes(1));
            assert_eq!(desk.list(&token).await.status, 200);
        }
    });
}

#[test]
fn every_answer_to_a_known_caller_tells_what_is_left() {
    run(async {
        let desk = Desk::new(Plan::Pro);
        let token = bearer(&desk.admin.secret);
        let weak = bearer(&desk.world.token(&desk.org, &[Scope::AuditRead]).secret);
        let first = desk.list(&token).await;
        assert_eq!(limits(&first), (Some("\"default\";q=100;w=60"), Some("\"default\";r=99;t=60")));
        desk.world.clock.advance(Span::millis(10_500));
        // Refusals count too, and all tokens of the organization count together.
        let refused = desk.list(&weak).await;
        assert_eq!(refused.brief(), "403 forbidden");
        assert_eq!(limits(&refused).1, Some("\"default\";r=98;t=50"));
        let mut known = token.clone();
        known.push(("if-none-match", "*".to_owned()));
        let unchanged = desk.list(&known).await;
        assert_eq!((unchanged.status, limits(&unchanged).1), (304, Some("\"default\";r=97;t=50")));
        let made = desk.admin("POST", "/api/tokens", "{").await;
        assert_eq!((made.status, limits(&made).1), (400, Some("\"default\";r=96;t=50")));
        let person = desk.list(&cookie(&desk.session.secret)).await;
        assert_eq!(
            limits(&person),
            (Some("\"session\";q=1000;w=60"), Some("\"session\";r=999;t=60"))
        );
        let nobody = desk.list(&Vec::new()).await;
        assert_eq!((nobody.status, limits(&nobody)), (401, (None, None)));
        assert_eq!(limits(&desk.ask("GET", "/health", &token, "").await), (None, None));
    });
}

#[test]
fn organizations_are_counted_apart_and_an_operator_can_set_another_limit() {
    run(async {
        let desk = Desk::new(Plan::Pro);
        let stranger = bearer(&desk.stranger().secret);
        desk.world.execute("UPDATE organizations SET requests_per_minute = 2 WHERE plan = 'pro'");
        let token = bearer(&desk.admin.secret);
        for expected in [200, 200, 429] {
            assert_eq!(desk.list(&token).await.status, expected);
        }
        assert_eq!(desk.list(&stranger).await.status, 200);
    });
}

#[test]
fn a_token_that_its_plan_does_not_allow_is_counted_as_well() {
    run(async {
        let desk = Desk::new(Plan::Free);
        let token = bearer(&desk.admin.secret);
        for _ in 0..10 {
            assert_eq!(desk.list(&token).await.brief(), "402 plan_required");
        }
        assert_eq!(desk.list(&token).await.brief(), "429 rate_limited");
    });
}

#[test]
fn an_address_tries_unknown_credentials_only_so_often_and_then_reads_nothing() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let from = |address: &str, secret: &str| {
            let mut headers = bearer(secret);
            headers.push(("cf-connecting-ip", address.to_owned()));
            headers
        };
        let unknown = dcvaas_core::crypto::token::ApiToken::generate([3; 32]);
        // Known here from now on, so it is not asked where it comes from.
        let good = from("192.0.2.1", &desk.admin.secret);
        assert_eq!(desk.list(&good).await.status, 200);
        for _ in 0..299 {
            let answer = desk.list(&from("192.0.2.1", unknown.reveal())).await;
            assert_eq!(answer.brief(), "401 unauthorized");
        }
        desk.world.db.forget();
        let refused = desk.list(&from("192.0.2.1", unknown.reveal())).await;
        assert_eq!(refused.brief(), "429 rate_limited");
        assert_eq!(refused.json()["violated-policies"], serde_json::json!(["address"]));
        assert_eq!(desk.world.db.batches(), Vec::<&str>::new());
        assert_eq!(desk.list(&from("192.0.2.2", unknown.reveal())).await.status, 401);
        assert_eq!(desk.list(&good).await.status, 200);
        desk.world.clock.advance(Span::minutes(1));
        assert_eq!(desk.list(&from("192.0.2.1", unknown.reveal())).await.status, 401);
    });
}

#[test]
fn a_credential_that_has_ended_is_an_unknown_one_again() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let token = bearer(&desk.admin.secret);
        assert_eq!(desk.list(&token).await.status, 200);
        desk.world.execute("DELETE FROM api_tokens");
        for _ in 0..2 {
            let answer = desk.list(&token).await;
            assert_eq!((answer.status, limits(&answer)), (401, (None, None)));
        }
    });
}
