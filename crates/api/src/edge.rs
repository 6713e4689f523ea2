//! From a request to its answer: route, credential, right, action, headers. Each step stands here
//! once, for all routes.

use dcvaas_core::flow::{By, FlowError};
use dcvaas_core::model::caller::{Access, Caller, CallerKind, CallerRow, TOUCH_INTERVAL};
use dcvaas_core::model::id::RequestId;
use dcvaas_core::model::problem::{Problem, ProblemCode, Reason};
use dcvaas_core::ports::{App, DbError, Level};
use dcvaas_core::store::callers::{self, Credential};
use dcvaas_core::store::{Rows, api_tokens, revoked_tokens, sessions};
use dcvaas_core::time::Span;
use serde_json::json;

use crate::body::BodySource;
use crate::credential;
use crate::metering::{self, Metering};
use crate::params::Params;
use crate::repeat;
use crate::reply::Reply;
use crate::router::{self, Action, Matched, Needs};

/// After how long a client may ask again when the database was busy.
const BUSY: Span = Span::seconds(1);

/// A request as it came in.
pub struct Incoming<'a> {
    /// The method's token.
    pub method: &'a str,
    /// The whole URL.
    pub url: &'a str,
    /// Looks a header up by its lower-case name. Each look-up crosses to JavaScript, so only what
    /// is needed is asked for.
    pub header: &'a dyn Fn(&str) -> Option<String>,
    /// The body, unread.
    pub body: &'a mut dyn BodySource,
}

/// What a handler that changes something is given: everything checked, nothing done.
pub struct Call<'a> {
    /// The ports.
    pub app: &'a App,
    /// Who calls; their right to this route is checked.
    pub caller: Caller,
    /// The caller and the request, for the audit log.
    pub by: By,
    /// Path and query.
    pub params: Params,
    /// What the route's own `load` statement found for the caller.
    pub loaded: Rows,
    /// Headers.
    pub header: &'a dyn Fn(&str) -> Option<String>,
    /// The body, unread.
    pub body: &'a mut dyn BodySource,
}

/// What a handler without a caller is given.
pub struct OpenCall<'a> {
    /// The ports.
    pub app: &'a App,
    /// The scheme and host that the request came to.
    pub own_origin: &'a str,
    /// Names the request.
    pub request_id: RequestId,
    /// Path and query, unchecked.
    pub params: Params,
    /// Headers.
    pub header: &'a dyn Fn(&str) -> Option<String>,
    /// The body, unread.
    pub body: &'a mut dyn BodySource,
}

/// Answers one request. Never fails: what goes wrong is an answer too.
pub async fn handle(app: &App, incoming: Incoming<'_>) -> Reply {
    let request_id = RequestId::new(app.clock.now(), app.entropy.bytes());
    let header = incoming.header;
    let (method, url) = (incoming.method, incoming.url);
    let origin = header("origin");
    let metering = Metering::default();
    let reply = match method {
        "OPTIONS" => Ok(Reply::no_content()),
        // The same as GET, without the body (RFC 9110 section 9.3.2).
        "HEAD" => {
            let incoming = Incoming { method: "GET", ..incoming };
            answer(app, incoming, &request_id, &metering).await.map(Reply::without_body)
        }
        _ => answer(app, incoming, &request_id, &metering).await,
    };
    let reply = reply.unwrap_or_else(|error| refusal(app, &error, method, url, &request_id));
    metering::finish(app, &reply, &metering);
    let reply = metering::tell(reply, &metering);
    sealed(with_cors(reply, app, method, origin.as_deref()), &request_id)
}

/// The answer to every request of a worker that cannot work.
pub fn misconfigured(request_id: &RequestId) -> Reply {
    let text = "The service is not configured. Its operator finds the reason in the logs.";
    let problem = Problem::new(ProblemCode::Misconfigured).with_detail(text);
    sealed(Reply::problem(&problem, Some(request_id.as_str())), request_id)
}

