//! ID tokens (OpenID Connect Core 1.0 section 2): signed statements of a provider on who has signed in
//! there, for us alone, just now. Everything is checked that section 3.1.3.7 asks for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::email::EmailAddress;
use super::provider::Provider;
use crate::crypto::public_key::{PublicKey, SignatureAlgorithm};
use crate::time::{Span, Timestamp};

/// How far the clocks of a provider and ours may be apart.
const TOLERANCE: Span = Span::seconds(60);
/// How old a token may be: it was just made for the code that we just gave.
const OLDEST: Span = Span::minutes(10);
/// ASCII characters of a subject at most (section 2).
const LONGEST_SUBJECT: usize = 255;

/// A key of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderKey {
    /// Its name.
    pub kid: Option<String>,
    /// The one algorithm that it is for, if it says so.
    pub algorithm: Option<SignatureAlgorithm>,
    /// The key.
    pub key: PublicKey,
}

/// A token that was taken apart. Nothing of it can be trusted before its signature holds.
#[derive(Debug)]
pub struct IdToken<'a> {
    /// How it says to be signed.
    pub algorithm: SignatureAlgorithm,
    /// By which key.
    pub kid: Option<String>,
    /// What is signed.
    pub signed: &'a str,
    /// The signature.
    pub signature: Vec<u8>,
    claims: Value,
}

/// What a provider says of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who they are there: never given to another person.
    pub subject: String,
    /// An address that is theirs, as the provider vouches.
    pub email: Option<EmailAddress>,
}

impl<'a> IdToken<'a> {
    /// Takes a token apart (RFC 7515 section 7.1). The cause of a refusal is for the log.
    pub fn parse(text: &'a str) -> Result<Self, &'static str> {
        let (signed, signature) = text.rsplit_once('.').ok_or("no token")?;
        let (header, claims) = signed.split_once('.').ok_or("no token")?;
        let json = |part: &str| -> Option<Value> {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
        };
        let header = json(header).ok_or("unreadable header")?;
        // What a header calls critical and we do not know, we cannot keep (RFC 7515 section 4.1.11).
        if header.get("crit").is_some() {
            return Err("critical header");
        }
        let algorithm = header.get("alg").and_then(Value::as_str);
        Ok(Self {
            algorithm: algorithm.and_then(SignatureAlgorithm::parse).ok_or("algorithm")?,
            kid: header.get("kid").and_then(Value::as_str).map(str::to_owned),
            signed,
            signature: URL_SAFE_NO_PAD.decode(signature).map_err(|_| "unreadable signature")?,
            claims: json(claims).ok_or("unreadable claims")?,
        })
    }

    /// The key that it says to be signed with; without a word on that, the only one that can be.
    pub fn key<'k>(&self, keys: &'k [ProviderKey]) -> Option<&'k ProviderKey> {
        let fits = |key: &&ProviderKey| {
            key.key.fits(self.algorithm)
                && key.algorithm.is_none_or(|algorithm| algorithm == self.algorithm)
                && (self.kid.is_none() || key.kid == self.kid)
        };
        let mut fitting = keys.iter().filter(fits);
        let key = fitting.next()?;
        (self.kid.is_some() || fitting.next().is_none()).then_some(key)
    }

    /// Reads a token whose signature holds: from this provider, for us, in answer to the request with
    /// `nonce`, and in force.
    pub fn check(
        self,
        provider: &Provider,
        nonce: &str,
        now: Timestamp,
    ) -> Result<Person, &'static str> {
        let claims = &self.claims;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        if text("iss") != Some(&provider.issuer) {
            return Err("issuer");
        }
        let ours = |value: &Value| value.as_str() == Some(&provider.client_id);
        let (audience, party) = (claims.get("aud"), claims.get("azp"));
        let alone = match audience {
            Some(Value::Array(list)) if list.iter().any(ours) => list.len() == 1,
            Some(one) if ours(one) => true,
            _ => return Err("audience"),
        };
        // Whom else it is for might be anybody, so then it has to be given to us.
        if !party.map_or(alone, ours) {
            return Err("authorized party");
        }
        if text("nonce") != Some(nonce) {
            return Err("nonce");
        }
        check_times(claims, now)?;
        let subject = text("sub").ok_or("subject")?;
        if !(1..=LONGEST_SUBJECT).contains(&subject.len()) {
            return Err("subject");
        }
        Ok(Person { subject: subject.to_owned(), email: verified_email(claims) })
    }
}

