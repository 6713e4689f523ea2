//! People sign in by a provider of OpenID Connect, in the browser that was sent there, once; and what an
//! attacker or a broken provider may try ends at the sign-in page.

use std::rc::Rc;

use dcvaas_core::model::plan::Plan;
use dcvaas_core::ports::{HttpAnswer, Level};
use dcvaas_core::time::Span;
use dcvaas_testkit::{FakeProvider, PROVIDER, run, walk};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::desk::{Answer, Desk, OWN};

const BEGIN: &str = "/api/sign-in/providers/corp";
const APP: &str = "https://app.dcvaas.dev";

impl Desk {
    /// Begins in the browser, and gives where the provider sends it back to.
    async fn agree(&self, browser: &mut Browser) -> String {
        let begun = browser.post(self, BEGIN, "").await;
        assert_eq!(begun.status, 201, "{begun:?}");
        let back = self.world.provider.agree(begun.json()["authorizationUrl"].as_str().unwrap());
        back.strip_prefix(APP).unwrap().to_owned()
    }

    async fn by_provider(&self, browser: &mut Browser) -> Answer {
        let back = self.agree(browser).await;
        browser.ask(self, "GET", &back, "").await
    }

    /// How often something is there.
    fn there(&self, what: &str) -> i64 {
        self.world.count(&format!("SELECT COUNT(*) FROM {what}"))
    }

    /// Why somebody was refused, as the operator reads it.
    fn causes(&self) -> Vec<String> {
        let lines = self.world.log.of("sign_in.refused");
        lines.iter().map(|line| line.fields["cause"].as_str().unwrap().to_owned()).collect()
    }
}

fn with(back: &str, name: &str, value: &str) -> String {
    let (path, query) = back.split_once('?').unwrap();
    let kept = query.split('&').filter(|pair| !pair.starts_with(&format!("{name}=")));
    let query: Vec<String> = kept.map(str::to_owned).chain([format!("{name}={value}")]).collect();
    format!("{path}?{}", query.join("&"))
}

fn without(back: &str, name: &str) -> String {
    with(back, name, "").replace(&format!("&{name}="), "")
}

fn refused(word: &str) -> String {
    format!("303 /sign-in#refused={word}")
}

#[test]
fn a_new_person_signs_in_and_owns_an_organization_on_the_free_plan() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let list = desk.ask("GET", "/api/sign-in/providers", &Vec::new(), "").await;
        assert_eq!(list.json(), json!({ "providers": [{ "id": "corp", "name": "Corp" }] }));
        let mut browser = Browser { address: Some("192.0.2.7"), ..Browser::default() };
        let back = desk.agree(&mut browser).await;
        assert_eq!(desk.there("users WHERE email = 'ada@people.dev'"), 0);
        let answer = browser.ask(&desk, "GET", &back, "").await;
        assert_eq!(answer.brief(), "303 /domains");
        assert_eq!(browser.cookies.len(), 1, "the cookie of the attempt is gone: {browser:?}");
        let session = browser.ask(&desk, "GET", "/api/session", "").await.json();
        assert_eq!(session["user"]["email"], "ada@people.dev");
        let org = &session["organizations"][0];
        assert_eq!([&org["name"], &org["plan"], &org["role"]], ["ada", "free", "owner"]);
        let rows = desk.world.query("SELECT org_id, actor_id, subject_id, detail, address FROM audit_logs WHERE action = 'session.start'");
        assert_eq!(rows.as_array().unwrap().len(), 1);
        let row = &rows[0];
        assert_eq!((&row["org_id"], &row["actor_id"]), (&org["id"], &session["user"]["id"]));
        assert_eq!(row["detail"], r#"{"method":"provider","provider":"corp"}"#);
        assert_eq!(row["address"], "192.0.2.7");
        let sessions = browser.ask(&desk, "GET", "/api/sessions", "").await.json();
        assert_eq!(row["subject_id"], sessions["sessions"][0]["id"]);
        let again = browser.ask(&desk, "GET", &back, "").await;
        assert_eq!(again.brief(), refused("ended"), "used once");
    });
}

