//! The main job, told from end to end, and what befalls it on the way.

use dcvaas_core::job::Job;
use dcvaas_core::ports::{HttpAnswer, Method};
use dcvaas_core::time::Span;
use dcvaas_testkit::{CLOUDFLARE, Extent, When, ZONE_ID, run};
use futures_util::future::join;
use serde_json::{Value, json};

use crate::stage::{self, HOST, Stage, refusal};

/// The records that the answer shows, as `purpose type name value`.
fn records(answer: &Value) -> Vec<String> {
    let text = |record: &Value, key: &str| record[key].as_str().unwrap().to_owned();
    let shown = answer["domain"]["dnsRecords"].as_array().unwrap().iter();
    shown
        .map(|record| ["purpose", "type", "name", "value"].map(|key| text(record, key)).join(" "))
        .collect()
}

#[test]
fn a_domain_goes_from_added_to_active_and_on() {
    run(async {
        let stage = Stage::new().await;
        // 1. Added: the answer holds every record, exact and final.
        let added = stage.add(HOST).await.unwrap();
        let uuid = stage.world.cloudflare.uuid().to_owned();
        assert_eq!(
            records(&added)[..2],
            [
                format!("delegation CNAME _acme-challenge.{HOST} {HOST}.{uuid}.dcv.cloudflare.com"),
                format!("traffic CNAME {HOST} cname.dcvaas.dev"),
            ]
        );
        assert_eq!(added["domain"]["status"], "pending_cname");
        stage.drain().await;

        // 2. Nothing has happened outside: looking again changes nothing.
        stage.minutes(2).await;
        let domain = stage.id(HOST).unwrap();
        assert_eq!(stage.events(&domain), ["domain.added"]);

        // 3. The owner places the records; Cloudflare issues.
        stage.owner_places_records(HOST);
        stage.cloudflare_issues(HOST);
        let issued = stage.world.now();
        stage.world.clock.advance(Span::minutes(1));

        // 4. The tick finds it; each message is handled twice, the second time in another order.
        stage.tick().await;
        loop {
            stage.world.background.run_all().await;
            let mut jobs = stage.world.queue.take();
            if jobs.is_empty() {
                break;
            }
            assert_eq!(stage.handle(&jobs).await, []);
            jobs.reverse();
            assert_eq!(stage.handle(&jobs).await, []);
        }
        assert_eq!(stage.status(HOST), "active");
        assert_eq!(stage.column(HOST, "expires_at"), issued.plus(Span::days(90)).as_millis());
        assert_eq!(stage.column(HOST, "last_issued_at"), issued.as_millis());
        assert_eq!(
            stage.events(&domain),
            ["domain.added", "dns.verified", "certificate.issued", "domain.active"]
        );
        assert_eq!(stage.world.count("SELECT COUNT(*) FROM certificates"), 1);
        stage.assert_sound();

        // 5. What the receiver got is signed, flat, and each event came once.
        let got = stage.inbox.deliveries();
        assert_eq!(got.len(), 4);
        let kinds = stage.inbox.headers("x-dcvaas-event");
        assert_eq!(kinds.iter().filter(|kind| *kind == "domain.active").count(), 1);
        let at = kinds.iter().position(|kind| kind == "domain.active").unwrap();
        let body: Value = serde_json::from_slice(got[at].body.as_deref().unwrap()).unwrap();
        assert_eq!(body["seq"], 4);
        assert_eq!(body["domainId"], domain.as_str());
        assert_eq!(
            (&body["status"], &body["cfStatus"], &body["cfSslStatus"]),
            (&json!("active"), &json!("active"), &json!("active"))
        );
        assert_eq!(body["expiresAt"], issued.plus(Span::days(90)).to_iso());

        // 6. Later the records shown are still the same.
        stage.world.clock.advance(Span::seconds(10));
        let later = stage.sync(HOST).await.unwrap();
        assert_eq!(records(&later), records(&added));

        // 7. It is looked at daily, and renewed in time.
        stage.world.clock.advance(Span::days(65));
        stage.cloudflare_issues(HOST);
        stage.minutes(1).await;
        assert_eq!(stage.events(&domain)[4..], ["certificate.issued", "domain.renewed"]);
        assert_eq!(stage.world.count("SELECT COUNT(*) FROM certificates"), 2);
        stage.minutes(3).await;
        assert_eq!(stage.events(&domain).len(), 6);
        stage.assert_sound();
    });
}

