//! Who is told when a token's end comes near, and that it is once, whatever the scheduler misses.

use std::rc::Rc;

use dcvaas_core::flow::tick::tick;
use dcvaas_core::model::plan::Plan;
use dcvaas_core::model::role::Role;
use dcvaas_core::time::Span;
use dcvaas_testkit::{Faults, run, walk};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::desk::{Desk, bearer, cookie};

/// A token of the desk's owner, made now for that long.
async fn made_for(desk: &Desk, name: &str, life: Span) -> Value {
    let ends = desk.world.now().plus(life).to_iso();
    let body = json!({ "name": name, "expiresAt": ends, "scopes": ["tokens:write"] }).to_string();
    let answer = desk.person("POST", "/api/tokens", &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

/// The mails so far: to whom, of which kind.
fn told(desk: &Desk) -> Vec<(String, String)> {
    let rows = desk.world.query("SELECT to_address, kind FROM mails ORDER BY rowid");
    let word = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    rows.as_array()
        .unwrap()
        .iter()
        .map(|row| (word(row, "to_address"), word(row, "kind")))
        .collect()
}

/// What the events of tokens that end soon tell, in the order of writing.
fn events(desk: &Desk) -> Vec<Value> {
    let sql = "SELECT payload FROM events WHERE type = 'token.expiring' ORDER BY position";
    let rows = desk.world.query(sql);
    let bodies = rows.as_array().unwrap().iter().map(|row| row["payload"].as_str().unwrap());
    bodies.map(|body| serde_json::from_str(body).unwrap()).collect()
}

fn owner(desk: &Desk) -> String {
    format!("{}@people.dev", desk.org)
}

async fn ticks(desk: &Desk) {
    tick(&desk.world.app()).await.unwrap();
}

#[test]
fn the_maker_is_told_14_7_and_1_days_before_the_end_and_at_it() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        made_for(&desk, "Deploy <b>", Span::days(30)).await;
        let mut seen = 0;
        for hour in 0..=31 * 24 {
            // Twice each time: a doubled run tells nothing again.
            ticks(&desk).await;
            ticks(&desk).await;
            let mails = told(&desk);
            if mails.len() > seen {
                assert_eq!(mails.len(), seen + 1, "hour {hour}");
                let (hours, kind) = [
                    (16 * 24, "token_expiring"),
                    (23 * 24, "token_expiring"),
                    (29 * 24, "token_expiring"),
                    (30 * 24, "token_expired"),
                ][seen];
                assert_eq!((hour, mails[seen].clone()), (hours, (owner(&desk), kind.to_owned())));
                seen += 1;
            }
            desk.world.clock.advance(Span::hours(1));
        }
        assert_eq!(seen, 4);
        let days: Vec<Value> = events(&desk).iter().map(|one| one["withinDays"].clone()).collect();
        assert_eq!(days, [14, 7, 1], "and the end is told as one");
        let ended = desk.last_mail().await;
        let mails = desk.world.mails();
        assert_eq!(mails.len(), 4);
        assert_eq!(mails[0]["subject"], "API token “Deploy <b>” ends on 2026-02-04");
        let first = mails[0]["text"].as_str().unwrap();
        for words in [
            "ends on 2026-02-04 at 00:00 UTC",
            "of Test",
            "It was never used.",
            "https://app.dcvaas.dev/tokens",
        ] {
            assert!(first.contains(words), "{first}");
        }
        assert!(mails[0]["html"].as_str().unwrap().contains("“Deploy &lt;b&gt;”"));
        assert!(ended.contains("ended on 2026-02-04 at 00:00 UTC"), "{ended}");
    });
}