#[test]
fn a_person_is_known_by_what_the_provider_calls_them_whatever_their_address() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        assert_eq!(desk.by_provider(&mut Browser::default()).await.brief(), "303 /domains");
        // They have another address now, one that is somebody else's, or none at all.
        desk.world.user("new@people.dev");
        for claims in [
            json!({ "sub": "ada-at-corp", "email": "new@people.dev", "email_verified": true }),
            json!({ "sub": "ada-at-corp", "email": "new@people.dev", "email_verified": false }),
            json!({ "sub": "ada-at-corp" }),
        ] {
            desk.world.provider.person(claims);
            let mut browser = Browser::default();
            assert_eq!(desk.by_provider(&mut browser).await.brief(), "303 /domains");
            let session = browser.ask(&desk, "GET", "/api/session", "").await.json();
            assert_eq!(session["user"]["email"], "ada@people.dev");
        }
        assert_eq!(desk.there("identities"), 1);
        assert_eq!(desk.there("organizations"), 2);
        assert_eq!(desk.world.http.count("/me"), 0, "who is known needs no address");
    });
}

#[test]
fn a_known_person_is_found_by_an_address_that_the_provider_vouches_for() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let owner = desk.world.query("SELECT email FROM users")[0]["email"].clone();
        let person =
            |verified: Value| json!({ "sub": "owner", "email": owner, "email_verified": verified });
        for verified in [json!(false), json!(null), json!("no")] {
            desk.world.provider.person(person(verified));
            let answer = desk.by_provider(&mut Browser::default()).await;
            assert_eq!(answer.brief(), refused("unverified"));
        }
        assert_eq!(desk.there("identities"), 0);
        desk.world.provider.person(person(json!(true)));
        let mut browser = Browser::default();
        assert_eq!(desk.by_provider(&mut browser).await.brief(), "303 /domains");
        let session = browser.ask(&desk, "GET", "/api/session", "").await.json();
        assert_eq!(session["user"]["id"], desk.user.as_str());
        assert_eq!(desk.there("organizations"), 1, "they have one");
        // From now on they are known without it.
        desk.world.provider.person(person(json!(false)));
        assert_eq!(desk.by_provider(&mut Browser::default()).await.brief(), "303 /domains");
        assert_eq!((desk.there("users"), desk.there("identities")), (1, 1));
    });
}

#[test]
fn an_address_that_only_userinfo_tells_is_asked_for_when_it_is_needed() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        desk.world.provider.shy.set(true);
        for _ in 0..2 {
            assert_eq!(desk.by_provider(&mut Browser::default()).await.brief(), "303 /domains");
        }
        assert_eq!(desk.world.http.count("/me"), 1);
        assert_eq!(desk.there("users WHERE email = 'ada@people.dev'"), 1);
        // A provider without it, and one that speaks of somebody else.
        desk.world
            .provider
            .person(json!({ "sub": "eve", "email": "eve@people.dev", "email_verified": true }));
        desk.world.http.route(|request| {
            let body = json!({ "sub": "ada", "email": "eve@people.dev", "email_verified": true });
            let answer =
                HttpAnswer { status: 200, body: body.to_string().into(), ..HttpAnswer::default() };
            request.url.ends_with("/me").then_some(Ok(answer))
        });
        assert_eq!(desk.by_provider(&mut Browser::default()).await.brief(), refused("unverified"));
    });
}

#[test]
fn only_the_browser_that_was_sent_can_come_back() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        // Login CSRF: an attacker lets a victim's browser finish what the attacker's began; and the
        // other way round, somebody reads the victim's address.
        let mut attacker = Browser::default();
        let back = desk.agree(&mut attacker).await;
        let mut victim = Browser::default();
        desk.agree(&mut victim).await;
        for browser in [&mut Browser::default(), &mut victim] {
            let answer = browser.ask(&desk, "GET", &back, "").await;
            assert_eq!(answer.brief(), refused("ended"));
            assert!(browser.cookies.is_empty());
        }
        let answer = attacker.ask(&desk, "GET", &back, "").await;
        assert_eq!(answer.brief(), "303 /domains", "it still works where it was begun");
        assert_eq!(desk.world.http.count("POST https://id.upstream.dev/token"), 1);
    });
}

#[test]
fn a_session_that_was_there_before_is_not_taken_over() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let planted = ("__Host-dcvaas_session".to_owned(), desk.session.secret.clone());
        let mut browser = Browser { cookies: vec![planted], ..Browser::default() };
        assert_eq!(desk.by_provider(&mut browser).await.brief(), "303 /domains");
        assert!(browser.cookies.iter().all(|(_, value)| *value != desk.session.secret));
        let before = desk.person("GET", "/api/session", "").await.json();
        assert_eq!(before["user"]["id"], desk.user.as_str());
    });
}

