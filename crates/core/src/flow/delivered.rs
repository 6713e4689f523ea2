//! What a round of tries comes to: one batch that notes them, settles them, and finds what comes next.

use serde_json::json;

use super::attempt::Tried;
use super::endpoint_notice::{self, Endpoint};
use super::{By, jobs, rows, send_later, wake_mails};
use crate::job::Job;
use crate::model::audit::AuditAction;
use crate::model::delivery::{DeliveryState, DisabledReason, ErrorClass, PATIENCE};
use crate::model::endpoint_health::EndpointHealth;
use crate::model::event::EventType;
use crate::model::id::{AttemptId, DeliveryId, EventId};
use crate::model::webhook_event::{Disabled, disabled};
use crate::ports::{App, DbError, Level};
use crate::store::deliveries::{self, ClaimedRow, NewAttempt};
use crate::store::events::{self, NewEvent};
use crate::store::{Bound, Rows, Value, audit_logs};
use crate::time::Timestamp;

/// How a batch's rows are to be read.
enum Reading {
    /// Ids of deliveries to wake.
    Wake,
    /// Ids of mails to wake.
    Mails,
    /// Deliveries that were taken up.
    TakenUp,
}

/// A round that is over, as the batch that writes it down. It may run more than once: every
/// statement is guarded by a claim or by what it changes.
pub(super) struct Outcome {
    statements: Vec<Bound>,
    /// Which statements give rows.
    readings: Vec<(usize, Reading)>,
}

impl Outcome {
    /// Notes and settles `tried`, and gives back what was claimed and not begun. Of what waits for
    /// the same endpoints it takes up as much as there is `room` for, and wakes the rest.
    pub(super) fn new(app: &App, tried: &[Tried], left: &[ClaimedRow], room: u32) -> Self {
        let now = app.clock.now();
        let mut outcome = Self { statements: Vec::new(), readings: Vec::new() };
        if !tried.is_empty() {
            outcome.note(app, tried);
            outcome.turn_off(app, tried);
        }
        if let Some(first) = left.first() {
            let ids: Vec<&str> = left.iter().map(|row| row.id.as_str()).collect();
            let values = [Value::json(&ids), (&first.claim).into(), now.into()];
            outcome.read(Reading::Wake, deliveries::GIVE_BACK.bind(values));
        }
        if !tried.is_empty() {
            outcome.go_on(app, tried, room, now);
        }
        outcome
    }

    fn read(&mut self, reading: Reading, statement: Bound) {
        self.readings.push((self.statements.len(), reading));
        self.statements.push(statement);
    }

    fn note(&mut self, app: &App, tried: &[Tried]) {
        let attempts: Vec<NewAttempt<'_>> = tried
            .iter()
            .map(|one| NewAttempt {
                attempt: AttemptId::new(one.ended_at, app.entropy.bytes()),
                id: &one.row.id,
                claim: &one.row.claim,
                started_at: one.started_at,
                ended_at: one.ended_at,
                duration_ms: one.ended_at.since(one.started_at).as_millis(),
                state: one.settlement.state.as_str(),
                next_attempt_at: one.settlement.next_attempt_at,
                status: one.settlement.status,
                error_class: one.settlement.error_class.map(ErrorClass::as_str),
                excerpt: &one.settlement.excerpt,
                request_headers: &one.headers,
            })
            .collect();
        let attempts = Value::json(&attempts);
        let mut health: Vec<EndpointHealth> = Vec::new();
        for Tried { row, started_at, ended_at, settlement, looked_up_at, .. } in tried {
            let endpoint = &row.endpoint_id;
            if health.iter().all(|known| known.id != *endpoint) {
                health.push(EndpointHealth::new(endpoint.clone()));
            }
            for known in health.iter_mut().filter(|known| known.id == *endpoint) {
                known.note(settlement.health(), *ended_at, ended_at.since(*started_at));
                known.looked_up_at = looked_up_at.or(known.looked_up_at);
            }
            if settlement.state == DeliveryState::Failed {
                let fields = json!({ "delivery.id": row.id.as_str(), "attempts": row.attempts });
                app.log.line(Level::Warn, "delivery.failed", fields);
            }
        }
        health.retain(EndpointHealth::is_known);
        self.statements.push(deliveries::NOTE_ATTEMPTS.bind([attempts.clone()]));
        self.statements.push(deliveries::NOTE_HEALTH.bind([Value::json(&health)]));
        self.statements.push(deliveries::SETTLE.bind([attempts]));
    }

