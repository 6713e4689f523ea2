//! Looks at many due domains at once, by pages of Cloudflare's list: the calls grow with the pages,
//! not with the domains.
//!
//! What can still go wrong: the chain of pages breaks when a message is lost. The lease runs out,
//! the domains that were not reached are still due, and the next tick starts again.
//!
//! Running it twice is harmless: a page reads, and each write is guarded by the row's version or
//! only moves the time of the next look.

use std::collections::HashMap;

use futures_util::future::join_all;
use serde_json::json;

use super::look::{Looked, records_to_look_up};
use super::settle::{Look, Outcome, Plan, settle, shown_records};
use super::{By, CountRow, jobs, rows, send_or_log, upstream};
use crate::job::Job;
use crate::model::dns_record::Purpose;
use crate::model::dns_seen::Seen;
use crate::model::domain_state::{DomainStatus, Observation, Reading};
use crate::model::id::DomainId;
use crate::model::upstream::cloudflare::Failure;
use crate::ports::{App, DbError, Level};
use crate::store::domains::DomainRow;
use crate::store::{Value, domains, leases};
use crate::time::{Span, Timestamp};

/// From how many due domains on the list is read instead of each domain by itself.
pub const THRESHOLD: u32 = 20;

/// How long a sweep may take before another may start.
const LEASE: Span = Span::minutes(2);
const LEASE_NAME: &str = "sweep";

/// How many domains of one page are looked up in DNS, at two queries each at most.
const DNS_LOOK_UPS: usize = 50;

/// How many domains that the list did not show, or did not show enough of, are read one by one.
const STRAGGLERS: u32 = 100;

/// How many changes one run writes. Each takes ten to twenty statements, and D1 runs 1,000 for one
/// invocation (<https://developers.cloudflare.com/d1/platform/limits/>). For the rest the same page
/// is read again: what was written is not due any more, or unchanged.
const MOST_CHANGES: usize = 50;

/// For how long a domain is left alone whose change the database refuses.
const SET_ASIDE: Span = Span::hours(1);

/// Starts a sweep if enough domains are due and none is under way.
pub(crate) async fn start_if_worth_it(
    app: &App,
    due: u32,
    now: Timestamp,
) -> Result<bool, DbError> {
    if due < THRESHOLD {
        return Ok(false);
    }
    let take = leases::TAKE.bind([LEASE_NAME.into(), now.into(), now.plus(LEASE).into()]);
    let taken = app.db.batch("sweep.take", vec![take]).await?;
    if rows(&taken, 0)?.changes == 1 {
        send_or_log(app, &[Job::SweepV1 { page: 1 }]).await;
    }
    Ok(true)
}

/// Looks at the due domains of one page, then wakes the next page.
pub async fn page(app: &App, page: u32) -> Result<(), DbError> {
    let listed = match upstream::list(app, page).await {
        Ok(listed) => listed,
        Err(failure) => {
            app.log.line(
                Level::Warn,
                "cloudflare.list_failed",
                json!({ "page": page, "cause": failure.to_string() }),
            );
            return give_up(app, failure).await;
        }
    };
    let last = page >= listed.total_pages;
    let mut seen: HashMap<String, Observation> =
        listed.items.into_iter().map(|item| (item.id, item.observation)).collect();
    let ids: Vec<&str> = seen.keys().map(String::as_str).collect();
    let now = app.clock.now();
    let due = app
        .db
        .batch("sweep.due", vec![domains::DUE_AMONG.bind([Value::json(&ids), now.into()])])
        .await?;

    let due: Vec<DomainRow> = rows(&due, 0)?.all()?;
    let in_dns = look_up_some(app, &due).await;
    let mut unchanged: Vec<(DomainId, Timestamp)> = Vec::new();
    let mut to_read: Vec<Job> = Vec::new();
    let mut changes = 0;
    for row in due {
        let Some(observation) = row.cf_id.as_ref().and_then(|cf_id| seen.remove(cf_id)) else {
            continue;
        };
        if needs_detail(&row, &observation) {
            to_read.push(Job::SyncDomainV1 { domain: row.id });
            continue;
        }
        let cf_id = row.cf_id.clone();
        let look = Look {
            cf_id: cf_id.as_deref(),
            outcome: Outcome::Read(Reading::Present(observation)),
            dcv_uuid: None,
            seen: in_dns.get(&row.id).map_or(&[], Vec::as_slice),
            removed: &[],
        };
        let plan = Plan::make(app, &row, &look, now);
        if plan.unchanged(&row) {
            unchanged.push((row.id, plan.next_check_at));
        } else {
            changes += 1;
            if changes <= MOST_CHANGES {
                write(app, row, &look).await?;
            }
        }
    }
    to_read.truncate(STRAGGLERS as usize);
    if !unchanged.is_empty() {
        let next: Vec<(&DomainId, Timestamp)> =
            unchanged.iter().map(|(id, at)| (id, *at)).collect();
        app.db.batch("sweep.reschedule", vec![domains::reschedule(&next)]).await?;
    }
    send_or_log(app, &to_read).await;
    match (changes > MOST_CHANGES, last) {
        (true, _) => next(app, page).await,
        (false, true) => finish(app).await,
        (false, false) => next(app, page + 1).await,
    }
}

