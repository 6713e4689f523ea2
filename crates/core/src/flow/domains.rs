//! Adding, checking and removing a domain, as a caller asks for it.

use serde::Deserialize;
use serde_json::json;

use super::look::{Looked, look};
use super::provision::{Ground, provision};
use super::{By, CountRow, FlowError, rows, wake_deliveries};
use crate::model::audit::AuditAction;
use crate::model::caller::Caller;
use crate::model::domain_event::{Subject, payload};
use crate::model::domain_state::DomainStatus;
use crate::model::event::EventType;
use crate::model::hostname::Hostname;
use crate::model::id::{DomainId, EventId, OrgId, RemovalId};
use crate::model::problem::{Problem, Reason};
use crate::model::tag::Tags;
use crate::ports::{App, DbError};
use crate::store::domains::DomainRow;
use crate::store::events::NewEvent;
use crate::store::{audit_logs, domains, events, hostname_removals};
use crate::time::{Span, Timestamp};

/// How long the request that adds a domain has for the creation at Cloudflare before the
/// scheduler may try too.
const HEAD_START: Span = Span::seconds(30);

/// How often one domain can be synced on request: each costs a call of everybody's shared budget
/// at Cloudflare (1,200 in 5 minutes).
pub const SYNC_COOLDOWN: Span = Span::seconds(10);

/// Adds a domain: reserves the row, creates the custom hostname, and answers with every record to
/// place. When Cloudflare cannot be reached the domain is kept, and the scheduler goes on with it.
pub async fn add(
    app: &App,
    caller: &Caller,
    by: &By,
    hostname: &Hostname,
    tags: &Tags,
) -> Result<String, FlowError> {
    may_tag(caller, &[], tags)?;
    let now = app.clock.now();
    let id = DomainId::new(now, app.entropy.bytes());
    let row = new_row(id, caller.org_id.clone(), hostname, tags, now);
    let added = event(app, &row, EventType::DomainAdded, row.seq, now);
    let detail = json!({ "domainName": row.hostname });
    let entry = by.entry(app, &row.org_id, AuditAction::DomainAdd, row.id.as_str(), detail, now);
    let [zone, removals] = Ground::statements(app, &row.hostname);

    let mut batch = vec![domains::RESERVE.bind([
        (&row.id).into(),
        (&row.org_id).into(),
        row.hostname.as_str().into(),
        row.next_check_at.into(),
        now.into(),
        caller.domain_limit.into(),
        row.tags.as_str().into(),
    ])];
    batch.extend(events::record(std::slice::from_ref(&added)));
    batch.push(audit_logs::insert_beside(&entry, &added.id));
    let read_from = batch.len();
    batch.extend([
        events::deliveries(std::slice::from_ref(&added)),
        domains::COUNT.bind([(&row.org_id).into()]),
        zone,
        removals,
    ]);
    let answers = match app.db.batch("domain.reserve", batch).await {
        Err(DbError::Constraint(_)) => return Err(taken(hostname).into()),
        answers => answers?,
    };
    if rows(&answers, 0)?.changes == 0 {
        let count = rows(&answers, read_from + 1)?.first::<CountRow>()?.map_or(0, |row| row.count);
        return Err(
            Problem::limit_reached("domains", count, caller.domain_limit, caller.plan).into()
        );
    }
    wake_deliveries(app, rows(&answers, read_from)?)?;

    let ground = Ground::read(rows(&answers, read_from + 2)?, rows(&answers, read_from + 3)?)?;
    let id = row.id.clone();
    provision(app, row, ground, by).await?;
    answer(app, &caller.org_id, &id).await
}

