//! Encryption at rest: AES-256-GCM, one key for each purpose, bound to the row it stands in.
//!
//! A sealed text is `v1.<key id>.<nonce>.<ciphertext>`. The associated data names table, column,
//! row and organization, so that a text moved to another row does not open.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::closed_set;

const VERSION: &str = "v1";

closed_set! {
    /// What is encrypted; each has a key of its own (HKDF, RFC 5869).
    pub enum Purpose {
        /// Secrets of webhook endpoints.
        WebhookSecret = "webhook_secret",
        /// Links and codes that a mail carries.
        MailSecret = "mail_secret",
        /// PKCE verifiers of attempts to sign in by a provider.
        PkceVerifier = "pkce_verifier",
    }
}

/// Where the text stands. All four parts must be the same to open it.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "each part is what its name says")]
pub struct Aad<'a> {
    pub table: &'a str,
    pub column: &'a str,
    pub row: &'a str,
    pub org: &'a str,
}

impl Aad<'_> {
    /// The parts with their lengths, so that no two places give the same bytes.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in [self.table, self.column, self.row, self.org] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}

/// The key cannot be used. The text names the variable, never its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} must be 64 hexadecimal digits (32 bytes), such as `openssl rand -hex 32` gives")]
pub struct KeyFault(pub &'static str);

/// The text does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealFault {
    /// It does not have the form of a sealed text.
    #[error("not a sealed text")]
    Malformed,
    /// It was sealed with a key that is not configured.
    #[error("sealed with an unknown key")]
    UnknownKey,
    /// It was altered, or moved from another place.
    #[error("altered or moved")]
    Forged,
}

struct RootKey {
    id: String,
    bytes: Zeroizing<[u8; 32]>,
}

impl RootKey {
    fn parse(text: &str, variable: &'static str) -> Result<Self, KeyFault> {
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text, bytes.as_mut()).map_err(|_| KeyFault(variable))?;
        let mut hasher = Sha256::new_with_prefix(b"dcvaas key id");
        hasher.update(bytes.as_slice());
        let id = hex::encode(hasher.finalize()).chars().take(8).collect();
        Ok(Self { id, bytes })
    }

    fn cipher(&self, purpose: Purpose) -> Option<Aes256Gcm> {
        let mut key = Zeroizing::new([0u8; 32]);
        Hkdf::<Sha256>::new(None, self.bytes.as_slice())
            .expand(purpose.as_str().as_bytes(), key.as_mut())
            .ok()?;
        Some(Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key)))
    }
}

/// The key in force, and the one before it while rows are sealed anew.
pub struct KeyRing {
    current: RootKey,
    previous: Option<RootKey>,
}

impl KeyRing {
    /// Reads `ENCRYPTION_KEY` and `ENCRYPTION_KEY_PREVIOUS`.
    pub fn parse(current: &str, previous: Option<&str>) -> Result<Self, KeyFault> {
        Ok(Self {
            current: RootKey::parse(current, "ENCRYPTION_KEY")?,
            previous: previous
                .map(|text| RootKey::parse(text, "ENCRYPTION_KEY_PREVIOUS"))
                .transpose()?,
        })
    }

