//! What an API token may do.

use serde::{Serialize, Serializer};

use crate::closed_set;

closed_set! {
    /// One right of a token: `resource:action`.
    pub enum Scope {
        /// See domains and their records.
        DomainsRead = "domains:read",
        /// Add, sync and remove domains.
        DomainsWrite = "domains:write",
        /// See webhook endpoints.
        WebhooksRead = "webhooks:read",
        /// Make, change and delete webhook endpoints.
        WebhooksWrite = "webhooks:write",
        /// See API tokens, never their secrets.
        TokensRead = "tokens:read",
        /// Make and revoke API tokens.
        TokensWrite = "tokens:write",
        /// Read the feed of events.
        EventsRead = "events:read",
        /// See jobs.
        JobsRead = "jobs:read",
        /// Start jobs.
        JobsWrite = "jobs:write",
        /// See connections to DNS providers.
        ConnectionsRead = "connections:read",
        /// Make and delete connections to DNS providers.
        ConnectionsWrite = "connections:write",
        /// Read the audit log.
        AuditRead = "audit:read",
        /// Everything that a token can do at all.
        Admin = "admin",
    }
}

impl Scope {
    /// The scope that includes this one beside [`Scope::Admin`]: who may write a resource may read
    /// it too, because a client that changes something must be able to see what it changed.
    const fn included_in(self) -> Option<Self> {
        match self {
            Self::DomainsRead => Some(Self::DomainsWrite),
            Self::WebhooksRead => Some(Self::WebhooksWrite),
            Self::TokensRead => Some(Self::TokensWrite),
            Self::JobsRead => Some(Self::JobsWrite),
            Self::ConnectionsRead => Some(Self::ConnectionsWrite),
            Self::DomainsWrite
            | Self::WebhooksWrite
            | Self::TokensWrite
            | Self::EventsRead
            | Self::JobsWrite
            | Self::ConnectionsWrite
            | Self::AuditRead
            | Self::Admin => None,
        }
    }

    /// Whether a token that is limited to domains with certain tags can hold it: what the others reach is
    /// told apart by no tag.
    pub const fn fits_tag_limit(self) -> bool {
        matches!(self, Self::DomainsRead | Self::DomainsWrite)
    }

    /// Its place in the bits of a [`ScopeSet`].
    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// The scopes of one token, each at most once, in the order of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScopeSet(u16);

/// Why a list of words is no set of scopes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeFault {
    /// A token without scopes could do nothing.
    #[error("Give at least one scope; known are: {}.", known())]
    Empty,
    /// More words than there are scopes.
    #[error("Give each scope at most once; there are {} of them.", Scope::ALL.len())]
    TooMany,
    /// This entry (from 0) is none of ours. The word is not repeated: it may be long.
    #[error("Entry {0} is no scope; known are: {known}.", known = known())]
    Unknown(usize),
}

fn known() -> String {
    Scope::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ")
}

impl ScopeSet {
    /// Reads what a caller asks for.
    ///
    /// # Errors
    /// An empty list, a list longer than the table, and an unknown word are refused.
    pub fn parse(words: &[String]) -> Result<Self, ScopeFault> {
        if words.is_empty() {
            return Err(ScopeFault::Empty);
        }
        if words.len() > Scope::ALL.len() {
            return Err(ScopeFault::TooMany);
        }
        words
            .iter()
            .enumerate()
            .map(|(at, word)| Scope::parse(word).ok_or(ScopeFault::Unknown(at)))
            .collect()
    }

    /// Reads a stored JSON array; `None` if it is none. A word that this version does not know
    /// grants nothing, so a token made by a newer version keeps its other rights.
    pub fn from_json(text: &str) -> Option<Self> {
        let words: Vec<String> = serde_json::from_str(text).ok()?;
        Some(words.iter().filter_map(|word| Scope::parse(word)).collect())
    }

    /// The stored form: a JSON array.
    pub fn to_json(&self) -> String {
        // The words need no escaping.
        let words: Vec<String> = self.iter().map(|scope| format!("\"{scope}\"")).collect();
        format!("[{}]", words.join(","))
    }

