//! Credentials: API tokens, and the opaque tokens of sessions and sign-in links.

use zeroize::Zeroizing;

use super::hash::TokenHash;

/// THE PREFIX MAY NEVER CHANGE: tokens are known to secret scanners by it, and the stored hashes
/// are over the whole text.
const PREFIX: &str = "dcv_";
/// 32 random bytes in hexadecimal.
const SECRET_LENGTH: usize = 64;
/// 62^6 is above 2^32, so six digits hold every checksum.
const CHECKSUM_LENGTH: usize = 6;
/// `dcv_` + 64 + `_` + 6.
const LENGTH: usize = PREFIX.len() + SECRET_LENGTH + 1 + CHECKSUM_LENGTH;
/// Characters of the text that are shown to tell tokens apart.
const SHOWN: usize = 12;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The text is no token of ours: found without asking the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed token")]
pub struct TokenFault;

/// An API token: `dcv_<64 hex>_<6 base62>`, the last six the CRC-32 of all that stands before
/// them, the underscore included.
pub struct ApiToken(Zeroizing<String>);

impl ApiToken {
    /// Makes a token of 32 random bytes.
    pub fn generate(random: [u8; 32]) -> Self {
        let random = Zeroizing::new(random);
        let mut text = String::with_capacity(LENGTH);
        text.push_str(PREFIX);
        text.push_str(&Zeroizing::new(hex::encode(random.as_slice())));
        text.push('_');
        let checksum = checksum(&text);
        text.extend(checksum.map(char::from));
        Self(Zeroizing::new(text))
    }

    /// Reads a token and verifies its checksum.
    ///
    /// # Errors
    /// Anything that [`generate`](Self::generate) could not have made.
    pub fn parse(text: &str) -> Result<Self, TokenFault> {
        if text.len() != LENGTH {
            return Err(TokenFault);
        }
        let (body, given) = text.split_at_checked(LENGTH - CHECKSUM_LENGTH).ok_or(TokenFault)?;
        let secret =
            body.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix('_')).ok_or(TokenFault)?;
        if !is_lower_hex(secret) || given.as_bytes() != checksum(body) {
            return Err(TokenFault);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// What is stored to find it again.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }

    /// The first 12 characters, for display.
    pub fn prefix(&self) -> &str {
        self.0.get(..SHOWN).unwrap_or_default()
    }

    /// The last four characters, for display. They are of the checksum.
    pub fn last_four(&self) -> &str {
        self.0.get(LENGTH - 4..).unwrap_or_default()
    }

    /// The whole text: for the one answer that shows it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ApiToken({}…)", self.prefix())
    }
}

/// CRC-32 (ISO-HDLC, as in gzip), bit by bit: the usual library's tables are 16 kB of each Worker,
/// and a token is 70 bytes.
fn crc32(bytes: &[u8]) -> u32 {
    let bit = |crc: u32| (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
    let byte = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| bit(crc));
    !bytes.iter().fold(u32::MAX, byte)
}

/// The CRC-32 in base62, padded with zeros.
fn checksum(body: &str) -> [u8; CHECKSUM_LENGTH] {
    let mut rest = crc32(body.as_bytes());
    let mut digits = [b'0'; CHECKSUM_LENGTH];
    for digit in digits.iter_mut().rev() {
        let value = usize::try_from(rest % 62).unwrap_or_default();
        *digit = BASE62.get(value).copied().unwrap_or(b'0');
        rest /= 62;
    }
    digits
}

fn is_lower_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The token of a session cookie or of a sign-in link: 64 hexadecimal digits. It is never typed,
/// logged or handed on, so it needs neither prefix nor checksum.
pub struct OpaqueToken(Zeroizing<String>);

/// The token of a session cookie.
pub type SessionToken = OpaqueToken;
/// The token of a sign-in link.
pub type SignInToken = OpaqueToken;

impl OpaqueToken {
    /// Makes a token of 32 random bytes.
    pub fn generate(random: [u8; 32]) -> Self {
        Self(Zeroizing::new(hex::encode(Zeroizing::new(random).as_slice())))
    }

