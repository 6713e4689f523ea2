//! Webhook endpoints. The sealed secret never leaves as an answer.

use serde::Deserialize;

use super::callers::Credential;
use super::{Bound, flag};
use crate::model::id::{OrgId, WebhookId};
use crate::time::Timestamp;

/// An endpoint as it is answered, without the braces; `w` is the row. In two calls, since D1 allows
/// 32 arguments a function.
macro_rules! members {
    () => {
        concat!(
            r#"concat('"id":"', w.id, '","orgId":"', w.org_id, '","url":', json_quote(w.url),
               ',"description":', json_quote(w.description), ',"events":', w.events,
               ',"domainIds":', w.domain_ids, ',"domainTags":', w.domain_tags, ',"headerNames":', w.header_names,
               ',"apiVersion":"', w.api_version, '","ordering":"', iif(w.fifo, 'fifo', 'none'),
               '","enabled":', iif(w.enabled, 'true', 'false'))
            || concat(',"payload":"', w.payload, '","maxPerMinute":', json_quote(w.per_minute), ',"disabledReason":', json_quote(w.disabled_reason),
               ',"failingSince":', "#, iso!("w.failing_since"), r#", ',"lastDeliveryAt":', "#, iso!("w.last_delivery_at"), r#",
               ',"disabledAt":', "#, iso!("w.disabled_at"), r#", ',"publicKey":', json_quote(w.public_key),
               ',"previousSecretUntil":', "#, iso!("w.previous_secret_until"), r#",
               ',"createdAt":', "#, iso!("w.created_at"), r#", ',"updatedAt":', "#, iso!("w.updated_at"), r#")"#
        )
    };
}

