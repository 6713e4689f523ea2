//! Writes what a look at Cloudflare and DNS means for one domain: the decision, its events, its
//! certificates and its deliveries, in one batch guarded by the version that was read.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::look::Looked;
use super::{By, rows, wake_deliveries};
use crate::model::audit::AuditAction;
use crate::model::certificate::ExpiresSource;
use crate::model::dns_record::{DnsRecord, Purpose, instruction, records_for};
use crate::model::dns_seen::Seen;
use crate::model::domain_event::{Subject, payload};
use crate::model::domain_state::{
    Decision, DnsFacts, DomainErrorCode, Known, Observation, Reading, decide, refused,
};
use crate::model::event::EventType;
use crate::model::hostname::Hostname;
use crate::model::id::{CertificateId, EventId, RemovalId};
use crate::model::schedule;
use crate::ports::{App, DbError, Level};
use crate::store::domains::{DomainRow, Settled};
use crate::store::events::NewEvent;
use crate::store::{Bound, certificates, domains, events, hostname_removals};
use crate::time::Timestamp;

/// How often the decision is made again when somebody else wrote meanwhile.
const TRIES: u32 = 3;

/// A record with how DNS showed it, as it is kept and answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ShownRecord {
    #[serde(flatten)]
    pub(crate) record: DnsRecord,
    pub(crate) seen: Seen,
}

/// What Cloudflare said.
pub(crate) enum Outcome {
    /// It was read, or created.
    Read(Reading),
    /// Cloudflare will not create it.
    Refused(DomainErrorCode),
}

impl Outcome {
    fn observation(&self) -> Option<&Observation> {
        match self {
            Self::Read(Reading::Present(observation)) => Some(observation),
            Self::Read(Reading::Missing) | Self::Refused(_) => None,
        }
    }
}

/// What was seen upstream.
pub(crate) struct Look<'a> {
    /// The custom hostname that was read or made; none when Cloudflare refused to make it.
    pub(crate) cf_id: Option<&'a str>,
    pub(crate) outcome: Outcome,
    /// The uuid of the zone's delegation targets, where Cloudflare's answer names no target.
    pub(crate) dcv_uuid: Option<&'a str>,
    pub(crate) seen: &'a [(Purpose, Seen)],
    /// Removals of earlier custom hostnames of that name, done on the way.
    pub(crate) removed: &'a [RemovalId],
}

/// The records that `row` shows today.
pub(crate) fn shown_records(row: &DomainRow) -> Vec<ShownRecord> {
    serde_json::from_str(&row.dns_records).unwrap_or_default()
}

/// Decides and writes. Done also when the domain is gone meanwhile: a custom hostname that was
/// just made for it is then remembered for removal.
pub(crate) async fn settle(
    app: &App,
    row: DomainRow,
    look: &Look<'_>,
    by: &By,
) -> Result<Looked, DbError> {
    let mut row = row;
    for _ in 0..TRIES {
        let now = app.clock.now();
        let plan = Plan::make(app, &row, look, now);
        if plan.unchanged(&row) {
            app.db
                .batch(
                    "domain.reschedule",
                    vec![domains::reschedule(&[(&row.id, plan.next_check_at)])],
                )
                .await?;
            return Ok(Looked::Settled);
        }
        let (statements, deliveries_at) = plan.statements(app, &row, look, by, now);
        let answers = app.db.batch("domain.settle", statements).await?;
        if rows(&answers, 0)?.changes == 1 {
            wake_deliveries(app, rows(&answers, deliveries_at)?)?;
            return Ok(Looked::Settled);
        }
        let found =
            app.db.batch("domain.reload", vec![domains::FIND.bind([(&row.id).into()])]).await?;
        match rows(&found, 0)?.first::<DomainRow>()? {
            // Another custom hostname took the place of the one that was looked at.
            Some(newer) if newer.cf_id != row.cf_id && newer.cf_id.as_deref() != look.cf_id => {
                return Ok(Looked::Settled);
            }
            Some(newer) => row = newer,
            None => return Ok(Looked::Gone),
        }
    }
    // Whoever won these races wrote something newer; the next look will see whether that holds.
    Ok(Looked::Settled)
}

/// A decision with everything that is written beside it.
pub(crate) struct Plan {
    decision: Decision,
    delegation_target: Option<String>,
    dns_instruction: Option<String>,
    dns_records: String,
    pub(crate) next_check_at: Timestamp,
    cf_errors: String,
    cf_id: Option<String>,
}

