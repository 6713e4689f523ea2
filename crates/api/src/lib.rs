//! The API worker: REST for machines and people, and the dashboard's static assets.
//!
//! This file and `meter.rs` are the only ones here that know the runtime. A request becomes an
//! [`edge::Incoming`], and [`edge::handle`] makes the [`reply::Reply`]; so the same code runs in
//! native tests.

pub mod body;
pub mod credential;
pub mod edge;
mod json_path;
mod meter;
mod metering;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod params;
mod repeat;
pub mod reply;
pub mod router;
mod routes;
#[cfg(feature = "openapi")]
pub mod wire;

use async_trait::async_trait;
use dcvaas_core::config::Need;
use worker::{Context, Env, event, web_sys};

use body::{BodyFault, BodySource};
use edge::Incoming;
use reply::Reply;

/// What the configuration must hold for this worker to serve.
const NEEDS: &[Need] = &[Need::Cloudflare, Need::Encryption, Need::App];

/// Answers one request.
#[event(fetch)]
async fn fetch(
    request: web_sys::Request,
    env: Env,
    context: Context,
) -> worker::Result<web_sys::Response> {
    let Ok(app) = dcvaas_platform::app(&env, move |task| context.wait_until(task), NEEDS) else {
        return Ok(respond(&edge::misconfigured(&dcvaas_platform::request_id())));
    };
    let method = request.method();
    let url = request.url();
    let headers = request.headers();
    let header = |name: &str| headers.get(name).ok().flatten();
    let mut body = WorkerBody(&request);
    let incoming = Incoming { method: &method, url: &url, header: &header, body: &mut body };
    Ok(respond(&edge::handle(&app, incoming).await))
}

/// The request's body as a stream that is read only on demand.
struct WorkerBody<'a>(&'a web_sys::Request);

#[async_trait(?Send)]
impl BodySource for WorkerBody<'_> {
    async fn read(&mut self, limit: usize) -> Result<Vec<u8>, BodyFault> {
        match dcvaas_platform::read_body(self.0, limit).await {
            Ok(Some(body)) => Ok(body),
            Ok(None) => Err(BodyFault::TooLarge),
            Err(_) => Err(BodyFault::Broken),
        }
    }
}

fn respond(reply: &Reply) -> web_sys::Response {
    dcvaas_platform::respond(reply.status, &reply.headers, &reply.body)
}
