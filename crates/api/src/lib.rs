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
use worker::{Context, Env, event, wasm_bindgen, web_sys};

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

/// Makes the runtime's answer in one crossing: each header by itself would be one more.
fn respond(reply: &Reply) -> web_sys::Response {
    let mut headers = String::with_capacity(1024);
    // A value with a line break would be no header field (RFC 9110 section 5.5).
    for (name, value) in reply.headers.iter().filter(|(_, value)| !value.contains('\n')) {
        headers.push_str(name);
        headers.push('\n');
        headers.push_str(value);
        headers.push('\n');
    }
    make_response(reply.body.as_bytes(), reply.status, &headers)
}

#[wasm_bindgen::prelude::wasm_bindgen(inline_js = "
export function make_response(body, status, text) {
  const headers = new Headers();
  const parts = text.split('\\n');
  for (let at = 0; at + 1 < parts.length; at += 2) headers.append(parts[at], parts[at + 1]);
  return new Response(body.length === 0 ? null : body.slice(), { status, headers });
}")]
extern "C" {
    /// `text` holds names and values in turn, each ended by a line break.
    fn make_response(body: &[u8], status: u16, text: &str) -> web_sys::Response;
}
