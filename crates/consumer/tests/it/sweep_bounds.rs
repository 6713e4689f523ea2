//! What one run of a sweep may cost, and that no domain stands in the others' way.

use dcvaas_core::flow::sweep::THRESHOLD;
use dcvaas_core::time::Span;
use dcvaas_testkit::{CLOUDFLARE, run};
use serde_json::json;

use crate::stage::Stage;

fn name(number: u32) -> String {
    format!("host{number}.example.com")
}

/// So many domains, whose certificates are issued but not seen yet.
async fn with_issued(count: u32) -> Stage {
    let stage = Stage::new().await;
    for number in 0..count {
        stage.add(&name(number)).await.unwrap();
        stage.cloudflare_issues(&name(number));
    }
    stage.drain().await;
    stage
}

fn active(stage: &Stage) -> i64 {
    stage.world.count("SELECT COUNT(*) FROM domains WHERE status = 'active'")
}

#[test]
fn one_run_of_a_sweep_writes_a_bounded_number_of_changes() {
    run(async {
        let stage = with_issued(120).await;
        stage.world.clock.advance(Span::minutes(1));
        stage.tick().await;
        let mut seen = Vec::new();
        for _ in 0..3 {
            assert_eq!(stage.handle(&stage.world.queue.take()).await, []);
            stage.world.background.kill_all();
            seen.push(active(&stage));
        }
        assert_eq!(seen, [50, 100, 120], "the page is read again for the rest");
        stage.heal().await;
        stage.assert_sound();
    });
}

#[test]
fn a_domain_whose_change_is_refused_keeps_no_other_from_being_looked_at() {
    run(async {
        let stage = with_issued(THRESHOLD + 5).await;
        stage.world.execute(
            "INSERT INTO events (id, org_id, domain_id, seq, type, payload, created_at)
             SELECT 'evt_x', org_id, id, seq + 1, 'domain.active', '{}', 0 FROM domains
              WHERE hostname = 'host3.example.com'",
        );
        stage.minutes(1).await;
        assert_eq!(active(&stage), i64::from(THRESHOLD + 4));
        let errors = stage.world.log.errors();
        assert_eq!(errors.len(), 1, "somebody is told: {errors:#?}");
    });
}

#[test]
fn young_domains_that_a_sweep_has_read_are_not_read_again_one_by_one() {
    run(async {
        let stage = Stage::new().await;
        for number in 0..120 {
            stage.add(&name(number)).await.unwrap();
        }
        stage.drain().await;
        let before = stage.world.http.count(CLOUDFLARE);
        stage.minutes(1).await;
        assert_eq!(stage.world.http.count(CLOUDFLARE) - before, 1);
    });
}

#[test]
fn records_that_could_not_be_told_are_told_also_while_many_domains_are_due() {
    run(async {
        let stage = Stage::new().await;
        for number in 0..THRESHOLD + 5 {
            stage.add(&name(number)).await.unwrap();
        }
        stage.drain().await;
        stage.world.cloudflare.edit(&name(3), |object| {
            object["ssl"]["dcv_delegation_records"] = json!([]);
        });
        stage.world.execute(
            "UPDATE domains SET dns_records = '[]', delegation_target = NULL
              WHERE hostname = 'host3.example.com'",
        );
        stage.minutes(2).await;
        let target =
            format!("host3.example.com.{}.dcv.cloudflare.com", stage.world.cloudflare.uuid());
        assert_eq!(stage.column(&name(3), "delegation_target"), json!(target));
        assert_ne!(stage.column(&name(3), "dns_records"), json!("[]"));
    });
}
