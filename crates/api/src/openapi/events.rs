//! The catalogue of events as a page.

use dcvaas_core::model::catalogue::{Entry, entry, example_of, schema};
use dcvaas_core::model::event::EventType;
use maud::{Markup, html};

use super::page::{rich, shell, table_of};

/// The programs that verify a webhook; the end-to-end tests run each on real deliveries.
const PROGRAMS: &[(&str, &str)] = &[
    ("JavaScript", include_str!("../../../../docs/verify/verify.mjs")),
    ("Python", include_str!("../../../../docs/verify/verify.py")),
    ("Rust", include_str!("../../../../docs/verify/verify.rs")),
    ("Java", include_str!("../../../../docs/verify/Verify.java")),
    ("Shell", include_str!("../../../../docs/verify/verify.sh")),
    ("JavaScript, by the public key", include_str!("../../../../docs/verify/verify-ed25519.mjs")),
];

/// The page.
pub(super) fn page() -> String {
    let events = EventType::ALL;
    let menu = html! {
        h2 { "Types" }
        ul { @for event in events { li { a href={ "#" (event) } { code { (event) } } } } }
        h2 { "Receiving" }
        ul { li { a href="#verify" { "Verify a signature" } } }
    };
    let content = html! {
        h1 { "Events" }
        (rich("What your endpoints are told. Every body is a flat JSON object with `id`, `type`, `timestamp`, `seq` and `orgId`, and the members of its type. Later versions may add members: ignore what you do not know. A member that would go or change its meaning gets a new version, and an endpoint stays with the one it has.\n\nAn event may come more than once, with the same `id`, and events may overtake each other: `seq` numbers those of one domain without gaps."))
        p { "The same for machines, with the JSON Schema of every type: " a href=(super::EVENT_TYPES) { (super::EVENT_TYPES) } "." }
        @for event in events { (one(*event)) }
        section.panel id="verify" {
            h2 { a href="#verify" { "Verify a signature" } }
            (rich("Every request is signed as Standard Webhooks 1.0 says, so any of its libraries verifies it with the secret that begins with `whsec_`. `webhook-signature` holds one signature, or two while the secret is changed; one of them must be right. Verify the raw body, before any parsing, and refuse what is older than five minutes.\n\nAn endpoint made with `ed25519` also signs by a key of its own (`v1a`): its `publicKey` verifies, and a receiver that holds nothing else can sign nothing in our name. `rotate` changes it together with the secret, and both keys sign until the window closes.\n\nWithout a library:"))
            @for (language, program) in PROGRAMS {
                h3 { (language) }
                pre tabindex="0" { (program) }
            }
        }
    };
    shell("Events", "/docs/events", &menu, &content)
}

fn one(event: EventType) -> Markup {
    let about = entry(event);
    let Entry { description, changelog, .. } = about;
    let schema = schema(event);
    let example = serde_json::to_string_pretty(&example_of(event)).unwrap_or_default();
    html! {
        section.panel id=(event) {
            h2 { a href={ "#" (event) } { code { (event) } } span.tag { (about.version()) } }
            (rich(description))
            @if let Some(members) = schema["properties"].as_object() { (table_of(&schema, members)) }
            h3 { "Example" }
            pre tabindex="0" { (example) }
            h3 { "Changes" }
            dl { @for change in changelog { dt { (change.version) } dd { (change.text) } } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_has_the_shape_that_the_document_declares() {
        let text = dcvaas_core::model::catalogue::document().to_string();
        let parsed: crate::wire::EventTypes = serde_json::from_str(&text).unwrap();
        assert_eq!(parsed.event_types.len(), EventType::ALL.len());
    }

    #[test]
    fn every_event_has_its_place_on_the_page() {
        let page = page();
        for event in EventType::ALL {
            assert!(page.contains(&format!("id=\"{event}\"")), "{event}");
        }
    }
}
