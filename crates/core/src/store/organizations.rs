//! Organizations, people and memberships.

use serde::Deserialize;

use super::Bound;
use super::callers::Credential;
use crate::model::id::OrgId;

/// An organization as it is answered; `o` is the row.
macro_rules! organization {
    () => {
        concat!(
            r#"concat('{"organization":{"id":"', o.id, '","name":', json_quote(o.name), ',"plan":"', o.plan,
               '","brandColor":', json_quote(o.brand_color), ',"logoUrl":', json_quote(o.logo_url),
               ',"domainLimit":', json_quote(o.domain_limit), ',"requestsPerMinute":', json_quote(o.requests_per_minute),
               ',"use":', json_object(
                 'domains', (SELECT COUNT(*) FROM domains WHERE org_id = o.id),
                 'webhookEndpoints', (SELECT COUNT(*) FROM webhook_endpoints WHERE org_id = o.id),
                 'apiTokens', (SELECT COUNT(*) FROM api_tokens WHERE org_id = o.id),
                 'members', (SELECT COUNT(*) FROM members WHERE org_id = o.id)),
               ',"createdAt":', "#, iso!("o.created_at"), r#", '}}')"#
        )
    };
}

statements! { "organizations";
    /// Makes an organization: `?1` id, `?2` name, `?3` plan, `?4` now.
    INSERT = "INSERT INTO organizations (id, name, plan, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)";
    /// Makes a person: `?1` id, `?2` normalised e-mail, `?3` now.
    INSERT_USER = "INSERT INTO users (id, email, created_at, updated_at) VALUES (?1, ?2, ?3, ?3)";
    /// Makes an active member: `?1` org, `?2` user, `?3` role, `?4` now.
    INSERT_MEMBER = "INSERT INTO members (org_id, user_id, role, status, created_at, updated_at)
        VALUES (?1, ?2, ?3, 'active', ?4, ?4)";
    /// Makes the first organization of the person `?5`, who has just started the session `?4` and
    /// belongs to none: `?1` id, `?2` name, `?3` now.
    FIRST = "INSERT INTO organizations (id, name, plan, created_at, updated_at)
        SELECT ?1, ?2, 'free', ?3, ?3 FROM sessions s WHERE s.id = ?4 AND s.user_id = ?5
           AND NOT EXISTS (SELECT 1 FROM members WHERE user_id = s.user_id AND status = 'active')";
    /// Makes the person `?2` the owner of the organization `?1`, if that has just been made, at `?3`.
    FIRST_OWNER = "INSERT INTO members (org_id, user_id, role, status, created_at, updated_at)
        SELECT id, ?2, 'owner', 'active', ?3, ?3 FROM organizations WHERE id = ?1";
    /// The caller's organization as an answer.
    #[answers]
    DETAIL = as_caller!(
        concat!("SELECT ", organization!(), " FROM organizations o WHERE o.id = caller.org_id"));
    /// The organization `?1` as an answer.
    #[answers]
    ANSWER = concat!("SELECT ", organization!(), " AS body FROM organizations o WHERE o.id = ?1");
    /// The caller's organization as a row.
    FIND_AS_CALLER = concat!(caller_cte!(), "SELECT o.id, o.name, o.brand_color, o.logo_url
        FROM caller JOIN organizations o ON o.id = caller.org_id");
    /// Makes the organization `?1` named `?2` at `?3` for the person `?4`, who owns fewer than `?5`.
    CREATE = "INSERT INTO organizations (id, name, plan, created_at, updated_at)
        SELECT ?1, ?2, 'free', ?3, ?3 WHERE (SELECT COUNT(*) FROM members WHERE user_id = ?4 AND role = 'owner') < ?5";
    /// Changes of the organization `?1` its name to `?2` unless that is NULL, its colour to `?4` if `?3`,
    /// its logo to `?6` if `?5`, at `?7`.
    UPDATE = "UPDATE organizations SET name = coalesce(?2, name), brand_color = iif(?3, ?4, brand_color),
            logo_url = iif(?5, ?6, logo_url), updated_at = ?7 WHERE id = ?1";
    /// Deletes the organization `?1` with everything in it, if it is named `?2` and the person `?3` is an
    /// owner of it. What it has at Cloudflare is remembered for removal by a trigger.
    DELETE = "DELETE FROM organizations WHERE id = ?1 AND name = ?2
        AND EXISTS (SELECT 1 FROM members WHERE org_id = ?1 AND user_id = ?3 AND role = 'owner' AND status = 'active')";
}

/// An organization before a change.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct OrganizationRow {
    pub id: OrgId,
    pub name: String,
    pub brand_color: Option<String>,
    pub logo_url: Option<String>,
}

/// Binds [`FIND_AS_CALLER`].
pub fn find_as_caller(credential: &Credential) -> Bound {
    FIND_AS_CALLER.bind([credential.hash.as_str().into(), credential.organization.as_ref().into()])
}

/// Binds [`DETAIL`].
pub fn detail(credential: &Credential) -> Bound {
    DETAIL.bind([credential.hash.as_str().into(), credential.organization.as_ref().into()])
}
