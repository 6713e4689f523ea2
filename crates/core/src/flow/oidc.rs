//! Signing in by a provider of OpenID Connect: there through the browser, and back with a code.
//!
//! Whoever comes back has to be the browser that was sent, which holds a cookie; the attempt is gone
//! with its first use, whatever comes of it. Who the person is, only the provider's signature says. They
//! are found by what the provider calls them; by their address only if the provider vouches for it. The
//! provider's tokens are forgotten with the request.

use std::rc::Rc;

use serde_json::{Value, json};

use super::sign_in::{self, Device, Entry, Started};
use super::{FlowError, key_ring, rows, seal};
use crate::crypto::hash::TokenHash;
use crate::crypto::seal::{Aad, Purpose};
use crate::crypto::token::OpaqueToken;
use crate::memory::Known;
use crate::model::audit::SignInMethod;
use crate::model::email::EmailAddress;
use crate::model::id::{RequestId, SessionId, SignInId};
use crate::model::id_token::{IdToken, Person, verified_email};
use crate::model::problem::{Problem, ProblemCode};
use crate::model::provider::{Provider, SignInRefusal};
use crate::model::upstream::oidc::{self, Authorization, Metadata, Published, TokenFault};
use crate::ports::{App, DbError, HttpAnswer, HttpRequest, Level};
use crate::secret::SecretText;
use crate::store::sign_in_links::{self, LinkRow};
use crate::store::{identities, oidc_attempts};
use crate::time::Span;

/// How long somebody may stay at the provider, and the browser's cookie with it.
pub const ATTEMPT: Span = Span::minutes(10);

/// How often one network address can begin in a window.
const ATTEMPTS_FROM_NETWORK: u32 = 300;
/// How long an isolate goes by what a provider published, its keys above all.
const KEPT: Span = Span::minutes(15);
/// How soon that is asked for once more when a key is missing.
const AGAIN: Span = Span::minutes(1);
/// Characters of a code at most.
const LONGEST_CODE: usize = 4096;

/// Somebody is on the way.
pub struct Begun {
    /// Where the browser goes now.
    pub url: String,
    /// The value of its cookie.
    pub browser: OpaqueToken,
}

/// What somebody comes back with.
pub struct Return<'a> {
    /// Where: each provider has a path of its own.
    pub provider: &'a str,
    /// `state`.
    pub state: Option<&'a str>,
    /// `code`.
    pub code: Option<&'a str>,
    /// `iss` (RFC 9207).
    pub issuer: Option<&'a str>,
    /// `error` (RFC 6749 section 4.1.2.1).
    pub error: Option<&'a str>,
    /// The browser's cookie.
    pub browser: Option<&'a str>,
}

/// Why it does not go on; the text is for the log.
enum Stop {
    Refused(SignInRefusal, &'static str),
    /// The operator has to look at the configuration, here or at the provider.
    Misconfigured(&'static str),
    Failed(FlowError),
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<FlowError> for Stop {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::Refused(_) => ended("used before"),
            error => Self::Failed(error),
        }
    }
}

const fn ended(cause: &'static str) -> Stop {
    Stop::Refused(SignInRefusal::Ended, cause)
}

const fn untrusted(cause: &'static str) -> Stop {
    Stop::Refused(SignInRefusal::Untrusted, cause)
}

const fn unavailable(cause: &'static str) -> Stop {
    Stop::Refused(SignInRefusal::Unavailable, cause)
}

fn find<'a>(app: &'a App, id: &str) -> Option<&'a Provider> {
    app.config.oidc_providers.iter().find(|provider| provider.id == id)
}

