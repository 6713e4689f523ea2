//! The body of a request that came in.

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

#[wasm_bindgen(inline_js = "
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
    #[wasm_bindgen(catch)]
    async fn read(request: &web_sys::Request, most: u32) -> Result<JsValue, JsValue>;
}
