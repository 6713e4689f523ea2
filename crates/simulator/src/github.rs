//! GitHub's secret scanning: the keys that it publishes, and reports as it would sign them.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use serde_json::{Value, json};

use crate::state::Simulator;

/// How the one key is named.
const IDENTIFIER: &str = "5e6a7b1c00000000000000000000000000000000000000000000000000000001";
/// The key pair (PKCS #8). It signs for the simulator alone, and is always the same, so that keys which
/// somebody keeps outlast a restart.
const PRIVATE: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgwiKRsDNyOwBy7oNWbCWdTJ9cCG/wyMri3q0Vs0iMnNShRANCAATF\
    l/YpKE4i+xfh6pWYWVNvdS6ljYWzaVFsCZTt+Xqe4vU+4+aPTw41xwmVd/7XWB4/uBbMqzxNAZthgutXSswP";
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\n\
    MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAExZf2KShOIvsX4eqVmFlTb3UupY2F\n\
    s2lRbAmU7fl6nuL1PuPmj08ONccJlXf+11geP7gWzKs8TQGbYYLrV0rMDw==\n\
    -----END PUBLIC KEY-----\n";

pub(crate) fn routes() -> Router<Simulator> {
    Router::new().route("/github/meta/public_keys/secret_scanning", get(keys))
}

/// Refused without a `User-Agent`, as by GitHub's API.
async fn keys(headers: HeaderMap) -> Response {
    if !headers.contains_key(header::USER_AGENT) {
        let text = "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.";
        return (StatusCode::FORBIDDEN, text).into_response();
    }
    let key = json!({ "key_identifier": IDENTIFIER, "key": PUBLIC, "is_current": true });
    Json(json!({ "public_keys": [key] })).into_response()
}

/// The headers with which GitHub would send this body; `None` if it cannot be signed.
pub(crate) fn signed(body: &[u8]) -> Option<Value> {
    let random = SystemRandom::new();
    let key = STANDARD.decode(PRIVATE).ok()?;
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &key, &random).ok()?;
    let signature = STANDARD.encode(pair.sign(&random, body).ok()?);
    Some(json!({
        "content-type": "application/json",
        "github-public-key-identifier": IDENTIFIER,
        "github-public-key-signature": signature,
    }))
}
