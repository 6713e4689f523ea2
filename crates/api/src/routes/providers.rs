//! `/api/sign-in/providers`: signing in by a provider of OpenID Connect.

use dcvaas_core::flow::FlowError;
use dcvaas_core::flow::oidc::{self, Return};
use serde_json::{Value, json};

use super::session::{device, from_own_page, set_cookie, signed_in};
use crate::credential::cookie;
use crate::edge::OpenCall;
use crate::reply::Reply;

/// Holds the nonce of the browser that was sent to a provider. `Lax`, since it has to come along when
/// the provider sends the browser back.
const BROWSER_COOKIE: &str = "__Host-dcvaas_provider";

/// Where somebody who comes back goes on: signed in, or not. Fixed, so that no answer can lead elsewhere.
const SIGNED_IN: &str = "/domains";
const REFUSED: &str = "/sign-in#refused=";

/// The buttons of the sign-in page.
pub(crate) async fn list(call: OpenCall<'_>) -> Result<Reply, FlowError> {
    call.params.only(&[])?;
    let providers = call.app.config.oidc_providers.iter();
    let shown = providers.map(|provider| json!({ "id": provider.id, "name": provider.name }));
    Ok(Reply::json(200, json!({ "providers": shown.collect::<Value>() }).to_string()))
}

/// Answers where the browser goes, and gives it its cookie.
pub(crate) async fn begin(call: OpenCall<'_>) -> Result<Reply, FlowError> {
    from_own_page(&call)?;
    let begun = oidc::begin(call.app, call.params.path("id"), &device(call.header)).await?;
    let body = json!({ "authorizationUrl": begun.url }).to_string();
    let seconds = oidc::ATTEMPT.as_seconds();
    let cookie = set_cookie(BROWSER_COOKIE, begun.browser.reveal(), seconds);
    Ok(Reply::json(201, body).with_header("set-cookie", cookie))
}

/// Where the provider sends the browser back to. Whatever happens, it goes on to a page of ours.
pub(crate) async fn finish(call: OpenCall<'_>) -> Result<Reply, FlowError> {
    let cookies = (call.header)("cookie").unwrap_or_default();
    // Providers add what they like; a parameter that comes twice counts as none (RFC 6749 section 3.1).
    let text = |name: &str| call.params.text(name).ok().flatten();
    let back = Return {
        provider: call.params.path("id"),
        state: text("state"),
        code: text("code"),
        issuer: text("iss"),
        error: text("error"),
        browser: cookie(&cookies, BROWSER_COOKIE),
    };
    let finished = oidc::finish(call.app, &back, device(call.header), &call.request_id).await;
    let reply = match finished {
        Ok(started) => signed_in(Reply::see_other(SIGNED_IN), &started),
        Err(refusal) => Reply::see_other(&format!("{REFUSED}{refusal}")),
    };
    Ok(reply.with_header("set-cookie", set_cookie(BROWSER_COOKIE, "", 0)))
}
