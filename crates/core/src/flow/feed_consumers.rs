//! Readers of the feed whose place is kept: one that stops anywhere goes on where it last said that it
//! had dealt with everything.
//!
//! Saying so twice is harmless. A reader moves forward alone: of two that work under one name the slower
//! cannot throw the other back, unless that is asked for.

use serde_json::json;

use super::{By, FlowError, rows};
use crate::model::audit::AuditAction;
use crate::model::caller::Caller;
use crate::model::feed_consumer::{ConsumerName, MOST};
use crate::model::problem::Problem;
use crate::ports::App;
use crate::store::feed_consumers::{self, WhyNot};
use crate::store::{Bound, audit_logs};

/// Notes that the reader has dealt with all events up to `position`, and answers with it. The audit
/// log has only a step back, since that repeats what others rely on to come once.
pub async fn commit(
    app: &App,
    caller: &Caller,
    by: &By,
    name: &ConsumerName,
    position: i64,
    rewind: bool,
) -> Result<String, FlowError> {
    let (now, org) = (app.clock.now(), &caller.org_id);
    let commit = feed_consumers::COMMIT.bind([
        org.into(),
        name.into(),
        position.into(),
        now.into(),
        MOST.into(),
        rewind.into(),
    ]);
    let mut batch: Vec<Bound> = vec![
        commit,
        feed_consumers::ANSWER.bind([org.into(), name.into()]),
        feed_consumers::WHY_NOT.bind([org.into(), name.into()]),
    ];
    if rewind {
        let detail = json!({ "cursor": position.to_string() });
        let action = AuditAction::FeedConsumerRewind;
        let entry = by.entry(app, org, action, name.as_str(), detail, now);
        batch.insert(1, audit_logs::insert_if_changed(&entry));
    }
    let behind = usize::from(rewind);
    let answers = app.db.batch("feed.commit", batch).await?;
    if rows(&answers, 0)?.changes > 0
        && let Some(body) = &rows(&answers, 1 + behind)?.body
    {
        return Ok(body.clone());
    }
    let why: Option<WhyNot> = rows(&answers, 2 + behind)?.first()?;
    Err(refusal(why, position, caller).into())
}

fn refusal(why: Option<WhyNot>, position: i64, caller: &Caller) -> Problem {
    match why {
        Some(WhyNot { newest, .. }) if position > newest => {
            let text = "No event has this number yet. Give a nextCursor of the feed.";
            Problem::bad_field("cursor", "out_of_range", text)
        }
        Some(WhyNot { position: Some(_), .. }) => {
            Problem::conflict("This reader has gone on further. Give rewind to take it back.")
        }
        Some(WhyNot { count, .. }) => {
            Problem::limit_reached("readers of the feed", count, MOST, caller.plan)
        }
        None => Problem::not_found(),
    }
}

/// Forgets a reader.
pub async fn delete(
    app: &App,
    caller: &Caller,
    by: &By,
    name: &ConsumerName,
) -> Result<(), FlowError> {
    let (now, org) = (app.clock.now(), &caller.org_id);
    let action = AuditAction::FeedConsumerDelete;
    let entry = by.entry(app, org, action, name.as_str(), json!({}), now);
    let batch = vec![
        feed_consumers::DELETE.bind([org.into(), name.into()]),
        audit_logs::insert_if_changed(&entry),
    ];
    let answers = app.db.batch("feed.forget", batch).await?;
    if rows(&answers, 0)?.changes > 0 { Ok(()) } else { Err(Problem::not_found().into()) }
}
