//! What an organization is told of background work that is set aside or given up: once, whatever breaks, and never
//! so that a failing endpoint gets more to fail with.

use std::path::Path;
use std::rc::Rc;

use dcvaas_consumer::work;
use dcvaas_core::flow::mail::{self, Draft};
use dcvaas_core::flow::webhooks::Wanted;
use dcvaas_core::job::{Job, TRIES, Verdict};
use dcvaas_core::model::email::EmailAddress;
use dcvaas_core::model::id::{DeliveryId, MailId, OrgId, RemovalId, WebhookId};
use dcvaas_core::model::mail::{MailFault, MailKind};
use dcvaas_core::model::tag::Tags;
use dcvaas_core::store::mails;
use dcvaas_core::time::Span;
use dcvaas_testkit::{World, run, walk};
use futures_util::future::join;
use serde_json::{Value, json};

use crate::stage::{HOST, INBOX, Stage, add_tagged, made_endpoint, parse};
use crate::webhooks::endpoint;

const OTHER: &str = "https://hooks.receiver.dev/other";

/// Hands messages over as dead letters.
async fn bury(stage: &Stage, jobs: &[Job]) -> Vec<Verdict> {
    let bodies: Vec<String> = jobs.iter().map(|job| serde_json::to_string(job).unwrap()).collect();
    let verdicts = work::bury(&stage.world.app(), &bodies).await;
    drop(stage.world.log.errors());
    verdicts
}

/// The bodies of the events of a type, in the order of writing.
fn told(world: &World, event: &str) -> Vec<Value> {
    let sql = format!("SELECT payload FROM events WHERE type = '{event}' ORDER BY position");
    let rows = world.query(&sql);
    rows.as_array().unwrap().iter().map(|row| parse(row["payload"].as_str().unwrap())).collect()
}

/// The domain is due, and its message is a dead letter.
fn dead_sync(stage: &Stage, hostname: &str) -> Job {
    stage.world.execute("UPDATE domains SET next_check_at = 0");
    Job::SyncDomainV1 { domain: stage.id(hostname).unwrap() }
}

/// Writes a mail to ada@people.dev, as a flow would.
fn written(world: &World, org: Option<&OrgId>, kind: MailKind, data: Value) -> MailId {
    let to = EmailAddress::parse("ada@people.dev").unwrap();
    let draft = Draft { org, to: &to, kind, data, secret: None, expires_at: None };
    let mail = mail::compose(&world.app(), draft, world.now()).unwrap();
    world.execute("UPDATE organizations SET updated_at = updated_at WHERE rowid = 1");
    let insert = mails::insert_if_changed(&mail);
    assert_eq!(world.db.execute(insert.statement.sql, &insert.values), 1);
    mail.id
}

fn invitation(stage: &Stage) -> MailId {
    let data = json!({ "inviter": "owner@people.dev", "organization": "Test", "role": "admin", "link": "x" });
    written(&stage.world, Some(&stage.caller.org_id), MailKind::Invitation, data)
}

#[test]
fn a_message_is_handed_over_as_often_as_the_queues_are_told_to() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wrangler.consumer.toml");
    let text = std::fs::read_to_string(file).unwrap();
    let retries = format!("max_retries = {}", TRIES - 1);
    let found = text.lines().filter(|line| line.starts_with("max_retries")).collect::<Vec<_>>();
    assert_eq!(found, [retries.as_str(); 3]);
}

