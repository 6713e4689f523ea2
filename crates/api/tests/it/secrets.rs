//! Every secret that the product ever shows or is shown, and that none of them is kept or told on: not in the
//! database, in the log, in a message of the queue, or in a later answer.

use dcvaas_core::crypto::token::ApiToken;
use dcvaas_core::model::plan::Plan;
use dcvaas_testkit::run;
use serde_json::{Value, json};

use crate::desk::{Desk, HOST, OWN, bearer, cookie};
use crate::leaks::{Github, found};

/// Every row of every table, as text.
pub(crate) fn dump(desk: &Desk) -> String {
    let tables =
        desk.world.query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
    let names = tables.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap());
    names.map(|name| desk.world.query(&format!("SELECT * FROM {name}")).to_string()).collect()
}

/// What was shown so far, each with what it is.
#[derive(Default)]
struct Shown(Vec<(&'static str, String)>);

impl Shown {
    fn note(&mut self, what: &'static str, secret: &str) {
        assert!(secret.len() >= 9, "{what} is too short to be looked for: {secret}");
        self.0.push((what, secret.to_owned()));
    }

    fn of(&mut self, what: &'static str, answer: &Value, pointer: &str) {
        let secret = answer.pointer(pointer).and_then(Value::as_str);
        self.note(what, secret.unwrap_or_else(|| panic!("{what}: {answer}")));
    }

    fn assert_absent(&self, place: &str, text: &str) {
        for (what, secret) in &self.0 {
            assert!(!text.contains(secret.as_str()), "{what} stands in {place}");
        }
    }
}

/// The value behind `name=` in a text, up to its end.
fn after<'a>(text: &'a str, name: &str) -> &'a str {
    let rest = text.split(name).nth(1).unwrap_or_else(|| panic!("no {name} in {text}"));
    rest.split([';', '\n', '&']).next().unwrap_or_default()
}

