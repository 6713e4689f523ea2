//! Many due domains are read by pages of Cloudflare's list.

use dcvaas_core::flow::sweep::THRESHOLD;
use dcvaas_core::job::Job;
use dcvaas_core::time::Span;
use dcvaas_testkit::{CLOUDFLARE, Extent, When, run};

use crate::stage::Stage;

fn name(number: u32) -> String {
    format!("host{number}.example.com")
}

/// So many domains, all waiting for their certificates.
async fn with_domains(count: u32) -> Stage {
    let stage = Stage::new().await;
    for number in 0..count {
        stage.add(&name(number)).await.unwrap();
    }
    stage.drain().await;
    stage
}

/// Runs ticks until all are active, and gives the calls that this made at Cloudflare.
async fn until_active(stage: &Stage) -> (usize, usize) {
    let (all, lists) = (stage.world.http.count(CLOUDFLARE), lists(stage));
    for _ in 0..3 {
        stage.minutes(1).await;
    }
    (stage.world.http.count(CLOUDFLARE) - all, self::lists(stage) - lists)
}

fn lists(stage: &Stage) -> usize {
    stage.world.http.count("custom_hostnames?page=")
}

#[test]
fn calls_grow_with_the_pages_and_not_with_the_domains() {
    run(async {
        let stage = with_domains(120).await;
        for number in 0..120 {
            stage.owner_places_records(&name(number));
            stage.cloudflare_issues(&name(number));
        }
        let (calls, pages) = until_active(&stage).await;
        assert_eq!(stage.world.count("SELECT COUNT(*) FROM domains WHERE status <> 'active'"), 0);
        assert!(pages > 0 && calls <= 6, "{calls} calls for 120 domains, {pages} of them pages");
        stage.heal().await;
        stage.assert_sound();
        assert_eq!(
            stage.world.count("SELECT COUNT(*) FROM events WHERE type = 'domain.active'"),
            120
        );
    });
}

#[test]
fn few_due_domains_are_read_one_by_one() {
    run(async {
        let stage = with_domains(THRESHOLD - 1).await;
        let before = stage.world.http.count(CLOUDFLARE);
        stage.minutes(1).await;
        assert_eq!(lists(&stage), 0);
        assert_eq!(stage.world.http.count(CLOUDFLARE) - before, 19);
    });
}

#[test]
fn what_the_list_does_not_show_is_read_by_itself() {
    run(async {
        let stage = with_domains(THRESHOLD + 5).await;
        stage.world.cloudflare.lose(&name(3));
        stage.minutes(2).await;
        // Never issued, so it was made anew.
        stage.heal().await;
        stage.assert_sound();
        assert_eq!(stage.status(&name(3)), "pending_cname");
    });
}

#[test]
fn one_sweep_runs_at_a_time_and_a_dead_one_is_replaced() {
    run(async {
        let stage = with_domains(THRESHOLD).await;
        stage.world.clock.advance(Span::minutes(1));
        let sweeps =
            |jobs: Vec<Job>| jobs.iter().filter(|job| matches!(job, Job::SweepV1 { .. })).count();
        stage.tick().await;
        assert_eq!(sweeps(stage.world.queue.take()), 1);
        // The message is lost: nobody sweeps until the lease has run out.
        stage.world.clock.advance(Span::minutes(1));
        stage.tick().await;
        assert_eq!(sweeps(stage.world.queue.take()), 0);
        stage.world.clock.advance(Span::minutes(1));
        stage.tick().await;
        assert_eq!(sweeps(stage.world.queue.take()), 1);
        stage.heal().await;
        stage.assert_sound();
    });
}

#[test]
fn a_list_that_fails_is_tried_again_at_the_next_tick() {
    run(async {
        let stage = with_domains(THRESHOLD).await;
        for number in 0..THRESHOLD {
            stage.owner_places_records(&name(number));
            stage.cloudflare_issues(&name(number));
        }
        for when in When::ALL {
            stage.world.faults.fail("custom_hostnames?", 0, when, Extent::Once);
            stage.minutes(1).await;
        }
        // Meanwhile some were read one by one.
        let by_themselves =
            stage.world.count("SELECT COUNT(*) FROM domains WHERE status = 'active'");
        assert!(by_themselves > 0, "nothing went on while the list failed");
        stage.minutes(1).await;
        assert_eq!(stage.world.count("SELECT COUNT(*) FROM domains WHERE status = 'active'"), 20);
        stage.heal().await;
        stage.assert_sound();
    });
}