impl Plan {
    pub(crate) fn make(app: &App, row: &DomainRow, look: &Look<'_>, now: Timestamp) -> Self {
        let records = records_after(app, row, look);
        // As last seen: that nobody looked this time changes nothing.
        let fact = |purpose| {
            let shown = records.shown.iter().find(|shown| shown.record.purpose == purpose);
            shown.and_then(|shown| match shown.seen {
                Seen::Right => Some(true),
                Seen::Wrong | Seen::Missing => Some(false),
                Seen::Unknown => None,
            })
        };
        let looked = look
            .seen
            .iter()
            .any(|(purpose, seen)| *purpose == Purpose::Delegation && *seen != Seen::Unknown);
        let [delegation, traffic] = [Purpose::Delegation, Purpose::Traffic].map(fact);
        let dns = DnsFacts { delegation, traffic, looked };
        let decision = match &look.outcome {
            Outcome::Read(reading) => decide(&known(row), reading, dns, now),
            Outcome::Refused(code) => refused(&known(row), *code, now),
        };
        for word in &decision.unknown_words {
            let fields = json!({ "domain.id": row.id.as_str(), "word": word });
            app.log.line(Level::Warn, "cloudflare.unknown_word", fields);
        }
        let next_check_at = if decision.is_in_doubt() {
            now
        } else {
            let new = &decision.known;
            let next = schedule::next_check(
                new.status,
                row.created_at,
                new.expires_at,
                new.error,
                now,
                app.entropy.fraction(),
            );
            match new.told.dns_missed_at {
                Some(_) => next.min(schedule::next_dns_check(new.dns_verified, now)),
                None => next,
            }
        };
        Self {
            next_check_at,
            delegation_target: records.target,
            dns_instruction: records.instruction,
            dns_records: text(&records.shown),
            cf_errors: text(&decision.known.errors),
            cf_id: look.cf_id.map(str::to_owned),
            decision,
        }
    }

    /// Whether nothing that anybody can see would change.
    pub(crate) fn unchanged(&self, row: &DomainRow) -> bool {
        self.decision.events.is_empty()
            && self.decision.known == known(row)
            && self.dns_records == row.dns_records
            && self.cf_id == row.cf_id
    }

    /// The batch, and the place of its statement that answers with the deliveries that were made.
    pub(crate) fn statements(
        &self,
        app: &App,
        row: &DomainRow,
        look: &Look<'_>,
        by: &By,
        now: Timestamp,
    ) -> (Vec<Bound>, usize) {
        let new = &self.decision.known;
        let made = self.events(app, row, now);
        let seq = made.last().and_then(|event| event.seq).unwrap_or(row.seq);
        let mut statements = vec![domains::settle(
            row,
            Settled {
                status: new.status,
                cf_id: self.cf_id.as_deref(),
                cf_status: new.cf_status.as_deref(),
                cf_ssl_status: new.cf_ssl_status.as_deref(),
                cf_errors: self.cf_errors.clone(),
                delegation_target: self.delegation_target.as_deref(),
                dns_instruction: self.dns_instruction.clone(),
                dns_records: self.dns_records.clone(),
                dns_verified: new.dns_verified,
                expires_at: new.expires_at,
                expires_source: new.expires_source().map(ExpiresSource::as_str),
                last_issued_at: new.last_issued_at,
                error: new.error,
                seq,
                next_check_at: self.next_check_at,
                missing_strikes: new.missing_strikes,
                told: new.told,
            },
            now,
        )];
        statements.extend(events::record(&made));
        if let (Some(first), true) = (made.first(), new.status != row.status) {
            let detail = json!({ "from": row.status, "to": new.status });
            let entry =
                by.entry(app, &row.org_id, AuditAction::DomainStatus, row.id.as_str(), detail, now);
            statements.push(crate::store::audit_logs::insert_beside(&entry, &first.id));
        }
        for certificate in &self.decision.certificates {
            if let Some(identity) = certificate.identity() {
                let id = CertificateId::new(now, app.entropy.bytes());
                statements.push(certificates::note(
                    &id,
                    &row.org_id,
                    &row.id,
                    identity,
                    certificate,
                    now,
                ));
            }
        }
        if let Some(made) = self.cf_id.as_ref().filter(|made| row.cf_id.as_ref() != Some(made)) {
            let id = RemovalId::new(now, app.entropy.bytes());
            statements.push(hostname_removals::INSERT_IF_GONE.bind([
                (&id).into(),
                row.hostname.as_str().into(),
                made.into(),
                now.into(),
                now.into(),
                (&row.id).into(),
            ]));
        }
        statements
            .extend(look.removed.iter().map(|id| hostname_removals::DELETE.bind([id.into()])));
        statements.push(events::deliveries(&made));
        let last = statements.len() - 1;
        (statements, last)
    }

