//! What InHand tells the merchant, to a merchant that reads signatures in its own way.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::post;
use md5::{Digest, Md5};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::{Duration, sleep, timeout};

use super::{Harness, NOW, number, send};
use crate::sandbox::{Burst, Switches};

/// A message as the merchant took it.
#[derive(Clone, Debug)]
struct Taken {
    kind: String,
    body: Value,
    signed: bool,
}

/// A merchant that keeps every message.
#[derive(Clone, Default)]
struct Merchant {
    taken: Arc<Mutex<Vec<Taken>>>,
    /// How many messages it refuses before it takes one.
    refuses: Arc<Mutex<u64>>,
    connections: Arc<Mutex<std::collections::HashSet<u16>>>,
}

impl Merchant {
    async fn open(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhooks/inhand/metro", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/webhooks/inhand/metro/{kind}", post(take))
            .with_state(self.clone())
            .into_make_service_with_connect_info::<std::net::SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }

    fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    fn of(&self, kind: &str) -> Vec<Value> {
        self.taken().into_iter().filter(|taken| taken.kind == kind).map(|taken| taken.body).collect()
    }
}

async fn take(
    State(merchant): State<Merchant>,
    axum::extract::ConnectInfo(from): axum::extract::ConnectInfo<std::net::SocketAddr>,
    Path(kind): Path<String>,
    body: String,
) -> String {
    merchant.connections.lock().unwrap().insert(from.port());
    let signed = is_signed(&body);
    merchant.taken.lock().unwrap().push(Taken { kind, body: serde_json::from_str(&body).unwrap(), signed });
    let mut refuses = merchant.refuses.lock().unwrap();
    if *refuses > 0 {
        *refuses -= 1;
        return json!({"result": "FAIL", "errorCode": "busy"}).to_string();
    }
    json!({"result": "SUCCESS"}).to_string()
}

/// The reference's five steps, over the text of the members as they came.
fn is_signed(body: &str) -> bool {
    let members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(body).unwrap();
    let text = |raw: &str| match serde_json::from_str::<Value>(raw).unwrap() {
        Value::String(text) => text,
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => raw.to_owned(),
    };
    let parts = members.iter().filter(|(name, _)| *name != "sign").map(|(name, raw)| (name, text(raw.get())));
    let parts: Vec<String> =
        parts.filter(|(_, text)| !text.is_empty()).map(|(name, text)| format!("{name}={text}")).collect();
    let expected = hex::encode(Md5::digest(format!("{}9f3c1a7be0", parts.join("&"))));
    text(members["sign"].get()).eq_ignore_ascii_case(&expected)
}

async fn start() -> (Harness, Merchant) {
    let harness = Harness::with_machines(40).await;
    let merchant = Merchant::default();
    harness.sandbox.pushes().push_to(Some(&merchant.open().await));
    (harness, merchant)
}

/// Waits until nothing waits to be sent.
async fn settled(harness: &Harness) {
    let all_sent = async {
        loop {
            harness.sandbox.pushes().collect();
            if harness.sandbox.pushes().counts().waiting == 0 {
                return;
            }
            sleep(Duration::from_millis(2)).await;
        }
    };
    timeout(Duration::from_secs(20), all_sent).await.unwrap();
}

