//! Signing a person in: by the link or the code of a mail that they asked for, and out again. What comes
//! after the proof is the same for all who sign in, by whatever way.
//!
//! Asking tells nothing of who is known here: the same statements run for every address, and the
//! person is made only when the mail was answered. The link works in the browser that asked, which
//! holds a nonce as a cookie; the code has to be typed there.

use serde_json::{Value as Json, json};

use super::mail::{self, Draft};
use super::{By, FlowError, rows, send_later};
use crate::crypto::hash::sha256_hex;
use crate::crypto::sign_in_code::SignInCode;
use crate::crypto::token::OpaqueToken;
use crate::job::Job;
use crate::model::audit::{Actor, ActorKind, AuditAction, SignInMethod};
use crate::model::caller::Caller;
use crate::model::email::EmailAddress;
use crate::model::id::{OrgId, RequestId, SessionId, SignInId, UserId};
use crate::model::mail::MailKind;
use crate::model::problem::Problem;
use crate::ports::App;
use crate::store::sign_in_links::{self, LinkRow};
use crate::store::{Bound, Value, audit_logs, mails, organizations, sessions};
use crate::time::{Span, Timestamp};

/// How long a session lasts without being used; `store::sessions::TOUCH` moves it on.
pub const IDLE: Span = Span::days(7);
/// How long a session lasts at most.
pub const SESSION: Span = Span::days(30);
/// How long a link and its code work, and the browser's nonce with them.
pub const LINK: Span = Span::minutes(15);

/// How often a code may be typed.
const TRIES: u32 = 5;
/// How many mails one address can be sent, and one network address can ask for, in a window.
pub(super) const MAILS_TO_ADDRESS: u32 = 5;
const MAILS_FROM_NETWORK: u32 = 30;
const WINDOW: Span = Span::minutes(15);
/// Characters of a user agent that are kept at most.
const LONGEST_AGENT: usize = 200;

/// What is known of the browser: for its person to recognise the session by.
#[derive(Debug, Clone, Default)]
pub struct Device {
    /// `User-Agent`, cut.
    pub user_agent: Option<String>,
    /// Its network address.
    pub address: Option<String>,
}

impl Device {
    /// From the headers of a request.
    pub fn new(user_agent: Option<String>, address: Option<String>) -> Self {
        let short = |text: String| text.chars().take(LONGEST_AGENT).collect();
        Self { user_agent: user_agent.map(short), address: address.map(short) }
    }
}

/// Sends a mail with a link and a code to the address, whoever that is, and gives the nonce for the
/// browser's cookie.
pub async fn ask(app: &App, to: &EmailAddress, device: &Device) -> Result<OpaqueToken, FlowError> {
    let now = app.clock.now();
    let nonce = OpaqueToken::generate(app.entropy.bytes());
    let link = OpaqueToken::generate(app.entropy.bytes());
    let code = SignInCode::generate(app.entropy.bytes());
    let base = app.config.app_base_url.as_deref().unwrap_or_default();
    let secret = [
        ("link".to_owned(), format!("{base}/sign-in#token={}", link.reveal())),
        ("code".to_owned(), code.reveal()),
    ];
    let expires_at = now.plus(LINK);
    let draft = Draft {
        org: None,
        to,
        kind: MailKind::SignIn,
        data: json!({}),
        secret: Some(secret.into()),
        expires_at: Some(expires_at),
    };
    let letter = mail::compose(app, draft, now)?;
    let (window, until) = window(now);
    let by_address = counter("mail", to.as_str());
    let by_network = counter("network", device.address.as_deref().unwrap_or_default());
    // Only locally is there no network address to count by.
    let from_network = if device.address.is_some() { MAILS_FROM_NETWORK } else { u32::MAX };
    let answers = app
        .db
        .batch(
            "sign_in.ask",
            vec![
                sign_in_links::COUNT.bind([by_address.as_str().into(), window.into()]),
                sign_in_links::COUNT.bind([by_network.as_str().into(), window.into()]),
                sign_in_links::ASK.bind([
                    (&SignInId::new(now, app.entropy.bytes())).into(),
                    to.as_str().into(),
                    link.hash().as_str().into(),
                    nonce.hash().as_str().into(),
                    code.hash(&nonce).into(),
                    now.into(),
                    expires_at.into(),
                    by_address.into(),
                    by_network.into(),
                    window.into(),
                    MAILS_TO_ADDRESS.into(),
                    from_network.into(),
                ]),
                mails::insert_if_changed(&letter),
            ],
        )
        .await?;
    if rows(&answers, 2)?.changes == 0 {
        return Err(Problem::too_many_mails(until.since(now)).into());
    }
    send_later(app, vec![Job::SendMailV1 { mail: letter.id }]);
    Ok(nonce)
}

