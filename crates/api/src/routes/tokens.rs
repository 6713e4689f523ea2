//! `/api/tokens`.

use dcvaas_core::flow::{FlowError, tokens as flow};
use dcvaas_core::model::id::TokenId;
use dcvaas_core::model::problem::Problem;
use dcvaas_core::model::scope::{Scope, ScopeSet};
use dcvaas_core::store::callers::Credential;
use dcvaas_core::store::{Bound, api_tokens};
use dcvaas_core::time::Timestamp;
use serde::Deserialize;

use crate::body::read_json;
use crate::edge::Call;
use crate::params::Params;
use crate::reply::Reply;

/// Characters of a token's name at most.
const LONGEST_NAME: usize = 100;

/// A token to make.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct CreateToken {
    /// What it is for.
    #[cfg_attr(feature = "openapi", schemars(required, length(min = 1, max = LONGEST_NAME)))]
    name: Option<String>,
    /// What it may do; `domains:read` alone if it is left out.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Vec<Scope>>", length(min = 1, max = Scope::ALL.len())))]
    scopes: Option<Vec<String>>,
    /// When it ends, with any offset; never if it is left out.
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "date-time")))]
    expires_at: Option<String>,
}

impl CreateToken {
    fn parse(self) -> Result<flow::NewToken, Problem> {
        let name = self.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| Problem::bad_field("name", "missing", "name is required"))?;
        if name.chars().count() > LONGEST_NAME {
            return Err(Problem::bad_field("name", "too_long", "Give 100 characters at most."));
        }
        let scopes = match self.scopes {
            // The least by default: who needs more says so.
            None => ScopeSet::from_iter([Scope::DomainsRead]),
            Some(words) => ScopeSet::parse(&words)
                .map_err(|fault| Problem::bad_field("scopes", "unknown", &fault.to_string()))?,
        };
        let expires_at = match self.expires_at {
            None => None,
            Some(text) => Some(Timestamp::parse_iso(&text).ok_or_else(|| {
                Problem::bad_field(
                    "expiresAt",
                    "invalid",
                    "Give a time in ISO 8601, such as 2027-01-31T00:00:00Z.",
                )
            })?),
        };
        Ok(flow::NewToken { name: name.to_owned(), scopes, expires_at })
    }
}

pub(crate) fn list(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&["limit", "cursor"])?;
    Ok(api_tokens::list(credential, params.cursor(TokenId::parse)?.as_ref(), params.limit()?))
}

pub(crate) async fn create(call: Call<'_>) -> Result<Reply, FlowError> {
    let wanted: CreateToken = read_json(call.body, call.header).await?;
    let body = flow::create(call.app, &call.caller, &call.by, &wanted.parse()?).await?;
    Ok(Reply::json(201, body))
}

pub(crate) async fn revoke(call: Call<'_>) -> Result<Reply, FlowError> {
    let id = TokenId::parse(call.params.path("id")).ok_or_else(Problem::not_found)?;
    flow::revoke(call.app, &call.caller, &call.by, &id).await?;
    Ok(Reply::no_content())
}
