use super::*;
use std::time::Instant;

#[tokio::test]
async fn a_receiver_keeps_what_it_was_sent_word_for_word() {
    let world = World::new();
    let request = Request::post("/hooks/a")
        .header("X-DCVaaS-Event", "domain.active")
        .header("x-many", "1")
        .header("x-many", "2");
    let body = "{\"a\": 1 }\n";
    assert_eq!(world.send(request.body(Body::from(body)).unwrap()).await.status, 200);
    world.post("/hooks/b", json!({})).await;

    let received = world.get("/control/inbox?path=/hooks/a").await.json();
    assert_eq!(received.as_array().unwrap().len(), 1);
    assert_eq!(received[0]["method"], "POST");
    assert_eq!(received[0]["body"], body);
    assert_eq!(received[0]["headers"]["x-dcvaas-event"], "domain.active");
    assert_eq!(received[0]["headers"]["x-many"], "1, 2");
    assert_eq!(world.get("/control/inbox").await.json().as_array().unwrap().len(), 2);

    world.call("DELETE", "/control/inbox?path=/hooks/a", None).await;
    assert_eq!(world.get("/control/inbox").await.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn programmed_answers_come_in_order_and_then_the_standing_one() {
    let world = World::new();
    world.control("inbox", json!({"path": "/hooks/a", "status": 204})).await;
    world.control("inbox", json!({"path": "/hooks/a", "status": 500, "times": 2})).await;
    let gone = json!({"path": "/hooks/a", "status": 410, "times": 1, "body": "gone"});
    world.control("inbox", gone).await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(world.post("/hooks/a", json!({})).await.status);
    }
    assert_eq!(statuses, [500, 500, 410, 204, 204]);
    assert_eq!(world.post("/hooks/other", json!({})).await.status, 200);
}

#[tokio::test]
async fn an_answer_may_redirect_be_late_be_large_or_drip() {
    let world = World::new();
    let program = json!({
        "path": "/hooks/a", "status": 307, "headers": {"location": "http://10.0.0.1/"},
        "delayMs": 30, "body": "abc", "drip": 20,
    });
    world.control("inbox", program).await;
    #[expect(clippy::disallowed_methods, reason = "measures real time")]
    let started = Instant::now();
    let answer = world.post("/hooks/a", json!({})).await;
    assert_eq!((answer.status, answer.header("location")), (307, "http://10.0.0.1/"));
    assert_eq!(answer.bytes, b"abc");
    assert!(started.elapsed().as_millis() >= 90);

    world.control("inbox", json!({"path": "/hooks/a", "bodyBytes": 100_000})).await;
    assert_eq!(world.post("/hooks/a", json!({})).await.bytes.len(), 100_000);
}

#[tokio::test]
async fn impossible_programs_are_refused() {
    let world = World::new();
    for program in [
        json!({"path": "/elsewhere"}),
        json!({"path": "/hooks/a", "status": 700}),
        json!({"path": "/hooks/a", "times": 0}),
        json!({"path": "/hooks/a", "headers": {"bad name": "x"}}),
        json!({"path": "/hooks/a", "surprise": true}),
        json!({}),
    ] {
        assert_eq!(world.post("/control/inbox", program.clone()).await.status, 400, "{program}");
    }
}
