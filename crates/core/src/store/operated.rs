//! Organizations as the operator of the deployment sees them: all of them, with their limits.

use serde::Deserialize;

use super::Bound;
use super::callers::Credential;
use crate::model::id::OrgId;
use crate::model::plan::Plan;

/// An organization as the operator sees it; `o` is the row.
macro_rules! operated {
    () => {
        concat!(
            r#"concat('{"id":"', o.id, '","name":', json_quote(o.name), ',"plan":"', o.plan,
               '","domainLimit":', json_quote(o.domain_limit), ',"requestsPerMinute":', json_quote(o.requests_per_minute),
               ',"domains":', (SELECT COUNT(*) FROM domains WHERE org_id = o.id),
               ',"members":', (SELECT COUNT(*) FROM members WHERE org_id = o.id),
               ',"createdAt":', "#, iso!("o.created_at"), r#", '}')"#
        )
    };
}

statements! { "operated";
    /// Who asks, and the organization `?3` that they mean, if there is one: an [`OperatorRow`].
    FIND_AS_CALLER = concat!(caller_cte!(), "SELECT u.email AS operator, o.id, o.plan, o.domain_limit, o.requests_per_minute
        FROM caller JOIN users u ON u.id = caller.user_id LEFT JOIN organizations o ON o.id = ?3");
    /// One page of organizations, newest first, whose id, name or owner's address holds `?1`: `?2` id to
    /// start after or NULL, `?3` limit; with how full the zone `?4` is.
    #[answers]
    LIST = concat!(
        r#"SELECT concat('{"organizations":[', group_concat("#, operated!(), r#", ','),
                  '],"hostnameQuota":', coalesce((SELECT json_object('used', used, 'allocated', allocated, 'readAt',
                    strftime('%Y-%m-%dT%H:%M:%fZ', read_at / 1000.0, 'unixepoch')) FROM hostname_quotas WHERE zone_id = ?4), 'null'),
                  ',"nextCursor":', json_quote(iif(COUNT(*) = ?3, MIN(o.id), NULL)), '}') AS body
             FROM (SELECT * FROM organizations
                    WHERE id < ifnull(?2, '~')
                      AND (instr(lower(name), lower(?1)) > 0 OR id = ?1 OR EXISTS (
                        SELECT 1 FROM members m JOIN users u ON u.id = m.user_id
                         WHERE m.org_id = organizations.id AND m.role = 'owner' AND instr(u.email, lower(?1)) > 0))
                    ORDER BY id DESC LIMIT ?3 + 0) o"#);
    /// Changes the organization `?1`: its plan to `?2` unless that is NULL, its limit of domains to `?4`
    /// if `?3`, its requests a minute to `?6` if `?5`, at `?7`.
    UPDATE = "UPDATE organizations SET plan = coalesce(?2, plan), domain_limit = iif(?3, ?4, domain_limit),
            requests_per_minute = iif(?5, ?6, requests_per_minute), updated_at = ?7 WHERE id = ?1";
    /// The organization `?1` as an answer.
    #[answers]
    ANSWER = concat!("SELECT concat('{\"organization\":', ", operated!(), ", '}') AS body FROM organizations o WHERE o.id = ?1");
}

/// Who asks, and what they mean.
#[derive(Debug, Clone, Deserialize)]
pub struct OperatorRow {
    /// The address of who asks.
    pub operator: String,
    /// The organization, if there is one.
    #[serde(flatten)]
    pub operated: Option<OperatedRow>,
}

/// An organization before a change.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct OperatedRow {
    pub id: OrgId,
    pub plan: Plan,
    pub domain_limit: Option<u32>,
    pub requests_per_minute: Option<u32>,
}

/// Binds [`FIND_AS_CALLER`].
pub fn find_as_caller(credential: &Credential, org: Option<&OrgId>) -> Bound {
    FIND_AS_CALLER.bind([
        credential.hash.as_str().into(),
        credential.organization.as_ref().into(),
        org.into(),
    ])
}
