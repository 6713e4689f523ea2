//! Verifies a webhook of DCVaaS with the crates `standardwebhooks` 1 and `http` 1.
use std::io::Read;
use std::{env, io, process};

use http::HeaderMap;
use standardwebhooks::Webhook;

/// `body` is the raw body, before any parsing.
fn verify(secret: &str, headers: &HeaderMap, body: &[u8]) -> bool {
    Webhook::new(secret).is_ok_and(|webhook| webhook.verify(body, headers).is_ok())
}

fn main() {
    let variable = |name| env::var(name).unwrap_or_default();
    let mut headers = HeaderMap::new();
    for (name, from) in [
        ("webhook-id", "WEBHOOK_ID"),
        ("webhook-timestamp", "WEBHOOK_TIMESTAMP"),
        ("webhook-signature", "WEBHOOK_SIGNATURE"),
    ] {
        if let Ok(value) = variable(from).parse() {
            headers.insert(name, value);
        }
    }
    let mut body = Vec::new();
    let read = io::stdin().read_to_end(&mut body);
    let good = read.is_ok() && verify(&variable("WEBHOOK_SECRET"), &headers, &body);
    process::exit(i32::from(!good));
}
