//! Members: who belongs to an organization, as what. Each change is one conditional statement, so
//! that parallel ones cannot leave an organization without an owner.

use serde::Deserialize;

use super::Bound;
use super::callers::Credential;
use crate::model::id::{OrgId, UserId};
use crate::model::member::MemberStatus;
use crate::model::plan::Plan;
use crate::model::role::Role;

/// How many tokens in force, to the minute, go back to the member `m`.
macro_rules! tokens {
    () => {
        "(SELECT COUNT(*) FROM api_tokens t WHERE t.org_id = m.org_id AND t.person_id = m.user_id AND t.reminded_days IS NOT 0)"
    };
}

/// A member as they are shown; `m` is the row, `u` the person.
macro_rules! meta {
    () => {
        concat!(
            r#"concat('{"id":"mem_', substr(m.org_id, 5), '_', substr(m.user_id, 5), '","orgId":"', m.org_id,
               '","userId":"', m.user_id, '","email":', json_quote(u.email), ',"name":', json_quote(u.name),
               ',"role":"', m.role, '","status":"', m.status, '","tokens":', "#, tokens!(), r#",
               ',"createdAt":', "#, iso!("m.created_at"), r#", ',"updatedAt":', "#, iso!("m.updated_at"), r#", '}')"#
        )
    };
}

/// Whether `$actor` may still change this member and give them the role `$to`.
macro_rules! may_change {
    ($actor:literal, $to:literal) => {
        concat!("EXISTS (SELECT 1 FROM members a WHERE a.org_id = ?1 AND a.user_id = ", $actor, " AND a.status = 'active'
              AND (a.role = 'owner' OR (a.role = 'admin' AND members.role <> 'owner' AND ", $to, " <> 'owner')))")
    };
}

/// Whether the organization `?1` has an owner beside this one.
macro_rules! other_owner {
    () => {
        "(SELECT COUNT(*) FROM members o WHERE o.org_id = ?1 AND o.role = 'owner' AND o.status = 'active') > 1"
    };
}

