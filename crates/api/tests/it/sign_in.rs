//! People sign in: by mail, once, in the browser that asked; and see and end their sessions.

use dcvaas_core::model::plan::Plan;
use dcvaas_core::model::role::Role;
use dcvaas_core::time::Span;
use dcvaas_testkit::run;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::desk::{Desk, cookie};

const ADA: &str = r#"{"email":" Ada@People.dev"}"#;

/// Sends what waits, and gives the token and the code of the last mail.
async fn letter(desk: &Desk) -> (Value, Value) {
    let text = desk.last_mail().await;
    let token = text.split("#token=").nth(1).unwrap().lines().next().unwrap();
    let code = text.lines().find(|line| line.len() == 9 && line.contains('-')).unwrap();
    (json!({ "token": token }), json!({ "code": code }))
}

#[test]
fn a_new_person_asks_follows_the_link_and_owns_an_organization_on_the_free_plan() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let mut browser = Browser::default();
        let asked = browser.post(&desk, "/api/sign-in", ADA).await;
        assert_eq!(asked.status, 202, "{asked:?}");
        assert_eq!(
            desk.world.count("SELECT COUNT(*) FROM users WHERE email = 'ada@people.dev'"),
            0
        );
        let (link, _) = letter(&desk).await;
        assert_eq!(desk.world.mails()[0]["to"], json!(["ada@people.dev"]));
        let started = browser.session(&desk, &link).await;
        assert_eq!(started.status, 201, "{started:?}");
        let session = started.json();
        assert_eq!(session["user"]["email"], "ada@people.dev");
        let [org] = session["organizations"].as_array().unwrap().as_slice() else { panic!() };
        assert_eq!([&org["name"], &org["plan"], &org["role"]], ["ada", "free", "owner"]);
        let who = browser.ask(&desk, "GET", "/api/session", "").await;
        assert_eq!(who.json(), session);
        let audit = desk.world.query("SELECT action, actor_kind, actor_id FROM audit_logs");
        let entry = |action: &str| json!({ "action": action, "actor_kind": "user", "actor_id": session["user"]["id"] });
        let expected = json!([entry("organization.create"), entry("session.start")]);
        assert_eq!(audit, expected);
        assert_eq!(browser.session(&desk, &link).await.brief(), "401 unauthorized", "used once");
    });
}

#[test]
fn a_person_who_comes_again_is_the_same_one() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        for _ in 0..2 {
            let mut browser = Browser::default();
            browser.post(&desk, "/api/sign-in", ADA).await;
            let (_, code) = letter(&desk).await;
            assert_eq!(browser.session(&desk, &code).await.status, 201);
        }
        assert_eq!(
            desk.world.count("SELECT COUNT(*) FROM users WHERE email = 'ada@people.dev'"),
            1
        );
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM organizations"), 2);
    });
}

#[test]
fn the_answer_is_the_same_whoever_is_known() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let owner = desk.world.query("SELECT email FROM users")[0]["email"].clone();
        let mut seen = Vec::new();
        for email in [owner, json!("nobody@people.dev")] {
            desk.world.db.forget();
            let mut browser = Browser::default();
            let body = json!({ "email": email }).to_string();
            let answer = browser.post(&desk, "/api/sign-in", &body).await;
            let names: Vec<_> = answer.headers.iter().map(|(name, _)| *name).collect();
            seen.push((answer.status, answer.body, names, desk.world.db.statements()));
        }
        assert_eq!(seen[0], seen[1]);
    });
}

#[test]
fn link_and_code_work_only_in_the_browser_that_asked() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let mut browser = Browser::default();
        browser.post(&desk, "/api/sign-in", ADA).await;
        let (link, code) = letter(&desk).await;
        // Somebody who has the mail but not the browser; and a browser that asked for itself.
        let mut other = Browser::default();
        other.post(&desk, "/api/sign-in", r#"{"email":"eve@people.dev"}"#).await;
        for thief in [&mut Browser::default(), &mut other] {
            for proof in [&link, &code] {
                let answer = thief.session(&desk, proof).await;
                assert_eq!(answer.brief(), "401 unauthorized", "{proof}");
                assert!(!answer.headers.iter().any(|(name, _)| *name == "set-cookie"));
            }
        }
        assert_eq!(
            browser.session(&desk, &code).await.status,
            201,
            "it still works where it was asked for"
        );
        assert_eq!(
            browser.session(&desk, &link).await.brief(),
            "401 unauthorized",
            "one use for both"
        );
    });
}

