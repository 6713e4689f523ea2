//! Mail: who sends it, when it is tried again, and what becomes of its secret.

use std::rc::Rc;

use dcvaas_core::crypto::hash::sha256_hex;
use dcvaas_core::flow::mail::{self, Draft};
use dcvaas_core::job::Job;
use dcvaas_core::model::email::EmailAddress;
use dcvaas_core::model::id::{MailId, OrgId};
use dcvaas_core::model::mail::{Fields, MailKind};
use dcvaas_core::ports::{HttpAnswer, HttpError};
use dcvaas_core::store::{Value, mails};
use dcvaas_core::time::Span;
use dcvaas_testkit::{World, run, walk};
use serde_json::json;

use crate::stage::Stage;

const SECRET: &str = "https://app.dcvaas.dev/sign-in#token=0123456789abcdef";

/// Writes a sign-in mail beside a change, as a flow would.
fn written(world: &World) -> MailId {
    let secret: Fields = [("link", SECRET), ("code", "ABCD-EFGH")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let to = EmailAddress::parse("Ada@People.dev").unwrap();
    let draft = Draft {
        org: None,
        to: &to,
        kind: MailKind::SignIn,
        data: json!({}),
        secret: Some(secret),
        expires_at: Some(world.now().plus(Span::minutes(15))),
    };
    let made = mail::compose(&world.app(), draft, world.now()).unwrap();
    world.db.execute(
        "INSERT OR REPLACE INTO zones (id, dcv_uuid, updated_at) VALUES ('z', 'u', 1)",
        &[],
    );
    world.db.execute(
        mails::insert_if_changed(&made).statement.sql,
        &mails::insert_if_changed(&made).values,
    );
    made.id
}

async fn send(world: &World, id: &MailId) {
    mail::send(&world.app(), std::slice::from_ref(id)).await.unwrap();
}

fn state(world: &World) -> (String, Option<String>, bool) {
    let row = world.query("SELECT state, last_error, sealed_secret FROM mails")[0].clone();
    let text = |name: &str| row[name].as_str().map(str::to_owned);
    (text("state").unwrap(), text("last_error"), row["sealed_secret"].is_string())
}

#[test]
fn a_mail_reaches_one_person_with_its_secret_which_is_then_forgotten() {
    run(async {
        let world = World::new();
        let id = written(&world);
        let kept = world.query("SELECT * FROM mails").to_string();
        assert!(!kept.contains("0123456789abcdef") && !kept.contains("ABCD"), "{kept}");
        send(&world, &id).await;
        let sent = world.mails();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0]["to"], json!(["ada@people.dev"]));
        assert_eq!(sent[0]["from"], "DCVaaS <hello@dcvaas.dev>");
        assert!(sent[0]["text"].as_str().unwrap().contains(SECRET));
        assert!(sent[0]["html"].as_str().unwrap().contains(SECRET));
        assert_eq!(world.mail.headers("idempotency-key"), [id.as_str()]);
        assert_eq!(state(&world), ("sent".to_owned(), None, false));
        send(&world, &id).await;
        assert_eq!(world.mails().len(), 1, "a repeated message sends nothing");
    });
}

#[test]
fn a_service_that_fails_is_asked_again_with_the_same_key_and_text() {
    run(async {
        let world = World::new();
        let id = written(&world);
        world.mail.then([500, 429]);
        send(&world, &id).await;
        assert_eq!(state(&world), ("pending".to_owned(), Some("server".to_owned()), true));
        send(&world, &id).await;
        assert_eq!(world.mails().len(), 1, "not before its time");
        for expected in ["pending", "sent"] {
            world.clock.advance(Span::minutes(2));
            send(&world, &id).await;
            assert_eq!(state(&world).0, expected);
        }
        let bodies: Vec<String> = world
            .mail
            .deliveries()
            .iter()
            .map(|request| sha256_hex(request.body.as_deref().unwrap()))
            .collect();
        assert_eq!((bodies.len(), bodies.iter().all(|body| *body == bodies[0])), (3, true));
        assert!(world.mail.headers("idempotency-key").iter().all(|key| key == id.as_str()));
    });
}

#[test]
fn a_refused_mail_is_given_up_and_somebody_is_told() {
    run(async {
        let world = World::new();
        let id = written(&world);
        world.mail.then([422]);
        send(&world, &id).await;
        assert_eq!(state(&world), ("failed".to_owned(), Some("refused".to_owned()), false));
        let told = format!("{:?}", world.log.errors());
        assert!(told.contains("mail.not_sent") && !told.contains("people.dev"), "{told}");
    });
}

