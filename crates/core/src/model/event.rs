//! The catalogue of events, and which of them an endpoint wants.

use serde::{Serialize, Serializer};

use crate::closed_set;

closed_set! {
    /// What happened. The names are part of the public contract: none may change or go.
    pub enum EventType {
        /// A domain was added.
        DomainAdded = "domain.added",
        /// A domain was removed.
        DomainRemoved = "domain.removed",
        /// A domain's certificate is live.
        DomainActive = "domain.active",
        /// Somebody must act for a domain.
        DomainError = "domain.error",
        /// A certificate ends soon and no newer one is there.
        DomainExpiringSoon = "domain.expiring_soon",
        /// A newer certificate took over.
        DomainRenewed = "domain.renewed",
        /// DNS is right, and a certificate is under way.
        DomainIssuing = "domain.issuing",
        /// A domain's certificate ran out without a successor.
        DomainExpired = "domain.expired",
        /// A domain's custom hostname was deleted at Cloudflare.
        DomainLapsed = "domain.lapsed",
        /// A domain's tags were changed.
        DomainUpdated = "domain.updated",
        /// The owner's records are right.
        DnsVerified = "dns.verified",
        /// The owner's records could not be confirmed.
        DnsCheckFailed = "dns.check_failed",
        /// A record that was right is gone or wrong.
        DnsDrifted = "dns.drifted",
        /// A record that was gone or wrong is right again.
        DnsRestored = "dns.restored",
        /// A certificate is there that was not seen before.
        CertificateIssued = "certificate.issued",
        /// Background work failed and is given up.
        JobFailed = "job.failed",
        /// Background work failed too often and was set aside.
        JobDlq = "job.dlq",
        /// An API token was made.
        TokenCreated = "token.created",
        /// An API token was replaced by a new one.
        TokenRotated = "token.rotated",
        /// An API token was revoked.
        TokenRevoked = "token.revoked",
        /// An API token comes to its end soon.
        TokenExpiring = "token.expiring",
        /// An API token came to its end.
        TokenExpired = "token.expired",
        /// Somebody was invited.
        MemberInvited = "member.invited",
        /// Somebody accepted an invitation.
        MemberJoined = "member.joined",
        /// A member's role was changed, or they were let in again.
        MemberUpdated = "member.updated",
        /// A member was shut out.
        MemberSuspended = "member.suspended",
        /// A member was removed, or left.
        MemberRemoved = "member.removed",
        /// An organization's name or brand was changed.
        OrganizationUpdated = "organization.updated",
        /// An organization's plan or limits were changed.
        OrganizationPlanChanged = "organization.plan_changed",
        /// An endpoint was made.
        WebhookCreated = "webhook.created",
        /// An endpoint was changed.
        WebhookUpdated = "webhook.updated",
        /// An endpoint was turned on again.
        WebhookEnabled = "webhook.enabled",
        /// An endpoint was deleted.
        WebhookDeleted = "webhook.deleted",
        /// An endpoint got a new secret.
        WebhookSecretRotated = "webhook.secret_rotated",
        /// An endpoint is tried out.
        WebhookTest = "webhook.test",
        /// An endpoint was turned off.
        WebhookDisabled = "webhook.disabled",
        /// An endpoint fails since a day, or is about to be turned off for it.
        WebhookFailing = "webhook.failing",
    }
}

impl EventType {
    /// What stands before the dot.
    pub fn category(self) -> &'static str {
        self.as_str().split('.').next().unwrap_or_default()
    }
}

/// Entries of a selection at most.
const MOST: usize = 64;

/// One entry of a selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pattern {
    /// `*`: also what is added to the catalogue later.
    All,
    /// `<category>.*`.
    Category(&'static str),
    /// One event by its name.
    One(EventType),
}

impl Pattern {
    fn parse(word: &str) -> Option<Self> {
        if word == "*" {
            return Some(Self::All);
        }
        match word.strip_suffix(".*") {
            Some(category) => EventType::ALL
                .iter()
                .map(|event| event.category())
                .find(|known| *known == category)
                .map(Self::Category),
            None => EventType::parse(word).map(Self::One),
        }
    }

    fn matches(self, event: EventType) -> bool {
        match self {
            Self::All => true,
            Self::Category(category) => event.category() == category,
            Self::One(one) => event == one,
        }
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("*"),
            Self::Category(category) => serializer.collect_str(&format_args!("{category}.*")),
            Self::One(event) => event.serialize(serializer),
        }
    }
}

