//! `/api/operator/organizations`: for whoever operates the deployment. To all others there is
//! nothing here.

use dcvaas_core::flow::FlowError;
use dcvaas_core::flow::operator::{self as flow, OperatedChange};
use dcvaas_core::model::id::OrgId;
use dcvaas_core::model::patch::Patch;
use dcvaas_core::model::plan::Plan;
use dcvaas_core::model::problem::Problem;
use dcvaas_core::store::callers::Credential;
use dcvaas_core::store::operated::OperatorRow;
use dcvaas_core::store::{Bound, operated};
use serde::Deserialize;

use crate::body::read_json;
use crate::edge::Call;
use crate::params::Params;
use crate::reply::Reply;

/// What to change; what is left out stays as it is, and null is the plan's own limit again.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct OperateOrganization {
    /// The plan.
    plan: Option<Plan>,
    /// How many domains it may hold.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<u32>"))]
    domain_limit: Patch<u32>,
    /// How many requests a minute it may make.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<u32>"))]
    requests_per_minute: Patch<u32>,
}

pub(crate) fn load(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    let org = match params.path("id") {
        // The list has none.
        "" => None,
        id => Some(OrgId::parse(id).ok_or_else(Problem::not_found)?),
    };
    Ok(operated::find_as_caller(credential, org.as_ref()))
}

fn admitted(call: &Call<'_>) -> Result<Option<OperatorRow>, FlowError> {
    let row: Option<OperatorRow> = call.loaded.first()?;
    flow::admit(call.app, row.as_ref().map(|row| row.operator.as_str()))?;
    Ok(row)
}

pub(crate) async fn list(call: Call<'_>) -> Result<Reply, FlowError> {
    admitted(&call)?;
    call.params.only(&["q", "limit", "cursor"])?;
    let after = call.params.cursor(OrgId::parse)?;
    let words = call.params.text("q")?;
    let after = after.as_ref().map(OrgId::as_str);
    Ok(Reply::json(200, flow::list(call.app, words, after, call.params.limit()?).await?))
}

pub(crate) async fn update(call: Call<'_>) -> Result<Reply, FlowError> {
    let row = admitted(&call)?.and_then(|row| row.operated).ok_or_else(Problem::not_found)?;
    let wanted: OperateOrganization = read_json(call.body, call.header).await?;
    let change = OperatedChange {
        plan: wanted.plan,
        domain_limit: wanted.domain_limit,
        requests_per_minute: wanted.requests_per_minute,
    };
    Ok(Reply::json(200, flow::update(call.app, &call.by, &row, change).await?))
}