statements! { "members";
    /// One page of the members of the caller's organization, which is `?5`: `?3` person to start after
    /// or NULL, `?4` limit.
    #[answers]
    LIST = as_caller!(concat!(
        r#"SELECT concat('{"members":[', items, '],"nextCursor":',
                      json_quote(iif(count = ?4 AND EXISTS (
                        SELECT 1 FROM members WHERE org_id = caller.org_id AND user_id > newest), newest, NULL)), '}')
             FROM (SELECT group_concat("#, meta!(), r#", ',') AS items, COUNT(*) AS count, MAX(m.user_id) AS newest
                     FROM (SELECT * FROM members
                            WHERE org_id = caller.org_id AND user_id > ifnull(?3, '')
                            ORDER BY user_id LIMIT ?4 + 0) m
                     JOIN users u ON u.id = m.user_id)
            WHERE caller.org_id = ?5"#));
    /// The member `?3` of the caller's organization, which is `?4`, as a row.
    FIND_AS_CALLER = concat!(caller_cte!(), "SELECT m.org_id, m.user_id, u.email, m.role, m.status, ", tokens!(), " AS tokens
        FROM caller JOIN members m ON m.org_id = caller.org_id JOIN users u ON u.id = m.user_id WHERE m.user_id = ?3 AND m.org_id = ?4");
    /// The member `?2` of organization `?1` as an answer.
    #[answers]
    ANSWER = concat!("SELECT concat('{\"member\":', ", meta!(), ", '}') AS body
        FROM members m JOIN users u ON u.id = m.user_id WHERE m.org_id = ?1 AND m.user_id = ?2");
    /// The member of organization `?1` with the address `?2` as an answer.
    #[answers]
    ANSWER_BY_EMAIL = concat!("SELECT concat('{\"member\":', ", meta!(), ", '}') AS body
        FROM members m JOIN users u ON u.id = m.user_id WHERE m.org_id = ?1 AND m.user_id = (SELECT id FROM users WHERE email = ?2)");
    /// Who the caller is, and the name of their organization, which is `?3` or any: an [`InviterRow`].
    INVITER_AS_CALLER = concat!(caller_cte!(), "SELECT u.email, o.name AS organization FROM caller
          JOIN users u ON u.id = caller.user_id JOIN organizations o ON o.id = caller.org_id WHERE ?3 IS NULL OR o.id = ?3");
    /// Makes the person `?1` with the address `?2` at `?3`, unless they are known. It proves nothing of
    /// them: whoever signs in has to have read a mail to that address.
    NEW_USER = "INSERT INTO users (id, email, created_at, updated_at) VALUES (?1, ?2, ?3, ?3) ON CONFLICT (email) DO NOTHING";
    /// Invites the person with the address `?2` to organization `?1` as `?3` at `?4`, by the active
    /// member `?5`: `?6` hash of the invitation, `?7` its end. Who is invited already gets a new
    /// invitation. Not above `?8` members, nor when the counter `?9` of the window `?10` is above `?11`.
    INVITE = "INSERT INTO members (org_id, user_id, role, status, created_at, updated_at, invitation_hash, invitation_expires_at)
        SELECT a.org_id, u.id, ?3, 'invited', ?4, ?4, ?6, ?7
          FROM members a JOIN users u ON u.email = ?2
         WHERE a.org_id = ?1 AND a.user_id = ?5 AND a.status = 'active'
           AND (a.role = 'owner' OR (a.role = 'admin' AND ?3 <> 'owner'))
           AND (SELECT COUNT(*) FROM members WHERE org_id = ?1) < ?8
           AND (SELECT count FROM sign_in_counters WHERE key = ?9 AND window_start = ?10) <= ?11
            ON CONFLICT (org_id, user_id) DO UPDATE SET role = excluded.role, updated_at = excluded.updated_at,
               invitation_hash = excluded.invitation_hash, invitation_expires_at = excluded.invitation_expires_at
         WHERE status = 'invited'";
    /// Why nobody was invited: how the person with the address `?2` stands in organization `?1`, how
    /// many members it has, and the counter `?3` of the window `?4`.
    WHY_NOT_INVITED = "SELECT (SELECT status FROM members WHERE org_id = ?1 AND user_id = (SELECT id FROM users WHERE email = ?2)) AS status,
           (SELECT COUNT(*) FROM members WHERE org_id = ?1) AS members,
           (SELECT count FROM sign_in_counters WHERE key = ?3 AND window_start = ?4) AS mails";
    /// The person `?2` accepts the invitation with the hash `?3` to organization `?1`, whose plan is one
    /// of `?5` (JSON array), at `?4`.
    ACCEPT = "UPDATE members SET status = 'active', updated_at = ?4, invitation_hash = NULL, invitation_expires_at = NULL
        WHERE org_id = ?1 AND user_id = ?2 AND status = 'invited' AND invitation_hash = ?3 AND invitation_expires_at > ?4
          AND (SELECT plan FROM organizations WHERE id = ?1) IN (SELECT value FROM json_each(?5))";
    /// The plan of organization `?1`, if the person `?2` has the invitation with the hash `?3` at `?4`.
    INVITED_BY = "SELECT o.plan FROM members m JOIN organizations o ON o.id = m.org_id
        WHERE m.org_id = ?1 AND m.user_id = ?2 AND m.status = 'invited' AND m.invitation_hash = ?3 AND m.invitation_expires_at > ?4";
    /// Gives the member `?2` of organization `?1`, who is `?6` and `?7`, the role `?3` or theirs and the
    /// status `?4` or theirs, at `?5`, by `?8`.
    UPDATE = concat!("UPDATE members SET role = coalesce(?3, role), status = coalesce(?4, status), updated_at = ?5
        WHERE org_id = ?1 AND user_id = ?2 AND role = ?6 AND status = ?7 AND (status <> 'invited' OR ?4 IS NULL)
          AND ", may_change!("?8", "coalesce(?3, '')"), "
          AND (role <> 'owner' OR status <> 'active' OR (coalesce(?3, role) = 'owner' AND coalesce(?4, status) = 'active')
               OR ", other_owner!(), ")");
    /// Removes the member `?2` of organization `?1`, who is `?3` and `?4`, by `?5`: themselves, or
    /// somebody who may.
    REMOVE = concat!("DELETE FROM members
        WHERE org_id = ?1 AND user_id = ?2 AND role = ?3 AND status = ?4
          AND (?2 = ?5 OR ", may_change!("?5", "''"), ")
          AND (role <> 'owner' OR status <> 'active' OR ", other_owner!(), ")");
}

/// A member before a change.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct MemberRow {
    pub org_id: OrgId,
    pub user_id: UserId,
    pub email: String,
    pub role: Role,
    pub status: MemberStatus,
    /// How many tokens in force go back to them.
    pub tokens: u32,
}

/// Why nobody was invited.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the columns are those of the statement")]
pub struct WhyNot {
    pub status: Option<MemberStatus>,
    pub members: u32,
    pub mails: u32,
}

/// Who calls, and for which organization.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the columns are those of the statement")]
pub struct InviterRow {
    pub email: String,
    pub organization: String,
}

/// A row that holds just a plan.
#[derive(Debug, Clone, Copy, Deserialize)]
#[expect(missing_docs, reason = "the column is explained in the migration")]
pub struct PlanRow {
    pub plan: Plan,
}

/// Binds [`LIST`].
pub fn list(credential: &Credential, org: &OrgId, after: Option<&UserId>, limit: u32) -> Bound {
    LIST.bind([
        credential.hash.as_str().into(),
        credential.organization.as_ref().into(),
        after.into(),
        limit.into(),
        org.into(),
    ])
}

/// Binds [`FIND_AS_CALLER`].
pub fn find_as_caller(credential: &Credential, org: &OrgId, user: &UserId) -> Bound {
    FIND_AS_CALLER.bind([
        credential.hash.as_str().into(),
        credential.organization.as_ref().into(),
        user.into(),
        org.into(),
    ])
}

/// Binds [`INVITER_AS_CALLER`].
pub fn inviter_as_caller(credential: &Credential, org: Option<&OrgId>) -> Bound {
    INVITER_AS_CALLER.bind([
        credential.hash.as_str().into(),
        credential.organization.as_ref().into(),
        org.into(),
    ])
}
