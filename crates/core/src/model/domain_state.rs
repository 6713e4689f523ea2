//! The state machine of a domain: from what Cloudflare and DNS say to our own status.
//!
//! Rules:
//! - `active` begins only when hostname **and** certificate are active at Cloudflare.
//! - It lasts through a renewal: while the certificate in use is valid, words about the next one
//!   change nothing. Where Cloudflare names no date, the certificate in use is taken to be valid.
//! - It ends in `error` and nowhere else, so that its end is always told.
//! - A word that we do not know keeps the last state and is reported. A missing date keeps the
//!   known one. "Not found" needs to be said twice before a live domain is called lost.
//! - `error` means that somebody must act; it ends by itself when Cloudflare is content again.

use super::certificate::{ExpiresSource, SeenCertificate, effective};
use super::domain_news::{self, Told};
use super::event::EventType;
use crate::closed_set;
use crate::time::Timestamp;

closed_set! {
    /// The status of a domain, as everybody sees it.
    pub enum DomainStatus {
        /// Waiting for the owner's DNS.
        PendingCname = "pending_cname",
        /// DNS is right; the certificate is under way.
        Issuing = "issuing",
        /// Hostname and certificate are live.
        Active = "active",
        /// Somebody must act.
        Error = "error",
    }
}

closed_set! {
    /// `status` of a custom hostname, in Cloudflare's words.
    #[expect(missing_docs, reason = "the words are Cloudflare's")]
    pub enum HostnameStatus {
        Active = "active",
        Pending = "pending",
        ActiveRedeploying = "active_redeploying",
        Moved = "moved",
        PendingDeletion = "pending_deletion",
        Deleted = "deleted",
        PendingBlocked = "pending_blocked",
        PendingMigration = "pending_migration",
        PendingProvisioned = "pending_provisioned",
        TestPending = "test_pending",
        TestActive = "test_active",
        TestActiveApex = "test_active_apex",
        TestBlocked = "test_blocked",
        TestFailed = "test_failed",
        Provisioned = "provisioned",
        Blocked = "blocked",
    }
}

closed_set! {
    /// `ssl.status` of a custom hostname, in Cloudflare's words.
    #[expect(missing_docs, reason = "the words are Cloudflare's")]
    pub enum SslStatus {
        Initializing = "initializing",
        PendingValidation = "pending_validation",
        Deleted = "deleted",
        PendingIssuance = "pending_issuance",
        PendingDeployment = "pending_deployment",
        PendingDeletion = "pending_deletion",
        PendingExpiration = "pending_expiration",
        Expired = "expired",
        Active = "active",
        InitializingTimedOut = "initializing_timed_out",
        ValidationTimedOut = "validation_timed_out",
        IssuanceTimedOut = "issuance_timed_out",
        DeploymentTimedOut = "deployment_timed_out",
        DeletionTimedOut = "deletion_timed_out",
        PendingCleanup = "pending_cleanup",
        StagingDeployment = "staging_deployment",
        StagingActive = "staging_active",
        Deactivating = "deactivating",
        Inactive = "inactive",
        BackupIssued = "backup_issued",
        HoldingDeployment = "holding_deployment",
    }
}

closed_set! {
    /// Why a domain is in `error`.
    pub enum DomainErrorCode {
        /// Cloudflare holds the hostname back.
        Blocked = "blocked",
        /// The hostname does not point here, or no longer.
        Moved = "moved",
        /// The custom hostname is gone at Cloudflare.
        RemovedUpstream = "removed_upstream",
        /// Control of the domain was not proven in time.
        ValidationTimedOut = "validation_timed_out",
        /// The certificate authority did not issue in time.
        IssuanceTimedOut = "issuance_timed_out",
        /// Cloudflare did not deploy the certificate in time.
        DeploymentTimedOut = "deployment_timed_out",
        /// The certificate was taken away.
        CertificateRemoved = "certificate_removed",
        /// The certificate has run out.
        Expired = "expired",
        /// Cloudflare will not take the hostname.
        RefusedUpstream = "refused_upstream",
        /// The zone's quota of custom hostnames is used up.
        QuotaExceeded = "quota_exceeded",
    }
}