#[test]
fn a_code_can_be_typed_five_times() {
    run(async {
        for (wrong, expected) in [(4, 201), (5, 401)] {
            let desk = Desk::new(Plan::Agency);
            let mut browser = Browser::default();
            browser.post(&desk, "/api/sign-in", ADA).await;
            let (_, code) = letter(&desk).await;
            let guess = json!({ "code": if code["code"] == "AAAA-AAAA" { "BBBB-BBBB" } else { "AAAA-AAAA" } });
            for _ in 0..wrong {
                assert_eq!(browser.session(&desk, &guess).await.brief(), "401 unauthorized");
            }
            assert_eq!(browser.session(&desk, &code).await.status, expected, "after {wrong}");
        }
    });
}

#[test]
fn both_end_after_fifteen_minutes() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let mut browser = Browser::default();
        browser.post(&desk, "/api/sign-in", ADA).await;
        let (link, code) = letter(&desk).await;
        desk.world.clock.advance(Span::minutes(15));
        for proof in [link, code] {
            assert_eq!(browser.session(&desk, &proof).await.brief(), "401 unauthorized");
        }
    });
}

#[test]
fn twenty_uses_at_once_start_one_session() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let mut browser = Browser::default();
        browser.post(&desk, "/api/sign-in", ADA).await;
        let (link, _) = letter(&desk).await;
        let tries = (0..20).map(|_| {
            let (desk, link, mut browser) = (&desk, &link, browser.clone());
            async move { browser.session(desk, link).await.status }
        });
        let statuses = join_all(tries).await;
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert_eq!(
            desk.world.count("SELECT COUNT(*) FROM users WHERE email = 'ada@people.dev'"),
            1
        );
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM organizations"), 2);
    });
}

#[test]
fn two_links_of_a_new_person_at_once_make_one_person_with_one_organization() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let mut browsers = Vec::new();
        for _ in 0..2 {
            let mut browser = Browser::default();
            browser.post(&desk, "/api/sign-in", ADA).await;
            browsers.push((browser, letter(&desk).await.0));
        }
        let tries = browsers.into_iter().map(|(mut browser, link)| {
            let desk = &desk;
            async move { browser.session(desk, &link).await.status }
        });
        assert_eq!(join_all(tries).await, [201, 201]);
        assert_eq!(
            desk.world.count("SELECT COUNT(*) FROM users WHERE email = 'ada@people.dev'"),
            1
        );
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM organizations"), 2);
    });
}

#[test]
fn mails_are_bounded_for_one_address_and_from_one_place() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let mut browser = Browser::default();
        for number in 1..=7 {
            let answer = browser.post(&desk, "/api/sign-in", ADA).await;
            let expected = if number <= 5 { "202" } else { "429 rate_limited" };
            assert_eq!(answer.brief(), expected, "{number}");
            assert_eq!(answer.header("retry-after").is_some(), number > 5);
        }
        desk.world.clock.advance(Span::minutes(15));
        assert_eq!(browser.post(&desk, "/api/sign-in", ADA).await.status, 202, "a new window");
        let mut place = Browser { address: Some("192.0.2.1"), ..Browser::default() };
        for number in 0..31 {
            let body = format!(r#"{{"email":"someone{number}@people.dev"}}"#);
            let answer = place.post(&desk, "/api/sign-in", &body).await;
            assert_eq!(answer.status, if number < 30 { 202 } else { 429 }, "{number}");
        }
        let kept = desk.world.query("SELECT * FROM sign_in_counters").to_string();
        assert!(!kept.contains("people.dev") && !kept.contains("192.0.2.1"), "{kept}");
    });
}

#[test]
fn no_secret_of_a_mail_stands_in_the_database_the_log_or_the_queue() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let mut browser = Browser::default();
        let asked = browser.post(&desk, "/api/sign-in", ADA).await;
        let dump = || {
            let tables = ["sign_in_links", "mails", "sessions", "sign_in_counters", "audit_logs"];
            let rows =
                tables.map(|table| desk.world.query(&format!("SELECT * FROM {table}")).to_string());
            rows.concat() + &format!("{:?}", desk.world.log.all())
        };
        let before = dump();
        desk.world.background.run_all().await;
        let queued = format!("{:?}", desk.world.queue.take());
        let (link, code) = letter(&desk).await;
        let nonce = browser.cookies[0].1.clone();
        let code = code["code"].as_str().unwrap();
        let plain = code.replace('-', "");
        for secret in [link["token"].as_str().unwrap(), code, &plain, &nonce] {
            for kept in [&before, &dump(), &queued, &asked.body] {
                assert!(!kept.contains(secret), "{secret} is kept");
            }
        }
    });
}

