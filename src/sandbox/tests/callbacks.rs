//! What Dingshang tells merchants, over real sockets, and the clock and machines over HTTP.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{Harness, MACHINE, number, send};
use crate::sandbox::Progress;

/// A merchant that keeps what it is told.
async fn merchant() -> (String, Arc<Mutex<Vec<Value>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&told);
    let take = async move |body: String| kept.lock().unwrap().push(serde_json::from_str(&body).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/webhooks/x?y=1", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/webhooks/x", post(take))).await });
    (url, told)
}

async fn place(harness: &Harness, url: &str, trade_id: &str) -> String {
    let body = json!({"machine_no": MACHINE, "trade_id": trade_id, "notify_url": url,
        "products": [{"product_id": harness.products()[0].0, "quantity": 1}]});
    let reply = send(harness.dingshang_request("/orders").body(body.to_string())).await;
    number(&reply.body["data"]["order_id"]).to_string()
}

async fn until_done(harness: &Harness, count: usize) -> Vec<Progress> {
    loop {
        let states: Vec<Progress> =
            harness.sandbox.callbacks().list().iter().map(|callback| callback.state).collect();
        let done = |state: &Progress| matches!(state, Progress::Sent | Progress::Failed);
        if states.len() == count && states.iter().all(done) {
            return states;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_merchant_is_told_how_a_dispensing_ended_and_that_an_order_lapsed() {
    let harness = Harness::new().await;
    let (url, told) = merchant().await;
    let lapsing = place(&harness, &url, "t-1").await;
    let order = place(&harness, &url, "t-2").await;
    harness.update(&order, "1").await;
    let record = number(&harness.order(&order).await["records"][0]["id"]).to_string();
    harness.dispense(&order, &record).await;
    harness.sandbox.advance(2);
    assert_eq!(until_done(&harness, 1).await, [Progress::Sent]);
    harness.sandbox.advance(1200);
    assert_eq!(until_done(&harness, 2).await, [Progress::Sent, Progress::Sent]);
    let told = told.lock().unwrap().clone();
    let (order, record): (u64, u64) = (order.parse().unwrap(), record.parse().unwrap());
    let expected = json!({"method": "device.delivery.response", "order_id": order, "record_id": record,
        "deliver_status": "1", "floor_status": "1"});
    assert_eq!(told[0], expected);
    assert_eq!(told[1]["order_id"], lapsing.parse::<u64>().unwrap());
    assert!(told[1].get("deliver_status").is_none());
    let listed = harness.control("/callbacks").await;
    assert_eq!((&listed[0]["body"], &listed[0]["status"]), (&expected, &json!(200)));
}

#[tokio::test]
async fn news_can_be_held_back_and_sent_late_and_again() {
    let harness = Harness::new().await;
    let (url, told) = merchant().await;
    let control = format!("{}/_sandbox/callbacks", harness.sandbox.inhand_url());
    assert_eq!(send(harness.client.put(&control).body(r#"{"held":true}"#)).await.body, json!({"held": true}));
    place(&harness, &url, "t-1").await;
    let clock = format!("{}/_sandbox/clock", harness.sandbox.dingshang_url());
    let moved = send(harness.client.post(&clock).body(r#"{"advance":1200}"#)).await;
    assert_eq!(moved.body, json!({"now": super::NOW + 1200}));
    let listed = send(harness.client.get(&control)).await.body;
    let ours = listed.as_array().unwrap().len();
    assert_eq!((ours, &listed[0]["state"], &listed[0]["attempts"]), (1, &json!("waiting"), &json!(0)));
    for attempt in 1..=2 {
        let sent = send(harness.client.post(format!("{control}/1"))).await.body;
        assert_eq!((&sent["state"], &sent["attempts"]), (&json!("sent"), &json!(attempt)));
    }
    assert_eq!(told.lock().unwrap().len(), 2);
    assert_eq!(send(harness.client.post(format!("{control}/9"))).await.status, 404);
    assert_eq!(send(harness.client.delete(&control)).await.body, json!([]));
}

#[tokio::test]
async fn a_merchant_that_cannot_be_reached_is_tried_once() {
    let harness = Harness::new().await;
    for (nth, url) in ["http://127.0.0.1:1/", "https://127.0.0.1/", "nowhere"].into_iter().enumerate() {
        place(&harness, url, &nth.to_string()).await;
    }
    harness.sandbox.advance(1200);
    assert_eq!(until_done(&harness, 3).await, [Progress::Failed; 3]);
    let listed = harness.sandbox.callbacks().list();
    assert!(listed.iter().all(|callback| callback.attempts == 1 && callback.error.is_some()));
}

#[tokio::test]
async fn a_machine_is_switched_over_http() {
    let harness = Harness::new().await;
    let product = harness.products()[0].0;
    let url = format!("{}/_sandbox/machines/{MACHINE}", harness.sandbox.dingshang_url());
    let fails = json!({"fails": {"reason": "Goods are Stuck", "floor_status": "2"}});
    let change = json!({"dispenses": {"outcome": fails, "times": 1}, "dispense_seconds": 0,
        "stock": {product.to_string(): 1}});
    let shown = send(harness.client.put(&url).body(change.to_string())).await.body;
    assert_eq!((&shown["dispenses"], &shown["online"]), (&change["dispenses"], &json!(true)));
    assert_eq!(harness.stock(product).await, 1);
    let (order, record) = harness.paid("t-1", product).await;
    harness.dispense(&order, &record).await;
    assert_eq!(harness.order(&order).await["records"][0]["status"], "IS_FAILED");
    assert_eq!(
        harness.control("/deliveries").await.as_array().unwrap().last().unwrap()["fail_reason"],
        "Goods are Stuck"
    );
    let off = send(harness.client.put(&url).body(r#"{"online":false}"#)).await.body;
    assert_eq!(off["online"], false);
    assert_eq!(send(harness.client.put(&url).body(r#"{"onlin":false}"#)).await.status, 400);
    let inhand = format!("{}/_sandbox/machines/91000003", harness.sandbox.inhand_url());
    assert_eq!(
        send(harness.client.put(inhand).body(r#"{"online":false}"#)).await.body,
        json!({"online": false})
    );
    assert_eq!(send(harness.client.get(url.replace(MACHINE, "1"))).await.status, 404);
}
