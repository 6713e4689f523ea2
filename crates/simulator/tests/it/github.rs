use super::*;

#[tokio::test]
async fn keys_are_published_to_whoever_says_who_they_are() {
    let world = World::new();
    let path = "/github/meta/public_keys/secret_scanning";
    assert_eq!(world.get(path).await.status, 403);
    let request = Request::get(path).header("user-agent", "test").body(Body::empty()).unwrap();
    let keys = world.send(request).await.json();
    let key = keys["public_keys"][0]["key"].as_str().unwrap();
    assert!(
        key.starts_with("-----BEGIN PUBLIC KEY-----\n")
            && key.ends_with("-----END PUBLIC KEY-----\n")
    );
    let body = Body::from("[]");
    let signed = world.send(Request::post("/control/github/sign").body(body).unwrap()).await.json();
    assert_eq!(signed["github-public-key-identifier"], keys["public_keys"][0]["key_identifier"]);
    assert!(signed["github-public-key-signature"].as_str().unwrap().len() > 90);
}
