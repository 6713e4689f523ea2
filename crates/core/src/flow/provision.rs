//! Creates the custom hostname of a domain at Cloudflare.
//!
//! What can still go wrong: the answer to the creation is lost. Then the row stays without the
//! custom hostname's id, is due again, and the next try finds the duplicate and takes it over.
//!
//! Running it twice is harmless: a second creation is refused as a duplicate by Cloudflare, and
//! the write is guarded by the row's version.

use serde::Deserialize;
use serde_json::json;

use super::look::Looked;
use super::settle::{Look, Outcome, settle};
use super::{By, upstream};
use crate::model::domain_state::{DomainErrorCode, Reading};
use crate::model::hostname::Hostname;
use crate::model::id::{DomainId, RemovalId};
use crate::model::schedule;
use crate::model::upstream::cloudflare::Failure;
use crate::ports::{App, DbError, Level};
use crate::store::domains::DomainRow;
use crate::store::hostname_removals::RemovalRow;
use crate::store::{Bound, Rows, domains, hostname_removals, zones};

/// What provisioning needs to know beside the row.
pub(crate) struct Ground {
    pub(crate) dcv_uuid: Option<String>,
    removals: Vec<RemovalRow>,
}

#[derive(Deserialize)]
struct ZoneRow {
    dcv_uuid: String,
}

impl Ground {
    /// The two statements that fetch it by hostname, for the caller's own batch.
    pub(crate) fn statements(app: &App, hostname: &str) -> [Bound; 2] {
        [
            zones::FIND.bind([app.config.zone_id.as_deref().into()]),
            hostname_removals::OF_HOSTNAME.bind([hostname.into()]),
        ]
    }

    /// The same by the domain's id.
    pub(crate) fn of_domain(app: &App, id: &DomainId) -> [Bound; 2] {
        [
            zones::FIND.bind([app.config.zone_id.as_deref().into()]),
            hostname_removals::OF_DOMAIN.bind([id.into()]),
        ]
    }

    /// Reads their answers.
    pub(crate) fn read(zone: &Rows, removals: &Rows) -> Result<Self, DbError> {
        let zone: Option<ZoneRow> = zone.first()?;
        Ok(Self { dcv_uuid: zone.map(|zone| zone.dcv_uuid), removals: removals.all()? })
    }
}

/// Creates the custom hostname and writes what Cloudflare said of it.
pub(crate) async fn provision(
    app: &App,
    row: DomainRow,
    ground: Ground,
    by: &By,
) -> Result<Looked, DbError> {
    let done = async {
        let removed = finish_removals(app, &ground.removals).await?;
        let created = upstream::create(app, &Hostname::from_stored(&row.hostname)).await?;
        Ok::<_, Failure>((removed, created))
    }
    .await;
    let (removed, created) = match done {
        Ok(done) => done,
        Err(Failure::Refused(_)) => {
            return refuse(app, row, DomainErrorCode::RefusedUpstream, by).await;
        }
        Err(Failure::QuotaExceeded) => {
            return refuse(app, row, DomainErrorCode::QuotaExceeded, by).await;
        }
        Err(failure) => return postpone(app, &row, &failure).await,
    };
    let named = created.observation.delegation_target.is_some();
    let dcv_uuid = if named { None } else { dcv_uuid(app, ground.dcv_uuid).await };
    let look = Look {
        cf_id: Some(&created.id),
        outcome: Outcome::Read(Reading::Present(created.observation)),
        dcv_uuid: dcv_uuid.as_deref(),
        seen: &[],
        removed: &removed,
    };
    settle(app, row, &look, by).await
}

/// Cloudflare will not have this hostname: somebody must act, and the domain says who.
async fn refuse(
    app: &App,
    row: DomainRow,
    code: DomainErrorCode,
    by: &By,
) -> Result<Looked, DbError> {
    let fields = json!({ "domain.id": row.id.as_str(), "code": code });
    app.log.line(Level::Error, "cloudflare.refused", fields);
    let look = Look {
        cf_id: None,
        outcome: Outcome::Refused(code),
        dcv_uuid: None,
        seen: &[],
        removed: &[],
    };
    settle(app, row, &look, by).await
}

/// A new custom hostname must not meet the removal of an earlier one of that name: those go first.
async fn finish_removals(app: &App, removals: &[RemovalRow]) -> Result<Vec<RemovalId>, Failure> {
    for cf_id in removals.iter().filter_map(|removal| removal.cf_id.as_deref()) {
        upstream::delete(app, cf_id).await?;
    }
    Ok(removals.iter().map(|removal| removal.id.clone()).collect())
}

/// The zone's delegation uuid, from D1 or from Cloudflare. `None` if neither can tell now: the
/// records then follow with a later look.
pub(crate) async fn dcv_uuid(app: &App, kept: Option<String>) -> Option<String> {
    if kept.is_some() {
        return kept;
    }
    let uuid = match upstream::dcv_uuid(app).await {
        Ok(uuid) => uuid,
        Err(failure) => {
            app.log.line(
                Level::Warn,
                "cloudflare.dcv_uuid_failed",
                json!({ "cause": failure.to_string() }),
            );
            return None;
        }
    };
    let keep = zones::KEEP.bind([
        app.config.zone_id.as_deref().into(),
        uuid.as_str().into(),
        app.clock.now().into(),
    ]);
    if let Err(error) = app.db.batch("zone.keep", vec![keep]).await {
        app.log.line(Level::Warn, "zone.keep_failed", json!({ "cause": error.to_string() }));
    }
    Some(uuid)
}

/// No usable answer: nothing is known to be wrong with the domain, so its state stays.
pub(crate) async fn postpone(
    app: &App,
    row: &DomainRow,
    failure: &Failure,
) -> Result<Looked, DbError> {
    let now = app.clock.now();
    let at = schedule::after_upstream_failure(
        row.failures + 1,
        failure.retry_after(),
        now,
        app.entropy.fraction(),
    );
    let fields = json!({ "domain.id": row.id.as_str(), "cause": failure.to_string(), "failures": row.failures + 1 });
    let level = if *failure == Failure::Unauthorized { Level::Error } else { Level::Warn };
    app.log.line(level, "cloudflare.failed", fields);
    app.db
        .batch("domain.postpone", vec![domains::POSTPONE.bind([(&row.id).into(), at.into()])])
        .await?;
    Ok(Looked::Postponed)
}