#[test]
fn who_listens_hears_of_the_end_beside_the_mail_without_the_token() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        for (url, wanted) in [("all", "token.*"), ("none", "domain.*")] {
            let body =
                json!({ "url": format!("https://hooks.receiver.dev/{url}"), "events": [wanted] });
            let made = desk.person("POST", "/api/webhooks", &body.to_string()).await;
            assert_eq!(made.status, 201);
        }
        let one = made_for(&desk, "one \"quoted\"", Span::days(8)).await;
        let two = made_for(&desk, "two", Span::hours(20)).await;
        let headers = bearer(two["token"].as_str().unwrap());
        assert_eq!(desk.ask("GET", "/api/tokens/self", &headers, "").await.status, 200);
        desk.world.background.run_all().await;
        desk.world.queue.take();
        let before = desk.world.count("SELECT COUNT(*) FROM deliveries");
        for _ in 0..3 {
            ticks(&desk).await;
        }
        let told = events(&desk);
        assert_eq!(told.len(), 2);
        let of = |token: &Value| {
            let id = &token["tokenMeta"]["id"];
            told.iter().find(|body| body["tokenId"] == *id).unwrap()
        };
        let (first, second) = (of(&one), of(&two));
        let some = |body: &Value| {
            ["name", "withinDays", "expiresAt", "lastUsedAt"].map(|name| body[name].clone())
        };
        let now = desk.world.now();
        let ends = |span| json!(now.plus(span).to_iso());
        assert_eq!(
            some(first),
            [json!("one \"quoted\""), json!(14), ends(Span::days(8)), Value::Null]
        );
        assert_eq!(
            some(second),
            [json!("two"), json!(1), ends(Span::hours(20)), ends(Span::hours(0))]
        );
        assert_eq!(first["actor"], json!({ "kind": "system", "id": null }));
        for secret in [&one["token"], &two["token"]] {
            assert!(!json!(told).to_string().contains(secret.as_str().unwrap()));
        }
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM deliveries") - before, 2);
        assert_eq!(desk.world.queue.take().len(), 4, "two deliveries and two mails are woken");
    });
}

#[test]
fn where_the_maker_is_gone_every_active_owner_and_admin_is_told_once() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let ada = desk.world.user("ada@people.dev");
        desk.world.member(&desk.org, &ada, Role::Admin);
        let session = cookie(&desk.world.session(&ada).secret);
        let ends = desk.world.now().plus(Span::days(20)).to_iso();
        let body =
            json!({ "name": "hers", "expiresAt": ends, "scopes": ["tokens:write"] }).to_string();
        let hers = desk.ask("POST", "/api/tokens", &session, &body).await.json();
        // What her token makes goes back to her, too.
        let body =
            json!({ "name": "its own", "expiresAt": ends, "scopes": ["tokens:write"] }).to_string();
        let headers = bearer(hers["token"].as_str().unwrap());
        assert_eq!(desk.ask("POST", "/api/tokens", &headers, &body).await.status, 201);
        for (name, role) in [("bob", Role::Admin), ("eve", Role::Admin), ("tom", Role::Member)] {
            let user = desk.world.user(&format!("{name}@people.dev"));
            desk.world.member(&desk.org, &user, role);
        }
        desk.world.execute("UPDATE members SET status = 'suspended' WHERE user_id = (SELECT id FROM users WHERE email LIKE 'eve%')");
        desk.world.clock.advance(Span::days(6));
        ticks(&desk).await;
        assert_eq!(
            told(&desk),
            vec![("ada@people.dev".to_owned(), "token_expiring".to_owned()); 2]
        );
        for change in ["status = 'suspended'", "status = 'invited'"] {
            desk.world.execute(&format!("UPDATE members SET {change} WHERE user_id = '{ada}'"));
            desk.world.execute("DELETE FROM mails");
            desk.world.execute("UPDATE api_tokens SET reminded_days = NULL");
            desk.world.clock.advance(Span::seconds(1));
            ticks(&desk).await;
            let mut mails: Vec<String> = told(&desk).into_iter().map(|(to, _)| to).collect();
            mails.sort();
            let mut expected = ["bob@people.dev".to_owned(), owner(&desk)];
            expected.sort();
            assert_eq!(
                mails,
                [&expected[..1], &expected[..1], &expected[1..], &expected[1..]].concat(),
                "{change}"
            );
        }
        assert_eq!(events(&desk).len(), 6, "each token once, to however many the mails go");
    });
}

