//! Outgoing HTTP on the Workers `fetch`: never follows a redirect, always ends in time, reads a
//! bounded body.

use async_trait::async_trait;
use dcvaas_core::ports::{Http, HttpAnswer, HttpError, HttpRequest};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::runtime::describe;

/// The global `fetch`.
pub(crate) struct Fetch;

#[async_trait(?Send)]
impl Http for Fetch {
    async fn send(&self, request: HttpRequest) -> Result<HttpAnswer, HttpError> {
        let mut headers = String::new();
        // A name or value with a line break is no header field (RFC 9110 section 5.5).
        let fields = request.headers.iter().map(|(name, value)| [name.as_ref(), value.as_str()]);
        for part in fields.filter(|field| !field.concat().contains('\n')).flatten() {
            headers.push_str(part);
            headers.push('\n');
        }
        let timeout = u32::try_from(request.timeout.as_millis()).unwrap_or(u32::MAX);
        let most = u32::try_from(request.max_body).unwrap_or(u32::MAX);
        let method = request.method.as_str();
        let answer = send(method, &request.url, &headers, request.body, timeout, most)
            .await
            .map_err(|error| failure(&describe(&error)))?;
        read(&answer.unchecked_into()).ok_or_else(|| failure("no answer that can be read"))
    }
}

fn read(answer: &Array) -> Option<HttpAnswer> {
    let text = answer.get(1).as_string()?;
    let mut lines = text.lines().map(str::to_owned);
    let headers = std::iter::from_fn(|| Some((lines.next()?, lines.next()?))).collect();
    let body = Uint8Array::from(answer.get(2)).to_vec();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a status has three digits"
    )]
    let status = answer.get(0).as_f64()? as u16;
    Some(HttpAnswer { status, headers, body })
}

fn failure(text: &str) -> HttpError {
    if text.contains("TimeoutError") || text.contains("timeout") {
        HttpError::Timeout
    } else {
        HttpError::Connection(text.chars().take(200).collect())
    }
}

// One crossing there and one back. Leaving the loop cancels what has not come.
#[wasm_bindgen(inline_js = "
export async function send(method, url, lines, body, timeout, most) {
  const parts = lines.split('\\n');
  const headers = new Headers();
  for (let at = 0; at + 1 < parts.length; at += 2) headers.set(parts[at], parts[at + 1]);
  const signal = AbortSignal.timeout(timeout);
  const answer = await fetch(url, { method, headers, body, redirect: 'manual', signal });
  const chunks = [];
  let room = most;
  for await (const chunk of answer.body ?? []) {
    chunks.push(chunk.subarray(0, room));
    room -= chunk.length;
    if (room <= 0) break;
  }
  const read = new Uint8Array(await new Blob(chunks).arrayBuffer());
  return [answer.status, [...answer.headers].map((field) => field.join('\\n')).join('\\n'), read];
}")]
extern "C" {
    /// `lines` holds names and values in turn, each ended by a line break; the answer is an array
    /// of status, the same of its headers, and the first `most` bytes of its body.
    #[wasm_bindgen(catch)]
    async fn send(
        method: &str,
        url: &str,
        lines: &str,
        body: Option<Vec<u8>>,
        timeout: u32,
        most: u32,
    ) -> Result<JsValue, JsValue>;
}
