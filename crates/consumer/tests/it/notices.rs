//! Who is told by mail that an endpoint fails: each owner and admin, once for each stage, whatever breaks.

use std::collections::BTreeMap;
use std::rc::Rc;

use dcvaas_core::flow::{By, try_out};
use dcvaas_core::model::event::EventType;
use dcvaas_core::model::role::Role;
use dcvaas_core::time::Span;
use dcvaas_testkit::{Faults, run, walk};
use serde_json::{Value, json};

use crate::stage::Stage;
use crate::webhooks::endpoint;

const FAILING: &str = "A webhook endpoint of Test fails";
const LAST_DAY: &str = "A webhook endpoint of Test will be turned off";
const OFF: &str = "A webhook endpoint of Test was turned off";

/// An organization with an owner, an admin, a member, and some who are none of these any more.
async fn staffed(faults: Rc<Faults>) -> Stage {
    let stage = Stage::with(faults, 1).await;
    let (world, org) = (&stage.world, &stage.caller.org_id);
    for (email, role) in [
        ("admin@people.dev", Role::Admin),
        ("member@people.dev", Role::Member),
        ("suspended@people.dev", Role::Admin),
        ("invited@people.dev", Role::Owner),
    ] {
        let user = world.user(email);
        world.member(org, &user, role);
        let status = email.split('@').next().unwrap();
        if ["suspended", "invited"].contains(&status) {
            world.db.execute(
                "UPDATE members SET status = ?1 WHERE user_id = ?2",
                &[status.into(), (&user).into()],
            );
        }
    }
    // Somebody who owns another organization.
    world.owner(dcvaas_core::model::plan::Plan::Agency);
    stage
}

/// Who got which mail, in order of the subjects. The mail service knows a repeat by its key.
fn told(stage: &Stage) -> Vec<(String, String)> {
    let keys = stage.world.mail.headers("idempotency-key");
    let mails: BTreeMap<String, Value> = keys.into_iter().zip(stage.world.mails()).collect();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut told: Vec<_> =
        mails.values().map(|mail| (text(&mail["subject"]), text(&mail["to"][0]))).collect();
    told.sort();
    told
}

fn owner(stage: &Stage) -> String {
    format!("{}@people.dev", stage.caller.org_id)
}

/// `subject` once to the owner and once to the admin.
fn both(stage: &Stage, subject: &str) -> Vec<(String, String)> {
    let mut both = [owner(stage), "admin@people.dev".to_owned()].map(|to| (subject.to_owned(), to));
    both.sort();
    both.into()
}

#[test]
fn owners_and_admins_are_told_on_the_first_day_on_the_last_day_and_at_the_end() {
    run(async {
        let stage = staffed(Rc::default()).await;
        stage.world.execute("UPDATE webhook_endpoints SET url = concat(url, '?key=hush')");
        stage.world.http.receiver("https://hooks.receiver.dev/in?key=hush").always(500);
        stage.add("a.example.com").await.unwrap();
        stage.drain().await;
        stage.world.execute("UPDATE domains SET next_check_at = 9000000000000");
        let mut expected = Vec::new();
        let began = stage.world.now();
        for (hours, subject) in [(24, FAILING), (96, LAST_DAY)] {
            stage.world.clock.set(began.plus(Span::minutes(hours * 60 - 1)));
            stage.tick().await;
            stage.drain().await;
            assert_eq!(told(&stage), expected, "not before its time");
            stage.minutes(3).await;
            expected.extend(both(&stage, subject));
            expected.sort();
            assert_eq!(told(&stage), expected);
        }
        stage.world.clock.advance(Span::days(1));
        stage.add("b.example.com").await.unwrap();
        stage.drain().await;
        expected.extend(both(&stage, OFF));
        expected.sort();
        assert_eq!(told(&stage), expected);

        let mails = stage.world.mails();
        let text = mails[0]["text"].as_str().unwrap();
        assert!(
            text.contains("https://hooks.receiver.dev/in has failed since 2026-01-05 00:00 UTC."),
            "{text}"
        );
        assert!(text.contains("until 2026-01-10 00:00 UTC"), "{text}");
        let id = stage.world.query("SELECT id FROM webhook_endpoints")[0]["id"].clone();
        assert!(
            text.contains(&format!("https://app.dcvaas.dev/webhooks/{}", id.as_str().unwrap()))
        );
        assert!(!json!(mails).to_string().contains("hush"));
        assert_kept_without_query(&stage);
    });
}

/// The query of an address may hold a credential: it stands where the endpoint is kept, and nowhere else.
fn assert_kept_without_query(stage: &Stage) {
    for sql in [
        "SELECT payload FROM events WHERE type LIKE 'webhook.%'",
        "SELECT detail FROM audit_logs WHERE action LIKE 'webhook.%'",
        "SELECT data FROM mails",
    ] {
        let kept = stage.world.query(sql);
        assert_ne!(kept, json!([]), "{sql}");
        assert!(!kept.to_string().contains("hush"), "{kept}");
    }
}

#[test]
fn no_example_shows_the_query_of_the_address_that_it_goes_to() {
    run(async {
        let stage = Stage::new().await;
        stage.world.execute("UPDATE webhook_endpoints SET url = concat(url, '?key=hush')");
        let row = endpoint(&stage, "https://hooks.receiver.dev/in?key=hush");
        for event in EventType::ALL {
            try_out::send(&stage.world.app(), &By::SYSTEM, &row, *event).await.unwrap();
            stage.world.clock.advance(Span::seconds(3));
        }
        let bodies = stage.world.query("SELECT payload FROM events");
        assert!(bodies.to_string().contains("https://hooks.receiver.dev/in"));
        assert!(!bodies.to_string().contains("hush"), "{bodies}");
    });
}

#[test]
fn a_receiver_that_wants_no_more_is_told_of_at_once() {
    run(async {
        let stage = staffed(Rc::default()).await;
        stage.inbox.always(410);
        stage.add("a.example.com").await.unwrap();
        stage.drain().await;
        assert_eq!(told(&stage), both(&stage, OFF));
        let mails = stage.world.mails();
        assert!(mails[0]["text"].as_str().unwrap().contains("answered 410 Gone"));
    });
}

#[test]
fn whatever_breaks_each_is_told_once_of_each_stage() {
    let proved = run(walk(|faults| async move {
        let stage = staffed(Rc::clone(&faults)).await;
        faults.pause();
        stage.inbox.always(500);
        stage.add("a.example.com").await.unwrap();
        stage.drain().await;
        stage.world.execute("UPDATE domains SET next_check_at = 9000000000000");
        stage
            .world
            .execute("UPDATE deliveries SET next_attempt_at = next_attempt_at + 5 * 86400000");
        stage.world.clock.advance(Span::hours(24));
        faults.resume();
        stage.minutes(3).await;
        assert_eq!(told(&stage), both(&stage, FAILING));
        stage.world.clock.advance(Span::days(4));
        stage.minutes(3).await;
        faults.heal();
        stage.minutes(3).await;
        let mut expected = [both(&stage, FAILING), both(&stage, OFF)].concat();
        expected.sort();
        // Who comes to the end before the scheduler comes to them is told of the end alone.
        let (last_day, told): (Vec<_>, Vec<_>) =
            told(&stage).into_iter().partition(|(subject, _)| subject == LAST_DAY);
        assert_eq!(told, expected);
        assert!(last_day.is_empty() || last_day == both(&stage, LAST_DAY), "{last_day:?}");
    }));
    assert!(proved >= 20, "{proved} failures were walked");
}
