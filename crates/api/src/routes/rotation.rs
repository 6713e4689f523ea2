//! The secret of an endpoint: a new one, and the end of the one before it.

use dcvaas_core::flow::FlowError;
use dcvaas_core::flow::rotation::{self, Rotation};
use dcvaas_core::model::problem::Problem;
use dcvaas_core::store::webhook_endpoints::EndpointRow;
use dcvaas_core::time::Span;
use serde::Deserialize;

use crate::body::read_json;
use crate::edge::Call;
use crate::reply::Reply;
use crate::routes::webhooks;

/// For how many hours both secrets sign, if nothing else is asked for, and at most: a week.
const DEFAULT_OVERLAP: u8 = 24;
const LONGEST_OVERLAP: u8 = 168;

/// How to change the secret.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct RotateSecret {
    /// For how many hours both secrets sign: 24 if it is left out; 0 drops the old one at once.
    #[cfg_attr(feature = "openapi", schemars(range(min = 0, max = LONGEST_OVERLAP)))]
    overlap_hours: Option<u8>,
    /// Cuts short a change that is under way.
    #[serde(default)]
    force: bool,
}

impl RotateSecret {
    fn parse(&self) -> Result<Rotation, Problem> {
        let hours = self.overlap_hours.unwrap_or(DEFAULT_OVERLAP);
        if hours > LONGEST_OVERLAP {
            let text = "Give a whole number of hours from 0 to 168.";
            return Err(Problem::bad_field("overlapHours", "out_of_range", text));
        }
        Ok(Rotation { overlap: Span::hours(hours.into()), force: self.force })
    }
}

pub(crate) async fn rotate(call: Call<'_>) -> Result<Reply, FlowError> {
    let wanted: RotateSecret = read_json(call.body, call.header).await?;
    let row: EndpointRow = call.loaded.first()?.ok_or_else(Problem::not_found)?;
    let body = rotation::rotate(call.app, &call.by, &row, wanted.parse()?).await?;
    Ok(Reply::json(200, body).showing(webhooks::SECRETS))
}

pub(crate) async fn end(call: Call<'_>) -> Result<Reply, FlowError> {
    let row: EndpointRow = call.loaded.first()?.ok_or_else(Problem::not_found)?;
    rotation::end(call.app, &call.by, &row).await?;
    Ok(Reply::no_content())
}
