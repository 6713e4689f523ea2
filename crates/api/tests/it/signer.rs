//! Somebody who signs as GitHub does.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};

/// A key pair that signs: by ECDSA on P-256, in DER and base64.
pub(crate) struct P256Signer {
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl Default for P256Signer {
    fn default() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let pair = EcdsaKeyPair::generate_pkcs8(algorithm, &random)
            .and_then(|key| Ok(EcdsaKeyPair::from_pkcs8(algorithm, key.as_ref(), &random)?))
            .expect("a key pair is made");
        Self { pair, random }
    }
}

impl P256Signer {
    /// The public key in PEM.
    pub(crate) fn pem(&self) -> String {
        // RFC 5480 section 2: what stands before the point.
        let head = "3059301306072a8648ce3d020106082a8648ce3d030107034200";
        let head = (0..head.len()).step_by(2).map(|at| u8::from_str_radix(&head[at..at + 2], 16));
        let mut der: Vec<u8> = head.collect::<Result<_, _>>().expect("digits");
        der.extend(self.pair.public_key().as_ref());
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der))
    }

    /// A signature.
    pub(crate) fn sign(&self, message: &[u8]) -> String {
        STANDARD.encode(self.pair.sign(&self.random, message).expect("it is signed"))
    }
}
