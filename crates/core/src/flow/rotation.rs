//! Gives an endpoint a new secret, and a new key pair where it has one. For a while the old ones sign
//! too, so that its receiver can switch at any moment of that window without losing an event.

use serde_json::json;

use super::endpoint_secret::{self, Slot};
use super::{By, FlowError, rows, tell};
use crate::crypto::mac::SigningSecret;
use crate::model::audit::AuditAction;
use crate::model::problem::{Problem, ProblemCode};
use crate::ports::App;
use crate::store::webhook_endpoints::EndpointRow;
use crate::store::{audit_logs, webhook_endpoints};
use crate::time::Span;

/// How to rotate.
#[derive(Debug, Clone, Copy)]
pub struct Rotation {
    /// How long both secrets sign; zero drops the old one at once.
    pub overlap: Span,
    /// Whether a rotation that is under way is cut short: its oldest secret goes at once.
    pub force: bool,
}

/// Makes a new secret and answers with the endpoint and both forms of it, which are shown only now.
pub async fn rotate(
    app: &App,
    by: &By,
    row: &EndpointRow,
    rotation: Rotation,
) -> Result<String, FlowError> {
    let now = app.clock.now();
    if row.previous_secret_until.is_some_and(|until| until > now) && !rotation.force {
        let text = "The secret before this one still signs. End that window first, or give force.";
        return Err(Problem::new(ProblemCode::Conflict).with_detail(text).into());
    }
    let (id, org) = (&row.id, &row.org_id);
    let secret = SigningSecret::generate(app.entropy.bytes());
    // A secret that does not open signs nothing, so nothing is lost with it.
    let old = endpoint_secret::open_secret(app, Slot::Current, id, org, &row.sealed_secret)
        .filter(|_| rotation.overlap > Span::seconds(0));
    let previous =
        old.map(|old| endpoint_secret::seal(app, Slot::Previous, id, org, old.as_bytes()));
    let previous = previous.transpose()?;
    let until = previous.as_ref().map(|_| now.plus(rotation.overlap));
    let (public, sealed_key, previous_key) = rotated_key(app, row, until.is_some()).await?;
    let sealed = endpoint_secret::seal(app, Slot::Current, id, org, secret.as_bytes())?;
    let hours = rotation.overlap.as_seconds() / 3600;
    let detail = json!({ "url": row.url, "overlapHours": hours, "force": rotation.force });
    let entry = by.entry(app, org, AuditAction::WebhookRotate, id.as_str(), detail, now);
    let statements = vec![
        webhook_endpoints::ROTATE.bind([
            id.into(),
            org.into(),
            row.sealed_secret.as_str().into(),
            sealed.into(),
            previous.into(),
            until.into(),
            now.into(),
            public.into(),
            sealed_key.into(),
            previous_key.into(),
        ]),
        audit_logs::insert_if_changed(&entry),
        webhook_endpoints::ANSWER.bind([id.into(), org.into()]),
    ];
    let answers = tell::batch(app, "webhook.rotate", statements, &entry).await?;
    match &rows(&answers, 2)?.body {
        Some(members) if rows(&answers, 0)?.changes > 0 => Ok(with_secret(members, &secret)),
        Some(_) => {
            let text = "Somebody else has just changed the secret.";
            Err(Problem::new(ProblemCode::Conflict).with_detail(text).into())
        }
        None => Err(Problem::not_found().into()),
    }
}

/// A new key pair where the endpoint has one, and the old private key, sealed for its new place, where both
/// `overlap`.
async fn rotated_key(
    app: &App,
    row: &EndpointRow,
    overlap: bool,
) -> Result<(Option<String>, Option<String>, Option<String>), FlowError> {
    let Some(sealed) = &row.sealed_key else { return Ok((None, None, None)) };
    let (id, org) = (&row.id, &row.org_id);
    let (public, key) = endpoint_secret::new_key(app, id, org).await?;
    let old = endpoint_secret::open_key(app, Slot::Key, id, org, sealed).filter(|_| overlap);
    let old = old.map(|old| endpoint_secret::seal(app, Slot::PreviousKey, id, org, old.as_bytes()));
    Ok((Some(public), Some(key), old.transpose()?))
}

/// Drops the previous secret before its time: the receiver has switched.
pub async fn end(app: &App, by: &By, row: &EndpointRow) -> Result<(), FlowError> {
    let now = app.clock.now();
    let action = AuditAction::WebhookEndRotation;
    let entry = by.entry(app, &row.org_id, action, row.id.as_str(), json!({}), now);
    let end =
        webhook_endpoints::END_ROTATION.bind([(&row.id).into(), (&row.org_id).into(), now.into()]);
    let batch = vec![end, audit_logs::insert_if_changed(&entry)];
    app.db.batch("webhook.end_rotation", batch).await?;
    Ok(())
}

/// `{"webhook": …}` with both forms of a secret that was just made.
pub(super) fn with_secret(members: &str, secret: &SigningSecret) -> String {
    let secrets =
        json!({ "secret": secret.hex().expose(), "signingSecret": secret.whsec().expose() });
    format!("{{\"webhook\":{{{members},{}}}", secrets.to_string().trim_start_matches('{'))
}
