//! API tokens: making, rotating and revoking them.

use serde_json::json;

use super::{By, FlowError, rows, tell, wake_deliveries};
use crate::crypto::token::ApiToken;
use crate::model::audit::AuditAction;
use crate::model::caller::{Caller, Rights};
use crate::model::event::EventType;
use crate::model::id::{RequestId, TokenId, UserId};
use crate::model::problem::{Problem, Reason};
use crate::model::scope::{Scope, ScopeSet};
use crate::model::tag::TagLimit;
use crate::ports::App;
use crate::store::api_tokens::{TokenRow, TokenState};
use crate::store::revoked_tokens::RevokeAll;
use crate::store::{Rows, Value, api_tokens, audit_logs, events, revoked_tokens};
use crate::time::{Span, Timestamp};

/// How many tokens one organization can hold; a bound, not a plan's limit.
const MOST: u32 = 500;

/// What a new token is made of.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: ScopeSet,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// Which domains it is about.
    pub tag_limit: TagLimit,
    /// From which blocks of addresses it may be used; none for any.
    pub allowed_ips: Vec<String>,
}

/// Makes a token and answers with its text, which is shown only now, and what is kept of it.
pub async fn create(
    app: &App,
    caller: &Caller,
    by: &By,
    new: &NewToken,
) -> Result<String, FlowError> {
    let now = app.clock.now();
    if new.expires_at.is_some_and(|at| at <= now) {
        return Err(Problem::bad_field(
            "expiresAt",
            "in_the_past",
            "Give a time in the future, or leave it out.",
        )
        .into());
    }
    may_give(caller, new.scopes)?;
    if !new.tag_limit.is_none() && !new.scopes.iter().all(Scope::fits_tag_limit) {
        let text = "A token that is limited to tags can hold domains:read and domains:write only.";
        return Err(Problem::bad_field("scopes", "beyond_tags", text).into());
    }
    let token = ApiToken::generate(app.entropy.bytes());
    let id = TokenId::new(now, app.entropy.bytes());
    let allowed_ips = (!new.allowed_ips.is_empty()).then(|| Value::json(&new.allowed_ips));
    let detail = json!({
        "name": new.name, "scopes": new.scopes, "expiresAt": new.expires_at.map(Timestamp::to_iso),
        "domainTags": new.tag_limit.words(), "allowedIps": new.allowed_ips,
    });
    let entry = by.entry(app, &caller.org_id, AuditAction::TokenCreate, id.as_str(), detail, now);
    let statements = vec![
        api_tokens::INSERT.bind([
            (&id).into(),
            (&caller.org_id).into(),
            new.name.as_str().into(),
            token.hash().as_str().into(),
            token.prefix().into(),
            token.last_four().into(),
            new.scopes.to_json().into(),
            caller.id().into(),
            now.into(),
            new.expires_at.into(),
            MOST.into(),
            allowed_ips.unwrap_or(Value::Null),
            caller.user_id.as_ref().into(),
            new.tag_limit.to_json().into(),
        ]),
        audit_logs::insert_if_changed(&entry),
        api_tokens::ANSWER.bind([(&id).into(), (&caller.org_id).into()]),
    ];
    let answers = tell::batch(app, "token.create", statements, &entry).await?;
    match &rows(&answers, 2)?.body {
        Some(meta) => Ok(with_text(&token, meta)),
        None => Err(Problem::limit_reached("API tokens", MOST, MOST, caller.plan).into()),
    }
}

