use super::*;
use std::time::Duration;

use dcvaas_simulator::serve;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

fn hostnames() -> String {
    format!("{ZONE}/custom_hostnames")
}

#[tokio::test]
async fn a_fault_answers_in_place_of_the_upstream_until_its_times_are_used_up() {
    let world = World::new();
    let fault = json!({
        "target": "cloudflare", "status": 503, "body": "down", "retryAfter": 30, "times": 2,
    });
    world.control("faults", fault).await;
    for _ in 0..2 {
        let answer = world.post(&hostnames(), txt("app.example.com")).await;
        assert_eq!(answer.status, 503);
        assert_eq!(answer.bytes, b"down");
        assert_eq!(answer.header("retry-after"), "30");
    }
    assert_eq!(world.get(&hostnames()).await.json()["result"], json!([]));
    assert_eq!(world.get("/control/faults").await.json(), json!([]));
}

#[tokio::test]
async fn a_lost_reply_has_had_its_effect_and_a_dropped_call_has_not() {
    let world = World::new();
    for (hostname, extra, expected) in [("a.example.com", "after", 1), ("b.example.com", "drop", 1)]
    {
        world.control("faults", json!({"target": "cloudflare", "times": 1, extra: true})).await;
        assert!(world.post(&hostnames(), txt(hostname)).await.lost, "{extra}");
        let listed = world.get(&hostnames()).await.json();
        assert_eq!(listed["result"].as_array().unwrap().len(), expected, "{extra}");
        assert_eq!(listed["result"][0]["hostname"], "a.example.com");
    }
    let fault = json!({"target": "cloudflare", "after": true, "status": 502, "times": 1});
    world.control("faults", fault).await;
    assert_eq!(world.post(&hostnames(), txt("c.example.com")).await.status, 502);
    assert_eq!(world.post(&hostnames(), txt("c.example.com")).await.code(), (409, 1406));
}

#[tokio::test]
async fn a_lost_reply_closes_the_connection_without_a_byte() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let simulator = Simulator::new(Options::default());
    let world = World(router(&simulator));
    let server = tokio::spawn(serve(listener, simulator));
    world.control("faults", json!({"target": "inbox", "after": true, "times": 1})).await;

    for (wanted, expected) in [("lost", ""), ("kept", "HTTP/1.1 200")] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!(
            "POST /hooks/{wanted} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{{}}"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer.get(..12.min(answer.len())).unwrap(), expected);
    }
    assert_eq!(world.get("/control/inbox").await.json().as_array().unwrap().len(), 2);
    let calls = world.get("/control/calls?target=inbox").await.json();
    assert_eq!(calls["calls"][0]["status"], Value::Null);
    assert_eq!(calls["calls"][1]["status"], 200);
    server.abort();
}

#[tokio::test]
async fn a_hanging_call_is_counted_but_never_answered() {
    let world = World::new();
    world.control("faults", json!({"target": "dns", "hang": true})).await;
    let asked = tokio::time::timeout(Duration::from_millis(50), world.get("/dns-query?name=a.com"));
    assert!(asked.await.is_err());
    let calls = world.get("/control/calls?target=dns").await.json();
    assert_eq!((&calls["count"], &calls["calls"][0]["status"]), (&json!(1), &Value::Null));
}

#[tokio::test]
async fn chances_repeat_with_their_seed() {
    let world = World::new();
    let mut runs = Vec::new();
    for _ in 0..2 {
        let fault = json!({"target": "cloudflare", "rate": 0.3, "status": 500, "seed": 7});
        world.control("faults", fault).await;
        let mut run = Vec::new();
        for _ in 0..50 {
            run.push(world.get(&hostnames()).await.status);
        }
        runs.push(run);
    }
    assert_eq!(runs[0], runs[1]);
    let failed = runs[0].iter().filter(|status| **status == 500).count();
    assert!((5..=25).contains(&failed), "{failed} of 50");
}

#[tokio::test]
async fn a_fault_can_be_narrowed_to_some_calls() {
    let world = World::new();
    let fault = json!({"target": "cloudflare", "method": "POST", "path": "custom_hostnames"});
    world.control("faults", fault).await;
    assert_eq!(world.get(&hostnames()).await.status, 200);
    assert_eq!(world.post(&hostnames(), txt("a.example.com")).await.status, 500);
    world.control("faults", json!({"target": "cloudflare", "rate": 0})).await;
    assert_eq!(world.post(&hostnames(), txt("a.example.com")).await.status, 201);
}

#[tokio::test]
async fn impossible_faults_are_refused_with_a_reason() {
    let world = World::new();
    for (fault, part) in [
        (json!({"target": "godaddy"}), "not simulated yet"),
        (json!({"target": "aws"}), "not simulated yet"),
        (json!({"target": "moon"}), "unknown target"),
        (json!({"target": "dns", "rate": 2}), "rate"),
        (json!({"target": "dns", "status": 99}), "status"),
        (json!({"target": "dns", "delayMs": 1_000_000}), "delayMs"),
        (json!({"target": "dns", "probability": 1}), "probability"),
    ] {
        let answer = world.post("/control/faults", fault.clone()).await;
        assert_eq!(answer.status, 400, "{fault}");
        assert!(answer.json()["error"].as_str().unwrap().contains(part), "{fault}");
    }
}
