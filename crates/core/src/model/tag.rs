//! Tags: the owner's own words on domains, by which endpoints choose.

/// Tags of one domain, or of one endpoint's filter, at most.
pub const MOST_TAGS: usize = 20;

/// Characters of a tag at most.
const LONGEST: usize = 40;

/// Tags as they were given, without repeats.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tags(Vec<String>);

/// Why a list of words is no list of tags.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TagFault {
    /// More than 20.
    #[error("Give {MOST_TAGS} tags at most.")]
    TooMany,
    /// This word, cut to 64 characters, is no tag.
    #[error("\"{0}\" is no tag: give 1 to {LONGEST} of the characters a-z, 0-9, -, _, : and .")]
    Malformed(String),
}

impl Tags {
    /// Reads the tags of a request.
    ///
    /// # Errors
    /// More than 20, and the first word that is no tag.
    pub fn parse(words: Vec<String>) -> Result<Self, TagFault> {
        if words.len() > MOST_TAGS {
            return Err(TagFault::TooMany);
        }
        let mut tags = Vec::with_capacity(words.len());
        for word in words {
            if !is_tag(&word) {
                return Err(TagFault::Malformed(word.chars().take(64).collect()));
            }
            if !tags.contains(&word) {
                tags.push(word);
            }
        }
        Ok(Self(tags))
    }

    /// The stored form: a JSON array.
    pub fn to_json(&self) -> String {
        // A list of words always serialises.
        serde_json::to_string(&self.0).unwrap_or_else(|_| "[]".to_owned())
    }

    /// The words.
    pub fn words(&self) -> &[String] {
        &self.0
    }
}

/// What a token is limited to: the domains that have one of these tags, or all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TagLimit(Option<Tags>);

impl TagLimit {
    /// The domains that have one of `tags`; all, where there are none.
    pub fn to(tags: Tags) -> Self {
        Self((!tags.0.is_empty()).then_some(tags))
    }

    /// Reads what is stored of a token that is limited. What cannot be read reaches nothing.
    pub fn from_json(text: &str) -> Self {
        Self(Some(Tags(serde_json::from_str(text).unwrap_or_default())))
    }

    /// The stored form: a JSON array, or none for no limit.
    pub fn to_json(&self) -> Option<String> {
        self.0.as_ref().map(Tags::to_json)
    }

    /// The words; none for no limit, too.
    pub fn words(&self) -> &[String] {
        self.0.as_ref().map_or(&[], Tags::words)
    }

    /// Whether there is none.
    pub const fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Whether a domain with `tags` is within it.
    pub fn reaches(&self, tags: &[String]) -> bool {
        self.is_none() || tags.iter().any(|tag| self.words().contains(tag))
    }

    /// Whether the tags `before` of a domain may become `after`: it must stay within, and no word that
    /// is not of the limit may come or go, since others are told and limited by it.
    pub fn allows(&self, before: &[String], after: &[String]) -> bool {
        let own = |from: &[String], to: &[String]| {
            from.iter().all(|tag| to.contains(tag) || self.words().contains(tag))
        };
        self.is_none() || self.reaches(after) && own(before, after) && own(after, before)
    }
}

fn is_tag(word: &str) -> bool {
    let fits = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b':' | b'.');
    (1..=LONGEST).contains(&word.len()) && word.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Tags, TagFault> {
        Tags::parse(words.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn tags_are_kept_as_given_without_repeats() {
        let tags = parse(&["eu-west", "customer:42", "v1.2_x", "eu-west"]).unwrap();
        assert_eq!(tags.words(), ["eu-west", "customer:42", "v1.2_x"]);
        assert_eq!(parse(&[]).unwrap(), Tags::default());
    }

    #[test]
    fn a_limit_reaches_the_domains_that_have_one_of_its_tags_and_gives_no_others() {
        let words = |words: &[&str]| parse(words).unwrap().words().to_vec();
        let limit = TagLimit::to(parse(&["a", "b"]).unwrap());
        for (tags, within) in
            [(&["a"][..], true), (&["x", "b"], true), (&["x"], false), (&[], false)]
        {
            assert_eq!(limit.reaches(&words(tags)), within, "{tags:?}");
        }
        for (before, after, allowed) in [
            (&[][..], &["a"][..], true),
            (&["a", "x"], &["x", "b"], true),
            (&["a"], &["b", "x"], false),
            (&["a", "x"], &["a"], false),
            (&["a"], &[], false),
            (&["a", "x"], &["x"], false),
        ] {
            assert_eq!(
                limit.allows(&words(before), &words(after)),
                allowed,
                "{before:?} {after:?}"
            );
        }
        let none = TagLimit::to(Tags::default());
        assert!(none.is_none() && none.reaches(&[]) && none.allows(&words(&["x"]), &[]));
        assert_eq!((none.to_json(), limit.to_json().as_deref()), (None, Some(r#"["a","b"]"#)));
        assert_eq!(TagLimit::from_json(r#"["a","b"]"#), limit);
        for broken in ["", "[]", "null", "7", r#"{"a":"a"}"#, "[1]"] {
            assert!(!TagLimit::from_json(broken).reaches(&words(&["a"])), "{broken}");
        }
    }

    #[test]
    fn what_is_no_tag_is_refused_by_name() {
        let long = "a".repeat(41);
        for word in ["", "EU", "a b", "ü", "a,b", "a/b", "a\n", "*", long.as_str()] {
            assert_eq!(parse(&["fine", word]), Err(TagFault::Malformed(word.to_owned())), "{word}");
        }
        assert!(parse(&["a".repeat(40).as_str()]).is_ok());
        assert_eq!(parse(&["a"; 21]), Err(TagFault::TooMany));
        let endless = "ü".repeat(10_000);
        assert_eq!(parse(&[&endless]), Err(TagFault::Malformed("ü".repeat(64))));
    }
}
