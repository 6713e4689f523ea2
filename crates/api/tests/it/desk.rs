//! One organization with something of everything, and a client that asks.

use std::path::Path;
use std::rc::Rc;

use async_trait::async_trait;
use dcvaas_api::body::{BodyFault, BodySource};
use dcvaas_api::edge::{self, Incoming};
use dcvaas_api::router::{Needs, Route};
use dcvaas_core::crypto::seal::{Aad, Purpose};
use dcvaas_core::crypto::token::OpaqueToken;
use dcvaas_core::flow::mail;
use dcvaas_core::model::id::{MailId, OrgId, UserId};
use dcvaas_core::model::plan::Plan;
use dcvaas_core::model::role::Role;
use dcvaas_core::model::scope::Scope;
use dcvaas_testkit::{Credential, FakeProvider, Faults, World};
use serde_json::{Value, json};

use crate::leaks::{Github, found};

pub(crate) const OWN: &str = "https://api.dcvaas.dev";
pub(crate) const HOST: &str = "app.example.com";

/// Headers as a client sends them; names in lower case.
pub(crate) type Headers = Vec<(&'static str, String)>;

pub(crate) struct Desk {
    pub(crate) world: World,
    pub(crate) org: OrgId,
    pub(crate) user: UserId,
    pub(crate) session: Credential,
    pub(crate) admin: Credential,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// The status, and the machine's word of a refusal.
    pub(crate) fn brief(&self) -> String {
        if let Some(location) = self.header("location") {
            return format!("{} {location}", self.status);
        }
        if self.status < 400 {
            return self.status.to_string();
        }
        format!("{} {}", self.status, self.json()["error"].as_str().unwrap())
    }
}

struct Body(Vec<u8>);

#[async_trait(?Send)]
impl BodySource for Body {
    async fn read(&mut self, limit: usize) -> Result<Vec<u8>, BodyFault> {
        if self.0.len() > limit {
            Err(BodyFault::TooLarge)
        } else {
            Ok(std::mem::take(&mut self.0))
        }
    }
}

/// The ids of one object of each kind.
pub(crate) struct Objects {
    pub(crate) domain: String,
    pub(crate) token: String,
    pub(crate) webhook: String,
    pub(crate) delivery: String,
    pub(crate) session: String,
    pub(crate) org: String,
    pub(crate) member: String,
    /// An organization that invites the owner.
    pub(crate) inviting: String,
}

impl Objects {
    /// The path of `route` to the object of its kind.
    pub(crate) fn path(&self, route: &Route) -> String {
        let org = if route.id == "members.accept" { &self.inviting } else { &self.org };
        let path = route
            .path
            .replace("{orgId}", org)
            .replace("{userId}", &self.member)
            .replace("{name}", "crm");
        let id = match route.path.split('/').nth(2) {
            Some("domains") => &self.domain,
            Some("tokens") => &self.token,
            Some("deliveries") => &self.delivery,
            Some("sessions") => &self.session,
            Some("operator") => &self.org,
            _ => &self.webhook,
        };
        match route.id {
            "providers.begin" => path.replace("{id}", "corp"),
            "providers.finish" => {
                format!(
                    "{}?code=c0de&iss=https://id.upstream.dev&state={}",
                    path.replace("{id}", "corp"),
                    state().reveal()
                )
            }
            _ => path.replace("{id}", id),
        }
    }
}

impl Desk {
    pub(crate) fn new(plan: Plan) -> Self {
        Self::with(plan, Rc::default())
    }

    pub(crate) fn with(plan: Plan, faults: Rc<Faults>) -> Self {
        let world = World::breaking(faults);
        let (org, user, session) = world.owner(plan);
        let admin = world.token(&org, &[Scope::Admin]);
        Self { world, org, user, session, admin }
    }

    /// Lets the owner's session go on, which a test has let end by the clock.
    pub(crate) fn session_again(&self) {
        self.world.execute("UPDATE sessions SET expires_at = 9000000000000");
    }

    /// Another organization in the same world, with its own admin token.
    pub(crate) fn stranger(&self) -> Credential {
        let (org, ..) = self.world.owner(Plan::Agency);
        self.world.token(&org, &[Scope::Admin])
    }

    /// The owner of another organization in the same world, signed in.
    pub(crate) fn stranger_person(&self) -> Credential {
        self.world.owner(Plan::Agency).2
    }

    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &Headers,
        body: &str,
    ) -> Answer {
        let app = self.world.app();
        let header = |name: &str| {
            headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone()).or_else(
                || {
                    (name == "content-type" && !body.is_empty())
                        .then(|| "application/json".to_owned())
                },
            )
        };
        let mut source = Body(body.as_bytes().to_vec());
        let url = format!("{OWN}{path}");
        let incoming = Incoming { method, url: &url, header: &header, body: &mut source };
        let reply = edge::handle(&app, incoming).await;
        Answer { status: reply.status, headers: reply.headers, body: reply.body }
    }

    /// Asks as the organization's admin token.
    pub(crate) async fn admin(&self, method: &str, path: &str, body: &str) -> Answer {
        self.ask(method, path, &bearer(&self.admin.secret), body).await
    }

    /// Asks as the owner at the dashboard.
    pub(crate) async fn person(&self, method: &str, path: &str, body: &str) -> Answer {
        self.ask(method, path, &cookie(&self.session.secret), body).await
    }

    /// Sends what waits, and gives the text of the last mail.
    pub(crate) async fn last_mail(&self) -> String {
        let waiting = self.world.query("SELECT id FROM mails WHERE state = 'pending'");
        let ids: Vec<MailId> = waiting
            .as_array()
            .unwrap()
            .iter()
            .map(|row| MailId::parse(row["id"].as_str().unwrap()).unwrap())
            .collect();
        mail::send(&self.world.app(), &ids).await.unwrap();
        self.world.mails().last().unwrap()["text"].as_str().unwrap().to_owned()
    }

    /// Makes one object of each kind, past what its plan may include.
    pub(crate) async fn stock(&self) -> Objects {
        let id = |answer: &Answer, pointer: &str| {
            let found = answer.json().pointer(pointer).and_then(Value::as_str).map(str::to_owned);
            found.unwrap_or_else(|| panic!("{answer:?}"))
        };
        let token = self.admin("POST", "/api/tokens", r#"{"name":"stock"}"#).await;
        // From before there was anybody to tell.
        self.world.execute("DELETE FROM events");
        // The endpoint before the domain, whose first event so has a delivery.
        let webhook =
            self.admin("POST", "/api/webhooks", r#"{"url":"https://hooks.receiver.dev/in"}"#).await;
        let domain =
            self.admin("POST", "/api/domains", &format!(r#"{{"hostname":"{HOST}"}}"#)).await;
        self.world.background.kill_all();
        self.world.queue.take();
        let delivery = self.world.query("SELECT id FROM deliveries")[0]["id"].clone();
        let member = self.world.user("colleague@people.dev");
        self.world.member(&self.org, &member, Role::Member);
        let (inviting, ..) = self.world.owner(Plan::Agency);
        self.world.db.execute(
            "INSERT INTO feed_consumers (org_id, name, position, created_at, updated_at) VALUES (?1, 'crm', 0, ?2, ?2)",
            &[(&self.org).into(), self.world.now().into()],
        );
        self.world.db.execute(
            "INSERT INTO members (org_id, user_id, role, status, created_at, updated_at, invitation_hash, invitation_expires_at)
             VALUES (?1, ?2, 'admin', 'invited', ?3, ?3, ?4, ?3 + 86400000)",
            &[
                (&inviting).into(),
                (&self.user).into(),
                self.world.now().into(),
                invitation().hash().as_str().into(),
            ],
        );
        Objects {
            org: self.org.as_str().to_owned(),
            member: member.as_str().to_owned(),
            inviting: inviting.as_str().to_owned(),
            session: self.world.session(&self.user).id,
            delivery: delivery.as_str().unwrap().to_owned(),
            domain: id(&domain, "/domain/id"),
            webhook: id(&webhook, "/webhook/id"),
            token: id(&token, "/tokenMeta/id"),
        }
    }

    /// A link that signs the owner in, as `cargo xtask dev` makes it.
    pub(crate) fn link(&self) -> String {
        let link = OpaqueToken::generate([7; 32]);
        let now = self.world.now();
        self.world.db.execute(
            "INSERT INTO sign_in_links (id, user_id, hash, created_at, expires_at) VALUES ('sgn_1', ?1, ?2, ?3, ?3 + 60000)",
            &[(&self.user).into(), link.hash().as_str().into(), now.into()],
        );
        link.reveal().to_owned()
    }

    /// A browser that comes back from a provider, where the owner signed in: its headers.
    pub(crate) fn returning(&self) -> Headers {
        let (world, browser, verifier) =
            (&self.world, OpaqueToken::generate([10; 32]), OpaqueToken::generate([11; 32]));
        let state = state().hash();
        let aad =
            Aad { table: "oidc_attempts", column: "sealed_verifier", row: state.as_str(), org: "" };
        let sealed = world.config.key_ring.as_ref().unwrap().seal(
            Purpose::PkceVerifier,
            &aad,
            verifier.reveal().as_bytes(),
            [0; 12],
        );
        world.db.execute(
            "INSERT INTO oidc_attempts (state_hash, browser_hash, provider, sealed_verifier, nonce, created_at, expires_at)
             VALUES (?1, ?2, 'corp', ?3, 'nonce', ?4, ?4 + 60000)",
            &[
                state.as_str().into(),
                browser.hash().as_str().into(),
                sealed.unwrap().into(),
                world.now().into(),
            ],
        );
        let email = world.query("SELECT email FROM users")[0]["email"].clone();
        world.provider.person(json!({ "sub": "owner", "email": email, "email_verified": true }));
        let challenge = FakeProvider::challenge(verifier.reveal());
        let redirect_uri = "https://app.dcvaas.dev/api/sign-in/providers/corp/callback";
        world.provider.grant("c0de", redirect_uri, &challenge, "nonce");
        vec![("cookie", format!("__Host-dcvaas_provider={}", browser.reveal()))]
    }

    /// The operator of the deployment, who has an organization like everybody.
    pub(crate) fn operator(&self) -> Headers {
        let known = self.world.query("SELECT id FROM users WHERE email = 'operator@dcvaas.dev'");
        let user = known[0]["id"].as_str().and_then(UserId::parse).unwrap_or_else(|| {
            let user = self.world.user("operator@dcvaas.dev");
            self.world.member(&self.world.org(Plan::Free), &user, Role::Owner);
            user
        });
        cookie(&self.world.session(&user).secret)
    }

    /// Who the route answers: the owner at the dashboard, but for what only a token or a page asks.
    pub(crate) fn credential(&self, route: &Route) -> Headers {
        match route.needs {
            Needs::Nobody(_) if route.id == "leaks.github" => {
                Github::beside(self).headers(&self.body(route))
            }
            Needs::Nobody(_) if route.id == "providers.finish" => self.returning(),
            Needs::Nobody(_) => vec![("origin", OWN.to_owned())],
            Needs::Caller(access) if access.own => bearer(&self.admin.secret),
            Needs::Caller(_) if route.id.starts_with("operator.") => self.operator(),
            Needs::Caller(_) => cookie(&self.session.secret),
        }
    }

    /// A body that the route takes.
    pub(crate) fn body(&self, route: &Route) -> String {
        match route.id {
            "domains.add" => r#"{"hostname":"new.example.com"}"#.to_owned(),
            "domains.update" => r#"{"tags":["eu","customer:42"]}"#.to_owned(),
            "tokens.create" => r#"{"name":"new","scopes":["tokens:write"]}"#.to_owned(),
            "webhooks.create" => r#"{"url":"https://hooks.receiver.dev/new"}"#.to_owned(),
            "webhooks.replay" => r#"{"since":"2026-01-01T00:00:00Z","what":"failed"}"#.to_owned(),
            "tokens.rotate" | "webhooks.rotate" => "{}".to_owned(),
            "leaks.github" => found(&[&self.admin.secret]),
            "tokens.revoke_all" => r#"{"all":true}"#.to_owned(),
            "feed_consumers.commit" => r#"{"name":"crm","cursor":"1"}"#.to_owned(),
            "webhooks.test" => r#"{"type":"domain.active"}"#.to_owned(),
            "webhooks.update" => r#"{"enabled":false}"#.to_owned(),
            "members.accept" => format!(r#"{{"token":"{}"}}"#, invitation().reveal()),
            "members.invite" => r#"{"email":"new@people.dev","role":"admin"}"#.to_owned(),
            "members.update" => r#"{"role":"admin"}"#.to_owned(),
            "operator.update" => r#"{"plan":"pro","domainLimit":7}"#.to_owned(),
            "organization.create" => r#"{"name":"Another"}"#.to_owned(),
            "organization.update" => r##"{"name":"Renamed","brandColor":"#102030"}"##.to_owned(),
            "organization.delete" => r#"{"confirm":"Test"}"#.to_owned(),
            "sign_in.ask" => r#"{"email":"ada@people.dev"}"#.to_owned(),
            "session.start" => format!(r#"{{"token":"{}"}}"#, self.link()),
            _ => String::new(),
        }
    }
}

/// By what an attempt to sign in by a provider is known.
fn state() -> OpaqueToken {
    OpaqueToken::generate([9; 32])
}

/// What the mail of an organization that invites the owner carries.
pub(crate) fn invitation() -> OpaqueToken {
    OpaqueToken::generate([8; 32])
}

pub(crate) fn bearer(secret: &str) -> Headers {
    vec![("authorization", format!("Bearer {secret}"))]
}

/// The dashboard's own request.
pub(crate) fn cookie(secret: &str) -> Headers {
    vec![("cookie", format!("__Host-dcvaas_session={secret}")), ("origin", OWN.to_owned())]
}

/// Compares with the checked-in table `name`, or writes it where `UPDATE_TABLES` is set.
pub(crate) fn assert_table(name: &str, table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(name);
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(&path, table).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == table, "{name} has changed (UPDATE_TABLES=1 writes it anew):\n{table}");
}