#[tokio::test]
async fn everything_that_a_living_fleet_does_is_told_signed_and_acknowledged() {
    let (harness, merchant) = start().await;
    for _ in 0..150 {
        harness.sandbox.tick();
        harness.clock.advance(1);
    }
    for index in 0..12 {
        assert!(harness.sandbox.inhand().announce(&harness.sandbox.inhand().asset_id(index)));
    }
    settled(&harness).await;
    let taken = merchant.taken();
    assert!(taken.iter().all(|taken| taken.signed), "an unsigned message");
    for kind in ["machine", "trade", "prize", "status", "refill"] {
        assert!(taken.iter().any(|taken| taken.kind == kind), "no {kind}");
    }
    let nonces: std::collections::HashSet<_> =
        taken.iter().map(|taken| taken.body["nonce_str"].to_string()).collect();
    assert_eq!(nonces.len(), taken.len());
    assert!(taken.iter().all(|taken| taken.body["clientId"] == "c-100"));
    let counts = harness.sandbox.pushes().counts();
    let all = u64::try_from(taken.len()).unwrap();
    assert_eq!((counts.sent, counts.acknowledged, counts.refused, counts.failed), (all, all, 0, 0));
    let told = ["online", "vendingFault", "shelvesState", "doorState", "temperState"];
    let status = merchant.of("status");
    for member in told {
        assert!(status.iter().any(|body| !body[member].is_null()), "no news of {member}");
    }
    let (nested, flat) = (|body: &Value| body["containers"][0]["shelves"].is_array(), "location_id");
    let machines = merchant.of("machine");
    assert!(machines.iter().any(nested), "the table's shape");
    assert!(machines.iter().any(|body| !body["containers"][0][flat].is_null()), "the sample's shape");
}

#[tokio::test]
async fn a_trade_is_told_as_it_passes_from_paid_to_dispensed_to_paid_back_and_is_the_one_that_is_listed() {
    let (harness, merchant) = start().await;
    let asset = harness.sandbox.inhand().asset_id(5);
    for _ in 0..120 {
        assert!(harness.sandbox.inhand().sell_one(&asset));
    }
    settled(&harness).await;
    let mut orders: BTreeMap<String, Vec<(i64, i64)>> = BTreeMap::new();
    for trade in merchant.of("trade") {
        let step = (number(&trade["deliverStatus"]), trade.get("refundStatus").map_or(0, number));
        orders.entry(trade["orderNo"].as_str().unwrap().to_owned()).or_default().push(step);
    }
    assert_eq!(orders.len(), 120);
    assert!(orders.values().any(|steps| *steps == [(-1, 0), (0, 0)]), "{orders:?}");
    assert!(orders.values().any(|steps| *steps == [(-1, 0), (3, 0), (3, 1), (3, 2)]), "{orders:?}");
    let filter = [("assetId", asset.as_str()), ("startTime", &NOW.to_string())];
    let listed = harness.inhand_rows("/trade/list", &filter).await;
    let listed: Vec<&str> = listed.iter().map(|row| row["orderNo"].as_str().unwrap()).collect();
    assert!(listed.len() >= 120 && orders.keys().all(|order| listed.contains(&order.as_str())));
}

#[tokio::test]
async fn a_refill_that_could_not_be_told_waits_to_be_fetched_and_one_that_was_does_not() {
    let (harness, merchant) = start().await;
    let (told, lost, refused) = (
        harness.sandbox.inhand().asset_id(31),
        harness.sandbox.inhand().asset_id(32),
        harness.sandbox.inhand().asset_id(33),
    );
    assert!(harness.sandbox.inhand().refill(&told));
    settled(&harness).await;
    assert_eq!(merchant.of("refill").len(), 1);
    *merchant.refuses.lock().unwrap() = 4;
    assert!(harness.sandbox.inhand().refill(&refused));
    settled(&harness).await;
    let all = harness.sandbox.pushes().switches();
    harness.sandbox.pushes().switch(Switches { drop: true, ..all });
    assert!(harness.sandbox.inhand().refill(&lost));
    settled(&harness).await;
    assert_eq!(harness.sandbox.pushes().counts().dropped, 4);
    let notices = async |asset: &str| {
        let filter = [("assetId", asset), ("startTime", &NOW.to_string())];
        let body = harness.inhand("/refill/message", &[], &filter).await.body;
        body["message"].as_array().unwrap().len()
    };
    assert_eq!((notices(&told).await, notices(&refused).await, notices(&lost).await), (0, 1, 1));
}

