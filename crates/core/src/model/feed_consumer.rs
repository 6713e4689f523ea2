//! Readers of the feed of events whose place is kept for them, by a name of the organization's own.

use serde::Deserialize;

/// Readers of one organization at most.
pub const MOST: u32 = 20;

/// Characters of a name at most.
const LONGEST: usize = 40;

/// A reader's name: 1 to 40 of the characters a-z, 0-9, `-`, `_` and `.`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConsumerName(
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[a-z0-9_.-]{1,40}$")))] String,
);

/// The text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Give 1 to {LONGEST} of the characters a-z, 0-9, -, _ and .")]
pub struct NotAName;

impl ConsumerName {
    /// Reads a name; `None` for what is none.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
        let good = (1..=LONGEST).contains(&text.len()) && text.bytes().all(fits);
        good.then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ConsumerName {
    type Error = NotAName;

    fn try_from(text: String) -> Result<Self, NotAName> {
        Self::parse(&text).ok_or(NotAName)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_words() {
        let long = "a".repeat(41);
        for good in ["crm", "a", "billing-2.eu_west", &long[..40]] {
            assert!(ConsumerName::parse(good).is_some(), "{good}");
        }
        for bad in ["", "CRM", "a b", "a/b", "ü", long.as_str()] {
            assert!(ConsumerName::parse(bad).is_none(), "{bad}");
        }
    }
}
