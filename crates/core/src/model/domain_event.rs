//! The body of `domain.*`, `dns.*` and `certificate.*` events, flat, as the public contract fixes it.

use serde::Serialize;

use super::certificate::{KeyType, SeenCertificate};
use super::domain_state::DomainStatus;
use super::event::EventType;
use super::id::{DomainId, EventId, OrgId};
use crate::time::Timestamp;

/// What the event is about, in the state after the change.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the members are those of the payload")]
pub struct Subject<'a> {
    pub domain_id: &'a DomainId,
    pub domain_name: &'a str,
    pub org_id: &'a OrgId,
    pub status: DomainStatus,
    pub cf_status: Option<&'a str>,
    pub cf_ssl_status: Option<&'a str>,
    pub expires_at: Option<Timestamp>,
    /// Those of the moment; endpoints choose by them (`store::events::FAN_OUT`).
    pub tags: &'a [String],
    /// Why the domain is in error, for `domain.error` alone.
    pub errors: &'a [String],
    /// The one that was issued, for `certificate.issued` alone.
    pub certificate: Option<&'a SeenCertificate>,
}

/// The body; its schema in the catalogue is derived from here.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Payload<'a> {
    /// The event's id; also in the header `webhook-id`. A repeat has the same one.
    id: &'a EventId,
    /// The event's type.
    r#type: EventType,
    /// When it happened.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    timestamp: String,
    /// Its number within the domain, from 1, without gaps.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    seq: i64,
    /// The organization that it concerns.
    org_id: &'a OrgId,
    /// The domain.
    domain_id: &'a DomainId,
    /// The domain's hostname in A-labels; a wildcard begins with `*.`.
    domain_name: &'a str,
    /// Where the domain stands since then.
    status: DomainStatus,
    /// Cloudflare's own word for the hostname's state.
    cf_status: Option<&'a str>,
    /// Cloudflare's own word for the certificate's state.
    cf_ssl_status: Option<&'a str>,
    /// When the certificate in use ends.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    expires_at: Option<String>,
    /// The tags that the domain had then.
    tags: &'a [String],
    /// Why the domain is in error.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<ErrorItem<'static>>"))]
    errors: Option<Vec<ErrorItem<'a>>>,
    /// The certificate. It may not be in use yet, or beside another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "CertificateItem<'static>"))]
    certificate: Option<CertificateItem<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct CertificateItem<'a> {
    /// Who issued it.
    issuer: Option<&'a str>,
    /// Its serial number, as Cloudflare writes it.
    serial: Option<&'a str>,
    /// SHA-256 over it, in hexadecimal.
    fingerprint: Option<&'a str>,
    /// The kind of its key.
    key_type: KeyType,
    /// When it was issued.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    issued_at: Option<String>,
    /// When it ends.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    expires_at: Option<String>,
}

impl<'a> From<&'a SeenCertificate> for CertificateItem<'a> {
    fn from(seen: &'a SeenCertificate) -> Self {
        Self {
            issuer: seen.issuer.as_deref(),
            serial: seen.serial.as_deref(),
            fingerprint: seen.fingerprint.as_deref(),
            key_type: seen.key_type(),
            issued_at: seen.issued_at.map(Timestamp::to_iso),
            expires_at: seen.expires_at.map(Timestamp::to_iso),
        }
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ErrorItem<'a> {
    /// A sentence for a person.
    message: &'a str,
}

/// The body of one event: what is stored and sent, byte for byte, at every try.
pub fn payload(
    id: &EventId,
    event: EventType,
    seq: i64,
    subject: &Subject<'_>,
    at: Timestamp,
) -> String {
    let errors = (event == EventType::DomainError)
        .then(|| subject.errors.iter().map(|message| ErrorItem { message }).collect());
    let payload = Payload {
        id,
        r#type: event,
        timestamp: at.to_iso(),
        seq,
        org_id: subject.org_id,
        domain_id: subject.domain_id,
        domain_name: subject.domain_name,
        status: subject.status,
        cf_status: subject.cf_status,
        cf_ssl_status: subject.cf_ssl_status,
        expires_at: subject.expires_at.map(Timestamp::to_iso),
        tags: subject.tags,
        errors,
        certificate: subject.certificate.map(CertificateItem::from),
    };
    // A struct of text and numbers always serialises.
    serde_json::to_string(&payload).unwrap_or_default()
}
