//! Receivers of webhooks: every path under `/hooks/` takes what it is sent, keeps it, and answers as
//! it was told to.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::any;
use futures_util::stream;
use serde::{Deserialize, Serialize};

use crate::faults::MAX_DELAY_MS;
use crate::state::{Simulator, iso, now_millis};

/// The largest body that is kept.
const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;

/// The largest answer that can be asked for with `bodyBytes`.
const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// Older messages of all paths together are forgotten.
const KEPT_MESSAGES: usize = 20_000;

pub(crate) fn routes() -> Router<Simulator> {
    Router::new().route("/hooks/{*path}", any(receive)).layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
}

/// What one receiver was sent.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    received_at: String,
    method: String,
    path: String,
    /// Names in lower case; values of a repeated name are joined by a comma.
    headers: BTreeMap<String, String>,
    body: String,
    /// What it was answered.
    status: u16,
}

/// How a receiver answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Program {
    pub(crate) path: String,
    #[serde(default = "ok")]
    status: u16,
    /// For how many messages; then the next program counts. For ever when absent.
    times: Option<u32>,
    /// Milliseconds before the answer starts.
    #[serde(default)]
    delay_ms: u64,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
    /// A body of this many bytes in place of `body`.
    body_bytes: Option<usize>,
    /// Milliseconds before each single byte of the body.
    drip: Option<u64>,
    /// The message is kept, but no answer ever comes.
    #[serde(default)]
    hang: bool,
}

fn ok() -> u16 {
    200
}

impl Program {
    pub(crate) fn check(&self) -> Result<(), String> {
        if !self.path.starts_with("/hooks/") {
            return Err("path must start with /hooks/".to_owned());
        }
        if !(200..=599).contains(&self.status) {
            return Err("status must lie between 200 and 599".to_owned());
        }
        if self.times == Some(0) {
            return Err("times must be at least 1".to_owned());
        }
        if self.delay_ms.max(self.drip.unwrap_or(0)) > MAX_DELAY_MS {
            return Err(format!("delayMs and drip must be at most {MAX_DELAY_MS}"));
        }
        if self.body_bytes.is_some_and(|bytes| bytes > MAX_ANSWER_BYTES) {
            return Err(format!("bodyBytes must be at most {MAX_ANSWER_BYTES}"));
        }
        header_map(&self.headers).map(|_| ())
    }

    fn into_response(self) -> Response {
        let body = match self.body_bytes {
            Some(bytes) => Bytes::from(vec![b'x'; bytes]),
            None => Bytes::from(self.body.unwrap_or_else(|| "ok".to_owned())),
        };
        let body = match self.drip {
            None => Body::from(body),
            Some(pause) => dripping(body, Duration::from_millis(pause)),
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or_default();
        response.headers_mut().extend(header_map(&self.headers).unwrap_or_default());
        response
    }
}

fn header_map(headers: &BTreeMap<String, String>) -> Result<HeaderMap, String> {
    headers
        .iter()
        .map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).ok();
            let value = HeaderValue::from_str(value).ok();
            name.zip(value).ok_or_else(|| "headers: a name or value is not valid".to_owned())
        })
        .collect()
}

/// A body that arrives byte by byte.
fn dripping(body: Bytes, pause: Duration) -> Body {
    Body::from_stream(stream::unfold(body, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let byte = rest.split_to(1);
        Some((Ok::<_, std::io::Error>(byte), rest))
    }))
}

/// What was received, and how each path answers next.
#[derive(Default)]
pub(crate) struct Inbox {
    messages: VecDeque<Message>,
    /// In order; all but the last have `times`.
    programs: BTreeMap<String, VecDeque<Program>>,
}

impl Inbox {
    /// A program with `times` is queued behind the path's others; one without replaces them all.
    pub(crate) fn program(&mut self, program: Program) {
        let queue = self.programs.entry(program.path.clone()).or_default();
        if program.times.is_none() {
            queue.clear();
        }
        // A standing answer stays last, so that it counts again when the limited ones are used up.
        let at = queue.iter().position(|queued| queued.times.is_none()).unwrap_or(queue.len());
        queue.insert(at, program);
    }

    /// How the path answers this time.
    fn next_program(&mut self, path: &str) -> Option<Program> {
        let queue = self.programs.get_mut(path)?;
        let next = queue.front_mut()?;
        let program = next.clone();
        if let Some(left) = &mut next.times {
            *left -= 1;
            if *left == 0 {
                queue.pop_front();
            }
        }
        Some(program)
    }

    fn keep(&mut self, message: Message) {
        if self.messages.len() == KEPT_MESSAGES {
            self.messages.pop_front();
        }
        self.messages.push_back(message);
    }

    /// What was received, oldest first: on one path, or on all.
    pub(crate) fn messages(&self, path: Option<&str>) -> Vec<&Message> {
        let wanted = |message: &&Message| path.is_none_or(|path| message.path == path);
        self.messages.iter().filter(wanted).collect()
    }

    /// Forgets messages and programs of one path, or of all.
    pub(crate) fn clear(&mut self, path: Option<&str>) {
        match path {
            Some(path) => {
                self.messages.retain(|message| message.path != path);
                self.programs.remove(path);
            }
            None => *self = Self::default(),
        }
    }
}

async fn receive(State(simulator): State<Simulator>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY_BYTES).await else {
        let mut response = Response::new(Body::from("body too large or broken off"));
        *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        return response;
    };
    let program = {
        let mut world = simulator.lock();
        let program = world.inbox.next_program(&path);
        world.inbox.keep(Message {
            received_at: iso(now_millis()),
            method: parts.method.to_string(),
            path,
            headers: joined(&parts.headers),
            body: String::from_utf8_lossy(&body).into_owned(),
            status: program.as_ref().map_or(200, |program| program.status),
        });
        program
    };
    let Some(program) = program else { return Response::new(Body::from("ok")) };
    tokio::time::sleep(Duration::from_millis(program.delay_ms)).await;
    if program.hang {
        std::future::pending::<()>().await;
    }
    program.into_response()
}

fn joined(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut joined = BTreeMap::<String, String>::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        joined
            .entry(name.as_str().to_owned())
            .and_modify(|values| {
                values.push_str(", ");
                values.push_str(&value);
            })
            .or_insert_with(|| value.clone().into_owned());
    }
    joined
}
