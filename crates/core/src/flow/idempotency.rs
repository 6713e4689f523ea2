//! A POST that is repeated with its `Idempotency-Key` is carried out once and answered alike
//! (draft-ietf-httpapi-idempotency-key-header).
//!
//! The key is claimed before anything is done. Each batch of the change then also notes that
//! something was written, and fails for a holder that was too slow and lost its claim. So a holder
//! that dies leaves one of two things: nothing, and the next takes the key over; or a change without
//! its answer, which is told, and never made a second time.

use std::rc::Rc;

use async_trait::async_trait;
use serde_json::json;

use super::{FlowError, rows};
use crate::model::caller::Caller;
use crate::model::id::RequestId;
use crate::model::problem::{Problem, ProblemCode};
use crate::ports::{App, Db, DbError, Level};
use crate::store::idempotency_keys::{self, KeyRow};
use crate::store::{Bound, Rows, Value};
use crate::time::Span;

/// For how long a key is remembered.
const KEPT: Span = Span::hours(24);
/// For how long nobody else may carry the request out: longer than any request takes.
const CLAIMED: Span = Span::minutes(1);
/// When a repeat that came too early may ask again.
const SOON: Span = Span::seconds(1);

/// What a key stands for.
pub enum Claim {
    /// This request carries it out.
    Ours(Held),
    /// It was carried out and answered so; no body is an empty one.
    Answered {
        /// The status.
        status: u16,
        /// The body, without the secrets that it showed.
        body: Option<String>,
    },
}

/// The claim of the one who carries the request out.
pub struct Held {
    /// Organization, credential, key and claim.
    values: [Value; 4],
}

/// Claims `key` for the request `request`, whose method, path and body are in `fingerprint`.
pub async fn claim(
    app: &App,
    caller: &Caller,
    key: &str,
    fingerprint: &str,
    request: &RequestId,
) -> Result<Claim, FlowError> {
    let now = app.clock.now();
    let (org, credential): (Value, Value) =
        ((&caller.org_id).into(), caller.credential_id.as_str().into());
    let answers = app
        .db
        .batch(
            "idempotency.claim",
            vec![
                idempotency_keys::CLAIM.bind([
                    org.clone(),
                    credential.clone(),
                    key.into(),
                    fingerprint.into(),
                    request.as_str().into(),
                    now.into(),
                    now.plus(CLAIMED).into(),
                    now.plus(KEPT).into(),
                ]),
                idempotency_keys::FIND.bind([org.clone(), credential.clone(), key.into()]),
            ],
        )
        .await?;
    let found = rows(&answers, 1)?;
    let Some(row) = found.first::<KeyRow>()? else {
        return Err(FlowError::Fault("the key that was just claimed is gone".to_owned()));
    };
    if row.claim == request.as_str() {
        let values = [org, credential, key.into(), request.as_str().into()];
        return Ok(Claim::Ours(Held { values }));
    }
    if row.fingerprint != fingerprint {
        return Err(Problem::new(ProblemCode::IdempotencyKeyReused).into());
    }
    match row.status {
        Some(status) => Ok(Claim::Answered { status, body: found.body.clone() }),
        None if row.claimed_until > now => {
            Err(Problem::new(ProblemCode::IdempotencyInProgress).with_retry_after(SOON).into())
        }
        None => Err(Problem::conflict(
            "The first request with this Idempotency-Key was carried out, but its answer was lost. \
             Look at what is there; use a new key to do it again.",
        )
        .into()),
    }
}

impl Held {
    /// The ports for carrying it out.
    pub fn app(&self, app: &App) -> App {
        let mark = idempotency_keys::MARK.bind(self.values.clone());
        App { db: Rc::new(Marked { db: app.db.clone(), mark }), ..app.clone() }
    }

    /// Keeps the answer. The change is made: a failure here is only logged.
    pub async fn keep(&self, app: &App, status: u16, body: Option<String>) {
        let [org, credential, key, claim] = self.values.clone();
        let values = [org, credential, key, claim, u32::from(status).into(), body.into()];
        end(app, idempotency_keys::KEEP.bind(values)).await;
    }

    /// Frees the key after a failure. A refusal stands for nothing done; after anything else the
    /// key is free only if nothing was written.
    pub async fn release(&self, app: &App, error: &FlowError) {
        let refused = matches!(error, FlowError::Refused(_));
        let [org, credential, key, claim] = self.values.clone();
        let values = [org, credential, key, claim, refused.into()];
        end(app, idempotency_keys::RELEASE.bind(values)).await;
    }
}

async fn end(app: &App, statement: Bound) {
    if let Err(error) = app.db.batch("idempotency.end", vec![statement]).await {
        let fields = json!({ "cause": error.to_string() });
        app.log.line(Level::Warn, "idempotency.end_failed", fields);
    }
}

/// A database that notes in each batch that it wrote something.
struct Marked {
    db: Rc<dyn Db>,
    mark: Bound,
}

#[async_trait(?Send)]
impl Db for Marked {
    async fn batch(
        &self,
        name: &'static str,
        mut statements: Vec<Bound>,
    ) -> Result<Vec<Rows>, DbError> {
        statements.push(self.mark.clone());
        let mut answers = self.db.batch(name, statements).await?;
        answers.pop();
        Ok(answers)
    }
}
