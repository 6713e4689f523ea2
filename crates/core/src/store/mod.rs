//! SQL and nothing else: one file a table, statements as data.
//!
//! `statements!` is the only way to make a runnable [`Statement`], and it fills the list that the
//! tests prepare against the real migrations. A join belongs to the table whose row it returns.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::json;
use crate::ports::DbError;
use crate::time::Timestamp;

/// One SQL statement with its name.
#[derive(Debug)]
pub struct Statement {
    /// `table.NAME`, for logs and tests.
    pub name: &'static str,
    /// The text; parameters are `?1`, `?2`, …
    pub sql: &'static str,
    /// Why a full scan is right here; `None` where the plan must use an index.
    pub scan: Option<&'static str>,
    /// Whether the first row has a column `body` of finished JSON text, which travels unparsed in
    /// [`Rows::body`].
    pub answers: bool,
}

impl Statement {
    /// Binds the parameters, in order.
    pub fn bind<const N: usize>(&'static self, values: [Value; N]) -> Bound {
        Bound { statement: self, values: values.into() }
    }
}

/// A statement with its parameters, ready to run.
#[derive(Debug, Clone)]
pub struct Bound {
    /// What runs.
    pub statement: &'static Statement,
    /// `?1`, `?2`, …
    pub values: Vec<Value>,
}

/// A parameter. D1 knows no 64-bit integers above 2^53, so none is bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// An integer below 2^53 in magnitude.
    Integer(i64),
    /// Text.
    Text(String),
}

impl Value {
    /// A list as one parameter, for `json_each`: the way past the limit of 100 parameters.
    pub fn json(list: &(impl Serialize + ?Sized)) -> Self {
        // Serialising plain lists of text and numbers cannot fail; an empty list is the safe answer.
        Self::Text(serde_json::to_string(list).unwrap_or_else(|_| "[]".to_owned()))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}
impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}
impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(i64::from(number))
    }
}
impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Integer(i64::from(flag))
    }
}
impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Self::Integer(time.as_millis())
    }
}
impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// What one statement of a batch gave back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// The rows as JSON text: an array of objects, one key a column.
    pub json: String,
    /// Rows that the statement inserted, updated or deleted.
    pub changes: u64,
    /// Rows that D1 read for it (its billing figure); 0 where the adapter cannot tell.
    pub rows_read: u64,
    /// The `body` of a statement that answers; `None` where the first row has NULL there, or
    /// there is no row. It is not in `json`.
    pub body: Option<String>,
}

impl Rows {
    /// All rows as `T`, whose fields are the columns.
    pub fn all<T: DeserializeOwned>(&self) -> Result<Vec<T>, DbError> {
        if self.json.is_empty() {
            return Ok(Vec::new());
        }
        json::objects(&self.json).map_err(|error| DbError::Fault(error.to_string()))
    }

    /// The first row, if there is one.
    pub fn first<T: DeserializeOwned>(&self) -> Result<Option<T>, DbError> {
        Ok(self.all()?.into_iter().next())
    }
}

/// Reads `SQLite`'s 0 and 1 as a `bool`.
pub(crate) mod flag {
    use serde::{Deserialize, Deserializer};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<bool, D::Error> {
        Ok(i64::deserialize(deserializer)? != 0)
    }
}

