//! Who may do what to whom in an organization, and that it never loses its last owner.

use dcvaas_core::model::id::{OrgId, UserId};
use dcvaas_core::model::plan::Plan;
use dcvaas_core::model::role::Role;
use dcvaas_core::time::Span;
use dcvaas_testkit::{Credential, run};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, bearer, cookie};

/// A member with the role, signed in and acting for the desk's organization.
struct Person {
    id: UserId,
    session: Credential,
}

fn person(desk: &Desk, email: &str, role: Option<Role>) -> Person {
    let id = desk.world.user(email);
    if let Some(role) = role {
        desk.world.member(&desk.org, &id, role);
    } else {
        let own = desk.world.org(Plan::Free);
        desk.world.member(&own, &id, Role::Owner);
    }
    Person { session: desk.world.session(&id), id }
}

impl Person {
    async fn ask(&self, desk: &Desk, method: &str, path: &str, body: &str) -> Answer {
        desk.ask(method, path, &cookie(&self.session.secret), body).await
    }
}

fn members(org: &OrgId, rest: &str) -> String {
    format!("/api/orgs/{org}/members{rest}")
}

/// Sends what waits, and gives the token of the last mail.
async fn token(desk: &Desk) -> Value {
    let text = desk.last_mail().await;
    json!({ "token": text.split("&token=").nth(1).unwrap().lines().next().unwrap() })
}

#[test]
fn an_invitation_is_a_mail_that_its_reader_alone_accepts_once() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let answer = desk
            .person(
                "POST",
                &members(&desk.org, "/invite"),
                r#"{"email":" New@People.dev ","role":"admin"}"#,
            )
            .await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let member = answer.json()["member"].clone();
        assert_eq!(
            [&member["email"], &member["role"], &member["status"]],
            ["new@people.dev", "admin", "invited"]
        );
        let token = token(&desk).await;
        assert_eq!(desk.world.mails()[0]["to"], json!(["new@people.dev"]));
        let kept = desk.world.query("SELECT * FROM members").to_string()
            + &desk.world.query("SELECT * FROM mails").to_string();
        assert!(!kept.contains(token["token"].as_str().unwrap()), "only its hash is kept");

        let thief = person(&desk, "thief@people.dev", None);
        let accept = members(&desk.org, "/accept");
        assert_eq!(
            thief.ask(&desk, "POST", &accept, &token.to_string()).await.brief(),
            "404 not_found"
        );
        // The invited person signs in, which proves the address.
        let id = UserId::parse(member["userId"].as_str().unwrap()).unwrap();
        let own = desk.world.org(Plan::Free);
        desk.world.member(&own, &id, Role::Owner);
        let new = Person { session: desk.world.session(&id), id };
        let wrong = json!({ "token": "0".repeat(64) }).to_string();
        assert_eq!(new.ask(&desk, "POST", &accept, &wrong).await.brief(), "404 not_found");
        let accepted = new.ask(&desk, "POST", &accept, &token.to_string()).await;
        assert_eq!(accepted.status, 200, "{accepted:?}");
        assert_eq!(accepted.json()["member"]["status"], "active");
        assert_eq!(
            new.ask(&desk, "POST", &accept, &token.to_string()).await.brief(),
            "404 not_found"
        );
        let audit = desk.world.query("SELECT action, actor_id FROM audit_logs ORDER BY rowid");
        assert_eq!(audit[0]["action"], "member.invite");
        assert_eq!(audit[1], json!({ "action": "member.accept", "actor_id": new.id.as_str() }));
    });
}

#[test]
fn an_invitation_ends_after_a_week_and_a_new_one_replaces_it() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let invite = members(&desk.org, "/invite");
        let body = r#"{"email":"new@people.dev"}"#;
        let member = desk.person("POST", &invite, body).await.json()["member"].clone();
        assert_eq!(member["role"], "member", "the least, if nothing else is asked for");
        let first = token(&desk).await;
        assert_eq!(desk.person("POST", &invite, body).await.status, 201);
        let second = token(&desk).await;
        let id = UserId::parse(member["userId"].as_str().unwrap()).unwrap();
        let own = desk.world.org(Plan::Free);
        desk.world.member(&own, &id, Role::Owner);
        let accept = members(&desk.org, "/accept");
        let new = Person { session: desk.world.session(&id), id };
        assert_eq!(
            new.ask(&desk, "POST", &accept, &first.to_string()).await.brief(),
            "404 not_found"
        );
        desk.world.clock.advance(Span::days(7));
        let new = Person { session: desk.world.session(&new.id), id: new.id };
        assert_eq!(
            new.ask(&desk, "POST", &accept, &second.to_string()).await.brief(),
            "404 not_found"
        );
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM members WHERE status = 'invited'"), 1);
    });
}

