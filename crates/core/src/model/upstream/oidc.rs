//! A provider of OpenID Connect: Discovery 1.0, the authorization code flow of Core 1.0 with PKCE
//! (RFC 7636), and UserInfo. No I/O.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::crypto::public_key::{PublicKey, SignatureAlgorithm};
use crate::model::id_token::ProviderKey;
use crate::model::provider::{Provider, is_reachable};
use crate::ports::{HttpAnswer, HttpRequest, Method};
use crate::secret::SecretText;
use crate::time::Span;

const TIMEOUT: Span = Span::seconds(8);
const LARGEST: usize = 128 * 1024;
/// Keys of a provider that are read at most.
const MOST_KEYS: usize = 32;
/// Everything but what is unreserved (RFC 3986 section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How we prove at the token endpoint who we are (Core 1.0 section 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ClientProof {
    Basic,
    Post,
}

/// What a provider publishes.
#[derive(Debug)]
pub struct Published {
    /// What it says of itself.
    pub metadata: Metadata,
    /// Its keys.
    pub keys: Vec<ProviderKey>,
}

/// What a provider says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    client_proof: ClientProof,
    /// Whether its answers always say who gives them (RFC 9207 section 3).
    pub names_itself: bool,
}

/// A request to sign somebody in, as it goes to the provider through the browser.
#[derive(Debug, Clone, Copy)]
pub struct Authorization<'a> {
    /// Where the browser comes back.
    pub redirect_uri: &'a str,
    /// Comes back with it.
    pub state: &'a str,
    /// Comes back in the ID token.
    pub nonce: &'a str,
    /// Of which the provider gets the hash now, and itself with the code.
    pub verifier: &'a str,
}

/// What the token endpoint gave. Neither is ever kept.
#[derive(Debug)]
pub struct Tokens {
    /// Who has signed in.
    pub id_token: SecretText,
    /// Reads UserInfo.
    pub access_token: Option<SecretText>,
}

/// Why the token endpoint gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    /// The code is not, or no longer, good for us.
    Grant,
    /// It does not take us for its client: the operator has to look at the configuration.
    Client,
    /// Anything else.
    Unusable,
}

/// Asks a provider for its metadata (Discovery 1.0 section 4.1).
pub fn metadata_request(issuer: &str) -> HttpRequest {
    get(format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/')))
}

/// Reads the metadata of `provider` (Discovery 1.0 sections 3 and 4.3). The cause of a refusal is for
/// the log.
pub fn read_metadata(
    answer: &HttpAnswer,
    provider: &Provider,
    allow_hosts: &[String],
) -> Result<Metadata, &'static str> {
    let document = json(answer).ok_or("no metadata")?;
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    if text("issuer") != Some(&provider.issuer) {
        return Err("metadata of another issuer");
    }
    let url =
        |name: &str| text(name).filter(|url| is_reachable(url, allow_hosts)).map(str::to_owned);
    // Left out, it means `client_secret_basic` alone.
    let basic = document
        .get("token_endpoint_auth_methods_supported")
        .and_then(Value::as_array)
        .is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"));
    Ok(Metadata {
        authorization_endpoint: url("authorization_endpoint").ok_or("no authorization endpoint")?,
        token_endpoint: url("token_endpoint").ok_or("no token endpoint")?,
        jwks_uri: url("jwks_uri").ok_or("no keys' address")?,
        userinfo_endpoint: url("userinfo_endpoint"),
        client_proof: if basic { ClientProof::Basic } else { ClientProof::Post },
        names_itself: document.get("authorization_response_iss_parameter_supported")
            == Some(&Value::Bool(true)),
    })
}

