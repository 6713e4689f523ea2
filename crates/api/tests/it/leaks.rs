//! Reports of tokens that were found in public: who may send them, what they do, and what they tell.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use dcvaas_core::crypto::hash::sha256_hex;
use dcvaas_core::crypto::token::ApiToken;
use dcvaas_core::model::plan::Plan;
use dcvaas_core::model::role::Role;
use dcvaas_core::model::scope::Scope;
use dcvaas_core::ports::{HttpAnswer, HttpError};
use dcvaas_core::time::Span;
use dcvaas_testkit::{Faults, GITHUB, run, walk};
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, Headers, bearer};
use crate::signer::P256Signer;

const PATH: &str = "/api/leaks/github";

/// GitHub: what it publishes now, and how often it was asked.
pub(crate) struct Github {
    signer: P256Signer,
    published: RefCell<Value>,
    asked: Cell<usize>,
}

impl Github {
    /// It publishes its key as `a`.
    pub(crate) fn beside(desk: &Desk) -> Rc<Self> {
        let signer = P256Signer::default();
        let published = RefCell::new(Self::keys(&[("a", &signer)]));
        let github = Rc::new(Self { signer, published, asked: Cell::new(0) });
        let answering = Rc::clone(&github);
        desk.world.http.route(move |request| {
            let wanted = format!("{GITHUB}/meta/public_keys/secret_scanning");
            (request.url == wanted).then(|| {
                answering.asked.set(answering.asked.get() + 1);
                let agent = request.headers.iter().any(|(name, _)| *name == "user-agent");
                assert!(agent, "GitHub refuses requests without a user agent");
                match &*answering.published.borrow() {
                    Value::Null => Err(HttpError::Timeout),
                    keys => Ok(HttpAnswer {
                        status: 200,
                        headers: Vec::new(),
                        body: keys.to_string().into_bytes(),
                    }),
                }
            })
        });
        github
    }

    fn keys(named: &[(&str, &P256Signer)]) -> Value {
        let keys: Vec<Value> = named
            .iter()
            .map(|(name, signer)| json!({ "key_identifier": name, "key": signer.pem(), "is_current": true }))
            .collect();
        json!({ "public_keys": keys })
    }

    pub(crate) fn headers(&self, body: &str) -> Headers {
        vec![
            ("github-public-key-identifier", "a".to_owned()),
            ("github-public-key-signature", self.signer.sign(body.as_bytes())),
        ]
    }

    pub(crate) async fn report(&self, desk: &Desk, body: &str) -> Answer {
        desk.ask("POST", PATH, &self.headers(body), body).await
    }
}

pub(crate) fn found(tokens: &[&str]) -> String {
    let url = "https://github.com/acme/app/blob/0123/config.yml";
    let found: Vec<Value> = tokens
        .iter()
        .map(|token| json!({ "token": token, "type": "dcvaas_api_token", "url": url, "source": "content" }))
        .collect();
    Value::from(found).to_string()
}

fn labels(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let list = answer.json();
    let labels = list.as_array().unwrap().iter();
    labels.map(|one| one["label"].as_str().unwrap().to_owned()).collect()
}

fn unknown(number: u8) -> String {
    ApiToken::generate([number; 32]).reveal().to_owned()
}

