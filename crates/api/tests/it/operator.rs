//! The operator sets plans and limits; for everybody else there is nothing there.

use dcvaas_core::model::plan::Plan;
use dcvaas_testkit::{ZONE_ID, run};
use serde_json::{Value, json};

use crate::desk::Desk;

#[test]
fn the_operator_finds_an_organization_and_sets_its_plan_and_limits() {
    run(async {
        let desk = Desk::new(Plan::Free);
        let headers = desk.operator();
        let email = format!("{}@people.dev", desk.org);
        for words in [desk.org.as_str(), "TEST", email.as_str()] {
            let path = format!("/api/operator/organizations?q={words}");
            let page = desk.ask("GET", &path, &headers, "").await.json();
            let found = page["organizations"].as_array().unwrap();
            assert!(found.iter().any(|org| org["id"] == desk.org.as_str()), "{words}: {page}");
        }
        let nothing = desk.ask("GET", "/api/operator/organizations?q=%25", &headers, "").await;
        assert_eq!(nothing.json()["organizations"], json!([]), "no wildcard");

        let path = format!("/api/operator/organizations/{}", desk.org);
        let change = r#"{"plan":"agency","domainLimit":500,"requestsPerMinute":50}"#;
        let changed =
            desk.ask("PATCH", &path, &headers, change).await.json()["organization"].clone();
        assert_eq!(
            [&changed["plan"], &changed["domainLimit"], &changed["requestsPerMinute"]],
            [&json!("agency"), &json!(500), &json!(50)]
        );
        assert_eq!(
            desk.person("GET", "/api/organizations", "").await.json()["organization"]["plan"],
            "agency"
        );
        let cleared = desk.ask("PATCH", &path, &headers, r#"{"domainLimit":null}"#).await.json();
        assert_eq!(cleared["organization"]["domainLimit"], Value::Null);
        assert_eq!(cleared["organization"]["requestsPerMinute"], 50, "what is left out stays");
        let audit =
            desk.world.query("SELECT org_id, action, detail FROM audit_logs ORDER BY rowid");
        assert_eq!(
            [&audit[0]["org_id"], &audit[0]["action"]],
            [&json!(desk.org.as_str()), &json!("organization.operate")]
        );
        let detail: Value = serde_json::from_str(audit[0]["detail"].as_str().unwrap()).unwrap();
        assert_eq!(detail["before"]["plan"], "free");
        assert_eq!(detail["after"]["plan"], "agency");
        for wrong in [r#"{"plan":"gold"}"#, r#"{"domainLimit":-1}"#, r#"{"colour":1}"#] {
            assert_eq!(
                desk.ask("PATCH", &path, &headers, wrong).await.brief(),
                "400 bad_request",
                "{wrong}"
            );
        }
    });
}

#[test]
fn the_operator_sees_how_full_the_zone_is_and_a_monitor_whether_it_is() {
    run(async {
        let desk = Desk::new(Plan::Free);
        let headers = desk.operator();
        for (used, status) in
            [(None, "unknown"), (Some(79), "ok"), (Some(80), "nearly_full"), (Some(100), "full")]
        {
            if let Some(used) = used {
                desk.world.db.execute(
                    "INSERT OR REPLACE INTO hostname_quotas (zone_id, used, allocated, read_at, told) VALUES (?1, ?2, 100, 1767571200000, 0)",
                    &[ZONE_ID.into(), i64::from(used).into()],
                );
            }
            let page = desk.ask("GET", "/api/operator/organizations", &headers, "").await.json();
            let expected = used.map_or(Value::Null, |used| {
                json!({ "used": used, "allocated": 100, "readAt": "2026-01-05T00:00:00.000Z" })
            });
            assert_eq!(page["hostnameQuota"], expected);
            let health = desk.ask("GET", "/health", &Vec::new(), "").await;
            assert_eq!(health.status, 200, "the service works all the same");
            assert_eq!(
                health.json()["dependencies"]["customHostnames"],
                json!({ "status": status })
            );
        }
    });
}

#[test]
fn nobody_else_can_tell_that_it_exists() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let path = format!("/api/operator/organizations/{}", desk.org);
        for (method, path) in [("GET", "/api/operator/organizations"), ("PATCH", path.as_str())] {
            let answer = desk.person(method, path, r#"{"plan":"agency"}"#).await;
            assert_eq!(answer.brief(), "404 not_found", "{method}");
        }
        // An address that was only claimed, by an invitation, is nobody's until its holder signs in.
        let unknown = format!("/api/operator/organizations/org_{:032x}", 1);
        let headers = desk.operator();
        assert_eq!(
            desk.ask("PATCH", &unknown, &headers, r#"{"plan":"pro"}"#).await.brief(),
            "404 not_found"
        );
    });
}
