//! `/api/audit-logs`: who changed what.

use dcvaas_core::model::audit::AuditAction;
use dcvaas_core::model::id::AuditId;
use dcvaas_core::model::problem::Problem;
use dcvaas_core::store::Bound;
use dcvaas_core::store::audit_logs::{self, Filter};
use dcvaas_core::store::callers::Credential;

use crate::params::Params;

/// Rows of one part of an export.
const EXPORTED: u32 = 1_000;

pub(crate) fn list(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&["limit", "cursor", "actor", "action", "subject", "from", "to"])?;
    let id = |text: &str| (1..=100).contains(&text.len()).then(|| text.to_owned());
    let filter = Filter {
        actor: params.word("actor", id)?,
        action: params.word("action", AuditAction::parse)?,
        subject: params.word("subject", id)?,
        from: params.time("from")?,
        to: params.time("to")?,
    };
    let before = params.cursor(AuditId::parse)?;
    Ok(audit_logs::list(credential, &filter, before.as_ref(), params.limit()?))
}

pub(crate) fn export(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&["format", "after"])?;
    let csv = params.word("format", |word| match word {
        "json" => Some(false),
        "csv" => Some(true),
        _ => None,
    })?;
    let after = params.after()?.unwrap_or(0);
    Ok(audit_logs::export(credential, csv.unwrap_or(false), after, EXPORTED))
}