#[test]
fn the_records_are_known_also_when_cloudflare_does_not_repeat_the_target() {
    run(async {
        let stage = Stage::new().await;
        // Cloudflare's answers to a creation come without the delegation records.
        let cloudflare = stage.world.cloudflare.clone();
        cloudflare.add("first.example.com");
        cloudflare.add("second.example.com");
        for name in ["first.example.com", "second.example.com"] {
            cloudflare.edit(name, |object| {
                object["ssl"].as_object_mut().unwrap().remove("dcv_delegation_records");
            });
        }
        let uuid = cloudflare.uuid().to_owned();
        let calls = format!("GET {CLOUDFLARE}/zones/{ZONE_ID}/dcv_delegation/uuid");
        for (name, asked) in [("first.example.com", 1), ("second.example.com", 1)] {
            let added = stage.add(name).await.unwrap();
            assert_eq!(
                records(&added)[0],
                format!("delegation CNAME _acme-challenge.{name} {name}.{uuid}.dcv.cloudflare.com")
            );
            assert_eq!(stage.world.http.count(&calls), asked, "the uuid is kept");
        }
        assert_eq!(stage.world.count("SELECT COUNT(*) FROM zones"), 1);
    });
}

#[test]
fn a_word_that_nobody_knows_changes_nothing_but_is_shown() {
    run(async {
        let stage = Stage::new().await;
        stage.make_active(HOST).await;
        let domain = stage.id(HOST).unwrap();
        let before = stage.events(&domain);
        stage.world.cloudflare.set_status(HOST, "active", "quantum_deployment");
        stage.world.clock.advance(Span::days(1));
        stage.minutes(1).await;
        assert_eq!(stage.status(HOST), "active");
        assert_eq!(stage.column(HOST, "cf_ssl_status"), "quantum_deployment");
        assert_eq!(stage.events(&domain), before);
        assert!(!stage.world.log.of("cloudflare.unknown_word").is_empty());
    });
}

#[test]
fn a_live_domain_that_moved_away_is_in_error_and_comes_back() {
    run(async {
        let stage = Stage::new().await;
        stage.make_active(HOST).await;
        let domain = stage.id(HOST).unwrap();
        stage.world.cloudflare.set_status(HOST, "moved", "active");
        stage.world.clock.advance(Span::days(1));
        stage.minutes(1).await;
        assert_eq!(stage.status(HOST), "error");
        assert_eq!(stage.column(HOST, "error_code"), "moved");
        stage.world.cloudflare.set_status(HOST, "active", "active");
        stage.world.clock.advance(Span::minutes(15));
        stage.minutes(1).await;
        assert_eq!(stage.status(HOST), "active");
        assert_eq!(stage.column(HOST, "error_code"), Value::Null);
        let events = stage.events(&domain);
        assert_eq!(events[events.len() - 2..], ["domain.error", "domain.active"]);
        let bodies = stage.world.query("SELECT payload FROM events WHERE type = 'domain.error'");
        let body = stage::parse(bodies[0]["payload"].as_str().unwrap());
        assert!(
            body["errors"][0]["message"]
                .as_str()
                .unwrap()
                .contains("does not point to the service")
        );
        stage.assert_sound();
    });
}

#[test]
fn one_not_found_is_doubted_and_two_are_believed() {
    run(async {
        let stage = Stage::new().await;
        stage.make_active(HOST).await;
        stage.world.cloudflare.lose(HOST);
        stage.world.clock.advance(Span::days(1));
        stage.minutes(1).await;
        assert_eq!(stage.status(HOST), "active");
        stage.minutes(1).await;
        assert_eq!(stage.status(HOST), "error");
        assert_eq!(stage.column(HOST, "error_code"), "removed_upstream");
    });
}

#[test]
fn the_answer_to_a_creation_is_lost_and_the_custom_hostname_is_taken_over() {
    run(async {
        let stage = Stage::new().await;
        stage.world.faults.fail("http:POST https://cloudflare", 0, When::After, Extent::Once);
        let added = stage.add(HOST).await.unwrap();
        assert_eq!(added["domain"]["cfCustomHostnameId"], Value::Null);
        assert_eq!(added["domain"]["status"], "pending_cname");
        assert_eq!(stage.world.cloudflare.names(), [HOST]);
        stage.minutes(2).await;
        stage.assert_sound();
    });
}

#[test]
fn a_domain_removed_while_it_is_created_leaves_nothing_behind() {
    run(async {
        // At every point of the creation, in steps of one await.
        for steps in 0..60 {
            let stage = Stage::new().await;
            let adding = stage.add(HOST);
            let removing = async {
                for _ in 0..steps {
                    dcvaas_testkit::turn().await;
                }
                if stage.id(HOST).is_some() {
                    stage.remove(HOST).await.unwrap();
                }
            };
            drop(join(adding, removing).await);
            if stage.id(HOST).is_some() {
                stage.remove(HOST).await.unwrap();
            }
            stage.heal().await;
            assert_eq!(stage.world.cloudflare.names(), Vec::<String>::new(), "after {steps} steps");
            stage.assert_sound();
        }
    });
}

