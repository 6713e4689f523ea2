//! `/api/events`: what happened, to catch up with, and the readers whose place in it is kept.

use dcvaas_core::flow::{FlowError, feed_consumers as flow};
use dcvaas_core::model::event::EventType;
use dcvaas_core::model::feed_consumer::ConsumerName;
use dcvaas_core::model::problem::Problem;
use dcvaas_core::store::callers::Credential;
use dcvaas_core::store::{Bound, events, feed_consumers};
use serde::Deserialize;

use crate::body::read_json;
use crate::edge::Call;
use crate::params::{self, Params};
use crate::reply::Reply;

/// How far a reader of the feed has come.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct CommitCursor {
    /// The reader; it is made when it is named first.
    #[cfg_attr(feature = "openapi", schemars(required))]
    name: Option<ConsumerName>,
    /// The `nextCursor` of the last part that it has dealt with.
    #[cfg_attr(feature = "openapi", schemars(required, regex(pattern = "^[0-9]{1,15}$")))]
    cursor: Option<String>,
    /// Whether it may go back, to read again what it has read.
    #[serde(default)]
    rewind: bool,
}

pub(crate) fn feed(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&["limit", "after", "consumer", "type"])?;
    let only = params.word("type", EventType::parse)?;
    let consumer = params.word("consumer", ConsumerName::parse)?;
    let after = params.after()?;
    if after.is_some() && consumer.is_some() {
        let text = "Give a cursor or a reader whose cursor is kept, not both.";
        return Err(Problem::bad_field("after", "conflicting", text));
    }
    Ok(events::feed(credential, after, params.limit()?, only, consumer.as_ref()))
}

pub(crate) fn consumers(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&[])?;
    Ok(feed_consumers::list(credential))
}

pub(crate) async fn commit(call: Call<'_>) -> Result<Reply, FlowError> {
    let wanted: CommitCursor = read_json(call.body, call.header).await?;
    let missing = |field| Problem::bad_field(field, "missing", &[field, " is required"].concat());
    let name = wanted.name.ok_or_else(|| missing("name"))?;
    let cursor = wanted.cursor.ok_or_else(|| missing("cursor"))?;
    let position = params::position(&cursor)
        .ok_or_else(|| Problem::bad_field("cursor", "invalid", "Give a nextCursor of the feed."))?;
    let (caller, by) = (&call.caller, &call.by);
    let body = flow::commit(call.app, caller, by, &name, position, wanted.rewind).await?;
    Ok(Reply::json(200, body))
}

pub(crate) async fn forget(call: Call<'_>) -> Result<Reply, FlowError> {
    let name = ConsumerName::parse(call.params.path("name")).ok_or_else(Problem::not_found)?;
    flow::delete(call.app, &call.caller, &call.by, &name).await?;
    Ok(Reply::no_content())
}