#[test]
fn the_plan_of_the_organization_that_invites_counts() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        desk.person("POST", &members(&desk.org, "/invite"), r#"{"email":"new@people.dev"}"#).await;
        let token = token(&desk).await;
        let id = desk.world.query("SELECT id FROM users WHERE email = 'new@people.dev'")[0]["id"]
            .clone();
        let id = UserId::parse(id.as_str().unwrap()).unwrap();
        let own = desk.world.org(Plan::Free);
        desk.world.member(&own, &id, Role::Owner);
        let new = Person { session: desk.world.session(&id), id };
        desk.world.execute("UPDATE organizations SET plan = 'pro'");
        let accept = members(&desk.org, "/accept");
        assert_eq!(
            new.ask(&desk, "POST", &accept, &token.to_string()).await.brief(),
            "402 plan_required"
        );
        let invite = desk
            .person("POST", &members(&desk.org, "/invite"), r#"{"email":"x@people.dev"}"#)
            .await;
        assert_eq!(invite.brief(), "402 plan_required");
        let list = desk.person("GET", &members(&desk.org, ""), "").await;
        assert_eq!(
            list.json()["members"].as_array().unwrap().len(),
            2,
            "seeing them needs no plan"
        );
        let path = members(&desk.org, &format!("/{}", new.id));
        assert_eq!(desk.person("DELETE", &path, "").await.status, 204, "nor does removing them");
    });
}

#[test]
fn addresses_are_case_insensitive_and_members_are_not_invited_twice() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        person(&desk, "ada@people.dev", Some(Role::Member));
        let suspended = person(&desk, "eve@people.dev", Some(Role::Member));
        desk.world.db.execute(
            "UPDATE members SET status = 'suspended' WHERE user_id = ?1",
            &[(&suspended.id).into()],
        );
        for email in ["ADA@people.dev", "Eve@People.DEV"] {
            let body = json!({ "email": email }).to_string();
            let answer = desk.person("POST", &members(&desk.org, "/invite"), &body).await;
            assert_eq!(answer.brief(), "409 conflict", "{email}");
        }
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM users"), 3);
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM mails"), 0);
    });
}

#[test]
fn nobody_is_flooded_with_invitations() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        for number in 1..=6 {
            let answer = desk
                .person("POST", &members(&desk.org, "/invite"), r#"{"email":"new@people.dev"}"#)
                .await;
            let expected = if number <= 5 { "201" } else { "429 rate_limited" };
            assert_eq!(answer.brief(), expected, "{number}");
        }
    });
}

#[test]
fn who_may_change_and_remove_whom() {
    run(async {
        for actor in Role::ALL {
            for target in Role::ALL {
                for (method, to) in [
                    ("PATCH", Some("owner")),
                    ("PATCH", Some("admin")),
                    ("PATCH", Some("member")),
                    ("DELETE", None),
                ] {
                    let desk = Desk::new(Plan::Agency);
                    let actor_person = person(&desk, "actor@people.dev", Some(*actor));
                    let target_person = person(&desk, "target@people.dev", Some(*target));
                    let path = members(&desk.org, &format!("/{}", target_person.id));
                    let body = to.map(|to| json!({ "role": to }).to_string()).unwrap_or_default();
                    let answer = actor_person.ask(&desk, method, &path, &body).await;
                    let touches_owner = *target == Role::Owner || to == Some("owner");
                    let allowed = match actor {
                        Role::Owner => true,
                        Role::Admin => !touches_owner,
                        Role::Member => false,
                    };
                    assert_eq!(
                        answer.status < 300,
                        allowed,
                        "{actor} {method} {target} to {to:?}: {answer:?}"
                    );
                    if !allowed {
                        assert_eq!(
                            answer.brief(),
                            "403 forbidden",
                            "{actor} {method} {target} to {to:?}"
                        );
                    }
                }
            }
        }
    });
}

