//! The document as a page: plain HTML without scripts, in the dashboard's own colours.

use maud::{DOCTYPE, Markup, html};
use serde_json::{Map, Value};

use super::operations::{OPERATIONS, TAGS};

/// The dashboard's tokens and basics, so that both always look alike, and what these pages add.
pub(super) fn css() -> String {
    [
        "/* Made by `cargo xtask openapi` from the dashboard's styles and crates/api/src/openapi/docs.css. */\n",
        include_str!("../../../../frontend/src/styles/tokens.css"),
        include_str!("../../../../frontend/src/styles/base.css"),
        include_str!("docs.css"),
    ]
    .join("\n")
}

/// The frame of a page: `menu` leads through `content`.
pub(super) fn shell(title: &str, path: &str, menu: &Markup, content: &Markup) -> String {
    let pages = [("/docs/api", "API"), ("/docs/events", "Events"), ("/docs/problems", "Problems")];
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · DCVaaS" }
                link rel="icon" href="/mark.svg" type="image/svg+xml";
                link rel="stylesheet" href="/docs/docs.css";
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                header {
                    a.brand href="/" { img src="/mark.svg" alt="" width="24" height="24"; "DCVaaS" }
                    nav aria-label="Documentation" {
                        @for (href, name) in pages {
                            a href=(href) aria-current=[(href == path).then_some("page")] { (name) }
                        }
                        a href=(super::PATH) { "openapi.json" }
                    }
                }
                div.columns {
                    nav.menu aria-label="On this page" { (menu) }
                    main id="main" { (content) }
                }
            }
        }
    };
    format!("{}\n", page.into_string())
}

/// Text with `code` between backticks and empty lines between paragraphs.
pub(super) fn rich(text: &str) -> Markup {
    html! {
        @for paragraph in text.split("\n\n") {
            p {
                @for (at, part) in paragraph.split('`').enumerate() {
                    @if at % 2 == 1 { code { (part) } } @else { (part) }
                }
            }
        }
    }
}

/// The page of the whole API.
pub(super) fn api(document: &Value) -> String {
    let operations = operations(document);
    let schemas = document["components"]["schemas"].as_object();
    let menu = html! {
        @for (tag, _) in TAGS {
            h2 { (tag) }
            ul { @for at in in_tag(&operations, tag) {
                li { a href={ "#" (text(&at.operation["operationId"])) } { (text(&at.operation["summary"])) } }
            } }
        }
        h2 { "Objects" }
        ul { @for (name, _) in schemas.into_iter().flatten() { li { a href={ "#" (name) } { (name) } } } }
    };
    let content = html! {
        h1 { (text(&document["info"]["title"])) }
        (rich(text(&document["info"]["description"])))
        @for (tag, about) in TAGS {
            h2.group { (tag) }
            p.quiet { (about) }
            @for at in in_tag(&operations, tag) { (one(document, at)) }
        }
        h2.group { "Objects" }
        @for (name, schema) in schemas.into_iter().flatten() { (object(name, schema)) }
    };
    shell("API", "/docs/api", &menu, &content)
}

struct At<'a> {
    path: &'a str,
    method: &'a str,
    operation: &'a Value,
}

fn operations(document: &Value) -> Vec<At<'_>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let all = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| At { path, method, operation })
    });
    let mut all: Vec<_> = all.collect();
    // In the order in which they are told, not of the alphabet.
    all.sort_by_key(|at| {
        let place = OPERATIONS.iter().position(|part| at.operation["operationId"] == part.id);
        place.unwrap_or(usize::MAX)
    });
    all
}

fn in_tag<'a>(all: &'a [At<'a>], tag: &'a str) -> impl Iterator<Item = &'a At<'a>> {
    all.iter().filter(move |at| at.operation["tags"][0] == tag)
}

