//! Signatures by the runtime's Web Cryptography, which costs a Worker hardly any bytes.

use async_trait::async_trait;
use dcvaas_core::crypto::private_key::PrivateKey;
use dcvaas_core::crypto::public_key::{PublicKey, SignatureAlgorithm};
use dcvaas_core::ports::{Level, Log, Signatures};
use js_sys::Uint8Array;
use serde_json::json;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::runtime::{ConsoleLog, describe};

/// `crypto.subtle`.
pub(crate) struct SubtleCrypto;

#[async_trait(?Send)]
impl Signatures for SubtleCrypto {
    async fn verify(
        &self,
        key: &PublicKey,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        if !key.fits(algorithm) {
            return false;
        }
        match verify(algorithm.as_str(), key.as_jwk(), message, signature).await {
            Ok(answer) => answer.is_truthy(),
            // A key that is no key, such as a point beside its curve.
            Err(error) => {
                let cause: String = describe(&error).chars().take(200).collect();
                ConsoleLog.line(Level::Warn, "signature.failed", json!({ "cause": cause }));
                false
            }
        }
    }

    async fn public_half(&self, key: &PrivateKey) -> Option<[u8; 32]> {
        bytes(public_half(key.as_bytes()).await)
    }

    async fn sign(&self, key: &PrivateKey, message: &[u8]) -> Option<[u8; 64]> {
        bytes(signed(key.as_bytes(), message).await)
    }
}

fn bytes<const N: usize>(answer: Result<JsValue, JsValue>) -> Option<[u8; N]> {
    Uint8Array::new(&answer.ok()?).to_vec().try_into().ok()
}

// In one crossing. The bytes are copied first: memory may move while the key is read.
#[wasm_bindgen(inline_js = "
const ALGORITHMS = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
};
export async function verify(name, jwk, message, signature) {
  const [data, sign] = [message.slice(), signature.slice()];
  const algorithm = ALGORITHMS[name];
  const key = await crypto.subtle.importKey('jwk', JSON.parse(jwk), algorithm, false, ['verify']);
  return crypto.subtle.verify(algorithm, key, sign, data);
}
// A private key without its public half is taken as PKCS #8 alone: what stands before its bytes (RFC 8410 section 7).
const PKCS8 = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
async function imported(bytes, extractable) {
  const pkcs8 = Uint8Array.of(...PKCS8, ...bytes);
  try {
    return await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', extractable, ['sign']);
  } finally {
    pkcs8.fill(0);
  }
}
export async function publicHalf(key) {
  const { x } = await crypto.subtle.exportKey('jwk', await imported(key, true));
  return Uint8Array.from(atob(x.replaceAll('-', '+').replaceAll('_', '/')), (byte) => byte.charCodeAt(0));
}
export async function signed(key, message) {
  const data = message.slice();
  return new Uint8Array(await crypto.subtle.sign('Ed25519', await imported(key, false), data));
}")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn verify(
        algorithm: &str,
        jwk: &str,
        message: &[u8],
        signature: &[u8],
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = publicHalf)]
    async fn public_half(key: &[u8]) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch)]
    async fn signed(key: &[u8], message: &[u8]) -> Result<JsValue, JsValue>;
}