impl DomainErrorCode {
    /// What is wrong, who acts, and how.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Blocked => {
                "Cloudflare holds this hostname back as a potential risk. The operator of the service must ask Cloudflare's support to release it."
            }
            Self::Moved => {
                "The hostname does not point to the service. Its owner must place the traffic record as shown."
            }
            Self::RemovedUpstream => {
                "The hostname was removed at Cloudflare. Remove the domain here and add it again."
            }
            Self::ValidationTimedOut => {
                "Control of the domain could not be proven in time. Its owner must place the delegation record as shown."
            }
            Self::IssuanceTimedOut => {
                "The certificate authority did not issue in time. Its owner should check CAA records; otherwise it is tried again."
            }
            Self::DeploymentTimedOut => {
                "Cloudflare did not deploy the certificate in time. Nobody has to act unless this lasts for a day."
            }
            Self::CertificateRemoved => {
                "The certificate was removed at Cloudflare. The operator of the service must look into it."
            }
            Self::Expired => {
                "The certificate has run out without a successor. Its owner must place the delegation record as shown."
            }
            Self::RefusedUpstream => {
                "Cloudflare does not accept this hostname for this service. The operator of the service must look into it."
            }
            Self::QuotaExceeded => {
                "The service has no room for more hostnames at Cloudflare. Its operator must raise the quota; it is then tried again by itself."
            }
        }
    }
}

/// What Cloudflare says of one custom hostname. Everything may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Observation {
    /// `status`, as it came.
    pub hostname_status: Option<String>,
    /// `ssl.status`, as it came.
    pub ssl_status: Option<String>,
    /// `verification_errors`: about the hostname's ownership.
    pub verification_errors: Vec<String>,
    /// `ssl.validation_errors`: about the certificate.
    pub validation_errors: Vec<String>,
    /// `ssl.certificates`.
    pub certificates: Vec<SeenCertificate>,
    /// Where the delegation record must point.
    pub delegation_target: Option<String>,
    /// Name and value of the TXT record that proves ownership.
    pub ownership: Option<(String, String)>,
}

impl Observation {
    /// Whether hostname and certificate are both active.
    pub fn is_live(&self) -> bool {
        self.hostname_status.as_deref().and_then(HostnameStatus::parse).map(of_hostname)
            == Some(Hostname::Live)
            && self.ssl_status.as_deref().and_then(SslStatus::parse).map(of_certificate)
                == Some(Certificate::Live)
    }
}

/// What came of asking Cloudflare for a custom hostname.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// It is there.
    Present(Observation),
    /// Cloudflare knows no such custom hostname.
    Missing,
}

/// What DNS says; `None` where nobody looked or the answer was not clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DnsFacts {
    /// Whether the delegation record is right.
    pub delegation: Option<bool>,
    /// Whether the traffic record is right.
    pub traffic: Option<bool>,
    /// Whether that of the delegation was seen just now, and not by an earlier look.
    pub looked: bool,
}

/// What was known before.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the members are the columns of the same name")]
pub struct Known {
    pub status: DomainStatus,
    pub cf_status: Option<String>,
    pub cf_ssl_status: Option<String>,
    pub expires_at: Option<Timestamp>,
    pub last_issued_at: Option<Timestamp>,
    pub error: Option<DomainErrorCode>,
    pub errors: Vec<String>,
    pub dns_verified: bool,
    pub missing_strikes: u32,
    pub created_at: Timestamp,
    pub told: Told,
    /// What makes each certificate of its history that one.
    pub certificates: Vec<String>,
}

/// What is known now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The new state, member by member.
    pub known: Known,
    /// What happened, in order.
    pub events: Vec<EventType>,
    /// The certificates that were seen.
    pub certificates: Vec<SeenCertificate>,
    /// Those of them that were not there before: one for each `certificate.issued`, in their order.
    pub issued: Vec<SeenCertificate>,
    /// Words of Cloudflare that we do not know.
    pub unknown_words: Vec<String>,
}

impl Decision {
    /// Whether the next tick should look again: a live domain was not found, once.
    pub fn is_in_doubt(&self) -> bool {
        self.known.missing_strikes > 0 && self.known.status != DomainStatus::Error
    }
}

impl Known {
    /// Where the expiry date comes from.
    pub fn expires_source(&self) -> Option<ExpiresSource> {
        self.expires_at.map(|_| ExpiresSource::Certificate)
    }

    fn is_removed(&self) -> bool {
        self.error == Some(DomainErrorCode::RemovedUpstream)
    }
}

