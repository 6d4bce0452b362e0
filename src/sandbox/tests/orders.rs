//! Placing, paying and cancelling orders at Dingshang.

use serde_json::{Value, json};

use super::{Harness, MACHINE, code, number, send};
use crate::sandbox::{DingshangOptions, ErrorNumbers, Options};

fn sample(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn an_order_is_answered_as_in_the_sample_and_takes_its_stock() {
    let harness = Harness::new().await;
    let products = harness.products();
    let (first, second) = (products[0], products[1]);
    let lines = json!([{"product_id": first.0, "quantity": 2}, {"product_id": second.0, "quantity": 1}]);
    let reply = harness.place_lines("20250615000000000001", &lines).await;
    let mut expected = sample(include_str!("../../../tests/fixtures/dingshang/order_placed.json"));
    expected["data"]["order_id"] = reply.body["data"]["order_id"].clone();
    assert_eq!(reply.body, expected);
    assert!(reply.body["data"]["order_id"].is_u64());
    assert_eq!(harness.stock(first.0).await, u64::from(first.1) - 2);
    assert_eq!(harness.stock(second.0).await, u64::from(second.1) - 1);
    let order = harness.order(&reply.body["data"]["order_id"].to_string()).await;
    assert_eq!(order["status"], "NOTPAY");
    assert_eq!(order["trade_id"], "20250615000000000001");
    assert_eq!(order["records"].as_array().unwrap().len(), 2);
    let held = harness.control("/stock").await[MACHINE][first.0.to_string()]["held"].clone();
    assert_eq!(held, 2);
}

#[tokio::test]
async fn an_order_at_a_machine_that_is_offline_is_refused_as_in_the_sample() {
    let harness = Harness::new().await;
    let product = harness.products()[0];
    harness.sandbox.dingshang().set_online(MACHINE, false);
    let reply = harness.place("t-1", product.0).await;
    assert_eq!(reply.body, sample(include_str!("../../../tests/fixtures/dingshang/order_failed.json")));
    assert_eq!(harness.stock(product.0).await, u64::from(product.1));
}

#[tokio::test]
async fn a_trade_id_is_good_for_one_order_and_must_not_be_empty() {
    let harness = Harness::new().await;
    let product = harness.products()[0].0;
    assert_eq!(code(&harness.place("t-1", product).await), 0);
    let again = harness.place("t-1", product).await;
    assert_eq!(code(&again), 6040);
    // Also where the machine went off meanwhile: the first one is on the books.
    harness.sandbox.dingshang().set_online(MACHINE, false);
    assert_eq!(code(&harness.place("t-1", product).await), 6040);
    assert_eq!(code(&harness.place("", product).await), 6041);
    let ours = harness.control("/orders").await;
    assert_eq!(ours.as_array().unwrap().iter().filter(|order| order["trade_id"] == "t-1").count(), 1);
}

#[tokio::test]
async fn a_body_that_is_not_as_documented_is_refused() {
    let harness = Harness::new().await;
    let product = harness.products()[0].0;
    let good = json!({"machine_no": MACHINE, "trade_id": "t", "notify_url": "http://x",
        "products": [{"product_id": product, "quantity": 1}]});
    let bad = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    // The oldest sample says `imei`.
    let mut imei = good.clone();
    imei["imei"] = imei["machine_no"].take();
    let bodies = [
        imei,
        bad("machine_no", json!(1_632_712)),
        bad("notify_url", Value::Null),
        bad("products", json!([])),
        bad("products", json!([{"product_id": product.to_string(), "quantity": 1}])),
        bad("products", json!([{"product_id": product, "quantity": 0}])),
        json!({"payload": harness.payload(&[("machine_no", MACHINE)])}),
    ];
    for body in bodies {
        let reply = send(harness.dingshang_request("/orders").body(body.to_string())).await;
        assert_eq!(code(&reply), 10001, "{body}");
    }
    let unknown = bad("machine_no", json!("1")).to_string();
    assert_eq!(code(&send(harness.dingshang_request("/orders").body(unknown)).await), 30003);
    assert_eq!(code(&harness.place("t", 1).await), 6045);
    assert_eq!(send(harness.dingshang_method(reqwest::Method::PUT, "/orders")).await.status, 405);
}

#[tokio::test]
async fn more_than_is_there_is_refused_and_nothing_is_taken() {
    let harness = Harness::new().await;
    let products = harness.products();
    let (product, stock) = products[0];
    let lines = json!([{"product_id": products[1].0, "quantity": 1}, {"product_id": product, "quantity": stock},
        {"product_id": product, "quantity": 1}]);
    assert_eq!(code(&harness.place_lines("t-1", &lines).await), 60003);
    assert_eq!(harness.stock(product).await, u64::from(stock));
    assert_eq!(harness.stock(products[1].0).await, u64::from(products[1].1));
}

#[tokio::test]
async fn a_paid_order_is_paid_once_and_anything_but_paid_cancels_and_returns_the_stock() {
    let harness = Harness::new().await;
    let (product, stock) = harness.products()[0];
    let (order, _) = harness.paid("t-1", product).await;
    assert_eq!(harness.order(&order).await["status"], "SUCCESS");
    assert_eq!(code(&harness.update(&order, "1").await), 6049);
    assert_eq!(code(&harness.update(&order, "6").await), 6043);
    assert_eq!(code(&harness.update(&order, "2").await), 0);
    assert_eq!(harness.order(&order).await["status"], "REFUND");
    assert_eq!(harness.stock(product).await, u64::from(stock));
    assert_eq!(code(&harness.update(&order, "1").await), 6043);
    let statuses =
        [("2", "REFUND"), ("3", "CLOSED"), ("4", "REVOKED"), ("5", "USERPAYING"), ("6", "PAYERROR")];
    for (status, word) in statuses {
        let id = number(&harness.place(word, product).await.body["data"]["order_id"]).to_string();
        assert_eq!(harness.stock(product).await, u64::from(stock) - 1);
        assert_eq!(code(&harness.update(&id, status).await), 0);
        assert_eq!(harness.order(&id).await["status"], word);
        assert_eq!(harness.stock(product).await, u64::from(stock));
        assert_eq!(code(&harness.update(&id, "1").await), 6043);
    }
    assert_eq!(code(&harness.update(&order, "7").await), 10001);
    assert_eq!(code(&harness.update("1", "1").await), 80002);
}

#[tokio::test]
async fn an_order_unpaid_for_20_minutes_gives_its_stock_back_and_takes_no_payment() {
    let harness = Harness::new().await;
    let (product, stock) = harness.products()[0];
    let order = number(&harness.place("t-1", product).await.body["data"]["order_id"]).to_string();
    let (paid, _) = harness.paid("t-2", product).await;
    harness.sandbox.advance(20 * 60 - 1);
    assert_eq!(harness.order(&order).await["status"], "NOTPAY");
    assert_eq!(harness.stock(product).await, u64::from(stock) - 2);
    harness.sandbox.advance(1);
    assert_eq!(harness.order(&order).await["status"], "CLOSED");
    assert_eq!(harness.order(&paid).await["status"], "SUCCESS");
    assert_eq!(harness.stock(product).await, u64::from(stock) - 1);
    assert_eq!(code(&harness.update(&order, "1").await), 6042);
    assert_eq!(code(&harness.update(&order, "3").await), 6042);
}

#[tokio::test]
async fn another_generation_of_servers_has_other_numbers() {
    let dingshang = DingshangOptions { error_numbers: ErrorNumbers::Other, ..DingshangOptions::default() };
    let harness = Harness::with(Options { dingshang, ..Options::default() }).await;
    let product = harness.products()[0].0;
    let order = number(&harness.place("t-1", product).await.body["data"]["order_id"]).to_string();
    let record = number(&harness.order(&order).await["records"][0]["id"]).to_string();
    assert_eq!(code(&harness.dispense(&order, &record).await), 6054);
    harness.sandbox.dingshang().set_stock(MACHINE, product, 0);
    assert_eq!(code(&harness.place("t-2", product).await), 6047);
    harness.sandbox.dingshang().set_online(MACHINE, false);
    assert_eq!(code(&harness.place("t-3", product).await), 6025);
    harness.sandbox.advance(1200);
    assert_eq!(code(&harness.update(&order, "1").await), 40005);
}

#[tokio::test]
async fn a_machine_that_is_not_in_operation_takes_no_order() {
    let harness = Harness::new().await;
    let machines = harness.sandbox.dingshang().machines();
    for (index, expected) in [(5, 5001), (6, 5002), (7, 5001)] {
        let machine = &machines[index];
        let body = json!({"machine_no": machine.number, "trade_id": "t", "notify_url": "http://x",
            "products": [{"product_id": machine.slots[0].product_id, "quantity": 1}]});
        let reply = send(harness.dingshang_request("/orders").body(body.to_string())).await;
        assert_eq!(code(&reply), expected);
    }
}