    /// The scopes, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        let set = *self;
        Scope::ALL.iter().copied().filter(move |scope| set.holds(*scope))
    }

    /// Whether the set gives the right `scope`, by itself or through one that includes it.
    pub fn grants(&self, scope: Scope) -> bool {
        self.holds(Scope::Admin)
            || self.holds(scope)
            || scope.included_in().is_some_and(|wider| self.holds(wider))
    }

    /// Whether `other` grants all that this set holds, so that a token can be made by one with
    /// `other` without gaining rights.
    pub fn is_subset_of(&self, other: &Self) -> bool {
        self.iter().all(|scope| other.grants(scope))
    }

    const fn holds(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

impl Serialize for ScopeSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(scopes: &[Scope]) -> ScopeSet {
        scopes.iter().copied().collect()
    }

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    fn any_set() -> impl Strategy<Value = ScopeSet> {
        proptest::sample::subsequence(Scope::ALL.to_vec(), 0..=Scope::ALL.len())
            .prop_map(|scopes| scopes.into_iter().collect())
    }

    #[test]
    fn a_single_scope_grants_itself_and_reading_what_it_writes() {
        for held in Scope::ALL {
            for wanted in Scope::ALL {
                let resource = |scope: &Scope| scope.as_str().split_once(':');
                let reads_what_it_writes = match (resource(held), resource(wanted)) {
                    (Some((left, "write")), Some((right, "read"))) => left == right,
                    _ => false,
                };
                let expected = held == wanted || *held == Scope::Admin || reads_what_it_writes;
                assert_eq!(set(&[*held]).grants(*wanted), expected, "{held} {wanted}");
            }
        }
    }

    #[test]
    fn a_token_can_mint_only_what_it_is_granted() {
        let reader = set(&[Scope::DomainsRead]);
        let writer = set(&[Scope::DomainsWrite]);
        let admin = set(&[Scope::Admin]);
        assert!(reader.is_subset_of(&writer));
        assert!(!writer.is_subset_of(&reader));
        assert!(writer.is_subset_of(&admin));
        let all_but_admin: ScopeSet =
            Scope::ALL.iter().copied().filter(|scope| *scope != Scope::Admin).collect();
        assert!(!admin.is_subset_of(&all_but_admin));
    }

    #[test]
    fn faults_say_what_is_known() {
        assert_eq!(ScopeSet::parse(&[]), Err(ScopeFault::Empty));
        let fault = ScopeSet::parse(&words(&["domains:read", "Domains:Read"])).unwrap_err();
        assert_eq!(fault, ScopeFault::Unknown(1));
        assert!(fault.to_string().contains("domains:write"));
        assert_eq!(ScopeSet::parse(&vec!["admin".to_owned(); 14]), Err(ScopeFault::TooMany));
    }

    #[test]
    fn stored_text_is_an_array_and_anything_else_grants_nothing() {
        let stored = set(&[Scope::Admin, Scope::DomainsRead]).to_json();
        assert_eq!(stored, r#"["domains:read","admin"]"#);
        for broken in ["", "null", "{}", "7", "[1]", "\"admin\"", "[\"admin\""] {
            assert_eq!(ScopeSet::from_json(broken), None, "{broken}");
        }
        assert_eq!(
            ScopeSet::from_json(r#"["domains:read","from:later"]"#),
            Some(set(&[Scope::DomainsRead]))
        );
    }

    proptest! {
        #[test]
        fn stored_text_reads_back(scopes in any_set()) {
            prop_assert_eq!(ScopeSet::from_json(&scopes.to_json()), Some(scopes));
            prop_assert_eq!(serde_json::to_string(&scopes).unwrap(), scopes.to_json());
        }

        #[test]
        fn a_subset_never_grants_more(left in any_set(), right in any_set(), scope in 0..Scope::ALL.len()) {
            let scope = Scope::ALL[scope];
            prop_assert!(!left.is_subset_of(&right) || !left.grants(scope) || right.grants(scope));
            prop_assert!(left.is_subset_of(&left));
        }
    }
}