#[test]
fn a_domain_whose_work_was_set_aside_is_told_of_once_a_day() {
    run(async {
        let stage = Stage::new().await;
        let (world, caller) = (&stage.world, &stage.caller);
        let tagged = world.http.receiver(OTHER);
        let wanted =
            Wanted { tags: Some(Tags::parse(vec!["eu".to_owned()]).unwrap()), ..Wanted::default() };
        made_endpoint(world, caller, OTHER, &wanted).await;
        add_tagged(world, caller, HOST, &["eu"]).await.unwrap();
        stage.add("other.example.com").await.unwrap();
        stage.drain().await;
        let dead = dead_sync(&stage, HOST);
        let five = vec![dead.clone(); 5];
        join(bury(&stage, &five), bury(&stage, &five)).await;
        assert_eq!(bury(&stage, &five).await, [Verdict::Done; 5]);
        let bodies = told(world, "job.dlq");
        assert_eq!(bodies.len(), 1);
        let body = &bodies[0];
        assert_eq!(
            (&body["jobType"], &body["domainName"], &body["tags"], &body["attempts"]),
            (&json!("sync_domain"), &json!(HOST), &json!(["eu"]), &json!(TRIES))
        );
        assert_eq!(
            (&body["domainId"], &body["orgId"], &body["mailId"], &body["timestamp"]),
            (
                &json!(stage.id(HOST)),
                &json!(caller.org_id),
                &Value::Null,
                &json!(world.now().to_iso())
            )
        );
        assert!(body["lastError"].as_str().unwrap().ends_with('.'));
        world.execute("UPDATE domains SET next_check_at = 9000000000000");
        stage.drain().await;
        for receiver in [&stage.inbox, &tagged] {
            let heard = receiver.headers("x-dcvaas-event");
            assert_eq!(heard.iter().filter(|event| *event == "job.dlq").count(), 1);
        }

        let two = [dead_sync(&stage, HOST), dead_sync(&stage, "other.example.com")];
        for (hours, expected) in [(23, 2), (1, 3), (1, 3), (24, 5)] {
            world.clock.advance(Span::hours(hours));
            bury(&stage, &two).await;
            assert_eq!(told(world, "job.dlq").len(), expected, "{hours}");
        }
        let numbers =
            world.query("SELECT id FROM events WHERE seq IS NOT NULL AND type LIKE 'job.%'");
        assert_eq!(numbers, json!([]), "the domain's own story has no gap for it");
    });
}

#[test]
fn what_is_done_meanwhile_or_is_no_organizations_is_not_told() {
    run(async {
        let stage = Stage::new().await;
        let world = &stage.world;
        stage.add(HOST).await.unwrap();
        stage.drain().await;
        let events = world.count("SELECT COUNT(*) FROM events");
        let batches = world.db.batches().len();
        let delivery =
            DeliveryId::parse(world.query("SELECT id FROM deliveries")[0]["id"].as_str().unwrap());
        let nobodys = [
            Job::DeliverV1 { delivery: delivery.unwrap() },
            Job::SweepV1 { page: 1 },
            Job::ReadQuotaV1,
            Job::RemoveHostnameV1 { removal: RemovalId::new(world.now(), [1; 10]) },
        ];
        assert_eq!(bury(&stage, &nobodys).await, [Verdict::Done; 4]);
        assert_eq!(world.db.batches().len(), batches, "nothing is even asked");

        let looked_at = dead_sync(&stage, HOST);
        world.execute("UPDATE domains SET next_check_at = 9000000000000");
        let sign_in = written(world, None, MailKind::SignIn, json!({}));
        let sent = invitation(&stage);
        mail::send(&world.app(), std::slice::from_ref(&sent)).await.unwrap();
        let [sign_in, sent] = [sign_in, sent].map(|mail| Job::SendMailV1 { mail });
        let gone = Job::SendMailV1 { mail: MailId::new(world.now(), [1; 10]) };
        bury(&stage, &[looked_at, sign_in, sent, gone]).await;
        assert_eq!(world.count("SELECT COUNT(*) FROM events"), events);
    });
}

#[test]
fn a_mail_that_was_set_aside_is_told_of_without_what_it_says() {
    run(async {
        let stage = Stage::new().await;
        let world = &stage.world;
        let mail = invitation(&stage);
        bury(&stage, &vec![Job::SendMailV1 { mail: mail.clone() }; 5]).await;
        let bodies = told(world, "job.dlq");
        assert_eq!(bodies.len(), 1);
        let body = &bodies[0];
        assert_eq!(
            (&body["jobType"], &body["mailId"], &body["mailKind"], &body["to"]),
            (&json!("send_mail"), &json!(mail), &json!("invitation"), &json!("ada@people.dev"))
        );
        assert_eq!((&body["domainId"], &body["tags"]), (&Value::Null, &json!([])));
        assert!(!body.to_string().contains("owner@people.dev"));
        stage.drain().await;
        assert_eq!(stage.inbox.headers("x-dcvaas-event"), ["job.dlq"]);
    });
}

