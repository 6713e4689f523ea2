//! `/api/domains`.

use dcvaas_core::flow::{FlowError, domains as flow};
use dcvaas_core::model::hostname::Hostname;
use dcvaas_core::model::id::DomainId;
use dcvaas_core::model::problem::Problem;
use dcvaas_core::model::tag::{TagFault, Tags};
use dcvaas_core::ports::App;
use dcvaas_core::store::callers::Credential;
use dcvaas_core::store::domains::DomainRow;
use dcvaas_core::store::{Bound, domains};
use serde::Deserialize;

use crate::body::read_json;
use crate::edge::Call;
use crate::params::Params;
use crate::reply::Reply;
#[cfg(feature = "openapi")]
use crate::wire::Tag;

/// A domain to add: `hostname`, or `domainName`, which is its older spelling.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(extend("oneOf" = [{ "required": ["hostname"] }, { "required": ["domainName"] }])))]
pub(crate) struct AddDomain {
    /// The hostname, such as `app.example.com` or `*.example.com`; Unicode names are converted.
    #[cfg_attr(feature = "openapi", schemars(extend("type" = "string")))]
    hostname: Option<String>,
    /// The same under its older name.
    #[cfg_attr(feature = "openapi", schemars(extend("type" = "string")))]
    domain_name: Option<String>,
    /// The owner's own words, by which endpoints can choose domains.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<Tag>", length(max = dcvaas_core::model::tag::MOST_TAGS)))]
    tags: Vec<String>,
}

/// What to change of a domain.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct UpdateDomain {
    /// All its tags anew.
    #[cfg_attr(feature = "openapi", schemars(required, with = "Vec<Tag>", length(max = dcvaas_core::model::tag::MOST_TAGS)))]
    tags: Option<Vec<String>>,
}

/// Reads the tags that stand in the member `field`.
pub(super) fn tags(field: &str, words: Vec<String>) -> Result<Tags, Problem> {
    Tags::parse(words).map_err(|fault| {
        let code = match fault {
            TagFault::TooMany => "too_many",
            TagFault::Malformed(_) => "malformed",
        };
        Problem::bad_field(field, code, &fault.to_string())
    })
}

impl AddDomain {
    fn hostname(&self, app: &App) -> Result<Hostname, Problem> {
        let (field, text) = match (&self.hostname, &self.domain_name) {
            (Some(text), None) => ("hostname", text),
            (None, Some(text)) => ("domainName", text),
            (None, None) => {
                return Err(Problem::bad_field(
                    "hostname",
                    "missing",
                    "hostname is required, such as app.example.com.",
                ));
            }
            (Some(_), Some(_)) => {
                return Err(Problem::bad_field(
                    "domainName",
                    "repeated",
                    "Give hostname or domainName, not both.",
                ));
            }
        };
        Hostname::parse(text, app.config.own_zones())
            .map_err(|error| Problem::bad_field(field, error.as_str(), error.message()))
    }
}

fn id(params: &Params) -> Result<DomainId, Problem> {
    DomainId::parse(params.path("id")).ok_or_else(Problem::not_found)
}

pub(crate) fn list(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&["limit", "cursor"])?;
    Ok(domains::list(credential, params.cursor(DomainId::parse)?.as_ref(), params.limit()?))
}

pub(crate) fn get(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&[])?;
    Ok(domains::detail(credential, &id(params)?))
}

pub(crate) fn load(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    Ok(domains::find_as_caller(credential, &id(params)?))
}

pub(crate) async fn add(call: Call<'_>) -> Result<Reply, FlowError> {
    let wanted: AddDomain = read_json(call.body, call.header).await?;
    let hostname = wanted.hostname(call.app)?;
    let tags = tags("tags", wanted.tags)?;
    let body = flow::add(call.app, &call.caller, &call.by, &hostname, &tags).await?;
    Ok(Reply::json(201, body))
}

pub(crate) async fn update(call: Call<'_>) -> Result<Reply, FlowError> {
    let wanted: UpdateDomain = read_json(call.body, call.header).await?;
    let missing = || Problem::bad_field("tags", "missing", "tags is required");
    let tags = tags("tags", wanted.tags.ok_or_else(missing)?)?;
    let row: DomainRow = call.loaded.first()?.ok_or_else(Problem::not_found)?;
    let body = flow::tag(call.app, &call.caller, &call.by, row, &tags).await?;
    Ok(Reply::json(200, body))
}

pub(crate) async fn sync(call: Call<'_>) -> Result<Reply, FlowError> {
    let body = flow::sync(call.app, &call.caller, &call.by, &id(&call.params)?).await?;
    Ok(Reply::json(200, body))
}

pub(crate) async fn remove(call: Call<'_>) -> Result<Reply, FlowError> {
    let row: DomainRow = call.loaded.first()?.ok_or_else(Problem::not_found)?;
    flow::remove(call.app, &call.caller, &call.by, row).await?;
    Ok(Reply::no_content())
}
