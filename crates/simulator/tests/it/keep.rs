//! What a restart leaves: the zone, its hostnames and DNS.

use dcvaas_simulator::{Keeper, Options, Simulator, router};
use serde_json::json;

use super::{World, ZONE};

fn world(simulator: &Simulator) -> World {
    World(router(simulator))
}

#[tokio::test]
async fn a_restart_finds_the_same_hostnames_and_dns() {
    let file = std::env::temp_dir().join(format!("dcvaas-kept-{}.json", std::process::id()));
    let first = Simulator::new(Options::default());
    let mut keeper = Keeper::open(first.clone(), file.clone()).unwrap();
    let id = world(&first).create("app.customer.com").await;
    let record =
        json!({"name": "app.customer.com", "type": "CNAME", "values": ["edge.example.net"]});
    world(&first).control("dns", record).await;
    keeper.save().unwrap();

    let second = Simulator::new(Options::default());
    assert!(world(&second).hostname(&id).await.is_null(), "a new simulator knows nothing");
    Keeper::open(second.clone(), file.clone()).unwrap();
    let made = world(&first).hostname(&id).await;
    assert_eq!(world(&second).hostname(&id).await, made);
    assert_eq!(made["hostname"], "app.customer.com");
    for path in ["/control/dns".to_owned(), format!("{ZONE}/dcv_delegation/uuid")] {
        let old = world(&first).get(&path).await.json();
        assert_eq!(world(&second).get(&path).await.json(), old, "{path}");
        assert!(!old.is_null());
    }
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_not_passed_over() {
    let file = std::env::temp_dir().join(format!("dcvaas-broken-{}.json", std::process::id()));
    std::fs::write(&file, "{").unwrap();
    assert!(Keeper::open(Simulator::new(Options::default()), file.clone()).is_err());
    std::fs::remove_file(file).unwrap();
}
