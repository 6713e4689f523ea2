//! Tokens that were found in public: revoked at once, and told of.
//!
//! A report counts only with a signature by a key of the sender, over its very bytes. What can still go wrong: the
//! answer is lost, and the report comes again. Then its tokens are revoked already: they are known as that, nothing
//! is written, and nobody is told twice.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::json;

use super::{FlowError, rows, wake_deliveries, wake_mails};
use crate::crypto::hash::sha256_hex;
use crate::crypto::public_key::SignatureAlgorithm;
use crate::crypto::token::ApiToken;
use crate::model::audit::AuditAction;
use crate::model::event::EventType;
use crate::model::id::RequestId;
use crate::model::problem::{Problem, ProblemCode};
use crate::model::upstream::github::{
    self, Feedback, Found, Label, PublishedKey, key_named, read_keys, read_report, read_signature,
};
use crate::ports::{App, Level};
use crate::store::leaks::{self, KeysRow};
use crate::store::{Rows, Value, events};
use crate::time::{Span, Timestamp};

/// Under which name GitHub's keys are kept.
const GITHUB: &str = "github_secret_scanning";
/// For how long keys count without a look at whether they still do.
const FRESH: Span = Span::days(1);
/// How often they are asked for at most: anybody can send a report that names a key which does not exist.
const PATIENCE: Span = Span::minutes(5);

/// A report as it came in.
#[derive(Clone, Copy)]
pub struct Report<'a> {
    /// Which key signed it.
    pub key: &'a str,
    /// The signature, in base64.
    pub signature: &'a str,
    /// What is signed: the body, byte for byte.
    pub body: &'a [u8],
}

/// Takes a report of GitHub, and answers what each thing is that was found.
pub async fn github(
    app: &App,
    report: Report<'_>,
    request_id: &RequestId,
) -> Result<String, FlowError> {
    let signature = read_signature(report.signature).ok_or_else(unsigned)?;
    let keys = keys(app, report.key).await?;
    let key = key_named(&keys, report.key).ok_or_else(unsigned)?;
    let algorithm = SignatureAlgorithm::Es256;
    if !app.signatures.verify(&key, algorithm, report.body, &signature).await {
        return Err(unsigned().into());
    }
    let found = read_report(report.body).ok_or_else(|| {
        Problem::bad_request("The body is no list of what was found: token, type, url, source.")
    })?;
    let known = revoke(app, &found, request_id).await?;
    let feedback: Vec<Feedback> = found
        .iter()
        .map(|found| {
            let token_hash = sha256_hex(found.token.as_bytes());
            let label = if known.contains(&token_hash) {
                Label::TruePositive
            } else {
                Label::FalsePositive
            };
            Feedback { token_hash, token_type: found.r#type.clone(), label }
        })
        .collect();
    serde_json::to_string(&feedback).map_err(|error| FlowError::Fault(error.to_string()))
}

/// Whoever sends it: what is not signed by GitHub is not looked at.
fn unsigned() -> Problem {
    Problem::new(ProblemCode::Unauthorized)
        .with_detail("This report is not signed by a key that GitHub publishes for it.")
}

/// Revokes the tokens of ours among what was found, and gives the hashes of those that are or were ours.
async fn revoke(
    app: &App,
    found: &[Found],
    request_id: &RequestId,
) -> Result<HashSet<String>, FlowError> {
    #[derive(Deserialize)]
    struct HashRow {
        hash: String,
    }
    let now = app.clock.now();
    // What has not our form, checksum included, needs no look.
    let ours: Vec<[String; 3]> = found
        .iter()
        .filter_map(|found| {
            let token = ApiToken::parse(&found.token).ok()?;
            Some([token.hash().as_str().to_owned(), found.place(), found.source()])
        })
        .collect();
    if ours.is_empty() {
        return Ok(HashSet::new());
    }
    let mut batch = Vec::from(leaks::revoke(&ours, request_id, now));
    let of = (AuditAction::TokenLeak, EventType::TokenRevoked);
    batch.extend(events::record_of_entries(of, Some(request_id.as_str()), now));
    let answers = app.db.batch("leak.revoke", batch).await?;
    wake_deliveries(app, answers.last().unwrap_or(&Rows::default()))?;
    let known: Vec<HashRow> = rows(&answers, 0)?.all()?;
    wake_mails(app, [rows(&answers, 1)?])?;
    let fields = json!({ "found": found.len(), "known": known.len() });
    app.log.line(Level::Warn, "leak.reported", fields);
    Ok(known.into_iter().map(|row| row.hash).collect())
}

/// GitHub's keys: those that are kept, or those of now where these are old or lack `wanted`.
async fn keys(app: &App, wanted: &str) -> Result<Vec<PublishedKey>, FlowError> {
    let now = app.clock.now();
    let answers = app.db.batch("leak.keys", vec![leaks::KEYS.bind([GITHUB.into()])]).await?;
    let row: Option<KeysRow> = rows(&answers, 0)?.first()?;
    let kept: Vec<PublishedKey> = row
        .as_ref()
        .and_then(|row| serde_json::from_str(row.keys.as_deref()?).ok())
        .unwrap_or_default();
    let fresh = row.as_ref().is_some_and(|row| {
        row.read_at.is_some_and(|at| now.since(at) < FRESH)
            && kept.iter().any(|key| key.key_identifier == wanted)
    });
    if fresh || !may_ask(app, now).await? {
        return if kept.is_empty() { Err(no_keys().into()) } else { Ok(kept) };
    }
    let request = github::keys_request(&app.config.github_api_base);
    let Some(keys) = app.http.send(request).await.ok().as_ref().and_then(read_keys) else {
        app.log.line(Level::Warn, "leak.keys_not_read", json!({ "kept": kept.len() }));
        // Old ones are better than none.
        return if kept.is_empty() { Err(no_keys().into()) } else { Ok(kept) };
    };
    let text = Value::json(&keys);
    let keep = leaks::KEEP_KEYS.bind([GITHUB.into(), text, app.clock.now().into()]);
    app.db.batch("leak.keep_keys", vec![keep]).await?;
    Ok(keys)
}

/// Takes the turn to ask for the keys; nobody else has it until [`PATIENCE`] has passed.
async fn may_ask(app: &App, now: Timestamp) -> Result<bool, FlowError> {
    let ask = leaks::ASK.bind([GITHUB.into(), now.into(), now.minus(PATIENCE).into()]);
    let answers = app.db.batch("leak.ask_keys", vec![ask]).await?;
    Ok(rows(&answers, 0)?.changes == 1)
}

/// GitHub sends a report again that was answered by a fault.
fn no_keys() -> Problem {
    Problem::new(ProblemCode::UpstreamUnavailable).with_retry_after(PATIENCE)
}