/// The domains of a JSON array of ids that organization `?2` does not have; none for NULL.
macro_rules! unknown {
    ($ids:literal) => {
        concat!(
            "SELECT j.value AS id FROM json_each(",
            $ids,
            ") j WHERE NOT EXISTS (SELECT 1 FROM domains d WHERE d.id = j.value AND d.org_id = ?2)"
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
    /// The caller's endpoint `?3` as a row. The query of its address may hold a credential.
    FIND_AS_CALLER = concat!(caller_cte!(), "SELECT w.id, w.org_id, w.url, w.enabled, w.sealed_secret, w.previous_secret_until, w.sealed_key,
               w.created_at, w.failing_since, w.disabled_at, w.sealed_headers,
               json_object('url', substr(w.url, 1, instr(concat(w.url, char(63)), char(63)) - 1), 'description', w.description,
                 'events', json(w.events), 'enabled', json(iif(w.enabled, 'true', 'false')),
                 'domainIds', json(w.domain_ids), 'domainTags', json(w.domain_tags), 'headerNames', json(w.header_names),
                 'apiVersion', w.api_version, 'ordering', iif(w.fifo, 'fifo', 'none'),
                 'ed25519', json(iif(w.public_key IS NULL, 'false', 'true')), 'payload', w.payload,
                 'maxPerMinute', w.per_minute) AS settings
        FROM caller JOIN webhook_endpoints w ON w.org_id = caller.org_id WHERE w.id = ?3");
    /// Makes an endpoint, while the organization `?2` holds fewer than `?8` and knows the domains `?9`.
    INSERT = concat!("INSERT INTO webhook_endpoints (id, org_id, url, description, events, enabled, sealed_secret,
            created_at, updated_at, domain_ids, domain_tags, header_names, sealed_headers, api_version, fifo,
            disabled_reason, disabled_at, public_key, sealed_key, payload, per_minute)
        SELECT ?1, ?2, ?3, ?4, ?5, ?15, ?6, ?7, ?7, ?9, ?10, ?11, ?12, ?13, ?14, iif(?15, NULL, 'owner'), iif(?15, NULL, ?7), ?16, ?17,
               ?18, ?19
         WHERE (SELECT COUNT(*) FROM webhook_endpoints WHERE org_id = ?2) < ?8 AND NOT EXISTS (", unknown!("?9"), ")");
    /// A domain of `?1` (JSON array of ids) that organization `?2` does not have.
    UNKNOWN_DOMAIN = concat!(unknown!("?1"), " LIMIT 1");
    /// How many endpoints the organization `?1` holds.
    COUNT = "SELECT COUNT(*) AS count FROM webhook_endpoints WHERE org_id = ?1";
    /// Changes the endpoint `?1` of organization `?2` at `?3`, if the organization knows the domains
    /// `?10`. Only what is given is written, so that two changes at once both hold: NULL stands for
    /// "as it is"; the description is `?7` where `?6` says so. Where `?15` asks for a key pair, the halves
    /// `?16` and `?17` are taken by one that has none; `?18` is the form of what is sent, and the bound for a
    /// minute is `?20` where `?19` says so. Where some headers are kept, `?21` is the text that they were
    /// read from: who changed it meanwhile wins. One that is turned on again, or that
    /// gets another address, begins with a clean health.
    UPDATE = concat!("UPDATE webhook_endpoints SET updated_at = ?3,
            url = coalesce(?4, url), events = coalesce(?5, events), description = iif(?6, ?7, description),
            enabled = coalesce(?8, enabled), domain_tags = coalesce(?9, domain_tags), domain_ids = coalesce(?10, domain_ids),
            header_names = coalesce(?11, header_names), sealed_headers = coalesce(?12, sealed_headers),
            api_version = coalesce(?13, api_version), fifo = coalesce(?14, fifo),
            disabled_reason = CASE WHEN ?8 THEN NULL WHEN enabled AND NOT ?8 THEN 'owner' ELSE disabled_reason END,
            disabled_at = CASE WHEN ?8 THEN NULL WHEN enabled AND NOT ?8 THEN ?3 ELSE disabled_at END,
            public_key = CASE WHEN ?15 IS NULL THEN public_key WHEN ?15 THEN coalesce(public_key, ?16) END,
            sealed_key = CASE WHEN ?15 IS NULL THEN sealed_key WHEN ?15 THEN coalesce(sealed_key, ?17) END,
            previous_key = iif(?15 = 0, NULL, previous_key),
            payload = coalesce(?18, payload), per_minute = iif(?19, ?20, per_minute),
            address_checked_at = iif(url <> ?4, 0, address_checked_at),
            failing_since = iif(url <> ?4 OR (?8 AND NOT enabled), NULL, failing_since)
        WHERE id = ?1 AND org_id = ?2 AND coalesce(sealed_headers = ?21, ?21 IS NULL) AND NOT EXISTS (", unknown!("?10"), ")");
    /// Gives the endpoint `?1` of organization `?2`, whose secret is `?3`, the secret `?4`, with `?5`
    /// beside it until `?6` or none, at `?7`; and where it has a key pair the one of `?8` and `?9`, with
    /// `?10` beside it.
    ROTATE = "UPDATE webhook_endpoints SET sealed_secret = ?4, previous_secret = ?5, previous_secret_until = ?6, updated_at = ?7,
            public_key = iif(sealed_key IS NULL, NULL, coalesce(?8, public_key)),
            sealed_key = iif(sealed_key IS NULL, NULL, coalesce(?9, sealed_key)),
            previous_key = iif(sealed_key IS NULL, NULL, ?10)
        WHERE id = ?1 AND org_id = ?2 AND sealed_secret = ?3";
    /// Drops the previous secret of the endpoint `?1` of organization `?2` at `?3`.
    END_ROTATION = "UPDATE webhook_endpoints SET previous_secret = NULL, previous_secret_until = NULL, previous_key = NULL, updated_at = ?3
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
    /// JSON object: what its owner can change, as the audit log shows it.
    pub settings: String,
    #[serde(deserialize_with = "flag::deserialize")]
    pub enabled: bool,
    pub sealed_secret: String,
    pub previous_secret_until: Option<Timestamp>,
    pub sealed_key: Option<String>,
    pub created_at: Timestamp,
    pub failing_since: Option<Timestamp>,
    pub disabled_at: Option<Timestamp>,
    pub sealed_headers: Option<String>,
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
