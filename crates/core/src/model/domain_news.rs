//! What of a domain's new state is news, and what was told before.
//!
//! An event is told once: what comes back with every look, such as a certificate that ends soon, is
//! remembered as far as it was told. A record that was right is gone when two looks some time apart
//! have missed it, so neither one bad answer nor two messages at the same time tell anything.

use super::certificate::SeenCertificate;
use super::domain_state::{DnsFacts, DomainErrorCode, DomainStatus, Known};
use super::event::EventType;
use crate::time::{Span, Timestamp};

/// For how long a record that was right must be missed before it counts as gone: a resolver gives the
/// same bad answer for some minutes.
const DRIFT: Span = Span::minutes(10);

/// When a domain that never had a certificate is reminded of: hours after it was added.
const REMINDERS: [u32; 3] = [144, 72, 24];

/// When the end of a certificate is told: days before it. Cloudflare renews 30 days before
/// (<https://developers.cloudflare.com/cloudflare-for-platforms/cloudflare-for-saas/security/certificate-management/issue-and-validate/renew-certificates/>),
/// so at the first of them that has failed for weeks.
const WARNINGS: [u32; 3] = [1, 7, 14];

/// How far a domain's story was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// Since when the delegation record, which was right, is missed; after ten minutes that is told.
    pub dns_missed_at: Option<Timestamp>,
    /// How many hours old the domain was when its owner was last reminded of, in stages, or 0.
    pub reminded_hours: u32,
    /// How many days before its end the certificate in use was last told of, in stages, or 0.
    pub warned_days: u32,
    /// What is told once until the domain is live again, as bits.
    pub once: u32,
}

const ISSUING: u32 = 1;
const EXPIRED: u32 = 2;
const LAPSED: u32 = 4;

/// Takes over what DNS says of the delegation record, before the rest is decided by it.
pub(super) fn delegation(new: &mut Known, dns: DnsFacts, now: Timestamp) -> Option<EventType> {
    let missed_at = new.told.dns_missed_at;
    if dns.delegation == Some(true) {
        new.told.dns_missed_at = None;
        let before = std::mem::replace(&mut new.dns_verified, true);
        return match (before, missed_at) {
            (true, _) => None,
            (false, Some(_)) => Some(EventType::DnsRestored),
            (false, None) => Some(EventType::DnsVerified),
        };
    }
    if !(dns.looked && dns.delegation == Some(false) && new.dns_verified) {
        return None;
    }
    let since = *new.told.dns_missed_at.get_or_insert(now);
    if now.since(since) < DRIFT {
        return None;
    }
    new.dns_verified = false;
    Some(EventType::DnsDrifted)
}

/// The certificates among `seen` that were not there before, each once; they are known from now on.
pub(super) fn issued(new: &mut Known, seen: &[SeenCertificate]) -> Vec<SeenCertificate> {
    let mut issued = Vec::new();
    for certificate in seen {
        if let Some(identity) = certificate.identity()
            && !certificate.is_among(&new.certificates)
        {
            new.certificates.push(identity.to_owned());
            issued.push(certificate.clone());
        }
    }
    issued
}

/// What happened between `old` and `new` beside what [`delegation`] gave, in order; `issued` is how many
/// certificates [`issued`] gave.
pub(super) fn news(
    old: &Known,
    new: &mut Known,
    issued: usize,
    dns: DnsFacts,
    now: Timestamp,
) -> Vec<EventType> {
    let mut events = Vec::new();
    let became = |new: &Known, status| new.status == status && old.status != status;
    if became(new, DomainStatus::Issuing) {
        events.extend(once(new, ISSUING, EventType::DomainIssuing));
    }
    events.extend(std::iter::repeat_n(EventType::CertificateIssued, issued));
    if became(new, DomainStatus::Active) {
        events.push(EventType::DomainActive);
    } else if new.status == DomainStatus::Active && renewed(old, new) {
        events.push(EventType::DomainRenewed);
    }
    if new.status == DomainStatus::Error
        && (became(new, DomainStatus::Error) || new.error != old.error)
    {
        match new.error {
            Some(DomainErrorCode::Expired) => {
                events.extend(once(new, EXPIRED, EventType::DomainExpired));
            }
            Some(DomainErrorCode::RemovedUpstream) => {
                events.extend(once(new, LAPSED, EventType::DomainLapsed));
            }
            _ => {}
        }
        events.push(EventType::DomainError);
    }
    if new.status == DomainStatus::Active {
        new.told.once = 0;
    }
    if new.expires_at > old.expires_at {
        new.told.warned_days = 0;
    }
    events.extend(warning(new, now));
    events.extend(reminder(new, dns, now));
    events
}

/// The event, unless it was told since the domain was last live.
fn once(new: &mut Known, bit: u32, event: EventType) -> Option<EventType> {
    let first = new.told.once & bit == 0;
    new.told.once |= bit;
    first.then_some(event)
}

/// A successor took over: issued later, and good for longer.
fn renewed(old: &Known, new: &Known) -> bool {
    match (old.expires_at, new.expires_at) {
        (Some(before), Some(after)) => after > before && new.last_issued_at > old.last_issued_at,
        _ => false,
    }
}

/// The certificate in use ends soon. Of one that was made for a short time the last third counts.
fn warning(new: &mut Known, now: Timestamp) -> Option<EventType> {
    let end = new.expires_at.filter(|end| *end > now && new.status == DomainStatus::Active)?;
    let left = end.since(now);
    if new.last_issued_at.is_some_and(|issued| left.as_millis() * 3 > end.since(issued).as_millis())
    {
        return None;
    }
    let stage = WARNINGS.into_iter().find(|days| left <= Span::days((*days).into()))?;
    let news = new.told.warned_days == 0 || stage < new.told.warned_days;
    if news {
        new.told.warned_days = stage;
    }
    news.then_some(EventType::DomainExpiringSoon)
}

/// The owner's records are not there, a day or more after the domain was added.
fn reminder(new: &mut Known, dns: DnsFacts, now: Timestamp) -> Option<EventType> {
    let waits = new.status == DomainStatus::PendingCname && new.last_issued_at.is_none();
    let missing = !new.dns_verified && dns.delegation == Some(false) || dns.traffic == Some(false);
    if !(waits && missing) {
        return None;
    }
    let age = now.since(new.created_at);
    let stage = REMINDERS.into_iter().find(|hours| age >= Span::hours((*hours).into()))?;
    let news = stage > new.told.reminded_hours;
    if news {
        new.told.reminded_hours = stage;
    }
    news.then_some(EventType::DnsCheckFailed)
}