impl Metadata {
    /// Where the browser goes (Core 1.0 section 3.1.2.1). The answer to a code comes in the query, which
    /// is what `response_mode` is then, so that the browser sends our cookie along.
    pub fn authorization_url(&self, provider: &Provider, request: &Authorization<'_>) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(request.verifier));
        let separator = if self.authorization_endpoint.contains('?') { '&' } else { '?' };
        let query = form(&[
            ("response_type", "code"),
            ("client_id", &provider.client_id),
            ("redirect_uri", request.redirect_uri),
            ("scope", &provider.scopes),
            ("state", request.state),
            ("nonce", request.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        format!("{}{separator}{query}", self.authorization_endpoint)
    }

    /// Trades a code (Core 1.0 section 3.1.3.1, RFC 7636 section 4.5).
    pub fn token_request(
        &self,
        provider: &Provider,
        code: &str,
        verifier: &str,
        redirect_uri: &str,
    ) -> HttpRequest {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ];
        let content_type = "application/x-www-form-urlencoded".to_owned();
        let mut headers: Vec<(Cow<'static, str>, String)> =
            vec![("content-type".into(), content_type)];
        match (&provider.client_secret, self.client_proof) {
            (Some(secret), ClientProof::Basic) => {
                // Both are encoded first (RFC 6749 section 2.3.1).
                let mut pair = String::new();
                push_encoded(&mut pair, &provider.client_id);
                pair.push(':');
                push_encoded(&mut pair, secret.expose());
                headers.push(("authorization".into(), format!("Basic {}", STANDARD.encode(pair))));
            }
            (secret, _) => {
                fields.push(("client_id", &provider.client_id));
                fields.extend(secret.as_ref().map(|secret| ("client_secret", secret.expose())));
            }
        }
        let mut request = get(self.token_endpoint.clone());
        request.method = Method::Post;
        request.headers.extend(headers);
        request.body = Some(form(&fields).into_bytes());
        request
    }

    /// Asks for the provider's keys.
    pub fn keys_request(&self) -> HttpRequest {
        get(self.jwks_uri.clone())
    }

    /// Asks what else is known of the person (Core 1.0 section 5.3.1); `None` where that cannot be asked.
    pub fn userinfo_request(&self, token: &SecretText) -> Option<HttpRequest> {
        let mut request = get(self.userinfo_endpoint.clone()?);
        let token = token.expose();
        // What is no token in a header's sense would be another header (RFC 6750 section 2.1).
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        request.headers.push(("authorization".into(), format!("Bearer {token}")));
        Some(request)
    }
}

/// Reads the answer to [`Metadata::token_request`].
pub fn read_tokens(answer: &HttpAnswer) -> Result<Tokens, TokenFault> {
    let Ok(document) = serde_json::from_slice::<Value>(&answer.body) else {
        return Err(TokenFault::Unusable);
    };
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    match (answer.status, text("error")) {
        (200, _) => Ok(Tokens {
            id_token: SecretText::new(text("id_token").ok_or(TokenFault::Unusable)?),
            access_token: text("access_token").map(SecretText::new),
        }),
        (400, Some("invalid_grant")) => Err(TokenFault::Grant),
        (400 | 401, Some("invalid_client" | "unauthorized_client")) => Err(TokenFault::Client),
        _ => Err(TokenFault::Unusable),
    }
}

/// Reads the keys (RFC 7517 section 5). Those that we cannot use are left out, as the RFC asks.
pub fn read_keys(answer: &HttpAnswer) -> Result<Vec<ProviderKey>, &'static str> {
    let document = json(answer).ok_or("no keys")?;
    let keys = document.get("keys").and_then(Value::as_array).ok_or("no keys")?;
    let usable = keys.iter().take(MOST_KEYS).filter_map(|jwk| {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let algorithm = text("alg").map(SignatureAlgorithm::parse);
        // For an algorithm that we do not take.
        if algorithm == Some(None) {
            return None;
        }
        Some(ProviderKey {
            kid: text("kid").map(str::to_owned),
            algorithm: algorithm.flatten(),
            key: PublicKey::from_jwk(jwk)?,
        })
    });
    Ok(usable.collect())
}

/// Reads UserInfo on the person `subject`; `None` if it is of somebody else (Core 1.0 section 5.3.2) or
/// cannot be read.
pub fn read_userinfo(answer: &HttpAnswer, subject: &str) -> Option<Value> {
    json(answer).filter(|claims| claims.get("sub").and_then(Value::as_str) == Some(subject))
}

fn get(url: String) -> HttpRequest {
    HttpRequest {
        method: Method::Get,
        url,
        headers: vec![("accept".into(), "application/json".to_owned())],
        body: None,
        timeout: TIMEOUT,
        max_body: LARGEST,
    }
}

fn json(answer: &HttpAnswer) -> Option<Value> {
    (answer.status == 200).then(|| serde_json::from_slice(&answer.body).ok())?
}

fn push_encoded(to: &mut String, text: &str) {
    to.extend(utf8_percent_encode(text, RESERVED));
}

/// `application/x-www-form-urlencoded`.
fn form(fields: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in fields {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        push_encoded(&mut text, value);
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const REDIRECT: &str = "https://app.dcvaas.dev/back?x=1";

    fn provider(secret: Option<&str>) -> Provider {
        Provider {
            id: "corp".to_owned(),
            name: "Corp".to_owned(),
            issuer: "https://id.corp.dev/realm/".to_owned(),
            client_id: "dc vaas".to_owned(),
            client_secret: secret.map(SecretText::new),
            scopes: "openid email".to_owned(),
        }
    }

    fn answer(status: u16, body: &Value) -> HttpAnswer {
        HttpAnswer { status, headers: Vec::new(), body: body.to_string().into_bytes() }
    }

    fn document() -> Value {
        json!({
            "issuer": "https://id.corp.dev/realm/",
            "authorization_endpoint": "https://id.corp.dev/a?tenant=7",
            "token_endpoint": "https://token.corp.dev:8444/t",
            "jwks_uri": "https://keys.corp.dev/k",
            "userinfo_endpoint": "https://id.corp.dev/me",
        })
    }

    fn metadata(change: &[(&str, Value)]) -> Result<Metadata, &'static str> {
        let mut document = document();
        for (name, value) in change {
            document[name] = value.clone();
        }
        read_metadata(&answer(200, &document), &provider(None), &[])
    }

    #[test]
    fn metadata_is_asked_for_below_the_issuer_and_has_to_be_its_own() {
        let request = metadata_request("https://id.corp.dev/realm/");
        assert_eq!(request.url, "https://id.corp.dev/realm/.well-known/openid-configuration");
        assert!(metadata(&[]).is_ok());
        let other = metadata(&[("issuer", json!("https://id.corp.dev/realm"))]);
        assert_eq!(other, Err("metadata of another issuer"));
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
            for bad in [
                json!(null),
                json!("http://id.corp.dev/x"),
                json!("https://10.0.0.1/"),
                json!("javascript:1"),
            ] {
                assert!(metadata(&[(name, bad.clone())]).is_err(), "{name} {bad}");
            }
        }
        let internal = metadata(&[("userinfo_endpoint", json!("https://127.0.0.1/"))]).unwrap();
        assert_eq!(internal.userinfo_request(&SecretText::new("t")), None);
        let page = HttpAnswer { status: 200, body: b"<html>".to_vec(), ..HttpAnswer::default() };
        assert_eq!(read_metadata(&page, &provider(None), &[]), Err("no metadata"));
        let moved = read_metadata(&answer(302, &document()), &provider(None), &[]);
        assert_eq!(moved, Err("no metadata"), "a redirect is no answer");
    }

    #[test]
    fn the_browser_is_sent_with_a_challenge_and_without_the_verifier() {
        // RFC 7636 appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let request = Authorization { redirect_uri: REDIRECT, state: "s", nonce: "n", verifier };
        let url = metadata(&[]).unwrap().authorization_url(&provider(None), &request);
        let expected = "https://id.corp.dev/a?tenant=7&response_type=code&client_id=dc%20vaas\
            &redirect_uri=https%3A%2F%2Fapp.dcvaas.dev%2Fback%3Fx%3D1&scope=openid%20email&state=s&nonce=n\
            &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
        assert_eq!(url, expected);
    }

    #[test]
    fn a_code_is_traded_as_the_provider_takes_its_clients() {
        let traded = |secret, methods: Option<Value>| {
            let change = methods.map(|methods| ("token_endpoint_auth_methods_supported", methods));
            let metadata = metadata(change.as_slice()).unwrap();
            let request = metadata.token_request(&provider(secret), "c&d", "v", REDIRECT);
            assert_eq!(
                (request.method, request.url.as_str()),
                (Method::Post, "https://token.corp.dev:8444/t")
            );
            let headers = request.headers.iter().find(|(name, _)| name == "authorization");
            let body = String::from_utf8(request.body.unwrap()).unwrap();
            assert!(
                body.starts_with(
                    "grant_type=authorization_code&code=c%26d&redirect_uri=https%3A%2F%2F"
                ),
                "{body}"
            );
            assert!(body.contains("&code_verifier=v"), "{body}");
            let client = body.split("&code_verifier=v").nth(1).unwrap().to_owned();
            (headers.map(|(_, value)| value.clone()), client)
        };
        // `dc%20vaas:p%3Aw`
        let basic = (Some("Basic ZGMlMjB2YWFzOnAlM0F3".to_owned()), String::new());
        assert_eq!(traded(Some("p:w"), None), basic);
        let both = json!(["client_secret_post", "client_secret_basic"]);
        assert_eq!(traded(Some("p:w"), Some(both)), basic);
        let post = (None, "&client_id=dc%20vaas&client_secret=p%3Aw".to_owned());
        assert_eq!(traded(Some("p:w"), Some(json!(["client_secret_post"]))), post);
        let public = (None, "&client_id=dc%20vaas".to_owned());
        assert_eq!(traded(None, None), public);
    }

    #[test]
    fn a_refusal_of_the_token_endpoint_says_who_can_do_something() {
        let error = |status, word: &str| {
            read_tokens(&answer(status, &json!({ "error": word }))).unwrap_err()
        };
        assert_eq!(error(400, "invalid_grant"), TokenFault::Grant);
        assert_eq!(error(401, "invalid_client"), TokenFault::Client);
        assert_eq!(error(400, "unauthorized_client"), TokenFault::Client);
        assert_eq!(error(500, "invalid_grant"), TokenFault::Unusable);
        assert_eq!(error(200, "invalid_grant"), TokenFault::Unusable);
        let tokens = read_tokens(&answer(200, &json!({ "id_token": "a.b.c" }))).unwrap();
        assert_eq!((tokens.id_token.expose(), tokens.access_token), ("a.b.c", None));
        let page = HttpAnswer { status: 200, body: b"<html>".to_vec(), ..HttpAnswer::default() };
        assert_eq!(read_tokens(&page).unwrap_err(), TokenFault::Unusable);
    }

    #[test]
    fn keys_that_we_cannot_use_are_left_out() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let ed = json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": "a", "alg": "EdDSA" });
        let mut other = ed.clone();
        other["alg"] = json!("ES512");
        let keys = json!({ "keys": [{ "kty": "oct", "k": "AA" }, other, 7, ed] });
        let read = read_keys(&answer(200, &keys)).unwrap();
        let [key] = read.as_slice() else { panic!("{read:?}") };
        assert_eq!(
            (key.kid.as_deref(), key.algorithm),
            (Some("a"), Some(SignatureAlgorithm::EdDsa))
        );
        let many = json!({ "keys": vec![ed; 100] });
        assert_eq!(read_keys(&answer(200, &many)).unwrap().len(), MOST_KEYS);
        for bad in [answer(404, &keys), answer(200, &json!({})), answer(200, &json!({ "keys": 1 }))]
        {
            assert_eq!(read_keys(&bad), Err("no keys"));
        }
    }

    #[test]
    fn userinfo_counts_only_for_the_person_of_the_token() {
        let claims = json!({ "sub": "ada", "email": "ada@people.dev" });
        assert_eq!(read_userinfo(&answer(200, &claims), "ada"), Some(claims.clone()));
        assert_eq!(read_userinfo(&answer(200, &claims), "eve"), None);
        assert_eq!(read_userinfo(&answer(401, &claims), "ada"), None);
        let metadata = metadata(&[]).unwrap();
        assert!(metadata.userinfo_request(&SecretText::new("t0ken")).is_some());
        assert_eq!(metadata.userinfo_request(&SecretText::new("t\r\nx: y")), None);
    }
}
