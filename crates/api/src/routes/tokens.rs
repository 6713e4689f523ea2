//! `/api/tokens`.

use dcvaas_core::flow::{FlowError, tokens as flow};
use dcvaas_core::model::allow_list;
use dcvaas_core::model::id::{TokenId, UserId};
use dcvaas_core::model::problem::Problem;
use dcvaas_core::model::scope::{Scope, ScopeSet};
use dcvaas_core::model::tag::TagLimit;
use dcvaas_core::store::api_tokens::TokenRow;
use dcvaas_core::store::callers::Credential;
use dcvaas_core::store::{Bound, api_tokens, token_usage};
use dcvaas_core::time::{Span, Timestamp};
use serde::Deserialize;

use crate::body::read_json;
use crate::edge::Call;
use crate::params::Params;
use crate::reply::Reply;
#[cfg(feature = "openapi")]
use crate::wire::Tag;

/// Characters of a token's name at most.
const LONGEST_NAME: usize = 100;
/// Entries of an allow-list at most.
const MOST_IPS: usize = allow_list::MOST;
/// After how long without use a token is shown as unused, counted from its making if it was never used.
const UNUSED_AFTER: Span = Span::days(90);
/// For how many seconds a token that is rotated stays in force, if nothing else is asked for, and at
/// most: a day, and a week.
const DEFAULT_GRACE: u32 = 86_400;
const LONGEST_GRACE: u32 = 7 * 86_400;

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
    /// Only the domains that have one of these tags: it sees and changes no others, and cannot do
    /// anything else; all domains if it is left out.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<Tag>", length(max = dcvaas_core::model::tag::MOST_TAGS)))]
    domain_tags: Vec<String>,
    /// From where it may be used: addresses and blocks of them (CIDR), IPv4 or IPv6; from anywhere if
    /// it is left out.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(length(max = MOST_IPS)))]
    allowed_ips: Vec<String>,
}

/// How to rotate a token.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct RotateToken {
    /// For how long the old token stays in force, but never past its own end: a day if it is left
    /// out; 0 ends it at once.
    #[cfg_attr(feature = "openapi", schemars(range(min = 0, max = LONGEST_GRACE)))]
    grace_period_seconds: Option<u32>,
}

/// Which tokens to revoke: one of the two.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct RevokeTokens {
    /// `true`: all of the organization.
    #[serde(default)]
    all: bool,
    /// Those that go back to this person, member or not.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<UserId>"))]
    person: Option<String>,
}

impl RevokeTokens {
    /// The person, or `None` for all tokens.
    fn parse(self) -> Result<Option<UserId>, Problem> {
        match (self.all, self.person) {
            (true, None) => Ok(None),
            (false, Some(id)) => UserId::parse(&id).map(Some).ok_or_else(|| {
                Problem::bad_field("person", "invalid", "Give the id of a person: usr_…")
            }),
            _ => {
                let text = "Give all as true, or a person; not both.";
                Err(Problem::bad_field("all", "invalid", text))
            }
        }
    }
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
        if self.allowed_ips.len() > MOST_IPS {
            let text = format!("Give {MOST_IPS} entries at most.");
            return Err(Problem::bad_field("allowedIps", "too_many", &text));
        }
        let allowed_ips = allow_list::parse(&self.allowed_ips).map_err(|at| {
            let text = "Give an address or a block of them, such as 192.0.2.0/24 or 2001:db8::/32.";
            Problem::bad_field(&format!("allowedIps[{at}]"), "invalid", text)
        })?;
        let tag_limit = TagLimit::to(super::domains::tags("domainTags", self.domain_tags)?);
        Ok(flow::NewToken { name: name.to_owned(), scopes, expires_at, tag_limit, allowed_ips })
    }
}

fn id(params: &Params) -> Result<TokenId, Problem> {
    TokenId::parse(params.path("id")).ok_or_else(Problem::not_found)
}

pub(crate) fn list(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&["limit", "cursor"])?;
    let after = params.cursor(TokenId::parse)?;
    let unused_since = params.now.minus(UNUSED_AFTER);
    Ok(api_tokens::list(credential, after.as_ref(), params.limit()?, unused_since))
}

pub(crate) fn own(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&[])?;
    Ok(api_tokens::own(credential, params.now.minus(UNUSED_AFTER)))
}

pub(crate) fn usage(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&["limit"])?;
    Ok(token_usage::list(credential, &id(params)?, params.limit()?))
}

pub(crate) fn load(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    Ok(api_tokens::find_as_caller(credential, &id(params)?))
}

pub(crate) async fn create(call: Call<'_>) -> Result<Reply, FlowError> {
    let wanted: CreateToken = read_json(call.body, call.header).await?;
    let body = flow::create(call.app, &call.caller, &call.by, &wanted.parse()?).await?;
    Ok(Reply::json(201, body).showing(&["token"]))
}

pub(crate) async fn rotate(call: Call<'_>) -> Result<Reply, FlowError> {
    let wanted: RotateToken = read_json(call.body, call.header).await?;
    let grace = wanted.grace_period_seconds.unwrap_or(DEFAULT_GRACE);
    if grace > LONGEST_GRACE {
        let text = "Give a whole number of seconds from 0 to 604800, which are seven days.";
        return Err(Problem::bad_field("gracePeriodSeconds", "out_of_range", text).into());
    }
    let row: TokenRow = call.loaded.first()?.ok_or_else(Problem::not_found)?;
    let grace = Span::seconds(grace.into());
    let body = flow::rotate(call.app, &call.caller, &call.by, &row, grace).await?;
    Ok(Reply::json(201, body).showing(&["token"]))
}

pub(crate) async fn revoke(call: Call<'_>) -> Result<Reply, FlowError> {
    let row: TokenRow = call.loaded.first()?.ok_or_else(Problem::not_found)?;
    flow::revoke(call.app, &call.caller, &call.by, &row).await?;
    Ok(Reply::no_content())
}

pub(crate) async fn revoke_all(call: Call<'_>) -> Result<Reply, FlowError> {
    let wanted: RevokeTokens = read_json(call.body, call.header).await?;
    let person = wanted.parse()?;
    let body = flow::revoke_all(call.app, &call.caller, &call.by, person.as_ref()).await?;
    Ok(Reply::json(200, body))
}