/// Dates are seconds, and need not be whole (RFC 7519 section 2).
fn check_times(claims: &Value, now: Timestamp) -> Result<(), &'static str> {
    let at = |name: &str| claims.get(name).and_then(Value::as_f64);
    // Whole seconds of this millennium are exact.
    #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
    let seconds = |time: Timestamp| time.as_millis() as f64 / 1000.0;
    let (earliest, latest) = (seconds(now.minus(TOLERANCE)), seconds(now.plus(TOLERANCE)));
    if at("exp").is_none_or(|end| end <= earliest) {
        return Err("expired");
    }
    let oldest = seconds(now.minus(OLDEST));
    if at("iat").is_none_or(|issued| issued > latest || issued < oldest) {
        return Err("time of issue");
    }
    if claims.get("nbf").is_some() && at("nbf").is_none_or(|begin| begin > latest) {
        return Err("not in force yet");
    }
    Ok(())
}

/// The address in claims, if the provider says that it is the person's (section 5.1). Some write the
/// truth value as a text.
pub fn verified_email(claims: &Value) -> Option<EmailAddress> {
    let verified = claims.get("email_verified")?;
    let verified = verified.as_bool() == Some(true) || verified.as_str() == Some("true");
    let email = claims.get("email").and_then(Value::as_str).filter(|_| verified)?;
    EmailAddress::parse(email)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_767_571_200_000);
    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn provider() -> Provider {
        Provider {
            id: "corp".to_owned(),
            name: "Corp".to_owned(),
            issuer: "https://id.corp.dev".to_owned(),
            client_id: "dcvaas".to_owned(),
            client_secret: None,
            scopes: "openid".to_owned(),
        }
    }

    fn claims() -> Value {
        let now = NOW.as_seconds();
        json!({
            "iss": "https://id.corp.dev", "aud": "dcvaas", "sub": "ada", "nonce": "n0nce",
            "iat": now, "exp": now + 300, "email": "Ada@People.dev", "email_verified": true,
        })
    }

    fn token(header: &Value, claims: &Value) -> String {
        let part = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        format!("{}.{}.AAAA", part(header), part(claims))
    }

    fn check(claims: &Value) -> Result<Person, &'static str> {
        let token = token(&json!({ "alg": "RS256" }), claims);
        IdToken::parse(&token).unwrap().check(&provider(), "n0nce", NOW)
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = claims();
        claims[name] = value;
        claims
    }

    #[test]
    fn a_token_that_holds_says_who_it_is() {
        let person = check(&claims()).unwrap();
        assert_eq!(person.subject, "ada");
        assert_eq!(person.email.unwrap().as_str(), "ada@people.dev");
        for good in [
            with("aud", json!(["dcvaas"])),
            with("azp", json!("dcvaas")),
            with("nbf", json!(NOW.as_seconds() + 60)),
            with("exp", json!(1_767_571_140.5)),
            with("iat", json!(NOW.as_seconds() + 60)),
            with("unknown", json!({})),
        ] {
            assert!(check(&good).is_ok(), "{good}");
        }
        let mut shared = with("aud", json!(["other", "dcvaas"]));
        shared["azp"] = json!("dcvaas");
        assert!(check(&shared).is_ok());
    }

    #[test]
    fn a_token_that_is_wrong_in_one_claim_is_refused_for_that() {
        let now = NOW.as_seconds();
        for (name, value, cause) in [
            ("iss", json!("https://id.corp.dev/"), "issuer"),
            ("iss", json!(null), "issuer"),
            ("aud", json!("another"), "audience"),
            ("aud", json!([]), "audience"),
            ("aud", json!(["another"]), "audience"),
            ("aud", json!({ "dcvaas": true }), "audience"),
            ("aud", json!(["dcvaas", "another"]), "authorized party"),
            ("azp", json!("another"), "authorized party"),
            ("azp", json!(null), "authorized party"),
            ("nonce", json!("another"), "nonce"),
            ("nonce", json!(null), "nonce"),
            ("exp", json!(now - 60), "expired"),
            ("exp", json!("2027"), "expired"),
            ("exp", json!(null), "expired"),
            ("iat", json!(now + 61), "time of issue"),
            ("iat", json!(now - 601), "time of issue"),
            ("iat", json!(null), "time of issue"),
            ("nbf", json!(now + 61), "not in force yet"),
            ("nbf", json!("now"), "not in force yet"),
            ("sub", json!(""), "subject"),
            ("sub", json!("a".repeat(256)), "subject"),
            ("sub", json!(7), "subject"),
        ] {
            assert_eq!(check(&with(name, value.clone())), Err(cause), "{name}: {value}");
        }
        assert_eq!(check(&json!([])), Err("issuer"));
    }

    #[test]
    fn an_address_counts_only_if_the_provider_vouches_for_it() {
        let email = |claims: &Value| verified_email(claims).map(|email| email.as_str().to_owned());
        for yes in [json!(true), json!("true")] {
            assert_eq!(email(&with("email_verified", yes)).as_deref(), Some("ada@people.dev"));
        }
        for no in [json!(false), json!("false"), json!(null), json!(1), json!("yes")] {
            assert_eq!(email(&with("email_verified", no.clone())), None, "{no}");
        }
        for no in [json!(null), json!("ada"), json!("a@x.dev,b@x.dev"), json!(["a@x.dev"])] {
            assert_eq!(email(&with("email", no.clone())), None, "{no}");
        }
    }

    #[test]
    fn only_the_algorithms_of_the_list_are_read() {
        for good in ["RS256", "PS256", "ES256", "EdDSA"] {
            assert!(IdToken::parse(&token(&json!({ "alg": good }), &claims())).is_ok());
        }
        for bad in ["none", "None", "HS256", "HS512", "RS1", "rs256", "RS512", ""] {
            let token = token(&json!({ "alg": bad }), &claims());
            assert_eq!(IdToken::parse(&token).err(), Some("algorithm"), "{bad}");
        }
        let critical = json!({ "alg": "RS256", "crit": ["b64"], "b64": false });
        assert_eq!(IdToken::parse(&token(&critical, &claims())).err(), Some("critical header"));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let good = token(&json!({ "alg": "RS256" }), &claims());
        let encrypted = format!("{good}.AAAA.AAAA");
        for bad in
            ["", ".", "..", "a.b", "a.b.c", &good.replace('.', ""), &format!("{good}="), &encrypted]
        {
            assert!(IdToken::parse(bad).is_err(), "{bad}");
        }
    }

    fn keys(list: &[(Option<&str>, Option<SignatureAlgorithm>)]) -> Vec<ProviderKey> {
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": X });
        let key = PublicKey::from_jwk(&jwk).unwrap();
        let make = |&(kid, algorithm): &(Option<&str>, _)| ProviderKey {
            kid: kid.map(str::to_owned),
            algorithm,
            key: key.clone(),
        };
        list.iter().map(make).collect()
    }

    #[test]
    fn a_key_is_chosen_by_its_name_or_because_there_is_no_other() {
        let of = |header: Value, keys: &[ProviderKey]| {
            let token = token(&header, &claims());
            IdToken::parse(&token).unwrap().key(keys).map(|key| key.kid.clone())
        };
        let eddsa = Some(SignatureAlgorithm::EdDsa);
        let two = keys(&[(Some("a"), None), (Some("b"), eddsa)]);
        assert_eq!(of(json!({ "alg": "EdDSA", "kid": "b" }), &two), Some(Some("b".to_owned())));
        assert_eq!(of(json!({ "alg": "EdDSA", "kid": "c" }), &two), None);
        assert_eq!(of(json!({ "alg": "EdDSA" }), &two), None, "either could be meant");
        assert_eq!(of(json!({ "alg": "RS256", "kid": "b" }), &two), None, "it does not fit");
        assert_eq!(of(json!({ "alg": "EdDSA" }), &keys(&[(None, None)])), Some(None));
        assert_eq!(of(json!({ "alg": "EdDSA", "kid": "a" }), &keys(&[(None, None)])), None);
        let other = keys(&[(Some("a"), Some(SignatureAlgorithm::Es256))]);
        assert_eq!(of(json!({ "alg": "EdDSA", "kid": "a" }), &other), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,200}", claims in "[a-z0-9{}\":,.-]{0,60}") {
            drop(IdToken::parse(&text));
            let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"EdDSA"}"#);
            let text = format!("{header}.{}.AAAA", URL_SAFE_NO_PAD.encode(claims));
            if let Ok(token) = IdToken::parse(&text) {
                prop_assert!(token.check(&provider(), "n0nce", NOW).is_err());
            }
        }
    }
}
