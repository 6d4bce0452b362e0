//! The sandbox seen from outside: real sockets and a plain client.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::clock::Manual;
use super::world::dingshang::Condition;
use super::{InhandOptions, Options, Sandbox, start_at};

mod callbacks;
mod dingshang;
mod dingshang_business;
mod dispensing;
mod faults;
mod inhand;
mod inhand_sales;
mod lost_answers;
mod orders;
mod pickup_codes;
mod pushes;
mod redeeming;
mod replenishing;

/// 2025-06-15 23:06:40 GMT+8.
const NOW: i64 = 1_750_000_000;

/// The first machine: online, in operation, with a leading zero.
const MACHINE: &str = "01632712";

/// A sandbox with its clock standing still, and a client.
struct Harness {
    sandbox: Sandbox,
    clock: Arc<Manual>,
    client: reqwest::Client,
    nonce: AtomicU64,
}

/// What came back.
#[derive(Debug)]
struct Reply {
    status: u16,
    body: Value,
}

impl Harness {
    async fn new() -> Self {
        Self::with(Options::default()).await
    }

    async fn with_machines(machines: usize) -> Self {
        let inhand = InhandOptions { machines, ..InhandOptions::default() };
        Self::with(Options { inhand, ..Options::default() }).await
    }

    async fn with(options: Options) -> Self {
        let clock = Arc::new(Manual::at(NOW));
        Self {
            sandbox: start_at(options, clock.clone()).await.unwrap(),
            clock,
            client: reqwest::Client::new(),
            nonce: AtomicU64::new(0),
        }
    }

    fn dingshang_request(&self, path: &str) -> reqwest::RequestBuilder {
        self.dingshang_method(reqwest::Method::POST, path)
    }

    fn dingshang_method(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let account = &self.sandbox.options().dingshang;
        let url = format!("{}/api/openapi/v1{path}", self.sandbox.dingshang_url());
        self.client
            .request(method, url)
            .header("Appid", &account.app_id)
            .header("AppSecret", &account.app_secret)
    }

    /// A signed call to Dingshang.
    async fn dingshang(&self, path: &str, parameters: &[(&str, &str)]) -> Reply {
        send(self.dingshang_request(path).body(self.payload(parameters))).await
    }

    /// A signed call to Dingshang that changes something with PUT.
    async fn dingshang_put(&self, path: &str, parameters: &[(&str, &str)]) -> Reply {
        let request = self.dingshang_method(reqwest::Method::PUT, path);
        send(request.body(self.payload(parameters))).await
    }

    /// The signed body of a call to Dingshang.
    fn payload(&self, parameters: &[(&str, &str)]) -> String {
        let mut all: BTreeMap<String, String> = owned(parameters);
        all.insert("timestamp".to_owned(), NOW.to_string());
        let sign = super::dingshang::sign::sign(&all, &self.sandbox.options().dingshang.merchant_id);
        all.insert("sign".to_owned(), sign);
        json!({ "payload": STANDARD.encode(json!(all).to_string()) }).to_string()
    }

    /// What `/_sandbox/…` says.
    async fn control(&self, path: &str) -> Value {
        let url = format!("{}/_sandbox{path}", self.sandbox.dingshang_url());
        send(self.client.get(url)).await.body
    }

    async fn stock(&self, product: u64) -> u64 {
        let stock = self.control("/stock").await;
        stock[MACHINE][product.to_string()]["stock"].as_u64().unwrap()
    }

    /// Three products of [`MACHINE`] with a sound motor, filled up.
    fn products(&self) -> Vec<(u64, u32)> {
        let fleet = self.sandbox.dingshang();
        let slots = fleet.machine(MACHINE).unwrap().slots;
        let sound: Vec<_> = slots.into_iter().filter(|slot| slot.condition == Condition::Normal).collect();
        let products = sound.iter().take(3).map(|slot| (slot.product_id, slot.capacity)).collect::<Vec<_>>();
        for (product, capacity) in &products {
            assert!(fleet.set_stock(MACHINE, *product, *capacity));
        }
        products
    }

    /// Places an order for one unit of a product.
    async fn place(&self, trade_id: &str, product: u64) -> Reply {
        self.place_lines(trade_id, &json!([{ "product_id": product, "quantity": 1 }])).await
    }

    async fn place_lines(&self, trade_id: &str, products: &Value) -> Reply {
        let url = "http://127.0.0.1:9/notify";
        let body =
            json!({"machine_no": MACHINE, "trade_id": trade_id, "notify_url": url, "products": products});
        send(self.dingshang_request("/orders").body(body.to_string())).await
    }

