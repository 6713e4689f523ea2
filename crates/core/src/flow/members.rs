//! Members: invited by mail, accepted by whoever reads it, changed and removed by those who may.

use serde_json::json;

use super::mail::{self, Draft};
use super::sign_in::{self, MAILS_TO_ADDRESS};
use super::{By, FlowError, rows, send_later, tell};
use crate::crypto::token::OpaqueToken;
use crate::job::Job;
use crate::model::audit::AuditAction;
use crate::model::caller::{Caller, Rights};
use crate::model::email::EmailAddress;
use crate::model::id::{OrgId, UserId};
use crate::model::mail::MailKind;
use crate::model::member::{MemberStatus, may_change};
use crate::model::plan::{Feature, Plan};
use crate::model::problem::{Problem, Reason};
use crate::model::role::Role;
use crate::ports::App;
use crate::store::members::{self, InviterRow, MemberRow, WhyNot};
use crate::store::{Value, audit_logs, mails, sign_in_links};
use crate::time::Span;

/// How long an invitation counts; the mail says it too.
const INVITATION: Span = Span::days(7);
/// How many members one organization can have, the invited included; a bound, not a plan's limit.
const MOST: u32 = 500;

/// Invites somebody, or again, and answers with them.
pub async fn invite(
    app: &App,
    caller: &Caller,
    by: &By,
    names: &InviterRow,
    (to, role): (&EmailAddress, Role),
) -> Result<String, FlowError> {
    let (org, actor) = (&caller.org_id, caller.id());
    if !may_change(own_role(caller), Role::Member, Some(role)) {
        return Err(only_owners().into());
    }
    let now = app.clock.now();
    let token = OpaqueToken::generate(app.entropy.bytes());
    let base = app.config.app_base_url.as_deref().unwrap_or_default();
    let link = format!("{base}/invitation#org={org}&token={}", token.reveal());
    let expires_at = now.plus(INVITATION);
    let draft = Draft {
        org: Some(org),
        to,
        kind: MailKind::Invitation,
        data: json!({ "inviter": names.email, "organization": names.organization, "role": role }),
        secret: Some([("link".to_owned(), link)].into()),
        expires_at: Some(expires_at),
    };
    let letter = mail::compose(app, draft, now)?;
    let (window, until) = sign_in::window(now);
    let counter = sign_in::counter("mail", to.as_str());
    let detail = json!({ "email": to.as_str(), "role": role });
    let entry = by.entry(app, org, AuditAction::MemberInvite, to.as_str(), detail, now);
    let statements = vec![
        members::NEW_USER.bind([
            (&UserId::new(now, app.entropy.bytes())).into(),
            to.as_str().into(),
            now.into(),
        ]),
        sign_in_links::COUNT.bind([counter.as_str().into(), window.into()]),
        members::INVITE.bind([
            org.into(),
            to.as_str().into(),
            role.as_str().into(),
            now.into(),
            actor.into(),
            token.hash().as_str().into(),
            expires_at.into(),
            MOST.into(),
            counter.as_str().into(),
            window.into(),
            MAILS_TO_ADDRESS.into(),
        ]),
        audit_logs::insert_if_changed(&entry),
        mails::insert_if_changed(&letter),
        members::ANSWER_BY_EMAIL.bind([org.into(), to.as_str().into()]),
        members::WHY_NOT_INVITED.bind([
            org.into(),
            to.as_str().into(),
            counter.as_str().into(),
            window.into(),
        ]),
    ];
    let answers = tell::batch(app, "member.invite", statements, &entry).await?;
    match &rows(&answers, 5)?.body {
        Some(body) if rows(&answers, 2)?.changes > 0 => {
            send_later(app, vec![Job::SendMailV1 { mail: letter.id }]);
            Ok(body.clone())
        }
        _ => {
            let why: Option<WhyNot> = rows(&answers, 6)?.first()?;
            Err(not_invited(why.as_ref(), caller.plan, until.since(now)).into())
        }
    }
}

fn not_invited(why: Option<&WhyNot>, plan: Plan, wait: Span) -> Problem {
    match why {
        Some(WhyNot { status: Some(MemberStatus::Active | MemberStatus::Suspended), .. }) => {
            Problem::conflict("This person is a member already.")
        }
        Some(WhyNot { mails, .. }) if *mails > MAILS_TO_ADDRESS => Problem::too_many_mails(wait),
        Some(WhyNot { members, .. }) if *members >= MOST => {
            Problem::limit_reached("members", *members, MOST, plan)
        }
        _ => changed(),
    }
}