/// The events that an endpoint wants: names, `<category>.*` or `*`, as they were given, without
/// repeats. `store::events::FAN_OUT` reads the same three forms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct EventSelection(Vec<Pattern>);

/// Why a list of words selects nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectionFault {
    /// No entry.
    #[error("Give at least one event, or leave events out for all.")]
    Empty,
    /// More than 64 entries.
    #[error("Give {MOST} events at most; \"*\" selects all.")]
    TooMany,
    /// This word, cut to 64 characters, is no event.
    #[error("\"{0}\" is no event; known are: {known}, a category such as domain.*, and *.", known = known())]
    Unknown(String),
}

fn known() -> String {
    EventType::ALL.iter().map(|event| event.as_str()).collect::<Vec<_>>().join(", ")
}

impl EventSelection {
    /// Every event.
    pub fn all() -> Self {
        Self(vec![Pattern::All])
    }

    /// Reads the entries of a request.
    ///
    /// # Errors
    /// An empty list, more than 64 entries, and the first word that is no event.
    pub fn parse(words: &[String]) -> Result<Self, SelectionFault> {
        if words.is_empty() {
            return Err(SelectionFault::Empty);
        }
        if words.len() > MOST {
            return Err(SelectionFault::TooMany);
        }
        let mut patterns = Vec::new();
        for word in words {
            let pattern = Pattern::parse(word)
                .ok_or_else(|| SelectionFault::Unknown(word.chars().take(64).collect()))?;
            if !patterns.contains(&pattern) {
                patterns.push(pattern);
            }
        }
        Ok(Self(patterns))
    }

    /// The stored form: a JSON array of the entries.
    pub fn to_json(&self) -> String {
        // A list of words always serialises; the empty list selects nothing.
        serde_json::to_string(self).unwrap_or_else(|_| "[]".to_owned())
    }

    /// Whether the event is selected.
    pub fn matches(&self, event: EventType) -> bool {
        self.0.iter().any(|pattern| pattern.matches(event))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(words: &[&str]) -> Result<EventSelection, SelectionFault> {
        EventSelection::parse(&words.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    fn selected(words: &[&str]) -> Vec<&'static str> {
        let selection = parse(words).unwrap();
        EventType::ALL
            .iter()
            .filter(|event| selection.matches(**event))
            .map(|event| event.as_str())
            .collect()
    }

    #[test]
    fn a_category_selects_its_events_alone() {
        assert_eq!(
            selected(&["dns.*"]),
            ["dns.verified", "dns.check_failed", "dns.drifted", "dns.restored"]
        );
        assert_eq!(selected(&["job.*", "domain.added"]), ["domain.added", "job.failed", "job.dlq"]);
        assert_eq!(selected(&["*"]).len(), EventType::ALL.len());
    }

    #[test]
    fn entries_are_kept_as_given_without_repeats() {
        let selection = parse(&["domain.*", "dns.verified", "domain.*"]).unwrap();
        assert_eq!(selection.to_json(), r#"["domain.*","dns.verified"]"#);
        assert_eq!(EventSelection::all().to_json(), r#"["*"]"#);
    }

    #[test]
    fn what_is_no_event_is_refused_by_name() {
        for word in [
            "",
            ".",
            ".*",
            "**",
            "domain",
            "domain.",
            "domain.**",
            "dom*",
            "*.active",
            "domain.Active",
            " *",
            "foo.*",
        ] {
            assert_eq!(
                parse(&["*", word]),
                Err(SelectionFault::Unknown(word.to_owned())),
                "{word}"
            );
        }
        assert!(parse(&["domain.activ"]).unwrap_err().to_string().contains("domain.active"));
    }

    #[test]
    fn lists_are_bounded_and_long_words_are_cut() {
        assert_eq!(parse(&[]), Err(SelectionFault::Empty));
        assert_eq!(parse(&["*"; 65]), Err(SelectionFault::TooMany));
        assert!(parse(&["*"; 64]).is_ok());
        let long = "ü".repeat(10_000);
        assert_eq!(parse(&[&long]), Err(SelectionFault::Unknown("ü".repeat(64))));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(words in proptest::collection::vec(".{0,40}", 0..70)) {
            if let Ok(selection) = EventSelection::parse(&words) {
                let stored: Vec<String> = serde_json::from_str(&selection.to_json()).unwrap();
                prop_assert_eq!(EventSelection::parse(&stored), Ok(selection));
            }
        }
    }
}
