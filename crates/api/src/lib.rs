//! The API worker: REST for machines and people, and the dashboard's static assets.
//!
//! This file is the only one here that knows the runtime. A request becomes an
//! [`edge::Incoming`], and [`edge::handle`] makes the [`reply::Reply`]; so the same code runs in
//! native tests.

pub mod body;
pub mod credential;
pub mod edge;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod params;
pub mod reply;
pub mod router;
mod routes;
#[cfg(feature = "openapi")]
pub mod wire;

use async_trait::async_trait;
use dcvaas_core::config::Need;
use dcvaas_core::model::problem::{Problem, ProblemCode};
use futures_util::StreamExt;
use worker::{Context, Env, Headers, Request, Response, event};

use body::{BodyFault, BodySource};
use edge::Incoming;
use reply::Reply;

/// What the configuration must hold for this worker to serve.
const NEEDS: &[Need] = &[Need::Cloudflare, Need::Encryption, Need::App];

/// Answers one request.
#[event(fetch)]
async fn fetch(mut request: Request, env: Env, context: Context) -> worker::Result<Response> {
    let Ok(app) = dcvaas_platform::app(&env, move |task| context.wait_until(task), NEEDS) else {
        let text = "The service is not configured. Its operator finds the reason in the logs.";
        let problem = Problem::new(ProblemCode::Misconfigured).with_detail(text);
        return respond(Reply::problem(&problem, None));
    };
    let method = request.inner().method();
    let url = request.inner().url();
    let headers = request.headers().clone();
    let header = |name: &str| headers.get(name).ok().flatten();
    let mut body = WorkerBody(&mut request);
    let incoming = Incoming { method: &method, url: &url, header: &header, body: &mut body };
    respond(edge::handle(&app, incoming).await)
}

/// The request's body as a stream that is read only on demand.
struct WorkerBody<'a>(&'a mut Request);

#[async_trait(?Send)]
impl BodySource for WorkerBody<'_> {
    async fn read(&mut self, limit: usize) -> Result<Vec<u8>, BodyFault> {
        let mut body = Vec::new();
        // A request without a body has no stream.
        let Ok(mut stream) = self.0.stream() else { return Ok(body) };
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|_| BodyFault::Broken)?;
            if body.len() + chunk.len() > limit {
                return Err(BodyFault::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

fn respond(reply: Reply) -> worker::Result<Response> {
    let headers = Headers::new();
    for (name, value) in &reply.headers {
        headers.append(name, value)?;
    }
    let response = if reply.body.is_empty() {
        Response::empty()?
    } else {
        Response::from_bytes(reply.body.into_bytes())?
    };
    Ok(response.with_status(reply.status).with_headers(headers))
}
