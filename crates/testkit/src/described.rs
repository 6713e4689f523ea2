//! Holds every event that is written against the catalogue.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use boon::{Compiler, SchemaIndex, Schemas};
use dcvaas_core::model::catalogue::{exact, schema, thin_schema};
use dcvaas_core::model::event::EventType;
use dcvaas_core::store::{Bound, Value};
use serde_json::Value as Json;

/// Which schema: of a type, in its thin form or not.
type Key = (&'static str, bool);

struct Catalogue {
    schemas: Schemas,
    by_type: BTreeMap<Key, SchemaIndex>,
}

fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        compiler.enable_format_assertions();
        let all = EventType::ALL.iter().flat_map(|event| [(*event, false), (*event, true)]);
        let by_type = all.map(|(event, thin)| {
            let url = format!("https://catalogue.invalid/{event}/{thin}");
            let schema = if thin { thin_schema(event) } else { schema(event) };
            let added = compiler.add_resource(&url, exact(schema));
            added.expect("the url names one schema");
            let index = compiler.compile(&url, &mut schemas);
            (
                (event.as_str(), thin),
                index.unwrap_or_else(|error| panic!("the schema of {event}: {error:#}")),
            )
        });
        let by_type = by_type.collect();
        Catalogue { schemas, by_type }
    })
}

/// Fails the test if the statement writes an event whose body is not exactly what the catalogue
/// describes.
pub(crate) fn assert_described(bound: &Bound) {
    if !bound.statement.name.starts_with("events.INSERT") {
        return;
    }
    let texts = || {
        bound.values.iter().filter_map(|value| match value {
            Value::Text(text) => Some(text.as_str()),
            Value::Null | Value::Integer(_) => None,
        })
    };
    // One that is made in SQL is looked at when it is written.
    let Some(body) = texts().find(|text| text.starts_with('{')) else { return };
    let event = texts().find_map(EventType::parse).expect("an event has a type");
    assert_fits(event, body);
}

/// Fails the test if the body is not exactly what the catalogue describes for this type.
pub fn assert_fits(event: EventType, body: &str) {
    assert_form(event, false, body);
}

/// The same for the thin form.
pub fn assert_fits_thin(event: EventType, body: &str) {
    assert_form(event, true, body);
}

fn assert_form(event: EventType, thin: bool, body: &str) {
    let body: Json = serde_json::from_str(body).expect("a body is JSON");
    let Catalogue { schemas, by_type } = catalogue();
    let index = by_type.get(&(event.as_str(), thin)).expect("every type has a schema");
    if let Err(error) = schemas.validate(&body, *index) {
        panic!("not as the catalogue describes {event}: {error:#}\n{body:#}");
    }
}
