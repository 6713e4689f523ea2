//! `Idempotency-Key`: a POST that its client repeats is carried out once.

use async_trait::async_trait;
use dcvaas_core::crypto::hash::sha256_hex;
use dcvaas_core::flow::FlowError;
use dcvaas_core::flow::idempotency::{self, Claim};
use dcvaas_core::model::id::RequestId;
use dcvaas_core::model::problem::Problem;

use crate::body::{self, BodyFault, BodySource};
use crate::edge::Call;
use crate::reply::Reply;
use crate::router::Run;

/// The header with the client's key.
const KEY: &str = "idempotency-key";
/// Characters of a key at most.
const LONGEST_KEY: usize = 255;

/// Runs a POST to `target` (path and query). With a key it runs once, and its repeats get the first
/// answer; a refusal changes nothing, so it leaves the key free.
pub(crate) async fn once(
    call: Call<'_>,
    target: &str,
    request_id: &RequestId,
    run: Run,
) -> Result<Reply, FlowError> {
    let Some(key) = (call.header)(KEY) else { return run(call).await };
    if !(1..=LONGEST_KEY).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let text = "Give 1 to 255 visible ASCII characters, such as a UUID.";
        return Err(Problem::bad_field("Idempotency-Key", "invalid", text).into());
    }
    let bytes = call.body.read(body::LIMIT).await.map_err(Problem::from)?;
    let fingerprint = sha256_hex(&[b"POST ", target.as_bytes(), b"\n", &bytes].concat());
    let app = call.app;
    let held = match idempotency::claim(app, &call.caller, &key, &fingerprint, request_id).await? {
        Claim::Ours(held) => held,
        Claim::Answered { status, body } => {
            let reply = Reply::json(status, body.unwrap_or_default());
            return Ok(reply.with_header("idempotency-replayed", "true"));
        }
    };
    let marked = held.app(app);
    let result = run(Call { app: &marked, body: &mut Held(bytes), ..call }).await;
    match &result {
        Ok(reply) => held.keep(app, reply.status, reply.without_secrets()).await,
        Err(error) => held.release(app, error).await,
    }
    result
}

/// A body that was read already.
struct Held(Vec<u8>);

#[async_trait(?Send)]
impl BodySource for Held {
    async fn read(&mut self, limit: usize) -> Result<Vec<u8>, BodyFault> {
        if self.0.len() > limit {
            return Err(BodyFault::TooLarge);
        }
        Ok(std::mem::take(&mut self.0))
    }
}
