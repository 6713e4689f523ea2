//! GitHub's secret scanning, as its partners see it: the keys that sign its reports, what a report says, and what it is
//! answered. No I/O.
//!
//! <https://docs.github.com/en/code-security/secret-scanning/secret-scanning-partnership-program/secret-scanning-partner-program>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize};
use zeroize::Zeroizing;

use crate::closed_set;
use crate::crypto::public_key::{PublicKey, p256_signature_from_der};
use crate::ports::{HttpAnswer, HttpRequest, Method};
use crate::time::Span;

const TIMEOUT: Span = Span::seconds(10);
/// The list has a handful of keys, of some 300 bytes each.
const LARGEST_ANSWER: usize = 64 * 1024;
const MOST_KEYS: usize = 50;
/// Characters of an address that is kept, and of a type or source.
const LONGEST_URL: usize = 1_000;
const LONGEST_WORD: usize = 100;

/// One key that GitHub publishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedKey {
    /// How a report names it.
    pub key_identifier: String,
    /// The key in PEM.
    pub key: String,
}

/// Asks for the keys. GitHub refuses a request without a `User-Agent`
/// (<https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api>).
pub fn keys_request(base_url: &str) -> HttpRequest {
    HttpRequest {
        method: Method::Get,
        url: format!("{base_url}/meta/public_keys/secret_scanning"),
        headers: vec![
            ("accept".into(), "application/vnd.github+json".to_owned()),
            ("user-agent".into(), "DCVaaS".to_owned()),
        ],
        body: None,
        timeout: TIMEOUT,
        max_body: LARGEST_ANSWER,
    }
}

/// Reads the keys; `None` for an answer that is none. Retired ones are listed, too, and count as long as they are.
pub fn read_keys(answer: &HttpAnswer) -> Option<Vec<PublishedKey>> {
    #[derive(Deserialize)]
    struct Keys {
        public_keys: Vec<PublishedKey>,
    }
    if answer.status != 200 {
        return None;
    }
    let mut keys = serde_json::from_slice::<Keys>(&answer.body).ok()?.public_keys;
    keys.truncate(MOST_KEYS);
    (!keys.is_empty()).then_some(keys)
}

/// The key of that name.
pub fn key_named(keys: &[PublishedKey], name: &str) -> Option<PublicKey> {
    PublicKey::p256_from_pem(&keys.iter().find(|key| key.key_identifier == name)?.key)
}

/// The signature of a header: DER in base64.
pub fn read_signature(text: &str) -> Option<[u8; 64]> {
    p256_signature_from_der(&STANDARD.decode(text).ok()?)
}

/// One place at which something like a token of ours was found.
#[derive(Deserialize)]
pub struct Found {
    /// What was found.
    #[serde(deserialize_with = "secret")]
    pub token: Zeroizing<String>,
    /// The name under which our tokens are registered with GitHub.
    pub r#type: String,
    /// Where; may be empty.
    #[serde(default)]
    url: String,
    /// In what: `content`, `issue_comment`, ….
    #[serde(default)]
    source: String,
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Zeroizing<String>, D::Error> {
    String::deserialize(deserializer).map(Zeroizing::new)
}

impl Found {
    /// Where it was found, as it can be kept: an address without its query and without the token itself.
    pub fn place(&self) -> String {
        let url = self.url.split(['?', '#']).next().unwrap_or_default();
        if !url.starts_with("https://") || url.contains(self.token.as_str()) {
            return String::new();
        }
        url.chars().filter(|c| !c.is_control()).take(LONGEST_URL).collect()
    }

    /// In what it was found.
    pub fn source(&self) -> String {
        self.source.chars().filter(char::is_ascii_graphic).take(LONGEST_WORD).collect()
    }
}

/// Reads a report: each thing that was found. `None` for what is no report.
pub fn read_report(body: &[u8]) -> Option<Vec<Found>> {
    serde_json::from_slice(body).ok()
}

closed_set! {
    /// What GitHub is told of something that it found.
    pub enum Label {
        /// It is a token of ours.
        TruePositive = "true_positive",
        /// It is not.
        FalsePositive = "false_positive",
    }
}

/// The answer for one thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Feedback {
    /// SHA-256 of it, in hexadecimal.
    pub token_hash: String,
    /// Its type, as it came.
    pub token_type: String,
    /// What it is.
    pub label: Label,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(json: &str) -> Found {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn keys_are_read_from_a_right_answer_alone() {
        let body = r#"{"public_keys":[{"key_identifier":"a","key":"pem","is_current":true}]}"#;
        let answer = |status, body: &str| HttpAnswer {
            status,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        };
        assert_eq!(read_keys(&answer(200, body)).unwrap()[0].key_identifier, "a");
        for (status, body) in [(403, body), (200, "{}"), (200, r#"{"public_keys":[]}"#), (200, "")]
        {
            assert_eq!(read_keys(&answer(status, body)), None, "{status} {body}");
        }
    }

    #[test]
    fn what_is_kept_of_a_place_is_bounded_and_never_holds_the_token() {
        for (url, expected) in [
            ("https://github.com/a/b/blob/1/c.txt?x=1#L2", "https://github.com/a/b/blob/1/c.txt"),
            ("https://github.com/a/dcv_0/c.txt", ""),
            ("javascript:alert(1)", ""),
            ("", ""),
        ] {
            let text = serde_json::json!({ "token": "dcv_0", "type": "t", "url": url, "source": "content" });
            assert_eq!(found(&text.to_string()).place(), expected, "{url}");
        }
        let long = format!("https://x/{}\\n", "a".repeat(5_000));
        let text =
            format!(r#"{{"token":"dcv_1","type":"t","url":"{long}","source":"a b\u0000c"}}"#);
        assert_eq!((found(&text).place().len(), found(&text).source().as_str()), (1_000, "abc"));
        assert_eq!(found(r#"{"token":"t","type":"t"}"#).source(), "");
    }

    #[test]
    fn a_report_is_a_list_of_what_was_found() {
        assert_eq!(
            read_report(br#"[{"token":"t","type":"x","url":"","source":"content","new":1}]"#)
                .unwrap()
                .len(),
            1
        );
        assert_eq!(read_report(b"[]").unwrap().len(), 0);
        for bad in [&b"{}"[..], b"", b"[1]", b"[{\"type\":\"x\"}]", b"\xff"] {
            assert!(read_report(bad).is_none());
        }
    }
}
