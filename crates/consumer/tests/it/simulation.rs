//! Random operations on one deployment, and the same invariants at the end of each run.
//!
//! A seed gives a list of operations: add, the owner places the records or takes the delegation away,
//! Cloudflare issues or changes its words, a tick, the queue handed over with repeated, reordered and dropped messages,
//! the isolate killed with its background work, the clock moving, a sync, a removal, a fault in one
//! of the next calls, a receiver that fails for a while. Then everything works again, and time
//! passes.
//!
//! A failure is: a custom hostname that nobody owns, or a domain without its own; a gap or a double
//! in the numbers of a domain's events; `domain.active` twice without something else between; an
//! event without its delivery, with two, or one that the receiver never got; an attempt that
//! succeeded and is not noted; a removal that never ends; a panic.
//!
//! Not a failure is: the receiver getting an event twice, with the same `webhook-id`, when the
//! answer or the database was lost; a caller hearing 409, 429 or 503; anything being late before
//! the end; events arriving in another order than their numbers.

use std::rc::Rc;

use dcvaas_core::flow::FlowError;
use dcvaas_core::job::Job;
use dcvaas_core::ports::DbError;
use dcvaas_core::time::Span;
use dcvaas_testkit::{Extent, Faults, SeededEntropy, When, run};

use crate::stage::{Stage, base};

const SEEDS: u64 = 200;
const OPERATIONS: usize = 40;
const NAMES: [&str; 5] =
    ["a.example.com", "b.example.com", "*.c.example.com", "c.example.com", "d.example.org"];

struct Simulation {
    stage: Stage,
    chance: SeededEntropy,
}

impl Simulation {
    fn below(&self, bound: u64) -> u64 {
        self.chance.next_u64() % bound
    }

    fn pick<T: Copy>(&self, from: &[T]) -> T {
        let index = self.below(from.len() as u64);
        from[usize::try_from(index).unwrap()]
    }

    /// Whether Cloudflare holds something under that name now.
    fn is_upstream(&self, name: &str) -> bool {
        self.stage.world.cloudflare.names().iter().any(|held| held == base(name))
    }

    async fn operate(&self) {
        let name = self.pick(&NAMES);
        let stage = &self.stage;
        match self.below(17) {
            0 | 1 => tolerate(stage.add(name).await),
            2 if stage.id(name).is_some() => tolerate(stage.remove(name).await),
            3 if stage.id(name).is_some() => tolerate(stage.sync(name).await),
            4 if stage.id(name).is_some() => stage.owner_places_records(name),
            5 if self.is_upstream(name) => stage.cloudflare_issues(name),
            6 if self.is_upstream(name) => {
                let (hostname, ssl) = self.pick(&[
                    ("pending", "pending_validation"),
                    ("active", "pending_issuance"),
                    ("moved", "active"),
                    ("active", "validation_timed_out"),
                    ("active", "new_word"),
                ]);
                stage.world.cloudflare.set_status(base(name), hostname, ssl);
            }
            7 => stage.tick().await,
            8..=10 => self.hand_over().await,
            11 => {
                stage.world.background.kill_all();
            }
            12 => {
                let span = self.pick(&[
                    Span::seconds(5),
                    Span::minutes(1),
                    Span::minutes(20),
                    Span::hours(25),
                ]);
                stage.world.clock.advance(span);
            }
            13 => {
                let nth = usize::try_from(self.below(6)).unwrap();
                let matching = self.pick(&["", "db:", "http:", "http:POST", "queue:"]);
                stage.world.faults.fail(matching, nth, self.pick(&When::ALL), Extent::Once);
            }
            14 | 15 => self.drift().await,
            _ => stage.inbox.always(self.pick(&[500, 503, 404, 200])),
        }
    }

    /// The owner of a domain whose delegation record was seen takes it away, or places it again, and
    /// somebody looks twice.
    async fn drift(&self) {
        let seen = self.stage.world.query(
            "SELECT hostname, dns_missed_at IS NOT NULL AS missed FROM domains
              WHERE dns_verified = 1 OR dns_missed_at IS NOT NULL",
        );
        let seen = seen.as_array().unwrap();
        if seen.is_empty() {
            return;
        }
        let one = &self.pick(&seen.iter().collect::<Vec<_>>());
        let name = one["hostname"].as_str().unwrap();
        if one["missed"] == 1 {
            self.stage.owner_places_records(name);
        } else {
            self.stage.world.dns.clear(&format!("_acme-challenge.{}", base(name)));
        }
        tolerate(self.stage.sync(name).await);
        self.stage.world.clock.advance(Span::minutes(11));
        tolerate(self.stage.sync(name).await);
    }

    /// The platform delivers at least once, in any order, and now and then not at all.
    async fn hand_over(&self) {
        self.stage.world.background.run_all().await;
        let mut jobs: Vec<Job> = Vec::new();
        for job in self.stage.world.queue.take() {
            for _ in 0..self.pick(&[0, 1, 1, 1, 2]) {
                let at = self.below(jobs.len() as u64 + 1);
                jobs.insert(usize::try_from(at).unwrap(), job.clone());
            }
        }
        for batch in jobs.chunks(10) {
            self.stage.handle(batch).await;
        }
    }
}

fn tolerate<T>(result: Result<T, FlowError>) {
    match result {
        Ok(_) | Err(FlowError::Refused(_) | FlowError::Db(DbError::Busy | DbError::Lost)) => {}
        Err(error) => panic!("{error}"),
    }
}

/// Gives how many events told that a record was gone, or back.
async fn simulate(seed: u64) -> i64 {
    let chance = SeededEntropy::new(seed);
    let simulation =
        Simulation { stage: Stage::with(Rc::new(Faults::default()), seed).await, chance };
    for _ in 0..OPERATIONS {
        simulation.operate().await;
    }
    let stage = &simulation.stage;
    stage.heal().await;
    stage.assert_sound();
    let twice = stage.world.count(
        "SELECT COUNT(*) FROM events a JOIN events b ON b.domain_id = a.domain_id AND b.seq = a.seq + 1
          WHERE a.type = 'domain.active' AND b.type = 'domain.active'",
    );
    assert_eq!(twice, 0);
    drop(stage.world.log.errors());
    stage.world.count("SELECT COUNT(*) FROM events WHERE type IN ('dns.drifted', 'dns.restored')")
}

/// Names the seed when its run fails.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the simulation failed with seed {}", self.0);
        }
    }
}

#[test]
fn whatever_happens_nothing_is_lost_doubled_or_left_behind() {
    let mut drifts = 0;
    for seed in 0..SEEDS {
        let named = Seed(seed);
        drifts += run(simulate(seed));
        drop(named);
    }
    assert!(drifts > 20, "records came and went {drifts} times in all");
}