#[test]
fn a_suspended_member_is_shut_out_at_once_and_let_in_again() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let ada = person(&desk, "ada@people.dev", Some(Role::Admin));
        let path = members(&desk.org, &format!("/{}", ada.id));
        assert_eq!(ada.ask(&desk, "GET", "/api/domains", "").await.status, 200);
        let answer = desk.person("PATCH", &path, r#"{"status":"suspended"}"#).await;
        assert_eq!(answer.json()["member"]["status"], "suspended");
        assert_eq!(ada.ask(&desk, "GET", "/api/domains", "").await.brief(), "401 unauthorized");
        assert_eq!(desk.person("PATCH", &path, r#"{"status":"active"}"#).await.status, 200);
        assert_eq!(ada.ask(&desk, "GET", "/api/domains", "").await.status, 200);
        let audit = desk
            .world
            .query("SELECT detail FROM audit_logs WHERE action = 'member.update' ORDER BY rowid");
        let detail: Value = serde_json::from_str(audit[0]["detail"].as_str().unwrap()).unwrap();
        assert_eq!(detail["before"], json!({ "role": "admin", "status": "active" }));
        assert_eq!(detail["after"], json!({ "role": "admin", "status": "suspended" }));
        // Who has not accepted cannot be let in by somebody else.
        desk.person("POST", &members(&desk.org, "/invite"), r#"{"email":"new@people.dev"}"#).await;
        let new =
            desk.world.query("SELECT user_id FROM members WHERE status = 'invited'")[0]["user_id"]
                .clone();
        let path = members(&desk.org, &format!("/{}", new.as_str().unwrap()));
        assert_eq!(
            desk.person("PATCH", &path, r#"{"status":"active"}"#).await.brief(),
            "409 conflict"
        );
        assert_eq!(
            desk.person("PATCH", &path, r#"{"status":"invited"}"#).await.brief(),
            "400 bad_request"
        );
    });
}

#[test]
fn tokens_of_who_is_suspended_stay_in_force_and_are_told_of() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let ada = person(&desk, "ada@people.dev", Some(Role::Admin));
        let made = ada.ask(&desk, "POST", "/api/tokens", r#"{"name":"deploy"}"#).await.json();
        let path = members(&desk.org, &format!("/{}", ada.id));
        let answer = desk.person("PATCH", &path, r#"{"status":"suspended"}"#).await.json();
        assert_eq!(answer["member"]["tokens"], 1, "{answer}");
        let token = bearer(made["token"].as_str().unwrap());
        assert_eq!(desk.ask("GET", "/api/domains", &token, "").await.status, 200);
        let list = desk.person("GET", "/api/tokens", "").await.json();
        assert_eq!(
            list["tokens"]
                .as_array()
                .unwrap()
                .iter()
                .find(|token| token["name"] == "deploy")
                .unwrap()["person"],
            json!({ "id": ada.id.as_str(), "status": "suspended" })
        );
        let detail =
            desk.world.query("SELECT detail FROM audit_logs WHERE action = 'member.update'");
        assert!(detail[0]["detail"].as_str().unwrap().contains("\"tokens\":1"), "{detail}");
    });
}

#[test]
fn everybody_may_leave_but_the_last_owner() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        for role in [Role::Member, Role::Admin, Role::Owner] {
            let ada = person(&desk, &format!("{role}@people.dev"), Some(role));
            let path = members(&desk.org, &format!("/{}", ada.id));
            assert_eq!(ada.ask(&desk, "DELETE", &path, "").await.status, 204, "{role}");
        }
        let own = members(&desk.org, &format!("/{}", desk.user));
        for (method, body) in [
            ("DELETE", ""),
            ("PATCH", r#"{"role":"admin"}"#),
            ("PATCH", r#"{"status":"suspended"}"#),
        ] {
            assert_eq!(
                desk.person(method, &own, body).await.brief(),
                "409 conflict",
                "{method} {body}"
            );
        }
        // An owner who was only invited, or is suspended, does not count.
        desk.person(
            "POST",
            &members(&desk.org, "/invite"),
            r#"{"email":"new@people.dev","role":"owner"}"#,
        )
        .await;
        assert_eq!(desk.person("DELETE", &own, "").await.brief(), "409 conflict");
    });
}

#[test]
fn twenty_owners_who_leave_at_once_leave_one() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        desk.world.execute("DELETE FROM members");
        let owners: Vec<Person> = (0..20)
            .map(|number| person(&desk, &format!("owner{number}@people.dev"), Some(Role::Owner)))
            .collect();
        let tries = owners.iter().enumerate().map(|(number, owner)| {
            let desk = &desk;
            async move {
                let path = members(&desk.org, &format!("/{}", owner.id));
                match number % 3 {
                    0 => owner.ask(desk, "DELETE", &path, "").await.status,
                    1 => owner.ask(desk, "PATCH", &path, r#"{"role":"member"}"#).await.status,
                    _ => owner.ask(desk, "PATCH", &path, r#"{"status":"suspended"}"#).await.status,
                }
            }
        });
        let statuses = join_all(tries).await;
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 1, "{statuses:?}");
        let left = "SELECT COUNT(*) FROM members WHERE role = 'owner' AND status = 'active'";
        assert_eq!(desk.world.count(left), 1);
    });
}