/// The headers of every answer.
fn sealed(reply: Reply, request_id: &RequestId) -> Reply {
    reply
        .with_header("x-request-id", request_id.as_str())
        .with_header("x-content-type-options", "nosniff")
        .with_header("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
        .with_header("strict-transport-security", "max-age=63072000; includeSubDomains")
        .with_header("referrer-policy", "no-referrer")
}

async fn answer(
    app: &App,
    incoming: Incoming<'_>,
    request_id: &RequestId,
    metering: &Metering,
) -> Result<Reply, FlowError> {
    let (own_origin, target) = split_origin(incoming.url);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let header = incoming.header;
    let Matched { route, params } = router::find(incoming.method, path)?;
    let params = Params::decode(&params, query, app.clock.now())?;

    let (access, credential) = match route.needs {
        Needs::Nobody(_) => (None, None),
        Needs::Caller(access) => {
            let unsafe_method = incoming.method != "GET";
            (Some(access), Some(credential::read(header, own_origin, unsafe_method)?))
        }
    };
    match (route.action, access, credential) {
        (Action::Open(run), None, None) => {
            let request_id = request_id.clone();
            run(OpenCall { app, own_origin, request_id, params, header, body: incoming.body }).await
        }
        (Action::Read(bind), Some(access), Some(credential)) => {
            let find = app.db.batch(route.id, vec![bind(&params, &credential)?]);
            let door = Door { app, credential: &credential, header, route: route.id, metering };
            let (_, rows) = door.admit(access, find).await?;
            let rows = rows.into_iter().next().unwrap_or_default();
            let body = rows.body.ok_or_else(Problem::not_found)?;
            Ok(Reply::read(body, header("if-none-match").as_deref()))
        }
        (Action::Write { load, run }, Some(access), Some(credential)) => {
            if route.method != "GET" {
                params.only(&[])?;
            }
            let mut statements = vec![callers::find(&credential)];
            statements.extend(load.map(|load| load(&params, &credential)).transpose()?);
            let find = app.db.batch("caller.find", statements);
            let door = Door { app, credential: &credential, header, route: route.id, metering };
            let (caller, rows) = door.admit(access, find).await?;
            let loaded = rows.into_iter().nth(1).unwrap_or_default();
            let by = By {
                actor: (&caller).into(),
                request_id: Some(request_id.clone()),
                address: Some(address(header)).filter(|address| !address.is_empty()),
            };
            let call = Call { app, caller, by, params, loaded, header, body: incoming.body };
            match route.method {
                "POST" => repeat::once(call, target, request_id, run).await,
                _ => run(call).await,
            }
        }
        _ => Err(FlowError::Fault(format!("route {} is declared wrongly", route.id))),
    }
}

/// Where callers come in: what one request shows, and what it is counted as.
struct Door<'a> {
    app: &'a App,
    credential: &'a Credential,
    header: &'a dyn Fn(&str) -> Option<String>,
    route: &'static str,
    metering: &'a Metering,
}

impl Door<'_> {
    /// Runs the batch whose first statement finds the caller, and gives both, if the caller may come in.
    async fn admit(
        &self,
        access: Access,
        find: impl Future<Output = Result<Vec<Rows>, DbError>>,
    ) -> Result<(Caller, Vec<Rows>), FlowError> {
        let Self { app, credential, header, route, metering } = *self;
        let address = || address(header);
        let (rows, counted) = metering::beside(app, credential, &address, route, find).await?;
        let row = rows.first().map_or(Ok(None), Rows::first::<CallerRow>)?;
        let now = app.clock.now();
        let row = match CallerRow::valid(row, now) {
            Ok(row) => row,
            Err(problem) => {
                app.meter.memory().borrow_mut().remember(&credential.hash, None);
                return Err(self.revoked(problem).await?.into());
            }
        };
        metering::admit(app, credential, &row, &address, route, counted, metering).await?;
        let caller = access.check(row, &address, now)?;
        touch(app, &caller);
        Ok((caller, rows))
    }

    /// Whether a token that is not known was known once, which only its holder can ask: one more round
    /// trip, for them alone.
    async fn revoked(&self, problem: Problem) -> Result<Problem, FlowError> {
        if problem.reason != Some(Reason::Unknown) || (self.header)("authorization").is_none() {
            return Ok(problem);
        }
        let find = vec![revoked_tokens::find(&self.credential.hash)];
        let found = self.app.db.batch("token.revoked", find).await?;
        let was_known = found.first().is_some_and(|rows| rows.json.len() > "[]".len());
        Ok(if was_known { Problem::unauthorized(Reason::Revoked) } else { problem })
    }
}