#[test]
fn a_state_that_is_forged_malformed_or_too_old_is_refused() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let mut browser = Browser::default();
        let back = desk.agree(&mut browser).await;
        desk.world.db.forget();
        let cookies = browser.cookies.clone();
        for state in ["", "x", &"0".repeat(63), &"G".repeat(64)] {
            let answer = browser.ask(&desk, "GET", &with(&back, "state", state), "").await;
            assert_eq!(answer.brief(), refused("ended"), "{state}");
            browser.cookies.clone_from(&cookies);
        }
        let twice = format!("{back}&state={}", "0".repeat(64));
        assert_eq!(browser.ask(&desk, "GET", &twice, "").await.brief(), refused("ended"));
        assert_eq!(desk.world.db.batches(), Vec::<&str>::new(), "no read of the database");
        browser.cookies.clone_from(&cookies);
        let forged = with(&back, "state", &"0".repeat(64));
        assert_eq!(browser.ask(&desk, "GET", &forged, "").await.brief(), refused("ended"));
        browser.cookies.clone_from(&cookies);
        desk.world.clock.advance(Span::minutes(10));
        assert_eq!(browser.ask(&desk, "GET", &back, "").await.brief(), refused("ended"));
        assert_eq!(desk.world.http.count("/token"), 0);
        // The scheduler clears what nobody came back for.
        desk.world.clock.advance(Span::minutes(1));
        dcvaas_core::flow::tick::tick(&desk.world.app()).await.unwrap();
        assert_eq!(desk.there("oidc_attempts"), 0);
    });
}

/// Another address than the provider sent the browser back to.
type Lure = fn(&str) -> String;

#[test]
fn no_provider_passes_for_another() {
    run(async {
        let mut desk = Desk::new(Plan::Agency);
        desk.world.config = desk.world.configured(&[(
            "OIDC_PROVIDERS",
            r#"[{"id":"corp","name":"Corp","issuer":"https://id.upstream.dev","clientId":"dcvaas"},
                {"id":"other","name":"Other","issuer":"https://other.upstream.dev","clientId":"dcvaas"}]"#,
        )]);
        let lure = |back: &str| back.replace("/corp/", "/other/");
        let named = |back: &str| with(back, "iss", "https://other.upstream.dev");
        let unnamed = |back: &str| without(back, "iss");
        let changes: [(Lure, &str); 3] = [
            (lure, "back from another provider"),
            (named, "back from another issuer"),
            (unnamed, "back from another issuer"),
        ];
        for (change, cause) in changes {
            let mut browser = Browser::default();
            let back = desk.agree(&mut browser).await;
            let answer = browser.ask(&desk, "GET", &change(&back), "").await;
            assert_eq!(answer.brief(), refused("untrusted"), "{cause}");
            assert_eq!(desk.causes().pop().unwrap(), cause);
            let after = browser.ask(&desk, "GET", &back, "").await;
            assert_eq!(after.brief(), refused("ended"), "the attempt is over");
        }
        assert_eq!(desk.world.http.count("/token"), 0, "no code went anywhere");
        let unknown = desk.by_path("/api/sign-in/providers/nobody/callback?state=x").await;
        assert_eq!(unknown.brief(), refused("ended"));
        let begin = Browser::default().post(&desk, "/api/sign-in/providers/nobody", "").await;
        assert_eq!(begin.brief(), "404 not_found");
    });
}

impl Desk {
    async fn by_path(&self, path: &str) -> Answer {
        self.ask("GET", path, &Vec::new(), "").await
    }
}

type Change = fn(&mut Value);

/// What a broken or hostile provider puts into a token, and what the operator reads then.
fn wrong_tokens() -> Vec<(&'static str, Change)> {
    vec![
        ("issuer", |token| token["claims"]["iss"] = json!("https://other.upstream.dev")),
        ("audience", |token| token["claims"]["aud"] = json!("another-client")),
        ("authorized party", |token| token["claims"]["aud"] = json!(["dcvaas", "another"])),
        ("nonce", |token| token["claims"]["nonce"] = json!("0".repeat(64))),
        ("nonce", |token| token["claims"]["nonce"] = json!(null)),
        ("expired", |token| token["claims"]["exp"] = json!(1_767_571_200 - 60)),
        ("time of issue", |token| token["claims"]["iat"] = json!(1_767_571_200 + 61)),
        ("subject", |token| token["claims"]["sub"] = json!(null)),
        ("algorithm", |token| token["header"]["alg"] = json!("none")),
        ("algorithm", |token| token["header"]["alg"] = json!("HS256")),
        ("unknown key", |token| token["header"]["alg"] = json!("RS256")),
        ("unknown key", |token| token["header"]["kid"] = json!("another")),
        ("critical header", |token| token["header"]["crit"] = json!(["exp"])),
    ]
}

