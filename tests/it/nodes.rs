//! Every object is found again by its id.

use serde_json::Value;

use crate::harness::{Setup, System};

#[tokio::test]
async fn every_object_is_found_again_by_its_id() {
    let system = System::start(Setup::default()).await;
    let answer = system
        .ask(
            "{ accounts { id __typename }
               inhand: machines(first: 2, filter: {vendor: INHAND}) { nodes { id __typename site { id __typename line { id __typename } } shelves { id __typename product { id __typename } } trades(first: 3) { nodes { id __typename } } lastRefill { id __typename } } }
               dingshang: machines(first: 2, filter: {vendor: DINGSHANG}) { nodes { id __typename shelves { id __typename product { id __typename } } pickupCodes(first: 3) { nodes { id __typename } } } }
               lines { nodes { id __typename } } refills(first: 5) { nodes { id __typename } } products(first: 5) { nodes { id __typename } } }",
        )
        .await;
    assert!(answer["errors"].is_null(), "{answer}");
    let mut found = Vec::new();
    collect(&answer, &mut found);
    let mut kinds: Vec<&str> = found.iter().map(|(_, kind)| kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let all =
        ["Line", "Machine", "PickupCode", "Product", "Refill", "Shelf", "Site", "Trade", "VendorAccount"];
    assert_eq!(kinds, all, "{answer}");
    for some in found.chunks(100) {
        let ids: Vec<String> = some.iter().map(|(id, _)| format!("\"{id}\"")).collect();
        let again = system.ask(&format!("{{ nodes(ids: [{}]) {{ id __typename }} }}", ids.join(","))).await;
        for ((id, kind), node) in some.iter().zip(again["data"]["nodes"].as_array().unwrap()) {
            assert_eq!(
                (node["id"].as_str(), node["__typename"].as_str()),
                (Some(id.as_str()), Some(kind.as_str())),
                "{again}"
            );
        }
    }
    system.end().await;
}

fn collect(value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            if let (Some(id), Some(kind)) = (value["id"].as_str(), value["__typename"].as_str()) {
                found.push((id.to_owned(), kind.to_owned()));
            }
            members.values().for_each(|member| collect(member, found));
        }
        Value::Array(list) => list.iter().for_each(|one| collect(one, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
