//! Orders, deliveries and pickup codes at Dingshang.

use std::collections::HashSet;

use serde_json::Value;

use super::{Harness, NOW, code};

#[tokio::test]
async fn every_seeded_order_and_delivery_is_read_at_its_own_machine_only() {
    let harness = Harness::new().await;
    let fleet = harness.sandbox.dingshang();
    let orders = fleet.orders();
    let statuses: HashSet<&str> = orders.iter().map(|order| order.status).collect();
    assert!(statuses.len() >= 9, "{statuses:?}");
    for order in &orders {
        let path = format!("/orders/{}", order.id);
        let reply = harness.dingshang(&path, &[("machine_no", &order.machine)]).await;
        assert_eq!(reply.body["data"]["status"], order.status);
        assert_eq!(reply.body["data"]["records"].as_array().unwrap().len(), order.records.len());
    }
    let foreign = orders.iter().find(|order| order.machine != "01632712").unwrap();
    let reply = harness.dingshang(&format!("/orders/{}", foreign.id), &[("machine_no", "01632712")]).await;
    assert_eq!(code(&reply), 80002);
    let delivery = fleet.deliveries().into_iter().find(|delivery| !delivery.fail_reason.is_empty()).unwrap();
    let path = format!("/deliveries/{}", delivery.id);
    let reply = harness.dingshang(&path, &[("machine_no", &delivery.machine)]).await;
    assert_eq!(reply.body["data"]["fail_reason"], delivery.fail_reason);
}

#[tokio::test]
async fn an_order_unpaid_for_20_minutes_lapses() {
    let harness = Harness::new().await;
    let order =
        harness.sandbox.dingshang().orders().into_iter().find(|order| order.status == "NOTPAY").unwrap();
    harness.clock.advance(20 * 60);
    let reply = harness.dingshang(&format!("/orders/{}", order.id), &[("machine_no", &order.machine)]).await;
    assert_eq!(reply.body["data"]["status"], "CLOSED");
}

#[tokio::test]
async fn only_unused_and_unexpired_pickup_codes_are_told() {
    let harness = Harness::new().await;
    let codes = harness.sandbox.dingshang().pickup_codes();
    let product = codes[0].product_id;
    let machine = codes[0].machine.clone();
    let path = format!("/products/{product}/pickup_code");
    let open = |now| codes.iter().filter(move |code| code.product_id == product && code.open(now)).count();
    let told = async || harness.dingshang(&path, &[("machine_no", &machine)]).await.body["data"].clone();
    assert_eq!(told().await.as_array().unwrap().len(), open(NOW));
    assert_eq!(open(NOW), 2);
    harness.clock.advance(200_000);
    let left: Value = told().await;
    assert_eq!(left.as_array().unwrap().len(), 1);
    assert!(left[0].get("expired_at").is_none());
    let reply = harness.dingshang("/products/1/pickup_code", &[("machine_no", &machine)]).await;
    assert_eq!(code(&reply), 6045);
}

#[tokio::test]
async fn an_order_by_pickup_code_names_a_code_that_was_used() {
    let harness = Harness::new().await;
    let fleet = harness.sandbox.dingshang();
    let order = fleet.orders().into_iter().find(|order| order.status == "PICKUPCODE").unwrap();
    let code = fleet.pickup_codes().into_iter().find(|code| code.id == order.pickup_code_id).unwrap();
    assert!(code.used);
    assert_eq!(code.machine, order.machine);
    assert_eq!(code.product_id, order.records[0].product_id);
}