#[test]
fn nobody_is_reminded_of_a_grace_period_or_of_a_short_life() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let old = made_for(&desk, "old", Span::days(6)).await;
        made_for(&desk, "an hour", Span::hours(1)).await;
        ticks(&desk).await;
        assert_eq!(told(&desk).len(), 1, "the old one, which ends in a week");
        let path = format!("/api/tokens/{}/rotate", old["tokenMeta"]["id"].as_str().unwrap());
        assert_eq!(desk.person("POST", &path, r#"{"gracePeriodSeconds":86400}"#).await.status, 201);
        // The new one has the same end, which was told a moment ago.
        for _ in 0..4 * 24 {
            ticks(&desk).await;
            desk.world.clock.advance(Span::hours(1));
        }
        assert_eq!(told(&desk).len(), 1);
        let ended = "SELECT COUNT(*) FROM audit_logs WHERE action = 'token.expire'";
        assert_eq!(desk.world.count(ended), 2, "that both ended is in the audit log all the same");
        desk.world.clock.advance(Span::days(1));
        ticks(&desk).await;
        assert_eq!(told(&desk).len(), 2, "the new one, a day before its end");
        assert_eq!(events(&desk).len(), 2, "and so the events");
    });
}

#[test]
fn a_revoked_token_is_not_told_of() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let made = made_for(&desk, "x", Span::days(2)).await;
        let path = format!("/api/tokens/{}", made["tokenMeta"]["id"].as_str().unwrap());
        assert_eq!(desk.person("DELETE", &path, "").await.status, 204);
        desk.world.clock.advance(Span::days(3));
        ticks(&desk).await;
        assert_eq!(told(&desk).len(), 0);
    });
}

#[test]
fn whatever_single_call_fails_each_stage_is_told_once() {
    let proved = run(walk(|faults: Rc<Faults>| async move {
        faults.pause();
        let desk = Desk::with(Plan::Agency, Rc::clone(&faults));
        made_for(&desk, "x", Span::days(2)).await;
        desk.world.clock.advance(Span::days(1));
        faults.resume();
        drop(tick(&desk.world.app()).await);
        faults.heal();
        ticks(&desk).await;
        assert_eq!(told(&desk), [(owner(&desk), "token_expiring".to_owned())]);
        assert_eq!(events(&desk).len(), 1);
        let text = desk.last_mail().await;
        assert!(text.contains("ends on"), "{text}");
        drop(desk.world.log.errors());
    }));
    assert!(proved > 3, "{proved}");
}

#[test]
fn many_tokens_are_told_of_by_several_runs() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        for number in 0..120 {
            made_for(&desk, &format!("t{number}"), Span::days(2)).await;
        }
        for expected in [50, 100, 120, 120] {
            ticks(&desk).await;
            assert_eq!(told(&desk).len(), expected);
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn runs_that_are_missed_skip_stages_and_never_repeat_one(
        life in 2_i64..40 * 24, waits in proptest::collection::vec(0_i64..10 * 24, 1..20),
    ) {
        run(async {
            let desk = Desk::new(Plan::Agency);
            let ends = desk.world.now().plus(Span::hours(life));
            made_for(&desk, "x", Span::hours(life)).await;
            let mut expected = Vec::new();
            let mut last = None;
            for wait in waits {
                desk.world.clock.advance(Span::hours(wait));
                ticks(&desk).await;
                // The narrowest stage that has begun, if it is not the one that was told last.
                let left = ends.since(desk.world.now());
                let stages = [(Span::hours(0), "token_expired"), (Span::days(1), "token_expiring"),
                    (Span::days(7), "token_expiring"), (Span::days(14), "token_expiring")];
                let stage = stages.iter().position(|(span, _)| left <= *span);
                if stage != last && let Some(at) = stage {
                    expected.push((owner(&desk), stages[at].1.to_owned()));
                    last = stage;
                }
                assert_eq!(told(&desk), expected);
            }
        });
    }
}