#[test]
fn a_token_that_was_found_is_revoked_at_once_and_its_people_are_told() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let github = Github::beside(&desk);
        for (name, role) in [("bob", Role::Admin), ("tom", Role::Member), ("ada", Role::Member)] {
            let user = desk.world.user(&format!("{name}@people.dev"));
            desk.world.member(&desk.org, &user, role);
            if name == "ada" {
                desk.world.execute(&format!("UPDATE api_tokens SET person_id = '{user}'"));
            }
        }
        let leaked = desk.admin.secret.clone();
        let other = desk.world.token(&desk.org, &[Scope::DomainsRead]);
        let stranger = unknown(3);
        let mistyped = format!("{}x", &leaked[..74]);
        let body = found(&[&leaked, &stranger, &mistyped, "some_token", &leaked]);
        let answer = github.report(&desk, &body).await;
        assert_eq!(
            labels(&answer),
            [
                "true_positive",
                "false_positive",
                "false_positive",
                "false_positive",
                "true_positive"
            ]
        );
        let first = answer.json()[0].clone();
        assert_eq!(first["token_hash"], sha256_hex(leaked.as_bytes()));
        assert_eq!(first["token_type"], "dcvaas_api_token");
        assert_eq!(first.as_object().unwrap().len(), 3);
        assert!(!answer.body.contains("dcv_"), "no token comes back");

        let refused = desk.ask("GET", "/api/domains", &bearer(&leaked), "").await;
        assert_eq!(refused.json()["reason"], "revoked");
        assert_eq!(desk.ask("GET", "/api/domains", &bearer(&other.secret), "").await.status, 200);
        let rows = desk.world.query("SELECT org_id, actor_kind, subject_id, detail, request_id FROM audit_logs WHERE action = 'token.leak'");
        assert_eq!(rows.as_array().unwrap().len(), 1);
        assert_eq!(
            [&rows[0]["org_id"], &rows[0]["actor_kind"], &rows[0]["subject_id"]],
            [desk.org.as_str(), "system", desk.admin.id.as_str()]
        );
        assert_eq!(rows[0]["request_id"], answer.header("x-request-id").unwrap());
        assert!(rows[0]["detail"].as_str().unwrap().contains("acme/app/blob/0123/config.yml"));

        let text = desk.last_mail().await;
        assert!(text.contains("https://github.com/acme/app/blob/0123/config.yml"), "{text}");
        let mut to: Vec<String> = desk
            .world
            .mails()
            .iter()
            .map(|mail| mail["to"][0].as_str().unwrap().to_owned())
            .collect();
        to.sort();
        let mut expected = vec![
            "ada@people.dev".to_owned(),
            "bob@people.dev".to_owned(),
            format!("{}@people.dev", desk.org),
        ];
        expected.sort();
        assert_eq!(to, expected, "owners, admins, and whose it was");

        // The same again: known, and nothing more happens.
        let again = github.report(&desk, &body).await;
        assert_eq!(labels(&again), labels(&answer));
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM mails"), 3);
        assert_eq!(
            desk.world.count("SELECT COUNT(*) FROM audit_logs WHERE action = 'token.leak'"),
            1
        );
        let log = format!("{:?}", desk.world.log.all());
        for secret in [&leaked, &stranger, &mistyped] {
            assert!(!log.contains(&secret[4..60]), "{log}");
        }
    });
}

#[test]
fn only_what_github_has_signed_is_looked_at() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let github = Github::beside(&desk);
        let body = found(&[&desk.admin.secret]);
        let signed = github.headers(&body);
        let with = |name: &'static str, value: &str| -> Headers {
            let kept = signed.iter().filter(|(key, _)| *key != name).cloned();
            kept.chain([(name, value.to_owned())]).collect()
        };
        let thief = P256Signer::default().sign(body.as_bytes());
        for headers in [
            Vec::new(),
            signed[..1].to_vec(),
            signed[1..].to_vec(),
            with("github-public-key-identifier", "b"),
            with("github-public-key-identifier", ""),
            with("github-public-key-signature", ""),
            with("github-public-key-signature", "!"),
            with("github-public-key-signature", "AAAA"),
            with("github-public-key-signature", &thief),
            with("github-public-key-signature", &github.signer.sign(b"[]")),
            bearer(&desk.admin.secret),
        ] {
            let answer = desk.ask("POST", PATH, &headers, &body).await;
            assert_eq!(answer.brief(), "401 unauthorized", "{headers:?}");
        }
        // One more byte, or one less.
        for other in [format!("{body} "), body[..body.len() - 1].to_owned()] {
            assert_eq!(desk.ask("POST", PATH, &signed, &other).await.brief(), "401 unauthorized");
        }
        assert_eq!(desk.admin("GET", "/api/domains", "").await.status, 200, "nothing was revoked");
        assert_eq!(
            github.asked.get(),
            1,
            "a key that does not exist is not asked for again and again"
        );
        for (body, expected) in [
            ("{}", "400 bad_request"),
            ("[1]", "400 bad_request"),
            ("", "415 unsupported_media_type"),
            ("[]", "200"),
        ] {
            assert_eq!(github.report(&desk, body).await.brief(), expected, "{body}");
        }
        let large = found(&[&"x".repeat(1024 * 1024)]);
        assert_eq!(github.report(&desk, &large).await.brief(), "413 payload_too_large");
    });
}

