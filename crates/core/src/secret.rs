//! Secrets that cannot be printed, copied or serialised by accident.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A secret text. Wiped from memory when dropped, compared in constant time, shown by nothing but
/// [`expose`](Self::expose).
///
/// ```
/// # use dcvaas_core::secret::SecretText;
/// assert_eq!(format!("{:?}", SecretText::new("hunter2")), "SecretText(…)");
/// ```
///
/// Printing, cloning and serialising it do not compile:
///
/// ```compile_fail
/// println!("{}", dcvaas_core::secret::SecretText::new("hunter2"));
/// ```
/// ```compile_fail
/// let _ = dcvaas_core::secret::SecretText::new("hunter2").clone();
/// ```
/// ```compile_fail
/// let _ = serde_json::to_string(&dcvaas_core::secret::SecretText::new("hunter2"));
/// ```
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// Takes the text over.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself: for the header or the answer that needs it, never for a log.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretText(…)")
    }
}

impl PartialEq for SecretText {
    /// Takes the same time wherever the texts differ; only their lengths can be learned.
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for SecretText {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_nothing_of_the_text() {
        assert_eq!(format!("{:?}", Some(SecretText::new("hunter2"))), "Some(SecretText(…))");
    }

    #[test]
    fn equality_is_that_of_the_texts() {
        assert_eq!(SecretText::new("abc"), SecretText::new("abc"));
        for other in ["", "ab", "abd", "abcd", "Abc"] {
            assert_ne!(SecretText::new("abc"), SecretText::new(other), "{other}");
        }
    }
}
