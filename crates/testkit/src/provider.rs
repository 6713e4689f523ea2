//! A provider of OpenID Connect, which can be made to say anything.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use dcvaas_core::ports::{Clock, HttpAnswer, HttpRequest};
use ring::digest::{SHA256, digest};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use crate::clock::TestClock;
use crate::http::Reply;

/// Changes a JSON object.
type Change = Rc<dyn Fn(&mut Value)>;

/// What somebody agreed to.
struct Grant {
    redirect_uri: String,
    challenge: String,
    nonce: String,
    person: Value,
}

/// One provider and its client.
pub struct FakeProvider {
    issuer: String,
    client_id: String,
    client_secret: String,
    clock: Rc<TestClock>,
    /// How many keys there were: the newest alone is in use.
    keys: Cell<u8>,
    codes: Cell<u32>,
    grants: RefCell<HashMap<String, Grant>>,
    person: RefCell<Value>,
    metadata: RefCell<Change>,
    token: RefCell<Change>,
    /// Whether only UserInfo says more of a person than who they are.
    pub shy: Cell<bool>,
}

impl FakeProvider {
    /// A provider that knows Ada.
    pub fn new(issuer: &str, client_id: &str, client_secret: &str, clock: Rc<TestClock>) -> Self {
        let nothing: Change = Rc::new(|_| {});
        Self {
            issuer: issuer.to_owned(),
            client_id: client_id.to_owned(),
            client_secret: client_secret.to_owned(),
            clock,
            keys: Cell::new(1),
            codes: Cell::default(),
            grants: RefCell::default(),
            person: RefCell::new(
                json!({ "sub": "ada-at-corp", "email": "Ada@People.dev", "email_verified": true }),
            ),
            metadata: RefCell::new(Rc::clone(&nothing)),
            token: RefCell::new(nothing),
            shy: Cell::new(false),
        }
    }

    /// Who signs in from now on: the claims on them.
    pub fn person(&self, claims: Value) {
        *self.person.borrow_mut() = claims;
    }

    /// Changes what it says of itself from now on.
    pub fn metadata(&self, change: impl Fn(&mut Value) + 'static) {
        *self.metadata.borrow_mut() = Rc::new(change);
    }

    /// Changes ID tokens before they are signed: an object of `header` and `claims`.
    pub fn token(&self, change: impl Fn(&mut Value) + 'static) {
        *self.token.borrow_mut() = Rc::new(change);
    }

    /// Signs with a new key from now on, and publishes only that.
    pub fn rotate(&self) {
        self.keys.set(self.keys.get() + 1);
    }

    /// The person agrees at `url`: gives where the browser is sent back to.
    pub fn agree(&self, url: &str) -> String {
        let url = Url::parse(url).expect("the authorization URL is one");
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        let get = |name: &str| asked.get(name).cloned().unwrap_or_default();
        assert_eq!(get("response_type"), "code");
        assert_eq!(get("client_id"), self.client_id);
        assert_eq!(get("code_challenge_method"), "S256");
        assert!(get("scope").split(' ').any(|scope| scope == "openid"));
        self.codes.set(self.codes.get() + 1);
        let code = format!("code-{}", self.codes.get());
        self.grant(&code, &get("redirect_uri"), &get("code_challenge"), &get("nonce"));
        let mut back = Url::parse(&get("redirect_uri")).expect("the redirect URI is one");
        back.query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("state", &get("state"))
            .append_pair("iss", &self.issuer)
            // What is not known has to be ignored.
            .append_pair("session_state", "x");
        back.to_string()
    }

    /// Notes that the person agreed.
    pub fn grant(&self, code: &str, redirect_uri: &str, challenge: &str, nonce: &str) {
        let grant = Grant {
            redirect_uri: redirect_uri.to_owned(),
            challenge: challenge.to_owned(),
            nonce: nonce.to_owned(),
            person: self.person.borrow().clone(),
        };
        self.grants.borrow_mut().insert(code.to_owned(), grant);
    }

