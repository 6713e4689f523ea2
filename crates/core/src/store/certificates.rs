//! Certificates seen on domains. Rows are only added: they are the domain's history.

use super::Bound;
use crate::model::certificate::SeenCertificate;
use crate::model::id::{CertificateId, DomainId, OrgId};
use crate::time::Timestamp;

statements! { "certificates";
    /// Notes a certificate, unless it is known or its domain is gone.
    NOTE = "INSERT INTO certificates (id, org_id, domain_id, identity, fingerprint, serial, issuer, key_type,
                                      issued_at, expires_at, seen_at)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
         WHERE EXISTS (SELECT 1 FROM domains WHERE id = ?3 AND org_id = ?2)
        ON CONFLICT (domain_id, identity) DO NOTHING";
}

/// Binds [`NOTE`].
pub fn note(
    id: &CertificateId,
    org: &OrgId,
    domain: &DomainId,
    identity: &str,
    seen: &SeenCertificate,
    now: Timestamp,
) -> Bound {
    NOTE.bind([
        id.into(),
        org.into(),
        domain.into(),
        identity.into(),
        seen.fingerprint.as_deref().into(),
        seen.serial.as_deref().into(),
        seen.issuer.as_deref().into(),
        seen.key_type().as_str().into(),
        seen.issued_at.into(),
        seen.expires_at.into(),
        now.into(),
    ])
}
