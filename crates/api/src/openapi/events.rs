//! The catalogue of events as a page.

use dcvaas_core::model::catalogue::{Entry, entry, example_of, schema};
use dcvaas_core::model::event::EventType;
use maud::{Markup, html};

use super::page::{rich, shell, table_of};

/// The page.
pub(super) fn page() -> String {
    let events = EventType::ALL;
    let menu = html! {
        ul { @for event in events { li { a href={ "#" (event) } { code { (event) } } } } }
    };
    let content = html! {
        h1 { "Events" }
        (rich("What your endpoints are told. Every body is a flat JSON object with `id`, `type`, `timestamp`, `seq` and `orgId`, and the members of its type. Later versions may add members: ignore what you do not know. A member that would go or change its meaning gets a new version, and an endpoint stays with the one it has.\n\nAn event may come more than once, with the same `id`, and events may overtake each other: `seq` numbers those of one domain without gaps."))
        p { "The same for machines, with the JSON Schema of every type: " a href=(super::EVENT_TYPES) { (super::EVENT_TYPES) } "." }
        @for event in events { (one(*event)) }
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