#[test]
fn a_hostname_added_again_while_its_creation_is_still_under_way_keeps_its_custom_hostname() {
    run(async {
        for steps in 0..60 {
            let stage = Stage::new().await;
            let first = stage.add(HOST);
            let again = async {
                for _ in 0..steps {
                    dcvaas_testkit::turn().await;
                }
                if stage.id(HOST).is_some() {
                    stage.remove(HOST).await.unwrap();
                    stage.add(HOST).await.unwrap();
                }
            };
            drop(join(first, again).await);
            if stage.id(HOST).is_none() {
                stage.add(HOST).await.unwrap();
            }
            stage.owner_places_records(HOST);
            stage.heal().await;
            assert_eq!(stage.world.cloudflare.names(), [HOST], "after {steps} steps");
            stage.assert_sound();
            // Nothing is made only to be deleted under somebody's feet and made anew.
            let (made, deleted) = (
                stage.world.http.count("POST https://cloudflare"),
                stage.world.http.count("DELETE https://cloudflare"),
            );
            assert!(
                made <= 2 && deleted <= 1,
                "after {steps} steps: {made} made, {deleted} deleted"
            );
        }
    });
}

#[test]
fn a_late_answer_to_a_creation_does_not_take_the_custom_hostname_from_its_new_domain() {
    run(async {
        let stage = Stage::new().await;
        // The first request has made the custom hostname, and is slow to write that down.
        let mut slow = Box::pin(stage.add(HOST));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        while stage.world.cloudflare.names().is_empty() {
            assert!(slow.as_mut().poll(&mut context).is_pending());
        }
        // Meanwhile the domain is removed and added again, which takes the custom hostname over.
        stage.remove(HOST).await.unwrap();
        stage.add(HOST).await.unwrap();
        let taken_over = stage.column(HOST, "cf_id");
        assert_ne!(taken_over, Value::Null);
        drop(slow.await);
        stage.owner_places_records(HOST);
        stage.cloudflare_issues(HOST);
        stage.heal().await;
        assert_eq!(stage.status(HOST), "active");
        assert_eq!(stage.column(HOST, "cf_id"), taken_over);
        assert_eq!(stage.world.http.count("DELETE https://cloudflare"), 0);
        stage.assert_sound();
    });
}

#[test]
fn a_hostname_added_again_while_its_removal_is_pending_gets_a_new_custom_hostname() {
    run(async {
        let stage = Stage::new().await;
        stage.make_active(HOST).await;
        let before = stage.column(HOST, "cf_id");
        stage.remove(HOST).await.unwrap();
        stage.world.background.run_all().await;
        let late = stage.world.queue.take();
        stage.add(HOST).await.unwrap();
        let after = stage.column(HOST, "cf_id");
        assert_ne!(after, Value::Null);
        assert_ne!(before, after);
        // The message of the old removal comes late, and finds nothing to do.
        stage.handle(&late).await;
        assert_eq!(stage.world.cloudflare.names(), [HOST]);
        stage.heal().await;
        stage.assert_sound();
    });
}

#[test]
fn a_wildcard_and_its_base_exclude_each_other() {
    run(async {
        let stage = Stage::new().await;
        stage.add("*.shop.example.com").await.unwrap();
        assert_eq!(refusal(stage.add("shop.example.com").await), "conflict");
        assert_eq!(refusal(stage.add("*.shop.example.com").await), "conflict");
        stage.add("www.shop.example.com").await.unwrap();
        let posts = format!("POST {CLOUDFLARE}");
        assert_eq!(stage.world.http.count(&posts), 2, "a conflict costs no call");
    });
}

#[test]
fn a_full_quota_is_an_error_that_heals_by_itself() {
    run(async {
        let stage = Stage::new().await;
        stage.world.cloudflare.set_quota(0);
        let added = stage.add(HOST).await.unwrap();
        assert_eq!(added["domain"]["status"], "error");
        assert_eq!(added["domain"]["errorCode"], "quota_exceeded");
        let domain = stage.id(HOST).unwrap();
        assert_eq!(stage.events(&domain), ["domain.added", "domain.error"]);
        assert_eq!(stage.world.log.errors().len(), 1);
        stage.world.cloudflare.set_quota(10);
        stage.world.clock.advance(Span::hours(1));
        stage.minutes(1).await;
        assert_eq!(stage.status(HOST), "pending_cname");
        stage.heal().await;
        stage.assert_sound();
    });
}

