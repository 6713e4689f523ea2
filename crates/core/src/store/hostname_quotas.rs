//! How many custom hostnames the zone may have, as Cloudflare was last asked.

use serde::Deserialize;

use super::{Bound, Value};
use crate::model::email::EmailAddress;
use crate::model::id::MailId;
use crate::model::quota::{CALM_PERCENT, HostnameQuota, NEARLY_FULL_PERCENT};
use crate::time::Timestamp;

statements! { "hostname_quotas";
    /// What is known of zone `?1`: a [`QuotaRow`].
    FIND = "SELECT used, allocated, read_at FROM hostname_quotas WHERE zone_id = ?1";
    /// Keeps of zone `?1` that `?2` of `?3` are used at `?4`. Below `?5` percent nobody needs to know any
    /// more, so that the next time is told again.
    KEEP = "INSERT INTO hostname_quotas (zone_id, used, allocated, read_at, told) VALUES (?1, ?2, ?3, ?4, 0)
        ON CONFLICT (zone_id) DO UPDATE SET used = ?2, allocated = ?3, read_at = ?4,
               told = iif(?2 * 100 < ?3 * ?5, 0, told)";
    /// The mails (JSON array of id, address) of kind `?2` with the data `?3` at `?4`, if zone `?5` uses `?6`
    /// percent or more, and that is not known yet.
    MAILS = "INSERT INTO mails (id, to_address, kind, data, state, next_attempt_at, created_at, updated_at)
        SELECT m.value ->> 0, m.value ->> 1, ?2, ?3, 'pending', ?4, ?4, ?4
          FROM json_each(?1) m JOIN hostname_quotas q ON q.zone_id = ?5
         WHERE q.told = 0 AND q.used * 100 >= q.allocated * ?6 RETURNING id";
    /// Notes that it is known, if zone `?1` uses `?2` percent or more.
    NOTE_TOLD = "UPDATE hostname_quotas SET told = 1 WHERE zone_id = ?1 AND told = 0 AND used * 100 >= allocated * ?2";
}

/// What is known.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct QuotaRow {
    /// What Cloudflare said.
    #[serde(flatten)]
    pub quota: HostnameQuota,
    /// When it said so.
    pub read_at: Timestamp,
}

/// Binds [`FIND`].
pub fn find(zone: Option<&str>) -> Bound {
    FIND.bind([zone.into()])
}

/// Binds [`KEEP`].
pub fn keep(zone: &str, quota: HostnameQuota, now: Timestamp) -> Bound {
    KEEP.bind([zone.into(), quota.used.into(), quota.allocated.into(), now.into(), CALM_PERCENT.into()])
}

/// Binds [`MAILS`] and [`NOTE_TOLD`], in this order; they follow [`KEEP`].
pub fn tell(
    zone: &str,
    mails: &[(MailId, &EmailAddress)],
    kind: &str,
    data: &serde_json::Value,
    now: Timestamp,
) -> [Bound; 2] {
    let mails: Vec<[&str; 2]> = mails.iter().map(|(id, to)| [id.as_str(), to.as_str()]).collect();
    [
        MAILS.bind([
            Value::json(&mails),
            kind.into(),
            data.to_string().into(),
            now.into(),
            zone.into(),
            NEARLY_FULL_PERCENT.into(),
        ]),
        NOTE_TOLD.bind([zone.into(), NEARLY_FULL_PERCENT.into()]),
    ]
}