    /// Turns off the endpoints whose receivers want no more or fail for too long.
    fn turn_off(&mut self, app: &App, tried: &[Tried]) {
        let mut told = Vec::new();
        for Tried { row, ended_at, settlement, .. } in tried {
            if let Some(reason) = settlement.disables(row.failing_since, *ended_at) {
                let event = disabled_event(app, row, reason, *ended_at);
                let [disable, audit] = turn_off(app, row, reason, &event);
                let of = Endpoint {
                    org_id: &row.org_id,
                    id: &row.endpoint_id,
                    url: &row.url,
                    failing_since: row.failing_since,
                };
                self.statements.push(disable);
                let mails = self.statements.len() + endpoint_notice::MAILS;
                self.readings.push((mails, Reading::Mails));
                self.statements.extend(endpoint_notice::record(&event, reason.into(), &of));
                self.statements.push(audit);
                told.push(event);
            }
        }
        if !told.is_empty() {
            self.read(Reading::Wake, events::deliveries(&told));
        }
    }

    fn go_on(&mut self, app: &App, tried: &[Tried], room: u32, now: Timestamp) {
        let mut endpoints: Vec<&str> =
            tried.iter().map(|one| one.row.endpoint_id.as_str()).collect();
        endpoints.sort_unstable();
        endpoints.dedup();
        let endpoints = Value::json(&endpoints);
        if room > 0 {
            let claim = DeliveryId::new(now, app.entropy.bytes());
            self.statements.push(deliveries::claim_waiting(endpoints.clone(), now, room, &claim));
            // They are the endpoints of these tries.
            if tried.iter().any(|one| one.row.bounded) {
                let used = [(&claim).into(), endpoints.clone(), now.into()];
                self.statements.push(deliveries::USED_WAITING.bind(used));
            }
            let taken = deliveries::TAKEN_UP.bind([(&claim).into(), endpoints.clone()]);
            self.read(Reading::TakenUp, taken);
        }
        self.read(Reading::Wake, deliveries::wake_waiting(endpoints, now));
    }
}

/// Writes it down; gives what was taken up.
pub(super) async fn write_down(app: &App, outcome: &Outcome) -> Result<Vec<ClaimedRow>, DbError> {
    let answers = app.db.batch("deliver.settle", outcome.statements.clone()).await?;
    let mut taken = Vec::new();
    let mut woken = Vec::new();
    for (index, reading) in &outcome.readings {
        let found: &Rows = rows(&answers, *index)?;
        match reading {
            Reading::Wake => woken.extend(jobs(found, |delivery| Job::DeliverV1 { delivery })?),
            Reading::Mails => wake_mails(app, [found])?,
            Reading::TakenUp => taken = found.all()?,
        }
    }
    send_later(app, woken);
    Ok(taken)
}

/// Turns the endpoint off, and notes it in the audit log.
fn turn_off(app: &App, row: &ClaimedRow, reason: DisabledReason, event: &NewEvent) -> [Bound; 2] {
    let now = event.created_at;
    let failing_for = (reason == DisabledReason::Failing).then(|| now.minus(PATIENCE));
    let disable = deliveries::DISABLE_ENDPOINT.bind([
        (&row.endpoint_id).into(),
        now.into(),
        reason.as_str().into(),
        failing_for.into(),
    ]);
    let (action, detail) = (AuditAction::WebhookDisable, json!({ "reason": reason }));
    let entry = By::SYSTEM.entry(app, &row.org_id, action, row.endpoint_id.as_str(), detail, now);
    [disable, audit_logs::insert_beside(&entry, &event.id)]
}

fn disabled_event(app: &App, row: &ClaimedRow, reason: DisabledReason, now: Timestamp) -> NewEvent {
    let id = EventId::new(now, app.entropy.bytes());
    let of = Disabled {
        org_id: &row.org_id,
        webhook_id: &row.endpoint_id,
        url: &row.url,
        reason,
        failing_since: row.failing_since,
    };
    let payload = disabled(&id, &of, now);
    NewEvent::of_organization(id, &row.org_id, EventType::WebhookDisabled, payload, now)
}
