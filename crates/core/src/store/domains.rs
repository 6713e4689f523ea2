//! Domains.
//!
//! The answer of a domain is made here as finished JSON text, the same for list and detail:
//! building it in SQL saves the decoding and encoding of each row in the Worker (measured by
//! `cargo xtask bench`). D1 allows 32 arguments a function, so it is put together from two calls
//! of `concat`. Only words of our own closed sets, ids and host names stand unquoted.

use serde::Deserialize;

use super::callers::Credential;
use super::{Bound, Value, flag};
use crate::model::domain_news::Told;
use crate::model::domain_state::{DomainErrorCode, DomainStatus};
use crate::model::id::{DomainId, OrgId};
use crate::time::Timestamp;

/// The members of a domain's JSON object, without the braces; `d` is the row.
macro_rules! members {
    () => {
        concat!(
            r#"concat('"id":"', d.id, '","orgId":"', d.org_id, '","domainName":"', d.hostname,
              '","status":"', d.status, '","cnameTarget":', json_quote(d.delegation_target),
              ',"dnsInstruction":', json_quote(d.dns_instruction),
              ',"createdAt":', "#, iso!("d.created_at"), r#", ',"updatedAt":', "#, iso!("d.updated_at"), r#",
              ',"cfCustomHostnameId":', json_quote(d.cf_id), ',"cfStatus":', json_quote(d.cf_status),
              ',"cfSslStatus":', json_quote(d.cf_ssl_status), ',"cfVerificationErrors":', d.cf_errors)
            || concat(',"expiresAt":', "#, iso!("d.expires_at"), r#", ',"expiresSource":', json_quote(d.expires_source),
              ',"lastIssuedAt":', "#, iso!("d.last_issued_at"), r#", ',"errorCode":', json_quote(d.error_code),
              ',"errorMessage":', json_quote(d.error_message), ',"tags":', d.tags,
              ',"wildcard":', iif(substr(d.hostname, 1, 2) = '*.', 'true', 'false'),
              ',"dnsVerified":', iif(d.dns_verified, 'true', 'false'),
              ',"nextCheckAt":', "#, iso!("d.next_check_at"), r#", ',"dnsRecords":', d.dns_records)"#
        )
    };
}

/// `{"domain": …}` of the row `d`, with its certificates, newest first.
macro_rules! detail {
    () => {
        concat!(
            r#"concat('{"domain":{', "#, members!(), r#", ',"certificates":[', (
                 SELECT group_concat(concat('{"issuer":', json_quote(c.issuer), ',"serial":', json_quote(c.serial),
                        ',"fingerprint":', json_quote(c.fingerprint), ',"keyType":"', c.key_type,
                        '","issuedAt":', "#, iso!("c.issued_at"), r#", ',"expiresAt":', "#, iso!("c.expires_at"), r#", '}'), ',')
                   FROM (SELECT * FROM certificates WHERE domain_id = d.id
                          ORDER BY issued_at DESC, identity LIMIT 100) c),
               ']}}')"#
        )
    };
}

/// The columns of [`DomainRow`].
macro_rules! columns {
    () => {
        "d.id, d.org_id, d.hostname, d.status, d.cf_id, d.cf_status, d.cf_ssl_status, d.cf_errors,
         d.delegation_target, d.dns_records, d.dns_verified, d.expires_at, d.last_issued_at,
         d.error_code, d.version, d.seq, d.next_check_at, d.failures, d.missing_strikes,
         d.created_at, d.tags, d.dns_missed_at, d.reminded_hours, d.warned_days, d.told_once,
         (SELECT json_group_array(c.identity) FROM certificates c WHERE c.domain_id = d.id) AS certificates"
    };
}

/// ` AND`: a domain with `$tags` is within what a token is limited to, `$limit` or NULL
/// ([`TagLimit`](crate::model::tag::TagLimit)).
macro_rules! and_within {
    ($limit:literal, $tags:literal) => {
        concat!(" AND (", $limit, " IS NULL OR ", share_a_word!($limit, $tags), ")")
    };
}

