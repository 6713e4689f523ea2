use super::*;

fn mail() -> Value {
    json!({
        "from": "DCVaaS <no-reply@dcvaas.dev>", "to": ["owner@example.test"],
        "subject": "Live", "text": "It is live.",
    })
}

async fn send(world: &World, key: &str, idempotency_key: Option<&str>, body: &Value) -> Answer {
    let mut request = Request::post("/mail/emails").header("authorization", key);
    if let Some(value) = idempotency_key {
        request = request.header("idempotency-key", value);
    }
    world.send(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn a_mail_is_kept_as_it_was_sent() {
    let world = World::new();
    let answer = send(&world, "Bearer re_key", None, &mail()).await;
    assert_eq!(answer.status, 200);
    let sent = world.get("/control/mail").await.json();
    assert_eq!(sent[0]["id"], answer.json()["id"]);
    assert_eq!(sent[0]["to"], json!(["owner@example.test"]));
    assert_eq!((&sent[0]["subject"], &sent[0]["text"]), (&json!("Live"), &json!("It is live.")));
    assert!(sent[0]["at"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn the_same_idempotency_key_sends_once() {
    let world = World::new();
    let first = send(&world, "Bearer re_key", Some("k"), &mail()).await.json();
    assert_eq!(send(&world, "Bearer re_key", Some("k"), &mail()).await.json(), first);
    let mut other = mail();
    other["subject"] = json!("Other");
    assert_eq!(send(&world, "Bearer re_key", Some("k"), &other).await.status, 409);
    assert_eq!(world.get("/control/mail").await.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn bad_keys_and_bad_mails_are_refused_by_name() {
    let world = World::new();
    assert_eq!(send(&world, "Bearer wrong", None, &mail()).await.status, 403);
    let request = Request::post("/mail/emails").body(Body::from(mail().to_string())).unwrap();
    assert_eq!(world.send(request).await.status, 401);
    for (name, value, problem) in [
        ("from", Value::Null, "missing_required_field"),
        ("from", json!("nobody"), "validation_error"),
        ("to", Value::Null, "missing_required_field"),
        ("to", json!([]), "validation_error"),
        ("to", json!(vec!["a@b.co"; 51]), "validation_error"),
        ("to", json!(["a@b.co\r\nbcc: c@d.co"]), "validation_error"),
        ("subject", json!(""), "missing_required_field"),
        ("text", Value::Null, "missing_required_field"),
        ("html", json!(1), "validation_error"),
    ] {
        let mut body = mail();
        body[name] = value;
        let answer = send(&world, "Bearer re_key", None, &body).await;
        assert_eq!((answer.status, &answer.json()["name"]), (422, &json!(problem)), "{body}");
    }
    assert_eq!(world.get("/control/mail").await.json(), json!([]));
}
