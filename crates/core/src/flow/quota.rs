//! Asks Cloudflare how many custom hostnames the zone may have, and tells the operator in time.
//!
//! Running it twice is harmless: the mails hang on its not being known yet, which the same batch notes.

use serde_json::json;

use super::{rows, upstream, wake_mails};
use crate::model::id::MailId;
use crate::model::mail::MailKind;
use crate::model::quota::QuotaStatus;
use crate::ports::{App, DbError, Level};
use crate::store::{Bound, Rows, hostname_quotas, leases};
use crate::time::{Span, Timestamp};

const LEASE: &str = "hostname_quota";
/// How often Cloudflare is asked, and how long after the first run of the scheduler.
const EVERY: Span = Span::hours(4);
const FIRST: Span = Span::minutes(10);

/// The statements by which a tick finds out whether it is time to ask; [`is_due`] reads the second.
pub(super) fn look(now: Timestamp) -> [Bound; 2] {
    [
        leases::BEGIN.bind([LEASE.into(), now.into(), now.plus(FIRST).into()]),
        leases::TAKE.bind([LEASE.into(), now.into(), now.plus(EVERY).into()]),
    ]
}

/// Whether this tick, and no other, is to wake [`read`].
pub(super) const fn is_due(taken: &Rows) -> bool {
    taken.changes == 1
}

/// Asks, keeps the answer, and tells those who operate the deployment, once each time that it gets tight.
pub async fn read(app: &App) -> Result<(), DbError> {
    let Some(zone) = app.config.zone_id.as_deref() else { return Ok(()) };
    let quota = match upstream::quota(app).await {
        Ok(quota) => quota,
        Err(failure) => {
            let fields = json!({ "cause": format!("{failure:?}") });
            app.log.line(Level::Warn, "quota.not_read", fields);
            return Ok(());
        }
    };
    if quota.status() == QuotaStatus::Full {
        let fields = json!({ "used": quota.used, "allocated": quota.allocated });
        app.log.line(Level::Error, "quota.full", fields);
    }
    let now = app.clock.now();
    let to = app.config.operator_emails.iter();
    let mails: Vec<_> = to.map(|to| (MailId::new(now, app.entropy.bytes()), to)).collect();
    let data = json!({ "used": quota.used.to_string(), "allocated": quota.allocated.to_string() });
    let kind = MailKind::HostnameQuota.as_str();
    let mut batch = vec![hostname_quotas::keep(zone, quota, now)];
    batch.extend(hostname_quotas::tell(zone, &mails, kind, &data, now));
    let answers = app.db.batch("quota.keep", batch).await?;
    wake_mails(app, [rows(&answers, 1)?])
}
