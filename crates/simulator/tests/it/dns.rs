use super::*;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hickory_proto::op::{Edns, Message, Query, ResponseCode};
use hickory_proto::rr::rdata::opt::EdnsCode;
use hickory_proto::rr::{Name, RData, RecordType};

/// A query by another library than the one that answers.
fn query(name: &str, kind: RecordType) -> Vec<u8> {
    let mut message = Message::query();
    message.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
    message.edns = Some(Edns::new());
    message.to_vec().unwrap()
}

async fn ask(world: &World, path: &str, name: &str, kind: RecordType) -> Message {
    let request = Request::post(path).header("content-type", "application/dns-message");
    let answer = world.send(request.body(Body::from(query(name, kind))).unwrap()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/dns-message");
    Message::from_vec(&answer.bytes).unwrap()
}

async fn set(world: &World, name: &str, kind: &str, value: &str) {
    world.control("dns", json!({"name": name, "type": kind, "values": [value], "ttl": 60})).await;
}

#[tokio::test]
async fn every_type_arrives_in_wire_format_as_it_was_set() {
    let world = World::new();
    let long = "x".repeat(300);
    for (kind, value, wanted, shown) in [
        ("A", "192.0.2.1", RecordType::A, "192.0.2.1"),
        ("AAAA", "2001:db8::1", RecordType::AAAA, "2001:db8::1"),
        ("CNAME", "target.example.net", RecordType::CNAME, "target.example.net."),
        ("NS", "ns1.example.net", RecordType::NS, "ns1.example.net."),
        ("MX", "10 mail.example.net", RecordType::MX, "10 mail.example.net."),
        ("TXT", "a \"token\"", RecordType::TXT, "a \"token\""),
        ("TXT", &long, RecordType::TXT, &long),
        ("CAA", "0 issue \"letsencrypt.org\"", RecordType::CAA, "0 issue \"letsencrypt.org\""),
    ] {
        let name = format!("{}.example.com", kind.to_lowercase());
        set(&world, &name, kind, value).await;
        let message = ask(&world, "/dns-query", &name, wanted).await;
        assert_eq!(message.answers.len(), 1, "{kind}");
        let record = &message.answers[0];
        assert_eq!(record.ttl, 60);
        let text = match &record.data {
            RData::TXT(txt) => String::from_utf8(txt.txt_data.concat()).unwrap(),
            data => data.to_string(),
        };
        assert_eq!(text, shown, "{kind}");
    }
}

#[tokio::test]
async fn post_get_and_json_agree_on_a_chain() {
    let world = World::new();
    set(&world, "app.example.com", "CNAME", "customers.dcvaas.example").await;
    let message = ask(&world, "/dns-query", "app.example.com.", RecordType::A).await;
    assert_eq!(message.answers.len(), 2);
    assert_eq!(message.answers[1].data.to_string(), "203.0.113.10");

    let encoded = URL_SAFE_NO_PAD.encode(query("app.example.com.", RecordType::A));
    let by_get = world.get(&format!("/dns-query?dns={encoded}")).await;
    assert_eq!(Message::from_vec(&by_get.bytes).unwrap().answers, message.answers);
    assert_eq!(by_get.header("cache-control"), "max-age=60");

    let request = Request::get("/dns-query?name=app.example.com&type=A")
        .header("accept", "application/dns-json");
    let by_json = world.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(by_json.header("content-type"), "application/dns-json");
    let body = by_json.json();
    assert_eq!(body["Status"], 0);
    assert_eq!(
        body["Answer"],
        json!([
            {"name": "app.example.com", "type": 5, "TTL": 60, "data": "customers.dcvaas.example."},
            {"name": "customers.dcvaas.example", "type": 1, "TTL": 300, "data": "203.0.113.10"},
        ])
    );
}

#[tokio::test]
async fn failures_and_absence_are_told_apart() {
    let world = World::new();
    let unknown = ask(&world, "/dns-query", "nothing.shop.com", RecordType::A).await;
    assert_eq!(unknown.metadata.response_code, ResponseCode::NXDomain);
    assert_eq!(unknown.authorities[0].record_type(), RecordType::SOA);

    set(&world, "app.shop.com", "A", "192.0.2.1").await;
    let no_data = ask(&world, "/dns-query", "app.shop.com", RecordType::DS).await;
    assert_eq!(no_data.metadata.response_code, ResponseCode::NoError);
    assert!(no_data.answers.is_empty() && no_data.authorities.len() == 1);

    let bogus = json!({
        "name": "bad.shop.com", "type": "CNAME", "rcode": "SERVFAIL",
        "ede": {"code": 6, "text": "DNSSEC bogus"},
    });
    world.control("dns", bogus).await;
    let failed = ask(&world, "/dns-query", "bad.shop.com", RecordType::CNAME).await;
    assert_eq!(failed.metadata.response_code, ResponseCode::ServFail);
    assert!(failed.edns.unwrap().option(EdnsCode::Unknown(15)).is_some());
}

#[tokio::test]
async fn two_resolvers_can_disagree() {
    let world = World::new();
    set(&world, "app.example.com", "A", "192.0.2.1").await;
    let stale =
        json!({"name": "app.example.com", "type": "A", "values": ["192.0.2.9"], "view": "b"});
    world.control("dns", stale).await;
    for (path, address) in [("/dns-query", "192.0.2.1"), ("/dns-query/b", "192.0.2.9")] {
        let message = ask(&world, path, "app.example.com", RecordType::A).await;
        assert_eq!(message.answers[0].data.to_string(), address);
    }
}

#[tokio::test]
async fn a_removed_record_is_gone() {
    let world = World::new();
    set(&world, "app.example.com", "A", "192.0.2.1").await;
    let path = "/control/dns?name=App.example.com.&type=A";
    assert_eq!(world.call("DELETE", path, None).await.json()["removed"], 1);
    assert_eq!(world.get("/control/dns").await.json(), json!([]));
}

#[tokio::test]
async fn what_is_no_question_is_refused() {
    let world = World::new();
    let post = |kind: &'static str, body: &'static [u8]| {
        Request::post("/dns-query").header("content-type", kind).body(Body::from(body)).unwrap()
    };
    assert_eq!(world.send(post("text/plain", b"x")).await.status, 415);
    assert_eq!(world.send(post("application/dns-message", b"x")).await.status, 400);
    assert_eq!(world.get("/dns-query?dns=***").await.status, 400);
    assert_eq!(world.get("/dns-query").await.status, 400);
}