    fn events(&self, app: &App, row: &DomainRow, now: Timestamp) -> Vec<NewEvent> {
        let new = &self.decision.known;
        let mut errors: Vec<String> =
            new.error.map(|code| code.message().to_owned()).into_iter().collect();
        errors.extend(new.errors.iter().cloned());
        let tags = row.tags();
        let subject = Subject {
            domain_id: &row.id,
            domain_name: &row.hostname,
            org_id: &row.org_id,
            status: new.status,
            cf_status: new.cf_status.as_deref(),
            cf_ssl_status: new.cf_ssl_status.as_deref(),
            expires_at: new.expires_at,
            tags: &tags,
            errors: &errors,
            certificate: None,
        };
        let mut issued = self.decision.issued.iter();
        let events = self.decision.events.iter().copied();
        events
            .zip(row.seq + 1..)
            .map(|(event_type, seq)| {
                let id = EventId::new(now, app.entropy.bytes());
                let of_certificate = event_type == EventType::CertificateIssued;
                let certificate = if of_certificate { issued.next() } else { None };
                let subject = Subject { certificate, ..subject };
                NewEvent {
                    payload: payload(&id, event_type, seq, &subject, now),
                    id,
                    org_id: row.org_id.clone(),
                    domain_id: Some(row.id.clone()),
                    seq: Some(seq),
                    event_type,
                    created_at: now,
                }
            })
            .collect()
    }
}

/// What the row says, for the decision.
fn known(row: &DomainRow) -> Known {
    Known {
        status: row.status,
        cf_status: row.cf_status.clone(),
        cf_ssl_status: row.cf_ssl_status.clone(),
        expires_at: row.expires_at,
        last_issued_at: row.last_issued_at,
        error: row.error_code,
        errors: serde_json::from_str(&row.cf_errors).unwrap_or_default(),
        dns_verified: row.dns_verified,
        missing_strikes: row.missing_strikes,
        created_at: row.created_at,
        told: row.told(),
        certificates: serde_json::from_str(&row.certificates).unwrap_or_default(),
    }
}

struct Records {
    target: Option<String>,
    instruction: Option<String>,
    shown: Vec<ShownRecord>,
}

/// The records after this look. Once told they stay as they are, also when Cloudflare no longer
/// repeats them, unless the delegation target itself has changed; only how they were seen moves.
fn records_after(app: &App, row: &DomainRow, look: &Look<'_>) -> Records {
    let mut shown = shown_records(row);
    let hostname = Hostname::from_stored(&row.hostname);
    let observation = look.outcome.observation();
    let observed = observation.and_then(|observation| observation.delegation_target.clone());
    let from_uuid =
        || look.dcv_uuid.map(|uuid| crate::model::dns_record::delegation_target(&hostname, uuid));
    let target = observed.or_else(|| row.delegation_target.clone()).or_else(from_uuid);
    if let Some(target) = &target
        && (shown.is_empty() || row.delegation_target.as_ref() != Some(target))
    {
        let ownership = observation
            .and_then(|observation| observation.ownership.as_ref())
            .map(|(name, value)| (name.as_str(), value.as_str()));
        shown = records_for(&hostname, target, &app.config.saas_cname_target, ownership)
            .into_iter()
            .map(|record| ShownRecord { record, seen: Seen::Unknown })
            .collect();
    }
    for shown in &mut shown {
        let seen = look.seen.iter().find(|(purpose, _)| *purpose == shown.record.purpose);
        if let Some((_, seen)) = seen.filter(|(_, seen)| *seen != Seen::Unknown) {
            shown.seen = *seen;
        }
    }
    let instruction = instruction(shown.iter().map(|shown| &shown.record));
    Records { target, instruction, shown }
}

fn text(value: &impl Serialize) -> String {
    // Plain data of text and lists always serialises.
    serde_json::to_string(value).unwrap_or_else(|_| "[]".to_owned())
}
