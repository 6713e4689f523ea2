//! Every type of the catalogue is sent by something: for each a short story, told by the routes, the scheduler and the
//! consumer as they are. A new type does not compile without one, and fails until something sends it.

use dcvaas_consumer::work;
use dcvaas_core::flow::tick::tick;
use dcvaas_core::job::Job;
use dcvaas_core::model::event::EventType;
use dcvaas_core::model::id::DomainId;
use dcvaas_core::model::plan::Plan;
use dcvaas_core::time::Span;
use dcvaas_testkit::run;
use serde_json::{Value, json};

use crate::desk::{Desk, HOST, invitation};

const INBOX: &str = "https://hooks.receiver.dev/in";

/// Asks as the owner, who may everything, and gives what the answer holds at `pointer`.
async fn ask(desk: &Desk, method: &str, path: &str, body: Value, pointer: &str) -> String {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let answer = desk.person(method, path, &body).await;
    assert!(answer.status < 300, "{method} {path}: {answer:?}");
    if pointer.is_empty() {
        return String::new();
    }
    answer.json().pointer(pointer).unwrap().as_str().unwrap().to_owned()
}

/// Adds the domain; gives its path.
async fn added(desk: &Desk) -> String {
    let id = ask(desk, "POST", "/api/domains", json!({ "hostname": HOST }), "/domain/id").await;
    format!("/api/domains/{id}")
}

/// Time passes, and the domain is looked at.
async fn looked_at_after(desk: &Desk, path: &str, span: Span) {
    desk.world.clock.advance(span);
    desk.session_again();
    ask(desk, "POST", &format!("{path}/sync"), Value::Null, "").await;
}

/// The owner of the domain places its records.
async fn place(desk: &Desk, path: &str) {
    let domain = desk.person("GET", path, "").await.json();
    for record in domain["domain"]["dnsRecords"].as_array().unwrap() {
        if record["type"] == "CNAME" {
            let [name, value] = ["name", "value"].map(|member| record[member].as_str().unwrap());
            desk.world.dns.set_cname(name, value);
        }
    }
}

/// The same of a new domain, which is looked at; gives its path.
async fn placed(desk: &Desk) -> String {
    let path = added(desk).await;
    place(desk, &path).await;
    looked_at_after(desk, &path, Span::minutes(1)).await;
    path
}

/// The owner of a live domain takes the delegation record away, and it is looked at twice; gives its path.
async fn drifted(desk: &Desk) -> String {
    let path = live(desk).await;
    desk.world.dns.clear(&format!("_acme-challenge.{HOST}"));
    for _ in 0..2 {
        looked_at_after(desk, &path, Span::hours(1)).await;
    }
    path
}

/// Cloudflare issues a certificate for that many days.
fn issued(desk: &Desk, days: i64) {
    let now = desk.world.now();
    desk.world.cloudflare.issue(HOST, now, now.plus(Span::days(days)));
}

/// From added to active, with a certificate for 90 days; gives its path.
async fn live(desk: &Desk) -> String {
    let path = placed(desk).await;
    issued(desk, 90);
    looked_at_after(desk, &path, Span::minutes(1)).await;
    path
}

/// Makes a token that ends after `life`; gives its path.
async fn token(desk: &Desk, life: Span) -> String {
    let ends = desk.world.now().plus(life).to_iso();
    let body = json!({ "name": "CI", "expiresAt": ends });
    format!("/api/tokens/{}", ask(desk, "POST", "/api/tokens", body, "/tokenMeta/id").await)
}

/// Makes an endpoint; gives its path.
async fn endpoint(desk: &Desk) -> String {
    let id = ask(desk, "POST", "/api/webhooks", json!({ "url": INBOX }), "/webhook/id").await;
    format!("/api/webhooks/{id}")
}

/// A receiver that answers everything with `status` gets an event.
async fn answered(desk: &Desk, status: u16) {
    desk.world.http.receiver(INBOX).always(status);
    endpoint(desk).await;
    added(desk).await;
    worked(desk).await;
}

/// Time passes, and the scheduler runs.
async fn ticked_after(desk: &Desk, span: Span) {
    desk.world.clock.advance(span);
    tick(&desk.world.app()).await.unwrap();
}

/// The consumer handles what waits in the queue.
async fn worked(desk: &Desk) {
    desk.world.background.run_all().await;
    let bodies = texts(&desk.world.queue.take());
    work::handle(&desk.world.app(), &desk.world.timer(), &bodies).await;
}

fn texts(jobs: &[Job]) -> Vec<String> {
    jobs.iter().map(|job| serde_json::to_string(job).unwrap()).collect()
}

async fn invited(desk: &Desk) {
    let path = format!("/api/orgs/{}/members/invite", desk.org);
    ask(desk, "POST", &path, json!({ "email": "ada@people.dev", "role": "member" }), "").await;
}

/// A colleague as a member; gives the path to them.
async fn member(desk: &Desk) -> String {
    format!("/api/orgs/{}/members/{}", desk.org, desk.stock().await.member)
}

