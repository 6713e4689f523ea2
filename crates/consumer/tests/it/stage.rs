//! What every scenario needs: an organization with an endpoint, the levers of the world outside,
//! and the invariants that hold whatever happened.

use std::collections::BTreeSet;
use std::rc::Rc;

use dcvaas_consumer::work;
use dcvaas_core::flow::{By, FlowError, domains, tick, webhooks};
use dcvaas_core::job::{Job, Verdict};
use dcvaas_core::model::caller::{Caller, CallerKind, Rights};
use dcvaas_core::model::event::EventSelection;
use dcvaas_core::model::hostname::Hostname;
use dcvaas_core::model::id::{DomainId, OrgId};
use dcvaas_core::model::plan::Plan;
use dcvaas_core::model::role::Role;
use dcvaas_core::model::tag::{TagLimit, Tags};
use dcvaas_core::ports::DbError;
use dcvaas_core::store::domains::{DomainRow, FIND};
use dcvaas_core::time::Span;
use dcvaas_testkit::{Faults, Receiver, World};
use serde_json::{Value, json};

pub(crate) const HOST: &str = "app.example.com";
pub(crate) const INBOX: &str = "https://hooks.receiver.dev/in";

/// How many messages the platform hands over at once.
const BATCH: usize = 10;

pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) caller: Caller,
    pub(crate) inbox: Rc<Receiver>,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(Rc::default(), 1).await
    }

    /// A world that breaks by `faults`, but not while it is set up.
    pub(crate) async fn with(faults: Rc<Faults>, seed: u64) -> Self {
        faults.pause();
        let world = World::with(faults, seed);
        let caller = caller(&world, Plan::Agency);
        let inbox = world.http.receiver(INBOX);
        let stage = Self { world, caller, inbox };
        stage.endpoint(INBOX, &["*"]).await;
        stage.world.faults.resume();
        stage
    }

    pub(crate) async fn endpoint(&self, url: &str, events: &[&str]) -> String {
        endpoint(&self.world, &self.caller, url, events).await
    }

    pub(crate) async fn add(&self, hostname: &str) -> Result<Value, FlowError> {
        add(&self.world, &self.caller, hostname).await
    }

    pub(crate) async fn sync(&self, hostname: &str) -> Result<Value, FlowError> {
        let id = self.id(hostname).expect("the domain is there");
        let by = By::SYSTEM;
        domains::sync(&self.world.app(), &self.caller, &by, &id).await.map(|text| parse(&text))
    }

    /// Removes the domain as it is read now. Reading it is not part of what breaks.
    pub(crate) async fn remove(&self, hostname: &str) -> Result<(), FlowError> {
        let row = self.row(hostname).expect("the domain is there");
        domains::remove(&self.world.app(), &self.caller, &By::SYSTEM, row).await
    }

    pub(crate) fn id(&self, hostname: &str) -> Option<DomainId> {
        let found =
            self.world.db.query("SELECT id FROM domains WHERE hostname = ?1", &[hostname.into()]);
        DomainId::parse(found[0]["id"].as_str()?)
    }

    pub(crate) fn row(&self, hostname: &str) -> Option<DomainRow> {
        let found = self.world.db.query(FIND.sql, &[(&self.id(hostname)?).into()]);
        found.get(0).map(|row| serde_json::from_value(row.clone()).unwrap())
    }

    /// One column of the domain, as the database holds it.
    pub(crate) fn column(&self, hostname: &str, column: &str) -> Value {
        let sql = format!("SELECT {column} AS it FROM domains WHERE hostname = ?1");
        self.world.db.query(&sql, &[hostname.into()])[0]["it"].clone()
    }

    pub(crate) fn status(&self, hostname: &str) -> String {
        self.column(hostname, "status").as_str().unwrap_or("none").to_owned()
    }

    /// The owner places every CNAME that the product shows.
    pub(crate) fn owner_places_records(&self, hostname: &str) {
        let shown = parse(self.column(hostname, "dns_records").as_str().unwrap_or("[]"));
        for record in shown.as_array().unwrap().iter().filter(|record| record["type"] == "CNAME") {
            self.world
                .dns
                .set_cname(record["name"].as_str().unwrap(), record["value"].as_str().unwrap());
        }
    }

    /// Cloudflare issues a certificate for 90 days.
    pub(crate) fn cloudflare_issues(&self, hostname: &str) {
        let now = self.world.now();
        self.world.cloudflare.issue(base(hostname), now, now.plus(Span::days(90)));
    }

    /// From added to active, when nothing breaks.
    pub(crate) async fn make_active(&self, hostname: &str) {
        self.add(hostname).await.unwrap();
        self.owner_places_records(hostname);
        self.cloudflare_issues(hostname);
        self.tick().await;
        self.drain().await;
        assert_eq!(self.status(hostname), "active");
    }

    /// One run of the scheduler; what its failure leaves undone is due at the next.
    pub(crate) async fn tick(&self) {
        match tick::tick(&self.world.app()).await {
            Ok(()) | Err(DbError::Busy | DbError::Lost) => {}
            Err(error) => panic!("the tick: {error}"),
        }
    }

    /// Runs background work and the queue until both are empty. Messages that come back are tried
    /// again, as the platform does.
    pub(crate) async fn drain(&self) {
        for _ in 0..50 {
            self.world.background.run_all().await;
            let jobs = self.world.queue.take();
            if jobs.is_empty() {
                return;
            }
            for batch in jobs.chunks(BATCH) {
                let mut again = batch.to_vec();
                while !again.is_empty() {
                    again = self.handle(&again).await;
                }
            }
        }
        panic!("the queue never becomes empty");
    }

    /// Hands messages to the consumer; gives those that it wants back.
    pub(crate) async fn handle(&self, jobs: &[Job]) -> Vec<Job> {
        let bodies: Vec<String> =
            jobs.iter().map(|job| serde_json::to_string(job).unwrap()).collect();
        let verdicts = work::handle(&self.world.app(), &self.world.timer(), &bodies).await;
        assert_eq!(verdicts.len(), jobs.len());
        let back = jobs.iter().zip(verdicts).filter(|(_, verdict)| *verdict == Verdict::Again);
        back.map(|(job, _)| job.clone()).collect()
    }

    /// Minutes pass, each with its tick.
    pub(crate) async fn minutes(&self, count: u32) {
        for _ in 0..count {
            self.world.clock.advance(Span::minutes(1));
            self.tick().await;
            self.drain().await;
        }
    }

    /// Everything works again, and all that waits gets its time.
    pub(crate) async fn heal(&self) {
        self.world.faults.heal();
        self.inbox.always(200);
        self.minutes(12).await;
        // The longest wait of the schedule is a day and a fifth.
        self.world.clock.advance(Span::hours(29));
        self.minutes(3).await;
    }

    /// The types of the events of this hostname's domains, in order.
    pub(crate) fn events(&self, domain: &DomainId) -> Vec<String> {
        let sql = "SELECT type FROM events WHERE domain_id = ?1 ORDER BY seq";
        let found = self.world.db.query(sql, &[domain.into()]);
        texts(&found, "type")
    }

    /// What holds after healing, whatever happened:
    ///  1. Cloudflare holds the custom hostnames of our domains and no other, and nothing waits to
    ///     be removed.
    ///  2. Each domain's events are numbered without gaps, and it was added once.
    ///  3. Each event of the last 30 days has one delivery, the receiver got it, and its attempts were noted.
    ///  4. What was told of a domain's record and certificates is what is known of them, and each once.
    pub(crate) fn assert_sound(&self) {
        let world = &self.world;
        // 1.
        let domains = world.query("SELECT hostname, cf_id FROM domains ORDER BY hostname");
        let mut ours: Vec<String> =
            texts(&domains, "hostname").iter().map(|name| base(name).to_owned()).collect();
        ours.sort();
        assert_eq!(world.cloudflare.names(), ours, "an orphan, or a missing custom hostname");
        for domain in domains.as_array().unwrap() {
            world.cloudflare.edit(base(domain["hostname"].as_str().unwrap()), |object| {
                assert_eq!(object["id"], domain["cf_id"], "the wrong custom hostname");
            });
        }
        assert_eq!(world.query("SELECT * FROM hostname_removals"), json!([]));
        // 2.
        let gaps = world.query(
            "SELECT domain_id FROM events WHERE domain_id IS NOT NULL GROUP BY domain_id
              HAVING MIN(seq) <> 1 OR MAX(seq) <> COUNT(*) OR SUM(type = 'domain.added') <> 1
                  OR SUM(type = 'domain.removed') > 1",
        );
        assert_eq!(gaps, json!([]));
        assert_eq!(
            world.query("SELECT d.id FROM domains d WHERE seq <> (SELECT MAX(seq) FROM events e WHERE e.domain_id = d.id)"),
            json!([])
        );
        // 3.
        assert_eq!(
            world.db.query(
                "SELECT type FROM events e WHERE created_at >= ?1 AND domain_id IS NOT NULL
                    AND (SELECT COUNT(*) FROM deliveries v WHERE v.event_id = e.id) <> 1",
                &[world.now().minus(Span::days(30)).into()],
            ),
            json!([]),
            "one delivery for each event, as long as the log is kept"
        );
        assert_eq!(
            world.query("SELECT id, state, attempts, next_attempt_at FROM deliveries WHERE state <> 'delivered'"),
            json!([])
        );
        assert_eq!(
            world.query(
                "SELECT id FROM deliveries v WHERE attempts <>
                   (SELECT MAX(number) FROM delivery_attempts a WHERE a.delivery_id = v.id)
                  OR NOT EXISTS (SELECT 1 FROM delivery_attempts a WHERE a.delivery_id = v.id AND a.status = 200)"
            ),
            json!([]),
            "the try that succeeded is noted"
        );
        let got: BTreeSet<String> = self.inbox.headers("webhook-id").into_iter().collect();
        let made: BTreeSet<String> =
            texts(&world.query("SELECT id FROM events WHERE domain_id IS NOT NULL"), "id")
                .into_iter()
                .collect();
        assert_eq!(got, made, "the receiver got each event, and nothing else");
        self.assert_told();
    }

    /// The fourth: a record is right first, and then gone and back in turns; each certificate was issued once;
    /// `issuing` and `lapsed` are told once until the domain is live.
    fn assert_told(&self) {
        let counts = self.world.query(
            "SELECT d.id FROM domains d
              WHERE (SELECT COUNT(*) FROM certificates WHERE domain_id = d.id)
                 <> (SELECT COUNT(*) FROM events WHERE domain_id = d.id AND type = 'certificate.issued')",
        );
        assert_eq!(counts, json!([]), "each certificate is told once");
        let domains = self.world.query("SELECT id, dns_verified FROM domains");
        for domain in domains.as_array().unwrap() {
            let mut record = "";
            let mut once = BTreeSet::new();
            for event in self.events(&DomainId::parse(domain["id"].as_str().unwrap()).unwrap()) {
                let before = match event.as_str() {
                    "dns.verified" => std::mem::replace(&mut record, "there"),
                    "dns.drifted" => std::mem::replace(&mut record, "gone"),
                    "dns.restored" => std::mem::replace(&mut record, "there again"),
                    "domain.active" => {
                        once.clear();
                        continue;
                    }
                    "domain.issuing" | "domain.lapsed" | "domain.expired" => {
                        assert!(once.insert(event.clone()), "{event} is told twice of {domain}");
                        continue;
                    }
                    _ => continue,
                };
                let fits = match event.as_str() {
                    "dns.verified" => before.is_empty(),
                    "dns.drifted" => before.starts_with("there"),
                    _ => before == "gone",
                };
                assert!(fits, "{event} of {domain}, whose record was {before:?}");
            }
            assert_eq!(domain["dns_verified"] == 1, record.starts_with("there"), "{domain}");
        }
    }
}

