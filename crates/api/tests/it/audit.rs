//! The audit log: what is written, that it cannot be changed, what is shown and exported of it, and how
//! long it is kept.

use dcvaas_core::flow::audit_seal;
use dcvaas_core::model::audit_chain::{Link, Place, verify};
use dcvaas_core::model::plan::Plan;
use dcvaas_core::time::{Span, Timestamp};
use dcvaas_testkit::{run, walk};
use serde_json::Value;

use crate::desk::{Desk, bearer};

impl Desk {
    async fn seal(&self) {
        audit_seal::run(&self.world.app()).await.unwrap();
    }

    async fn logs(&self, query: &str) -> Value {
        let answer = self.admin("GET", &format!("/api/audit-logs{query}"), "").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    async fn make_tokens(&self, count: usize) {
        for number in 0..count {
            let answer =
                self.admin("POST", "/api/tokens", &format!(r#"{{"name":"{number}"}}"#)).await;
            assert_eq!(answer.status, 201, "{answer:?}");
            self.world.clock.advance(Span::millis(10));
        }
    }
}

fn place(value: &Value) -> Place {
    let hash = value["hash"].as_str().unwrap().to_owned();
    Place { position: value["position"].as_i64().unwrap(), hash }
}

/// Reads rows as a verifier would.
fn rows(export: &Value) -> Vec<(Link, String)> {
    let text = |row: &Value, name: &str| row[name].as_str().map(str::to_owned);
    let rows = export["auditLogs"].as_array().unwrap().iter();
    rows.map(|row| {
        let link = Link {
            position: row["position"].as_i64().unwrap(),
            id: text(row, "id").unwrap(),
            org_id: text(export, "orgId").unwrap(),
            actor_kind: text(row, "actorKind").unwrap(),
            actor_id: text(row, "actorId"),
            action: text(row, "action").unwrap(),
            subject_id: text(row, "subjectId").unwrap(),
            detail: row["detail"].to_string(),
            request_id: text(row, "requestId"),
            address: text(row, "address"),
            created_at: Timestamp::parse_iso(row["createdAt"].as_str().unwrap()).unwrap(),
        };
        (link, text(row, "hash").unwrap())
    })
    .collect()
}

#[test]
fn an_export_holds_against_its_own_ends() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        desk.stock().await;
        let mut headers = bearer(&desk.admin.secret);
        headers.push(("cf-connecting-ip", "192.0.2.1".to_owned()));
        let body = r#"{"url":"https://hooks.receiver.dev/x?key=secret-of-the-owner"}"#;
        desk.ask("POST", "/api/webhooks", &headers, body).await;
        let before = desk.logs("/export").await;
        assert_eq!(before["auditLogs"], Value::Array(Vec::new()), "not sealed yet");
        desk.seal().await;
        desk.seal().await;
        let export = desk.logs("/export").await;
        let (start, head, rows) = (place(&export["start"]), place(&export["head"]), rows(&export));
        assert_eq!(rows.len(), 4);
        assert_eq!(verify(&start, &rows, &head), Ok(()));
        let last = &export["auditLogs"][3];
        assert_eq!(
            (last["action"].as_str(), last["address"].as_str()),
            (Some("webhook.create"), Some("192.0.2.1"))
        );
        assert_eq!(last["actorId"], desk.admin.id.as_str());
        assert!(!export.to_string().contains("secret-of-the-owner"), "{export}");
        // Later rows go on from there.
        desk.make_tokens(2).await;
        desk.seal().await;
        let later = desk.logs(&format!("/export?after={}", head.position)).await;
        assert_eq!(verify(&head, &self::rows(&later), &place(&later["head"])), Ok(()));
    });
}

#[test]
fn two_organizations_have_chains_of_their_own() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let stranger = bearer(&desk.stranger().secret);
        desk.make_tokens(2).await;
        desk.ask("POST", "/api/tokens", &stranger, r#"{"name":"theirs"}"#).await;
        desk.make_tokens(1).await;
        desk.seal().await;
        let ours = desk.logs("/export").await;
        let theirs = desk.ask("GET", "/api/audit-logs/export", &stranger, "").await.json();
        for (export, count) in [(&ours, 3), (&theirs, 1)] {
            let rows = rows(export);
            assert_eq!(rows.len(), count);
            assert_eq!(verify(&Place::default(), &rows, &place(&export["head"])), Ok(()));
        }
    });
}

#[test]
fn rows_cannot_be_changed_or_deleted_but_go_with_their_organization() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        desk.make_tokens(2).await;
        let refused = |sql: &str| {
            let attempt = || desk.world.execute(sql);
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(attempt)).is_err()
        };
        for sealed in [false, true] {
            if sealed {
                desk.seal().await;
            }
            for sql in [
                "UPDATE audit_logs SET detail = '{}'",
                "UPDATE audit_logs SET actor_id = NULL",
                "UPDATE audit_logs SET created_at = 0",
                "UPDATE audit_logs SET position = position + 10",
                "UPDATE audit_logs SET address = '192.0.2.1'",
                "DELETE FROM audit_logs",
                "DELETE FROM audit_logs WHERE position = 2",
            ] {
                assert!(refused(sql), "{sql}");
            }
        }
        let zeros = "UPDATE audit_logs SET hash = lower(hex(zeroblob(32)))";
        assert!(refused(zeros), "a hash is given once");
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM audit_logs"), 2);
        desk.world.execute(&format!("DELETE FROM organizations WHERE id = '{}'", desk.org));
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM audit_logs"), 0);
    });
}

