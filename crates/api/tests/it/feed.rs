//! The feed of events, and readers whose place in it is kept.

use dcvaas_core::model::plan::Plan;
use dcvaas_core::model::scope::Scope;
use dcvaas_testkit::run;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, bearer};

const READERS: &str = "/api/events/consumers";

async fn commit(desk: &Desk, body: &Value) -> Answer {
    desk.admin("POST", READERS, &body.to_string()).await
}

/// The numbers of the events' domains, and the cursor after them.
async fn read(desk: &Desk, query: &str) -> (Vec<String>, Value) {
    let answer = desk.admin("GET", &format!("/api/events?{query}"), "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let feed = answer.json();
    let names = feed["events"].as_array().unwrap().iter();
    let names = names.map(|event| event["domainName"].as_str().unwrap().to_owned());
    (names.collect(), feed["nextCursor"].clone())
}

async fn with_events(count: usize) -> Desk {
    let desk = Desk::new(Plan::Agency);
    for number in 1..=count {
        let body = json!({ "hostname": format!("d{number}.example.com") }).to_string();
        assert_eq!(desk.admin("POST", "/api/domains", &body).await.status, 201);
    }
    desk.world.background.kill_all();
    desk
}

#[test]
fn a_reader_goes_on_where_it_said_that_it_had_dealt_with_everything() {
    run(async {
        let desk = with_events(5).await;
        assert_eq!(
            read(&desk, "consumer=crm&limit=2").await.0,
            ["d1.example.com", "d2.example.com"]
        );
        let again = read(&desk, "consumer=crm&limit=2").await;
        assert_eq!(again.0.len(), 2, "nothing was said, so it begins anew");
        let made = commit(&desk, &json!({ "name": "crm", "cursor": again.1 })).await;
        assert_eq!(made.status, 200);
        assert_eq!(made.json()["consumer"]["cursor"], "2");
        assert_eq!(made.json()["consumer"]["behind"], 3);
        let (rest, cursor) = read(&desk, "consumer=crm").await;
        assert_eq!((rest.len(), &cursor), (3, &json!("5")));
        assert_eq!(read(&desk, "consumer=billing").await.0.len(), 5, "another one");
        let end = json!({ "name": "crm", "cursor": cursor });
        for _ in 0..2 {
            assert_eq!(commit(&desk, &end).await.status, 200, "saying it twice is harmless");
        }
        assert_eq!(read(&desk, "consumer=crm").await, (Vec::new(), json!("5")));

        let listed = desk.admin("GET", READERS, "").await.json();
        assert_eq!(listed["consumers"][0]["behind"], 0);
        assert_eq!(
            (&listed["consumers"][0]["name"], &listed["nextCursor"]),
            (&json!("crm"), &json!(null))
        );
        assert_eq!(desk.admin("DELETE", &format!("{READERS}/crm"), "").await.status, 204);
        assert_eq!(
            desk.admin("DELETE", &format!("{READERS}/crm"), "").await.brief(),
            "404 not_found"
        );
        assert_eq!(read(&desk, "consumer=crm").await.0.len(), 5);
    });
}

#[test]
fn a_reader_goes_forward_alone_unless_it_is_taken_back() {
    run(async {
        let desk = with_events(3).await;
        let to = |cursor: &str| json!({ "name": "crm", "cursor": cursor });
        // Two that work under one name: whoever comes last, the further one stands.
        for answer in
            join_all(["3", "1"].map(async |cursor| commit(&desk, &to(cursor)).await)).await
        {
            assert!(["200", "409 conflict"].contains(&answer.brief().as_str()), "{answer:?}");
        }
        assert_eq!(commit(&desk, &to("1")).await.brief(), "409 conflict");
        assert_eq!(read(&desk, "consumer=crm").await.1, "3");
        let back = json!({ "name": "crm", "cursor": "1", "rewind": true });
        assert_eq!(commit(&desk, &back).await.status, 200);
        assert_eq!(read(&desk, "consumer=crm").await.0.len(), 2);
        let noted = desk.world.query(
            "SELECT subject_id, detail FROM audit_logs WHERE action = 'feed_consumer.rewind'",
        );
        assert_eq!(noted, json!([{ "subject_id": "crm", "detail": r#"{"cursor":"1"}"# }]));
    });
}

#[test]
fn what_would_skip_events_or_is_no_reader_is_refused() {
    run(async {
        let desk = with_events(2).await;
        for (body, field) in [
            (json!({ "name": "crm", "cursor": "3" }), "cursor"),
            (json!({ "name": "crm", "cursor": "-1" }), "cursor"),
            (json!({ "name": "crm", "cursor": "" }), "cursor"),
            (json!({ "name": "crm", "cursor": 1 }), "cursor"),
            (json!({ "name": "CRM", "cursor": "1" }), "name"),
            (json!({ "cursor": "1" }), "name"),
            (json!({ "name": "crm" }), "cursor"),
        ] {
            let answer = commit(&desk, &body).await;
            assert_eq!(answer.brief(), "400 bad_request", "{body}");
            assert_eq!(answer.json()["errors"][0]["field"], field, "{body}");
        }
        for query in ["consumer=CRM", "consumer=", "consumer=crm&after=1"] {
            let answer = desk.admin("GET", &format!("/api/events?{query}"), "").await;
            assert_eq!(answer.brief(), "400 bad_request", "{query}");
        }
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM feed_consumers"), 0);
        let many = (0..25).map(|number| json!({ "name": format!("r{number}"), "cursor": "1" }));
        let answers = join_all(many.map(async |body| commit(&desk, &body).await.brief())).await;
        assert_eq!(answers.iter().filter(|brief| *brief == "200").count(), 20);
        assert!(
            answers
                .iter()
                .filter(|brief| *brief != "200")
                .all(|brief| brief == "402 limit_reached")
        );
    });
}

#[test]
fn readers_of_another_organization_are_nobodys() {
    run(async {
        let desk = with_events(2).await;
        assert_eq!(commit(&desk, &json!({ "name": "crm", "cursor": "2" })).await.status, 200);
        let other = desk.world.org(Plan::Agency);
        let stranger = bearer(&desk.world.token(&other, &[Scope::EventsRead]).secret);
        let listed = desk.ask("GET", READERS, &stranger, "").await.json();
        assert_eq!(listed["consumers"], json!([]));
        let path = format!("{READERS}/crm");
        assert_eq!(desk.ask("DELETE", &path, &stranger, "").await.brief(), "404 not_found");
        assert_eq!(read(&desk, "consumer=crm").await.1, "2");
    });
}