#[test]
fn a_mail_that_is_given_up_is_told_of_when_its_last_try_has_failed() {
    run(async {
        let stage = Stage::new().await;
        let world = &stage.world;
        world.mail.always(500);
        let mail = invitation(&stage);
        for tries in 1..=8 {
            assert_eq!(told(world, "job.failed").len(), 0, "try {tries}");
            for _ in 0..2 {
                let wake = Job::SendMailV1 { mail: mail.clone() };
                stage.handle(&[wake.clone(), wake]).await;
            }
            world.clock.advance(Span::hours(8));
        }
        let bodies = told(world, "job.failed");
        assert_eq!(bodies.len(), 1);
        let body = &bodies[0];
        assert_eq!(
            (&body["mailId"], &body["mailKind"], &body["to"], &body["attempts"]),
            (&json!(mail), &json!("invitation"), &json!("ada@people.dev"), &json!(8))
        );
        assert_eq!(body["lastError"], MailFault::Server.sentence());
        stage.drain().await;
        assert_eq!(stage.inbox.headers("x-dcvaas-event"), ["job.failed"]);
        drop(world.log.errors());
    });
}

#[test]
fn of_many_mails_that_are_refused_at_once_each_is_told_of_and_a_sign_in_of_nobody() {
    run(async {
        let stage = Stage::new().await;
        let world = &stage.world;
        world.mail.always(422);
        let mut jobs: Vec<Job> =
            (0..7).map(|_| Job::SendMailV1 { mail: invitation(&stage) }).collect();
        let nobodys = written(world, None, MailKind::SignIn, json!({ "link": "x", "code": "y" }));
        jobs.push(Job::SendMailV1 { mail: nobodys });
        stage.handle(&jobs).await;
        assert_eq!(world.count("SELECT COUNT(*) FROM mails WHERE state = 'failed'"), 8);
        assert_eq!(told(world, "job.failed").len(), 7);
        stage.drain().await;
        assert_eq!(stage.inbox.headers("x-dcvaas-event"), ["job.failed"; 7]);
        drop(world.log.errors());
    });
}

#[test]
fn no_endpoint_is_told_of_a_mail_about_itself() {
    run(async {
        let stage = Stage::new().await;
        let world = &stage.world;
        let other = world.http.receiver(OTHER);
        stage.endpoint(OTHER, &["job.*"]).await;
        let about: WebhookId = endpoint(&stage, INBOX).id;
        let data = json!({ "url": INBOX, "webhook": about, "organization": "Test", "since": "x", "until": "y" });
        let org = Some(&stage.caller.org_id);
        world.mail.always(422);
        let mail = written(world, org, MailKind::WebhookFailing, data);
        bury(&stage, &[Job::SendMailV1 { mail: mail.clone() }]).await;
        stage.handle(&[Job::SendMailV1 { mail }]).await;
        stage.drain().await;
        assert_eq!(stage.inbox.deliveries().len(), 0);
        let mut heard = other.headers("x-dcvaas-event");
        heard.sort();
        assert_eq!(heard, ["job.dlq", "job.failed"]);
        for event in ["job.dlq", "job.failed"] {
            assert_eq!(told(world, event)[0]["webhookId"], json!(about));
        }
        drop(world.log.errors());
    });
}

#[test]
fn whatever_single_call_fails_each_is_told_of_once() {
    let proved = run(walk(|faults| async move {
        let stage = Stage::with(Rc::clone(&faults), 1).await;
        faults.pause();
        let world = &stage.world;
        stage.add(HOST).await.unwrap();
        stage.drain().await;
        let dead = dead_sync(&stage, HOST);
        world.execute("UPDATE domains SET woken_at = 9000000000000");
        let mail = invitation(&stage);
        world.mail.always(422);
        faults.resume();
        // As the platform does: what is not acknowledged comes again.
        while bury(&stage, std::slice::from_ref(&dead)).await == [Verdict::Again] {}
        stage.handle(&[Job::SendMailV1 { mail }]).await;
        faults.heal();
        world.execute("UPDATE domains SET next_check_at = 9000000000000");
        stage.minutes(3).await;
        for event in ["job.dlq", "job.failed"] {
            assert_eq!(told(world, event).len(), 1, "{event}");
            let ids: std::collections::BTreeSet<String> = stage
                .inbox
                .headers("x-dcvaas-event")
                .into_iter()
                .zip(stage.inbox.headers("webhook-id"))
                .filter(|(heard, _)| heard == event)
                .map(|(_, id)| id)
                .collect();
            assert_eq!(ids.len(), 1, "{event}");
        }
        drop(world.log.errors());
    }));
    assert!(proved >= 8, "{proved} failures were walked");
}
