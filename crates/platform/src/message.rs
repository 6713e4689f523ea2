//! What comes in and goes out of a Worker: a request's body, and the answer.

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Reads the whole body; `None` if it has more bytes than `most`.
///
/// # Errors
/// The connection broke.
pub async fn read_body(
    request: &web_sys::Request,
    most: usize,
) -> Result<Option<Vec<u8>>, JsValue> {
    let most = u32::try_from(most).unwrap_or(u32::MAX);
    let body = read(request, most).await?;
    Ok((!body.is_undefined()).then(|| Uint8Array::new(&body).to_vec()))
}

/// Makes the runtime's answer in one crossing: each header by itself would be one more.
pub fn respond(status: u16, fields: &[(&'static str, String)], body: &str) -> web_sys::Response {
    let mut headers = String::with_capacity(1024);
    // A value with a line break would be no header field (RFC 9110 section 5.5).
    for (name, value) in fields.iter().filter(|(_, value)| !value.contains('\n')) {
        headers.push_str(name);
        headers.push('\n');
        headers.push_str(value);
        headers.push('\n');
    }
    make_response(body.as_bytes(), status, &headers)
}

#[wasm_bindgen(inline_js = "
export function make_response(body, status, text) {
  const headers = new Headers();
  const parts = text.split('\\n');
  for (let at = 0; at + 1 < parts.length; at += 2) headers.append(parts[at], parts[at + 1]);
  return new Response(body.length === 0 ? null : body.slice(), { status, headers });
}
export async function read(request, most) {
  const chunks = [];
  for await (const chunk of request.body ?? []) {
    most -= chunk.length;
    if (most < 0) return undefined;
    chunks.push(chunk);
  }
  return new Blob(chunks).arrayBuffer();
}")]
extern "C" {
    /// `text` holds names and values in turn, each ended by a line break.
    fn make_response(body: &[u8], status: u16, text: &str) -> web_sys::Response;
    #[wasm_bindgen(catch)]
    async fn read(request: &web_sys::Request, most: u32) -> Result<JsValue, JsValue>;
}
