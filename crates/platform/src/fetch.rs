//! Outgoing HTTP on the Workers `fetch`: never follows a redirect, always ends in time, reads a
//! bounded body.

use async_trait::async_trait;
use dcvaas_core::ports::{Http, HttpAnswer, HttpError, HttpRequest, Method};
use futures_util::StreamExt;
use js_sys::Uint8Array;
use worker::{AbortSignal, Fetch as WorkerFetch, Headers, Request, RequestInit, RequestRedirect};

/// The global `fetch`.
pub(crate) struct Fetch;

#[async_trait(?Send)]
impl Http for Fetch {
    async fn send(&self, request: HttpRequest) -> Result<HttpAnswer, HttpError> {
        let max_body = request.max_body;
        let timeout = u32::try_from(request.timeout.as_millis()).unwrap_or(u32::MAX);
        let signal = AbortSignal::from(web_sys::AbortSignal::timeout_with_u32(timeout));
        let prepared = prepare(request).map_err(|error| failure(&error))?;
        let mut response = WorkerFetch::Request(prepared)
            .send_with_signal(&signal)
            .await
            .map_err(|error| failure(&error))?;
        let headers = response.headers().entries().collect();
        let status = response.status_code();
        let mut body = Vec::new();
        // An answer without a body has no stream.
        if let Ok(mut stream) = response.stream() {
            while let Some(chunk) = stream.next().await {
                let chunk = chunk.map_err(|error| failure(&error))?;
                let room = max_body.saturating_sub(body.len());
                body.extend(chunk.into_iter().take(room));
                if body.len() >= max_body {
                    break;
                }
            }
        }
        Ok(HttpAnswer { status, headers, body })
    }
}

fn prepare(request: HttpRequest) -> worker::Result<Request> {
    let headers = Headers::new();
    for (name, value) in &request.headers {
        headers.set(name, value)?;
    }
    let mut init = RequestInit::new();
    init.with_method(match request.method {
        Method::Get => worker::Method::Get,
        Method::Post => worker::Method::Post,
        Method::Patch => worker::Method::Patch,
        Method::Put => worker::Method::Put,
        Method::Delete => worker::Method::Delete,
    })
    .with_headers(headers)
    .with_redirect(RequestRedirect::Manual)
    .with_body(request.body.map(|body| Uint8Array::from(body.as_slice()).into()));
    Request::new_with_init(&request.url, &init)
}

fn failure(error: &worker::Error) -> HttpError {
    let text = error.to_string();
    if text.contains("TimeoutError") || text.contains("timeout") {
        HttpError::Timeout
    } else {
        HttpError::Connection(text.chars().take(200).collect())
    }
}