#[test]
fn the_log_is_read_by_pages_and_filters() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let begin = desk.world.now();
        desk.make_tokens(5).await;
        desk.world.clock.advance(Span::hours(1));
        desk.person("POST", "/api/webhooks", r#"{"url":"https://hooks.receiver.dev/in"}"#).await;
        let count =
            async |query: &str| desk.logs(query).await["auditLogs"].as_array().unwrap().len();
        let subject = desk.world.query("SELECT subject_id FROM audit_logs ORDER BY id LIMIT 1")[0]
            ["subject_id"]
            .clone();
        let hour = begin.plus(Span::minutes(30)).to_iso();
        for (query, expected) in [
            (String::new(), 6),
            ("?action=token.create".to_owned(), 5),
            (format!("?actor={}", desk.admin.id), 5),
            (format!("?actor={}", desk.user), 1),
            (format!("?subject={}", subject.as_str().unwrap()), 1),
            (format!("?from={hour}"), 1),
            (format!("?to={hour}"), 5),
            (format!("?from={hour}&action=token.create"), 0),
            (format!("?from={}&to={hour}", begin.plus(Span::millis(15)).to_iso()), 3),
        ] {
            assert_eq!(count(&query).await, expected, "{query}");
        }
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = desk.logs(&format!("?limit=2{cursor}")).await;
            let rows = page["auditLogs"].as_array().unwrap();
            seen.extend(rows.iter().map(|row| row["position"].as_i64().unwrap()));
            let Some(next) = page["nextCursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, [6, 5, 4, 3, 2, 1]);
        for query in ["?action=nothing", "?from=yesterday", "?actor=", "?colour=red"] {
            let answer = desk.person("GET", &format!("/api/audit-logs{query}"), "").await;
            assert_eq!(answer.brief(), "400 bad_request", "{query}");
        }
    });
}

#[test]
fn a_spreadsheet_gets_the_same_rows() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let body = r#"{"name":"with \"quotes\", commas"}"#;
        assert_eq!(desk.admin("POST", "/api/tokens", body).await.status, 201);
        desk.seal().await;
        let answer = desk.person("GET", "/api/audit-logs/export?format=csv", "").await;
        assert_eq!(answer.header("content-type"), Some("text/csv"));
        let lines: Vec<&str> = answer.body.split("\r\n").collect();
        assert_eq!(lines.len(), 3, "{}", answer.body);
        assert!(lines[0].starts_with("position,id,createdAt") && lines[2].is_empty());
        assert!(lines[1].contains(r#"with \""quotes\"", commas"#), "{}", lines[1]);
        let export = desk.logs("/export?format=json").await;
        let hash = export["auditLogs"][0]["hash"].as_str().unwrap();
        assert!(lines[1].starts_with("1,aud_") && lines[1].ends_with(hash));
    });
}

#[test]
fn rows_are_kept_as_long_as_the_plan_says_and_the_rest_still_holds() {
    run(async {
        for (plan, days) in [(Plan::Free, 90), (Plan::Pro, 365), (Plan::Agency, 3 * 365)] {
            let desk = Desk::new(Plan::Agency);
            desk.make_tokens(3).await;
            desk.seal().await;
            desk.world.clock.advance(Span::days(1));
            desk.make_tokens(2).await;
            desk.seal().await;
            desk.world.execute(&format!("UPDATE organizations SET plan = '{plan}'"));
            desk.world.clock.advance(Span::days(days - 2));
            desk.seal().await;
            assert_eq!(desk.world.count("SELECT COUNT(*) FROM audit_logs"), 5, "{plan}");
            desk.world.clock.advance(Span::days(1));
            desk.seal().await;
            assert_eq!(desk.world.count("SELECT COUNT(*) FROM audit_logs"), 2, "{plan}");
            desk.world.execute("UPDATE organizations SET plan = 'agency'");
            let export = desk.logs("/export").await;
            assert_eq!(place(&export["start"]).position, 3);
            assert_eq!(
                verify(&place(&export["start"]), &rows(&export), &place(&export["head"])),
                Ok(())
            );
            // Numbers go on after all are gone.
            desk.world.clock.advance(Span::days(4 * 365));
            desk.seal().await;
            desk.make_tokens(1).await;
            assert_eq!(desk.world.query("SELECT position FROM audit_logs")[0]["position"], 6);
        }
    });
}

#[test]
fn whatever_breaks_the_chain_is_whole_afterwards() {
    let proved = run(walk(|faults| async move {
        faults.pause();
        let desk = Desk::with(Plan::Agency, std::rc::Rc::clone(&faults));
        desk.make_tokens(3).await;
        faults.resume();
        drop(audit_seal::run(&desk.world.app()).await);
        faults.pause();
        desk.make_tokens(1).await;
        desk.seal().await;
        let export = desk.logs("/export").await;
        assert_eq!(rows(&export).len(), 4);
        assert_eq!(verify(&Place::default(), &rows(&export), &place(&export["head"])), Ok(()));
        faults.resume();
    }));
    assert_eq!(proved, 6);
}
