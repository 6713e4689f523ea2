use super::*;

const HOSTNAMES: &str =
    "/cloudflare/client/v4/zones/0123456789abcdef0123456789abcdef/custom_hostnames";

#[tokio::test]
async fn credentials_and_zone_are_checked_first() {
    let world = World::new();
    for (authorization, path, expected) in [
        (None, HOSTNAMES, (401, 1001)),
        (Some("Bearer wrong"), HOSTNAMES, (401, 10000)),
        (Some("Basic abc"), HOSTNAMES, (400, 6003)),
        (Some(TOKEN), "/cloudflare/client/v4/zones/short/custom_hostnames", (404, 7003)),
        (Some(TOKEN), &HOSTNAMES.replace('0', "f"), (403, 9109)),
        (Some(TOKEN), "/cloudflare/client/v4/nothing", (404, 7000)),
        (Some(TOKEN), "/cloudflare/client/v4/user/tokens/verify", (200, 0)),
    ] {
        let mut request = Request::builder().uri(path);
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        let answer = world.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.code(), expected, "{authorization:?} {path}");
    }
}

#[tokio::test]
async fn a_create_request_is_refused_for_the_documented_reasons() {
    let world = World::new();
    let ssl = |ssl: Value| json!({"hostname": "app.example.com", "ssl": ssl});
    for (body, expected) in [
        (json!([]), (400, 6007)),
        (json!({}), (400, 1407)),
        (txt(""), (400, 1407)),
        (txt("single"), (400, 1407)),
        (txt("-a.shop.com"), (400, 1407)),
        (txt("a..shop.com"), (400, 1407)),
        (txt("a_b.shop.com"), (400, 1407)),
        (txt("*.shop.com"), (400, 1407)),
        (txt("192.0.2.1"), (400, 1407)),
        (txt(&format!("{}.com", "a.".repeat(130))), (400, 1407)),
        (txt("bücher.shop.com"), (400, 1408)),
        (txt("app.shop.test"), (400, 1409)),
        (txt("example.com"), (400, 1411)),
        (txt("co.uk"), (400, 1410)),
        (ssl(json!("txt")), (400, 1434)),
        (ssl(json!({"method": "txt"})), (400, 1440)),
        (ssl(json!({"type": "dv"})), (400, 1440)),
        (ssl(json!({"method": "cname", "type": "dv"})), (400, 1432)),
        (ssl(json!({"method": "txt", "type": "ev"})), (400, 1433)),
        (ssl(json!({"method": "txt", "type": "dv", "certificate_authority": "me"})), (400, 1434)),
        (ssl(json!({"method": "http", "type": "dv", "wildcard": true})), (400, 1434)),
        (
            ssl(json!({"method": "txt", "type": "dv", "settings": {"min_tls_version": "1"}})),
            (400, 1434),
        ),
        (txt(&format!("{}.shop.com", "a".repeat(60))), (400, 1434)),
        (json!({"hostname": "app.example.com", "custom_metadata": {"a": "b"}}), (403, 1413)),
        (json!({"hostname": "app.example.com", "custom_origin_server": "a.b.com"}), (403, 1414)),
    ] {
        let answer = world.post(HOSTNAMES, body.clone()).await;
        assert_eq!(answer.code(), expected, "{body}");
        assert_eq!(answer.json()["success"], false);
    }
    world.control("cloudflare/options", json!({"wildcard": false})).await;
    let wildcard = ssl(json!({"method": "txt", "type": "dv", "wildcard": true}));
    assert_eq!(world.post(HOSTNAMES, wildcard).await.code(), (400, 1448));
}

#[tokio::test]
async fn a_new_hostname_shows_everything_its_owner_has_to_place() {
    let world = World::new();
    let answer = world.post(HOSTNAMES, txt("App.Example.com")).await;
    assert_eq!(answer.status, 201);
    let created = &answer.json()["result"];
    assert_eq!(created["hostname"], "app.example.com");
    assert_eq!(created["status"], "pending");
    assert_eq!(created["ssl"]["status"], "initializing");
    assert_eq!(created["ownership_verification"]["name"], "_cf-custom-hostname.app.example.com");

    let uuid = world.get(&format!("{ZONE}/dcv_delegation/uuid")).await.json();
    let target =
        format!("app.example.com.{}.dcv.cloudflare.com", uuid["result"]["uuid"].as_str().unwrap());
    let record = &created["ssl"]["dcv_delegation_records"][0];
    assert_eq!(record["cname"], "_acme-challenge.app.example.com");
    assert_eq!(record["cname_target"], target.as_str());

    let id = created["id"].as_str().unwrap();
    assert_eq!(id.len(), 36);
    let read = world.hostname(id).await;
    assert_eq!(read["ssl"]["status"], "pending_validation");
    assert_eq!(read["ssl"]["validation_records"][0]["txt_name"], "_acme-challenge.app.example.com");

    world.control("cloudflare/options", json!({"dcvDelegationRecords": false})).await;
    assert!(world.hostname(id).await["ssl"].get("dcv_delegation_records").is_none());
}

