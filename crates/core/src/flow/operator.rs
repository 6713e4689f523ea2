//! What the operator of a deployment does with organizations: their plans and limits.

use serde_json::json;

use super::{By, FlowError, rows, tell};
use crate::model::audit::AuditAction;
use crate::model::patch::Patch;
use crate::model::plan::Plan;
use crate::model::problem::Problem;
use crate::ports::App;
use crate::store::audit_logs;
use crate::store::operated::{self, OperatedRow};

/// What changes; what is absent stays, and what is cleared is the plan's own again.
#[derive(Debug, Clone, Default)]
pub struct OperatedChange {
    /// The plan.
    pub plan: Option<Plan>,
    /// How many domains it may hold.
    pub domain_limit: Patch<u32>,
    /// How many requests a minute it may make.
    pub requests_per_minute: Patch<u32>,
}

/// Whether the person with this address operates the deployment. To anybody else it looks as if
/// there were nothing here. Addresses are proved by signing in.
pub fn admit(app: &App, email: Option<&str>) -> Result<(), Problem> {
    let known = |email: &str| app.config.operator_emails.iter().any(|own| own.as_str() == email);
    if email.is_some_and(known) { Ok(()) } else { Err(Problem::not_found()) }
}

/// Changes an organization and answers with it.
pub async fn update(
    app: &App,
    by: &By,
    row: &OperatedRow,
    change: OperatedChange,
) -> Result<String, FlowError> {
    let now = app.clock.now();
    let domains = change.domain_limit.clone().apply(row.domain_limit);
    let requests = change.requests_per_minute.clone().apply(row.requests_per_minute);
    let detail = json!({
        "before": { "plan": row.plan, "domainLimit": row.domain_limit, "requestsPerMinute": row.requests_per_minute },
        "after": { "plan": change.plan.unwrap_or(row.plan), "domainLimit": domains, "requestsPerMinute": requests },
    });
    let entry =
        by.entry(app, &row.id, AuditAction::OrganizationOperate, row.id.as_str(), detail, now);
    let statements = vec![
        operated::UPDATE.bind([
            (&row.id).into(),
            change.plan.map(Plan::as_str).into(),
            (change.domain_limit != Patch::Keep).into(),
            domains.into(),
            (change.requests_per_minute != Patch::Keep).into(),
            requests.into(),
            now.into(),
        ]),
        audit_logs::insert_if_changed(&entry),
        operated::ANSWER.bind([(&row.id).into()]),
    ];
    let answers = tell::batch(app, "operator.update", statements, &entry).await?;
    rows(&answers, 2)?.body.clone().ok_or_else(|| Problem::not_found().into())
}

/// One page of all organizations whose name or id, or whose owner's address, holds the words.
pub async fn list(
    app: &App,
    words: Option<&str>,
    after: Option<&str>,
    limit: u32,
) -> Result<String, FlowError> {
    let page = operated::LIST.bind([
        words.unwrap_or_default().into(),
        after.into(),
        limit.into(),
        app.config.zone_id.as_deref().into(),
    ]);
    let answers = app.db.batch("operator.list", vec![page]).await?;
    rows(&answers, 0)?.body.clone().ok_or_else(|| FlowError::Fault("no page".to_owned()))
}