#[test]
fn an_organization_is_named_dressed_and_deleted_by_its_owner() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let own = "/api/organizations";
        let change = r##"{"name":" Acme & Söhne ","brandColor":"#A0B1C2","logoUrl":"https://cdn.example.com/logo.svg"}"##;
        let changed = desk.person("PATCH", own, change).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        let shown = changed.json()["organization"].clone();
        assert_eq!(
            [&shown["name"], &shown["brandColor"], &shown["logoUrl"]],
            ["Acme & Söhne", "#a0b1c2", "https://cdn.example.com/logo.svg"]
        );
        assert_eq!(desk.person("GET", own, "").await.json(), changed.json());
        let cleared = desk.person("PATCH", own, r#"{"logoUrl":null}"#).await.json();
        assert_eq!(cleared["organization"]["logoUrl"], Value::Null);
        assert_eq!(cleared["organization"]["brandColor"], "#a0b1c2", "what is left out stays");
        for (body, field) in [
            (r#"{"name":""}"#, "name"),
            (r#"{"brandColor":"red"}"#, "brandColor"),
            (r#"{"logoUrl":"http://cdn.example.com/logo.svg"}"#, "logoUrl"),
            (r#"{"logoUrl":"https://127.0.0.1/logo.svg"}"#, "logoUrl"),
            (r#"{"logoUrl":"javascript:alert(1)"}"#, "logoUrl"),
            (r#"{"colour":"red"}"#, "colour"),
        ] {
            let answer = desk.person("PATCH", own, body).await;
            assert_eq!(answer.brief(), "400 bad_request", "{body}");
            assert_eq!(answer.json()["errors"][0]["field"], field);
        }
        desk.world.execute("UPDATE organizations SET plan = 'pro'");
        assert_eq!(
            desk.person("PATCH", own, r##"{"brandColor":"#000000"}"##).await.brief(),
            "402 plan_required"
        );
        assert_eq!(
            desk.person("PATCH", own, r#"{"brandColor":null}"#).await.status,
            200,
            "taking it away is free"
        );

        desk.admin("POST", "/api/domains", r#"{"hostname":"app.example.com"}"#).await;
        desk.world.background.kill_all();
        for wrong in ["", "acme & söhne", "Test"] {
            let answer = desk.person("DELETE", own, &json!({ "confirm": wrong }).to_string()).await;
            assert_eq!(answer.brief(), "400 bad_request");
        }
        let other = desk.stranger();
        let colleague = person(&desk, "colleague@people.dev", Some(Role::Admin));
        let body = json!({ "confirm": "Acme & Söhne" }).to_string();
        assert_eq!(colleague.ask(&desk, "DELETE", own, &body).await.brief(), "403 forbidden");
        assert_eq!(desk.person("DELETE", own, &body).await.status, 204);
        for table in ["api_tokens", "members", "events", "audit_logs"] {
            let left = format!("SELECT COUNT(*) FROM {table} WHERE org_id = '{}'", desk.org);
            assert_eq!(desk.world.count(&left), 0, "{table}");
        }
        let gone = desk.admin("GET", "/api/domains", "").await;
        assert_eq!((gone.status, &gone.json()["reason"]), (401, &json!("unknown")));
        assert_eq!(colleague.ask(&desk, "GET", own, "").await.brief(), "401 unauthorized");
        let kept = desk.ask("GET", "/api/domains", &bearer(&other.secret), "").await;
        assert_eq!(kept.status, 200, "another organization's");
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM domains"), 0);
        assert_eq!(
            desk.world.count("SELECT COUNT(*) FROM hostname_removals"),
            1,
            "Cloudflare's is to follow"
        );
        assert_eq!(desk.person("GET", own, "").await.brief(), "401 unauthorized");
    });
}

#[test]
fn a_person_makes_more_organizations_and_switches_between_them() {
    run(async {
        let desk = Desk::new(Plan::Agency);
        let made = desk.person("POST", "/api/organizations", r#"{"name":"Second"}"#).await;
        assert_eq!(made.status, 201, "{made:?}");
        let second = made.json()["organization"].clone();
        assert_eq!([&second["name"], &second["plan"]], ["Second", "free"]);
        let mut headers = cookie(&desk.session.secret);
        headers.push(("dcvaas-organization", second["id"].as_str().unwrap().to_owned()));
        let shown = desk.ask("GET", "/api/organizations", &headers, "").await.json();
        assert_eq!(shown["organization"], second);
        let session = desk.person("GET", "/api/session", "").await.json();
        assert_eq!(session["organizations"].as_array().unwrap().len(), 2);
        for _ in 0..18 {
            desk.world.clock.advance(Span::minutes(1));
            assert_eq!(
                desk.person("POST", "/api/organizations", r#"{"name":"More"}"#).await.status,
                201
            );
        }
        let answer = desk.person("POST", "/api/organizations", r#"{"name":"Too many"}"#).await;
        assert_eq!(answer.brief(), "409 conflict");
        assert_eq!(desk.world.count("SELECT COUNT(*) FROM organizations"), 20);
    });
}