fn one(document: &Value, at: &At<'_>) -> Markup {
    let operation = at.operation;
    let id = text(&operation["operationId"]);
    let body = &operation["requestBody"]["content"]["application/json"];
    html! {
        section.panel id=(id) {
            h3 { a href={ "#" (id) } { (text(&operation["summary"])) } }
            p { code.method { (at.method.to_uppercase()) } " " code.break { (at.path) } }
            (rich(text(&operation["description"])))
            p.quiet { (access(operation)) }
            (parameters(document, operation))
            @if body.is_object() {
                h4 { "Body" }
                p { (type_of(&body["schema"])) }
            }
            h4 { "Example" }
            pre tabindex="0" { (curl(at, &body["example"])) }
            h4 { "Answers" }
            table {
                thead { tr { th { "Status" } th { "Meaning" } } }
                tbody { @for (status, response) in operation["responses"].as_object().into_iter().flatten() {
                    tr { td { code { (status) } } td { (answer(document, response)) } }
                } }
            }
        }
    }
}

fn access(operation: &Value) -> Markup {
    let (scope, plan) = (&operation["x-required-scope"], &operation["x-required-plan"]);
    html! {
        @if let Some(reason) = operation["x-public"].as_str() {
            "Needs no credential: " (reason) "."
        } @else {
            @if scope.is_string() { "A token needs the scope " code { (text(scope)) } "; a" } @else { "Not for tokens. A" }
            " person needs the role " code { (text(&operation["x-required-role"])) } "."
            @if plan.is_string() { " From the plan " code { (text(plan)) } "." }
        }
    }
}

fn parameters(document: &Value, operation: &Value) -> Markup {
    let all: Vec<&Value> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| resolved(document, one))
        .collect();
    html! {
        @if !all.is_empty() {
            h4 { "Parameters" }
            table {
                thead { tr { th { "Name" } th { "In" } th { "Meaning" } } }
                tbody { @for one in all {
                    tr {
                        td { code { (text(&one["name"])) } }
                        td { (text(&one["in"])) }
                        td { (type_of(&one["schema"])) (rich(text(&one["description"]))) }
                    }
                } }
            }
        }
    }
}

fn answer(document: &Value, response: &Value) -> Markup {
    let response = resolved(document, response);
    let json = &response["content"]["application/json"]["schema"];
    let codes = response["content"]["application/problem+json"]["schema"]["allOf"][1]["properties"]
        ["error"]["enum"]
        .as_array();
    html! {
        @if json.is_object() || codes.is_none() {
            (rich(text(&response["description"])))
            @if json.is_object() { p { (type_of(json)) } }
        }
        @for code in codes.into_iter().flatten() {
            p { a href={ "/docs/problems#" (text(code)) } { code { (text(code)) } } }
        }
    }
}

/// How to call it from a shell.
fn curl(at: &At<'_>, example: &Value) -> String {
    let mut words = vec!["curl".to_owned()];
    if at.method != "get" {
        words.push(format!("-X {}", at.method.to_uppercase()));
    }
    let security = &at.operation["security"];
    if security[0]["token"].is_array() {
        words.push("-H \"Authorization: Bearer $DCVAAS_TOKEN\"".to_owned());
    } else if !security[0].is_null() {
        words.push("-b \"$DCVAAS_COOKIE\"".to_owned());
    }
    if !example.is_null() {
        words.push("-H 'Content-Type: application/json'".to_owned());
        words.push(format!("-d '{example}'"));
    }
    words.push(format!("\"$DCVAAS_URL{}\"", at.path.replace("{id}", "$ID")));
    words.join(" \\\n  ")
}

fn object(name: &str, schema: &Value) -> Markup {
    html! {
        section.panel id=(name) {
            h3 { a href={ "#" (name) } { (name) } }
            (rich(text(&schema["description"])))
            @if let Some(members) = schema["properties"].as_object() {
                (table_of(schema, members))
            } @else if let Some(words) = schema["oneOf"].as_array() {
                table {
                    thead { tr { th { "Word" } th { "Meaning" } } }
                    tbody { @for word in words {
                        tr { td { code { (text(&word["const"])) } } td { (rich(text(&word["description"]))) } }
                    } }
                }
            } @else {
                p { (type_of(schema)) }
            }
        }
    }
}