    /// What a verifier is in the first request (RFC 7636 section 4.2).
    pub fn challenge(verifier: &str) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
    }

    /// Answers what is for it.
    pub(crate) fn answer(&self, request: &HttpRequest) -> Option<Reply> {
        let path = request.url.strip_prefix(&self.issuer)?;
        let header = |name: &str| {
            let found = request.headers.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| value.as_str()).unwrap_or_default()
        };
        let (status, body) = match path {
            "/.well-known/openid-configuration" => (200, self.document()),
            "/keys" => (200, json!({ "keys": [{ "kty": "EC", "crv": "P-521" }, self.jwk()] })),
            "/token" => self.trade(header("authorization"), request.body.as_deref()),
            "/me" => self.userinfo(header("authorization")),
            _ => (404, json!({})),
        };
        Some(Ok(HttpAnswer { status, headers: Vec::new(), body: body.to_string().into_bytes() }))
    }

    fn document(&self) -> Value {
        let mut document = json!({
            "issuer": self.issuer,
            "authorization_endpoint": format!("{}/authorize?tenant=1", self.issuer),
            "token_endpoint": format!("{}/token", self.issuer),
            "jwks_uri": format!("{}/keys", self.issuer),
            "userinfo_endpoint": format!("{}/me", self.issuer),
            "authorization_response_iss_parameter_supported": true,
        });
        let change = Rc::clone(&self.metadata.borrow());
        change(&mut document);
        document
    }

    fn key(&self) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[self.keys.get(); 32]).expect("a seed has 32 bytes")
    }

    fn kid(&self) -> String {
        format!("key-{}", self.keys.get())
    }

    fn jwk(&self) -> Value {
        let x = URL_SAFE_NO_PAD.encode(self.key().public_key());
        json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.kid(), "x": x })
    }

    fn trade(&self, authorization: &str, body: Option<&[u8]>) -> (u16, Value) {
        let refused = |error: &str| (400, json!({ "error": error }));
        let own = STANDARD.encode(format!("{}:{}", self.client_id, self.client_secret));
        if authorization != format!("Basic {own}") {
            return refused("invalid_client");
        }
        let fields: HashMap<_, _> =
            form_urlencoded::parse(body.unwrap_or_default()).into_owned().collect();
        let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
        // A code is good once, whatever comes of it.
        let Some(grant) = self.grants.borrow_mut().remove(&field("code")) else {
            return refused("invalid_grant");
        };
        if grant.redirect_uri != field("redirect_uri")
            || grant.challenge != Self::challenge(&field("code_verifier"))
        {
            return refused("invalid_grant");
        }
        let token = grant.person.get("sub");
        let answer = json!({ "id_token": self.id_token(&grant), "access_token": token });
        (200, answer)
    }

    fn id_token(&self, grant: &Grant) -> String {
        let now = self.clock.now().as_seconds();
        let mut claims = json!({
            "iss": self.issuer, "aud": self.client_id, "nonce": grant.nonce, "iat": now, "exp": now + 300,
        });
        let known = grant.person.as_object().into_iter().flatten();
        let known = known.filter(|(name, _)| !self.shy.get() || *name == "sub");
        if let Some(claims) = claims.as_object_mut() {
            claims.extend(known.map(|(name, value)| (name.clone(), value.clone())));
        }
        let header = json!({ "alg": "EdDSA", "kid": self.kid() });
        let mut token = json!({ "header": header, "claims": claims });
        let change = Rc::clone(&self.token.borrow());
        change(&mut token);
        let part = |name: &str| {
            URL_SAFE_NO_PAD.encode(token.get(name).unwrap_or(&Value::Null).to_string())
        };
        let signed = format!("{}.{}", part("header"), part("claims"));
        let signature = URL_SAFE_NO_PAD.encode(self.key().sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    fn userinfo(&self, authorization: &str) -> (u16, Value) {
        let person = self.person.borrow().clone();
        let subject = person.get("sub").and_then(Value::as_str);
        let own = format!("Bearer {}", subject.unwrap_or_default());
        if authorization == own { (200, person) } else { (401, json!({})) }
    }
}
