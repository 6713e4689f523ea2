//! Request bodies: bounded, JSON only, and every fault named by its field.

use async_trait::async_trait;
use dcvaas_core::json::Object;
use dcvaas_core::model::problem::{Problem, ProblemCode};
use serde::de::DeserializeOwned;

use crate::json_path::path_at;

/// Bytes of a request's body at most.
pub const LIMIT: usize = 256 * 1024;

/// Characters of a parser's own words at most.
const LONGEST_FAULT: usize = 200;

/// Where the body comes from.
#[async_trait(?Send)]
pub trait BodySource {
    /// Reads the whole body, unless it is larger than `limit` bytes.
    async fn read(&mut self, limit: usize) -> Result<Vec<u8>, BodyFault>;
}

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyFault {
    /// Larger than the limit.
    TooLarge,
    /// The connection broke.
    Broken,
}

impl From<BodyFault> for Problem {
    fn from(fault: BodyFault) -> Self {
        match fault {
            BodyFault::TooLarge => too_large(LIMIT),
            BodyFault::Broken => Self::bad_request("The body did not arrive whole."),
        }
    }
}

fn too_large(limit: usize) -> Problem {
    Problem::new(ProblemCode::PayloadTooLarge)
        .with_detail(format!("The body may have {} KiB at most.", limit / 1024))
}

/// Reads a JSON body of the declared type.
pub async fn read_json<T: DeserializeOwned>(
    source: &mut dyn BodySource,
    header: &dyn Fn(&str) -> Option<String>,
) -> Result<T, Problem> {
    parse(&read_bytes(source, header, LIMIT).await?)
}

/// Reads a body that is declared as JSON, byte for byte, of `limit` bytes at most.
pub async fn read_bytes(
    source: &mut dyn BodySource,
    header: &dyn Fn(&str) -> Option<String>,
    limit: usize,
) -> Result<Vec<u8>, Problem> {
    let content_type = header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(ProblemCode::UnsupportedMediaType)
            .with_detail("Send JSON, with the header Content-Type: application/json."));
    }
    let declared = header("content-length").and_then(|length| length.parse::<usize>().ok());
    if declared.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    source.read(limit).await.map_err(|fault| match fault {
        BodyFault::TooLarge => too_large(limit),
        BodyFault::Broken => fault.into(),
    })
}

/// Parses JSON; the problem names the field and what is wrong with it.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Checked first: serde would take a list for the members in order, and name our types.
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => {}
        Some(_) => return Err(Problem::bad_request("The body must be a JSON object.")),
        None => return Err(Problem::bad_request("The body is empty; send a JSON object.")),
    }
    let body = std::str::from_utf8(bytes)
        .map_err(|_| Problem::bad_request("The body is not valid JSON: it is not UTF-8."))?;
    let mut deserializer = serde_json::Deserializer::from_str(body);
    let value = T::deserialize(Object(&mut deserializer)).map_err(|error| {
        let text = without_position(&error.to_string());
        if error.is_syntax() || error.is_eof() {
            return Problem::bad_request(format!("The body is not valid JSON: {text}."));
        }
        match field_in(&text, path_at(body, error.line(), error.column())) {
            Some(field) => Problem::bad_field(&field, "invalid", &format!("{text}.")),
            None => Problem::bad_request(format!("The body does not fit: {text}.")),
        }
    })?;
    deserializer
        .end()
        .map_err(|_| Problem::bad_request("The body goes on after the JSON object."))?;
    Ok(value)
}

/// `serde_json` ends its texts with ` at line 1 column 2`, which helps nobody here.
fn without_position(text: &str) -> String {
    let text = text.split(" at line ").next().unwrap_or(text);
    // The text may repeat what was sent, however long that is.
    text.chars().take(LONGEST_FAULT).collect()
}

/// The field that is at fault: the path, or the name in serde's text on unknown and missing ones.
fn field_in(text: &str, path: Option<String>) -> Option<String> {
    let named = ["unknown field `", "missing field `"]
        .iter()
        .find_map(|start| text.strip_prefix(start))
        .and_then(|rest| rest.split('`').next());
    match (named, path) {
        (None, path) => path,
        // An unknown field is where the parser stopped, a missing one is not there at all.
        (Some(name), Some(path)) if path.ends_with(name) => Some(path),
        (Some(name), _) => Some(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[expect(dead_code, reason = "only parsed")]
        hostname: String,
        #[serde(default)]
        #[expect(dead_code, reason = "only parsed")]
        tags: Vec<String>,
    }

    fn fault(text: &str) -> Problem {
        parse::<Body>(text.as_bytes()).unwrap_err()
    }

    fn field(text: &str) -> String {
        fault(text).fields.first().unwrap().field.clone()
    }

    #[test]
    fn a_fault_names_its_field() {
        assert_eq!(field(r#"{"hostname":5}"#), "hostname");
        assert_eq!(field(r#"{"hostname":null}"#), "hostname");
        assert_eq!(field("{}"), "hostname");
        assert_eq!(field(r#"{"hostname":"a.b","colour":1}"#), "colour");
        assert_eq!(field(r#"{"hostname":"a.b","tags":["x",7]}"#), "tags[1]");
    }

    #[test]
    fn what_is_no_object_is_refused_without_a_field() {
        for text in ["", "  ", "null", "[]", "7", "\"a\"", "{", "{\"hostname\":", "{} {}", "\u{0}"]
        {
            assert!(fault(text).fields.is_empty() || text == "{} {}", "{text}");
        }
    }

    #[test]
    fn the_position_in_the_text_is_not_shown() {
        assert!(!fault(r#"{"hostname":5}"#).to_json("req_1").contains("column"));
    }
}