/// The owner of a new organization, as a caller.
pub(crate) fn caller(world: &World, plan: Plan) -> Caller {
    let (org_id, user_id, session): (OrgId, _, _) = world.owner(plan);
    Caller {
        org_id,
        kind: CallerKind::Session,
        credential_id: session.id,
        user_id: Some(user_id),
        rights: Rights::Role(Role::Owner),
        tag_limit: TagLimit::default(),
        plan,
        domain_limit: 1_000,
        touch: false,
    }
}

pub(crate) async fn endpoint(world: &World, caller: &Caller, url: &str, events: &[&str]) -> String {
    let words: Vec<String> = events.iter().map(ToString::to_string).collect();
    let wanted = webhooks::Wanted {
        events: Some(EventSelection::parse(&words).unwrap()),
        ..webhooks::Wanted::default()
    };
    made_endpoint(world, caller, url, &wanted).await
}

pub(crate) async fn made_endpoint(
    world: &World,
    caller: &Caller,
    url: &str,
    wanted: &webhooks::Wanted,
) -> String {
    let app = world.app();
    let url = webhooks::parse_url(&app, url).unwrap();
    let made = webhooks::create(&app, caller, &By::SYSTEM, &url, wanted).await.unwrap();
    let made = parse(&made);
    // That it was made is told to the others, which is no part of the story.
    world.background.kill_all();
    world.execute("DELETE FROM events WHERE type = 'webhook.created'");
    made["webhook"]["id"].as_str().unwrap().to_owned()
}