/// How many error texts are kept, and how many characters of each.
const MOST_ERRORS: usize = 10;
const LONGEST_ERROR: usize = 500;
/// How often "not found" must be said before a domain that was live is called lost.
const STRIKES: u32 = 2;

/// A word of Cloudflare's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word<T> {
    Known(T),
    Unknown,
    Absent,
}

fn word<T>(text: Option<&str>, parse: impl Fn(&str) -> Option<T>) -> Word<T> {
    match text {
        None => Word::Absent,
        Some(text) => parse(text).map_or(Word::Unknown, Word::Known),
    }
}

/// What a hostname's word means for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hostname {
    Live,
    Waiting,
    Failed(DomainErrorCode),
}

const fn of_hostname(status: HostnameStatus) -> Hostname {
    use HostnameStatus as H;
    match status {
        H::Active | H::ActiveRedeploying => Hostname::Live,
        H::Pending | H::PendingMigration | H::PendingProvisioned | H::Provisioned => {
            Hostname::Waiting
        }
        // Cloudflare's own trial of a hostname: not live for visitors.
        H::TestPending | H::TestActive | H::TestActiveApex => Hostname::Waiting,
        H::Moved | H::TestFailed => Hostname::Failed(DomainErrorCode::Moved),
        H::Blocked | H::PendingBlocked | H::TestBlocked => {
            Hostname::Failed(DomainErrorCode::Blocked)
        }
        H::PendingDeletion | H::Deleted => Hostname::Failed(DomainErrorCode::RemovedUpstream),
    }
}

/// What a certificate's word means for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Certificate {
    /// In use.
    Live,
    /// The proof of control is awaited.
    Validating,
    /// Control is proven; issuing or deploying.
    UnderWay,
    Failed(DomainErrorCode),
}

const fn of_certificate(status: SslStatus) -> Certificate {
    use SslStatus as S;
    match status {
        S::Active => Certificate::Live,
        S::Initializing | S::PendingValidation => Certificate::Validating,
        S::PendingIssuance
        | S::PendingDeployment
        | S::StagingDeployment
        | S::StagingActive
        | S::HoldingDeployment
        | S::BackupIssued
        | S::PendingCleanup
        | S::PendingExpiration => Certificate::UnderWay,
        S::InitializingTimedOut | S::ValidationTimedOut => {
            Certificate::Failed(DomainErrorCode::ValidationTimedOut)
        }
        S::IssuanceTimedOut => Certificate::Failed(DomainErrorCode::IssuanceTimedOut),
        S::DeploymentTimedOut => Certificate::Failed(DomainErrorCode::DeploymentTimedOut),
        S::Expired => Certificate::Failed(DomainErrorCode::Expired),
        S::Deleted | S::PendingDeletion | S::DeletionTimedOut | S::Deactivating | S::Inactive => {
            Certificate::Failed(DomainErrorCode::CertificateRemoved)
        }
    }
}

/// Decides what a look means. Deciding again on the result gives the same result and no events,
/// but for the second "not found".
pub fn decide(known: &Known, reading: &Reading, dns: DnsFacts, now: Timestamp) -> Decision {
    let mut new = known.clone();
    let of_dns = domain_news::delegation(&mut new, dns, now);
    let (certificates, unknown_words) = match reading {
        Reading::Missing => {
            miss(&mut new);
            (Vec::new(), Vec::new())
        }
        Reading::Present(observation) => {
            let unknown = observe(&mut new, observation, dns, now);
            (observation.certificates.clone(), unknown)
        }
    };
    let issued = domain_news::issued(&mut new, &certificates);
    let news = domain_news::news(known, &mut new, issued.len(), dns, now);
    let events = of_dns.into_iter().chain(news).collect();
    Decision { known: new, events, certificates, issued, unknown_words }
}

/// Cloudflare will not create the custom hostname, for a reason that somebody must deal with.
pub fn refused(known: &Known, code: DomainErrorCode, now: Timestamp) -> Decision {
    let mut new = Known { status: DomainStatus::Error, error: Some(code), ..known.clone() };
    let events = domain_news::news(known, &mut new, 0, DnsFacts::default(), now);
    Decision {
        known: new,
        events,
        certificates: Vec::new(),
        issued: Vec::new(),
        unknown_words: Vec::new(),
    }
}