statements! { "domains";
    /// One page of the caller's domains, newest first: `?3` id to start after or NULL, `?4` limit.
    #[answers]
    LIST = page!("domains", "domains", "d", concat!("concat('{', ", members!(), ", '}')"), "org_id",
        and_within!("caller.domain_tags", "domains.tags"));
    /// The caller's domain `?3` as an answer.
    #[answers]
    DETAIL = as_caller!(concat!(
        "SELECT ", detail!(), " FROM domains d WHERE d.id = ?3 AND d.org_id = caller.org_id",
        and_within!("caller.domain_tags", "d.tags")));
    /// The domain `?1` of organization `?2` as an answer, after a change.
    #[answers]
    ANSWER = concat!("SELECT ", detail!(), " AS body FROM domains d WHERE d.id = ?1 AND d.org_id = ?2");
    /// The caller's domain `?3` as a row.
    FIND_AS_CALLER = concat!(caller_cte!(), "SELECT ", columns!(),
        " FROM caller JOIN domains d ON d.org_id = caller.org_id WHERE d.id = ?3");
    /// The domain `?1`, for background work.
    FIND = concat!("SELECT ", columns!(), " FROM domains d WHERE d.id = ?1");
    /// Due domains among the custom hostnames `?1` (JSON array of ids) at `?2`.
    DUE_AMONG = concat!("SELECT ", columns!(), " FROM json_each(?1) j JOIN domains d ON d.cf_id = j.value
        WHERE d.next_check_at <= ?2");
    /// Adds a domain while the organization `?2` holds fewer than `?6`: one statement, so that
    /// parallel adds cannot pass the limit.
    RESERVE = "INSERT INTO domains (id, org_id, hostname, status, next_check_at, created_at, updated_at, seq, tags)
        SELECT ?1, ?2, ?3, 'pending_cname', ?4, ?5, ?5, 1, ?7
         WHERE (SELECT COUNT(*) FROM domains WHERE org_id = ?2) < ?6";
    /// How many domains the organization `?1` holds.
    COUNT = "SELECT COUNT(*) AS count FROM domains WHERE org_id = ?1";
    /// Writes what a look at the upstream decided, if nobody wrote since version `?2` was read.
    SETTLE = "UPDATE domains SET version = version + 1,
            status = ?3, cf_id = ?4, cf_status = ?5, cf_ssl_status = ?6, cf_errors = ?7,
            delegation_target = ?8, dns_instruction = ?9, dns_records = ?10, dns_verified = ?11,
            expires_at = ?12, expires_source = ?13, last_issued_at = ?14,
            error_code = ?15, error_message = ?16, seq = ?17, next_check_at = ?18,
            missing_strikes = ?19, failures = 0, woken_at = 0, updated_at = ?20,
            dns_missed_at = ?21, reminded_hours = ?22, warned_days = ?23, told_once = ?24
      WHERE id = ?1 AND version = ?2";
    /// The upstream gave no usable answer: domain `?1` is due again at `?2`.
    POSTPONE = "UPDATE domains SET failures = failures + 1, next_check_at = ?2, woken_at = 0 WHERE id = ?1";
    /// Looked at without news: JSON array `?1` of `[id, next_check_at]`.
    RESCHEDULE = "UPDATE domains SET next_check_at = json_extract(j.value, '$[1]'), failures = 0,
            missing_strikes = 0, woken_at = 0
       FROM json_each(?1) j WHERE domains.id = json_extract(j.value, '$[0]')";
    /// Takes up to `?2` domains that are due at `?1` and were not woken since `?3`; with `?4` only
    /// those that are still to be created at Cloudflare.
    WAKE_DUE = "UPDATE domains SET woken_at = ?1 WHERE id IN (
            SELECT id FROM domains WHERE next_check_at <= ?1 AND woken_at <= ?3 AND (?4 = 0 OR cf_id IS NULL)
             ORDER BY next_check_at LIMIT ?2) RETURNING id";
    /// Takes at `?1` up to `?2` domains that were due before the lease `?3` was taken, and still are.
    WAKE_PASSED_OVER = "UPDATE domains SET woken_at = ?1 WHERE id IN (
            SELECT id FROM domains WHERE next_check_at < (SELECT updated_at FROM leases WHERE name = ?3)
             ORDER BY next_check_at LIMIT ?2) RETURNING id";
    /// How many provisioned domains are due at `?1`, counted up to `?2`.
    COUNT_DUE = "SELECT COUNT(*) AS count FROM (SELECT 1 FROM domains
        WHERE next_check_at <= ?1 AND cf_id IS NOT NULL LIMIT ?2)";
    /// Notes at `?2` that it is told that work of those of `?1` (JSON array of ids) that are due was set
    /// aside, where that was not told since `?3`.
    NOTE_SET_ASIDE = concat!("UPDATE domains SET set_aside_told_at = ?2 WHERE ",
        set_aside_untold!("domains", "domains.next_check_at"));
    /// Starts a sync that was asked for at `?3` by who is limited to the tags `?5` or NULL, unless the last
    /// was after `?4`.
    ASK = concat!("UPDATE domains SET asked_at = ?3 WHERE id = ?1 AND org_id = ?2 AND asked_at <= ?4",
        and_within!("?5", "domains.tags"));
    /// When the next sync of `?1` may be asked for.
    ASKED_AT = "SELECT asked_at FROM domains WHERE id = ?1 AND org_id = ?2";
    /// Gives the domain `?1` of organization `?2` the tags `?3` at `?4`, if nobody wrote since version `?5`
    /// was read: a new version, so that no look that is under way tells of the old ones. `?6` is the
    /// number of the event.
    TAG = "UPDATE domains SET tags = ?3, version = version + 1, seq = ?6, updated_at = ?4 WHERE id = ?1 AND org_id = ?2 AND version = ?5";
    /// Deletes the domain `?1` of organization `?2` at version `?3`.
    DELETE = "DELETE FROM domains WHERE id = ?1 AND org_id = ?2 AND version = ?3";
}

