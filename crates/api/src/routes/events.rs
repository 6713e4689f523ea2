//! `/api/events`: what happened, to catch up with.

use dcvaas_core::model::event::EventType;
use dcvaas_core::model::problem::Problem;
use dcvaas_core::store::callers::Credential;
use dcvaas_core::store::{Bound, events};

use crate::params::Params;

pub(crate) fn feed(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&["limit", "after", "type"])?;
    let only = params.word("type", EventType::parse)?;
    Ok(events::feed(credential, params.after()?, params.limit()?, only))
}
