//! The secrets of an endpoint at rest: each sealed for its own column of its own row.

use zeroize::Zeroizing;

use super::FlowError;
use crate::crypto::mac::SigningSecret;
use crate::crypto::private_key::{PrivateKey, whpk};
use crate::crypto::seal::{Aad, Purpose};
use crate::model::endpoint_options::CustomHeaders;
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
    /// The private key in force.
    Key,
    /// The one before it.
    PreviousKey,
}

fn aad<'a>(slot: Slot, id: &'a WebhookId, org: &'a OrgId) -> Aad<'a> {
    let column = match slot {
        Slot::Current => "sealed_secret",
        Slot::Previous => "previous_secret",
        Slot::Headers => "sealed_headers",
        Slot::Key => "sealed_key",
        Slot::PreviousKey => "previous_key",
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
    super::seal(app, Purpose::WebhookSecret, &aad(slot, id, org), plain)
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

/// The private key that stands there; `None` for a text that does not open.
pub(super) fn open_key(
    app: &App,
    slot: Slot,
    id: &WebhookId,
    org: &OrgId,
    sealed: &str,
) -> Option<PrivateKey> {
    PrivateKey::from_bytes(&open(app, slot, id, org, sealed)?)
}

/// The further headers that stand there; `None` for a text that does not open.
pub(super) fn open_headers(
    app: &App,
    id: &WebhookId,
    org: &OrgId,
    sealed: &str,
) -> Option<CustomHeaders> {
    CustomHeaders::from_plain(&open(app, Slot::Headers, id, org, sealed)?)
}

/// A new key pair: its public half as receivers get it, and the private one sealed.
pub(super) async fn new_key(
    app: &App,
    id: &WebhookId,
    org: &OrgId,
) -> Result<(String, String), FlowError> {
    let key = PrivateKey::generate(app.entropy.bytes());
    let public = app.signatures.public_half(&key).await;
    let public = public.ok_or_else(|| FlowError::Fault("no key pair".to_owned()))?;
    Ok((whpk(&public), seal(app, Slot::Key, id, org, key.as_bytes())?))
}
