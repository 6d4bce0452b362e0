//! Answers that are lost before the vendor acts, and after: the case that matters.

use std::time::Duration;

use serde_json::json;

use super::{Harness, MACHINE, code, send};
use crate::sandbox::{Effect, Fault, Vendor};

fn order(trade_id: &str, product: u64) -> String {
    json!({"machine_no": MACHINE, "trade_id": trade_id, "notify_url": "http://127.0.0.1:9/",
        "products": [{"product_id": product, "quantity": 1}]})
    .to_string()
}

async fn exists(harness: &Harness, trade_id: &str) -> bool {
    let orders = harness.control("/orders").await;
    orders.as_array().unwrap().iter().any(|order| order["trade_id"] == trade_id)
}

#[tokio::test]
async fn an_answer_cut_before_acting_leaves_no_order_and_one_cut_after_leaves_one() {
    let harness = Harness::new().await;
    let product = harness.products()[0].0;
    let faults = harness.sandbox.faults(Vendor::Dingshang);
    for (fault, acted) in [(Fault::new(Effect::Cut), false), (Fault::new(Effect::Cut).after(), true)] {
        let trade_id = format!("t-{acted}");
        faults.set(vec![fault.on_call("POST /orders").times(1)]);
        let request = harness.dingshang_request("/orders").body(order(&trade_id, product));
        assert!(request.send().await.is_err());
        assert_eq!(exists(&harness, &trade_id).await, acted);
        assert_eq!(code(&harness.place(&trade_id, product).await), if acted { 6040 } else { 0 });
    }
}

#[tokio::test]
async fn an_answer_may_hang_be_refused_or_be_a_proxys_page_after_the_world_changed() {
    let harness = Harness::new().await;
    let product = harness.products()[0].0;
    let faults = harness.sandbox.faults(Vendor::Dingshang);
    let refuse = Effect::Refuse { code: "6015".to_owned(), message: "超时".to_owned() };
    for (nth, effect) in [Effect::Hang, Effect::Status(502), refuse, Effect::Garbage].into_iter().enumerate()
    {
        let trade_id = format!("t-{nth}");
        faults.set(vec![Fault::new(effect).after().on_call("/orders").times(1)]);
        let request = harness.dingshang_request("/orders").body(order(&trade_id, product));
        drop(request.timeout(Duration::from_millis(300)).send().await);
        while !exists(&harness, &trade_id).await {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_vendor_that_is_slow_acts_although_the_caller_has_hung_up() {
    let harness = Harness::new().await;
    let product = harness.products()[0].0;
    let slow = Fault::new(Effect::Delay { millis: 200 }).on_call("POST /orders").times(1);
    harness.sandbox.faults(Vendor::Dingshang).set(vec![slow]);
    let request = harness.dingshang_request("/orders").body(order("t-1", product));
    assert!(request.timeout(Duration::from_millis(50)).send().await.unwrap_err().is_timeout());
    while !exists(&harness, "t-1").await {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_fault_of_the_call_that_pays_spares_the_one_that_reads_and_both_are_counted() {
    let harness = Harness::new().await;
    let product = harness.products()[0].0;
    let id = harness.place("t-1", product).await.body["data"]["order_id"].to_string();
    let cut =
        json!([{"effect": "cut", "call": "PUT /orders/{order_id}", "when": "after", "machine": MACHINE}]);
    let url = format!("{}/_sandbox/faults", harness.sandbox.dingshang_url());
    assert_eq!(send(harness.client.put(&url).body(cut.to_string())).await.body, cut);
    let payload = harness.payload(&[("machine_no", MACHINE), ("status", "1")]);
    let request = harness.dingshang_method(reqwest::Method::PUT, &format!("/orders/{id}")).body(payload);
    assert!(request.send().await.is_err());
    assert_eq!(harness.order(&id).await["status"], "SUCCESS");
    let calls = harness.sandbox.calls(Vendor::Dingshang);
    let counts = ["PUT /orders/{order_id}", "POST /orders/{order_id}", "/orders/{order_id}", "/orders"];
    assert_eq!(counts.map(|call| calls.count(call)), [1, 1, 2, 1]);
}