/// The window of time that counts now: its beginning, and its end.
pub(super) fn window(now: Timestamp) -> (Timestamp, Timestamp) {
    let start = Timestamp::from_millis(now.as_millis() - now.as_millis() % WINDOW.as_millis());
    (start, start.plus(WINDOW))
}

/// The name of a counter: hashed, so that the table is no list of addresses.
pub(super) fn counter(kind: &str, address: &str) -> String {
    sha256_hex(format!("{kind} {address}").as_bytes())
}

/// What a person shows to be signed in.
#[derive(Debug)]
pub enum Proof {
    /// The link of the mail.
    Link(OpaqueToken),
    /// The code of the mail.
    Code(SignInCode),
}

/// A session that was just started.
pub struct Started {
    /// The cookie's value; nobody else ever sees it.
    pub token: OpaqueToken,
    /// Who is signed in, as JSON text.
    pub body: String,
}

/// Uses a link or a code, once, and starts a session. Who signs in for the first time is made a
/// person; who belongs to no organization gets one.
pub async fn start(
    app: &App,
    proof: &Proof,
    nonce: Option<&OpaqueToken>,
    device: Device,
    request_id: &RequestId,
) -> Result<Started, FlowError> {
    let link = find(app, proof, nonce).await?;
    let now = app.clock.now();
    let session = SessionId::new(now, app.entropy.bytes());
    let method = match proof {
        Proof::Link(_) => SignInMethod::Link,
        Proof::Code(_) => SignInMethod::Code,
    };
    let entry = Entry {
        first: sign_in_links::USE.bind([(&link.id).into(), now.into(), (&session).into()]),
        last: None,
        detail: json!({ "method": method }),
        link,
        session,
    };
    enter(app, entry, device, request_id).await
}

async fn find(app: &App, proof: &Proof, nonce: Option<&OpaqueToken>) -> Result<LinkRow, FlowError> {
    let now = app.clock.now();
    let here = nonce.map(|nonce| nonce.hash().as_str().to_owned()).unwrap_or_default();
    let statements = match (proof, nonce) {
        (Proof::Link(token), _) => {
            let hash = token.hash();
            vec![sign_in_links::LOOK.bind([hash.as_str().into(), here.into(), now.into()])]
        }
        (Proof::Code(code), Some(nonce)) => vec![
            sign_in_links::COUNT_TRY.bind([here.as_str().into(), now.into()]),
            sign_in_links::LOOK_CODE.bind([
                code.hash(nonce).into(),
                here.into(),
                now.into(),
                TRIES.into(),
            ]),
        ],
        (Proof::Code(_), None) => return Err(Problem::code_wrong().into()),
    };
    let answers = app.db.batch("session.look", statements).await?;
    let found: Option<LinkRow> = rows(&answers, answers.len().saturating_sub(1))?.first()?;
    match (found, proof) {
        (Some(link), _) if link.is_here => Ok(link),
        (Some(_), _) => Err(Problem::link_elsewhere().into()),
        (None, Proof::Link(_)) => Err(Problem::link_used().into()),
        (None, Proof::Code(_)) => Err(Problem::code_wrong().into()),
    }
}

/// Somebody who has proved who they are.
pub(super) struct Entry {
    /// The link, with what is known of its person.
    pub(super) link: LinkRow,
    /// The session that it is used for.
    pub(super) session: SessionId,
    /// Uses the link for the session, once.
    pub(super) first: Bound,
    /// What else is written once the session was started.
    pub(super) last: Option<Bound>,
    /// How they did it, for the audit log.
    pub(super) detail: Json,
}

