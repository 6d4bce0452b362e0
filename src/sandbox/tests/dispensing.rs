//! Machines that dispense: one thing at a time, on the sandbox's clock.

use serde_json::json;

use super::{Harness, MACHINE, code, number};
use crate::sandbox::world::dingshang::{Dispenses, Outcome};

fn says(harness: &Harness, outcome: Outcome) {
    let dispenses = Some(Dispenses { outcome, times: Some(1) });
    assert!(harness.sandbox.dingshang().change(MACHINE, |machine| machine.dispenses = dispenses));
}

#[tokio::test]
async fn a_record_is_dispensed_in_time_and_only_once() {
    let harness = Harness::new().await;
    let (product, stock) = harness.products()[0];
    let (order, record) = harness.paid("t-1", product).await;
    let reply = harness.dispense(&order, &record).await;
    let data = &reply.body["data"];
    assert_eq!(data["status"], "未取货或正在出货");
    assert_eq!(data["delivered_at"], "2025-06-15 23:06:40");
    assert!(data.get("pickup_at").is_none() && data.get("fail_reason").is_none());
    let delivery = data["delivery_id"].as_str().unwrap();
    assert_eq!(harness.order(&order).await["records"][0]["status"], "IS_DELIVERING");
    harness.sandbox.advance(2);
    let ended = harness.order(&order).await;
    assert_eq!(ended["records"][0]["status"], "IS_SUCCESS");
    assert_eq!(ended["records"][0]["notify_sent"], "1");
    assert_eq!(ended["notify_send_count"], 1);
    let state = harness.dingshang(&format!("/deliveries/{delivery}"), &[("machine_no", MACHINE)]).await;
    assert_eq!(state.body["data"]["pickup_at"], "2025-06-15 23:06:42");
    assert_eq!(code(&harness.dispense(&order, &record).await), 6034);
    assert_eq!(code(&harness.update(&order, "2").await), 6034);
    assert_eq!(harness.stock(product).await, u64::from(stock) - 1);
}

#[tokio::test]
async fn an_unpaid_order_is_refused_under_code_0() {
    let harness = Harness::new().await;
    let product = harness.products()[0].0;
    let order = number(&harness.place("t-1", product).await.body["data"]["order_id"]).to_string();
    let record = number(&harness.order(&order).await["records"][0]["id"]).to_string();
    let reply = harness.dispense(&order, &record).await;
    assert_eq!(reply.body, json!({"code": 0, "message": "订单未支付", "data": {}}));
    harness.update(&order, "3").await;
    assert_eq!(code(&harness.dispense(&order, &record).await), 6043);
}

#[tokio::test]
async fn a_machine_that_dispenses_takes_nothing_else_until_it_is_done_or_its_lock_is_over() {
    let harness = Harness::new().await;
    let products = harness.products();
    let (one, first) = harness.paid("t-1", products[0].0).await;
    let (two, second) = harness.paid("t-2", products[1].0).await;
    assert_eq!(harness.dispense(&one, &first).await.body["message"], "ok");
    assert_eq!(harness.dispense(&two, &second).await.body["message"], "设备正在出货");
    assert_eq!(harness.dispense(&one, &first).await.body["message"], "设备正在出货");
    assert_eq!(harness.order(&two).await["records"][0]["status"], "WAITING_PICKED_UP");
    harness.sandbox.advance(2);
    says(&harness, Outcome::Silent);
    assert_eq!(harness.dispense(&two, &second).await.body["message"], "ok");
    let (three, third) = harness.paid("t-3", products[2].0).await;
    harness.sandbox.advance(44);
    assert_eq!(harness.dispense(&three, &third).await.body["message"], "设备正在出货");
    harness.sandbox.advance(1);
    assert_eq!(harness.dispense(&three, &third).await.body["message"], "ok");
    // The silent one is not free to be sent again: nobody knows whether it came out.
    harness.sandbox.advance(10);
    assert_eq!(code(&harness.dispense(&two, &second).await), 6043);
}

