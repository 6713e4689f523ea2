//! Signatures of webhooks, in both forms of the public contract.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::secret::SecretText;

/// The prefix of a symmetric secret in Standard Webhooks 1.0.
const WHSEC: &str = "whsec_";

/// The secret of one endpoint: 32 bytes that only it and we know.
pub struct SigningSecret(Zeroizing<[u8; 32]>);

impl SigningSecret {
    /// A new secret from 32 random bytes.
    pub fn generate(random: [u8; 32]) -> Self {
        Self(Zeroizing::new(random))
    }

    /// From the bytes that were kept; `None` for another length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// The bytes, to be encrypted at rest.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// 64 hexadecimal digits: the form for `X-DCVaaS-Signature`.
    pub fn hex(&self) -> SecretText {
        SecretText::new(hex::encode(self.as_bytes()))
    }

    /// `whsec_` and base64: the form for Standard Webhooks libraries.
    pub fn whsec(&self) -> SecretText {
        SecretText::new(format!("{WHSEC}{}", STANDARD.encode(self.as_bytes())))
    }

    /// `X-DCVaaS-Signature`: HMAC-SHA256 over the raw body in hexadecimal, the key being the 64
    /// digits **as text**, as the public contract fixes it.
    pub fn body_signature(&self, body: &[u8]) -> String {
        hex::encode(hmac(self.hex().expose().as_bytes(), body))
    }

    /// `webhook-signature` of Standard Webhooks 1.0: `v1,` and the base64 of HMAC-SHA256 over
    /// `id.timestamp.body`, the key being the bytes.
    pub fn standard_signature(&self, id: &str, timestamp_seconds: i64, body: &[u8]) -> String {
        standard(self.as_bytes(), id, timestamp_seconds, body)
    }
}

impl std::fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

/// What Standard Webhooks 1.0 signs, by whatever key: `id.timestamp.body`.
pub fn signed_text(id: &str, timestamp_seconds: i64, body: &[u8]) -> Vec<u8> {
    let head = format!("{id}.{timestamp_seconds}.");
    [head.as_bytes(), body].concat()
}

fn standard(key: &[u8], id: &str, timestamp_seconds: i64, body: &[u8]) -> String {
    format!("v1,{}", STANDARD.encode(hmac(key, &signed_text(id, timestamp_seconds, body))))
}

fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length (RFC 2104 section 2), so this cannot fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    mac.update(text);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_signature_matches_the_contracts_vector() {
        let secret = SigningSecret::generate([0xab; 32]);
        assert_eq!(secret.hex().expose(), "ab".repeat(32));
        assert_eq!(
            secret.body_signature(br#"{"domainId":"d","domainName":"a.example"}"#),
            "2539d8f03f02554bf68826463a13e0b319d02f97739512778a4eccf8c2b4ec22"
        );
    }

    #[test]
    fn the_standard_signature_matches_the_published_vector() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(
            standard(
                &key,
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330,
                br#"{"test": 2432232314}"#
            ),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn hmac_matches_the_vector_of_another_sender() {
        let digest = hmac(b"It's a Secret to Everybody", b"Hello, World!");
        let expected = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assert_eq!(hex::encode(digest), expected);
    }

    #[test]
    fn both_forms_hold_the_same_bytes_and_debug_shows_none() {
        let secret = SigningSecret::generate([7; 32]);
        let whsec = secret.whsec();
        let bytes = STANDARD.decode(whsec.expose().strip_prefix(WHSEC).unwrap()).unwrap();
        assert_eq!(hex::encode(bytes), secret.hex().expose());
        assert!(!format!("{secret:?}").contains("07"));
    }
}