#[tokio::test]
async fn duplicates_unknown_ids_and_deleted_ones_have_their_codes() {
    let world = World::new();
    let id = world.create("app.example.com").await;
    assert_eq!(world.post(HOSTNAMES, txt("APP.example.com")).await.code(), (409, 1406));
    assert_eq!(world.get(&format!("{HOSTNAMES}/short")).await.code(), (400, 1435));

    let path = format!("{HOSTNAMES}/{id}");
    let deleted = world.call("DELETE", &path, None).await;
    assert_eq!((deleted.status, &deleted.json()["result"]["id"]), (200, &json!(id)));
    assert_eq!(world.get(&path).await.code(), (404, 1436));
    assert_eq!(world.call("PATCH", &path, Some(json!({}))).await.code(), (404, 1436));
    assert_eq!(world.call("DELETE", &path, None).await.code(), (404, 1436));
    world.create("app.example.com").await;

    world.control("cloudflare/hostnames/app.example.com", json!({"deleted": true})).await;
    assert_eq!(world.get(HOSTNAMES).await.json()["result"], json!([]));
}

#[tokio::test]
async fn the_quota_warns_or_refuses() {
    let world = World::new();
    world.control("cloudflare/quota", json!({"allocated": 1})).await;
    world.create("a.example.com").await;
    world.create("b.example.com").await;
    let quota = world.get(&format!("{HOSTNAMES}/quota")).await.json()["result"].clone();
    assert_eq!(quota, json!({"allocated": 1, "used": 2, "exceeded": true, "hard_cap": false}));

    world.control("cloudflare/quota", json!({"allocated": 2, "hardCap": true})).await;
    assert_eq!(world.post(HOSTNAMES, txt("c.example.com")).await.code(), (403, 1405));
    world.control("cloudflare/quota", json!({"allocated": 0})).await;
    assert_eq!(world.post(HOSTNAMES, txt("c.example.com")).await.code(), (403, 1404));
}

#[tokio::test]
async fn passing_the_rate_limit_blocks_until_retry_after() {
    let world = World::new();
    let first = world.get(HOSTNAMES).await;
    assert_eq!(first.header("ratelimit"), "\"default\";r=1199;t=300");
    assert_eq!(first.header("ratelimit-policy"), "\"default\";q=1200;w=300");

    world.control("cloudflare/ratelimit", json!({"limit": 1, "windowSeconds": 60})).await;
    assert_eq!(world.get(HOSTNAMES).await.status, 200);
    let blocked = world.get(HOSTNAMES).await;
    assert_eq!(blocked.status, 429);
    assert_eq!(blocked.header("retry-after"), "60");

    world.control("cloudflare/ratelimit", json!({"enabled": false})).await;
    let lifted = world.get(HOSTNAMES).await;
    assert_eq!((lifted.status, lifted.header("ratelimit")), (200, ""));
}

#[tokio::test]
async fn the_list_pages_and_filters() {
    let world = World::new();
    let seed = json!({"count": 30, "prefix": "host", "status": "active"});
    assert_eq!(world.control("cloudflare/seed", seed).await["created"], 30);
    let id = world.create("app.example.com").await;

    for (query, count, pages) in [
        ("", 20, 2),
        ("?per_page=1000", 31, 1),
        ("?per_page=5&page=7", 1, 7),
        ("?per_page=5&page=8", 0, 7),
        ("?hostname=app.example.com", 1, 1),
        ("?hostname.exact=host1.example.com", 1, 1),
        ("?hostname.contain=host1", 11, 1),
        ("?hostname.startsWith=app", 1, 1),
        ("?hostname_status=active&per_page=50", 30, 1),
        ("?ssl_status=pending_validation", 1, 1),
        (&format!("?id={id}"), 1, 1),
    ] {
        let answer = world.get(&format!("{HOSTNAMES}{query}")).await.json();
        assert_eq!(answer["result"].as_array().unwrap().len(), count, "{query}");
        assert_eq!(answer["result_info"]["count"], count, "{query}");
        assert_eq!(answer["result_info"]["total_pages"], pages, "{query}");
        assert_eq!(answer["result_info"]["total_count"], 31, "{query}");
    }
    for (query, code) in [
        ("per_page=4", 1400),
        ("per_page=1001", 1400),
        ("page=0", 1400),
        ("ssl_status=nonsense", 1400),
        ("hostname_status=nonsense", 1400),
        ("hostname.exact=a.b&hostname.contain=a", 1437),
        (&format!("id={id}&hostname=a.b"), 1438),
        ("id=short", 1435),
    ] {
        let answer = world.get(&format!("{HOSTNAMES}?{query}")).await;
        assert_eq!(answer.code(), (400, code), "{query}");
    }
}

