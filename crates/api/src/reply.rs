//! Answers: one shape each for JSON, problems and nothing.

use dcvaas_core::model::problem::Problem;
use xxhash_rust::xxh3::xxh3_128;

/// One answer, ready to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Status code.
    pub status: u16,
    /// Header names (lower case) and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty for none.
    pub body: String,
    /// Members of the body whose text is a secret: shown now, and never kept.
    pub secrets: &'static [&'static str],
}

/// How an answer may be kept by the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keep {
    /// By this client, for a moment.
    Private,
    /// Not at all: it holds a secret, or it is a refusal.
    Never,
}

impl Reply {
    /// A JSON answer that may hold a secret, or that answers a change: never kept.
    pub fn json(status: u16, body: String) -> Self {
        Self::new(status, "application/json", body, Keep::Never)
    }

    /// A JSON answer to a read, with its `ETag`; only `304` where the client has it already
    /// (RFC 9110 section 13.1.2).
    pub fn read(body: String, if_none_match: Option<&str>) -> Self {
        // A fast hash of 128 bits: the tag tells versions of one resource apart, nothing else.
        let etag = format!("\"{:032x}\"", xxh3_128(body.as_bytes()));
        let mut reply = if if_none_match.is_some_and(|list| matches(list, &etag)) {
            Self::new(304, "", String::new(), Keep::Private)
        } else {
            // Only the export of the audit log can be something else.
            let json = body.starts_with('{');
            let content_type = if json { "application/json" } else { "text/csv" };
            Self::new(200, content_type, body, Keep::Private)
        };
        reply.headers.push(("etag", etag));
        reply
    }

    /// `204 No Content`.
    pub fn no_content() -> Self {
        Self::new(204, "", String::new(), Keep::Never)
    }

    /// `303 See Other`: the browser goes on with a GET to a path of ours.
    pub fn see_other(path: &str) -> Self {
        Self::new(303, "", String::new(), Keep::Never).with_header("location", path)
    }

    /// A problem document (RFC 9457), with the public contract's `error` and `message`.
    pub fn problem(problem: &Problem, request_id: Option<&str>) -> Self {
        let body = problem.to_json(request_id.unwrap_or_default());
        let mut reply =
            Self::new(problem.code.status(), "application/problem+json", body, Keep::Never);
        if problem.code.status() == 401 {
            reply.headers.push(("www-authenticate", "Bearer".to_owned()));
        }
        if let Some(methods) = &problem.allow {
            reply.headers.push(("allow", methods.to_string()));
        }
        if let Some(wait) = problem.retry_after {
            reply.headers.push(("retry-after", wait.as_seconds_up().to_string()));
        }
        reply
    }

    /// The same with word of which members of its body are secret.
    #[must_use]
    pub const fn showing(mut self, secrets: &'static [&'static str]) -> Self {
        self.secrets = secrets;
        self
    }

    /// The body as it may be kept, with `null` for each secret; `None` if there is no body.
    pub fn without_secrets(&self) -> Option<String> {
        let mut body = self.body.clone();
        for name in self.secrets {
            // Quotes inside of JSON strings are escaped, so this can only be a member; and secrets
            // have no quotes.
            let start = format!("\"{name}\":\"");
            while let Some((before, (_, after))) = body
                .split_once(&start)
                .and_then(|(before, rest)| Some((before, rest.split_once('"')?)))
            {
                body = format!("{before}\"{name}\":null{after}");
            }
        }
        (!body.is_empty()).then_some(body)
    }

    /// The same without its body.
    #[must_use]
    pub fn without_body(mut self) -> Self {
        self.body.clear();
        self
    }

    /// The same with one more header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn new(status: u16, content_type: &'static str, body: String, keep: Keep) -> Self {
        let mut headers = Vec::with_capacity(12);
        if !content_type.is_empty() {
            headers.push(("content-type", content_type.to_owned()));
        }
        headers.push(match keep {
            Keep::Private => {
                ("cache-control", "private, max-age=10, stale-while-revalidate=30".to_owned())
            }
            Keep::Never => ("cache-control", "no-store".to_owned()),
        });
        if keep == Keep::Private {
            headers.push(("vary", "Authorization, Cookie, DCVaaS-Organization".to_owned()));
        }
        Self { status, headers, body, secrets: &[] }
    }
}

/// Compares weakly (RFC 9110 section 8.8.3.2), as `If-None-Match` asks.
fn matches(list: &str, etag: &str) -> bool {
    list.split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn etag(reply: &Reply) -> String {
        reply.headers.iter().find(|(name, _)| *name == "etag").unwrap().1.clone()
    }

    #[test]
    fn a_known_tag_gives_304_without_a_body() {
        let tag = etag(&Reply::read("{}".to_owned(), None));
        for list in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
            let reply = Reply::read("{}".to_owned(), Some(&list));
            assert_eq!((reply.status, reply.body.as_str()), (304, ""), "{list}");
            assert_eq!(etag(&reply), tag);
        }
        assert_eq!(Reply::read("{}".to_owned(), Some("\"x\"")).status, 200);
    }

    #[test]
    fn what_is_kept_of_an_answer_holds_no_secret() {
        let text = r#"{"webhook":{"description":"\"secret\":\"x\"","secret":"00ff","signingSecret":"whsec_AA="}}"#;
        let kept = Reply::json(201, text.to_owned())
            .showing(&["secret", "signingSecret"])
            .without_secrets();
        let expected =
            r#"{"webhook":{"description":"\"secret\":\"x\"","secret":null,"signingSecret":null}}"#;
        assert_eq!(kept.as_deref(), Some(expected));
        assert_eq!(Reply::no_content().without_secrets(), None);
    }

    #[test]
    fn another_body_has_another_tag() {
        assert_ne!(
            etag(&Reply::read("{}".to_owned(), None)),
            etag(&Reply::read("[]".to_owned(), None))
        );
    }
}
