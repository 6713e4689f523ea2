//! The headers of a request as the log shows them: enough to see what was sent, too little to send it
//! again in our name.

use std::collections::BTreeMap;

use serde::Serialize;

use super::endpoint_options::CustomHeaders;
use crate::ports::HttpRequest;

/// How much of a signature is shown: enough to tell which secret made it.
const SHOWN: usize = 8;

/// Names and values; the values of the owner's own headers, which may be credentials, are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ShownHeaders(BTreeMap<String, Option<String>>);

impl ShownHeaders {
    /// Those of `request`, of which `own` are the owner's.
    pub fn of(request: &HttpRequest, own: &CustomHeaders) -> Self {
        let shown = |name: &str, value: &str| match name {
            "x-dcvaas-signature" => Some(cut(value)),
            "webhook-signature" => {
                Some(value.split(' ').map(cut_versioned).collect::<Vec<_>>().join(" "))
            }
            _ if own.names().contains(&name) => None,
            _ => Some(value.to_owned()),
        };
        let headers = request.headers.iter();
        Self(headers.map(|(name, value)| ((**name).to_owned(), shown(name, value))).collect())
    }
}

fn cut_versioned(signature: &str) -> String {
    match signature.split_once(',') {
        Some((version, rest)) => [version, ",", &cut(rest)].concat(),
        None => cut(signature),
    }
}

fn cut(signature: &str) -> String {
    signature.chars().take(SHOWN).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ports::Method;
    use crate::time::Span;

    #[test]
    fn secrets_are_left_out_and_signatures_are_cut() {
        let own = CustomHeaders::from_plain(b"Authorization:Bearer hush\n").unwrap();
        let given = [
            ("content-type", "application/json"),
            ("webhook-id", "evt_1"),
            ("webhook-signature", "v1,abcdefghijkl v1a,mnopqrstuvwx"),
            ("x-dcvaas-signature", "0123456789abcdef"),
            ("Authorization", "Bearer hush"),
        ];
        let request = HttpRequest {
            method: Method::Post,
            url: String::new(),
            headers: given.map(|(name, value)| (name.into(), value.to_owned())).into(),
            body: None,
            timeout: Span::seconds(1),
            max_body: 0,
        };
        assert_eq!(
            serde_json::to_value(ShownHeaders::of(&request, &own)).unwrap(),
            json!({
                "content-type": "application/json",
                "webhook-id": "evt_1",
                "webhook-signature": "v1,abcdefgh… v1a,mnopqrst…",
                "x-dcvaas-signature": "01234567…",
                "Authorization": null,
            })
        );
    }
}
