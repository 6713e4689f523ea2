//! `/api/orgs/{orgId}/members`: the members of the organization that the caller acts for, which the
//! path names once more; and joining another one.

use dcvaas_core::crypto::token::OpaqueToken;
use dcvaas_core::flow::FlowError;
use dcvaas_core::flow::members::{self as flow, MemberChange};
use dcvaas_core::model::email::EmailAddress;
use dcvaas_core::model::id::{OrgId, UserId};
use dcvaas_core::model::member::MemberStatus;
use dcvaas_core::model::problem::Problem;
use dcvaas_core::model::role::Role;
use dcvaas_core::store::callers::Credential;
use dcvaas_core::store::members::{InviterRow, MemberRow};
use dcvaas_core::store::{Bound, members};
use serde::Deserialize;

use crate::body::read_json;
use crate::edge::Call;
use crate::params::Params;
use crate::reply::Reply;

/// Whom to invite.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct InviteMember {
    /// Their e-mail address.
    #[cfg_attr(feature = "openapi", schemars(length(max = 254), extend("format" = "email")))]
    email: String,
    /// What they will be; `member` if it is left out.
    role: Option<Role>,
}

/// An invitation to accept.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct AcceptInvitation {
    /// What stands behind `token=` in the mail's link.
    token: String,
}

/// What to change; what is left out stays as it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct UpdateMember {
    /// What they may do.
    role: Option<Role>,
    /// `suspended` shuts them out, `active` lets them in again.
    status: Option<MemberStatus>,
}

fn org(params: &Params) -> Result<OrgId, Problem> {
    OrgId::parse(params.path("orgId")).ok_or_else(Problem::not_found)
}

fn inviting(params: &Params) -> Result<OrgId, Problem> {
    OrgId::parse(params.path("orgId")).ok_or_else(flow::no_invitation)
}

pub(crate) fn list(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&["limit", "cursor"])?;
    let after = params.cursor(UserId::parse)?;
    Ok(members::list(credential, &org(params)?, after.as_ref(), params.limit()?))
}

pub(crate) fn load(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    let user = UserId::parse(params.path("userId")).ok_or_else(Problem::not_found)?;
    Ok(members::find_as_caller(credential, &org(params)?, &user))
}

pub(crate) fn load_inviter(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    Ok(members::inviter_as_caller(credential, Some(&org(params)?)))
}

/// The caller acts for another organization, or their own first one: they do not belong to this one yet.
pub(crate) fn load_own(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    inviting(params)?;
    Ok(members::inviter_as_caller(credential, None))
}

pub(crate) async fn invite(call: Call<'_>) -> Result<Reply, FlowError> {
    let names: InviterRow = call.loaded.first()?.ok_or_else(Problem::not_found)?;
    let wanted: InviteMember = read_json(call.body, call.header).await?;
    let to = EmailAddress::parse(&wanted.email).ok_or_else(|| {
        Problem::bad_field("email", "invalid", "Give an e-mail address, such as ada@example.com.")
    })?;
    let whom = (&to, wanted.role.unwrap_or(Role::Member));
    let body = flow::invite(call.app, &call.caller, &call.by, &names, whom).await?;
    Ok(Reply::json(201, body))
}

pub(crate) async fn accept(call: Call<'_>) -> Result<Reply, FlowError> {
    let own: InviterRow = call.loaded.first()?.ok_or_else(Problem::not_found)?;
    let wanted: AcceptInvitation = read_json(call.body, call.header).await?;
    let org = inviting(&call.params)?;
    let token = OpaqueToken::parse(&wanted.token).map_err(|_| flow::no_invitation())?;
    let invitation = (&org, &token);
    let body = flow::accept(call.app, &call.caller, &call.by, &own.email, invitation).await?;
    Ok(Reply::json(200, body))
}

pub(crate) async fn update(call: Call<'_>) -> Result<Reply, FlowError> {
    let row: MemberRow = call.loaded.first()?.ok_or_else(Problem::not_found)?;
    let wanted: UpdateMember = read_json(call.body, call.header).await?;
    if wanted.status == Some(MemberStatus::Invited) {
        let text =
            "Give active or suspended; who is to be invited gets a mail by the route for that.";
        return Err(Problem::bad_field("status", "invalid", text).into());
    }
    let change = MemberChange { role: wanted.role, status: wanted.status };
    Ok(Reply::json(200, flow::update(call.app, &call.caller, &call.by, &row, change).await?))
}

pub(crate) async fn remove(call: Call<'_>) -> Result<Reply, FlowError> {
    let row: MemberRow = call.loaded.first()?.ok_or_else(Problem::not_found)?;
    flow::remove(call.app, &call.caller, &call.by, &row).await?;
    Ok(Reply::no_content())
}
