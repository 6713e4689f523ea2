//! Everything wired together: one deployment of DCVaaS with the world around it.

use std::rc::Rc;

use dcvaas_core::config::{Config, Need};
use dcvaas_core::crypto::token::{ApiToken, OpaqueToken};
use dcvaas_core::memory::IsolateMemory;
use dcvaas_core::model::id::{OrgId, SessionId, TokenId, UserId};
use dcvaas_core::model::plan::Plan;
use dcvaas_core::model::role::Role;
use dcvaas_core::model::scope::Scope;
use dcvaas_core::ports::{App, Clock, Entropy, Timer};
use dcvaas_core::store::Value;
use dcvaas_core::time::{Span, Timestamp};
use serde_json::Value as Json;

use crate::background::Tasks;
use crate::clock::{TestClock, TestTimer};
use crate::cloudflare::FakeCloudflare;
use crate::dns::FakeDns;
use crate::entropy::SeededEntropy;
use crate::faults::Faults;
use crate::http::{FakeHttp, Receiver};
use crate::log::Lines;
use crate::meter::FakeMeter;
use crate::provider::FakeProvider;
use crate::queue::FakeQueue;
use crate::signatures::NativeSignatures;
use crate::sqlite::SqliteDb;

/// Root of Cloudflare's API.
pub const CLOUDFLARE: &str = "https://cloudflare.upstream.dev/client/v4";
/// The DNS resolver.
pub const RESOLVER: &str = "https://resolver.upstream.dev/dns-query";
/// GitHub's API.
pub const GITHUB: &str = "https://github.upstream.dev";
/// Where mails are sent to.
pub const MAIL: &str = "https://mail.upstream.dev";
const MAIL_KEY: &str = "re_key-of-the-tests-000000000000000000000000";
/// By whom people can sign in.
pub const PROVIDER: &str = "https://id.upstream.dev";
const PROVIDERS: &str =
    r#"[{"id":"corp","name":"Corp","issuer":"https://id.upstream.dev","clientId":"dcvaas"}]"#;
const CLIENT_SECRET: &str = "client-secret-of-the-tests-0000000000000000";
const CLIENT_SECRETS: &str = r#"{"corp":"client-secret-of-the-tests-0000000000000000"}"#;
/// The zone of the deployment.
pub const ZONE_ID: &str = "0123456789abcdef0123456789abcdef";
const API_TOKEN: &str = "cloudflare-api-token-of-the-tests-00000000";

/// When every test begins: 2026-01-05T00:00:00Z, a Monday.
const BEGIN: Timestamp = Timestamp::from_millis(1_767_571_200_000);

/// A credential of the test: its id, and the secret that a client shows.
#[derive(Debug, Clone)]
pub struct Credential {
    /// `tok_…` or `ses_…`.
    pub id: String,
    /// The plain text.
    pub secret: String,
}

/// One deployment and the world around it.
#[expect(missing_docs, reason = "each field is the fake of its type")]
pub struct World {
    pub db: Rc<SqliteDb>,
    pub queue: Rc<FakeQueue>,
    pub http: Rc<FakeHttp>,
    pub meter: Rc<FakeMeter>,
    pub cloudflare: Rc<FakeCloudflare>,
    pub dns: Rc<FakeDns>,
    pub provider: Rc<FakeProvider>,
    pub mail: Rc<Receiver>,
    pub clock: Rc<TestClock>,
    pub entropy: Rc<SeededEntropy>,
    pub background: Rc<Tasks>,
    pub log: Rc<Lines>,
    pub faults: Rc<Faults>,
    pub config: Rc<Config>,
    pub memory: Rc<IsolateMemory>,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// A world in which nothing breaks.
    pub fn new() -> Self {
        Self::with(Rc::default(), 1)
    }

    /// A world that breaks by `faults`, as [`walk`](crate::walk) hands them out.
    pub fn breaking(faults: Rc<Faults>) -> Self {
        Self::with(faults, 1)
    }

