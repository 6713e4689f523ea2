//! Webhook endpoints. The sealed secret never leaves as an answer.

use serde::Deserialize;

use super::callers::Credential;
use super::{Bound, flag};
use crate::model::id::{OrgId, WebhookId};
use crate::time::Timestamp;

/// An endpoint as it is answered, without the closing brace; `w` is the row.
macro_rules! members {
    () => {
        concat!(
            r#"concat('"id":"', w.id, '","orgId":"', w.org_id, '","url":', json_quote(w.url),
               ',"description":', json_quote(w.description), ',"events":', w.events,
               ',"enabled":', iif(w.enabled, 'true', 'false'),
               ',"disabledReason":', json_quote(w.disabled_reason),
               ',"failingSince":', "#, iso!("w.failing_since"), r#", ',"lastDeliveryAt":', "#, iso!("w.last_delivery_at"), r#",
               ',"previousSecretUntil":', "#, iso!("w.previous_secret_until"), r#",
               ',"createdAt":', "#, iso!("w.created_at"), r#", ',"updatedAt":', "#, iso!("w.updated_at"), r#")"#
        )
    };
}

statements! { "webhook_endpoints";
    /// One page of the caller's endpoints, newest first: `?3` id to start after or NULL, `?4` limit.
    #[answers]
    LIST = page!("webhooks", "webhook_endpoints", "w", concat!("concat('{', ", members!(), ", '}')"));
    /// The caller's endpoint `?3` as an answer.
    #[answers]
    DETAIL = as_caller!(concat!("SELECT concat('{\"webhook\":{', ", members!(), ", '}}')
        FROM webhook_endpoints w WHERE w.id = ?3 AND w.org_id = caller.org_id"));
    /// The endpoint `?1` of organization `?2`: the members of its object, for the answer to a change.
    #[answers]
    ANSWER = concat!("SELECT ", members!(), " AS body FROM webhook_endpoints w WHERE w.id = ?1 AND w.org_id = ?2");
    /// The caller's endpoint `?3` as a row.
    FIND_AS_CALLER = concat!(caller_cte!(), "SELECT w.id, w.org_id, w.url, w.description, w.events, w.enabled,
               w.sealed_secret, w.previous_secret_until
        FROM caller JOIN webhook_endpoints w ON w.org_id = caller.org_id WHERE w.id = ?3");
    /// Makes an endpoint, while the organization `?2` holds fewer than `?8`.
    INSERT = "INSERT INTO webhook_endpoints (id, org_id, url, description, events, enabled, sealed_secret, created_at, updated_at)
        SELECT ?1, ?2, ?3, ?4, ?5, 1, ?6, ?7, ?7
         WHERE (SELECT COUNT(*) FROM webhook_endpoints WHERE org_id = ?2) < ?8";
    /// How many endpoints the organization `?1` holds.
    COUNT = "SELECT COUNT(*) AS count FROM webhook_endpoints WHERE org_id = ?1";
    /// Changes the endpoint `?1` of organization `?2`. One that is turned on again, or that gets
    /// another address, begins with a clean health.
    UPDATE = "UPDATE webhook_endpoints SET url = ?3, description = ?4, events = ?5, enabled = ?6, updated_at = ?7,
            disabled_reason = CASE WHEN ?6 THEN NULL WHEN enabled THEN 'owner' ELSE disabled_reason END,
            failing_since = iif(url <> ?3 OR (?6 AND NOT enabled), NULL, failing_since)
        WHERE id = ?1 AND org_id = ?2";
    /// Gives the endpoint `?1` of organization `?2`, whose secret is `?3`, the secret `?4`, with `?5`
    /// beside it until `?6` or none, at `?7`.
    ROTATE = "UPDATE webhook_endpoints SET sealed_secret = ?4, previous_secret = ?5, previous_secret_until = ?6, updated_at = ?7
        WHERE id = ?1 AND org_id = ?2 AND sealed_secret = ?3";
    /// Drops the previous secret of the endpoint `?1` of organization `?2` at `?3`.
    END_ROTATION = "UPDATE webhook_endpoints SET previous_secret = NULL, previous_secret_until = NULL, updated_at = ?3
        WHERE id = ?1 AND org_id = ?2 AND previous_secret IS NOT NULL";
    /// Deletes the endpoint `?1` of organization `?2`, its deliveries with it.
    DELETE = "DELETE FROM webhook_endpoints WHERE id = ?1 AND org_id = ?2";
}

/// An endpoint before a change.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct EndpointRow {
    pub id: WebhookId,
    pub org_id: OrgId,
    pub url: String,
    pub description: Option<String>,
    /// JSON array.
    pub events: String,
    #[serde(deserialize_with = "flag::deserialize")]
    pub enabled: bool,
    pub sealed_secret: String,
    pub previous_secret_until: Option<Timestamp>,
}

/// Binds [`FIND_AS_CALLER`].
pub fn find_as_caller(credential: &Credential, id: &WebhookId) -> Bound {
    FIND_AS_CALLER.bind([
        credential.hash.as_str().into(),
        credential.organization.as_ref().into(),
        id.into(),
    ])
}

/// Binds [`DETAIL`].
pub fn detail(credential: &Credential, id: &WebhookId) -> Bound {
    DETAIL.bind([
        credential.hash.as_str().into(),
        credential.organization.as_ref().into(),
        id.into(),
    ])
}

/// Binds [`LIST`].
pub fn list(credential: &Credential, after: Option<&WebhookId>, limit: u32) -> Bound {
    LIST.bind([
        credential.hash.as_str().into(),
        credential.organization.as_ref().into(),
        after.into(),
        limit.into(),
    ])
}
