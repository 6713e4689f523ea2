//! Signatures: the vectors of the RFCs, and nothing beside them.

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use dcvaas_core::crypto::public_key::{PublicKey, SignatureAlgorithm, p256_signature_from_der};
use dcvaas_core::ports::Signatures;
use dcvaas_testkit::{NativeSignatures, run};
use serde_json::{Value, json};

/// One that holds: algorithm, key, message and signature.
struct Vector {
    algorithm: SignatureAlgorithm,
    key: Value,
    message: &'static str,
    signature: &'static str,
}

fn vectors() -> Vec<Vector> {
    let claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let joined = |header: &str| -> &'static str { format!("{header}.{claims}").leak() };
    vec![
        // RFC 7515 appendix A.2.
        Vector {
            algorithm: SignatureAlgorithm::Rs256,
            key: json!({ "kty": "RSA", "e": "AQAB", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ" }),
            message: joined("eyJhbGciOiJSUzI1NiJ9"),
            signature: "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
        },
        // RFC 7515 appendix A.3.
        Vector {
            algorithm: SignatureAlgorithm::Es256,
            key: json!({ "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" }),
            message: joined("eyJhbGciOiJFUzI1NiJ9"),
            signature: "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        },
        // RFC 8037 appendix A.4.
        Vector {
            algorithm: SignatureAlgorithm::EdDsa,
            key: json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }),
            message: "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
            signature: "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
        },
        // The RFCs have none for PS256; made with OpenSSL 3.
        Vector {
            algorithm: SignatureAlgorithm::Ps256,
            key: json!({ "kty": "RSA", "e": "AQAB", "n": "vTSofHuwxjxD-4l0aQcL9n8_qahNmSkIDkAiXkPL_bg4CeVVyXUKHyN0boyGDq8OSQIPuUuV8ANFjAUythK3OkmW8CChfcWdgKpm7sihoy93D2MmrzXYGiLtQKgitm0tZZGqrb4stvgRknQYLdOGrn7WBU6cqP53CiclUO_uGt1tWD1jyqLmcZ-MfKcK_W_YAMM1FfwMEH0Z3ukDzbOqD_fZG-tGobqjcyxuz-v9Jt9Jsx8UFKKGC9d7TqcIljEoiy94yVN8XxSzFAZLOu4Wsl0TYUS7y3vSw5AknACDE4tFLNHzNRB9hBEH0QHQIayd6WZEgNAmNtCKMbKCLHMmbQ" }),
            message: "signed by PS256",
            signature: "lzEVc6U2lmkjz9EJ4NMdigxE-boGGQWES6jgTvKw_lwf-TgbczZlh-uDbvvWe5GgHZYYR5XC3CeDE42KZ0AGEHzwiLcQJKirUZBUh-rZzDDWhS18mUETLEgCiqMKZdY5rTJ9dLvMAamzJ-Hm-Rig_e_ieJ15uMQtdcJ3ygQz1yBFoeagbiZCJE5faKEXpA-TRwYchnMtFkyWG8YzKQR5lVue7igheWpIW_wU6-yNCr8786diCX2aDZVXA2Z1T_Xe4eIxbh10D4VnXmrxpoGRturJOkLHxHI2PnxFqjuetiEBiC8A2XR__5cgBhuPAVFpn-t69UysYlIr19WTMHXQ2w",
        },
    ]
}

fn key(jwk: &Value) -> PublicKey {
    PublicKey::from_jwk(jwk).unwrap()
}

#[test]
fn the_vectors_of_rfc_7515_and_rfc_8037_hold_and_nothing_beside_them() {
    run(async {
        let port: Rc<dyn Signatures> = Rc::new(NativeSignatures);
        let vectors = vectors();
        assert_eq!(vectors.len(), SignatureAlgorithm::ALL.len());
        for vector in &vectors {
            let Vector { algorithm, message, .. } = *vector;
            let own = key(&vector.key);
            let signature = URL_SAFE_NO_PAD.decode(vector.signature).unwrap();
            assert!(port.verify(&own, algorithm, message.as_bytes(), &signature).await);

            for at in [0, signature.len() / 2, signature.len() - 1] {
                let mut altered = signature.clone();
                altered[at] ^= 1;
                assert!(!port.verify(&own, algorithm, message.as_bytes(), &altered).await);
                assert!(!port.verify(&own, algorithm, message.as_bytes(), &signature[..at]).await);
            }
            let other = format!("{message} ");
            assert!(!port.verify(&own, algorithm, other.as_bytes(), &signature).await);
            for other in SignatureAlgorithm::ALL.iter().filter(|one| **one != algorithm) {
                assert!(!port.verify(&own, *other, message.as_bytes(), &signature).await);
            }
            for other in vectors.iter().filter(|one| one.algorithm != algorithm) {
                let other = key(&other.key);
                assert!(!port.verify(&other, algorithm, message.as_bytes(), &signature).await);
            }
        }
    });
}

/// The example of GitHub's documentation for partners of its secret scanning, and the key of that time
/// (<https://docs.github.com/en/code-security/secret-scanning/secret-scanning-partner-program>).
#[test]
fn a_signature_of_github_holds_once_it_is_converted() {
    run(async {
        let pem = "-----BEGIN PUBLIC KEY-----\n\
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYAGMWO8XgCamYKMJS6jc/qgvSlAd\n\
            AjPuDPRcXU22YxgBrz+zoN19MzuRyW87qEt9/AmtoNP5GrobzUvQSyJFVw==\n\
            -----END PUBLIC KEY-----\n";
        let body = r#"[{"source":"commit","token":"some_token","type":"some_type","url":"https://example.com/base-repo-url/"}]"#;
        let der = "MEQCIQDaMKqrGnE27S0kgMrEK0eYBmyG0LeZismAEz/BgZyt7AIfXt9fErtRS4XaeSt/AO1RtBY66YcAdjxji410VQV4xg==";
        let key = PublicKey::p256_from_pem(pem).unwrap();
        let signature = p256_signature_from_der(&STANDARD.decode(der).unwrap()).unwrap();
        let es256 = SignatureAlgorithm::Es256;
        assert!(NativeSignatures.verify(&key, es256, body.as_bytes(), &signature).await);
        assert!(!NativeSignatures.verify(&key, es256, b"[]", &signature).await);
    });
}
