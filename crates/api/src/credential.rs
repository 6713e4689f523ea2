//! What the request shows to prove who calls: an API token, or a session cookie.

use dcvaas_core::crypto::token::{ApiToken, OpaqueToken};
use dcvaas_core::model::id::OrgId;
use dcvaas_core::model::problem::{Problem, Reason};
use dcvaas_core::store::callers::Credential;

/// Prefix `__Host-`: only this host sets it, over TLS, for all paths (RFC 6265bis section 4.1.3.2).
pub const SESSION_COOKIE: &str = "__Host-dcvaas_session";

/// Header by which a person says which organization is meant.
pub const ORGANIZATION_HEADER: &str = "dcvaas-organization";

/// Reads the credential. A malformed one is refused here, before any read of the database.
///
/// A cookie is sent by the browser on its own, so methods that change something also need an
/// `Origin` of this host (protection against request forgery).
pub fn read(
    header: &dyn Fn(&str) -> Option<String>,
    own_origin: &str,
    unsafe_method: bool,
) -> Result<Credential, Problem> {
    if let Some(value) = header("authorization") {
        let token = bearer(&value).and_then(|text| ApiToken::parse(text).ok());
        let token = token.ok_or_else(|| Problem::unauthorized(Reason::Malformed))?;
        return Ok(Credential { hash: token.hash(), organization: None });
    }
    let cookies = header("cookie").unwrap_or_default();
    let session = cookie(&cookies, SESSION_COOKIE)
        .ok_or_else(|| Problem::unauthorized(Reason::Missing))
        .and_then(|text| {
            OpaqueToken::parse(text).map_err(|_| Problem::unauthorized(Reason::Malformed))
        })?;
    if unsafe_method && header("origin").as_deref() != Some(own_origin) {
        return Err(Problem::forbidden(
            "This request does not come from the dashboard's own pages.",
        ));
    }
    let organization = match header(ORGANIZATION_HEADER) {
        None => None,
        Some(text) => Some(OrgId::parse(&text).ok_or_else(|| {
            Problem::bad_field(
                "DCVaaS-Organization",
                "invalid",
                "Give the id of an organization: org_…",
            )
        })?),
    };
    Ok(Credential { hash: session.hash(), organization })
}

/// The token of `Bearer <token>` (RFC 6750 section 2.1); the scheme is case-insensitive.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The cookie of that name, if it was sent exactly once.
pub(crate) fn cookie<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let mut found = header
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value);
    let value = found.next()?;
    found.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_counts_only_if_it_is_there_once() {
        assert_eq!(cookie("a=1; b=2", "b"), Some("2"));
        assert_eq!(cookie("b=1; b=2", "b"), None);
        assert_eq!(cookie("bb=1", "b"), None);
    }

    #[test]
    fn the_scheme_is_bearer_in_any_case() {
        assert_eq!(bearer("bEaReR  x"), Some("x"));
        assert_eq!(bearer("Basic x"), None);
        assert_eq!(bearer("Bearer"), None);
    }
}