#[test]
fn asking_and_finishing_need_our_own_page_and_a_whole_body() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        for path in ["/api/sign-in", "/api/session"] {
            for origin in [None, Some("https://evil.example"), Some("null")] {
                let headers =
                    origin.map(|origin| ("origin", origin.to_owned())).into_iter().collect();
                assert_eq!(
                    desk.ask("POST", path, &headers, ADA).await.brief(),
                    "403 forbidden",
                    "{path}"
                );
            }
        }
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM mails"), 0);
        let mut browser = Browser::default();
        for body in
            [r#"{"email":"nobody"}"#, r#"{"email":"a@x.dev,b@x.dev"}"#, r#"{"email":7}"#, "{}"]
        {
            let answer = browser.post(&desk, "/api/sign-in", body).await;
            assert_eq!(answer.brief(), "400 bad_request", "{body}");
            assert_eq!(answer.json()["errors"][0]["field"], "email");
        }
        for body in ["{}", r#"{"token":"x","code":"x"}"#] {
            assert_eq!(browser.post(&desk, "/api/session", body).await.brief(), "400 bad_request");
        }
        for body in [r#"{"token":"x"}"#, r#"{"code":"x"}"#] {
            assert_eq!(browser.post(&desk, "/api/session", body).await.brief(), "401 unauthorized");
        }
    });
}

#[test]
fn a_session_that_was_there_before_is_not_taken_over() {
    run(async {
        // Fixation: the browser comes with a session that somebody planted; signing in makes a new one.
        let desk = Desk::new(Plan::Agency);
        let mut browser = Browser::default();
        browser.cookies.push(("__Host-dcvaas_session".to_owned(), desk.session.secret.clone()));
        browser.post(&desk, "/api/sign-in", ADA).await;
        let (link, _) = letter(&desk).await;
        assert_eq!(browser.session(&desk, &link).await.status, 201);
        assert!(browser.cookies.iter().all(|(_, value)| *value != desk.session.secret));
        let planted =
            desk.ask("GET", "/api/session", &cookie(&desk.session.secret), "").await.json();
        assert_ne!(planted["user"]["email"], "ada@people.dev");
    });
}

#[test]
fn a_session_lasts_a_week_after_its_last_use_and_thirty_days_in_all() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let mut browser = Browser::default();
        browser.post(&desk, "/api/sign-in", ADA).await;
        let (link, _) = letter(&desk).await;
        browser.session(&desk, &link).await;
        for day in [6, 12, 18, 24, 29] {
            desk.world.clock.advance(Span::days(if day == 29 { 5 } else { 6 }));
            assert_eq!(
                browser.ask(&desk, "GET", "/api/session", "").await.status,
                200,
                "day {day}"
            );
            desk.world.background.run_all().await;
        }
        desk.world.clock.advance(Span::days(1));
        assert_eq!(browser.ask(&desk, "GET", "/api/session", "").await.brief(), "401 unauthorized");

        let mut idle = Browser::default();
        idle.post(&desk, "/api/sign-in", ADA).await;
        let (link, _) = letter(&desk).await;
        idle.session(&desk, &link).await;
        desk.world.clock.advance(Span::days(7));
        assert_eq!(idle.ask(&desk, "GET", "/api/session", "").await.brief(), "401 unauthorized");
    });
}

#[test]
fn a_person_sees_their_own_sessions_and_ends_any_of_them() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let mut browsers = Vec::new();
        for address in ["192.0.2.1", "2001:db8::1", "192.0.2.3"] {
            let mut browser = Browser { address: Some(address), ..Browser::default() };
            browser.post(&desk, "/api/sign-in", ADA).await;
            let (link, _) = letter(&desk).await;
            browser.session(&desk, &link).await;
            browsers.push(browser);
            desk.world.clock.advance(Span::seconds(1));
        }
        let [mut first, mut second, mut third] = <[Browser; 3]>::try_from(browsers).ok().unwrap();
        let list = third.ask(&desk, "GET", "/api/sessions", "").await.json();
        let sessions = list["sessions"].as_array().unwrap();
        let shown: Vec<_> = sessions.iter().map(|one| (&one["address"], &one["current"])).collect();
        assert_eq!(shown.len(), 3);
        assert_eq!(shown[0], (&json!("192.0.2.3"), &json!(true)));
        assert_eq!(shown[2], (&json!("192.0.2.1"), &json!(false)));
        assert_eq!(sessions[0]["userAgent"], "Netscape/4.0");
        let page = third.ask(&desk, "GET", "/api/sessions?limit=2", "").await.json();
        let rest = format!("/api/sessions?cursor={}", page["nextCursor"].as_str().unwrap());
        assert_eq!(
            third.ask(&desk, "GET", &rest, "").await.json()["sessions"],
            json!([sessions[2]])
        );

        let path = format!("/api/sessions/{}", sessions[2]["id"].as_str().unwrap());
        let foreign = desk.person("DELETE", &path, "").await;
        assert_eq!(foreign.brief(), "404 not_found", "only one's own");
        assert_eq!(third.ask(&desk, "DELETE", &path, "").await.status, 204);
        assert_eq!(first.ask(&desk, "GET", "/api/session", "").await.brief(), "401 unauthorized");
        assert_eq!(third.ask(&desk, "DELETE", "/api/sessions", "").await.status, 204);
        assert_eq!(second.ask(&desk, "GET", "/api/session", "").await.brief(), "401 unauthorized");
        assert_eq!(third.ask(&desk, "GET", "/api/session", "").await.status, 200);
        assert_eq!(desk.person("GET", "/api/session", "").await.status, 200, "nobody else's ended");
    });
}