    /// Seals with the key in force. The nonce must be random: 96 bits, once.
    pub fn seal(
        &self,
        purpose: Purpose,
        aad: &Aad<'_>,
        plain: &[u8],
        nonce: [u8; 12],
    ) -> Result<String, SealFault> {
        let cipher = self.current.cipher(purpose).ok_or(SealFault::Malformed)?;
        let payload = Payload { msg: plain, aad: &aad.bytes() };
        let sealed =
            cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| SealFault::Malformed)?;
        let [nonce, sealed] = [URL_SAFE_NO_PAD.encode(nonce), URL_SAFE_NO_PAD.encode(sealed)];
        Ok(format!("{VERSION}.{}.{nonce}.{sealed}", self.current.id))
    }

    /// Opens what was sealed for the same purpose in the same place.
    pub fn open(
        &self,
        purpose: Purpose,
        aad: &Aad<'_>,
        text: &str,
    ) -> Result<Zeroizing<Vec<u8>>, SealFault> {
        let parts: Vec<&str> = text.split('.').collect();
        let [VERSION, id, nonce, sealed] = parts.as_slice() else {
            return Err(SealFault::Malformed);
        };
        let key = [Some(&self.current), self.previous.as_ref()]
            .into_iter()
            .flatten()
            .find(|key| key.id == **id)
            .ok_or(SealFault::UnknownKey)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| SealFault::Malformed);
        let nonce: [u8; 12] = decode(nonce)?.try_into().map_err(|_| SealFault::Malformed)?;
        let sealed = decode(sealed)?;
        let cipher = key.cipher(purpose).ok_or(SealFault::Malformed)?;
        let payload = Payload { msg: &sealed, aad: &aad.bytes() };
        cipher
            .decrypt(&Nonce::from(nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| SealFault::Forged)
    }
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyRing({})", self.current.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Aad<'_> =
        Aad { table: "webhook_endpoints", column: "sealed_secret", row: "wh_1", org: "org_1" };

    fn ring(byte: &str) -> KeyRing {
        KeyRing::parse(&byte.repeat(32), None).unwrap()
    }

    fn sealed() -> String {
        ring("ab").seal(Purpose::WebhookSecret, &PLACE, b"hello", [1; 12]).unwrap()
    }

    fn open(ring: &KeyRing, place: &Aad<'_>, text: &str) -> Result<Vec<u8>, SealFault> {
        ring.open(Purpose::WebhookSecret, place, text).map(|plain| plain.to_vec())
    }

    #[test]
    fn it_opens_where_it_was_sealed() {
        assert_eq!(open(&ring("ab"), &PLACE, &sealed()), Ok(b"hello".to_vec()));
        assert!(!sealed().contains("hello"));
        let other = ring("ab").seal(Purpose::WebhookSecret, &PLACE, b"hello", [2; 12]).unwrap();
        assert_ne!(other, sealed());
    }

    #[test]
    fn it_does_not_open_in_another_place() {
        let places = [
            Aad { table: "x", ..PLACE },
            Aad { column: "x", ..PLACE },
            Aad { row: "wh_2", ..PLACE },
            Aad { org: "org_2", ..PLACE },
            Aad { table: "webhook_endpointss", column: "ealed_secret", ..PLACE },
        ];
        for place in places {
            assert_eq!(open(&ring("ab"), &place, &sealed()), Err(SealFault::Forged), "{place:?}");
        }
    }

    #[test]
    fn a_changed_character_anywhere_closes_it() {
        let text = sealed();
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(open(&ring("ab"), &PLACE, &changed).is_err(), "{at}");
        }
        for short in ["", "v1", "v1...", "v2.a.b.c", &text[..text.len() - 1]] {
            assert!(open(&ring("ab"), &PLACE, short).is_err(), "{short}");
        }
    }

    #[test]
    fn the_previous_key_still_opens_and_an_unknown_one_does_not() {
        let rotated = KeyRing::parse(&"cd".repeat(32), Some(&"ab".repeat(32))).unwrap();
        assert_eq!(open(&rotated, &PLACE, &sealed()), Ok(b"hello".to_vec()));
        assert_eq!(open(&ring("cd"), &PLACE, &sealed()), Err(SealFault::UnknownKey));
    }

    #[test]
    fn a_malformed_key_is_refused_by_name() {
        for bad in ["", "ab", &"zz".repeat(32), &"ab".repeat(33)] {
            assert!(
                KeyRing::parse(bad, None)
                    .unwrap_err()
                    .to_string()
                    .starts_with("ENCRYPTION_KEY must")
            );
            let fault = KeyRing::parse(&"ab".repeat(32), Some(bad)).unwrap_err();
            assert!(fault.to_string().starts_with("ENCRYPTION_KEY_PREVIOUS must"));
        }
    }
}