    /// A world that breaks by `faults` and takes its chance from `seed`.
    pub fn with(faults: Rc<Faults>, seed: u64) -> Self {
        let clock = Rc::new(TestClock::at(BEGIN));
        let http = Rc::new(FakeHttp::new(Rc::clone(&faults), Rc::clone(&clock)));
        let cloudflare = Rc::new(FakeCloudflare::new(CLOUDFLARE, ZONE_ID, API_TOKEN));
        let dns = Rc::new(FakeDns::new(RESOLVER));
        let (upstream, resolver) = (Rc::clone(&cloudflare), Rc::clone(&dns));
        http.route(move |request| upstream.answer(request));
        http.route(move |request| resolver.answer(request));
        let provider = FakeProvider::new(PROVIDER, "dcvaas", CLIENT_SECRET, Rc::clone(&clock));
        let provider = Rc::new(provider);
        let other = Rc::clone(&provider);
        http.route(move |request| other.answer(request));
        let mail = http.receiver(&format!("{MAIL}/emails"));
        let config = Config::parse(&|name| variable(name).map(str::to_owned), Need::ALL);
        Self {
            db: Rc::new(SqliteDb::new(Rc::clone(&faults), seed)),
            queue: Rc::new(FakeQueue::new(Rc::clone(&faults))),
            http,
            meter: Rc::new(FakeMeter::new(Rc::clone(&clock))),
            cloudflare,
            dns,
            provider,
            clock,
            mail,
            entropy: Rc::new(SeededEntropy::new(seed)),
            background: Rc::default(),
            log: Rc::default(),
            faults,
            config: Rc::new(
                config.unwrap_or_else(|faults| panic!("the configuration of the tests: {faults}")),
            ),
            memory: Rc::default(),
        }
    }

    /// The ports, as a host would hand them to a flow.
    pub fn app(&self) -> App {
        App {
            db: self.db.clone(),
            jobs: self.queue.clone(),
            http: self.http.clone(),
            meter: self.meter.clone(),
            signatures: Rc::new(NativeSignatures),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            background: self.background.clone(),
            log: self.log.clone(),
            config: self.config.clone(),
            memory: self.memory.clone(),
        }
    }

    /// The timer of the consumer.
    pub fn timer(&self) -> Rc<dyn Timer> {
        Rc::new(TestTimer(Rc::clone(&self.clock)))
    }

    /// The configuration of the deployment with other values for these variables.
    pub fn configured(&self, variables: &[(&str, &str)]) -> Rc<Config> {
        let lookup = |name: &str| {
            let other = variables.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
            other.or_else(|| variable(name)).map(str::to_owned)
        };
        let config = Config::parse(&lookup, Need::ALL);
        Rc::new(config.unwrap_or_else(|faults| panic!("the configuration: {faults}")))
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Reads rows for an assertion: an array of objects, one key a column.
    pub fn query(&self, sql: &str) -> Json {
        self.db.query(sql, &[])
    }

    /// Changes rows for what a test sets up. Gives the number of rows changed.
    pub fn execute(&self, sql: &str) -> u64 {
        self.db.execute(sql, &[])
    }

    /// The number that a query like `SELECT COUNT(*) FROM …` gives.
    pub fn count(&self, sql: &str) -> i64 {
        let rows = self.query(sql);
        let cell = rows.get(0).and_then(|row| row.as_object()?.values().next()?.as_i64());
        cell.unwrap_or_else(|| panic!("not a number: {rows} from {sql}"))
    }

    /// The mails that were handed to the mail service, as it got them.
    pub fn mails(&self) -> Vec<Json> {
        let sent = self.mail.deliveries();
        sent.iter()
            .map(|request| serde_json::from_slice(request.body.as_deref().unwrap_or_default()))
            .map(|mail| mail.unwrap_or_else(|error| panic!("a mail is JSON: {error}")))
            .collect()
    }

    /// Adds an organization.
    pub fn org(&self, plan: Plan) -> OrgId {
        let id = OrgId::new(self.now(), self.random());
        self.db.execute(
            "INSERT INTO organizations (id, name, plan, created_at, updated_at) VALUES (?1, 'Test', ?2, ?3, ?3)",
            &[(&id).into(), plan.as_str().into(), self.now().into()],
        );
        id
    }

    /// Adds a person.
    pub fn user(&self, email: &str) -> UserId {
        let id = UserId::new(self.now(), self.random());
        self.db.execute(
            "INSERT INTO users (id, email, created_at, updated_at) VALUES (?1, ?2, ?3, ?3)",
            &[(&id).into(), email.into(), self.now().into()],
        );
        id
    }

    /// Makes a person an active member.
    pub fn member(&self, org: &OrgId, user: &UserId, role: Role) {
        self.db.execute(
            "INSERT INTO members (org_id, user_id, role, status, created_at, updated_at)
             VALUES (?1, ?2, ?3, 'active', ?4, ?4)",
            &[org.into(), user.into(), role.as_str().into(), self.now().into()],
        );
    }

    /// Signs a person in for a week.
    pub fn session(&self, user: &UserId) -> Credential {
        let token = OpaqueToken::generate(self.random());
        let id = SessionId::new(self.now(), self.random());
        self.db.execute(
            "INSERT INTO sessions (id, user_id, hash, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            &[
                (&id).into(),
                user.into(),
                token.hash().as_str().into(),
                self.now().into(),
                self.now().plus(Span::days(7)).into(),
            ],
        );
        Credential { id: id.as_str().to_owned(), secret: token.reveal().to_owned() }
    }

