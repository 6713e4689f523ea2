//! A POST that is repeated with its `Idempotency-Key`: done once, answered alike, no secret kept.

use std::rc::Rc;

use dcvaas_api::router::{Needs, ROUTES, Route};
use dcvaas_core::flow::tick::tick;
use dcvaas_core::model::plan::Plan;
use dcvaas_core::model::scope::Scope;
use dcvaas_core::time::Span;
use dcvaas_testkit::{Extent, Faults, When, run, walk};
use futures_util::future::join_all;

use crate::desk::{Answer, Desk, Headers, bearer, cookie};

const KEY: &str = "0b6f7c1e-6f0e-4f6e-9a51-6f3a8f0c2d11";

fn keyed(mut headers: Headers, key: &str) -> Headers {
    headers.push(("idempotency-key", key.to_owned()));
    headers
}

fn posts() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(|route| route.method == "POST" && matches!(route.needs, Needs::Caller(_)))
}

impl Desk {
    async fn repeat(&self, path: &str, body: &str) -> Answer {
        self.ask("POST", path, &keyed(bearer(&self.admin.secret), KEY), body).await
    }

    fn tokens(&self) -> i64 {
        self.world.count("SELECT COUNT(*) FROM api_tokens WHERE name = 'once'")
    }
}

const TOKEN: &str = r#"{"name":"once"}"#;

#[test]
fn every_post_answers_its_repeat_alike_and_changes_nothing_more() {
    run(async {
        for route in posts() {
            let desk = Desk::new(Plan::Agency);
            let objects = desk.stock().await;
            desk.world.clock.advance(Span::seconds(30));
            let (path, body) = (objects.path(route), desk.body(route));
            let headers = keyed(cookie(&desk.session.secret), KEY);
            let first = desk.ask("POST", &path, &headers, &body).await;
            assert!(first.status < 300, "{}: {first:?}", route.id);
            assert_eq!(first.header("idempotency-replayed"), None, "{}", route.id);
            let written = "SELECT COUNT(*) FROM audit_logs";
            let before = desk.world.count(written);
            let again = desk.ask("POST", &path, &headers, &body).await;
            assert_eq!(again.status, first.status, "{}: {again:?}", route.id);
            assert_eq!(again.header("idempotency-replayed"), Some("true"), "{}", route.id);
            assert_eq!(again.header("cache-control"), Some("no-store"));
            assert_eq!(desk.world.count(written), before, "{}", route.id);
            // The same but for the secrets, of which nothing is kept.
            let (mut shown, kept) = (first.json(), again.json());
            for pointer in ["/token", "/webhook/secret", "/webhook/signingSecret"] {
                if let Some(secret) = shown.pointer_mut(pointer) {
                    let secret = secret.take();
                    let text = secret.as_str().unwrap().trim_start_matches("whsec_");
                    let answers = desk.world.query("SELECT answer FROM idempotency_keys");
                    assert!(!answers.to_string().contains(text), "{}", route.id);
                }
            }
            assert_eq!(kept, shown, "{}", route.id);
            desk.world.background.kill_all();
        }
    });
}

#[test]
fn no_answer_that_is_kept_looks_like_it_held_a_secret() {
    run(async {
        for route in posts() {
            let desk = Desk::new(Plan::Agency);
            let objects = desk.stock().await;
            desk.world.clock.advance(Span::seconds(30));
            let headers = keyed(cookie(&desk.session.secret), KEY);
            desk.ask("POST", &objects.path(route), &headers, &desk.body(route)).await;
            let kept = desk.world.query("SELECT status, answer FROM idempotency_keys");
            assert!(kept[0]["status"].is_number(), "{}: {kept}", route.id);
            let text = kept.to_string();
            let longest = text.split(|c: char| !c.is_ascii_hexdigit()).map(str::len).max();
            assert!(longest < Some(64), "{}: {text}", route.id);
            assert!(!text.contains("whsec_"), "{}: {text}", route.id);
            desk.world.background.kill_all();
        }
    });
}

#[test]
fn twenty_parallel_repeats_make_one_object() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let answers = join_all((0..20).map(|_| desk.repeat("/api/tokens", TOKEN))).await;
        let (late, early): (Vec<_>, Vec<_>) =
            answers.iter().partition(|answer| answer.status == 201);
        let made: Vec<_> =
            late.iter().filter(|answer| answer.header("idempotency-replayed").is_none()).collect();
        assert_eq!(made.len(), 1);
        assert!(!early.is_empty());
        for answer in early {
            assert_eq!(answer.brief(), "409 idempotency_in_progress");
            assert_eq!(answer.header("retry-after"), Some("1"));
        }
        assert_eq!(desk.tokens(), 1);
        assert_eq!(desk.repeat("/api/tokens", TOKEN).await.status, 201);
        assert_eq!(desk.tokens(), 1);
    });
}

