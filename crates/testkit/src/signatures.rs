//! Signatures, verified and made by another library than on Workers.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dcvaas_core::crypto::private_key::PrivateKey;
use dcvaas_core::crypto::public_key::{PublicKey, SignatureAlgorithm};
use dcvaas_core::ports::Signatures;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, Ed25519KeyPair, KeyPair, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
    VerificationAlgorithm,
};
use serde_json::Value;

use crate::executor::turn;

/// The signatures of the library `ring`.
pub struct NativeSignatures;

#[async_trait(?Send)]
impl Signatures for NativeSignatures {
    async fn verify(
        &self,
        key: &PublicKey,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        turn().await;
        if !key.fits(algorithm) {
            return false;
        }
        let jwk: Value = serde_json::from_str(key.as_jwk()).expect("a key is JSON");
        let part = |name: &str| {
            let text = jwk.get(name).and_then(Value::as_str).unwrap_or_default();
            // What has bits too many is no key.
            URL_SAFE_NO_PAD.decode(text).unwrap_or_default()
        };
        let rsa = |parameters: &RsaParameters| {
            let key = RsaPublicKeyComponents { n: part("n"), e: part("e") };
            key.verify(parameters, message, signature).is_ok()
        };
        let raw = |algorithm: &'static dyn VerificationAlgorithm, key: Vec<u8>| {
            UnparsedPublicKey::new(algorithm, key).verify(message, signature).is_ok()
        };
        match algorithm {
            SignatureAlgorithm::Rs256 => rsa(&RSA_PKCS1_2048_8192_SHA256),
            SignatureAlgorithm::Ps256 => rsa(&RSA_PSS_2048_8192_SHA256),
            SignatureAlgorithm::Es256 => {
                raw(&ECDSA_P256_SHA256_FIXED, [vec![4], part("x"), part("y")].concat())
            }
            SignatureAlgorithm::EdDsa => raw(&ED25519, part("x")),
        }
    }

    async fn public_half(&self, key: &PrivateKey) -> Option<[u8; 32]> {
        turn().await;
        pair(key).public_key().as_ref().try_into().ok()
    }

    async fn sign(&self, key: &PrivateKey, message: &[u8]) -> Option<[u8; 64]> {
        turn().await;
        pair(key).sign(message).as_ref().try_into().ok()
    }
}

fn pair(key: &PrivateKey) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(key.as_bytes()).expect("any 32 bytes are a private key")
}