/// The signed-in person accepts an invitation: it must be theirs. Signing in has proved their
/// address, and the invitation stands in the row of the person with the invited address.
pub async fn accept(
    app: &App,
    caller: &Caller,
    by: &By,
    email: &str,
    (org, token): (&OrgId, &OpaqueToken),
) -> Result<String, FlowError> {
    let now = app.clock.now();
    let user = caller.id();
    let hash = token.hash();
    let with_team: Vec<Plan> =
        Plan::ALL.iter().copied().filter(|plan| plan.allows(Feature::Team)).collect();
    let detail = json!({
        "email": email, "before": { "status": "invited" }, "after": { "status": "active" },
    });
    let entry = by.entry(app, org, AuditAction::MemberAccept, user, detail, now);
    let statements = vec![
        members::ACCEPT.bind([
            org.into(),
            user.into(),
            hash.as_str().into(),
            now.into(),
            Value::json(&with_team),
        ]),
        audit_logs::insert_if_changed(&entry),
        members::ANSWER.bind([org.into(), user.into()]),
        members::INVITED_BY.bind([org.into(), user.into(), hash.as_str().into(), now.into()]),
    ];
    let answers = tell::batch(app, "member.accept", statements, &entry).await?;
    if rows(&answers, 0)?.changes == 1
        && let Some(body) = &rows(&answers, 2)?.body
    {
        return Ok(body.clone());
    }
    match rows(&answers, 3)?.first::<members::PlanRow>()? {
        Some(invited) => Err(Problem::plan_required(invited.plan, Feature::Team).into()),
        None => Err(no_invitation().into()),
    }
}

/// No invitation, or not this person's: the same answer.
pub fn no_invitation() -> Problem {
    Problem::not_found().with_detail(
        "This invitation has ended, was used, or is for another e-mail address. Sign in with the address that it was sent to.",
    )
}

/// What changes of a member; what is absent stays.
#[derive(Debug, Clone, Copy)]
pub struct MemberChange {
    /// What they may do.
    pub role: Option<Role>,
    /// Whether they are shut out.
    pub status: Option<MemberStatus>,
}

/// Changes a member and answers with them.
pub async fn update(
    app: &App,
    caller: &Caller,
    by: &By,
    row: &MemberRow,
    change: MemberChange,
) -> Result<String, FlowError> {
    if !may_change(own_role(caller), row.role, change.role) {
        return Err(only_owners().into());
    }
    if row.status == MemberStatus::Invited && change.status.is_some() {
        let text = "This person has not accepted the invitation yet. Remove them to take it back.";
        return Err(Problem::conflict(text).into());
    }
    let now = app.clock.now();
    let (org, user) = (&row.org_id, &row.user_id);
    let detail = json!({
        "email": row.email,
        "before": { "role": row.role, "status": row.status },
        "after": { "role": change.role.unwrap_or(row.role), "status": change.status.unwrap_or(row.status) },
        "tokens": row.tokens,
    });
    let entry = by.entry(app, org, AuditAction::MemberUpdate, user.as_str(), detail, now);
    let statements = vec![
        members::UPDATE.bind([
            org.into(),
            user.into(),
            change.role.map(Role::as_str).into(),
            change.status.map(MemberStatus::as_str).into(),
            now.into(),
            row.role.as_str().into(),
            row.status.as_str().into(),
            caller.id().into(),
        ]),
        audit_logs::insert_if_changed(&entry),
        members::ANSWER.bind([org.into(), user.into()]),
    ];
    let answers = tell::batch(app, "member.update", statements, &entry).await?;
    match &rows(&answers, 2)?.body {
        Some(body) if rows(&answers, 0)?.changes == 1 => Ok(body.clone()),
        _ => Err(not_changed(row).into()),
    }
}

/// Removes a member: somebody else, or oneself. Tokens that they made belong to the organization and
/// stay in force; how many those are stands in the audit log.
pub async fn remove(app: &App, caller: &Caller, by: &By, row: &MemberRow) -> Result<(), FlowError> {
    let leaves = row.user_id.as_str() == caller.id();
    if !leaves && !may_change(own_role(caller), row.role, None) {
        return Err(only_owners().into());
    }
    let now = app.clock.now();
    let (org, user) = (&row.org_id, &row.user_id);
    let detail = json!({ "email": row.email, "before": { "role": row.role, "status": row.status }, "tokens": row.tokens });
    let entry = by.entry(app, org, AuditAction::MemberRemove, user.as_str(), detail, now);
    let batch = vec![
        members::REMOVE.bind([
            org.into(),
            user.into(),
            row.role.as_str().into(),
            row.status.as_str().into(),
            caller.id().into(),
        ]),
        audit_logs::insert_if_changed(&entry),
    ];
    let answers = tell::batch(app, "member.remove", batch, &entry).await?;
    if rows(&answers, 0)?.changes == 1 { Ok(()) } else { Err(not_changed(row).into()) }
}

/// The caller's role; a token, which no route of members lets in, counts as the least.
fn own_role(caller: &Caller) -> Role {
    match caller.rights {
        Rights::Role(role) => role,
        Rights::Scopes(_) => Role::Member,
    }
}

fn only_owners() -> Problem {
    Problem::forbidden(
        "Your role does not reach that far: only an owner makes, changes or removes an owner, and only owners and admins anybody else.",
    )
    .for_reason(Reason::Role)
}

fn changed() -> Problem {
    Problem::conflict("Somebody else has just changed this. Look again, and try again.")
}

fn not_changed(row: &MemberRow) -> Problem {
    if row.role == Role::Owner && row.status == MemberStatus::Active {
        return Problem::conflict(
            "The last owner cannot go. Make somebody else an owner first, or delete the organization.",
        );
    }
    changed()
}
