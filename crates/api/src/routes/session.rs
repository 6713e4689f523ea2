//! `/api/session`: who is signed in, signing in by a link, signing out.

use dcvaas_core::crypto::token::OpaqueToken;
use dcvaas_core::flow::{FlowError, sign_in};
use dcvaas_core::model::problem::Problem;
use dcvaas_core::store::callers::Credential;
use dcvaas_core::store::{Bound, sessions};
use serde::Deserialize;

use crate::body::read_json;
use crate::credential::SESSION_COOKIE;
use crate::edge::{Call, OpenCall};
use crate::params::Params;
use crate::reply::Reply;

/// A sign-in link to use.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct SignIn {
    /// What stands behind `#token=` in the link.
    token: String,
}

pub(crate) fn get(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&[])?;
    Ok(sessions::detail(credential))
}

/// Starts a session. Only our own pages may: another site could else sign its visitor in as
/// somebody else.
pub(crate) async fn start(call: OpenCall<'_>) -> Result<Reply, FlowError> {
    if (call.header)("origin").as_deref() != Some(call.own_origin) {
        return Err(Problem::forbidden(
            "This request does not come from the dashboard's own pages.",
        )
        .into());
    }
    let wanted: SignIn = read_json(call.body, call.header).await?;
    let link = OpaqueToken::parse(&wanted.token).map_err(|_| Problem::link_used())?;
    let started = sign_in::start(call.app, &link).await?;
    let cookie = set_cookie(started.token.reveal(), sign_in::SESSION.as_seconds());
    Ok(Reply::json(201, started.body).with_header("set-cookie", cookie))
}

pub(crate) async fn end(call: Call<'_>) -> Result<Reply, FlowError> {
    sign_in::end(call.app, &call.caller.credential_id).await?;
    Ok(Reply::no_content().with_header("set-cookie", set_cookie("", 0)))
}

fn set_cookie(value: &str, max_age_seconds: i64) -> String {
    format!(
        "{SESSION_COOKIE}={value}; Path=/; Max-Age={max_age_seconds}; HttpOnly; Secure; SameSite=Lax"
    )
}
