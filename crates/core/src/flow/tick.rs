//! One run of the scheduler: finds in D1 what is due and wakes the consumer through the queue.
//!
//! A tick that is missed or doubled does no harm: due times live in D1, and each kind of work is
//! claimed or guarded where it is done.

use serde_json::json;

use super::{CountRow, failing, jobs, quota, rows, send_or_log, sweep};
use crate::job::Job;
use crate::model::audit::AuditAction;
use crate::model::event::EventType;
use crate::model::id::{AttemptId, DeliveryId};
use crate::ports::{App, DbError, Level};
use crate::store::{
    Bound, api_tokens, deliveries, domains, events, hostname_removals, idempotency_keys, leases,
    mails, oidc_attempts, revoked_tokens, sessions, sign_in_links, token_addresses, token_usage,
};
use crate::time::{Span, Timestamp};

/// At most this many of each kind are woken by one tick; the rest is due at the next.
const REMOVALS: u32 = 50;
const DELIVERIES: u32 = 1_000;
const DOMAINS: u32 = 200;
const MAILS: u32 = 200;

/// And of one endpoint's deliveries, so that a long backlog keeps no other endpoint waiting.
const OF_ONE_ENDPOINT: u32 = 20;

/// For how long the logs of deliveries and mails are kept, and how much of each one tick clears at most.
const KEPT: Span = Span::days(30);
const CLEARED: u32 = 500;
/// Of the end of how many tokens one tick tells.
const TOKENS: u32 = 50;
/// Of a token that was made for no longer than this, nobody needs to be told that it ends.
const SHORT: Span = Span::hours(1);
/// For how long it is known how tokens were used, and which were revoked.
const USAGE_KEPT: Span = Span::days(90);

/// A domain or removal that was woken is not woken again for this long: a slow queue must not
/// pile up repeats. Work that ended in between clears it.
const PATIENCE: Span = Span::seconds(30);

/// Finds what is due and wakes it.
pub async fn tick(app: &App) -> Result<(), DbError> {
    let now = app.clock.now();
    let mut batch = vec![leases::NOTE_TICK.bind([now.into()])];
    // Where the answer of each will stand.
    let mut add = |statement| {
        batch.push(statement);
        batch.len() - 1
    };
    let deliveries = add(deliveries::wake_due(now, DELIVERIES, OF_ONE_ENDPOINT));
    let woken_before = now.minus(PATIENCE);
    let until = now.plus(PATIENCE);
    let removals =
        add(hostname_removals::WAKE_DUE.bind([now.into(), REMOVALS.into(), until.into()]));
    let due = add(domains::COUNT_DUE.bind([now.into(), sweep::THRESHOLD.into()]));
    for statement in api_tokens::remind(now, TOKENS, SHORT) {
        add(statement);
    }
    let expiring = add(events::fan_out_from(EventType::TokenExpiring, now));
    let of_ended = (AuditAction::TokenExpire, EventType::TokenExpired);
    let [_, ended] = events::record_of_entries(of_ended, None, now).map(&mut add);
    let [_, quota] = quota::look(now).map(&mut add);
    let mails = add(mails::WAKE_DUE.bind([now.into(), MAILS.into(), woken_before.into()]));
    let failing = add(failing::find(now));
    batch.extend(clear(now));
    let found = app.db.batch("tick.find", batch).await?;

    let mut woken = Vec::new();
    for deliveries in [deliveries, expiring, ended] {
        woken.extend(jobs(rows(&found, deliveries)?, |delivery| Job::DeliverV1 { delivery })?);
    }
    woken.extend(jobs(rows(&found, removals)?, |removal| Job::RemoveHostnameV1 { removal })?);
    woken.extend(jobs(rows(&found, mails)?, |mail| Job::SendMailV1 { mail })?);
    if quota::is_due(rows(&found, quota)?) {
        woken.push(Job::ReadQuotaV1);
    }
    // At once: they count as woken.
    send_or_log(app, &woken).await;
    let messages = woken.len();
    let due = rows(&found, due)?.first::<CountRow>()?.map_or(0, |row| row.count);
    // A sweep reads all that exist at Cloudflare; those still to be created go one by one.
    let sweeping = sweep::start_if_worth_it(app, due, now).await?;
    let wake =
        domains::WAKE_DUE.bind([now.into(), DOMAINS.into(), woken_before.into(), sweeping.into()]);
    let taken = app.db.batch("tick.wake", vec![wake]).await?;
    let woken = jobs(rows(&taken, 0)?, |domain| Job::SyncDomainV1 { domain })?;
    let messages = messages + woken.len();
    let fields = json!({ "messages": messages, "domains.due": due, "sweeping": sweeping });
    app.log.line(Level::Info, "tick", fields);
    send_or_log(app, &woken).await;
    failing::tell(app, rows(&found, failing)?, now).await
}

/// The statements that clear what has had its time.
fn clear(now: Timestamp) -> [Bound; 12] {
    let expired = now.minus(KEPT);
    let forgotten = now.minus(USAGE_KEPT);
    [
        sessions::CLEAR.bind([now.into()]),
        idempotency_keys::CLEAR.bind([now.into(), CLEARED.into()]),
        token_usage::CLEAR.bind([forgotten.to_day().into(), CLEARED.into()]),
        token_addresses::CLEAR.bind([forgotten.into(), CLEARED.into()]),
        revoked_tokens::CLEAR.bind([forgotten.into(), CLEARED.into()]),
        sign_in_links::CLEAR.bind([now.into()]),
        deliveries::CLEAR_PREVIOUS_SECRETS.bind([now.into()]),
        deliveries::CLEAR.bind([expired.into(), DeliveryId::first(expired).into(), CLEARED.into()]),
        deliveries::CLEAR_ATTEMPTS.bind([AttemptId::first(expired).into(), CLEARED.into()]),
        mails::CLEAR.bind([expired.into(), CLEARED.into()]),
        oidc_attempts::CLEAR.bind([now.into()]),
        sign_in_links::CLEAR_COUNTERS.bind([now.minus(Span::hours(1)).into()]),
    ]
}
