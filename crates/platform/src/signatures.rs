//! Signatures by the runtime's Web Cryptography, which costs a Worker hardly any bytes.

use async_trait::async_trait;
use dcvaas_core::crypto::public_key::{PublicKey, SignatureAlgorithm};
use dcvaas_core::ports::{Level, Log, Signatures};
use serde_json::json;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::runtime::ConsoleLog;

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
                let cause = format!("{error:?}").chars().take(200).collect::<String>();
                ConsoleLog.line(Level::Warn, "signature.failed", json!({ "cause": cause }));
                false
            }
        }
    }
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
}")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn verify(
        algorithm: &str,
        jwk: &str,
        message: &[u8],
        signature: &[u8],
    ) -> Result<JsValue, JsValue>;
}
