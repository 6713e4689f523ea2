//! How many webhooks can be signed in a second, natively: for `cargo xtask bench webhooks`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use dcvaas_core::crypto::mac::{SigningSecret, signed_text};
use dcvaas_core::crypto::private_key::{PrivateKey, v1a};
use dcvaas_core::ports::Signatures;
use dcvaas_testkit::{NativeSignatures, run};

/// Bytes of a body: about those of `domain.active`.
const BODY: usize = 600;
const LONG_ENOUGH: Duration = Duration::from_secs(1);

/// Runs `sign` for a second; says how often.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn per_second(mut sign: impl FnMut()) -> f64 {
    let (begin, mut times) = (Instant::now(), 0.0);
    while begin.elapsed() < LONG_ENOUGH {
        for _ in 0..100 {
            sign();
        }
        times += 100.0;
    }
    times / begin.elapsed().as_secs_f64()
}

fn main() {
    let (secret, key) = (SigningSecret::generate([7; 32]), PrivateKey::generate([7; 32]));
    let (id, at, body) = ("evt_018f", 1_800_000_000, vec![b'x'; BODY]);
    let hex = per_second(|| drop(black_box(secret.body_signature(&body))));
    let v1 = per_second(|| drop(black_box(secret.standard_signature(id, at, &body))));
    let v1a = per_second(|| {
        let text = signed_text(id, at, &body);
        let signature = run(NativeSignatures.sign(&key, &text));
        drop(black_box(signature.as_ref().map(v1a)));
    });
    println!("{{\"hex\":{hex:.0},\"v1\":{v1:.0},\"v1a\":{v1a:.0}}}");
}