/// Where the request comes from. Cloudflare sets this header, and clients cannot
/// (<https://developers.cloudflare.com/fundamentals/reference/http-headers/#cf-connecting-ip>).
pub(crate) fn address(header: &dyn Fn(&str) -> Option<String>) -> String {
    header("cf-connecting-ip").unwrap_or_default()
}

/// Notes the use of the credential, after the answer, at most once a minute.
fn touch(app: &App, caller: &Caller) {
    if !caller.touch {
        return;
    }
    let now = app.clock.now();
    let statement = match caller.kind {
        CallerKind::Token => &api_tokens::TOUCH,
        CallerKind::Session => &sessions::TOUCH,
    };
    let touch = statement.bind([
        caller.credential_id.as_str().into(),
        now.into(),
        now.minus(TOUCH_INTERVAL).into(),
    ]);
    let app_of_task = app.clone();
    app.background.spawn(Box::pin(async move {
        if let Err(error) = app_of_task.db.batch("caller.touch", vec![touch]).await {
            app_of_task.log.line(
                Level::Warn,
                "caller.touch_failed",
                json!({ "cause": error.to_string() }),
            );
        }
    }));
}

/// Turns a failure into an answer. What happened inside goes to the log, never to the client.
fn refusal(app: &App, error: &FlowError, method: &str, url: &str, request_id: &RequestId) -> Reply {
    let problem = match error {
        FlowError::Refused(problem) => return Reply::problem(problem, Some(request_id.as_str())),
        FlowError::Db(DbError::Busy | DbError::Lost) => {
            Problem::new(ProblemCode::Unavailable).with_retry_after(BUSY)
        }
        FlowError::Db(DbError::Constraint(_) | DbError::Fault(_)) | FlowError::Fault(_) => {
            Problem::new(ProblemCode::Internal)
        }
    };
    let path = split_origin(url).1.split('?').next().unwrap_or_default();
    let fields = json!({
        "request.id": request_id.as_str(), "method": method, "path": path, "cause": error.to_string(),
    });
    app.log.line(Level::Error, "request.failed", fields);
    Reply::problem(&problem, Some(request_id.as_str()))
}

/// Splits `https://host/path?query` into its origin and the rest.
fn split_origin(url: &str) -> (&str, &str) {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(host..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| host + at);
    url.split_at_checked(end).unwrap_or((url, "/"))
}

/// Cross-origin access, for the origins of the configuration only, exactly as written there
/// (<https://fetch.spec.whatwg.org/#http-cors-protocol>). Without credentials: other origins use
/// tokens.
fn with_cors(reply: Reply, app: &App, method: &str, origin: Option<&str>) -> Reply {
    let reply = if app.config.cors_allow_origins.is_empty() {
        reply
    } else {
        // Also without the other headers: a cache must not answer another origin with this.
        reply.with_header("vary", "Origin")
    };
    let Some(origin) =
        origin.filter(|origin| app.config.cors_allow_origins.iter().any(|own| own == origin))
    else {
        return reply;
    };
    let reply = reply.with_header("access-control-allow-origin", origin);
    if method == "OPTIONS" {
        return reply
            .with_header("access-control-allow-methods", "GET, POST, PATCH, DELETE")
            .with_header(
                "access-control-allow-headers",
                "Authorization, Content-Type, Idempotency-Key, If-None-Match",
            )
            .with_header("access-control-max-age", "7200");
    }
    let exposed =
        "ETag, Idempotency-Replayed, Link, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";
    reply.with_header("access-control-expose-headers", exposed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_split_into_origin_and_target() {
        assert_eq!(
            split_origin("https://a.example:8443/x?y=/"),
            ("https://a.example:8443", "/x?y=/")
        );
        assert_eq!(split_origin("https://a.example"), ("https://a.example", ""));
    }
}