/// Writes one domain's change. A fault of that domain alone must not keep all others from being
/// looked at, so it is set aside and reported.
async fn write(app: &App, row: DomainRow, look: &Look<'_>) -> Result<(), DbError> {
    let id = row.id.clone();
    match settle(app, row, look, &By::SYSTEM).await {
        Ok(Looked::Settled | Looked::Postponed | Looked::Gone) => Ok(()),
        Err(error @ (DbError::Busy | DbError::Lost)) => Err(error),
        Err(error) => {
            let fields = json!({ "domain.id": id.as_str(), "cause": error.to_string() });
            app.log.line(Level::Error, "sweep.write_failed", fields);
            let at = app.clock.now().plus(SET_ASIDE);
            let postpone = domains::POSTPONE.bind([(&id).into(), at.into()]);
            app.db.batch("domain.postpone", vec![postpone]).await?;
            Ok(())
        }
    }
}

/// Looks some of the domains up in DNS, other ones with each sweep: what a page may cost is bounded,
/// and Cloudflare's own word comes for all of them anyway. First those that wait for a record, or
/// whose record was missed by the last look; but half of the looks are for the others, if there are
/// as many.
async fn look_up_some(app: &App, due: &[DomainRow]) -> HashMap<DomainId, Vec<(Purpose, Seen)>> {
    let (mut waiting, mut settled): (Vec<&DomainRow>, Vec<&DomainRow>) =
        due.iter().partition(|row| !row.dns_verified || row.dns_missed_at.is_some());
    for rows in [&mut waiting, &mut settled] {
        let start = app.entropy.below(rows.len());
        rows.rotate_left(start);
    }
    waiting.truncate(DNS_LOOK_UPS - settled.len().min(DNS_LOOK_UPS / 2));
    let looks = waiting.into_iter().chain(settled).take(DNS_LOOK_UPS).map(|row| async {
        (row.id.clone(), upstream::look_up(app, &records_to_look_up(row)).await)
    });
    join_all(looks).await.into_iter().collect()
}

/// Whether a domain is to be read by itself. The list may leave out certificates, which are wanted
/// of one that is active there and whose certificate is not known yet; and only a look of its own
/// asks for the zone's uuid, where the owner could not be told the records yet.
fn needs_detail(row: &DomainRow, observation: &Observation) -> bool {
    let turns_active = row.status != DomainStatus::Active && observation.is_live();
    let wants_certificate = observation.certificates.is_empty()
        && (turns_active || row.expires_at.is_none() && row.status == DomainStatus::Active);
    wants_certificate || observation.delegation_target.is_none() && shown_records(row).is_empty()
}

async fn next(app: &App, page: u32) -> Result<(), DbError> {
    let extend = leases::EXTEND.bind([LEASE_NAME.into(), app.clock.now().plus(LEASE).into()]);
    app.db.batch("sweep.extend", vec![extend]).await?;
    send_or_log(app, &[Job::SweepV1 { page }]).await;
    Ok(())
}

/// After the last page: whoever was due when the sweep began and still is was not on the list, and
/// is read one by one. Young domains are due again at once; they wait for the next tick.
async fn finish(app: &App) -> Result<(), DbError> {
    let now = app.clock.now();
    let answers = app
        .db
        .batch(
            "sweep.finish",
            vec![
                leases::RELEASE.bind([LEASE_NAME.into()]),
                domains::WAKE_PASSED_OVER.bind([now.into(), STRAGGLERS.into(), LEASE_NAME.into()]),
                domains::COUNT_DUE.bind([now.into(), THRESHOLD.into()]),
            ],
        )
        .await?;
    let stragglers = jobs(rows(&answers, 1)?, |domain| Job::SyncDomainV1 { domain })?;
    let due = rows(&answers, 2)?.first::<CountRow>()?.map_or(0, |row| row.count);
    app.log.line(
        Level::Info,
        "sweep.finished",
        json!({ "stragglers": stragglers.len(), "still_due": due }),
    );
    send_or_log(app, &stragglers).await;
    Ok(())
}

/// The list gave no usable answer. A few domains are read one by one, so that a list that fails
/// lastingly does not stop everything; but not while Cloudflare wants to be left alone.
async fn give_up(app: &App, failure: Failure) -> Result<(), DbError> {
    let now = app.clock.now();
    if let Some(wait) = failure.retry_after() {
        let hold = leases::EXTEND.bind([LEASE_NAME.into(), now.plus(wait).into()]);
        app.db.batch("sweep.hold", vec![hold]).await?;
        return Ok(());
    }
    let few = THRESHOLD - 1;
    let wake = domains::WAKE_DUE.bind([now.into(), few.into(), now.into(), false.into()]);
    let release = leases::RELEASE.bind([LEASE_NAME.into()]);
    let answers = app.db.batch("sweep.give_up", vec![release, wake]).await?;
    let few = jobs(rows(&answers, 1)?, |domain| Job::SyncDomainV1 { domain })?;
    send_or_log(app, &few).await;
    Ok(())
}
