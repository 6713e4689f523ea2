use super::*;

#[tokio::test]
async fn calls_are_counted_by_upstream_and_can_be_cleared() {
    let world = World::new();
    world.create("app.example.com").await;
    world.post("/hooks/a", json!({})).await;
    let calls = world.get("/control/calls?target=cloudflare").await.json();
    assert_eq!(calls["count"], 1);
    assert_eq!(calls["calls"][0]["method"], "POST");
    assert_eq!(calls["calls"][0]["path"], format!("{ZONE}/custom_hostnames"));
    assert_eq!(calls["calls"][0]["status"], 201);
    assert!(calls["calls"][0]["time"].is_string());

    world.call("DELETE", "/control/calls?target=cloudflare", None).await;
    assert_eq!(world.get("/control/calls?target=cloudflare").await.json()["count"], 0);
    assert_eq!(world.get("/control/calls").await.json()["count"], 1);
}

#[tokio::test]
async fn a_reset_leaves_nothing_behind() {
    let world = World::new();
    world.create("app.example.com").await;
    world.post("/hooks/a", json!({})).await;
    world
        .control("dns", json!({"name": "a.example.com", "type": "A", "values": ["192.0.2.1"]}))
        .await;
    world.control("faults", json!({"target": "cloudflare"})).await;
    world.control("cloudflare/auto", json!({"enabled": true})).await;
    world.control("reset", json!({})).await;
    let overview = world.get("/control/overview").await.json();
    assert_eq!(overview["counts"], json!({"hostnames": 0, "dns": 0, "inbox": 0, "mail": 0}));
    assert_eq!((&overview["faults"], &overview["auto"]), (&json!([]), &json!(false)));
    assert_eq!(world.get("/control/calls").await.json()["count"], 0);
}

#[tokio::test]
async fn mistakes_are_answered_with_what_is_wrong() {
    let world = World::new();
    for (path, body, status, part) in [
        ("dns", json!({"name": "a.com", "type": "SPF"}), 400, "unknown record type"),
        ("dns", json!({"name": "a b", "type": "A"}), 400, "not a DNS name"),
        ("dns", json!({"name": "a.com", "type": "A", "values": ["::1"]}), 400, "IPv4"),
        ("dns", json!({"name": "a.com", "type": "A", "rcode": "OOPS"}), 400, "rcode"),
        ("cloudflare/renew", json!({"hostname": "no.example.com"}), 404, "no.example.com"),
        ("cloudflare/hostnames/no.example.com", json!({}), 404, "no.example.com"),
        ("cloudflare/seed", json!({"count": 10_000_000}), 400, "count"),
        ("cloudflare/quota", json!({}), 400, "allocated"),
    ] {
        let answer = world.post(&format!("/control/{path}"), body.clone()).await;
        assert_eq!(answer.status, status, "{path} {body}");
        assert!(answer.json()["error"].as_str().unwrap().contains(part), "{path} {body}");
    }
}

#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere() {
    let world = World::new();
    let page = world.get("/").await;
    let text = String::from_utf8(page.bytes.clone()).unwrap();
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    assert!(!text.contains("https://") && !text.contains("http://"));
    assert!(!text.contains("innerHTML"));
}