#[test]
fn every_organization_of_a_person_sees_them_come_and_go() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let ada = desk.world.user("ada@people.dev");
        let (own, suspended) = (desk.world.org(Plan::Free), desk.world.org(Plan::Agency));
        for org in [&desk.org, &own, &suspended] {
            desk.world.member(org, &ada, Role::Owner);
        }
        desk.world.execute(&format!(
            "UPDATE members SET status = 'suspended' WHERE org_id = '{suspended}'"
        ));
        let mut browser = Browser { address: Some("192.0.2.9"), ..Browser::default() };
        for kind in ["link", "code"] {
            browser.post(&desk, "/api/sign-in", ADA).await;
            let (link, code) = letter(&desk).await;
            let proof = if kind == "link" { link } else { code };
            assert_eq!(browser.session(&desk, &proof).await.status, 201);
            let sessions = browser.ask(&desk, "GET", "/api/sessions", "").await.json();
            let session = &sessions["sessions"][0]["id"];
            assert_eq!(browser.ask(&desk, "DELETE", "/api/session", "").await.status, 204);
            let rows = desk.world.query(
                "SELECT org_id, actor_kind, actor_id, action, subject_id, detail, address, request_id, position
                   FROM audit_logs WHERE action LIKE 'session.%' ORDER BY id DESC LIMIT 4",
            );
            let mut seen = Vec::new();
            for row in rows.as_array().unwrap() {
                assert_eq!((&row["actor_kind"], &row["actor_id"]), (&json!("user"), &json!(ada)));
                assert_eq!((&row["subject_id"], &row["address"]), (session, &json!("192.0.2.9")));
                assert!(row["request_id"].is_string() && row["position"].is_i64());
                seen.push((row["org_id"].clone(), row["action"].clone(), row["detail"].clone()));
            }
            for org in [&desk.org, &own] {
                let method = format!(r#"{{"method":"{kind}"}}"#);
                for (action, detail) in [("session.start", method.as_str()), ("session.end", "{}")]
                {
                    assert!(seen.contains(&(json!(org), json!(action), json!(detail))), "{seen:?}");
                }
            }
            // Ids begin with the time.
            desk.world.clock.advance(Span::seconds(1));
        }
        let all = "SELECT COUNT(*) FROM audit_logs WHERE action LIKE 'session.%'";
        assert_eq!(desk.world.count(all), 8);
        // Who is refused, and who is gone already, leaves nothing.
        browser.session(&desk, &json!({ "code": "AAAA-AAAA" })).await;
        browser.ask(&desk, "DELETE", "/api/session", "").await;
        assert_eq!(desk.world.count(all), 8);
        let listed = desk.admin("GET", "/api/audit-logs?action=session.end", "").await.json();
        assert_eq!(listed["auditLogs"].as_array().unwrap().len(), 2);
    });
}

#[test]
fn without_a_mail_service_signing_in_by_mail_is_refused_in_plain_words() {
    run(async {
        let mut desk = Desk::new(Plan::Agency);
        desk.world.config = desk.world.configured(&[("RESEND_API_KEY", "")]);
        let answer = Browser::default().post(&desk, "/api/sign-in", ADA).await;
        assert_eq!(answer.brief(), "503 misconfigured");
        assert!(answer.body.contains("RESEND_API_KEY"));
        let health = desk.ask("GET", "/health", &Vec::new(), "").await.json();
        assert_eq!(health["dependencies"]["mail"]["status"], "not_configured");
    });
}