#[test]
fn a_mail_that_has_lost_its_use_is_not_sent() {
    run(async {
        let world = World::new();
        let id = written(&world);
        world.clock.advance(Span::minutes(16));
        send(&world, &id).await;
        assert_eq!(world.mails().len(), 0);
        assert_eq!(state(&world), ("failed".to_owned(), Some("expired".to_owned()), false));
        drop(world.log.errors());
    });
}

#[test]
fn a_mail_that_was_moved_to_another_row_does_not_open() {
    run(async {
        let world = World::new();
        written(&world);
        let other = MailId::new(world.now(), [9; 10]);
        world.db.execute("UPDATE mails SET id = ?1", &[(&other).into()]);
        send(&world, &other).await;
        assert_eq!(world.mails().len(), 0);
        assert_eq!(state(&world).1.as_deref(), Some("unreadable"));
        drop(world.log.errors());
    });
}

#[test]
fn the_scheduler_finds_a_mail_that_no_message_woke_and_does_not_pile_up_repeats() {
    run(async {
        let stage = Stage::new().await;
        let id = written(&stage.world);
        let wanted = Job::SendMailV1 { mail: id };
        stage.tick().await;
        assert!(stage.world.queue.take().contains(&wanted));
        stage.tick().await;
        assert!(!stage.world.queue.take().contains(&wanted));
        stage.minutes(1).await;
        assert_eq!(stage.world.mails().len(), 1);
        stage.world.clock.advance(Span::days(31));
        stage.tick().await;
        assert_eq!(
            stage.world.count("SELECT COUNT(*) FROM mails"),
            0,
            "the log is kept for 30 days"
        );
    });
}

#[test]
fn whatever_single_call_fails_the_mail_is_accepted_once() {
    run(walk(|faults| async move {
        let stage = Stage::with(Rc::clone(&faults), 1).await;
        faults.pause();
        // As Resend: a key that was used answers without sending.
        let accepted = Rc::new(std::cell::RefCell::new(Vec::new()));
        let seen = Rc::clone(&accepted);
        stage.world.http.route(move |request| {
            request.url.starts_with(dcvaas_testkit::MAIL).then(|| {
                let key =
                    request.headers.iter().find(|(name, _)| *name == "idempotency-key").unwrap();
                if !seen.borrow().contains(&key.1) {
                    seen.borrow_mut().push(key.1.clone());
                }
                Ok::<_, HttpError>(HttpAnswer { status: 200, ..HttpAnswer::default() })
            })
        });
        let id = written(&stage.world);
        faults.resume();
        stage.handle(&[Job::SendMailV1 { mail: id.clone() }]).await;
        faults.heal();
        stage.minutes(3).await;
        assert_eq!(*accepted.borrow(), [id.as_str()]);
        assert_eq!(state(&stage.world).0, "sent");
        drop(stage.world.log.errors());
    }));
}

#[test]
fn mails_of_an_organization_are_bound_to_it() {
    run(async {
        let world = World::new();
        let (org, ..) = world.owner(dcvaas_core::model::plan::Plan::Agency);
        let to = EmailAddress::parse("new@people.dev").unwrap();
        let fields = |list: &[(&str, &str)]| -> Fields {
            list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let draft = Draft {
            org: Some(&org),
            to: &to,
            kind: MailKind::Invitation,
            data: json!({ "inviter": "owner@people.dev", "organization": "<b>Acme</b>", "role": "admin" }),
            secret: Some(fields(&[("link", SECRET)])),
            expires_at: None,
        };
        let made = mail::compose(&world.app(), draft, world.now()).unwrap();
        let bound = mails::insert_if_changed(&made);
        world.execute("UPDATE organizations SET name = 'Acme'");
        world.db.execute(bound.statement.sql, &bound.values);
        send(&world, &made.id).await;
        let sent = world.mails();
        assert_eq!(sent[0]["subject"], "You are invited to <b>Acme</b>");
        assert!(sent[0]["html"].as_str().unwrap().contains("“&lt;b&gt;Acme&lt;/b&gt;”"));
        let stranger = OrgId::new(world.now(), [3; 10]);
        let gone =
            world.db.query("SELECT id FROM mails WHERE org_id = ?1", &[Value::from(&stranger)]);
        assert_eq!(gone, json!([]));
    });
}