/// Gives a domain other tags, and answers with it.
pub async fn tag(
    app: &App,
    caller: &Caller,
    by: &By,
    row: DomainRow,
    tags: &Tags,
) -> Result<String, FlowError> {
    reach(caller, &row)?;
    may_tag(caller, &row.tags(), tags)?;
    let now = app.clock.now();
    let id = row.id.clone();
    if row.tags() == tags.words() {
        return answer(app, &row.org_id, &id).await;
    }
    let detail = json!({ "before": { "tags": row.tags() }, "after": { "tags": tags.words() } });
    let row = DomainRow { tags: tags.to_json(), ..row };
    let updated = event(app, &row, EventType::DomainUpdated, row.seq + 1, now);
    let entry = by.entry(app, &row.org_id, AuditAction::DomainUpdate, id.as_str(), detail, now);
    let mut batch = vec![domains::TAG.bind([
        (&id).into(),
        (&row.org_id).into(),
        tags.to_json().into(),
        now.into(),
        row.version.into(),
        (row.seq + 1).into(),
    ])];
    batch.extend(events::record(std::slice::from_ref(&updated)));
    batch.push(audit_logs::insert_beside(&entry, &updated.id));
    let read_from = batch.len();
    batch.extend([
        events::deliveries(std::slice::from_ref(&updated)),
        domains::ANSWER.bind([(&id).into(), (&row.org_id).into()]),
    ]);
    let answers = app.db.batch("domain.update", batch).await?;
    if rows(&answers, 0)?.changes == 0 {
        let newer = newer(app, &row).await?;
        return Box::pin(tag(app, caller, by, newer, tags)).await;
    }
    wake_deliveries(app, rows(&answers, read_from)?)?;
    rows(&answers, read_from + 1)?.body.clone().ok_or_else(|| Problem::not_found().into())
}

/// A domain that the caller's token does not reach is not there for it.
fn reach(caller: &Caller, row: &DomainRow) -> Result<(), Problem> {
    caller.tag_limit.reaches(&row.tags()).then_some(()).ok_or_else(Problem::not_found)
}

fn may_tag(caller: &Caller, before: &[String], after: &Tags) -> Result<(), Problem> {
    if caller.tag_limit.allows(before, after.words()) {
        return Ok(());
    }
    let text = format!(
        "This API token is limited to the tags {}: a domain needs one of them, and no others can be given or taken.",
        caller.tag_limit.words().join(", ")
    );
    Err(Problem::forbidden(text).for_reason(Reason::Tags))
}

/// The domain as somebody else has written it meanwhile, unless it is gone.
async fn newer(app: &App, row: &DomainRow) -> Result<DomainRow, FlowError> {
    let found = app.db.batch("domain.reload", vec![domains::FIND.bind([(&row.id).into()])]).await?;
    match rows(&found, 0)?.first::<DomainRow>()? {
        Some(newer) if newer.version != row.version => Ok(newer),
        _ => Err(Problem::not_found().into()),
    }
}

/// Looks at the domain at Cloudflare and in DNS at once, and answers with what came of it.
pub async fn sync(app: &App, caller: &Caller, by: &By, id: &DomainId) -> Result<String, FlowError> {
    let now = app.clock.now();
    let [zone, removals] = Ground::of_domain(app, id);
    let answers = app
        .db
        .batch(
            "domain.ask",
            vec![
                domains::ASK.bind([
                    id.into(),
                    (&caller.org_id).into(),
                    now.into(),
                    now.minus(SYNC_COOLDOWN).into(),
                    caller.tag_limit.to_json().into(),
                ]),
                domains::ASKED_AT.bind([id.into(), (&caller.org_id).into()]),
                domains::FIND.bind([id.into()]),
                zone,
                removals,
            ],
        )
        .await?;
    let Some(asked) = rows(&answers, 1)?.first::<AskedRow>()? else {
        return Err(Problem::not_found().into());
    };
    let Some(row) = rows(&answers, 2)?.first::<DomainRow>()? else {
        return Err(Problem::not_found().into());
    };
    reach(caller, &row)?;
    if rows(&answers, 0)?.changes == 0 {
        let wait = asked.asked_at.plus(SYNC_COOLDOWN).since(now);
        return Err(Problem::too_soon(wait).into());
    }
    let ground = Ground::read(rows(&answers, 3)?, rows(&answers, 4)?)?;
    match look(app, row, ground, by).await? {
        Looked::Settled => answer(app, &caller.org_id, id).await,
        Looked::Postponed => Err(Problem::upstream_unavailable().into()),
        Looked::Gone => Err(Problem::not_found().into()),
    }
}

