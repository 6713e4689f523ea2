//! How many round trips to D1 each route takes.

use std::fmt::Write;

use dcvaas_api::router::{Action, ROUTES};
use dcvaas_core::model::plan::Plan;
use dcvaas_core::time::Span;
use dcvaas_testkit::run;

use crate::desk::{Desk, assert_table};

#[test]
fn every_route_takes_the_round_trips_that_the_table_says() {
    let mut table = String::from(
        "# route: batches before the answer | after it. Written by the test `batches`.\n\n",
    );
    for route in ROUTES {
        run(async {
            let desk = Desk::new(Plan::Agency);
            let objects = desk.stock().await;
            let headers = desk.credential(route);
            let body = desk.body(route);
            // Past the cooldown of the object that was just made.
            desk.world.clock.advance(Span::seconds(30));
            desk.world.db.forget();
            let answer = desk.ask(route.method, &objects.path(route), &headers, &body).await;
            assert!(answer.status < 400, "{}: {answer:?}", route.id);
            let before = desk.world.db.batches();
            if matches!(route.action, Action::Read(_)) {
                assert_eq!(before, [route.id], "a read is one round trip");
                assert_eq!(desk.world.db.statements(), 1);
            }
            desk.world.background.run_all().await;
            let after = desk.world.db.batches()[before.len()..].join(", ");
            let (method, path) = (route.method, route.path);
            writeln!(table, "{method} {path}: {} ({}) | {after}", before.len(), before.join(", "))
                .unwrap();
        });
    }
    println!("{table}");
    assert_table("batches.txt", &table);
}

#[test]
fn the_use_of_a_credential_is_noted_once_a_minute() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let noted =
            || desk.world.db.batches().iter().filter(|name| **name == "caller.touch").count();
        for (seconds, expected) in [(0, 1), (30, 1), (31, 2), (1, 2)] {
            desk.world.clock.advance(Span::seconds(seconds));
            desk.admin("GET", "/api/domains", "").await;
            desk.world.background.run_all().await;
            assert_eq!(noted(), expected);
        }
    });
}