#[test]
fn a_token_that_does_not_hold_signs_nobody_in() {
    run(async {
        for (cause, change) in wrong_tokens() {
            let desk = Desk::new(Plan::Agency);
            desk.world.provider.token(change);
            let mut browser = Browser::default();
            assert_eq!(
                desk.by_provider(&mut browser).await.brief(),
                refused("untrusted"),
                "{cause}"
            );
            assert_eq!(desk.causes(), [cause]);
            assert_eq!((desk.there("sessions"), desk.there("users")), (1, 1), "{cause}");
            assert!(browser.cookies.is_empty());
        }
        // Signed by a key that the provider does not publish.
        let desk = Desk::new(Plan::Agency);
        desk.by_provider(&mut Browser::default()).await;
        desk.world.provider.rotate();
        desk.world.provider.token(|token| token["header"]["kid"] = json!("key-1"));
        let answer = desk.by_provider(&mut Browser::default()).await;
        assert_eq!(
            (answer.brief(), desk.causes()),
            (refused("untrusted"), vec!["signature".to_owned()])
        );
    });
}

#[test]
fn new_keys_are_fetched_when_they_are_needed_but_not_without_end() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let provider = &desk.world.provider;
        let asked = || {
            let count = |path: &str| desk.world.http.count(&format!("{PROVIDER}/{path}"));
            (count(".well-known"), count("keys"), count("token"))
        };
        let sign_in = async || desk.by_provider(&mut Browser::default()).await.brief();
        assert_eq!(sign_in().await, "303 /domains");
        assert_eq!(asked(), (1, 1, 1));
        assert_eq!(sign_in().await, "303 /domains");
        assert_eq!(asked(), (1, 1, 2), "a provider that is known is asked for the token alone");
        provider.rotate();
        assert_eq!(sign_in().await, "303 /domains", "at once");
        assert_eq!(asked(), (2, 2, 3));
        provider.rotate();
        assert_eq!(sign_in().await, refused("untrusted"), "too soon after the last time");
        assert_eq!(asked(), (2, 2, 4));
        desk.world.clock.advance(Span::minutes(1));
        assert_eq!(sign_in().await, "303 /domains");
        assert_eq!(asked(), (3, 3, 5));
        provider.token(|token| token["header"]["kid"] = json!("made up"));
        for _ in 0..5 {
            assert_eq!(sign_in().await, refused("untrusted"));
        }
        assert_eq!(asked(), (3, 3, 10));
        provider.token(|_| {});
        desk.world.clock.advance(Span::minutes(15));
        assert_eq!(sign_in().await, "303 /domains");
        assert_eq!(asked(), (4, 4, 11), "an old key does not count for ever");
    });
}

#[test]
fn what_a_provider_says_no_to_is_told_in_its_word() {
    run(async {
        for (error, word, level) in [
            ("access_denied", "denied", Level::Info),
            ("login_required", "denied", Level::Info),
            ("server_error", "unavailable", Level::Warn),
            ("invalid_scope", "unavailable", Level::Warn),
        ] {
            let desk = Desk::new(Plan::Agency);
            let mut browser = Browser::default();
            let back = without(&desk.agree(&mut browser).await, "code");
            let answer = browser.ask(&desk, "GET", &with(&back, "error", error), "").await;
            assert_eq!(answer.brief(), refused(word), "{error}");
            assert_eq!(desk.world.log.of("sign_in.refused")[0].level, level, "{error}");
        }
        // An error is believed only from whom we sent the browser to.
        let desk = Desk::new(Plan::Agency);
        let back = format!("{BEGIN}/callback?error=access_denied");
        assert_eq!(desk.by_path(&back).await.brief(), refused("ended"));
    });
}