/// Removes a domain here at once, and remembers to remove its custom hostname at Cloudflare.
pub async fn remove(app: &App, caller: &Caller, by: &By, row: DomainRow) -> Result<(), FlowError> {
    reach(caller, &row)?;
    let now = app.clock.now();
    let removed = event(app, &row, EventType::DomainRemoved, row.seq + 1, now);
    let detail = json!({ "domainName": row.hostname });
    let entry = by.entry(app, &row.org_id, AuditAction::DomainRemove, row.id.as_str(), detail, now);
    let removal = RemovalId::new(now, app.entropy.bytes());
    // A creation may be under way whose answer nobody has seen: give it time to happen first.
    let due = if row.cf_id.is_some() { now } else { now.plus(HEAD_START) };

    let mut batch =
        vec![domains::DELETE.bind([(&row.id).into(), (&row.org_id).into(), row.version.into()])];
    batch.extend(events::record(std::slice::from_ref(&removed)));
    batch.push(audit_logs::insert_beside(&entry, &removed.id));
    batch.push(hostname_removals::INSERT_BESIDE.bind([
        (&removal).into(),
        row.hostname.as_str().into(),
        row.cf_id.as_deref().into(),
        due.into(),
        now.into(),
        (&removed.id).into(),
    ]));
    let read_from = batch.len();
    batch.push(events::deliveries(std::slice::from_ref(&removed)));
    let answers = app.db.batch("domain.remove", batch).await?;
    if rows(&answers, 0)?.changes == 0 {
        // A look wrote meanwhile, or it is gone already.
        let newer = newer(app, &row).await?;
        return Box::pin(remove(app, caller, by, newer)).await;
    }
    wake_deliveries(app, rows(&answers, read_from)?)?;
    if row.cf_id.is_some() {
        super::send_later(app, vec![crate::job::Job::RemoveHostnameV1 { removal }]);
    }
    Ok(())
}

#[derive(Deserialize)]
struct AskedRow {
    asked_at: Timestamp,
}

/// The domain as it is answered after a change.
async fn answer(app: &App, org: &OrgId, id: &DomainId) -> Result<String, FlowError> {
    let found =
        app.db.batch("domain.answer", vec![domains::ANSWER.bind([id.into(), org.into()])]).await?;
    rows(&found, 0)?.body.clone().ok_or_else(|| Problem::not_found().into())
}

fn taken(hostname: &Hostname) -> Problem {
    Problem::conflict(format!(
        "{} has been added already. A hostname can be held by one organization at a time.",
        hostname.as_str()
    ))
}

fn new_row(
    id: DomainId,
    org_id: OrgId,
    hostname: &Hostname,
    tags: &Tags,
    now: Timestamp,
) -> DomainRow {
    DomainRow {
        id,
        org_id,
        hostname: hostname.as_str().to_owned(),
        status: DomainStatus::PendingCname,
        cf_id: None,
        cf_status: None,
        cf_ssl_status: None,
        cf_errors: "[]".to_owned(),
        delegation_target: None,
        dns_records: "[]".to_owned(),
        dns_verified: false,
        expires_at: None,
        last_issued_at: None,
        error_code: None,
        version: 0,
        seq: 1,
        next_check_at: now.plus(HEAD_START),
        failures: 0,
        missing_strikes: 0,
        created_at: now,
        tags: tags.to_json(),
        dns_missed_at: None,
        reminded_hours: 0,
        warned_days: 0,
        told_once: 0,
        certificates: "[]".to_owned(),
    }
}

fn event(app: &App, row: &DomainRow, event_type: EventType, seq: i64, now: Timestamp) -> NewEvent {
    let id = EventId::new(now, app.entropy.bytes());
    let subject = Subject {
        domain_id: &row.id,
        domain_name: &row.hostname,
        org_id: &row.org_id,
        status: row.status,
        cf_status: row.cf_status.as_deref(),
        cf_ssl_status: row.cf_ssl_status.as_deref(),
        expires_at: row.expires_at,
        tags: &row.tags(),
        errors: &[],
        certificate: None,
    };
    NewEvent {
        payload: payload(&id, event_type, seq, &subject, now),
        id,
        org_id: row.org_id.clone(),
        domain_id: Some(row.id.clone()),
        seq: Some(seq),
        event_type,
        created_at: now,
    }
}