/// Starts the session of the link's person: everything hangs on the link's being used for it.
pub(super) async fn enter(
    app: &App,
    entry: Entry,
    device: Device,
    request_id: &RequestId,
) -> Result<Started, FlowError> {
    let now = app.clock.now();
    let Entry { link, session: id, first, last, detail } = entry;
    let token = OpaqueToken::generate(app.entropy.bytes());
    let hash = token.hash();
    let mut statements = vec![first];
    let user = link.user_id.clone().unwrap_or_else(|| {
        let user = UserId::new(now, app.entropy.bytes());
        statements.push(sign_in_links::NEW_USER.bind([
            (&user).into(),
            (&link.id).into(),
            (&id).into(),
            now.into(),
        ]));
        user
    });
    let address = device.address.clone();
    statements.push(sessions::START.bind([
        (&id).into(),
        (&link.id).into(),
        hash.as_str().into(),
        now.into(),
        now.plus(IDLE).into(),
        now.plus(SESSION).into(),
        device.user_agent.into(),
        device.address.into(),
    ]));
    if !link.is_member {
        let from = (request_id, address.clone());
        statements.extend(first_organization(app, &link, &user, &id, from, now));
    }
    statements.push(audit_logs::insert_of_session(
        id.as_str(),
        AuditAction::SessionStart,
        &detail,
        Some(request_id),
        address.as_deref(),
        now,
    ));
    statements.extend(last);
    statements.push(sessions::DETAIL.bind([hash.as_str().into(), Value::Null]));
    let at = statements.len() - 1;
    let answers = app.db.batch("session.start", statements).await?;
    match rows(&answers, at)?.body.clone() {
        Some(body) => Ok(Started { token, body }),
        None => Err(Problem::link_used().into()),
    }
}

/// The first organization of a person, named after the address, with its audit row.
fn first_organization(
    app: &App,
    link: &LinkRow,
    user: &UserId,
    session: &SessionId,
    (request_id, address): (&RequestId, Option<String>),
    now: Timestamp,
) -> [Bound; 3] {
    let org = OrgId::new(now, app.entropy.bytes());
    let name = link.email.split('@').next().unwrap_or_default();
    let actor = Actor::Caller { kind: ActorKind::User, id: user.as_str().to_owned() };
    let by = By { actor, address, request_id: Some(request_id.clone()) };
    let detail = json!({ "name": name, "plan": "free" });
    let action = AuditAction::OrganizationCreate;
    let entry = by.entry(app, &org, action, org.as_str(), detail, now);
    [
        organizations::FIRST.bind([
            (&org).into(),
            name.into(),
            now.into(),
            session.into(),
            user.into(),
        ]),
        audit_logs::insert_if_changed(&entry),
        organizations::FIRST_OWNER.bind([(&org).into(), user.into(), now.into()]),
    ]
}

/// Ends the caller's session.
pub async fn end(app: &App, caller: &Caller, by: &By) -> Result<(), FlowError> {
    let id = caller.credential_id.as_str();
    let batch = vec![
        audit_logs::insert_of_session(
            id,
            AuditAction::SessionEnd,
            &json!({}),
            by.request_id.as_ref(),
            by.address.as_deref(),
            app.clock.now(),
        ),
        sessions::DELETE.bind([id.into(), caller.user_id.as_ref().into()]),
    ];
    app.db.batch("session.end", batch).await?;
    Ok(())
}

/// Ends another session of the caller's.
pub async fn revoke(app: &App, caller: &Caller, by: &By, id: &SessionId) -> Result<(), FlowError> {
    let now = app.clock.now();
    let action = AuditAction::SessionRevoke;
    let entry = by.entry(app, &caller.org_id, action, id.as_str(), json!({}), now);
    let batch = vec![
        sessions::DELETE.bind([id.into(), caller.user_id.as_ref().into()]),
        audit_logs::insert_if_changed(&entry),
    ];
    let answers = app.db.batch("session.revoke", batch).await?;
    if rows(&answers, 0)?.changes == 1 { Ok(()) } else { Err(Problem::not_found().into()) }
}

/// Ends all sessions of the caller but this one.
pub async fn revoke_others(app: &App, caller: &Caller, by: &By) -> Result<(), FlowError> {
    let now = app.clock.now();
    let (action, kept) = (AuditAction::SessionRevoke, caller.credential_id.as_str());
    let entry = by.entry(app, &caller.org_id, action, caller.id(), json!({ "allBut": kept }), now);
    let batch = vec![
        sessions::DELETE_OTHERS.bind([caller.user_id.as_ref().into(), kept.into()]),
        audit_logs::insert(&entry),
    ];
    app.db.batch("session.revoke_others", batch).await?;
    Ok(())
}