/// The example of GitHub's documentation, with the key that it names.
#[test]
fn the_example_of_the_documentation_is_taken() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let github = Github::beside(&desk);
        let name = "f9525bf080f75b3506ca1ead061add62b8633a346606dc5fe544e29231c6ee0d";
        let key = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsz9ugWDj5jK5ELBK42ynytbo38gP\nHzZFI03Exwz8Lh/tCfL3YxwMdLjB+bMznsanlhK0RwcGP3IDb34kQDIo3Q==\n-----END PUBLIC KEY-----\n";
        github.published.replace(
            json!({ "public_keys": [{ "key_identifier": name, "key": key, "is_current": true }] }),
        );
        let body = r#"[{"token":"some_token","type":"some_type","url":"some_url","source":"some_source"}]"#;
        let headers = vec![
            ("github-public-key-identifier", name.to_owned()),
            ("github-public-key-signature", "MEUCIFLZzeK++IhS+y276SRk2Pe5LfDrfvTXu6iwKKcFGCrvAiEAhHN2kDOhy2I6eGkOFmxNkOJ+L2y8oQ9A2T9GGJo6WJY=".to_owned()),
        ];
        let answer = desk.ask("POST", PATH, &headers, body).await;
        let expected = json!([{ "token_hash": sha256_hex(b"some_token"), "token_type": "some_type", "label": "false_positive" }]);
        assert_eq!((answer.status, answer.json()), (200, expected));
        let altered = body.replace("some_url", "same_url");
        assert_eq!(desk.ask("POST", PATH, &headers, &altered).await.status, 401);
    });
}

#[test]
fn keys_are_kept_for_a_day_and_outlast_an_outage_of_github() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let github = Github::beside(&desk);
        let body = found(&["x"]);
        github.published.replace(Value::Null);
        let answer = github.report(&desk, &body).await;
        assert_eq!(
            (answer.brief().as_str(), answer.header("retry-after")),
            ("503 upstream_unavailable", Some("300"))
        );
        desk.world.clock.advance(Span::minutes(5));
        github.published.replace(Github::keys(&[("a", &github.signer)]));
        for (hours, asked) in [(0, 2), (23, 2), (1, 3), (1, 3)] {
            desk.world.clock.advance(Span::hours(hours));
            assert_eq!(github.report(&desk, &body).await.status, 200);
            assert_eq!(github.asked.get(), asked, "after {hours} hours");
        }
        github.published.replace(Value::Null);
        desk.world.clock.advance(Span::days(2));
        assert_eq!(github.report(&desk, &body).await.status, 200, "an old key is better than none");
        // A new key is known as soon as it signs, and one that was taken back counts no more.
        let new = P256Signer::default();
        github.published.replace(Github::keys(&[("b", &new)]));
        desk.world.clock.advance(Span::minutes(5));
        let headers = vec![
            ("github-public-key-identifier", "b".to_owned()),
            ("github-public-key-signature", new.sign(body.as_bytes())),
        ];
        assert_eq!(desk.ask("POST", PATH, &headers, &body).await.status, 200);
        assert_eq!(github.report(&desk, &body).await.brief(), "401 unauthorized");
    });
}

#[test]
fn a_thousand_findings_are_one_change() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let github = Github::beside(&desk);
        let tokens: Vec<String> = (0..1_000_u32)
            .map(|number| {
                ApiToken::generate(
                    [&number.to_be_bytes()[..], &[1; 28]].concat().try_into().unwrap(),
                )
                .reveal()
                .to_owned()
            })
            .chain([desk.admin.secret.clone()])
            .collect();
        let body = found(&tokens.iter().map(String::as_str).collect::<Vec<_>>());
        let answer = github.report(&desk, &body).await;
        assert_eq!(labels(&answer).iter().filter(|label| *label == "true_positive").count(), 1);
        assert_eq!(labels(&answer).len(), 1_001);
    });
}

#[test]
fn whoever_tries_too_often_is_not_listened_to() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        Github::beside(&desk);
        for _ in 0..300 {
            assert_eq!(desk.ask("POST", PATH, &Vec::new(), "[]").await.status, 401);
        }
        let refused = desk.ask("POST", PATH, &Vec::new(), "[]").await;
        assert_eq!(refused.brief(), "429 rate_limited");
        assert_eq!(desk.world.db.batches(), Vec::<&str>::new(), "nothing unsigned costs a read");
    });
}

#[test]
fn whatever_single_call_fails_a_repeated_report_revokes_and_tells_once() {
    let proved = run(walk(|faults: Rc<Faults>| async move {
        faults.pause();
        let desk = Desk::with(Plan::Agency, Rc::clone(&faults));
        let github = Github::beside(&desk);
        let body = found(&[&desk.admin.secret]);
        faults.resume();
        let first = github.report(&desk, &body).await;
        assert!(matches!(first.status, 200 | 503), "{first:?}");
        faults.heal();
        desk.world.clock.advance(Span::minutes(5));
        let again = github.report(&desk, &body).await;
        assert_eq!(labels(&again), ["true_positive"]);
        let refused = desk.admin("GET", "/api/domains", "").await;
        assert_eq!(refused.json()["reason"], "revoked");
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM mails"), 1);
        assert_eq!(
            desk.world.count("SELECT COUNT(*) FROM audit_logs WHERE action = 'token.leak'"),
            1
        );
        drop(desk.world.log.errors());
    }));
    assert!(proved >= 12, "{proved}");
}
