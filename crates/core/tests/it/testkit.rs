//! The fakes do what every other test relies on.

use std::cell::Cell;
use std::rc::Rc;

use dcvaas_core::model::plan::Plan;
use dcvaas_core::ports::{DbError, HttpError, HttpRequest, Method};
use dcvaas_core::store::Statement;
use dcvaas_core::time::Span;
use dcvaas_testkit::{CLOUDFLARE, Extent, When, World, run, walk};

static NOTE: Statement = Statement {
    name: "test.NOTE",
    sql: "INSERT INTO leases (name, until, updated_at) VALUES (?1, 1, 1)",
    scan: None,
    answers: false,
};
static LIST: Statement = Statement {
    name: "test.LIST",
    sql: "SELECT name, NULL AS note, until FROM leases",
    scan: None,
    answers: false,
};
static FORGET_ORG: Statement = Statement {
    name: "test.FORGET_ORG",
    sql: "DELETE FROM organizations WHERE id = ?1",
    scan: None,
    answers: false,
};

fn request(url: &str) -> HttpRequest {
    HttpRequest {
        method: Method::Get,
        url: url.to_owned(),
        headers: Vec::new(),
        body: None,
        timeout: Span::seconds(1),
        max_body: 100,
    }
}

#[test]
fn a_batch_answers_with_rows_as_json_text_and_counts_changes() {
    run(async {
        let world = World::new();
        let answers = world
            .app()
            .db
            .batch("test.note", vec![NOTE.bind(["a".into()]), LIST.bind([])])
            .await
            .unwrap();
        assert_eq!(answers[0].changes, 1);
        assert_eq!(answers[1].json, r#"[{"name":"a","note":null,"until":1}]"#);
        assert_eq!(answers[1].changes, 0);
        assert_eq!(world.db.batches(), ["test.note"]);
    });
}

#[test]
fn a_batch_is_all_or_nothing_and_names_the_constraint() {
    run(async {
        let world = World::new();
        let twice = vec![NOTE.bind(["a".into()]), NOTE.bind(["a".into()])];
        let refused = world.app().db.batch("test.twice", twice).await;
        assert_eq!(refused, Err(DbError::Constraint("leases.name".to_owned())));
        assert_eq!(world.count("SELECT COUNT(*) FROM leases"), 0);
    });
}

#[test]
fn changes_count_cascades_as_d1_does() {
    run(async {
        let world = World::new();
        let (org, ..) = world.owner(Plan::Pro);
        let answers = world
            .app()
            .db
            .batch("test.forget", vec![FORGET_ORG.bind([(&org).into()])])
            .await
            .unwrap();
        assert_eq!(answers[0].changes, 3, "the organization, its membership and its chain");
    });
}

#[test]
fn a_lost_answer_leaves_its_effect_and_a_refusal_does_not() {
    run(async {
        for (when, error, rows) in [
            (When::Refused, DbError::Busy, 0),
            (When::Before, DbError::Lost, 0),
            (When::After, DbError::Lost, 1),
        ] {
            let world = World::new();
            world.faults.fail("db:test", 0, when, Extent::Once);
            assert_eq!(
                world.app().db.batch("test.note", vec![NOTE.bind(["a".into()])]).await,
                Err(error)
            );
            assert_eq!(world.count("SELECT COUNT(*) FROM leases"), rows);
            assert!(world.app().db.batch("test.note", vec![NOTE.bind(["b".into()])]).await.is_ok());
        }
    });
}

#[test]
fn a_lasting_fault_ends_when_it_is_healed() {
    run(async {
        let world = World::new();
        let receiver = world.http.receiver("https://hooks.dev/in");
        world.faults.fail("hooks.dev", 1, When::Before, Extent::Lasting);
        let http = world.app().http;
        assert!(http.send(request("https://hooks.dev/in")).await.is_ok());
        for _ in 0..2 {
            assert_eq!(http.send(request("https://hooks.dev/in")).await, Err(HttpError::Timeout));
        }
        world.faults.heal();
        receiver.then([503]);
        assert_eq!(http.send(request("https://hooks.dev/in")).await.unwrap().status, 503);
        assert_eq!(http.send(request("https://hooks.dev/in")).await.unwrap().status, 200);
        assert_eq!(receiver.deliveries().len(), 3);
    });
}

#[test]
fn a_walk_breaks_every_call_in_every_way() {
    let runs = Cell::new(0);
    let proved = run(walk(|faults| {
        runs.set(runs.get() + 1);
        async move {
            let world = World::breaking(faults);
            // Two calls, the second with a retry: the rows are there whatever breaks.
            for name in ["a", "b"] {
                while world.count(&format!("SELECT COUNT(*) FROM leases WHERE name = '{name}'"))
                    == 0
                {
                    drop(world.app().db.batch("test.note", vec![NOTE.bind([name.into()])]).await);
                }
            }
            assert_eq!(world.count("SELECT COUNT(*) FROM leases"), 2);
        }
    }));
    assert_eq!((proved, runs.get()), (6, 7));
}

#[test]
#[should_panic(expected = "unexpected upstream call: GET https://nobody.dev/")]
fn an_unexpected_upstream_call_fails_the_test() {
    let world = World::new();
    drop(run(world.app().http.send(request("https://nobody.dev/"))));
}

#[test]
fn cloudflare_refuses_a_call_without_the_token() {
    let world = World::new();
    let url = format!("{CLOUDFLARE}/zones/{}/dcv_delegation/uuid", dcvaas_testkit::ZONE_ID);
    assert_eq!(run(world.app().http.send(request(&url))).unwrap().status, 401);
}

#[test]
#[should_panic(expected = "the clock cannot go back")]
fn the_clock_does_not_go_back() {
    let world = World::new();
    world.clock.set(world.now().minus(Span::seconds(1)));
}

#[test]
fn the_same_seed_gives_the_same_ids() {
    let rows = || {
        let world = World::with(Rc::default(), 7);
        world.owner(Plan::Free);
        world.query("SELECT m.org_id, m.user_id, hex(randomblob(4)) AS chance FROM members m")
    };
    assert_eq!(rows(), rows());
}
