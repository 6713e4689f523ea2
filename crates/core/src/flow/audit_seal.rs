//! Gives audit rows their hashes, soon after they were written, and clears those whose time is over.
//!
//! D1 cannot hash, so the hash cannot be made in the batch that writes the row; the row's number is.
//! Between the two, at most until the next run of the scheduler, a row is only as safe as the
//! triggers of the schema make it.
//!
//! Running it twice at once is harmless: a hash is written only over none, and the end of the chain
//! moves only from where it was read. Both would write the same.

use std::collections::BTreeMap;

use super::rows;
use crate::model::audit_chain::{Link, Place, seal};
use crate::model::id::AuditId;
use crate::model::plan::Plan;
use crate::ports::{App, DbError};
use crate::store::audit_logs::{self, UnsealedRow};
use crate::store::{Bound, Value};
use crate::time::Span;

/// How many rows one run seals. Each is one statement, of which D1 runs 1,000 for one invocation
/// (<https://developers.cloudflare.com/d1/platform/limits/>).
const SEALED: u32 = 300;
/// How many organizations one run looks at for rows whose time is over, and when again.
const CLEARED: u32 = 20;
const AGAIN: Span = Span::days(1);

/// Seals what was written since the last run, and clears what is old enough.
pub async fn run(app: &App) -> Result<(), DbError> {
    let now = app.clock.now();
    let ago = |plan: Plan| {
        let kept = Span::days(plan.limits().audit_days.into());
        Value::from(AuditId::first(now.minus(kept)))
    };
    let [free, pro, agency] = [Plan::Free, Plan::Pro, Plan::Agency].map(ago);
    let found = app
        .db
        .batch(
            "audit.find",
            vec![
                audit_logs::UNSEALED.bind([SEALED.into()]),
                audit_logs::MARK_CLEARED.bind([
                    now.into(),
                    CLEARED.into(),
                    now.plus(AGAIN).into(),
                    free,
                    pro,
                    agency,
                ]),
                audit_logs::CLEAR.bind([now.plus(AGAIN).into()]),
            ],
        )
        .await?;
    let statements = sealed(rows(&found, 0)?.all()?);
    if statements.is_empty() {
        return Ok(());
    }
    app.db.batch("audit.seal", statements).await.map(drop)
}

/// The statements that write the hashes of `rows`, organization by organization.
fn sealed(rows: Vec<UnsealedRow>) -> Vec<Bound> {
    let mut chains: BTreeMap<String, (Place, Vec<Link>)> = BTreeMap::new();
    for row in rows {
        let from = Place { position: row.sealed_position, hash: row.sealed_hash };
        let org = row.link.org_id.clone();
        chains.entry(org).or_insert_with(|| (from, Vec::new())).1.push(row.link);
    }
    let mut statements = Vec::new();
    for (org, (from, mut links)) in chains {
        links.sort_by_key(|link| link.position);
        let places = seal(&from, &links);
        let Some(head) = places.last() else { continue };
        statements.extend(places.iter().map(|place| {
            audit_logs::SEAL.bind([
                org.as_str().into(),
                place.position.into(),
                place.hash.as_str().into(),
            ])
        }));
        statements.push(audit_logs::MOVE_HEAD.bind([
            org.as_str().into(),
            from.position.into(),
            head.position.into(),
            head.hash.as_str().into(),
        ]));
    }
    statements
}