/// A domain as background work needs it.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct DomainRow {
    pub id: DomainId,
    pub org_id: OrgId,
    pub hostname: String,
    pub status: DomainStatus,
    pub cf_id: Option<String>,
    pub cf_status: Option<String>,
    pub cf_ssl_status: Option<String>,
    pub cf_errors: String,
    pub delegation_target: Option<String>,
    pub dns_records: String,
    #[serde(deserialize_with = "flag::deserialize")]
    pub dns_verified: bool,
    pub expires_at: Option<Timestamp>,
    pub last_issued_at: Option<Timestamp>,
    pub error_code: Option<DomainErrorCode>,
    pub version: i64,
    pub seq: i64,
    pub next_check_at: Timestamp,
    pub failures: u32,
    pub missing_strikes: u32,
    pub created_at: Timestamp,
    /// JSON array.
    pub tags: String,
    pub dns_missed_at: Option<Timestamp>,
    pub reminded_hours: u32,
    pub warned_days: u32,
    pub told_once: u32,
    /// JSON array: what makes each certificate of its history that one.
    pub certificates: String,
}

impl DomainRow {
    /// How far its story was told.
    pub fn told(&self) -> Told {
        Told {
            dns_missed_at: self.dns_missed_at,
            reminded_hours: self.reminded_hours,
            warned_days: self.warned_days,
            once: self.told_once,
        }
    }

    /// The tags as words.
    pub fn tags(&self) -> Vec<String> {
        serde_json::from_str(&self.tags).unwrap_or_default()
    }
}

/// Binds [`LIST`].
pub fn list(credential: &Credential, after: Option<&DomainId>, limit: u32) -> Bound {
    LIST.bind([
        credential.hash.as_str().into(),
        credential.organization.as_ref().into(),
        after.into(),
        limit.into(),
    ])
}

/// Binds [`DETAIL`].
pub fn detail(credential: &Credential, id: &DomainId) -> Bound {
    DETAIL.bind([credential.hash.as_str().into(), credential.organization.as_ref().into(), id.into()])
}

/// Binds [`FIND_AS_CALLER`].
pub fn find_as_caller(credential: &Credential, id: &DomainId) -> Bound {
    FIND_AS_CALLER.bind([
        credential.hash.as_str().into(),
        credential.organization.as_ref().into(),
        id.into(),
    ])
}

/// What [`SETTLE`] writes.
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct Settled<'a> {
    pub status: DomainStatus,
    pub cf_id: Option<&'a str>,
    pub cf_status: Option<&'a str>,
    pub cf_ssl_status: Option<&'a str>,
    pub cf_errors: String,
    pub delegation_target: Option<&'a str>,
    pub dns_instruction: Option<String>,
    pub dns_records: String,
    pub dns_verified: bool,
    pub expires_at: Option<Timestamp>,
    pub expires_source: Option<&'static str>,
    pub last_issued_at: Option<Timestamp>,
    pub error: Option<DomainErrorCode>,
    pub seq: i64,
    pub next_check_at: Timestamp,
    pub missing_strikes: u32,
    pub told: Told,
}

/// Binds [`SETTLE`] for a row that was read at `row.version`.
pub fn settle(row: &DomainRow, new: Settled<'_>, now: Timestamp) -> Bound {
    SETTLE.bind([
        (&row.id).into(),
        row.version.into(),
        new.status.as_str().into(),
        new.cf_id.into(),
        new.cf_status.into(),
        new.cf_ssl_status.into(),
        new.cf_errors.into(),
        new.delegation_target.into(),
        new.dns_instruction.into(),
        new.dns_records.into(),
        new.dns_verified.into(),
        new.expires_at.into(),
        new.expires_source.into(),
        new.last_issued_at.into(),
        new.error.map(DomainErrorCode::as_str).into(),
        new.error.map(DomainErrorCode::message).into(),
        new.seq.into(),
        new.next_check_at.into(),
        new.missing_strikes.into(),
        now.into(),
        new.told.dns_missed_at.into(),
        new.told.reminded_hours.into(),
        new.told.warned_days.into(),
        new.told.once.into(),
    ])
}

/// Binds [`RESCHEDULE`] for many domains at once.
pub fn reschedule(next: &[(&DomainId, Timestamp)]) -> Bound {
    let pairs: Vec<(&str, i64)> = next.iter().map(|(id, at)| (id.as_str(), at.as_millis())).collect();
    RESCHEDULE.bind([Value::json(&pairs)])
}