/// Sends somebody to the provider of that id.
pub async fn begin(app: &App, id: &str, device: &Device) -> Result<Begun, FlowError> {
    let provider = find(app, id).ok_or_else(Problem::not_found)?;
    let now = app.clock.now();
    let token = || OpaqueToken::generate(app.entropy.bytes());
    let (state, browser, nonce, verifier) = (token(), token(), token(), token());
    let state_hash = state.hash();
    let plain = verifier.reveal().as_bytes();
    let sealed = seal(app, Purpose::PkceVerifier, &aad(&state_hash), plain)?;
    let (window, until) = sign_in::window(now);
    let by_network = sign_in::counter("provider", device.address.as_deref().unwrap_or_default());
    // Only locally is there no network address to count by.
    let most = if device.address.is_some() { ATTEMPTS_FROM_NETWORK } else { u32::MAX };
    let batch = vec![
        sign_in_links::COUNT.bind([by_network.as_str().into(), window.into()]),
        oidc_attempts::BEGIN.bind([
            state_hash.as_str().into(),
            browser.hash().as_str().into(),
            provider.id.as_str().into(),
            sealed.into(),
            nonce.reveal().into(),
            now.into(),
            now.plus(ATTEMPT).into(),
            by_network.into(),
            window.into(),
            most.into(),
        ]),
    ];
    // First, so that nobody makes us ask the provider without end.
    let answers = app.db.batch("oidc.begin", batch).await?;
    if rows(&answers, 1)?.changes == 0 {
        return Err(Problem::too_many_attempts(until.since(now)).into());
    }
    let known = match published(app, provider, false).await {
        Ok(known) => known,
        Err(stop) => {
            told(app, stop, id);
            return Err(provider_unavailable().into());
        }
    };
    let request = Authorization {
        redirect_uri: &redirect_uri(app, provider),
        state: state.reveal(),
        nonce: nonce.reveal(),
        verifier: verifier.reveal(),
    };
    let url = known.published.metadata.authorization_url(provider, &request);
    Ok(Begun { url, browser })
}

fn provider_unavailable() -> Problem {
    Problem::new(ProblemCode::UpstreamUnavailable)
        .with_detail("This provider does not answer. Try again in a moment, or sign in by mail.")
        .with_retry_after(Span::minutes(1))
}

/// Where the provider sends the browser back to. No two providers share it, so that none can pass for
/// another (RFC 9700 section 2.1).
fn redirect_uri(app: &App, provider: &Provider) -> String {
    let base = app.config.app_base_url.as_deref().unwrap_or_default();
    format!("{base}/api/sign-in/providers/{}/callback", provider.id)
}

/// Signs somebody in who comes back from a provider.
pub async fn finish(
    app: &App,
    back: &Return<'_>,
    device: Device,
    request_id: &RequestId,
) -> Result<Started, SignInRefusal> {
    let started = signed_in(app, back, device, request_id).await;
    started.map_err(|stop| told(app, stop, back.provider))
}

/// Tells the operator why, and gives the word for the person.
fn told(app: &App, stop: Stop, provider: &str) -> SignInRefusal {
    let (level, word, cause) = match stop {
        Stop::Refused(word @ (SignInRefusal::Denied | SignInRefusal::Ended), cause) => {
            (Level::Info, word, cause.to_owned())
        }
        Stop::Refused(word, cause) => (Level::Warn, word, cause.to_owned()),
        Stop::Misconfigured(cause) => (Level::Error, SignInRefusal::Unavailable, cause.to_owned()),
        Stop::Failed(error) => (Level::Error, SignInRefusal::Unavailable, error.to_string()),
    };
    // The path is whatever somebody asked for.
    let known = find(app, provider).map(|provider| provider.id.as_str());
    let fields = json!({ "provider": known, "refusal": word, "cause": cause });
    app.log.line(level, "sign_in.refused", fields);
    word
}

async fn signed_in(
    app: &App,
    back: &Return<'_>,
    device: Device,
    request_id: &RequestId,
) -> Result<Started, Stop> {
    let provider = find(app, back.provider).ok_or(ended("no such provider"))?;
    let token = |text: Option<&str>| text.and_then(|text| OpaqueToken::parse(text).ok());
    let state = token(back.state).ok_or(ended("no state"))?.hash();
    let browser = token(back.browser).ok_or(ended("no cookie"))?;
    let attempt = take(app, &state, &browser).await?;
    if column(&attempt, "provider") != provider.id {
        return Err(untrusted("back from another provider"));
    }
    let known = published(app, provider, false).await?;
    let metadata = &known.published.metadata;
    let (request, nonce) = token_request(app, provider, metadata, back, (&state, &attempt))?;
    let tokens = oidc::read_tokens(&send(app, request).await?).map_err(not_traded)?;
    let person = read(app, provider, &known.published, tokens.id_token.expose(), nonce).await?;
    let link = who(app, provider, metadata, &person, tokens.access_token.as_ref()).await?;
    let entry = entry(app, provider, person, link, &state);
    Ok(sign_in::enter(app, entry, device, request_id).await?)
}

