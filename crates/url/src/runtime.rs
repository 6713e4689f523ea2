//! By the runtime's own `URL`.

use wasm_bindgen::prelude::wasm_bindgen;

use super::Parts;

pub(crate) fn parse(text: &str) -> Option<Parts> {
    let answer = parts_of(text)?;
    // A URL in its normal form has no line breaks.
    let mut lines = answer.split('\n');
    let mut next = || lines.next().unwrap_or_default().to_owned();
    Some(Parts {
        href: next(),
        scheme: next(),
        host: next(),
        port: next().parse().ok(),
        credentials: !next().is_empty(),
    })
}

#[wasm_bindgen(inline_js = "
export function parts_of(text) {
  const url = URL.parse(text);
  if (url === null) return undefined;
  return [url.href, url.protocol.slice(0, -1), url.hostname, url.port, url.username + url.password].join('\\n');
}")]
extern "C" {
    /// One crossing for all parts, a line each.
    fn parts_of(text: &str) -> Option<String>;
}
