//! Who calls, and whether they may: the one place that checks credential, role, scope and plan.

use serde::Deserialize;

use super::allow_list;
use super::id::{OrgId, UserId};
use super::plan::{Feature, Plan};
use super::problem::{Problem, ProblemCode, Reason};
use super::role::Role;
use super::scope::{Scope, ScopeSet};
use super::tag::TagLimit;
use crate::closed_set;
use crate::time::{Span, Timestamp};

closed_set! {
    /// What was shown to prove who calls.
    pub enum CallerKind {
        /// An API token, by a machine.
        Token = "token",
        /// A session cookie, by a person.
        Session = "session",
    }
}

/// How exactly "last used" is known: one write at most in this time.
pub const TOUCH_INTERVAL: Span = Span::minutes(1);

/// One credential in one organization, as D1 holds it.
#[derive(Debug, Clone, Deserialize)]
pub struct CallerRow {
    /// Token or session.
    pub kind: CallerKind,
    /// Id of the token or session.
    pub credential_id: String,
    /// The tenant.
    pub org_id: OrgId,
    /// The person, for a session.
    pub user_id: Option<UserId>,
    /// The person's role in the organization, for a session.
    pub role: Option<Role>,
    /// JSON array of scopes, for a token.
    pub scopes: Option<String>,
    /// JSON array of the tags that a token is limited to; `None` for all domains.
    pub domain_tags: Option<String>,
    /// JSON array of the addresses that a token may be used from; `None` for any.
    pub allowed_ips: Option<String>,
    /// When the credential ends.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// The organization's plan.
    pub plan: Plan,
    /// The operator's override of the plan's domain limit.
    pub domain_limit: Option<u32>,
    /// The operator's override of the plan's requests a minute.
    pub requests_per_minute: Option<u32>,
}

impl CallerRow {
    /// The row, if the credential is known and has not ended.
    pub fn valid(row: Option<Self>, now: Timestamp) -> Result<Self, Problem> {
        let row = row.ok_or_else(|| Problem::unauthorized(Reason::Unknown))?;
        match row.expires_at {
            Some(end) if end <= now => Err(Problem::unauthorized(Reason::Expired)),
            _ => Ok(row),
        }
    }
}

/// What one route asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// What a token needs; `None`: only a person may.
    pub scope: Option<Scope>,
    /// Whether it concerns just the token itself: then it needs no scope.
    pub own: bool,
    /// The least role a person needs.
    pub role: Role,
    /// What the plan must include.
    pub feature: Option<Feature>,
}

/// What the caller may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rights {
    /// A token's scopes.
    Scopes(ScopeSet),
    /// A person's role.
    Role(Role),
}

/// A caller whose right to this route has been checked.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The tenant: everything is read and written within it.
    pub org_id: OrgId,
    /// Token or session.
    pub kind: CallerKind,
    /// Id of the token or session.
    pub credential_id: String,
    /// The person, for a session.
    pub user_id: Option<UserId>,
    /// Scopes or role.
    pub rights: Rights,
    /// Which domains these rights are about.
    pub tag_limit: TagLimit,
    /// The organization's plan.
    pub plan: Plan,
    /// How many domains the organization may hold.
    pub domain_limit: u32,
    /// Whether "last used" is to be written again.
    pub touch: bool,
}

impl Caller {
    /// Who is to be named in the audit log: the person, or the token.
    pub fn id(&self) -> &str {
        self.user_id.as_ref().map_or(self.credential_id.as_str(), UserId::as_str)
    }
}

impl Access {
    /// Decides whether a valid credential may use the route from that address.
    pub fn check(
        self,
        row: CallerRow,
        address: &dyn Fn() -> String,
        now: Timestamp,
    ) -> Result<Caller, Problem> {
        if row.allowed_ips.as_deref().is_some_and(|list| !allow_list::allows(list, &address())) {
            return Err(Problem::new(ProblemCode::AddressNotAllowed));
        }
        let rights = match row.kind {
            CallerKind::Token => Rights::Scopes(self.check_token(&row)?),
            CallerKind::Session => Rights::Role(self.check_person(&row)?),
        };
        if let Some(feature) = self.feature {
            plan_includes(row.plan, feature)?;
        }
        Ok(Caller {
            domain_limit: row.domain_limit.unwrap_or(row.plan.limits().domains),
            touch: row.last_used_at.is_none_or(|used| now.since(used) >= TOUCH_INTERVAL),
            org_id: row.org_id,
            kind: row.kind,
            credential_id: row.credential_id,
            user_id: row.user_id,
            rights,
            tag_limit: row
                .domain_tags
                .as_deref()
                .map_or_else(TagLimit::default, TagLimit::from_json),
            plan: row.plan,
        })
    }

    fn check_token(self, row: &CallerRow) -> Result<ScopeSet, Problem> {
        plan_includes(row.plan, Feature::ApiTokens)?;
        let scopes = row.scopes.as_deref().and_then(ScopeSet::from_json).unwrap_or_default();
        match self.scope {
            None if self.own => Ok(scopes),
            None => {
                Err(Problem::forbidden("This needs a signed-in person; an API token cannot do it.")
                    .for_reason(Reason::Person))
            }
            Some(scope) if row.domain_tags.is_some() && !scope.fits_tag_limit() => {
                let text = "This API token is limited to domains with certain tags, and can do nothing else.";
                Err(Problem::forbidden(text).for_reason(Reason::Tags))
            }
            Some(scope) if scopes.grants(scope) => Ok(scopes),
            Some(scope) => Err(Problem::forbidden(format!(
                "The API token lacks the scope {scope}. Make a token with that scope."
            ))
            .for_reason(Reason::Scope)),
        }
    }

    fn check_person(self, row: &CallerRow) -> Result<Role, Problem> {
        match row.role {
            Some(role) if role.at_least(self.role) => Ok(role),
            _ => Err(Problem::forbidden(format!(
                "This needs the role {} in the organization. Ask an owner.",
                self.role
            ))
            .for_reason(Reason::Role)),
        }
    }
}

fn plan_includes(plan: Plan, feature: Feature) -> Result<(), Problem> {
    if plan.allows(feature) { Ok(()) } else { Err(Problem::plan_required(plan, feature)) }
}
