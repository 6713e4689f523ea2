//! `/api/sign-in`, `/api/session` and `/api/sessions`: asking for a mail, signing in by it, who is
//! signed in and where, signing out.

use dcvaas_core::crypto::sign_in_code::SignInCode;
use dcvaas_core::crypto::token::OpaqueToken;
use dcvaas_core::flow::FlowError;
use dcvaas_core::flow::sign_in::{self, Device, Proof, Started};
use dcvaas_core::model::email::EmailAddress;
use dcvaas_core::model::id::SessionId;
use dcvaas_core::model::problem::Problem;
use dcvaas_core::store::callers::Credential;
use dcvaas_core::store::{Bound, sessions};
use serde::Deserialize;

use crate::body::read_json;
use crate::credential::{SESSION_COOKIE, cookie};
use crate::edge::{Call, OpenCall};
use crate::params::Params;
use crate::reply::Reply;

/// Holds the nonce of the browser that asked for a mail.
const NONCE_COOKIE: &str = "__Host-dcvaas_sign_in";

/// To whom a mail goes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct AskToSignIn {
    /// The e-mail address.
    #[cfg_attr(feature = "openapi", schemars(length(max = 254), extend("format" = "email")))]
    email: String,
}

/// What a mail held: one of the two.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct SignIn {
    /// What stands behind `#token=` in the link.
    token: Option<String>,
    /// The code, in any case, with or without its hyphen.
    code: Option<String>,
}

impl SignIn {
    fn parse(&self) -> Result<Proof, Problem> {
        match (&self.token, &self.code) {
            (Some(token), None) => {
                OpaqueToken::parse(token).map(Proof::Link).map_err(|_| Problem::link_used())
            }
            (None, Some(code)) => {
                SignInCode::parse(code).map(Proof::Code).ok_or_else(Problem::code_wrong)
            }
            _ => Err(Problem::bad_field("token", "missing", "Give either token or code.")),
        }
    }
}

pub(crate) fn get(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&[])?;
    Ok(sessions::detail(credential))
}

pub(crate) fn list(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&["limit", "cursor"])?;
    Ok(sessions::list(credential, params.cursor(SessionId::parse)?.as_ref(), params.limit()?))
}

/// Only our own pages may start to sign somebody in, or finish it: another site could else sign its
/// visitor in as somebody else.
pub(crate) fn from_own_page(call: &OpenCall<'_>) -> Result<(), Problem> {
    call.params.only(&[])?;
    if (call.header)("origin").as_deref() == Some(call.own_origin) {
        return Ok(());
    }
    Err(Problem::forbidden("This request does not come from the dashboard's own pages."))
}

pub(crate) fn device(header: &dyn Fn(&str) -> Option<String>) -> Device {
    Device::new(header("user-agent"), header("cf-connecting-ip"))
}

/// Sends the mail. The answer is the same whether the address is known or not.
pub(crate) async fn ask(call: OpenCall<'_>) -> Result<Reply, FlowError> {
    from_own_page(&call)?;
    let wanted: AskToSignIn = read_json(call.body, call.header).await?;
    let to = EmailAddress::parse(&wanted.email).ok_or_else(|| {
        Problem::bad_field("email", "invalid", "Give an e-mail address, such as ada@example.com.")
    })?;
    let nonce = sign_in::ask(call.app, &to, &device(call.header)).await?;
    let body = format!("{{\"expiresInSeconds\":{}}}", sign_in::LINK.as_seconds());
    let cookie = set_cookie(NONCE_COOKIE, nonce.reveal(), sign_in::LINK.as_seconds());
    Ok(Reply::json(202, body).with_header("set-cookie", cookie))
}

/// Starts a session.
pub(crate) async fn start(call: OpenCall<'_>) -> Result<Reply, FlowError> {
    from_own_page(&call)?;
    let wanted: SignIn = read_json(call.body, call.header).await?;
    let cookies = (call.header)("cookie").unwrap_or_default();
    let nonce = cookie(&cookies, NONCE_COOKIE).and_then(|text| OpaqueToken::parse(text).ok());
    let device = device(call.header);
    let started =
        sign_in::start(call.app, &wanted.parse()?, nonce.as_ref(), device, &call.request_id)
            .await?;
    Ok(signed_in(Reply::json(201, started.body.clone()), &started)
        .with_header("set-cookie", set_cookie(NONCE_COOKIE, "", 0)))
}

/// The same answer with the session's cookie.
pub(crate) fn signed_in(reply: Reply, started: &Started) -> Reply {
    let value = started.token.reveal();
    reply
        .with_header("set-cookie", set_cookie(SESSION_COOKIE, value, sign_in::SESSION.as_seconds()))
}

pub(crate) async fn end(call: Call<'_>) -> Result<Reply, FlowError> {
    sign_in::end(call.app, &call.caller, &call.by).await?;
    Ok(Reply::no_content().with_header("set-cookie", set_cookie(SESSION_COOKIE, "", 0)))
}

pub(crate) async fn revoke(call: Call<'_>) -> Result<Reply, FlowError> {
    let id = SessionId::parse(call.params.path("id")).ok_or_else(Problem::not_found)?;
    sign_in::revoke(call.app, &call.caller, &call.by, &id).await?;
    Ok(Reply::no_content())
}

pub(crate) async fn revoke_others(call: Call<'_>) -> Result<Reply, FlowError> {
    sign_in::revoke_others(call.app, &call.caller, &call.by).await?;
    Ok(Reply::no_content())
}

pub(crate) fn set_cookie(name: &str, value: &str, max_age_seconds: i64) -> String {
    format!("{name}={value}; Path=/; Max-Age={max_age_seconds}; HttpOnly; Secure; SameSite=Lax")
}
