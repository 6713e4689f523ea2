//! The simulator as its users see it: over HTTP, in process or on a real socket.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests; clippy only knows the test functions themselves"
)]

mod cloudflare;
mod control;
mod dns;
mod faults;
mod github;
mod inbox;
mod keep;
mod mail;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use dcvaas_simulator::{LostReply, Options, Simulator, router};
use serde_json::{Value, json};
use tower::ServiceExt;

const TOKEN: &str = "Bearer simulator-token";
const ZONE: &str = "/cloudflare/client/v4/zones/0123456789abcdef0123456789abcdef";

/// One simulated world and a client of it.
struct World(axum::Router);

struct Answer {
    status: u16,
    headers: HeaderMap,
    bytes: Vec<u8>,
    lost: bool,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// Status and, for Cloudflare's envelope, the first error code.
    fn code(&self) -> (u16, u64) {
        (self.status, self.json()["errors"][0]["code"].as_u64().unwrap_or(0))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl World {
    fn new() -> Self {
        Self(router(&Simulator::new(Options::default())))
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.0.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status.as_u16(),
            lost: parts.extensions.get::<LostReply>().is_some(),
            headers: parts.headers,
            bytes: axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec(),
        }
    }

    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = Request::builder().method(method).uri(path).header("authorization", TOKEN);
        self.send(request.body(body).unwrap()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, Some(body)).await
    }

    /// A control call that must succeed.
    async fn control(&self, path: &str, body: Value) -> Value {
        let answer = self.post(&format!("/control/{path}"), body).await;
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.bytes));
        answer.json()
    }

    /// Creates a custom hostname with delegated validation and gives its id.
    async fn create(&self, hostname: &str) -> String {
        let answer = self.post(&format!("{ZONE}/custom_hostnames"), txt(hostname)).await;
        assert_eq!(answer.status, 201);
        answer.json()["result"]["id"].as_str().unwrap().to_owned()
    }

    async fn hostname(&self, id: &str) -> Value {
        self.get(&format!("{ZONE}/custom_hostnames/{id}")).await.json()["result"].clone()
    }
}

fn txt(hostname: &str) -> Value {
    json!({"hostname": hostname, "ssl": {"method": "txt", "type": "dv"}})
}