#[tokio::test]
async fn right_dns_takes_a_hostname_all_the_way_and_certificates_are_unique() {
    let world = World::new();
    world.control("cloudflare/auto", json!({"enabled": true, "stepMs": 0})).await;
    let id = world.create("app.example.com").await;
    assert_eq!(world.hostname(&id).await["ssl"]["status"], "pending_validation");

    world.control("cloudflare/place-dns", json!({"hostname": "app.example.com"})).await;
    let live = world.hostname(&id).await;
    assert_eq!((&live["status"], &live["ssl"]["status"]), (&json!("active"), &json!("active")));
    assert!(live.get("verification_errors").is_none());

    let renewed = world.control("cloudflare/renew", json!({"hostname": "app.example.com"})).await;
    let certificates = renewed["ssl"]["certificates"].as_array().unwrap();
    let signatures: Vec<_> =
        certificates.iter().map(|c| c["signature"].as_str().unwrap()).collect();
    assert_eq!(signatures[..2], ["ECDSAWithSHA256", "SHA256WithRSA"]);
    let mut serials: Vec<_> = certificates.iter().map(|c| c["serial_number"].to_string()).collect();
    serials.sort();
    serials.dedup();
    assert_eq!(serials.len(), 4);
}

#[tokio::test]
async fn a_wrong_delegation_or_another_hostnames_target_moves_nothing() {
    let world = World::new();
    world.control("cloudflare/auto", json!({"enabled": true, "stepMs": 0})).await;
    let id = world.create("app.example.com").await;
    world.create("other.example.com").await;
    let uuid = world.get(&format!("{ZONE}/dcv_delegation/uuid")).await.json();
    let uuid = uuid["result"]["uuid"].as_str().unwrap();
    for target in [
        "elsewhere.net".to_owned(),
        format!("other.example.com.{uuid}.dcv.cloudflare.com"),
        "app.example.com.0000000000000000.dcv.cloudflare.com".to_owned(),
    ] {
        let record =
            json!({"name": "_acme-challenge.app.example.com", "type": "CNAME", "values": [target]});
        world.control("dns", record).await;
        assert_eq!(world.hostname(&id).await["ssl"]["status"], "pending_validation", "{target}");
    }
}

#[tokio::test]
async fn the_ownership_record_alone_activates_the_hostname_but_no_certificate() {
    let world = World::new();
    world.control("cloudflare/auto", json!({"enabled": true, "stepMs": 0})).await;
    let id = world.create("app.example.com").await;
    let ownership = world.hostname(&id).await["ownership_verification"].clone();
    let record = json!({"name": ownership["name"], "type": "TXT", "values": [ownership["value"]]});
    world.control("dns", record).await;
    let read = world.hostname(&id).await;
    assert_eq!(read["status"], "active");
    assert_eq!(read["ssl"]["status"], "pending_validation");
}

#[tokio::test]
async fn a_patch_restarts_validation_and_resets_settings_it_does_not_name() {
    let world = World::new();
    let id = world.create("app.example.com").await;
    let path = format!("{HOSTNAMES}/{id}");
    let token = |object: &Value| object["ssl"]["validation_records"][0]["txt_value"].clone();
    let before = token(&world.hostname(&id).await);
    world
        .control(
            "cloudflare/hostnames/app.example.com",
            json!({"status": "moved", "ssl": {"status": "validation_timed_out"}}),
        )
        .await;

    let half = world.call("PATCH", &path, Some(json!({"ssl": {"method": "txt"}}))).await;
    assert_eq!(half.code(), (400, 1440));
    let ssl =
        json!({"ssl": {"method": "txt", "type": "dv", "settings": {"min_tls_version": "1.2"}}});
    let answer = world.call("PATCH", &path, Some(ssl)).await;
    assert_eq!(answer.status, 202);
    let amended = &answer.json()["result"];
    assert_eq!(amended["status"], "pending");
    assert_eq!(amended["ssl"]["status"], "pending_validation");
    assert_ne!(token(amended), before);
    assert_eq!(amended["ssl"]["settings"]["min_tls_version"], "1.2");

    world.control("cloudflare/activate", json!({"hostname": "app.example.com"})).await;
    let again = json!({"ssl": {"method": "txt", "type": "dv"}});
    let kept = world.call("PATCH", &path, Some(again)).await.json();
    assert_eq!(kept["result"]["ssl"]["status"], "active");
    assert_eq!(kept["result"]["ssl"]["settings"]["min_tls_version"], "1.2");

    let authority =
        json!({"ssl": {"method": "txt", "type": "dv", "certificate_authority": "ssl_com"}});
    let reissue = world.call("PATCH", &path, Some(authority)).await.json();
    assert_eq!(reissue["result"]["ssl"]["status"], "pending_validation");

    world.control("cloudflare/hostnames/app.example.com", json!({"status": "blocked"})).await;
    assert_eq!(world.call("PATCH", &path, Some(json!({}))).await.code(), (409, 1439));
}
