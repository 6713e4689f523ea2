//! Every single failure of every call, before and after its effect.

use std::rc::Rc;

use dcvaas_core::flow::FlowError;
use dcvaas_core::ports::{DbError, Level};
use dcvaas_core::time::Span;
use dcvaas_testkit::{run, walk};

use crate::stage::{HOST, Stage};

/// A fault of the database is all that a caller may hear of, beside a refusal that asks for patience.
fn assert_tolerable<T>(result: Result<T, FlowError>) -> bool {
    match result {
        Ok(_) => true,
        Err(FlowError::Db(DbError::Busy | DbError::Lost)) => false,
        Err(FlowError::Refused(problem)) => {
            assert!(problem.code.status() == 503 || problem.code.status() == 409, "{problem:?}");
            false
        }
        Err(error) => panic!("{error}"),
    }
}

/// Faults pass by: none of them asks for a person.
fn assert_no_error_lines(stage: &Stage) {
    assert!(stage.world.log.all().iter().all(|line| line.level != Level::Error));
}

fn assert_never_in_error(stage: &Stage) {
    assert_eq!(stage.world.count("SELECT COUNT(*) FROM events WHERE type = 'domain.error'"), 0);
    assert_no_error_lines(stage);
}

#[test]
fn every_single_failure_of_an_addition_heals() {
    let proved = run(walk(|faults| async move {
        let stage = Stage::with(faults, 7).await;
        if !assert_tolerable(stage.add(HOST).await) && stage.id(HOST).is_none() {
            // Refused and not kept: the client asks again.
            stage.add(HOST).await.unwrap();
        }
        stage.drain().await;
        stage.heal().await;
        stage.assert_sound();
        assert_never_in_error(&stage);
        assert_eq!(stage.status(HOST), "pending_cname");
        assert_eq!(
            stage
                .column(HOST, "dns_records")
                .as_str()
                .map(|text| text.contains("_acme-challenge.")),
            Some(true)
        );
    }));
    assert!(proved >= 3 * 8, "{proved} failures were walked");
}

#[test]
fn every_single_failure_on_the_way_to_active_heals() {
    let proved = run(walk(|faults| async move {
        let stage = Stage::with(Rc::clone(&faults), 7).await;
        faults.pause();
        stage.add(HOST).await.unwrap();
        stage.drain().await;
        stage.owner_places_records(HOST);
        stage.cloudflare_issues(HOST);
        faults.resume();
        stage.tick().await;
        stage.drain().await;
        stage.world.clock.advance(Span::seconds(20));
        assert_tolerable(stage.sync(HOST).await);
        stage.drain().await;
        stage.heal().await;
        stage.assert_sound();
        assert_never_in_error(&stage);
        let domain = stage.id(HOST).unwrap();
        let events = stage.events(&domain);
        assert_eq!(
            events.iter().filter(|event| *event == "domain.active").count(),
            1,
            "{events:?}"
        );
        assert_eq!(stage.status(HOST), "active");
        assert_eq!(stage.world.count("SELECT COUNT(*) FROM certificates"), 1);
    }));
    assert!(proved >= 3 * 10, "{proved} failures were walked");
}

#[test]
fn every_single_failure_of_a_removal_heals() {
    let proved = run(walk(|faults| async move {
        let stage = Stage::with(Rc::clone(&faults), 7).await;
        faults.pause();
        stage.make_active(HOST).await;
        stage.drain().await;
        faults.resume();
        assert_tolerable(stage.remove(HOST).await);
        if stage.id(HOST).is_some() {
            assert_tolerable(stage.remove(HOST).await);
        }
        stage.drain().await;
        stage.heal().await;
        stage.assert_sound();
        assert_never_in_error(&stage);
        assert_eq!(stage.world.cloudflare.names(), Vec::<String>::new());
        assert_eq!(
            stage.world.count("SELECT COUNT(*) FROM events WHERE type = 'domain.removed'"),
            1
        );
    }));
    assert!(proved >= 3 * 6, "{proved} failures were walked");
}

#[test]
fn every_single_failure_of_a_new_addition_during_a_removal_heals() {
    run(walk(|faults| async move {
        let stage = Stage::with(Rc::clone(&faults), 7).await;
        faults.pause();
        stage.add(HOST).await.unwrap();
        stage.remove(HOST).await.unwrap();
        stage.world.background.kill_all();
        faults.resume();
        if !assert_tolerable(stage.add(HOST).await) && stage.id(HOST).is_none() {
            stage.add(HOST).await.unwrap();
        }
        stage.drain().await;
        stage.heal().await;
        stage.assert_sound();
        assert_never_in_error(&stage);
    }));
}

#[test]
fn every_single_failure_of_a_delivery_heals() {
    let proved = run(walk(|faults| async move {
        let stage = Stage::with(Rc::clone(&faults), 7).await;
        faults.pause();
        stage.add(HOST).await.unwrap();
        stage.world.background.run_all().await;
        let jobs = stage.world.queue.take();
        faults.resume();
        assert_eq!(jobs.len(), 1);
        stage.handle(&jobs).await;
        stage.handle(&jobs).await;
        stage.heal().await;
        stage.assert_sound();
        assert_no_error_lines(&stage);
    }));
    assert!(proved >= 3 * 3, "{proved} failures were walked");
}
