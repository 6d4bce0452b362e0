//! How vendors answer, as the log tells it: what an account's own health says, once each change.

use std::time::Duration;

use serde_json::Value;
use vendgraph::sandbox::{Effect, Fault, Vendor};

use crate::{
    events::until,
    harness::{Setup, System},
    orders::Counter,
};

/// What the log was told of the account `north`: the state, and the code of the error.
async fn told(system: &System) -> Vec<(String, String)> {
    let query = "{ events(first: 500, filter: { kinds: [ACCOUNT_HEALTH] }) { nodes { account { name } \
                 ... on AccountHealthEvent { health { state lastError { code } } } } } }";
    let answer = system.ask(query).await;
    let nodes = answer["data"]["events"]["nodes"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of_north = nodes.iter().filter(|node| node["account"]["name"] == "north");
    of_north
        .map(|node| (text(&node["health"]["state"]), text(&node["health"]["lastError"]["code"])))
        .collect()
}

async fn health(system: &System) -> Value {
    let answer = system.ask("{ accounts { name health { state } } }").await;
    let accounts = answer["data"]["accounts"].as_array().unwrap().clone();
    accounts.iter().find(|account| account["name"] == "north").unwrap()["health"]["state"].clone()
}

/// Asks the vendor of `north` again and again until the log's last word is this.
async fn ask_until(system: &System, machine: &str, state: &str) {
    let ask = format!(
        "mutation {{ refreshMachines(input: {{ machineIds: [\"{machine}\"] }}) {{ userErrors {{ code }} }} }}"
    );
    let last = async || {
        system.ask(&ask).await;
        told(system).await.last().is_some_and(|(last, _)| last == state)
    };
    until(last, &|| format!("no {state}")).await;
    let told = told(system).await;
    assert!(told.iter().zip(told.iter().skip(1)).all(|(one, next)| one.0 != next.0), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_log_was_told_of_a_vendor_is_known_after_a_restart() {
    let mut system = System::start(Setup::default()).await;
    let machine = Counter::filled(&system.vendors).machine;
    let faults = system.vendors.faults(Vendor::Dingshang);
    faults.add(Fault::new(Effect::Status(500)));
    ask_until(&system, &machine, "DOWN").await;
    let before = told(&system).await;
    system.crash().await;
    system.vendors.faults(Vendor::Dingshang).clear();
    system.restart().await;
    ask_until(&system, &machine, "UP").await;
    let after = told(&system).await;
    assert_eq!(after[..before.len()], before);
    assert_eq!(after[before.len()..], [("UP".to_owned(), String::new())]);
    system.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_that_is_back_and_refuses_our_credentials_is_down_no_more() {
    let system = System::start(Setup::default()).await;
    let machine = Counter::filled(&system.vendors).machine;
    let faults = system.vendors.faults(Vendor::Dingshang);
    faults.add(Fault::new(Effect::Status(500)));
    ask_until(&system, &machine, "DOWN").await;
    let down = told(&system).await;
    // It may be tried again. Until it answers that is no news.
    system.pass(Duration::from_mins(2)).await;
    assert_eq!(health(&system).await, "DOWN");
    faults.set(vec![Fault::new(Effect::Refuse { code: "4006".into(), message: "sign".into() })]);
    ask_until(&system, &machine, "DEGRADED").await;
    assert_eq!(health(&system).await, "DEGRADED");
    let since = told(&system).await.split_off(down.len());
    assert_eq!(since, [("DEGRADED".to_owned(), "VENDOR_CREDENTIALS".to_owned())]);
    faults.clear();
    ask_until(&system, &machine, "UP").await;
    system.end().await;
}
