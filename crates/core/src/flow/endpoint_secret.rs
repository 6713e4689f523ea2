//! The secrets of an endpoint at rest: each sealed for its own column of its own row.

use zeroize::Zeroizing;

use super::FlowError;
use crate::crypto::mac::SigningSecret;
use crate::crypto::seal::{Aad, Purpose};
use crate::model::id::{OrgId, WebhookId};
use crate::ports::App;

/// Where a secret stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Slot {
    /// The one in force.
    Current,
    /// The one before it.
    Previous,
    /// The further headers.
    Headers,
}

fn aad<'a>(slot: Slot, id: &'a WebhookId, org: &'a OrgId) -> Aad<'a> {
    let column = match slot {
        Slot::Current => "sealed_secret",
        Slot::Previous => "previous_secret",
        Slot::Headers => "sealed_headers",
    };
    Aad { table: "webhook_endpoints", column, row: id.as_str(), org: org.as_str() }
}

pub(super) fn seal(
    app: &App,
    slot: Slot,
    id: &WebhookId,
    org: &OrgId,
    plain: &[u8],
) -> Result<String, FlowError> {
    let ring = app.config.key_ring.as_ref();
    let ring = ring.ok_or_else(|| FlowError::Fault("no encryption key".to_owned()))?;
    ring.seal(Purpose::WebhookSecret, &aad(slot, id, org), plain, app.entropy.bytes())
        .map_err(|fault| FlowError::Fault(fault.to_string()))
}

/// `None` for a text that does not open here.
pub(super) fn open(
    app: &App,
    slot: Slot,
    id: &WebhookId,
    org: &OrgId,
    sealed: &str,
) -> Option<Zeroizing<Vec<u8>>> {
    let ring = app.config.key_ring.as_ref()?;
    ring.open(Purpose::WebhookSecret, &aad(slot, id, org), sealed).ok()
}

/// The signing secret that stands there; `None` for a text that does not open.
pub(super) fn open_secret(
    app: &App,
    slot: Slot,
    id: &WebhookId,
    org: &OrgId,
    sealed: &str,
) -> Option<SigningSecret> {
    SigningSecret::from_bytes(&open(app, slot, id, org, sealed)?)
}