#[test]
fn a_key_names_one_path_and_one_body_of_one_credential() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        assert_eq!(desk.repeat("/api/tokens", TOKEN).await.status, 201);
        for (path, body) in [
            ("/api/tokens", r#"{"name":"other"}"#),
            ("/api/tokens", r#"{"name":"once" }"#),
            ("/api/domains", TOKEN),
        ] {
            let answer = desk.repeat(path, body).await;
            assert_eq!(answer.brief(), "409 idempotency_key_reused", "{path} {body}");
        }
        let other = desk.world.token(&desk.org, &[Scope::Admin]);
        let stranger = desk.stranger();
        for credential in [other, stranger] {
            let headers = keyed(bearer(&credential.secret), KEY);
            let answer = desk.ask("POST", "/api/tokens", &headers, TOKEN).await;
            assert_eq!(answer.status, 201, "{answer:?}");
            assert_eq!(answer.header("idempotency-replayed"), None);
        }
        assert_eq!(desk.tokens(), 3);
    });
}

#[test]
fn a_refusal_is_not_kept() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        assert_eq!(desk.repeat("/api/tokens", "{}").await.brief(), "400 bad_request");
        assert_eq!(desk.repeat("/api/tokens", TOKEN).await.status, 201);
        assert_eq!(desk.tokens(), 1);
    });
}

#[test]
fn a_key_that_cannot_be_one_is_refused_before_anything_is_done() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let long = "k".repeat(256);
        for key in ["", "two words", "ümlaut", "tab\t", long.as_str()] {
            let headers = keyed(bearer(&desk.admin.secret), key);
            let answer = desk.ask("POST", "/api/tokens", &headers, TOKEN).await;
            assert_eq!(answer.brief(), "400 bad_request", "{key}");
            assert_eq!(answer.json()["errors"][0]["field"], "Idempotency-Key");
        }
        assert_eq!(desk.tokens(), 0);
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM idempotency_keys"), 0);
        let headers = keyed(bearer(&desk.admin.secret), &long[1..]);
        assert_eq!(desk.ask("POST", "/api/tokens", &headers, TOKEN).await.status, 201);
    });
}

#[test]
fn after_a_day_the_key_is_free_and_the_scheduler_clears_it() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        desk.repeat("/api/tokens", TOKEN).await;
        desk.world.clock.advance(Span::hours(24).times(0.999));
        tick(&desk.world.app()).await.unwrap();
        let again = desk.repeat("/api/tokens", TOKEN).await;
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        desk.world.clock.advance(Span::hours(1));
        // Free also before the scheduler came by.
        assert_eq!(desk.repeat("/api/tokens", TOKEN).await.header("idempotency-replayed"), None);
        assert_eq!(desk.tokens(), 2);
        desk.world.clock.advance(Span::hours(25));
        tick(&desk.world.app()).await.unwrap();
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM idempotency_keys"), 0);
    });
}

/// Each call of the request breaks once, before or after its effect; then the client repeats.
#[test]
fn whatever_breaks_a_repeat_never_makes_a_second_object() {
    let proved = run(walk(|faults| async move {
        faults.pause();
        let desk = Desk::with(Plan::Agency, Rc::clone(&faults));
        faults.resume();
        let first = desk.repeat("/api/tokens", TOKEN).await;
        faults.pause();
        // A holder that died lets go after a minute.
        desk.world.clock.advance(Span::minutes(2));
        let second = desk.repeat("/api/tokens", TOKEN).await;
        assert!(desk.tokens() <= 1, "{first:?} {second:?}");
        match second.brief().as_str() {
            "201" => assert_eq!(desk.tokens(), 1),
            // Done, but the answer is lost: told, and not done again.
            "409 conflict" => {
                assert_eq!(desk.tokens(), 1, "{second:?}");
                assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
            }
            other => panic!("{other} after {first:?}"),
        }
        drop(desk.world.log.errors());
    }));
    assert!(proved >= 12, "{proved}");
}

#[test]
fn a_holder_that_was_too_slow_writes_nothing() {
    run(async {
        let faults = Rc::new(Faults::default());
        let desk = Desk::with(Plan::Agency, Rc::clone(&faults));
        // The claim was taken and its answer lost, so the first holder is not known to be gone.
        faults.fail("db:idempotency.claim", 0, When::After, Extent::Once);
        assert_eq!(desk.repeat("/api/tokens", TOKEN).await.brief(), "503 unavailable");
        let early = desk.repeat("/api/tokens", TOKEN).await;
        assert_eq!(early.brief(), "409 idempotency_in_progress");
        desk.world.clock.advance(Span::minutes(2));
        // Somebody else takes the key over while this one is on its way to its change.
        desk.world.execute(
            "CREATE TRIGGER overtaken AFTER INSERT ON api_tokens WHEN NEW.name = 'once'
             BEGIN UPDATE idempotency_keys SET claim = 'req_other'; END",
        );
        let slow = desk.repeat("/api/tokens", TOKEN).await;
        assert_eq!(slow.status, 500, "{slow:?}");
        assert_eq!(desk.tokens(), 0);
        drop(desk.world.log.errors());
    });
}