    /// Makes an API token that does not end.
    pub fn token(&self, org: &OrgId, scopes: &[Scope]) -> Credential {
        let token = ApiToken::generate(self.random());
        let id = TokenId::new(self.now(), self.random());
        self.db.execute(
            "INSERT INTO api_tokens (id, org_id, name, hash, prefix, last_four, scopes, created_at)
             VALUES (?1, ?2, 'Test', ?3, ?4, ?5, ?6, ?7)",
            &[
                (&id).into(),
                org.into(),
                token.hash().as_str().into(),
                token.prefix().into(),
                token.last_four().into(),
                Value::json(scopes),
                self.now().into(),
            ],
        );
        Credential { id: id.as_str().to_owned(), secret: token.reveal().to_owned() }
    }

    /// A person who owns a new organization, signed in.
    pub fn owner(&self, plan: Plan) -> (OrgId, UserId, Credential) {
        let org = self.org(plan);
        let user = self.user(&format!("{}@people.dev", org.as_str()));
        self.member(&org, &user, Role::Owner);
        let session = self.session(&user);
        (org, user, session)
    }

    fn random<const N: usize>(&self) -> [u8; N] {
        let entropy: &dyn Entropy = &*self.entropy;
        entropy.bytes()
    }
}

impl Drop for World {
    /// No test passes over an error that a person would have to act on.
    fn drop(&mut self) {
        let unread = self.log.errors();
        assert!(
            unread.is_empty() || std::thread::panicking(),
            "errors in the log that no one read: {unread:#?}"
        );
    }
}

/// The environment of the deployment.
fn variable(name: &str) -> Option<&'static str> {
    Some(match name {
        "CLOUDFLARE_ZONE_ID" => ZONE_ID,
        "CLOUDFLARE_API_TOKEN" => API_TOKEN,
        "CLOUDFLARE_API_BASE" => CLOUDFLARE,
        "DOH_URL" => RESOLVER,
        "SAAS_CNAME_TARGET" => "cname.dcvaas.dev",
        "APP_BASE_URL" | "CORS_ALLOW_ORIGINS" => "https://app.dcvaas.dev",
        "OPERATOR_EMAILS" => "operator@dcvaas.dev",
        "RESEND_API_BASE" => MAIL,
        "GITHUB_API_BASE" => GITHUB,
        "RESEND_API_KEY" => MAIL_KEY,
        "OIDC_PROVIDERS" => PROVIDERS,
        "OIDC_CLIENT_SECRETS" => CLIENT_SECRETS,
        "EMAIL_FROM" => "DCVaaS <hello@dcvaas.dev>",
        "ENCRYPTION_KEY" => "2f8d61ab35c07e94d21b6a5f08e3c7947bd0159a6ec8f2431d57b09ea4638cf1",
        _ => return None,
    })
}
