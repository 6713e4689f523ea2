//! That the operator hears in time when the zone has no more room for custom hostnames.

use std::rc::Rc;

use dcvaas_core::flow::quota;
use dcvaas_core::job::Job;
use dcvaas_core::ports::{HttpAnswer, HttpError};
use dcvaas_core::time::Span;
use dcvaas_testkit::{CLOUDFLARE, Faults, run, walk};
use serde_json::json;

use crate::stage::Stage;

/// Cloudflare says that so many of so many are used.
fn says(stage: &Stage, used: u32, allocated: u32) {
    let body = json!({ "success": true, "errors": [], "messages": [], "result": { "used": used, "allocated": allocated } });
    stage.world.http.route(move |request| {
        request.url.ends_with("/custom_hostnames/quota").then(|| {
            let body = body.to_string().into_bytes();
            Ok::<_, HttpError>(HttpAnswer { status: 200, headers: Vec::new(), body })
        })
    });
}

fn told(stage: &Stage) -> i64 {
    stage.world.count("SELECT COUNT(*) FROM mails WHERE kind = 'hostname_quota'")
}

#[test]
fn each_operator_is_told_once_each_time_that_four_fifths_are_used() {
    run(async {
        let mut stage = Stage::new().await;
        let operators = "operator@dcvaas.dev, second@dcvaas.dev";
        stage.world.config = stage.world.configured(&[("OPERATOR_EMAILS", operators)]);
        // What is used, and how many mails there have been: it is told anew once it was below three quarters.
        for (used, expected) in
            [(79, 0), (80, 2), (85, 2), (79, 2), (81, 2), (74, 2), (75, 2), (80, 4), (95, 4)]
        {
            says(&stage, used, 100);
            quota::read(&stage.world.app()).await.unwrap();
            assert_eq!(told(&stage), expected, "{used}");
        }
        stage.drain().await;
        let mails = stage.world.mails();
        assert_eq!(mails.len(), 4);
        assert_eq!(mails[0]["to"], json!(["operator@dcvaas.dev"]));
        assert_eq!(mails[0]["subject"], "80 of 100 custom hostnames are used");
        assert!(mails[0]["text"].as_str().unwrap().contains("no domain can be added"));
    });
}

#[test]
fn cloudflare_is_asked_every_few_hours_by_one_run_of_the_scheduler() {
    run(async {
        let stage = Stage::new().await;
        let asked = || stage.world.http.count("/custom_hostnames/quota");
        let mut at = Vec::new();
        for minute in 0..9 * 60 {
            stage.tick().await;
            stage.tick().await;
            let woken =
                stage.world.queue.take().iter().filter(|job| **job == Job::ReadQuotaV1).count();
            if woken > 0 {
                assert_eq!(woken, 1);
                quota::read(&stage.world.app()).await.unwrap();
                at.push(minute);
            }
            stage.world.clock.advance(Span::minutes(1));
        }
        assert_eq!(at, [10, 250, 490]);
        assert_eq!(asked(), 3);
        let kept = stage.world.query("SELECT used, allocated, told FROM hostname_quotas");
        assert_eq!(kept, json!([{ "used": 0, "allocated": 50_000, "told": 0 }]));
    });
}

#[test]
fn an_answer_that_says_nothing_changes_nothing() {
    run(async {
        let stage = Stage::new().await;
        says(&stage, 90, 100);
        quota::read(&stage.world.app()).await.unwrap();
        let kept = stage.world.query("SELECT * FROM hostname_quotas");
        for (status, body) in [
            (500, "{}"),
            (200, r#"{"success":true,"result":{}}"#),
            (200, r#"{"success":true,"result":{"used":-1,"allocated":100}}"#),
            (200, r#"{"success":true,"result":{"used":"1","allocated":100}}"#),
            (200, r#"{"success":true,"result":{"used":1,"allocated":null}}"#),
            (403, r#"{"success":false,"errors":[{"code":10000,"message":"secret of upstream"}]}"#),
        ] {
            stage.world.http.route(move |request| {
                request.url.starts_with(CLOUDFLARE).then(|| {
                    Ok::<_, HttpError>(HttpAnswer {
                        status,
                        headers: Vec::new(),
                        body: body.as_bytes().to_vec(),
                    })
                })
            });
            stage.world.clock.advance(Span::hours(1));
            quota::read(&stage.world.app()).await.unwrap();
            assert_eq!(stage.world.query("SELECT * FROM hostname_quotas"), kept, "{body}");
        }
        let log = format!("{:?}", stage.world.log.all());
        assert!(log.contains("quota.not_read") && !log.contains("secret of upstream"));
    });
}

#[test]
fn a_full_zone_is_an_error_in_the_log_too() {
    run(async {
        let stage = Stage::new().await;
        says(&stage, 100, 100);
        quota::read(&stage.world.app()).await.unwrap();
        assert_eq!(told(&stage), 1);
        assert!(format!("{:?}", stage.world.log.errors()).contains("quota.full"));
    });
}

#[test]
fn whatever_single_call_fails_it_is_told_once() {
    run(walk(|faults: Rc<Faults>| async move {
        let stage = Stage::with(Rc::clone(&faults), 1).await;
        faults.pause();
        says(&stage, 80, 100);
        faults.resume();
        stage.handle(&[Job::ReadQuotaV1]).await;
        faults.heal();
        stage.handle(&[Job::ReadQuotaV1, Job::ReadQuotaV1]).await;
        stage.minutes(2).await;
        assert_eq!(told(&stage), 1);
        drop(stage.world.log.errors());
    }));
}