/// Checks what somebody came back with against their attempt. Gives the request that trades the code, and
/// the nonce that the answer has to repeat.
fn token_request<'a>(
    app: &App,
    provider: &Provider,
    metadata: &Metadata,
    back: &Return<'_>,
    (state, attempt): (&TokenHash, &'a Value),
) -> Result<(HttpRequest, &'a str), Stop> {
    // Who does not say who they are is believed only if they never do (RFC 9207 section 2.4).
    if !back.issuer.map_or(!metadata.names_itself, |issuer| issuer == provider.issuer) {
        return Err(untrusted("back from another issuer"));
    }
    if let Some(error) = back.error {
        return Err(refused_there(error));
    }
    let code = back.code.filter(|code| (1..=LONGEST_CODE).contains(&code.len()));
    let code = code.ok_or(untrusted("no code"))?;
    let verifier = open(app, state, column(attempt, "sealed_verifier"))?;
    let redirect_uri = redirect_uri(app, provider);
    Ok((
        metadata.token_request(provider, code, verifier.expose(), &redirect_uri),
        column(attempt, "nonce"),
    ))
}

/// What is written when somebody signs in who is `person` there and stands in `link` here.
fn entry(
    app: &App,
    provider: &Provider,
    person: Person,
    link: LinkRow,
    state: &TokenHash,
) -> Entry {
    let now = app.clock.now();
    let session = SessionId::new(now, app.entropy.bytes());
    let email = if link.user_id.is_some() { None } else { Some(&link.email) };
    Entry {
        first: sign_in_links::ANSWERED.bind([
            (&link.id).into(),
            link.user_id.as_ref().into(),
            email.into(),
            state.as_str().into(),
            now.into(),
            now.plus(ATTEMPT).into(),
            (&session).into(),
        ]),
        last: Some(identities::LINK.bind([
            provider.issuer.as_str().into(),
            person.subject.into(),
            (&session).into(),
            now.into(),
        ])),
        detail: json!({ "method": SignInMethod::Provider, "provider": provider.id }),
        link,
        session,
    }
}

fn column<'a>(row: &'a Value, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Uses the attempt, once: its row. Why there is none, nobody needs to know.
async fn take(app: &App, state: &TokenHash, browser: &OpaqueToken) -> Result<Value, Stop> {
    let now = app.clock.now();
    let take = oidc_attempts::TAKE.bind([
        state.as_str().into(),
        browser.hash().as_str().into(),
        now.into(),
    ]);
    let answers = app.db.batch("oidc.take", vec![take]).await?;
    rows(&answers, 0)?.first()?.ok_or(ended("no such attempt in this browser"))
}

/// The provider said no (RFC 6749 section 4.1.2.1, Core 1.0 section 3.1.2.6). The browser could have
/// said it too, so it calls nobody to act.
fn refused_there(error: &str) -> Stop {
    match error {
        "server_error" | "temporarily_unavailable" => unavailable("the provider does not work"),
        "invalid_request"
        | "invalid_scope"
        | "unauthorized_client"
        | "unsupported_response_type" => unavailable("the provider does not take our request"),
        "access_denied" => Stop::Refused(SignInRefusal::Denied, "access denied"),
        _ => Stop::Refused(SignInRefusal::Denied, "another refusal of the provider"),
    }
}

/// The token endpoint gave nothing.
const fn not_traded(fault: TokenFault) -> Stop {
    match fault {
        TokenFault::Grant => ended("the provider does not know the code"),
        TokenFault::Client => Stop::Misconfigured("the provider does not take us for its client"),
        TokenFault::Unusable => unavailable("no answer of a token endpoint"),
    }
}