/// Declares the statements of one table and the list `ALL` of them.
macro_rules! statements {
    ($table:literal; $($(#[doc = $doc:literal])+ $(#[scan($scan:literal)])? $(#[answers $($answers:literal)?])? $name:ident = $sql:expr;)+) => {
        $($(#[doc = $doc])+ pub static $name: $crate::store::Statement = $crate::store::Statement {
            name: concat!($table, ".", stringify!($name)),
            sql: $sql,
            scan: $crate::store::statements!(@scan $($scan)?),
            answers: $crate::store::statements!(@answers $(answers $($answers)?)?),
        };)+

        /// Every statement of this file.
        pub static ALL: &[&$crate::store::Statement] = &[$(&$name),+];
    };
    (@scan) => { None };
    (@scan $scan:literal) => { Some($scan) };
    (@answers) => { false };
    (@answers answers) => { true };
}
pub(crate) use statements;

/// Wraps a scalar query into a read by the caller: the row has the columns of
/// [`CallerRow`](crate::model::caller::CallerRow) and `body`. `?1` is the hash of the credential, `?2` the organization
/// that was asked for or NULL; the query sees both as `caller`.
macro_rules! as_caller {
    ($body:expr) => {
        concat!($crate::store::caller_cte!(), "SELECT caller.*, (", $body, ") AS body FROM caller")
    };
}

/// One page of a table for the caller, newest first, as `{"<key>": [...], "nextCursor": ...}`:
/// `?3` is the id to start after or NULL, `?4` the limit. `$item` makes the JSON text of one row,
/// which it sees as `$row`. A full page is followed by one look for a further row.
///
/// `'~'` sorts after every id, so that the first page is a range of the index like all others. A
/// parameter alone after LIMIT halves the speed: `SQLite` then plans the statement at every binding.
macro_rules! page {
    ($key:literal, $table:literal, $row:literal, $item:expr) => {
        page!($key, $table, $row, $item, "org_id")
    };
    // `$owner` is the column that the table and the caller share.
    ($key:literal, $table:literal, $row:literal, $item:expr, $owner:literal) => {
        page!($key, $table, $row, $item, $owner, "")
    };
    // `$and` narrows the rows further.
    ($key:literal, $table:literal, $row:literal, $item:expr, $owner:literal, $and:expr) => {
        as_caller!(concat!(
            r#"SELECT concat('{""#,
            $key,
            r#"":[', items, '],"nextCursor":',
                      json_quote(iif(count = ?4 AND EXISTS (
                        SELECT 1 FROM "#,
            $table,
            " WHERE ",
            $owner,
            " = caller.",
            $owner,
            $and,
            r#" AND id < oldest), oldest, NULL)), '}')
               FROM (SELECT group_concat("#,
            $item,
            r#", ',') AS items, COUNT(*) AS count, MIN(id) AS oldest
                       FROM (SELECT * FROM "#,
            $table,
            " WHERE ",
            $owner,
            " = caller.",
            $owner,
            $and,
            r#" AND id < ifnull(?3, '~')
                              ORDER BY id DESC LIMIT ?4 + 0) "#,
            $row,
            ")"
        ))
    };
}

/// The CTE `caller`: at most one row, by `?1` and `?2` as in [`as_caller`].
macro_rules! caller_cte {
    () => {
        "WITH caller AS (
           SELECT kind, credential_id, org_id, user_id, role, scopes, domain_tags, allowed_ips, expires_at,
                  last_used_at, plan, domain_limit, requests_per_minute
             FROM callers
            WHERE credential_hash = ?1 AND (?2 IS NULL OR org_id = ?2)
            ORDER BY since LIMIT 1) "
    };
}
pub(crate) use caller_cte;

/// A time in milliseconds as a JSON string in ISO 8601, or `null`.
macro_rules! iso {
    ($column:literal) => {
        concat!("json_quote(strftime('%Y-%m-%dT%H:%M:%fZ', ", $column, " / 1000.0, 'unixepoch'))")
    };
}

/// What the body of an event begins with that SQL makes for the row `$row`, as arguments of `json_object`: its
/// id, type and time.
macro_rules! event_head {
    ($row:literal, $id:expr, $type:literal, $at:literal) => {
        concat!(
            "'id', ",
            $id,
            ", 'type', ",
            $type,
            ", 'seq', NULL, 'orgId', ",
            $row,
            ".org_id, 'timestamp', ",
            iso!($at)
        )
    };
}

/// The id of the event that tells at `$at` of the row `$row`, which follows from both.
macro_rules! event_id_of {
    ($at:literal, $row:literal) => {
        concat!("concat('evt_', printf('%012x', ", $at, "), substr(", $row, ".id, -20))")
    };
}

/// The position of the newest event of the organization `$org`, 0 where there is none.
macro_rules! newest_position {
    ($org:expr) => {
        concat!(
            "(SELECT coalesce(MAX(position), 0) FROM events WHERE org_id = ",
            $org,
            " AND position IS NOT NULL)"
        )
    };
}

/// Whether the row `$row` is among `?1`, still due since `$due`, and not told of since `?3` as set aside. By
/// its id: an index on the time would give all that is due.
macro_rules! set_aside_untold {
    ($row:literal, $due:literal) => {
        concat!(
            $row,
            ".id IN (SELECT value FROM json_each(?1)) AND +",
            $due,
            " <= ?2 AND ",
            $row,
            ".set_aside_told_at <= ?3"
        )
    };
}

/// Whether two lists, given as the arguments of `json_each`, have a word in common.
macro_rules! share_a_word {
    ($left:expr, $right:expr) => {
        concat!(
            "EXISTS (SELECT 1 FROM json_each(",
            $left,
            ") s JOIN json_each(",
            $right,
            ") t ON t.value = s.value)"
        )
    };
}

/// The positions of the events that a statement writes for the rows `$row`, in the order of their ids.
macro_rules! further_positions {
    ($row:literal) => {
        concat!(
            newest_position!(concat!($row, ".org_id")),
            " + row_number() OVER (PARTITION BY +",
            $row,
            ".org_id ORDER BY +",
            $row,
            ".id)"
        )
    };
}

/// Whether the endpoint `w` wants the event `e`: its type, and its domain by id or by the tags that
/// it had then, as the body tells them. None is told of itself, nor of a mail about itself: one that
/// fails would only get more to fail with, and whoever turns an endpoint elsewhere shall not be all
/// who hears of it.
macro_rules! selected {
    () => {
        concat!(
            "(e.type NOT LIKE 'webhook.%' AND e.type NOT LIKE 'job.%' OR json_extract(e.payload, '$.webhookId') IS NOT w.id) AND EXISTS (SELECT 1 FROM json_each(w.events) s
               WHERE s.value IN ('*', e.type, concat(substr(e.type, 1, instr(e.type, '.')), '*')))
          AND (w.domain_ids = '[]' AND w.domain_tags = '[]'
            OR EXISTS (SELECT 1 FROM json_each(w.domain_ids) s WHERE s.value = e.domain_id)
            OR w.domain_tags <> '[]' AND ",
            share_a_word!("w.domain_tags", "e.payload, '$.tags'"),
            ")"
        )
    };
}

/// Declares the store's files, so that none is missing from [`all`].
macro_rules! tables {
    ($($(#[doc = $doc:literal])+ $module:ident;)*) => {
        $($(#[doc = $doc])+ pub mod $module;)*

        /// Every statement of the product.
        pub fn all() -> Vec<&'static Statement> {
            let lists: &[&[&'static Statement]] = &[$($module::ALL),*];
            lists.concat()
        }
    };
}

tables! {
    /// API tokens.
    api_tokens;
    /// Audit rows.
    audit_logs;
    /// Who calls: credentials joined with tenant, role and plan.
    callers;
    /// Certificates seen on domains.
    certificates;
    /// Deliveries of events to endpoints, and their attempts.
    deliveries;
    /// Deliveries as their owner sees them, and sending again.
    delivery_log;
    /// Domains.
    domains;
    /// Events and their fan-out.
    events;
    /// Readers of the feed of events.
    feed_consumers;
    /// How full the Cloudflare zone is.
    hostname_quotas;
    /// Custom hostnames still to be removed at Cloudflare.
    hostname_removals;
    /// Keys by which a repeated POST is known.
    idempotency_keys;
    /// People as other services know them.
    identities;
    /// Tokens that were found in public.
    leaks;
    /// Work that one holder does at a time.
    leases;
    /// Mails to be sent.
    mails;
    /// Who belongs to an organization.
    members;
    /// Attempts to sign in by a provider.
    oidc_attempts;
    /// Organizations as the operator sees them.
    operated;
    /// Organizations.
    organizations;
    /// Tokens that were revoked.
    revoked_tokens;
    /// Sessions of people.
    sessions;
    /// What signs a person in, once.
    sign_in_links;
    /// From where tokens are used.
    token_addresses;
    /// How often tokens are used.
    token_usage;
    /// Webhook endpoints.
    webhook_endpoints;
    /// What is known of the Cloudflare zone.
    zones;
}
