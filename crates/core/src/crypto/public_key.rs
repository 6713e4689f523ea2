//! Public keys that others publish, and the form of their signatures. Verifying one is the work of
//! the runtime: [`Signatures`](crate::ports::Signatures).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::closed_set;

closed_set! {
    /// How something is signed, by its name in JOSE (RFC 7518 section 3.1, RFC 8037 section 3.1).
    /// What stands not here is refused: above all `none`, and the `HS` family, whose key is shared.
    pub enum SignatureAlgorithm {
        /// RSASSA-PKCS1-v1_5 with SHA-256.
        Rs256 = "RS256",
        /// RSASSA-PSS with SHA-256 and a salt of 32 bytes.
        Ps256 = "PS256",
        /// ECDSA on P-256 with SHA-256. The signature is `r` and `s`, of 32 bytes each.
        Es256 = "ES256",
        /// Ed25519.
        EdDsa = "EdDSA",
    }
}

/// The DER of a P-256 key up to its coordinates (RFC 5480 section 2): `SubjectPublicKeyInfo` of
/// `id-ecPublicKey` and `secp256r1`, then an uncompressed point.
const P256_PREFIX: [u8; 27] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rsa,
    P256,
    Ed25519,
}

/// A public key, known to be well-formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    kind: Kind,
    jwk: String,
}

