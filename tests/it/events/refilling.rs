//! Refills, listed: those that were pushed and those that the vendor could not tell.

use serde_json::Value;
use vendgraph::sandbox::{Effect, Fault, Vendor};

use super::{push, taken};
use crate::{
    events::until,
    harness::{Setup, System, account_id, machine_id},
};

async fn page(system: &System, arguments: &str) -> Value {
    let query = format!(
        "{{ refills({arguments}) {{ nodes {{ id machineNumber refilledAt total {{ count }} }} \
         pageInfo {{ hasNextPage endCursor }} sources {{ account {{ name }} ok error {{ code }} }} }} }}"
    );
    let answer = system.ask(&query).await;
    assert!(answer["errors"].is_null(), "{answer}");
    answer["data"]["refills"].clone()
}

async fn walk(system: &System, first: usize, filter: &str) -> Vec<Value> {
    let (mut rows, mut after) = (Vec::new(), String::new());
    loop {
        let page = page(system, &format!("first: {first}{after}, filter: {{ {filter} }}")).await;
        rows.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"]["hasNextPage"] != true {
            return rows;
        }
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refills_are_listed_once_each_whether_they_were_told_or_are_to_be_asked_for() {
    let system = System::start(Setup::default()).await;
    let inhand = system.vendors.inhand();
    let unreported = walk(&system, 500, "").await;
    assert!(!unreported.is_empty());
    push(&system);
    for index in 0..6 {
        system.vendors.advance(60);
        assert!(inhand.refill(&inhand.asset_id(index % 4)));
    }
    let all = async || walk(&system, 500, "").await;
    until(async || all().await.len() == unreported.len() + 6, &|| "the refills".to_owned()).await;
    let whole = all().await;
    // What the vendor lists is in the log from here on, too.
    system.look_for_missed().await;
    assert_eq!(all().await, whole);
    for size in [1, 2, 3] {
        assert_eq!(walk(&system, size, "").await, whole, "{size}");
    }
    let at = |row: &Value| row["refilledAt"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert!(whole.is_sorted_by_key(|row| std::cmp::Reverse(at(row))));

    let number = inhand.asset_id(1);
    let of_machine: Vec<Value> =
        whole.iter().filter(|row| row["machineNumber"] == *number).cloned().collect();
    assert!(of_machine.len() >= 2, "{whole:?}");
    let filter = format!("machineIds: [\"{}\"]", machine_id("metro", &number));
    assert_eq!(walk(&system, 1, &filter).await, of_machine);
    let (newest, oldest) = (&whole[0]["refilledAt"], &whole[5]["refilledAt"]);
    let pushed = walk(&system, 500, &format!("from: {oldest}, to: {newest}")).await;
    assert_eq!(pushed, whole[..6]);
    assert!(walk(&system, 500, &format!("accountIds: [\"{}\"]", account_id("north"))).await.is_empty());
    for row in &whole {
        let node =
            system.ask(&format!("{{ node(id: {}) {{ ... on Refill {{ refilledAt }} }} }}", row["id"])).await;
        assert_eq!(node["data"]["node"]["refilledAt"], row["refilledAt"], "{node}");
    }
    system.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_vendor_does_not_answer_its_source_says_so_and_the_log_tells_what_it_knows() {
    let system = System::start(Setup::default()).await;
    push(&system);
    let inhand = system.vendors.inhand();
    assert!(inhand.refill(&inhand.asset_id(0)));
    taken(&system, 1).await;
    system.vendors.faults(Vendor::Inhand).add(Fault::new(Effect::Status(500)));
    let listed = async || page(&system, "first: 5").await;
    until(async || !listed().await["nodes"].as_array().unwrap().is_empty(), &|| "the refill".to_owned())
        .await;
    let told = listed().await;
    assert_eq!(told["nodes"].as_array().unwrap().len(), 1, "{told}");
    assert_eq!(
        (&told["sources"][0]["ok"], &told["sources"][0]["error"]["code"]),
        (&false.into(), &"VENDOR_UNAVAILABLE".into())
    );
    let node = format!("{{ node(id: {}) {{ id }} }}", told["nodes"][0]["id"]);
    assert_eq!(system.ask(&node).await["data"]["node"]["id"], told["nodes"][0]["id"]);
    system.end().await;
}