#[tokio::test]
async fn messages_are_doubled_forged_reordered_and_repeated_on_a_switch() {
    let (harness, merchant) = start().await;
    let url = format!("{}/_sandbox/pushes", harness.sandbox.inhand_url());
    let switch = async |switches: &str| {
        let reply = send(harness.client.put(&url).body(switches.to_owned())).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    };
    let asset = harness.sandbox.inhand().asset_id(0);
    let door = async || {
        let before = merchant.taken().len();
        assert!(harness.sandbox.inhand().refill(&asset));
        settled(&harness).await;
        merchant.taken().split_off(before)
    };
    switch(r#"{"duplicates": 1}"#).await;
    let doubled = door().await;
    assert_eq!(doubled.len(), 8);
    assert!(doubled.chunks(2).all(|pair| pair[0].body == pair[1].body));
    switch(r#"{"fresh_nonces": true}"#).await;
    assert!(door().await.chunks(2).all(|pair| pair[0].body["nonce_str"] != pair[1].body["nonce_str"]));
    switch(r#"{"duplicates": 0, "wrong_sign": true}"#).await;
    assert!(door().await.iter().all(|taken| !taken.signed));
    switch(r#"{"wrong_sign": false, "reorder": true}"#).await;
    let kinds: Vec<String> = door().await.into_iter().map(|taken| taken.kind).collect();
    assert_eq!(kinds, ["refill", "status", "status", "status"]);
    switch(r#"{"reorder": false, "repeat": true}"#).await;
    *merchant.refuses.lock().unwrap() = 3;
    let repeated = door().await;
    assert_eq!(repeated.len(), 7);
    assert!(repeated[..4].iter().all(|taken| taken.body == repeated[0].body));
    let wrong = send(harness.client.put(&url).body(r#"{"repaet": true}"#)).await;
    assert_eq!(wrong.status, 400);
    switch(r#"{"url": null}"#).await;
    assert_eq!(door().await.len(), 0);
}

#[tokio::test]
async fn a_burst_tells_many_sales_over_kept_connections_and_lists_what_was_acknowledged() {
    let (harness, merchant) = start().await;
    let url = format!("{}/_sandbox/pushes", harness.sandbox.dingshang_url());
    let begun = send(harness.client.post(format!("{url}/burst")).body(r#"{"per_second":1000,"seconds":1}"#));
    assert_eq!(begun.await.body["burst"]["per_second"], 1000);
    let all_made = async {
        while harness.sandbox.pushes().latest_burst().map(|burst| burst.made) != Some(1000) {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(20), all_made).await.unwrap();
    settled(&harness).await;
    let orders: Vec<String> =
        merchant.of("trade").iter().map(|trade| trade["orderNo"].as_str().unwrap().to_owned()).collect();
    let different: std::collections::BTreeSet<_> = orders.iter().cloned().collect();
    assert_eq!((orders.len(), different.len()), (1000, 1000));
    assert!(merchant.connections.lock().unwrap().len() <= 40, "one a machine");
    let listed = send(harness.client.get(format!("{url}/acknowledged?after=0"))).await.body;
    let listed: Vec<(u64, String)> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|told| (told["id"].as_u64().unwrap(), told["order"].as_str().unwrap().to_owned()))
        .collect();
    assert!(listed.iter().map(|(id, _)| *id).eq(1..=1000));
    assert_eq!(
        listed.iter().map(|(_, order)| order.clone()).collect::<std::collections::BTreeSet<_>>(),
        different
    );
    let rest = send(harness.client.get(format!("{url}/acknowledged?after=990"))).await.body;
    assert_eq!(rest.as_array().unwrap().len(), 10);
    let cleared = send(harness.client.delete(&url)).await.body;
    assert_eq!(cleared["counts"]["acknowledged"], 0);
}

#[tokio::test]
async fn a_burst_can_be_ended_by_another_and_a_merchant_that_is_gone_is_counted() {
    let harness = Harness::with_machines(3).await;
    let pushes = harness.sandbox.pushes();
    pushes.push_to(Some("http://127.0.0.1:1/webhooks/inhand/metro"));
    pushes.burst(Burst::new(1, 3600));
    pushes.burst(Burst::new(1000, 1));
    let all_failed = async {
        while pushes.counts().failed < 1000 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(20), all_failed).await.unwrap();
    assert_eq!(pushes.counts().sent, 1000);
    assert_eq!(pushes.latest_burst().map(|burst| (burst.per_second, burst.made)), Some((1000, 1000)));
    assert!(pushes.acknowledged(0, 10).is_empty());
}
