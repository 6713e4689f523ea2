//! The OpenAPI 3.1 document and its readable pages, made from the table of routes.
//!
//! `cargo xtask openapi` writes [`files`] into the repository, from where they are served as static
//! assets: the Worker holds none of this.
#![expect(
    clippy::indexing_slicing,
    reason = "members of JSON values are indexed by name, natively, in a tool whose output is tested"
)]

mod document;
mod events;
pub mod operations;
mod page;
mod problems;

use dcvaas_core::model::catalogue;
use serde_json::Value;

pub use document::document;

/// Where the document is served.
pub const PATH: &str = "/api/openapi.json";

/// Where the catalogue of events is served.
pub const EVENT_TYPES: &str = "/api/event-types";

/// The catalogue's path in the repository.
pub const EVENT_TYPES_FILE: &str = "frontend/public/api/event-types";

/// Every generated file: its path in the repository and its content.
pub fn files() -> Vec<(&'static str, String)> {
    let document = document();
    let text = self::text(&document);
    vec![
        ("openapi.json", text.clone()),
        ("frontend/public/api/openapi.json", text),
        ("frontend/public/docs/api.html", page::api(&document)),
        (EVENT_TYPES_FILE, self::text(&catalogue::document())),
        ("frontend/public/docs/events.html", events::page()),
        ("frontend/public/docs/problems.html", problems::page()),
        ("frontend/public/docs/docs.css", page::css()),
    ]
}

/// The document as text. Serialising plain JSON cannot fail.
fn text(document: &Value) -> String {
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    format!("{text}\n")
}
