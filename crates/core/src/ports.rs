//! What core needs from the world: narrow traits and the [`App`] that bundles them.
//!
//! On workerd `dcvaas-platform` implements them; in native tests `dcvaas-testkit` does, with fakes
//! that can fail before or after the effect. Futures are not `Send`: a Worker isolate has one
//! thread, and so have the tests.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use async_trait::async_trait;

use crate::config::Config;
use crate::crypto::private_key::PrivateKey;
use crate::crypto::public_key::{PublicKey, SignatureAlgorithm};
use crate::job::Job;
use crate::memory::IsolateMemory;
use crate::model::permits::{Ask, Grant, Memory};
use crate::store::{Bound, Rows};
use crate::time::{Span, Timestamp};

/// The database. One call is one round trip and one transaction: all statements or none.
///
/// Limits of D1: 100 parameters a statement, 100 kB of SQL, 2 MB a row
/// (<https://developers.cloudflare.com/d1/platform/limits/>).
#[async_trait(?Send)]
pub trait Db {
    /// Runs the statements in order and answers with the rows of each.
    async fn batch(&self, name: &'static str, statements: Vec<Bound>)
    -> Result<Vec<Rows>, DbError>;
}

/// Why a batch did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// A UNIQUE, CHECK or foreign key constraint refused the batch; nothing was written.
    /// The text is `table.column` or the constraint's name.
    #[error("constraint failed: {0}")]
    Constraint(String),
    /// Busy or overloaded; nothing was written.
    #[error("database busy")]
    Busy,
    /// No answer: the batch may have been written.
    #[error("database answer lost")]
    Lost,
    /// A fault in our own statement or its decoding.
    #[error("database fault: {0}")]
    Fault(String),
}

/// The queue: it only wakes work that the database remembers. Losing a message is harmless.
///
/// Limits: 100 messages or 256 kB a batch, 128 kB a message
/// (<https://developers.cloudflare.com/queues/platform/limits/>).
#[async_trait(?Send)]
pub trait Jobs {
    /// Sends all, in batches as large as the platform allows.
    async fn send(&self, jobs: &[Job]) -> Result<(), QueueError>;
}

/// The queue did not take the messages.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("queue refused: {0}")]
pub struct QueueError(pub String);

/// Outgoing HTTP. Redirects are never followed; they are an answer.
#[async_trait(?Send)]
pub trait Http {
    /// Sends one request, reads the body up to the request's cap.
    async fn send(&self, request: HttpRequest) -> Result<HttpAnswer, HttpError>;
}

/// An HTTP method we use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of RFC 9110")]
pub enum Method {
    Get,
    Post,
    Patch,
    Put,
    Delete,
}

impl Method {
    /// The method's token.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// One outgoing request, complete.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// Method.
    pub method: Method,
    /// Absolute URL.
    pub url: String,
    /// Header names (lower case) and values. May hold credentials: never logged.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// Body bytes.
    pub body: Option<Vec<u8>>,
    /// Time until the whole answer must have arrived.
    pub timeout: Span,
    /// Bytes of the answer's body that are read at most; the rest is dropped.
    pub max_body: usize,
}

impl std::fmt::Debug for HttpRequest {
    /// Headers and body may hold secrets, so only method and URL are shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method.as_str(), self.url)
    }
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HttpAnswer {
    /// Status code.
    pub status: u16,
    /// Header names (lower case) and values.
    pub headers: Vec<(String, String)>,
    /// Body, cut at the request's cap.
    pub body: Vec<u8>,
}

impl HttpAnswer {
    /// The first header of that name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Why there is no answer. A request that got none may still have had its effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The time-out passed.
    #[error("timed out")]
    Timeout,
    /// The connection failed or broke; the text is for logs only.
    #[error("connection failed: {0}")]
    Connection(String),
}

/// Counts requests: one count for each key, wherever the requests come in, in memory.
#[async_trait(?Send)]
pub trait Meter {
    /// Asks the count of a key. `None` where there is no answer: then nothing is limited.
    async fn ask(&self, key: &str, ask: &Ask) -> Option<Grant>;
    /// Whether an address may show one more credential that is not known here.
    async fn admits(&self, address: &str) -> bool;
    /// Comes back after `span`.
    async fn rest(&self, span: Span);
    /// What this isolate remembers.
    fn memory(&self) -> Rc<RefCell<Memory>>;
}

/// Verifies signatures by keys that others publish, and signs by keys of ours (Ed25519, RFC 8032).
#[async_trait(?Send)]
pub trait Signatures {
    /// Whether `signature` over `message` is by `key`. Never where the key does not fit the algorithm.
    async fn verify(
        &self,
        key: &PublicKey,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool;
    /// The public half of a private key; `None` if the runtime refuses.
    async fn public_half(&self, key: &PrivateKey) -> Option<[u8; 32]>;
    /// Signs `message`; `None` if the runtime refuses.
    async fn sign(&self, key: &PrivateKey, message: &[u8]) -> Option<[u8; 64]>;
}

/// The wall clock.
pub trait Clock {
    /// Now. On the edge it moves only with input and output.
    fn now(&self) -> Timestamp;
}

/// Waiting. Not part of [`App`]: only the consumer waits, and what no Worker uses costs it no bytes.
#[async_trait(?Send)]
pub trait Timer {
    /// Comes back after `span`.
    async fn sleep(&self, span: Span);
}

/// The source of randomness.
pub trait Entropy {
    /// Fills the buffer from a cryptographically secure source.
    fn fill(&self, buffer: &mut [u8]);
}

impl dyn Entropy {
    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut buffer = [0; N];
        self.fill(&mut buffer);
        buffer
    }

    /// A number below `bound`, or 0 where the bound is 0. For choices in which a slight bias does
    /// no harm.
    pub fn below(&self, bound: usize) -> usize {
        usize::try_from(u32::from_le_bytes(self.bytes()))
            .unwrap_or_default()
            .checked_rem(bound)
            .unwrap_or_default()
    }

    /// A number in `0.0..1.0`, for jitter.
    pub fn fraction(&self) -> f64 {
        f64::from(u32::from_le_bytes(self.bytes())) / (f64::from(u32::MAX) + 1.0)
    }
}

/// A future that the host runs on after the answer was sent.
pub type Task = std::pin::Pin<Box<dyn Future<Output = ()>>>;

/// Work that goes on after the answer (`waitUntil`, 30 s at most).
pub trait Background {
    /// Hands the task over; it owns what it needs.
    fn spawn(&self, task: Task);
}

/// Structured log lines. Never carries a secret.
pub trait Log {
    /// Writes one line: an event name in dotted form and its fields.
    fn line(&self, level: Level, event: &'static str, fields: serde_json::Value);
}

/// How urgent a log line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Normal course.
    Info,
    /// Heals by itself, but worth counting.
    Warn,
    /// A person must act.
    Error,
}

/// Everything a flow needs, cheap to clone.
#[derive(Clone)]
#[expect(missing_docs, reason = "each field is the port of its type")]
pub struct App {
    pub db: Rc<dyn Db>,
    pub jobs: Rc<dyn Jobs>,
    pub http: Rc<dyn Http>,
    pub meter: Rc<dyn Meter>,
    pub signatures: Rc<dyn Signatures>,
    pub clock: Rc<dyn Clock>,
    pub entropy: Rc<dyn Entropy>,
    pub background: Rc<dyn Background>,
    pub log: Rc<dyn Log>,
    pub config: Rc<Config>,
    /// Lasts as long as the isolate.
    pub memory: Rc<IsolateMemory>,
}