/// What makes an event of that type.
#[expect(clippy::too_many_lines, reason = "one story a type")]
async fn happen(desk: &Desk, event: EventType) {
    use EventType as E;
    let day = Span::days(1);
    match event {
        E::DomainAdded => drop(added(desk).await),
        E::DomainRemoved => {
            let path = added(desk).await;
            ask(desk, "DELETE", &path, Value::Null, "").await;
        }
        E::DomainUpdated => {
            let path = added(desk).await;
            ask(desk, "PATCH", &path, json!({ "tags": ["eu"] }), "").await;
        }
        E::DomainActive | E::CertificateIssued => drop(live(desk).await),
        E::DomainError => {
            let path = live(desk).await;
            desk.world.cloudflare.set_status(HOST, "moved", "active");
            looked_at_after(desk, &path, day).await;
        }
        E::DomainExpiringSoon => {
            let path = live(desk).await;
            looked_at_after(desk, &path, Span::days(84)).await;
        }
        E::DomainRenewed => {
            let path = live(desk).await;
            desk.world.clock.advance(Span::days(60));
            issued(desk, 90);
            looked_at_after(desk, &path, day).await;
        }
        E::DomainIssuing | E::DnsVerified => drop(placed(desk).await),
        E::DomainExpired => {
            let path = live(desk).await;
            desk.world.cloudflare.set_status(HOST, "active", "pending_validation");
            looked_at_after(desk, &path, Span::days(91)).await;
        }
        E::DomainLapsed => {
            let path = live(desk).await;
            desk.world.cloudflare.lose(HOST);
            for _ in 0..2 {
                looked_at_after(desk, &path, day).await;
            }
        }
        E::DnsDrifted => drop(drifted(desk).await),
        E::DnsRestored => {
            let path = drifted(desk).await;
            place(desk, &path).await;
            looked_at_after(desk, &path, day).await;
        }
        E::DnsCheckFailed => {
            let path = added(desk).await;
            looked_at_after(desk, &path, day).await;
        }
        E::JobFailed => {
            desk.world.mail.always(422);
            invited(desk).await;
            ticked_after(desk, Span::minutes(1)).await;
            worked(desk).await;
        }
        E::JobDlq => {
            let path = added(desk).await;
            let domain = DomainId::parse(path.rsplit('/').next().unwrap()).unwrap();
            desk.world.clock.advance(day);
            work::bury(&desk.world.app(), &texts(&[Job::SyncDomainV1 { domain }])).await;
        }
        E::TokenCreated => drop(token(desk, day).await),
        E::TokenRotated => {
            let path = token(desk, day).await;
            ask(desk, "POST", &format!("{path}/rotate"), json!({}), "").await;
        }
        E::TokenRevoked => {
            let path = token(desk, day).await;
            ask(desk, "DELETE", &path, Value::Null, "").await;
        }
        E::TokenExpiring => {
            token(desk, Span::days(20)).await;
            ticked_after(desk, Span::days(6)).await;
        }
        E::TokenExpired => {
            token(desk, day).await;
            ticked_after(desk, day).await;
        }
        E::MemberInvited => invited(desk).await,
        E::MemberJoined => {
            let path = format!("/api/orgs/{}/members/accept", desk.stock().await.inviting);
            ask(desk, "POST", &path, json!({ "token": invitation().reveal() }), "").await;
        }
        E::MemberUpdated => {
            let path = member(desk).await;
            ask(desk, "PATCH", &path, json!({ "role": "admin" }), "").await;
        }
        E::MemberSuspended => {
            let path = member(desk).await;
            ask(desk, "PATCH", &path, json!({ "status": "suspended" }), "").await;
        }
        E::MemberRemoved => {
            let path = member(desk).await;
            ask(desk, "DELETE", &path, Value::Null, "").await;
        }
        E::OrganizationUpdated => {
            ask(desk, "PATCH", "/api/organizations", json!({ "name": "Other" }), "").await;
        }
        E::OrganizationPlanChanged => {
            let path = format!("/api/operator/organizations/{}", desk.org);
            let answer = desk.ask("PATCH", &path, &desk.operator(), r#"{"plan":"pro"}"#).await;
            assert_eq!(answer.status, 200);
        }
        E::WebhookCreated => drop(endpoint(desk).await),
        E::WebhookUpdated => {
            let path = endpoint(desk).await;
            ask(desk, "PATCH", &path, json!({ "events": ["dns.*"] }), "").await;
        }
        E::WebhookEnabled => {
            let path = endpoint(desk).await;
            for enabled in [false, true] {
                ask(desk, "PATCH", &path, json!({ "enabled": enabled }), "").await;
            }
        }
        E::WebhookDeleted => {
            let path = endpoint(desk).await;
            ask(desk, "DELETE", &path, Value::Null, "").await;
        }
        E::WebhookSecretRotated => {
            let path = endpoint(desk).await;
            ask(desk, "POST", &format!("{path}/rotate"), json!({}), "").await;
        }
        E::WebhookTest => {
            let path = format!("{}/test", endpoint(desk).await);
            ask(desk, "POST", &path, json!({ "type": "webhook.test" }), "").await;
        }
        E::WebhookDisabled => answered(desk, 410).await,
        E::WebhookFailing => {
            answered(desk, 500).await;
            ticked_after(desk, day).await;
        }
    }
}

#[test]
fn every_type_of_the_catalogue_is_sent() {
    for event in EventType::ALL {
        run(async {
            let desk = Desk::new(Plan::Agency);
            happen(&desk, *event).await;
            let sql = format!("SELECT COUNT(*) FROM events WHERE type = '{event}'");
            assert!(desk.world.count(&sql) > 0, "nothing sends {event}");
            desk.world.background.kill_all();
            drop(desk.world.log.errors());
        });
    }
}