    /// Reads a token.
    ///
    /// # Errors
    /// Anything but 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, TokenFault> {
        if text.len() == SECRET_LENGTH && is_lower_hex(text) {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(TokenFault)
        }
    }

    /// What is stored to find it again.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }

    /// The whole text: for the cookie or the link.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for OpaqueToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpaqueToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn example() -> ApiToken {
        ApiToken::generate([0xab; 32])
    }

    #[test]
    fn a_token_has_the_form_of_the_contract() {
        let token = example();
        let text = token.reveal();
        assert_eq!(text.len(), 75);
        assert!(text.starts_with(&format!("dcv_{}_", "ab".repeat(32))));
        assert!(text[69..].bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_eq!(token.prefix(), "dcv_abababab");
        assert_eq!(token.last_four(), &text[71..]);
    }

    #[test]
    fn the_checksum_is_crc32_in_base62_padded_with_zeros() {
        // The check value of CRC-32/ISO-HDLC for "123456789" is cbf43926 = 3421780262.
        let mut value = 3_421_780_262_u64;
        let mut expected = [0; 6];
        for digit in expected.iter_mut().rev() {
            *digit = BASE62[usize::try_from(value % 62).unwrap()];
            value /= 62;
        }
        assert_eq!(checksum("123456789"), expected);
        // The CRC-32 of nothing is 0.
        assert_eq!(&checksum(""), b"000000");
    }

    #[test]
    fn the_hash_is_over_the_whole_text() {
        let token = example();
        assert_eq!(
            token.hash().as_str(),
            super::super::hash::sha256_hex(token.reveal().as_bytes())
        );
    }

    #[test]
    fn debug_output_shows_the_public_prefix_alone() {
        assert_eq!(format!("{:?}", example()), "ApiToken(dcv_abababab…)");
        assert_eq!(format!("{:?}", OpaqueToken::generate([1; 32])), "OpaqueToken(…)");
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let good = example().reveal().to_owned();
        let wrong = [
            String::new(),
            "dcv_".to_owned(),
            good[..74].to_owned(),
            format!("{good}0"),
            format!(" {good}"),
            good.to_uppercase(),
            good.replace("dcv_", "dcw_"),
            "ü".repeat(37) + "a",
            "€".repeat(25),
            "a".repeat(1_000_000),
        ];
        for text in wrong {
            assert_eq!(ApiToken::parse(&text).err(), Some(TokenFault), "{}", text.len());
        }
        // Upper-case digits with their own right checksum are still not what we make.
        let upper = format!("dcv_{}_", "AB".repeat(32));
        let upper = format!("{upper}{}", String::from_utf8(checksum(&upper).to_vec()).unwrap());
        assert!(ApiToken::parse(&upper).is_err());
    }

    #[test]
    fn opaque_tokens_are_64_lower_case_hex_digits() {
        let token = OpaqueToken::generate([7; 32]);
        assert_eq!(OpaqueToken::parse(token.reveal()).unwrap().hash(), token.hash());
        for text in ["", "07", &"0".repeat(63), &"0".repeat(65), &"A".repeat(64), &"ü".repeat(32)]
        {
            assert!(OpaqueToken::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_checksum_is_that_of_a_library(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(crc32(&bytes), crc32fast::hash(&bytes));
        }

        #[test]
        fn what_is_generated_is_read_back(random: [u8; 32]) {
            let token = ApiToken::generate(random);
            prop_assert_eq!(ApiToken::parse(token.reveal()).unwrap().hash(), token.hash());
        }

        #[test]
        fn one_wrong_character_anywhere_is_found(random: [u8; 32], at in 0_usize..75, by in 1_u8..62) {
            let mut text = ApiToken::generate(random).reveal().to_owned().into_bytes();
            let other = BASE62.iter().position(|digit| *digit == text[at]).unwrap_or(0);
            text[at] = BASE62[(other + usize::from(by)) % 62];
            let text = String::from_utf8(text).unwrap();
            prop_assume!(text != ApiToken::generate(random).reveal());
            prop_assert!(ApiToken::parse(&text).is_err());
        }

        #[test]
        fn any_text_is_refused_without_a_panic(text in ".{0,100}") {
            prop_assert!(ApiToken::parse(&text).is_err());
        }
    }
}
