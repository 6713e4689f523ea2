//! `/api/organizations`: the caller's organization.

use dcvaas_core::model::problem::Problem;
use dcvaas_core::store::callers::Credential;
use dcvaas_core::store::{Bound, organizations};

use crate::params::Params;

pub(crate) fn get(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&[])?;
    Ok(organizations::detail(credential))
}