/// Cloudflare knows no such hostname.
fn miss(new: &mut Known) {
    if new.is_removed() {
        return;
    }
    new.missing_strikes = new.missing_strikes.saturating_add(1).min(STRIKES);
    if new.missing_strikes >= STRIKES {
        new.status = DomainStatus::Error;
        new.error = Some(DomainErrorCode::RemovedUpstream);
    }
}

/// Takes over what Cloudflare said; gives the words that we do not know.
fn observe(new: &mut Known, seen: &Observation, dns: DnsFacts, now: Timestamp) -> Vec<String> {
    new.missing_strikes = 0;
    new.cf_status = seen.hostname_status.clone().or(new.cf_status.take());
    new.cf_ssl_status = seen.ssl_status.clone().or(new.cf_ssl_status.take());
    new.errors = merge_errors(seen);
    if let Some(found) = effective(&seen.certificates, now) {
        new.expires_at = Some(found.expires_at);
        new.last_issued_at = found.issued_at.or(new.last_issued_at);
    }
    let hostname = word(seen.hostname_status.as_deref(), HostnameStatus::parse);
    let certificate = word(seen.ssl_status.as_deref(), SslStatus::parse);
    if let (Word::Known(hostname), Word::Known(certificate)) = (hostname, certificate) {
        (new.status, new.error) =
            next(new, of_hostname(hostname), of_certificate(certificate), dns, now);
    }
    let unknown = |text: &Option<String>, is: bool| text.clone().filter(|_| is);
    [
        unknown(&seen.hostname_status, hostname == Word::Unknown),
        unknown(&seen.ssl_status, certificate == Word::Unknown),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The heart: the new status, and the error if that is what it is.
fn next(
    known: &Known,
    hostname: Hostname,
    certificate: Certificate,
    dns: DnsFacts,
    now: Timestamp,
) -> (DomainStatus, Option<DomainErrorCode>) {
    let active = known.status == DomainStatus::Active;
    let run_out = known.expires_at.is_some_and(|end| end <= now);
    let surely_valid = known.expires_at.is_some_and(|end| end > now);
    match (hostname, certificate) {
        (Hostname::Failed(code), _)
        | (
            _,
            Certificate::Failed(
                code @ (DomainErrorCode::CertificateRemoved | DomainErrorCode::Expired),
            ),
        ) => (DomainStatus::Error, Some(code)),
        (Hostname::Live, Certificate::Live) => (DomainStatus::Active, None),
        // The certificate in use serves on, also when the next one fails for now.
        (Hostname::Live, Certificate::Failed(_)) if active && surely_valid => {
            (DomainStatus::Active, None)
        }
        (_, Certificate::Failed(code)) => (DomainStatus::Error, Some(code)),
        // Cloudflare looks at the hostname once more; that ends live or `moved`.
        (Hostname::Waiting, Certificate::Live) if active => (DomainStatus::Active, None),
        // The certificate is there. What is missing is the traffic, or that Cloudflare notices it.
        (Hostname::Waiting, Certificate::Live) if dns.traffic == Some(true) => {
            (DomainStatus::Issuing, None)
        }
        (Hostname::Waiting, Certificate::Live) => (DomainStatus::PendingCname, None),
        (_, Certificate::Validating | Certificate::UnderWay) => {
            if run_out && was_live(known) {
                (DomainStatus::Error, Some(DomainErrorCode::Expired))
            } else if active {
                (DomainStatus::Active, None)
            } else if certificate == Certificate::UnderWay || known.dns_verified {
                (DomainStatus::Issuing, None)
            } else {
                (DomainStatus::PendingCname, None)
            }
        }
    }
}

fn was_live(known: &Known) -> bool {
    known.status == DomainStatus::Active || known.error == Some(DomainErrorCode::Expired)
}

/// Both of Cloudflare's lists, each text once, bounded.
fn merge_errors(seen: &Observation) -> Vec<String> {
    let mut merged: Vec<String> = Vec::new();
    for text in seen.verification_errors.iter().chain(&seen.validation_errors) {
        let text: String = text.chars().filter(|c| !c.is_control()).take(LONGEST_ERROR).collect();
        if !text.is_empty() && merged.len() < MOST_ERRORS && !merged.contains(&text) {
            merged.push(text);
        }
    }
    merged
}

#[cfg(test)]
#[path = "domain_state_tests.rs"]
mod tests;
