//! Organizations: made, renamed, dressed in their own brand, and deleted with everything in them.

use serde_json::json;

use super::{By, FlowError, rows, tell};
use crate::model::audit::AuditAction;
use crate::model::caller::Caller;
use crate::model::id::OrgId;
use crate::model::outgoing::{Guard, OutgoingUrl};
use crate::model::patch::Patch;
use crate::model::plan::Feature;
use crate::model::problem::Problem;
use crate::ports::{App, Level};
use crate::store::organizations::{self, OrganizationRow};
use crate::store::{Value, audit_logs};

/// How many organizations one person can own; a bound, not a plan's limit.
const MOST: u32 = 20;

/// Makes an organization on the free plan, owned by the caller, and answers with it.
pub async fn create(app: &App, caller: &Caller, by: &By, name: &str) -> Result<String, FlowError> {
    let now = app.clock.now();
    let id = OrgId::new(now, app.entropy.bytes());
    let detail = json!({ "name": name, "plan": "free" });
    let entry = by.entry(app, &id, AuditAction::OrganizationCreate, id.as_str(), detail, now);
    let answers = app
        .db
        .batch(
            "organization.create",
            vec![
                organizations::CREATE.bind([
                    (&id).into(),
                    name.into(),
                    now.into(),
                    caller.id().into(),
                    MOST.into(),
                ]),
                audit_logs::insert_if_changed(&entry),
                organizations::FIRST_OWNER.bind([(&id).into(), caller.id().into(), now.into()]),
                organizations::ANSWER.bind([(&id).into()]),
            ],
        )
        .await?;
    rows(&answers, 3)?.body.clone().ok_or_else(|| {
        let text = format!("You own {MOST} organizations, which is the most that one person can.");
        Problem::conflict(text).into()
    })
}

/// What changes; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct OrganizationChange {
    /// What it is called.
    pub name: Option<String>,
    /// Its colour.
    pub brand_color: Patch<String>,
    /// The address of its logo.
    pub logo_url: Patch<OutgoingUrl>,
}

/// Reads the address of a logo: browsers of its customers load it, so it must be public and https.
pub fn parse_logo(app: &App, text: &str) -> Result<OutgoingUrl, Problem> {
    let guard = Guard { allow_hosts: &[], own_hosts: app.config.own_zones() };
    OutgoingUrl::parse(text, &guard)
        .map_err(|fault| Problem::bad_field("logoUrl", fault.code(), fault.message()))
}

/// Changes the caller's organization and answers with it.
pub async fn update(
    app: &App,
    caller: &Caller,
    by: &By,
    row: &OrganizationRow,
    change: OrganizationChange,
) -> Result<String, FlowError> {
    let brands =
        matches!(change.brand_color, Patch::Set(_)) || matches!(change.logo_url, Patch::Set(_));
    if brands && !caller.plan.allows(Feature::WhiteLabel) {
        return Err(Problem::plan_required(caller.plan, Feature::WhiteLabel).into());
    }
    let now = app.clock.now();
    let (colors, color) = written(&change.brand_color, String::as_str);
    let (logos, logo) = written(&change.logo_url, OutgoingUrl::as_str);
    let after_color = if colors { color } else { row.brand_color.as_deref() };
    let after_logo = if logos { logo } else { row.logo_url.as_deref() };
    let detail = json!({
        "before": { "name": row.name, "brandColor": row.brand_color, "logoUrl": row.logo_url },
        "after": {
            "name": change.name.as_deref().unwrap_or(&row.name), "brandColor": after_color, "logoUrl": after_logo,
        },
    });
    let entry =
        by.entry(app, &row.id, AuditAction::OrganizationUpdate, row.id.as_str(), detail, now);
    let statements = vec![
        organizations::UPDATE.bind([
            (&row.id).into(),
            change.name.as_deref().into(),
            colors.into(),
            color.into(),
            logos.into(),
            logo.into(),
            now.into(),
        ]),
        audit_logs::insert_if_changed(&entry),
        organizations::ANSWER.bind([(&row.id).into()]),
    ];
    let answers = tell::batch(app, "organization.update", statements, &entry).await?;
    rows(&answers, 2)?.body.clone().ok_or_else(|| Problem::not_found().into())
}

/// Whether the column is written, and with what.
fn written<T>(patch: &Patch<T>, text: fn(&T) -> &str) -> (bool, Option<&str>) {
    match patch {
        Patch::Keep => (false, None),
        Patch::Clear => (true, None),
        Patch::Set(value) => (true, Some(text(value))),
    }
}

/// Deletes the caller's organization with everything in it, if `confirm` is its name. Its audit log
/// goes with it, so that it happened stands in our own log.
pub async fn delete(
    app: &App,
    caller: &Caller,
    row: &OrganizationRow,
    confirm: &str,
) -> Result<(), FlowError> {
    if confirm != row.name {
        let text = "Give the organization's name, exactly as it is written.";
        return Err(Problem::bad_field("confirm", "mismatch", text).into());
    }
    let delete =
        organizations::DELETE.bind([(&row.id).into(), Value::from(confirm), caller.id().into()]);
    let answers = app.db.batch("organization.delete", vec![delete]).await?;
    // D1 counts the rows that went with it, too.
    if rows(&answers, 0)?.changes == 0 {
        return Err(Problem::conflict("Somebody else has just changed this. Look again.").into());
    }
    let fields = json!({ "org.id": row.id.as_str(), "user.id": caller.id() });
    app.log.line(Level::Info, "organization.deleted", fields);
    Ok(())
}