/// Puts a new token in the place of one, with all of its settings. The old one stays in force for
/// `grace`, and never longer than it would have been. Answers like [`create`].
pub async fn rotate(
    app: &App,
    caller: &Caller,
    by: &By,
    row: &TokenRow,
    grace: Span,
) -> Result<String, FlowError> {
    may_give(caller, ScopeSet::from_json(&row.scopes).unwrap_or_default())?;
    let now = app.clock.now();
    let token = ApiToken::generate(app.entropy.bytes());
    let id = TokenId::new(now, app.entropy.bytes());
    let (old, org): (Value, Value) = ((&row.id).into(), (&caller.org_id).into());
    let detail =
        json!({ "name": row.name, "replacedBy": id, "gracePeriodSeconds": grace.as_seconds() });
    let action = AuditAction::TokenRotate;
    let entry = by.entry(app, &caller.org_id, action, row.id.as_str(), detail, now);
    let statements = vec![
        api_tokens::INSERT_SUCCESSOR.bind([
            old.clone(),
            org.clone(),
            (&id).into(),
            token.hash().as_str().into(),
            token.prefix().into(),
            token.last_four().into(),
            caller.id().into(),
            now.into(),
            MOST.into(),
            caller.user_id.as_ref().into(),
        ]),
        api_tokens::REPLACE.bind([old.clone(), org.clone(), (&id).into(), now.plus(grace).into()]),
        audit_logs::insert_if_changed(&entry),
        api_tokens::ANSWER.bind([(&id).into(), org.clone()]),
        api_tokens::STATE.bind([old, org, now.into()]),
    ];
    let answers = tell::batch(app, "token.rotate", statements, &entry).await?;
    if let Some(meta) = &rows(&answers, 3)?.body {
        return Ok(with_text(&token, meta));
    }
    match rows(&answers, 4)?.first::<TokenState>()? {
        None => Err(Problem::not_found().into()),
        Some(state) if state.live => {
            Err(Problem::limit_reached("API tokens", state.count, MOST, caller.plan).into())
        }
        Some(_) => Err(Problem::conflict(
            "This token has ended, or another one has taken its place already. Make a new one.",
        )
        .into()),
    }
}

/// Nobody gives rights that they do not have.
fn may_give(caller: &Caller, scopes: ScopeSet) -> Result<(), Problem> {
    match &caller.rights {
        Rights::Scopes(own) if !scopes.is_subset_of(own) => {
            let text = "A token can only make tokens with scopes that it has itself.";
            Err(Problem::forbidden(text).for_reason(Reason::Scope))
        }
        Rights::Scopes(_) | Rights::Role(_) => Ok(()),
    }
}

/// The one answer that shows a token's text.
fn with_text(token: &ApiToken, meta: &str) -> String {
    format!("{{\"token\":\"{}\",\"tokenMeta\":{meta}}}", token.reveal())
}

/// Revokes a token: whoever shows it from now on is told so.
pub async fn revoke(app: &App, caller: &Caller, by: &By, row: &TokenRow) -> Result<(), FlowError> {
    let now = app.clock.now();
    let (id, detail) = (&row.id, json!({ "name": row.name }));
    let entry = by.entry(app, &caller.org_id, AuditAction::TokenRevoke, id.as_str(), detail, now);
    let statements = vec![
        revoked_tokens::note(id, &caller.org_id, now),
        api_tokens::DELETE.bind([id.into(), (&caller.org_id).into()]),
        audit_logs::insert_if_changed(&entry),
    ];
    let answers = tell::batch(app, "token.revoke", statements, &entry).await?;
    // D1 counts the rows of its use that went with it, too.
    if rows(&answers, 1)?.changes > 0 { Ok(()) } else { Err(Problem::not_found().into()) }
}

/// Revokes all tokens of the organization, or all that go back to one person, and answers with their
/// number. Each gets its own audit row. Only a person may, so none of them can be the caller's own.
pub async fn revoke_all(
    app: &App,
    caller: &Caller,
    by: &By,
    person: Option<&UserId>,
) -> Result<String, FlowError> {
    let all = RevokeAll {
        org: &caller.org_id,
        person,
        now: app.clock.now(),
        actor: caller.id(),
        request_id: by.request_id.as_ref().map(RequestId::as_str),
        address: by.address.as_deref(),
    };
    let mut batch = Vec::from(revoked_tokens::revoke_all(&all));
    let of = (AuditAction::TokenRevoke, EventType::TokenRevoked);
    batch.extend(events::record_of_entries(of, all.request_id, all.now));
    let answers = app.db.batch("token.revoke_all", batch).await?;
    wake_deliveries(app, answers.last().unwrap_or(&Rows::default()))?;
    rows(&answers, 0)?.body.clone().ok_or_else(|| FlowError::Fault("no count".to_owned()))
}