#[test]
fn a_hostname_that_cloudflare_refuses_is_an_error_with_an_event() {
    run(async {
        let stage = Stage::new().await;
        stage.world.http.route(|request| {
            let body = json!({ "success": false, "errors": [{ "code": 1409, "message": "internal text of Cloudflare" }], "messages": [], "result": null });
            (request.method == Method::Post && request.url.contains("/custom_hostnames")).then(|| {
                Ok(HttpAnswer { status: 400, headers: Vec::new(), body: body.to_string().into_bytes() })
            })
        });
        let added = stage.add(HOST).await.unwrap();
        assert_eq!(added["domain"]["errorCode"], "refused_upstream");
        assert!(!added.to_string().contains("internal text"));
        let domain = stage.id(HOST).unwrap();
        assert_eq!(stage.events(&domain), ["domain.added", "domain.error"]);
        assert_eq!(stage.world.log.errors().len(), 1);
    });
}

#[test]
fn a_sync_can_be_asked_for_again_only_after_a_while() {
    run(async {
        let stage = Stage::new().await;
        stage.add(HOST).await.unwrap();
        stage.world.clock.advance(Span::seconds(1));
        stage.sync(HOST).await.unwrap();
        let calls = stage.world.http.count(CLOUDFLARE);
        assert_eq!(refusal(stage.sync(HOST).await), "rate_limited");
        assert_eq!(stage.world.http.count(CLOUDFLARE), calls);
        stage.world.clock.advance(Span::seconds(10));
        stage.sync(HOST).await.unwrap();
    });
}

#[test]
fn an_upstream_that_fails_for_hours_puts_no_domain_in_error() {
    run(async {
        let stage = Stage::new().await;
        stage.make_active(HOST).await;
        stage.add("new.example.com").await.unwrap();
        for when in When::ALL {
            stage.world.faults.fail("http:GET https://cloudflare", 0, when, Extent::Lasting);
            stage.world.clock.advance(Span::hours(25));
            stage.minutes(5).await;
            stage.world.faults.heal();
        }
        assert_eq!(stage.status(HOST), "active");
        assert_eq!(stage.status("new.example.com"), "pending_cname");
        assert_eq!(stage.world.count("SELECT COUNT(*) FROM events WHERE type = 'domain.error'"), 0);
        stage.heal().await;
        stage.assert_sound();
    });
}

#[test]
fn deleting_an_organization_removes_its_custom_hostnames() {
    run(async {
        let stage = Stage::new().await;
        stage.make_active(HOST).await;
        stage.add("new.example.com").await.unwrap();
        stage.world.execute("DELETE FROM organizations");
        stage.minutes(2).await;
        assert_eq!(stage.world.cloudflare.names(), Vec::<String>::new());
        assert_eq!(stage.world.count("SELECT COUNT(*) FROM hostname_removals"), 0);
    });
}

#[test]
fn messages_that_mean_nothing_any_more_do_nothing() {
    run(async {
        let stage = Stage::new().await;
        stage.add(HOST).await.unwrap();
        stage.world.background.run_all().await;
        let old = stage.world.queue.take();
        let domain = stage.id(HOST).unwrap();
        stage.remove(HOST).await.unwrap();
        stage.heal().await;
        let (calls, arrived) = (stage.world.http.count(CLOUDFLARE), stage.inbox.deliveries().len());
        let mut jobs = old;
        jobs.push(Job::SyncDomainV1 { domain });
        assert_eq!(stage.handle(&jobs).await, []);
        assert_eq!(stage.world.http.count(CLOUDFLARE), calls);
        assert_eq!(stage.inbox.deliveries().len(), arrived);
        stage.assert_sound();
    });
}

#[test]
fn a_message_that_nobody_understands_is_acknowledged_and_logged() {
    run(async {
        let stage = Stage::new().await;
        let app = stage.world.app();
        let bodies = ["{", "{\"job\":\"unknown_v9\"}", ""].map(str::to_owned);
        let verdicts = dcvaas_consumer::work::handle(&app, &stage.world.timer(), &bodies).await;
        assert!(verdicts.iter().all(|verdict| *verdict == dcvaas_core::job::Verdict::Done));
        assert_eq!(stage.world.log.errors().len(), 3);
        assert_eq!(dcvaas_consumer::work::bury(&app, &bodies).await.len(), 3);
        assert_eq!(stage.world.log.errors().len(), 3);
    });
}
