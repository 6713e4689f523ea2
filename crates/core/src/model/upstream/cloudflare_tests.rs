use proptest::prelude::*;

use super::*;

fn answer(status: u16, body: &str) -> HttpAnswer {
    HttpAnswer { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

fn one(answer: &HttpAnswer) -> Result<CustomHostname, Failure> {
    read_one(answer, |_| true)
}

fn error(status: u16, code: u32) -> Failure {
    let body = json!({ "success": false, "errors": [{ "code": code, "message": "secret text" }], "result": null });
    one(&answer(status, &body.to_string())).unwrap_err()
}

fn request(name: &str) -> serde_json::Value {
    let token = SecretText::new("t".to_owned());
    let api = CloudflareApi { base_url: "https://cf.example", zone_id: "z", token: &token };
    let request = api.create_request(&Hostname::parse(name, &[]).unwrap());
    assert_eq!(request.url, "https://cf.example/zones/z/custom_hostnames");
    serde_json::from_slice(&request.body.unwrap()).unwrap()
}

#[test]
fn a_creation_asks_for_delegated_validation() {
    assert_eq!(
        request("app.customer.com"),
        json!({ "hostname": "app.customer.com", "ssl": { "method": "txt", "type": "dv" } })
    );
    assert_eq!(
        request("*.customer.com"),
        json!({ "hostname": "customer.com", "ssl": { "method": "txt", "type": "dv", "wildcard": true } })
    );
    let long = format!("{}.customer.com", "a".repeat(60));
    assert_eq!(request(&long)["ssl"]["cloudflare_branding"], true);
}

#[test]
fn the_documented_object_is_read() {
    let body = json!({ "success": true, "errors": [], "messages": [], "result": {
        "id": "0d89c70d", "hostname": "app.example.com", "status": "pending", "created_at": "x", "new_member": 1,
        "verification_errors": ["None of the A or AAAA records are owned by this account."],
        "ownership_verification": { "type": "txt", "name": "_cf-custom-hostname.app.example.com", "value": "5cc0" },
        "ssl": { "status": "pending_validation", "validation_errors": [{ "message": "SERVFAIL" }],
            "dcv_delegation_records": [{ "cname": "_acme-challenge.app.example.com", "cname_target": "app.example.com.u.dcv.cloudflare.com" }],
            "certificates": [{ "id": "c", "issuer": "GoogleTrustServices", "serial_number": "1", "signature": "ECDSAWithSHA256",
                "issued_on": "2026-01-01T00:00:00Z", "expires_on": "2026-04-01T00:00:00Z", "fingerprint_sha256": "ff" }] } } });
    let read = one(&answer(201, &body.to_string())).unwrap();
    assert_eq!(read.id, "0d89c70d");
    let seen = read.observation;
    assert_eq!(seen.delegation_target.as_deref(), Some("app.example.com.u.dcv.cloudflare.com"));
    assert_eq!(seen.certificates[0].expires_at, Timestamp::parse_iso("2026-04-01T00:00:00Z"));
    assert_eq!(seen.ownership.unwrap().1, "5cc0");
}

#[test]
fn the_barest_object_is_read_too() {
    let body = r#"{"success":true,"result":{"id":"1","hostname":"a.b","ssl":null,"verification_errors":null}}"#;
    assert_eq!(one(&answer(200, body)).unwrap().observation, Observation::default());
}

#[test]
fn errors_are_told_apart_by_code() {
    for (status, code, expected) in [
        (409, 1406, Failure::Duplicate),
        (404, 1436, Failure::NotFound),
        (403, 1404, Failure::QuotaExceeded),
        (403, 1405, Failure::QuotaExceeded),
        (400, 1407, Failure::Refused(Refusal::Name)),
        (400, 1411, Failure::Refused(Refusal::Name)),
        (400, 1448, Failure::Refused(Refusal::Entitlement)),
        (409, 1439, Failure::Busy),
        (401, 10000, Failure::Unauthorized),
        (403, 9109, Failure::Unauthorized),
        (400, 99999, Failure::Unavailable("an error without a known code")),
        (200, 1406, Failure::Duplicate),
    ] {
        assert_eq!(error(status, code), expected, "{code}");
    }
}

#[test]
fn what_is_no_answer_is_unavailable() {
    for (status, body) in [
        (500, "{}"),
        (502, "<html>"),
        (200, "<html>"),
        (200, ""),
        (200, "null"),
        (200, "[]"),
        (200, r#"{"success":true"#),
        (200, r#"{"success":true,"result":{"id":1}}"#),
        (302, ""),
        (404, ""),
    ] {
        assert!(
            matches!(one(&answer(status, body)), Err(Failure::Unavailable(_))),
            "{status} {body}"
        );
    }
}

#[test]
fn a_rate_limit_tells_when_to_come_back() {
    let mut limited = answer(429, "");
    limited.headers.push(("retry-after".to_owned(), "30".to_owned()));
    assert_eq!(one(&limited), Err(Failure::RateLimited { retry_after: Span::seconds(30) }));
    assert_eq!(one(&answer(429, "<html>")), Err(Failure::RateLimited { retry_after: BLOCKED }));
}

#[test]
fn one_broken_element_does_not_spoil_a_page() {
    let body = r#"{"success":true,"result":[{"id":"1","hostname":"a.b"},{"id":2},7],"result_info":{"total_pages":3}}"#;
    let page = read_list(&answer(200, body)).unwrap();
    assert_eq!((page.items.len(), page.broken, page.total_pages), (1, 2, 3));
    let endless = r#"{"success":true,"result":[],"result_info":{"total_pages":99999999999}}"#;
    assert_eq!(read_list(&answer(200, endless)).unwrap().total_pages, MOST_PAGES);
}

#[test]
fn a_member_of_another_type_counts_as_not_said() {
    let body = json!({ "success": true, "errors": null, "result": {
        "id": "1", "hostname": "a.b", "status": 7, "verification_errors": [null, { "message": "m" }, "plain", 5],
        "ownership_verification": ["x"],
        "ssl": { "status": "active", "validation_errors": "none", "dcv_delegation_records": [7, { "cname_target": null }],
            "certificates": [{ "serial_number": 5, "expires_on": "soon" }] } } });
    let seen = one(&answer(200, &body.to_string())).unwrap().observation;
    assert_eq!(
        seen,
        Observation {
            ssl_status: Some("active".to_owned()),
            verification_errors: vec!["m".to_owned(), "plain".to_owned()],
            certificates: vec![SeenCertificate::default()],
            ..Observation::default()
        }
    );
}

#[test]
fn what_is_taken_over_is_bounded() {
    let long = "x".repeat(100_000);
    let body = json!({ "success": true, "result": {
        "id": "1", "hostname": "a.b", "status": "y".repeat(1000), "verification_errors": vec!["e"; 1000],
        "ssl": { "status": long, "certificates": vec![json!({ "issuer": long }); 1000] } } });
    let seen = one(&answer(200, &body.to_string())).unwrap().observation;
    assert_eq!(seen.hostname_status.map(|word| word.len()), Some(LONGEST_WORD));
    assert_eq!(
        (seen.ssl_status, seen.verification_errors.len(), seen.certificates.len()),
        (None, MOST_ENTRIES, MOST_ENTRIES)
    );
    assert_eq!(seen.certificates[0].issuer, None);
}

#[test]
fn an_answer_about_another_hostname_is_none() {
    let about = |hostname: &str, wildcard: Value| {
        let object = json!({ "id": "1", "hostname": hostname, "ssl": { "wildcard": wildcard } });
        (
            answer(201, &json!({ "success": true, "result": object }).to_string()),
            answer(
                200,
                &json!({ "success": true, "result": [{ "id": "0", "hostname": "b.com" }, object] })
                    .to_string(),
            ),
        )
    };
    let name = |text: &str| Hostname::parse(text, &[]).unwrap();
    for (asked, told, wildcard, same) in [
        ("a.com", "a.com", json!(false), true),
        ("a.com", "A.com", Value::Null, true),
        ("*.a.com", "a.com", json!(true), true),
        ("*.a.com", "a.com", Value::Null, true),
        ("a.com", "aa.com", json!(false), false),
        // Whoever holds the one must not get at the other.
        ("*.a.com", "a.com", json!(false), false),
        ("a.com", "a.com", json!(true), false),
    ] {
        let (one, list) = about(told, wildcard);
        assert_eq!(read_created(&one, &name(asked)).is_ok(), same, "{asked} {told}");
        assert_eq!(read_find(&list, &name(asked)).unwrap().is_some(), same, "{asked} {told}");
    }
    let (one, _) = about("a.com", json!(false));
    assert!(read_got(&one, "1").is_ok() && read_got(&one, "2").is_err());
}

#[test]
fn what_stands_in_a_path_cannot_leave_it() {
    let token = SecretText::new("t".to_owned());
    let api = CloudflareApi { base_url: "https://cf.example", zone_id: "z/../y", token: &token };
    assert_eq!(
        api.get_request("../x?y").url,
        "https://cf.example/zones/z%2F..%2Fy/custom_hostnames/..%2Fx%3Fy"
    );
    let find = api.find_request(&Hostname::parse("*.a.com", &[]).unwrap());
    assert!(find.url.ends_with("custom_hostnames?hostname.exact=a.com"), "{}", find.url);
    assert!(!format!("{find:?}").contains("Bearer"));
}

#[test]
fn deleting_what_is_gone_is_done() {
    assert_eq!(read_deleted(&answer(404, r#"{"success":false,"errors":[{"code":1436}]}"#)), Ok(()));
    assert_eq!(
        read_deleted(&answer(200, r#"{"success":true,"errors":[],"result":{"id":"1"}}"#)),
        Ok(())
    );
    assert!(read_deleted(&answer(500, "")).is_err());
}

#[test]
fn a_uuid_must_fit_into_a_name() {
    let of = |uuid: &str| {
        read_uuid(&answer(200, &json!({ "success": true, "result": { "uuid": uuid } }).to_string()))
    };
    assert_eq!(of("abc-123"), Ok("abc-123".to_owned()));
    for bad in ["", "a.b", "a b", "é"] {
        assert!(of(bad).is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn no_answer_breaks_the_readers(status in 100u16..600, body: Vec<u8>) {
        let answer = HttpAnswer { status, headers: Vec::new(), body };
        prop_assert!(one(&answer).is_err());
        let (_, _, _) = (read_list(&answer), read_deleted(&answer), read_uuid(&answer));
    }
}
