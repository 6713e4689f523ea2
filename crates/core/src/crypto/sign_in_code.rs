//! The code of a sign-in mail: short enough to be typed, and of use only to the browser that asked.

use zeroize::Zeroizing;

use super::hash::sha256_hex;
use super::token::OpaqueToken;

/// 32 characters that nobody takes for one another: without I, O, 0 and 1.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// 40 bits: with five tries, one guess in 200 thousand million succeeds.
const LENGTH: usize = 8;

/// Eight characters, shown in two groups.
pub struct SignInCode(Zeroizing<String>);

impl SignInCode {
    /// Makes a code of random bytes.
    pub fn generate(random: [u8; LENGTH]) -> Self {
        let character = |byte: u8| ALPHABET.get(usize::from(byte % 32)).copied().unwrap_or(b'A');
        Self(Zeroizing::new(random.into_iter().map(|byte| char::from(character(byte))).collect()))
    }

    /// Reads what a person typed: in any case, with or without blanks and hyphens.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 4 * LENGTH {
            return None;
        }
        let typed = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let code: Zeroizing<String> =
            Zeroizing::new(typed.map(|c| c.to_ascii_uppercase()).collect());
        let fits = code.len() == LENGTH && code.bytes().all(|byte| ALPHABET.contains(&byte));
        fits.then_some(Self(code))
    }

    /// The form for the mail: `ABCD-EFGH`.
    pub fn reveal(&self) -> String {
        let (first, second) = self.0.split_at_checked(LENGTH / 2).unwrap_or((&self.0, ""));
        format!("{first}-{second}")
    }

    /// What is stored to recognise it: hashed with the browser's nonce, whose 256 bits cannot be
    /// guessed, since those of the code alone could.
    pub fn hash(&self, nonce: &OpaqueToken) -> String {
        sha256_hex(format!("{}.{}", nonce.reveal(), self.0.as_str()).as_bytes())
    }
}

impl std::fmt::Debug for SignInCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignInCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = SignInCode::generate([0, 1, 2, 3, 4, 5, 6, 255]);
        assert_eq!(code.reveal(), "ABCD-EFG9");
        let nonce = OpaqueToken::generate([1; 32]);
        for typed in ["ABCD-EFG9", "abcdefg9", " abcd efg9 ", "AB-CD-EF-G9"] {
            assert_eq!(
                SignInCode::parse(typed).unwrap().hash(&nonce),
                code.hash(&nonce),
                "{typed}"
            );
        }
        for wrong in
            ["", "ABCD-EFG", "ABCD-EFGHJ", "ABCD-EFG0", "ABCD-EFGI", "ÄBCD-EFG9", &"A".repeat(100)]
        {
            assert!(SignInCode::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn its_hash_depends_on_the_browser_and_debug_shows_nothing() {
        let code = SignInCode::generate([3; 8]);
        let [one, other] = [1, 2].map(|byte| OpaqueToken::generate([byte; 32]));
        assert_ne!(code.hash(&one), code.hash(&other));
        assert_eq!(format!("{code:?}"), "SignInCode(…)");
    }

    proptest! {
        #[test]
        fn what_is_generated_is_read_back(random: [u8; 8], text in ".{0,40}") {
            let nonce = OpaqueToken::generate([1; 32]);
            let code = SignInCode::generate(random);
            prop_assert_eq!(SignInCode::parse(&code.reveal()).unwrap().hash(&nonce), code.hash(&nonce));
            // Any other text is refused without a panic.
            drop(SignInCode::parse(&text));
        }
    }
}