#[test]
fn a_code_is_good_once_and_only_for_us() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        // A code of another attempt: its challenge is another (RFC 7636), so the provider refuses it.
        let mut victim = Browser::default();
        let stolen = desk.agree(&mut victim).await;
        let code = stolen.split("code=").nth(1).unwrap().split('&').next().unwrap();
        let mut attacker = Browser::default();
        let back = with(&desk.agree(&mut attacker).await, "code", code);
        assert_eq!(attacker.ask(&desk, "GET", &back, "").await.brief(), refused("ended"));
        assert_eq!(desk.causes(), ["the provider does not know the code"]);
        for code in ["", "unknown", &"c".repeat(5000)] {
            let mut browser = Browser::default();
            let back = with(&desk.agree(&mut browser).await, "code", code);
            let answer = browser.ask(&desk, "GET", &back, "").await;
            let word = if code == "unknown" { "ended" } else { "untrusted" };
            assert_eq!(answer.brief(), refused(word), "{} characters", code.len());
        }
    });
}

#[test]
fn twenty_returns_at_once_start_one_session() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let mut browser = Browser::default();
        let back = desk.agree(&mut browser).await;
        let tries = (0..20).map(|_| {
            let (desk, back, mut browser) = (&desk, &back, browser.clone());
            async move { browser.ask(desk, "GET", back, "").await.brief() }
        });
        let briefs = join_all(tries).await;
        assert_eq!(briefs.iter().filter(|brief| *brief == "303 /domains").count(), 1, "{briefs:?}");
        assert_eq!(desk.there("users WHERE email = 'ada@people.dev'"), 1);
        assert_eq!((desk.there("sessions"), desk.there("organizations")), (2, 2));
    });
}

#[test]
fn two_first_sign_ins_at_once_make_one_person() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let mut browsers = Vec::new();
        for _ in 0..2 {
            let mut browser = Browser::default();
            let back = desk.agree(&mut browser).await;
            browsers.push((browser, back));
        }
        let tries = browsers.into_iter().map(|(mut browser, back)| {
            let desk = &desk;
            async move { browser.ask(desk, "GET", &back, "").await.brief() }
        });
        assert_eq!(join_all(tries).await, ["303 /domains", "303 /domains"]);
        assert_eq!(desk.there("users WHERE email = 'ada@people.dev'"), 1);
        assert_eq!((desk.there("identities"), desk.there("organizations")), (1, 2));
    });
}

#[test]
fn beginning_needs_our_own_page_and_is_bounded_from_one_place() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        for origin in [None, Some("https://evil.example"), Some("null")] {
            let headers = origin.map(|origin| ("origin", origin.to_owned())).into_iter().collect();
            assert_eq!(desk.ask("POST", BEGIN, &headers, "").await.brief(), "403 forbidden");
        }
        let mut place = Browser { address: Some("192.0.2.1"), ..Browser::default() };
        for number in 0..=300 {
            let answer = place.post(&desk, BEGIN, "").await;
            assert_eq!(answer.status, if number < 300 { 201 } else { 429 }, "{number}");
        }
        let mut other = Browser { address: Some("192.0.2.2"), ..Browser::default() };
        assert_eq!(other.post(&desk, BEGIN, "").await.status, 201);
        assert_eq!(desk.world.http.count(".well-known"), 1);
        desk.world.clock.advance(Span::minutes(15));
        assert_eq!(place.post(&desk, BEGIN, "").await.status, 201, "a new window");
    });
}

#[test]
fn no_parameter_leads_to_another_site() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let mut browser = Browser::default();
        let back = desk.agree(&mut browser).await;
        let evil = "https%3A%2F%2Fevil.example";
        let back =
            format!("{back}&redirect_uri={evil}&next={evil}&return_to={evil}&error_uri={evil}");
        assert_eq!(browser.ask(&desk, "GET", &back, "").await.brief(), "303 /domains");
        let begin = format!("{BEGIN}?redirect_uri={evil}");
        assert_eq!(browser.post(&desk, &begin, "").await.brief(), "400 bad_request");
        for path in ["//evil.example", "https:%2F%2Fevil.example", "..%2F..%2Fevil.example"] {
            let path = format!("/api/sign-in/providers/{path}/callback?error=access_denied");
            let answer = browser.ask(&desk, "GET", &path, "").await;
            assert!(
                answer.header("location").is_none_or(|to| to.starts_with("/sign-in#")),
                "{answer:?}"
            );
        }
    });
}