#[tokio::test]
async fn a_machine_that_says_nothing_for_120_seconds_is_a_timeout_and_one_that_fails_may_be_asked_again() {
    let harness = Harness::new().await;
    let products = harness.products();
    let (order, record) = harness.paid("t-1", products[0].0).await;
    says(&harness, Outcome::Silent);
    harness.dispense(&order, &record).await;
    harness.sandbox.advance(119);
    assert_eq!(harness.order(&order).await["records"][0]["status"], "IS_DELIVERING");
    assert_eq!(code(&harness.update(&order, "2").await), 6043);
    harness.sandbox.advance(1);
    assert_eq!(harness.order(&order).await["records"][0]["status"], "IS_TIMEOUT");
    let (order, record) = harness.paid("t-2", products[1].0).await;
    says(&harness, Outcome::Fails { reason: "Over Current".to_owned(), floor_status: "3".to_owned() });
    let id = harness.dispense(&order, &record).await.body["data"]["delivery_id"].clone();
    harness.sandbox.advance(2);
    assert_eq!(harness.order(&order).await["records"][0]["status"], "IS_FAILED");
    let path = format!("/deliveries/{}", id.as_str().unwrap());
    let state = harness.dingshang(&path, &[("machine_no", MACHINE)]).await.body["data"].clone();
    assert_eq!(state["fail_reason"], "Over Current");
    assert!(state.get("pickup_at").is_none());
    assert_eq!(harness.dispense(&order, &record).await.body["message"], "ok");
    harness.sandbox.advance(2);
    assert_eq!(harness.order(&order).await["records"][0]["status"], "IS_SUCCESS");
}

#[tokio::test]
async fn a_machine_that_goes_off_while_it_dispenses_is_a_timeout() {
    let harness = Harness::new().await;
    let product = harness.products()[0].0;
    let (order, record) = harness.paid("t-1", product).await;
    harness.dispense(&order, &record).await;
    harness.sandbox.dingshang().set_online(MACHINE, false);
    harness.sandbox.advance(60);
    assert_eq!(harness.order(&order).await["records"][0]["status"], "IS_DELIVERING");
    assert_eq!(code(&harness.dispense(&order, &record).await), 30002);
    harness.sandbox.advance(60);
    assert_eq!(harness.order(&order).await["records"][0]["status"], "IS_TIMEOUT");
}

#[tokio::test]
async fn one_command_moves_one_unit_but_where_a_machine_drops_whole_lines() {
    let harness = Harness::new().await;
    let product = harness.products()[0].0;
    let lines = json!([{"product_id": product, "quantity": 2}]);
    for (whole, expected) in [(false, "WAITING_PICKED_UP"), (true, "IS_SUCCESS")] {
        harness.sandbox.dingshang().change(MACHINE, |machine| machine.drops_whole_lines = whole);
        let reply = harness.place_lines(&format!("t-{whole}"), &lines).await;
        let order = number(&reply.body["data"]["order_id"]).to_string();
        harness.update(&order, "1").await;
        let record = number(&harness.order(&order).await["records"][0]["id"]).to_string();
        harness.dispense(&order, &record).await;
        harness.sandbox.advance(2);
        assert_eq!(harness.order(&order).await["records"][0]["status"], expected);
    }
}

#[tokio::test]
async fn a_test_dispense_needs_no_order_and_takes_a_unit() {
    let harness = Harness::new().await;
    let (product, stock) = harness.products()[0];
    let slots = harness.sandbox.dingshang().machine(MACHINE).unwrap().slots;
    let channel = slots.iter().find(|slot| slot.product_id == product).unwrap().channel();
    let mut asked = vec![("machine_no", MACHINE), ("method", "device.delivery.put")];
    asked.extend([("channel_name", channel.as_str()), ("notify_url", "http://127.0.0.1:9/")]);
    let reply = harness.dingshang("/deliveries/debug", &asked).await;
    assert!(reply.body["data"]["delivery_id"].is_string());
    assert_eq!(harness.stock(product).await, u64::from(stock) - 1);
    harness.sandbox.advance(2);
    let orders = harness.control("/orders").await;
    let order = orders.as_array().unwrap().last().unwrap().clone();
    assert_eq!((&order["status"], &order["records"][0]["status"]), (&json!("TESTPAY"), &json!("IS_SUCCESS")));
    assert_eq!(code(&harness.dingshang("/deliveries/debug", &asked[..3]).await), 10001);
    harness.sandbox.dingshang().set_stock(MACHINE, product, 0);
    assert_eq!(code(&harness.dingshang("/deliveries/debug", &asked).await), 60003);
    asked[2] = ("channel_name", "Z99");
    assert_eq!(code(&harness.dingshang("/deliveries/debug", &asked).await), 6045);
}
