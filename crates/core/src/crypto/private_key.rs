//! Key pairs of endpoints: Ed25519 signatures (RFC 8032) in the form of Standard Webhooks 1.0, which
//! a receiver verifies without holding anything secret. The arithmetic is the runtime's
//! ([`Signatures`](crate::ports::Signatures)).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// The prefix of a public key in Standard Webhooks 1.0.
const WHPK: &str = "whpk_";

/// The private half, which never leaves: 32 bytes, from which all else follows.
pub struct PrivateKey(Zeroizing<[u8; 32]>);

impl PrivateKey {
    /// A new key from 32 random bytes.
    pub fn generate(random: [u8; 32]) -> Self {
        Self(Zeroizing::new(random))
    }

    /// From the bytes that were kept; `None` for another length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// The bytes: to be encrypted at rest, and to sign with.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A public half as receivers get it: `whpk_` and base64.
pub fn whpk(public: &[u8; 32]) -> String {
    [WHPK, &STANDARD.encode(public)].concat()
}

/// A signature for `webhook-signature`: `v1a,` and base64. What it signs is `id.timestamp.body`.
pub fn v1a(signature: &[u8; 64]) -> String {
    ["v1a,", &STANDARD.encode(signature)].concat()
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_key_has_32_bytes_and_shows_none() {
        assert!(PrivateKey::from_bytes(&[7; 31]).is_none());
        assert!(!format!("{:?}", PrivateKey::generate([7; 32])).contains('7'));
    }
}
