//! Callbacks of the vendor's: claims that make the order be read.

use reqwest::Client;
use vendgraph::sandbox::{Effect, Fault, Vendor};

use crate::{
    events::{logged, until},
    harness::{Setup, System},
    orders::{Counter, PLACE, pay},
};

/// Posts to the address that an order of the vendor's bears, at the gateway that answers now.
async fn call(system: &System, order: usize, body: &str) -> u16 {
    let notify = system.taken()[order].notify_url.clone();
    let path = notify.find("/webhooks/").map(|at| &notify[at..]).unwrap();
    let url = system.url.replace("/graphql", path);
    Client::new().post(url).body(body.to_owned()).send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_creation_is_settled_by_the_callback_and_what_it_claims_is_not_believed() {
    let account = "timeout = \"1s\"";
    let sections = "[limits]\nrequest_timeout = \"4s\"";
    let system = System::start(Setup { sections, account, ..Setup::default() }).await;
    let counter = Counter::filled(&system.vendors);
    system.vendors.faults(Vendor::Dingshang).add(Fault::new(Effect::Cut).after().on_call(PLACE).times(1));
    let request = counter.create(&[(0, 1)], "k");
    let lost = system.tell(&request).await;
    assert_eq!(lost.state(), "UNKNOWN");
    let number = system.taken()[0].id;
    // A stranger's order number is not taken for ours; a lie about the goods changes nothing.
    assert_eq!(call(&system, 0, "{\"order_id\": 999999, \"deliver_status\": \"1\"}").await, 200);
    assert_eq!(
        call(&system, 0, &format!("{{\"order_id\": {number}, \"deliver_status\": \"1\"}}")).await,
        200
    );
    until(async || system.order(lost.id()).await["state"] == "UNPAID", &|| "the order".to_owned()).await;
    let order = system.order(lost.id()).await;
    assert_eq!(order["number"], number.to_string());
    assert_ne!(order["lines"][0]["delivery"]["state"], "DISPENSED");
    let again = system.tell(&request).await;
    assert_eq!((again.state(), again.error(), again.id()), ("UNPAID", None, lost.id()));
    assert_eq!(system.sent(PLACE), 1);
    assert_eq!(system.tell(&pay(lost.id())).await.state(), "PAID");
    let deliveries = logged(&system, "DELIVERY", None).await;
    assert_eq!(deliveries.len(), 2);
    assert!(deliveries.iter().all(|event| event["machineNumber"] == *counter.number), "{deliveries:?}");
    // The same again is no news.
    assert_eq!(
        call(&system, 0, &format!("{{\"order_id\": {number}, \"deliver_status\": \"1\"}}")).await,
        200
    );
    assert_eq!(logged(&system, "DELIVERY", None).await.len(), 2);
    system.end().await;
}
