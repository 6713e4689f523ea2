//! `/api/organizations`: the organization that the caller acts for, and making another one.

use dcvaas_core::flow::FlowError;
use dcvaas_core::flow::organizations::{self as flow, OrganizationChange};
#[cfg(feature = "openapi")]
use dcvaas_core::model::organization::LONGEST_NAME;
use dcvaas_core::model::organization::{parse_color, parse_name};
use dcvaas_core::model::patch::Patch;
use dcvaas_core::model::problem::Problem;
use dcvaas_core::ports::App;
use dcvaas_core::store::callers::Credential;
use dcvaas_core::store::organizations::OrganizationRow;
use dcvaas_core::store::{Bound, organizations};
use serde::Deserialize;

use crate::body::read_json;
use crate::edge::Call;
use crate::params::Params;
use crate::reply::Reply;

/// An organization to make.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct CreateOrganization {
    /// What it is called.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = LONGEST_NAME)))]
    name: String,
}

/// What to change; what is left out stays as it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct UpdateOrganization {
    /// What it is called.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = LONGEST_NAME)))]
    name: Option<String>,
    /// Its colour as `#rrggbb`; null takes it away. Needs a plan with white label.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<String>"))]
    brand_color: Patch<String>,
    /// The public https address of its logo; null takes it away. Needs a plan with white label.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<String>"))]
    logo_url: Patch<String>,
}

/// That it is meant.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct DeleteOrganization {
    /// The organization's name.
    confirm: String,
}

fn name(text: &str) -> Result<String, Problem> {
    let fault =
        || Problem::bad_field("name", "invalid", "Give a name of 1 to 100 characters on one line.");
    parse_name(text).ok_or_else(fault)
}

impl UpdateOrganization {
    fn parse(self, app: &App) -> Result<OrganizationChange, Problem> {
        let brand_color = match self.brand_color {
            Patch::Keep => Patch::Keep,
            Patch::Clear => Patch::Clear,
            Patch::Set(text) => Patch::Set(parse_color(&text).ok_or_else(|| {
                Problem::bad_field(
                    "brandColor",
                    "invalid",
                    "Give a colour as #rrggbb, such as #1a73e8.",
                )
            })?),
        };
        let logo_url = match self.logo_url {
            Patch::Keep => Patch::Keep,
            Patch::Clear => Patch::Clear,
            Patch::Set(text) => Patch::Set(flow::parse_logo(app, &text)?),
        };
        let name = self.name.as_deref().map(name).transpose()?;
        Ok(OrganizationChange { name, brand_color, logo_url })
    }
}

pub(crate) fn get(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&[])?;
    Ok(organizations::detail(credential))
}

pub(crate) fn load(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&[])?;
    Ok(organizations::find_as_caller(credential))
}

pub(crate) async fn create(call: Call<'_>) -> Result<Reply, FlowError> {
    let wanted: CreateOrganization = read_json(call.body, call.header).await?;
    let name = name(&wanted.name)?;
    Ok(Reply::json(201, flow::create(call.app, &call.caller, &call.by, &name).await?))
}

pub(crate) async fn update(call: Call<'_>) -> Result<Reply, FlowError> {
    let wanted: UpdateOrganization = read_json(call.body, call.header).await?;
    let row: OrganizationRow = call.loaded.first()?.ok_or_else(Problem::not_found)?;
    let change = wanted.parse(call.app)?;
    Ok(Reply::json(200, flow::update(call.app, &call.caller, &call.by, &row, change).await?))
}

pub(crate) async fn delete(call: Call<'_>) -> Result<Reply, FlowError> {
    let wanted: DeleteOrganization = read_json(call.body, call.header).await?;
    let row: OrganizationRow = call.loaded.first()?.ok_or_else(Problem::not_found)?;
    flow::delete(call.app, &call.caller, &row, &wanted.confirm).await?;
    Ok(Reply::no_content())
}
