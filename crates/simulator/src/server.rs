//! The router, the serve loop, and the layer around every upstream that logs its calls and lets
//! faults happen.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tower::ServiceExt;

use crate::faults::{Ending, FaultSpec, Target};
use crate::state::{Simulator, now_millis};
use crate::{cloudflare, control, doh, github, inbox, mail, page};

/// Marks a response that must never be sent: [`serve`] closes the connection instead. A test that
/// calls the [`router`] in process finds the mark in the response's extensions.
#[derive(Debug, Clone, Copy)]
pub struct LostReply;

/// Everything the simulator serves.
pub fn router(simulator: &Simulator) -> Router {
    let outside = |target: Target, routes: Router<Simulator>| {
        routes
            .layer(middleware::from_fn_with_state((simulator.clone(), target), pass_through))
            .with_state(simulator.clone())
    };
    Router::new()
        .merge(outside(Target::Cloudflare, cloudflare::routes(simulator)))
        .merge(outside(Target::Dns, doh::routes()))
        .merge(outside(Target::Mail, mail::routes()))
        .merge(outside(Target::Inbox, inbox::routes()))
        .merge(outside(Target::Github, github::routes()))
        .merge(control::routes().merge(page::routes()).with_state(simulator.clone()))
}

/// How long to wait when no connection can be accepted (out of file handles, mostly).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until the future is dropped; it never ends by itself.
pub async fn serve(listener: TcpListener, simulator: Simulator) {
    let router = router(&simulator);
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let router = router.clone();
        let service = hyper::service::service_fn(move |request: hyper::Request<_>| {
            let router = router.clone();
            async move {
                let response = router.oneshot(request.map(Body::new)).await.unwrap_or_else(never);
                match response.extensions().get::<LostReply>() {
                    // hyper closes a connection whose service fails, which is what a lost reply is.
                    Some(LostReply) => Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
                    None => Ok(response),
                }
            }
        });
        tokio::spawn(async move {
            // A client that goes away, and a reply lost on purpose, end here.
            hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service)
                .await
                .ok();
        });
    }
}

fn never(impossible: Infallible) -> Response {
    match impossible {}
}

/// Logs one call of an upstream and, when a fault says so, spoils it.
async fn pass_through(
    State((simulator, target)): State<(Simulator, Target)>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let started = now_millis();
    let (serial, fault) = {
        let mut world = simulator.lock();
        let serial = world.calls.begin(target, request.method().as_str(), &path, started);
        (serial, world.faults.draw(target, request.method(), &path))
    };
    let response = match fault {
        None => next.run(request).await,
        Some(fault) => spoil(fault, request, next).await,
    };
    let lost = response.extensions().get::<LostReply>().is_some();
    let status = (!lost).then(|| response.status().as_u16());
    simulator.lock().calls.end(serial, status, now_millis() - started);
    response
}

async fn spoil(fault: FaultSpec, request: Request, next: Next) -> Response {
    let ending = fault.ending();
    let right =
        if fault.after || ending == Ending::Keep { Some(next.run(request).await) } else { None };
    tokio::time::sleep(Duration::from_millis(fault.delay_ms)).await;
    match (ending, right) {
        (Ending::Keep, Some(right)) => right,
        (Ending::Hang, _) => std::future::pending().await,
        (Ending::Answer(status), _) => answer(status, fault),
        (Ending::Lose | Ending::Keep, _) => lost_reply(),
    }
}

fn answer(status: u16, fault: FaultSpec) -> Response {
    let mut response = Response::new(Body::from(fault.body.unwrap_or_default()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    if let Some(seconds) = fault.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// A response that is never sent.
pub(crate) fn lost_reply() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response.extensions_mut().insert(LostReply);
    response
}
