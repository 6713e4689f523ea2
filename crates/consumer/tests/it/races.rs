//! Two at the same domain: who writes what.

use std::cell::Cell;
use std::rc::Rc;

use dcvaas_core::job::Job;
use dcvaas_core::ports::Method;
use dcvaas_testkit::run;
use futures_util::join;
use serde_json::json;

use crate::stage::{HOST, Stage};

#[test]
fn a_custom_hostname_made_anew_while_its_domain_is_removed_is_removed_too() {
    run(async {
        let stage = Stage::new().await;
        stage.add(HOST).await.unwrap();
        stage.drain().await;
        stage.world.cloudflare.lose(HOST);
        let look = [Job::SyncDomainV1 { domain: stage.id(HOST).unwrap() }];
        let (back, removed) = join!(stage.handle(&look), stage.remove(HOST));
        removed.unwrap();
        assert_eq!(back, []);
        assert_eq!(stage.world.http.count("POST https://cloudflare"), 2, "it was made anew");
        stage.heal().await;
        stage.assert_sound();
    });
}

#[test]
fn a_look_at_a_custom_hostname_that_was_replaced_meanwhile_writes_nothing() {
    run(async {
        let stage = Stage::new().await;
        stage.add(HOST).await.unwrap();
        stage.cloudflare_issues(HOST);
        let (db, first) = (Rc::clone(&stage.world.db), Cell::new(true));
        stage.world.http.route(move |request| {
            if request.method == Method::Get
                && request.url.contains("custom_hostnames/")
                && first.take()
            {
                db.execute("UPDATE domains SET cf_id = 'newer', version = version + 1", &[]);
            }
            None
        });
        let look = [Job::SyncDomainV1 { domain: stage.id(HOST).unwrap() }];
        assert_eq!(stage.handle(&look).await, []);
        assert_eq!(stage.column(HOST, "cf_id"), json!("newer"));
        assert_eq!(stage.status(HOST), "pending_cname");
    });
}