#[test]
fn a_client_that_the_provider_does_not_take_is_the_operators_matter() {
    run(async {
        let mut desk = Desk::new(Plan::Agency);
        desk.world.config =
            desk.world.configured(&[("OIDC_CLIENT_SECRETS", r#"{"corp":"the wrong one"}"#)]);
        let answer = desk.by_provider(&mut Browser::default()).await;
        assert_eq!(answer.brief(), refused("unavailable"));
        let errors = desk.world.log.errors();
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].fields["cause"], "the provider does not take us for its client");
        assert_eq!(errors[0].fields["provider"], "corp");
        assert!(!format!("{errors:?}").contains("the wrong one"));
    });
}

#[test]
fn nothing_secret_stands_in_the_database_or_the_log() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let mut browser = Browser::default();
        let begun = browser.post(&desk, BEGIN, "").await.json();
        let url = begun["authorizationUrl"].as_str().unwrap().to_owned();
        let state = url.split("&state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
        let cookie = browser.cookies[0].1.clone();
        let dump = || {
            let tables = ["oidc_attempts", "sign_in_links", "sessions", "identities", "audit_logs"];
            let rows =
                tables.map(|table| desk.world.query(&format!("SELECT * FROM {table}")).to_string());
            rows.concat() + &format!("{:?}", desk.world.log.all())
        };
        let before = dump();
        let back = desk.world.provider.agree(&url);
        let code = back.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
        browser.ask(&desk, "GET", back.strip_prefix(APP).unwrap(), "").await;
        let sent = desk.world.http.requests();
        let token = sent.iter().find(|request| request.url.ends_with("/token")).unwrap();
        let body = String::from_utf8(token.body.clone().unwrap()).unwrap();
        let verifier = body.split("code_verifier=").nth(1).unwrap();
        assert!(url.contains(&FakeProvider::challenge(verifier)) && !url.contains(verifier));
        for secret in [&state, &cookie, verifier, &code, "client-secret-of-the-tests"] {
            assert!(!before.contains(secret) && !dump().contains(secret), "{secret} is kept");
        }
        assert!(!url.contains(&cookie), "what the browser holds does not travel");
    });
}

/// A sign-in of a new person with every call of it failing once before, and once after it was done.
/// Whoever is told that it did not work begins again.
#[test]
fn whatever_breaks_a_person_signs_in_at_last_and_is_made_once() {
    let proved = run(walk(|faults| async move {
        faults.pause();
        let desk = Desk::with(Plan::Agency, Rc::clone(&faults));
        faults.resume();
        let mut browser = Browser::default();
        let mut begun = browser.post(&desk, BEGIN, "").await;
        if begun.status != 201 {
            assert_eq!(begun.status, 503, "{begun:?}");
            begun = browser.post(&desk, BEGIN, "").await;
        }
        let back = desk.world.provider.agree(begun.json()["authorizationUrl"].as_str().unwrap());
        let mut answer = browser.ask(&desk, "GET", back.strip_prefix(APP).unwrap(), "").await;
        if answer.brief() != "303 /domains" {
            assert_eq!(answer.brief(), refused("unavailable"));
            assert!(!browser.headers().iter().any(|(_, value)| value.contains("session")));
            answer = desk.by_provider(&mut browser).await;
        }
        assert_eq!(answer.brief(), "303 /domains");
        desk.world.faults.pause();
        assert_eq!(browser.ask(&desk, "GET", "/api/session", "").await.status, 200);
        assert_eq!(desk.there("users WHERE email = 'ada@people.dev'"), 1);
        assert_eq!((desk.there("identities"), desk.there("organizations")), (1, 2));
        // A session whose answer was lost is there, unknown to anybody, and stands in the log.
        let started = desk.there("sessions") - 1;
        assert_eq!(desk.there("audit_logs WHERE action = 'session.start'"), started);
        assert_eq!(desk.there("audit_logs WHERE action = 'organization.create'"), 1);
        assert_eq!(desk.there("oidc_attempts WHERE provider <> 'corp'"), 0);
        drop(desk.world.log.errors());
    }));
    // Begin, metadata, keys, take, token, look, start.
    assert_eq!(proved, 7 * 3);
}

#[test]
fn without_providers_there_are_no_buttons() {
    run(async {
        let mut desk = Desk::new(Plan::Agency);
        desk.world.config =
            desk.world.configured(&[("OIDC_PROVIDERS", ""), ("OIDC_CLIENT_SECRETS", "")]);
        let list = desk.ask("GET", "/api/sign-in/providers", &Vec::new(), "").await;
        assert_eq!(list.json(), json!({ "providers": [] }));
        let headers = vec![("origin", OWN.to_owned())];
        assert_eq!(desk.ask("POST", BEGIN, &headers, "").await.brief(), "404 not_found");
    });
}