/// The members of an object.
pub(super) fn table_of(schema: &Value, members: &Map<String, Value>) -> Markup {
    html! {
        table {
            thead { tr { th { "Member" } th { "Type" } th { "Meaning" } } }
            tbody { @for (name, member) in ordered(schema, members) {
                tr {
                    td {
                        code { (name) }
                        @if !is_required(schema, name) { " " span.tag { "may be absent" } }
                    }
                    td { (type_of(member)) }
                    td { (rich(text(&member["description"]))) }
                }
            } }
        }
    }
}

/// The members in the order in which they are required, which is that of the code, then the others.
fn ordered<'a>(schema: &'a Value, members: &'a Map<String, Value>) -> Vec<(&'a String, &'a Value)> {
    let mut all: Vec<_> = members.iter().collect();
    let required = schema["required"].as_array();
    all.sort_by_key(|(name, _)| {
        required.and_then(|names| names.iter().position(|one| one == *name)).unwrap_or(usize::MAX)
    });
    all
}

fn is_required(schema: &Value, name: &str) -> bool {
    schema["required"].as_array().is_some_and(|names| names.iter().any(|one| one == name))
}

/// A schema in words.
fn type_of(schema: &Value) -> Markup {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return html! { a href={ "#" (name) } { (name) } };
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        return html! { @for (at, choice) in choices.iter().enumerate() {
            @if at > 0 { " or " } (type_of(choice))
        } };
    }
    if let Some(words) = schema["enum"].as_array() {
        return html! { @for (at, word) in words.iter().enumerate() {
            @if at > 0 { ", " } code { (text(word)) }
        } };
    }
    if let Some(words) = schema["oneOf"].as_array() {
        return html! { @for (at, word) in words.iter().enumerate() {
            @if at > 0 { ", " } (type_of(word))
        } };
    }
    if let Some(word) = schema["const"].as_str() {
        return html! { code { (word) } };
    }
    let names = match &schema["type"] {
        Value::Array(names) => names.iter().map(text).collect(),
        name => vec![text(name)],
    };
    html! {
        @for (at, name) in names.iter().enumerate() {
            @if at > 0 { " or " }
            @if *name == "array" { "list of " (type_of(&schema["items"])) } @else { (name) }
        }
        @if let Some(format) = schema["format"].as_str() { " (" (format) ")" }
        @if let Some(pattern) = schema["pattern"].as_str() { " " code.break { (pattern) } }
        (bounds(schema))
    }
}

fn bounds(schema: &Value) -> Markup {
    html! {
        @match (schema["minimum"].as_u64(), schema["maximum"].as_u64()) {
            (Some(least), Some(most)) => { " from " (least) " to " (most) }
            _ => {}
        }
        @if let Some(most) = schema["maxLength"].as_u64() { ", " (most) " characters at most" }
        @if let Some(most) = schema["maxItems"].as_u64() { ", " (most) " at most" }
        @if let Some(default) = schema["default"].as_u64() { ", by default " (default) }
    }
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let reference = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    reference.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_load_nothing_from_elsewhere_and_run_nothing() {
        for (path, text) in crate::openapi::files() {
            for forbidden in
                ["<script", " style=", " onclick", "src=\"http", "href=\"http", "javascript:"]
            {
                assert!(!text.contains(forbidden), "{path}: {forbidden}");
            }
        }
    }

    #[test]
    fn every_link_within_a_page_has_its_end() {
        for (path, text) in crate::openapi::files() {
            for target in text.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(text.contains(&format!("id=\"{target}\"")), "{path}: {target}");
            }
        }
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(rich("a <b> `<c>`").into_string(), "<p>a &lt;b&gt; <code>&lt;c&gt;</code></p>");
    }
}