/// Reads the ID token, by the provider's own keys. One that is missing may be new, so then all are asked
/// for again, but not too soon.
async fn read(
    app: &App,
    provider: &Provider,
    published: &Published,
    id_token: &str,
    nonce: &str,
) -> Result<Person, Stop> {
    let token = IdToken::parse(id_token).map_err(untrusted)?;
    let mut key = token.key(&published.keys).cloned();
    if key.is_none() {
        key = token.key(&self::published(app, provider, true).await?.published.keys).cloned();
    }
    let key = key.ok_or(untrusted("unknown key"))?.key;
    let (signed, signature) = (token.signed.as_bytes(), &token.signature);
    if !app.signatures.verify(&key, token.algorithm, signed, signature).await {
        return Err(untrusted("signature"));
    }
    token.check(provider, nonce, app.clock.now()).map_err(untrusted)
}

/// Who that is here. Only somebody whom we do not know by the provider needs an address, and where the
/// token has none, UserInfo may.
async fn who(
    app: &App,
    provider: &Provider,
    metadata: &Metadata,
    person: &Person,
    access: Option<&SecretText>,
) -> Result<LinkRow, Stop> {
    if let Some(link) = look(app, provider, person, person.email.as_ref()).await? {
        return Ok(link);
    }
    let no_address = Stop::Refused(SignInRefusal::Unverified, "no verified address");
    let Some(request) = access.and_then(|token| metadata.userinfo_request(token)) else {
        return Err(no_address);
    };
    let claims = oidc::read_userinfo(&send(app, request).await?, &person.subject);
    let Some(email) = claims.as_ref().and_then(verified_email) else { return Err(no_address) };
    look(app, provider, person, Some(&email)).await?.ok_or(no_address)
}

async fn look(
    app: &App,
    provider: &Provider,
    person: &Person,
    email: Option<&EmailAddress>,
) -> Result<Option<LinkRow>, Stop> {
    let look = identities::LOOK.bind([
        provider.issuer.as_str().into(),
        person.subject.as_str().into(),
        email.map(EmailAddress::as_str).into(),
        (&SignInId::new(app.clock.now(), app.entropy.bytes())).into(),
    ]);
    let answers = app.db.batch("oidc.look", vec![look]).await?;
    Ok(rows(&answers, 0)?.first()?)
}

async fn send(app: &App, request: HttpRequest) -> Result<HttpAnswer, Stop> {
    app.http.send(request).await.map_err(|_| unavailable("the provider does not answer"))
}

/// What the provider published, as it is known; or as it is now, where that is too old, or a key is
/// `missing` in it.
async fn published(app: &App, provider: &Provider, missing: bool) -> Result<Rc<Known>, Stop> {
    let now = app.clock.now();
    if let Some(known) = app.memory.get(&provider.issuer) {
        let (since, kept) =
            if missing { (known.again_at, AGAIN) } else { (Some(known.read_at), KEPT) };
        if since.is_some_and(|since| now.since(since) < kept) {
            return Ok(known);
        }
    }
    let answer = send(app, oidc::metadata_request(&provider.issuer)).await?;
    let allow_hosts = &app.config.outgoing_allow_hosts;
    let metadata = oidc::read_metadata(&answer, provider, allow_hosts).map_err(unavailable)?;
    let answer = send(app, metadata.keys_request()).await?;
    let keys = oidc::read_keys(&answer).map_err(unavailable)?;
    let published = Published { metadata, keys };
    let again_at = missing.then_some(now);
    let issuer = provider.issuer.clone();
    Ok(app.memory.put(Known { issuer, published, read_at: now, again_at }))
}

fn aad(state: &TokenHash) -> Aad<'_> {
    Aad { table: "oidc_attempts", column: "sealed_verifier", row: state.as_str(), org: "" }
}

fn open(app: &App, state: &TokenHash, sealed: &str) -> Result<SecretText, FlowError> {
    let plain = key_ring(app)?
        .open(Purpose::PkceVerifier, &aad(state), sealed)
        .map_err(|fault| FlowError::Fault(fault.to_string()))?;
    String::from_utf8(plain.to_vec())
        .map(SecretText::new)
        .map_err(|_| FlowError::Fault("a verifier is no text".to_owned()))
}
