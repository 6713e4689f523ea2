//! The use of tokens, as it was counted in memory, into the database.

use crate::model::rate::Noted;
use crate::ports::{App, DbError};
use crate::store::{Value, token_addresses, token_usage};

/// Adds what was counted since the last time.
///
/// What can still go wrong: the answer is lost, and the caller adds the same once more. Usage is
/// for a look at it, never for a bill.
pub async fn write(app: &App, noted: &Noted) -> Result<(), DbError> {
    let add = token_usage::ADD.bind([Value::json(&noted.uses), app.clock.now().into()]);
    let [see, trim] = token_addresses::add(&noted.seen);
    app.db.batch("usage.add", vec![add, see, trim]).await.map(drop)
}
