//! API tokens: making and revoking them.

use serde_json::json;

use super::{By, FlowError, rows};
use crate::crypto::token::ApiToken;
use crate::model::audit::AuditAction;
use crate::model::caller::{Caller, Rights};
use crate::model::id::TokenId;
use crate::model::problem::Problem;
use crate::model::scope::ScopeSet;
use crate::ports::App;
use crate::store::{api_tokens, audit_logs};
use crate::time::Timestamp;

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
    if let Rights::Scopes(own) = &caller.rights
        && !new.scopes.is_subset_of(own)
    {
        let text = "A token can only make tokens with scopes that it has itself.";
        return Err(Problem::forbidden(text).into());
    }
    let token = ApiToken::generate(app.entropy.bytes());
    let id = TokenId::new(now, app.entropy.bytes());
    let detail = json!({ "name": new.name, "scopes": new.scopes, "expiresAt": new.expires_at.map(Timestamp::to_iso) });
    let entry = by.entry(app, &caller.org_id, AuditAction::TokenCreate, id.as_str(), detail, now);
    let answers = app
        .db
        .batch(
            "token.create",
            vec![
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
                ]),
                audit_logs::insert_if_changed(&entry),
                api_tokens::ANSWER.bind([(&id).into(), (&caller.org_id).into()]),
            ],
        )
        .await?;
    match &rows(&answers, 2)?.body {
        Some(meta) => Ok(format!("{{\"token\":\"{}\",\"tokenMeta\":{meta}}}", token.reveal())),
        None => Err(Problem::limit_reached("API tokens", MOST, MOST, caller.plan).into()),
    }
}

/// Revokes a token: from now on it is unknown.
pub async fn revoke(app: &App, caller: &Caller, by: &By, id: &TokenId) -> Result<(), FlowError> {
    let now = app.clock.now();
    let entry =
        by.entry(app, &caller.org_id, AuditAction::TokenRevoke, id.as_str(), json!({}), now);
    let answers = app
        .db
        .batch(
            "token.revoke",
            vec![
                api_tokens::DELETE.bind([id.into(), (&caller.org_id).into()]),
                audit_logs::insert_if_changed(&entry),
            ],
        )
        .await?;
    if rows(&answers, 0)?.changes == 1 { Ok(()) } else { Err(Problem::not_found().into()) }
}
