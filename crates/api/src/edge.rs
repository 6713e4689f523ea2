//! From a request to its answer: route, credential, right, action, headers. Each step stands here
//! once, for all routes.

use dcvaas_core::flow::{By, FlowError};
use dcvaas_core::model::caller::{Access, Caller, CallerKind, CallerRow, TOUCH_INTERVAL};
use dcvaas_core::model::id::RequestId;
use dcvaas_core::model::problem::{Problem, ProblemCode};
use dcvaas_core::ports::{App, DbError, Level};
use dcvaas_core::store::callers::{self, Credential};
use dcvaas_core::store::{Rows, api_tokens, sessions};
use dcvaas_core::time::Span;
use serde_json::json;

use crate::body::BodySource;
use crate::credential;
use crate::params::Params;
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
    let reply = match method {
        "OPTIONS" => Ok(Reply::no_content()),
        // The same as GET, without the body (RFC 9110 section 9.3.2).
        "HEAD" => {
            let incoming = Incoming { method: "GET", ..incoming };
            answer(app, incoming, &request_id).await.map(Reply::without_body)
        }
        _ => answer(app, incoming, &request_id).await,
    };
    let reply = reply.unwrap_or_else(|error| refusal(app, &error, method, url, &request_id));
    let reply = with_cors(reply, app, method, origin.as_deref());
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
) -> Result<Reply, FlowError> {
    let (own_origin, target) = split_origin(incoming.url);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let header = incoming.header;
    let Matched { route, params } = router::find(incoming.method, path)?;
    let params = Params::decode(&params, query)?;

    let (access, credential) = match route.needs {
        Needs::Nobody(_) => (None, None),
        Needs::Caller(access) => {
            let unsafe_method = incoming.method != "GET";
            (Some(access), Some(credential::read(header, own_origin, unsafe_method)?))
        }
    };
    match (route.action, access, credential) {
        (Action::Open(run), None, None) => {
            params.only(&[])?;
            run(OpenCall { app, own_origin, header, body: incoming.body }).await
        }
        (Action::Read(bind), Some(access), Some(credential)) => {
            let statement = bind(&params, &credential)?;
            let rows = first(app.db.batch(route.id, vec![statement]).await?)?;
            let caller = admit(app, access, rows.first()?)?;
            touch(app, &caller);
            let body = rows.body.ok_or_else(Problem::not_found)?;
            Ok(Reply::read(body, header("if-none-match").as_deref()))
        }
        (Action::Write { load, run }, Some(access), Some(credential)) => {
            params.only(&[])?;
            let (row, loaded) =
                find_caller(app, &credential, load.map(|load| load(&params, &credential))).await?;
            let caller = admit(app, access, row)?;
            touch(app, &caller);
            let by = By { actor: (&caller).into(), request_id: Some(request_id.clone()) };
            run(Call { app, caller, by, params, loaded, header, body: incoming.body }).await
        }
        _ => Err(FlowError::Fault(format!("route {} is declared wrongly", route.id))),
    }
}

/// The caller, and what the route loads for them, in one round trip.
async fn find_caller(
    app: &App,
    credential: &Credential,
    load: Option<Result<dcvaas_core::store::Bound, Problem>>,
) -> Result<(Option<CallerRow>, Rows), FlowError> {
    let mut statements = vec![callers::find(credential)];
    statements.extend(load.transpose()?);
    let mut answers = app.db.batch("caller.find", statements).await?.into_iter();
    let caller = answers.next().unwrap_or_default().first()?;
    Ok((caller, answers.next().unwrap_or_default()))
}

fn first(answers: Vec<Rows>) -> Result<Rows, DbError> {
    answers.into_iter().next().ok_or_else(|| DbError::Fault("the batch gave no answer".to_owned()))
}

fn admit(app: &App, access: Access, row: Option<CallerRow>) -> Result<Caller, Problem> {
    access.check(row, app.clock.now())
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
    reply.with_header("access-control-expose-headers", "ETag, Retry-After, X-Request-Id")
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