    /// Places an order for one unit and pays it: the numbers of the order and of its record.
    async fn paid(&self, trade_id: &str, product: u64) -> (String, String) {
        let order = number(&self.place(trade_id, product).await.body["data"]["order_id"]).to_string();
        assert_eq!(self.update(&order, "1").await.body, json!({"code": 0, "message": "ok", "data": ""}));
        let record = number(&self.order(&order).await["records"][0]["id"]).to_string();
        (order, record)
    }

    async fn update(&self, order: &str, status: &str) -> Reply {
        self.dingshang_put(&format!("/orders/{order}"), &[("machine_no", MACHINE), ("status", status)]).await
    }

    async fn order(&self, order: &str) -> Value {
        let reply = self.dingshang(&format!("/orders/{order}"), &[("machine_no", MACHINE)]).await;
        reply.body["data"].clone()
    }

    async fn dispense(&self, order: &str, record: &str) -> Reply {
        let method = ("method", "device.delivery.put");
        let asked = [("machine_no", MACHINE), method, ("order_id", order), ("record_id", record)];
        self.dingshang("/deliveries", &asked).await
    }

    async fn dingshang_payload(&self, path: &str, payload: &Value) -> Reply {
        let body = json!({ "payload": STANDARD.encode(payload.to_string()) });
        send(self.dingshang_request(path).body(body.to_string())).await
    }

    /// A signed call to InHand with POST.
    async fn inhand(&self, path: &str, query: &[(&str, &str)], body: &[(&str, &str)]) -> Reply {
        let body = self.signed(&owned(query), owned(body));
        let url = format!("{}/osapi{path}?{}", self.sandbox.inhand_url(), encoded(&owned(query)));
        send(self.client.post(url).body(json!(body).to_string())).await
    }

    /// A signed call to InHand with GET.
    async fn inhand_get(&self, path: &str, query: &[(&str, &str)]) -> Reply {
        let query = self.signed(&BTreeMap::new(), owned(query));
        let url = format!("{}/osapi{path}?{}", self.sandbox.inhand_url(), encoded(&query));
        send(self.client.get(url)).await
    }

    /// All rows of a paged list.
    async fn inhand_rows(&self, path: &str, body: &[(&str, &str)]) -> Vec<Value> {
        let mut rows = Vec::new();
        for page in 0.. {
            let cursor = (page * 100).to_string();
            let reply = self.inhand(path, &[("limit", "100"), ("cursor", &cursor)], body).await;
            let list = reply.body.get("list").unwrap_or(&reply.body);
            let found = list.as_array().unwrap();
            rows.extend(found.iter().cloned());
            if found.len() < 100 {
                break;
            }
        }
        rows
    }

    /// `own` with the caller, a fresh nonce and the signature over both.
    fn signed(
        &self,
        other: &BTreeMap<String, String>,
        mut own: BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        let account = &self.sandbox.options().inhand;
        let nonce = self.nonce.fetch_add(1, Ordering::SeqCst);
        own.entry("clientId".to_owned()).or_insert_with(|| account.client_id.clone());
        own.entry("nonce_str".to_owned()).or_insert_with(|| format!("nonce-{nonce}"));
        let mut all = other.clone();
        all.extend(own.clone());
        own.insert("sign".to_owned(), super::inhand::sign::sign(&all, &account.key));
        own
    }
}

fn owned(parameters: &[(&str, &str)]) -> BTreeMap<String, String> {
    parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn encoded(parameters: &BTreeMap<String, String>) -> String {
    serde_urlencoded::to_string(parameters).unwrap()
}

async fn send(request: reqwest::RequestBuilder) -> Reply {
    let response = request.send().await.unwrap();
    Reply { status: response.status().as_u16(), body: response.json().await.unwrap() }
}

/// The `code` of an envelope of Dingshang.
fn code(reply: &Reply) -> i64 {
    reply.body["code"].as_i64().unwrap()
}

/// A number that may be written as a string; empty is zero.
fn number(value: &Value) -> i64 {
    match value.as_str() {
        Some("") => 0,
        Some(text) => text.parse().unwrap(),
        None => value.as_i64().unwrap(),
    }
}

/// A time in seconds, whatever it was written in.
fn seconds(value: &Value) -> i64 {
    let time = number(value);
    if time >= 100_000_000_000 { time / 1000 } else { time }
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap()
}