/// A person signs in by mail: its link, its code, and the cookies.
async fn signs_in(desk: &Desk, shown: &mut Shown) {
    let own = vec![("origin", OWN.to_owned())];
    let asked = desk.ask("POST", "/api/sign-in", &own, r#"{"email":"ada@people.dev"}"#).await;
    let set = asked.header("set-cookie").unwrap().to_owned();
    let (pair, _) = set.split_once(';').unwrap();
    shown.note("the cookie of who asks for a mail", after(pair, "="));
    let text = desk.last_mail().await;
    let link = after(&text, "#token=");
    let code = text.lines().find(|line| line.len() == 9 && line.contains('-')).unwrap();
    shown.note("a sign-in link", link);
    shown.note("a sign-in code", code);
    let mut headers = own;
    headers.push(("cookie", pair.to_owned()));
    let body = json!({ "code": code }).to_string();
    let signed_in = desk.ask("POST", "/api/session", &headers, &body).await;
    assert_eq!(signed_in.status, 201, "{signed_in:?}");
    let session = signed_in
        .headers
        .iter()
        .find(|(name, value)| *name == "set-cookie" && value.contains("dcvaas_session="))
        .unwrap();
    shown.note("a session", after(&session.1, "dcvaas_session="));
}

/// Tokens and endpoints are made, repeated by key, rotated, and revoked.
async fn machines(desk: &Desk, shown: &mut Shown) {
    let key = |headers: &mut Vec<(&'static str, String)>| {
        headers.push(("idempotency-key", "the-same-each-time".to_owned()));
    };
    let mut headers = bearer(&desk.admin.secret);
    key(&mut headers);
    for _ in 0..2 {
        let made = desk.ask("POST", "/api/tokens", &headers, r#"{"name":"x"}"#).await.json();
        if made["token"].is_string() {
            shown.of("a token", &made, "/token");
        }
        let id = made["tokenMeta"]["id"].as_str().unwrap();
        let rotated = desk.admin("POST", &format!("/api/tokens/{id}/rotate"), "{}").await.json();
        if rotated["token"].is_string() {
            shown.of("a rotated token", &rotated, "/token");
        }
    }
    let body = json!({
        "url": "https://hooks.receiver.dev/in?key=in-the-address-0001", "headers": { "X-Key": "of-the-receiver-0001" },
    });
    let endpoint = desk.admin("POST", "/api/webhooks", &body.to_string()).await.json();
    shown.note("a header of an endpoint", "of-the-receiver-0001");
    let id = endpoint["webhook"]["id"].as_str().unwrap();
    let rotated = desk.admin("POST", &format!("/api/webhooks/{id}/rotate"), "{}").await.json();
    for answer in [&endpoint, &rotated] {
        shown.of("a webhook secret", answer, "/webhook/secret");
        let whsec = answer["webhook"]["signingSecret"].as_str().unwrap();
        shown.note("a webhook secret in base64", whsec.trim_start_matches("whsec_"));
    }
    desk.admin("POST", "/api/domains", &format!(r#"{{"hostname":"{HOST}"}}"#)).await;
}

/// Somebody is invited, and GitHub reports what it found.
async fn others(desk: &Desk, shown: &mut Shown) {
    let invite = format!("/api/orgs/{}/members/invite", desk.org);
    desk.person("POST", &invite, r#"{"email":"new@people.dev"}"#).await;
    shown.note("an invitation", after(&desk.last_mail().await, "&token="));
    let github = Github::beside(desk);
    let known = desk.admin("POST", "/api/tokens", r#"{"name":"leaked"}"#).await.json();
    shown.of("a leaked token", &known, "/token");
    let unknown = ApiToken::generate([5; 32]).reveal().to_owned();
    let other = "ghp_somebody-elses-0123456789abcdef";
    let body = found(&[known["token"].as_str().unwrap(), &unknown, other]);
    assert_eq!(github.report(desk, &body).await.status, 200);
    shown.note("a reported token of nobody", &unknown);
    shown.note("a reported secret of others", other);
    desk.last_mail().await;
}

#[test]
fn no_secret_reaches_the_database_the_log_the_queue_or_a_later_answer() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let mut shown = Shown::default();
        shown.note("the admin token", &desk.admin.secret);
        shown.note("the owner's session", &desk.session.secret);
        shown.note("the encryption key", "2f8d61ab35c07e94d21b6a5f08e3c794");
        shown.note("Cloudflare's token", "cloudflare-api-token-of-the-tests");
        shown.note("the mail service's key", "re_key-of-the-tests");
        signs_in(&desk, &mut shown).await;
        machines(&desk, &mut shown).await;
        others(&desk, &mut shown).await;
        // Wrong ones are nobody's, and still may be somebody's.
        let mistyped = format!("{}00", &desk.admin.secret[..73]);
        desk.ask("GET", "/api/domains", &bearer(&mistyped), "").await;
        desk.ask("GET", &format!("/api/domains?token={mistyped}"), &Vec::new(), "").await;
        shown.note("a mistyped token", &mistyped);
        desk.world.background.run_all().await;
        assert!(shown.0.len() >= 20, "{}", shown.0.len());

        shown.assert_absent("the database", &dump(&desk));
        shown.assert_absent("the log", &format!("{:?}", desk.world.log.all()));
        let messages = desk.world.queue.ever();
        assert!(messages.len() >= 4, "{messages:?}");
        shown.assert_absent("the queue", &messages.concat());
        // What a mail says stands in none of them, either.
        for text in [
            "Open this link in the browser",
            "invites you to the organization",
            "was found in public",
        ] {
            assert!(!(dump(&desk) + &messages.concat()).contains(text), "{text}");
        }
        let person = cookie(&desk.session.secret);
        for path in [
            "/api/webhooks",
            "/api/tokens",
            "/api/session",
            "/api/sessions",
            "/api/domains",
            "/api/organizations",
            "/api/audit-logs?limit=200",
            "/api/events",
        ] {
            let answer = desk.ask("GET", path, &person, "").await;
            assert_eq!(answer.status, 200, "{answer:?}");
            shown.assert_absent(path, &answer.body);
        }
        drop(desk.world.log.errors());
    });
}