pub(crate) async fn add(
    world: &World,
    caller: &Caller,
    hostname: &str,
) -> Result<Value, FlowError> {
    add_tagged(world, caller, hostname, &[]).await
}

pub(crate) async fn add_tagged(
    world: &World,
    caller: &Caller,
    hostname: &str,
    tags: &[&str],
) -> Result<Value, FlowError> {
    let hostname = Hostname::parse(hostname, &[]).unwrap();
    let tags = Tags::parse(tags.iter().map(ToString::to_string).collect()).unwrap();
    domains::add(&world.app(), caller, &By::SYSTEM, &hostname, &tags).await.map(|text| parse(&text))
}

/// The name under which Cloudflare holds a hostname.
pub(crate) fn base(hostname: &str) -> &str {
    hostname.trim_start_matches("*.")
}

pub(crate) fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

pub(crate) fn texts(rows: &Value, column: &str) -> Vec<String> {
    rows.as_array().unwrap().iter().map(|row| row[column].as_str().unwrap().to_owned()).collect()
}

/// What a caller is told of a refusal: its code and text.
pub(crate) fn refusal(result: Result<Value, FlowError>) -> String {
    match result {
        Err(FlowError::Refused(problem)) => problem.code.as_str().to_owned(),
        other => panic!("not refused: {other:?}"),
    }
}
