//! Removes a custom hostname at Cloudflare whose domain is gone here, until Cloudflare confirms.
//!
//! Running it twice is harmless:
//!  1. Loading the row. No writes; no row means that somebody finished.
//!  2. Deleting by Cloudflare's id, which is never given out again; "not found" counts as done.
//!  3. Deleting the row.

use serde_json::json;

use super::{rows, upstream};
use crate::model::hostname::Hostname;
use crate::model::id::RemovalId;
use crate::model::schedule;
use crate::model::upstream::cloudflare::Failure;
use crate::ports::{App, DbError, Level};
use crate::store::hostname_removals::{self, RemovalRow};

/// Removes the custom hostname of the removal `id`.
pub async fn remove(app: &App, id: &RemovalId) -> Result<(), DbError> {
    // 1.
    let found =
        app.db.batch("removal.load", vec![hostname_removals::FIND.bind([id.into()])]).await?;
    let Some(removal) = rows(&found, 0)?.first::<RemovalRow>()? else { return Ok(()) };
    // 2.
    match delete_upstream(app, &removal).await {
        // 3.
        Ok(()) => {
            app.db.batch("removal.done", vec![hostname_removals::DELETE.bind([id.into()])]).await?;
        }
        Err(failure) => {
            let now = app.clock.now();
            let at = schedule::after_upstream_failure(
                removal.attempts + 1,
                failure.retry_after(),
                now,
                app.entropy.fraction(),
            );
            let cause = failure.to_string();
            let fields = json!({ "hostname": removal.hostname, "cause": cause, "attempts": removal.attempts + 1 });
            app.log.line(Level::Warn, "cloudflare.delete_failed", fields);
            let postpone = hostname_removals::POSTPONE.bind([id.into(), at.into(), cause.into()]);
            app.db.batch("removal.postpone", vec![postpone]).await?;
        }
    }
    Ok(())
}

async fn delete_upstream(app: &App, removal: &RemovalRow) -> Result<(), Failure> {
    match &removal.cf_id {
        // It belongs to a domain that was added since: the new creation met the custom hostname
        // and took it over before the old one's answer was written down.
        _ if removal.taken > 0 => Ok(()),
        Some(cf_id) => upstream::delete(app, cf_id).await,
        None => match upstream::find(app, &Hostname::from_stored(&removal.hostname)).await? {
            Some(found) => upstream::delete(app, &found.id).await,
            None => Ok(()),
        },
    }
}
