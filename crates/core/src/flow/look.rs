//! Looks at one domain: creates its custom hostname where that is still to be done, else reads it
//! at Cloudflare and in DNS, and writes what that means.
//!
//! What can still go wrong: the Worker dies between the calls. Then the row is as it was, and due.
//!
//! Running it twice is harmless:
//!  1. Loading the row. No writes.
//!  2. Reading Cloudflare and DNS. No writes.
//!  3. Writing the decision, guarded by the version read in 1; a repeat decides "nothing changed".

use super::provision::{Ground, dcv_uuid, postpone, provision};
use super::settle::{Look, Outcome, settle, shown_records};
use super::{By, rows, upstream};
use crate::model::dns_record::{DnsRecord, Purpose};
use crate::model::domain_state::{DomainStatus, Reading};
use crate::model::id::DomainId;
use crate::model::upstream::cloudflare::Failure;
use crate::ports::{App, DbError};
use crate::store::domains;
use crate::store::domains::DomainRow;

/// What came of a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    /// Read and written.
    Settled,
    /// Cloudflare gave no usable answer; the domain is due again.
    Postponed,
    /// There is no such domain any more.
    Gone,
}

/// Looks at the domain `id` for the queue, if it is due: a repeated message costs no upstream call.
pub async fn if_due(app: &App, id: &DomainId) -> Result<Looked, DbError> {
    // 1.
    let Some((row, ground)) = load(app, id).await? else { return Ok(Looked::Gone) };
    if row.next_check_at > app.clock.now() {
        return Ok(Looked::Settled);
    }
    look(app, row, ground, &By::SYSTEM).await
}

/// Loads the row and what provisioning would need.
pub(crate) async fn load(app: &App, id: &DomainId) -> Result<Option<(DomainRow, Ground)>, DbError> {
    let [zone, removals] = Ground::of_domain(app, id);
    let answers =
        app.db.batch("domain.load", vec![domains::FIND.bind([id.into()]), zone, removals]).await?;
    let Some(row) = rows(&answers, 0)?.first::<DomainRow>()? else { return Ok(None) };
    Ok(Some((row, Ground::read(rows(&answers, 1)?, rows(&answers, 2)?)?)))
}

/// Looks at a loaded domain now.
pub(crate) async fn look(
    app: &App,
    row: DomainRow,
    ground: Ground,
    by: &By,
) -> Result<Looked, DbError> {
    let Some(cf_id) = row.cf_id.clone() else {
        return provision(app, row, ground, by).await;
    };
    // 2.
    let reading = match upstream::get(app, &cf_id).await {
        Ok(found) => Reading::Present(found.observation),
        Err(Failure::NotFound) if !was_live(&row) => {
            // Nothing is lost: make it anew rather than report it as lost.
            return provision(app, row, ground, by).await;
        }
        Err(Failure::NotFound) => Reading::Missing,
        Err(failure) => {
            return postpone(app, &row, &failure).await;
        }
    };
    let records = records_to_look_up(&row);
    let seen = upstream::look_up(app, &records).await;
    let uuid = if records.is_empty() { dcv_uuid(app, ground.dcv_uuid).await } else { None };
    // 3.
    let look = Look {
        cf_id: Some(&cf_id),
        outcome: Outcome::Read(reading),
        dcv_uuid: uuid.as_deref(),
        seen: &seen,
        removed: &[],
    };
    settle(app, row, &look, by).await
}

/// Of a live domain, whose record was right, only whether that is so still.
pub(super) fn records_to_look_up(row: &DomainRow) -> Vec<DnsRecord> {
    let only = row.status == DomainStatus::Active && row.dns_verified;
    let records = shown_records(row).into_iter().map(|shown| shown.record);
    records.filter(|record| !only || record.purpose == Purpose::Delegation).collect()
}

/// Whether visitors rely on it: then it is reported as lost before it is made anew.
fn was_live(row: &DomainRow) -> bool {
    row.last_issued_at.is_some() || row.status == DomainStatus::Active
}