impl PublicKey {
    /// Takes the key out of a JSON Web Key (RFC 7517 section 4, RFC 7518 section 6). `None` for one
    /// that is not for signatures, of another type or curve, malformed, or too short: RSA has 2,048
    /// bits at least (RFC 7518 section 3.3) and 8,192 at most.
    pub fn from_jwk(jwk: &Value) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        if text("use").is_some_and(|usage| usage != "sig") {
            return None;
        }
        // Counted in characters of base64url, four for three bytes.
        let part = |name: &str, least: usize, most: usize| {
            text(name).filter(|text| (least..=most).contains(&text.len()) && is_base64url(text))
        };
        let (kind, jwk) = match (text("kty")?, text("crv")) {
            ("RSA", _) => {
                let (n, e) = (part("n", 342, 1366)?, part("e", 2, 6)?);
                (Kind::Rsa, [r#"{"e":""#, e, r#"","kty":"RSA","n":""#, n, r#""}"#].concat())
            }
            ("EC", Some("P-256")) => {
                return Some(Self::p256(part("x", 43, 43)?, part("y", 43, 43)?));
            }
            ("OKP", Some("Ed25519")) => {
                let x = part("x", 43, 43)?;
                (Kind::Ed25519, [r#"{"crv":"Ed25519","kty":"OKP","x":""#, x, r#""}"#].concat())
            }
            _ => return None,
        };
        Some(Self { kind, jwk })
    }

    /// Reads a key on P-256 in PEM (RFC 7468 section 13). `None` for every other.
    pub fn p256_from_pem(pem: &str) -> Option<Self> {
        let body = pem.trim().strip_prefix("-----BEGIN PUBLIC KEY-----")?;
        let body: String =
            body.strip_suffix("-----END PUBLIC KEY-----")?.split_ascii_whitespace().collect();
        let der = STANDARD.decode(body).ok()?;
        let (x, y) = der.strip_prefix(&P256_PREFIX)?.split_at_checked(32)?;
        let [x, y] = [x, y].map(|part| URL_SAFE_NO_PAD.encode(part));
        (y.len() == x.len()).then(|| Self::p256(&x, &y))
    }

    fn p256(x: &str, y: &str) -> Self {
        let jwk = [r#"{"crv":"P-256","kty":"EC","x":""#, x, r#"","y":""#, y, r#""}"#].concat();
        Self { kind: Kind::P256, jwk }
    }

    /// Whether signatures of that kind can be by this key. What a signature says of itself never
    /// chooses how its key is read.
    pub const fn fits(&self, algorithm: SignatureAlgorithm) -> bool {
        matches!(
            (self.kind, algorithm),
            (Kind::Rsa, SignatureAlgorithm::Rs256 | SignatureAlgorithm::Ps256)
                | (Kind::P256, SignatureAlgorithm::Es256)
                | (Kind::Ed25519, SignatureAlgorithm::EdDsa)
        )
    }

    /// The key as the text of a JSON Web Key with the required members alone (RFC 7638 section 3.2).
    pub fn as_jwk(&self) -> &str {
        &self.jwk
    }
}

fn is_base64url(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// A signature by P-256 as JOSE and browsers write it, from its DER (RFC 3279 section 2.2.3), which
/// OpenSSL and GitHub write. `None` for what is no DER of such a signature.
pub fn p256_signature_from_der(der: &[u8]) -> Option<[u8; 64]> {
    let [0x30, length, numbers @ ..] = der else { return None };
    let (r, rest) = integer(numbers)?;
    let (s, rest) = integer(rest)?;
    let mut signature = [0; 64];
    let (first, second) = signature.split_at_mut(32);
    first.copy_from_slice(&r);
    second.copy_from_slice(&s);
    (usize::from(*length) == numbers.len() && rest.is_empty()).then_some(signature)
}

/// Takes a positive INTEGER of 32 bytes at most off the front of `der`.
fn integer(der: &[u8]) -> Option<([u8; 32], &[u8])> {
    let [0x02, length, rest @ ..] = der else { return None };
    let (bytes, rest) = rest.split_at_checked(usize::from(*length))?;
    // A zero stands in front of a first bit that would else be a sign, and nowhere else.
    let digits = match bytes {
        [0, digits @ ..] if *digits.first()? >= 0x80 => digits,
        [1..0x80, ..] => bytes,
        _ => return None,
    };
    let mut number = [0; 32];
    number.get_mut(32_usize.checked_sub(digits.len())?..)?.copy_from_slice(digits);
    Some((number, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    #[test]
    fn a_key_fits_only_signatures_of_its_own_kind() {
        let n = "AQAB".repeat(86);
        let rsa = PublicKey::from_jwk(
            &json!({ "kty": "RSA", "use": "sig", "n": n, "e": "AQAB", "alg": "RS256" }),
        );
        let p256 = PublicKey::from_jwk(
            &json!({ "kty": "EC", "crv": "P-256", "x": X, "y": Y, "kid": "a" }),
        );
        let ed25519 = PublicKey::from_jwk(&json!({ "kty": "OKP", "crv": "Ed25519", "x": X }));
        for (key, fitting) in [
            (rsa, vec![SignatureAlgorithm::Rs256, SignatureAlgorithm::Ps256]),
            (p256, vec![SignatureAlgorithm::Es256]),
            (ed25519, vec![SignatureAlgorithm::EdDsa]),
        ] {
            let key = key.unwrap();
            let fits = SignatureAlgorithm::ALL.iter().copied().filter(|one| key.fits(*one));
            assert_eq!(fits.collect::<Vec<_>>(), fitting, "{}", key.as_jwk());
        }
    }

    #[test]
    fn what_is_no_usable_key_is_none() {
        let n = "AQAB".repeat(86);
        for bad in [
            json!(null),
            json!({}),
            json!({ "kty": 7 }),
            json!({ "kty": "oct", "k": "AAAA" }),
            json!({ "kty": "RSA", "use": "enc", "n": n, "e": "AQAB" }),
            json!({ "kty": "RSA", "n": "AQAB".repeat(85), "e": "AQAB" }),
            json!({ "kty": "RSA", "n": "AQAB".repeat(400), "e": "AQAB" }),
            json!({ "kty": "RSA", "n": n, "e": "AQABAQABAQAB" }),
            json!({ "kty": "RSA", "n": n }),
            json!({ "kty": "RSA", "n": format!("{n}="), "e": "AQAB" }),
            json!({ "kty": "RSA", "n": format!("{n}\""), "e": "AQAB" }),
            json!({ "kty": "EC", "crv": "P-384", "x": X, "y": Y }),
            json!({ "kty": "EC", "crv": "P-256", "x": X }),
            json!({ "kty": "EC", "crv": "P-256", "x": X, "y": "AQAB" }),
            json!({ "kty": "OKP", "crv": "X25519", "x": X }),
        ] {
            assert_eq!(PublicKey::from_jwk(&bad), None, "{bad}");
        }
    }

    #[test]
    fn only_a_p256_key_is_read_from_pem() {
        let pem = "-----BEGIN PUBLIC KEY-----\n\
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYAGMWO8XgCamYKMJS6jc/qgvSlAd\n\
            AjPuDPRcXU22YxgBrz+zoN19MzuRyW87qEt9/AmtoNP5GrobzUvQSyJFVw==\n\
            -----END PUBLIC KEY-----\n";
        let key = PublicKey::p256_from_pem(pem).unwrap();
        assert!(key.fits(SignatureAlgorithm::Es256));
        assert!(key.as_jwk().contains(r#""x":"YAGMWO8XgCamYKMJS6jc_qgvSlAdAjPuDPRcXU22Yxg""#));
        for bad in [
            String::new(),
            pem.replace("PUBLIC", "PRIVATE"),
            pem.replace("MFkw", "MFkx"),
            pem.replace("FVw==", "FV=="),
            pem.replace("Vw==", "AA=="),
        ] {
            assert!(PublicKey::p256_from_pem(&bad).is_none_or(|other| other != key), "{bad}");
        }
    }

    #[test]
    fn a_der_signature_is_read_strictly() {
        // r begins with a bit that needs a zero before it; s is one byte short.
        let r = [0x80; 32];
        let s = [0x7f; 31];
        let der = [&[0x30, 68, 0x02, 33, 0][..], &r, &[0x02, 31], &s].concat();
        let signature = p256_signature_from_der(&der).unwrap();
        assert_eq!(signature[..32], r);
        assert_eq!((signature[32], &signature[33..]), (0, &s[..]));
        let longer = [&der[..], &[0]].concat();
        let padded = [&[0x30, 6, 0x02, 2, 0, 1], &[0x02, 1, 1][..]].concat();
        for bad in [
            &[][..],
            &der[..der.len() - 1],
            &longer,
            &padded,
            &[0x30, 6, 0x02, 1, 0, 0x02, 1, 1],
            &[0x30, 6, 0x02, 1, 0x80, 0x02, 1, 1],
            &[0x30, 5, 0x02, 0, 0x02, 1, 1],
            &[0x31, 6, 0x02, 1, 1, 0x02, 1, 1],
        ] {
            assert_eq!(p256_signature_from_der(bad), None, "{bad:02x?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            p256_signature_from_der(&bytes);
            let shaped = [&[0x30, u8::try_from(bytes.len()).unwrap(), 0x02][..], &bytes].concat();
            p256_signature_from_der(&shaped);
            PublicKey::p256_from_pem(&String::from_utf8_lossy(&bytes));
        }
    }
}
