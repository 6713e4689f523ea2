//! Organizations, people and memberships.

use super::callers::Credential;
use super::Bound;

statements! { "organizations";
    /// Makes an organization: `?1` id, `?2` name, `?3` plan, `?4` now.
    INSERT = "INSERT INTO organizations (id, name, plan, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)";
    /// Makes a person: `?1` id, `?2` normalised e-mail, `?3` now.
    INSERT_USER = "INSERT INTO users (id, email, created_at, updated_at) VALUES (?1, ?2, ?3, ?3)";
    /// Makes an active member: `?1` org, `?2` user, `?3` role, `?4` now.
    INSERT_MEMBER = "INSERT INTO members (org_id, user_id, role, status, created_at, updated_at)
        VALUES (?1, ?2, ?3, 'active', ?4, ?4)";
    /// The caller's organization as an answer.
    #[answers]
    DETAIL = as_caller!(
        r#"SELECT concat('{"organization":', json_object('id', o.id, 'name', o.name, 'plan', o.plan), '}')
             FROM organizations o WHERE o.id = caller.org_id"#);
}

/// Binds [`DETAIL`].
pub fn detail(credential: &Credential) -> Bound {
    DETAIL.bind([credential.hash.as_str().into(), credential.organization.as_ref().into()])
}
