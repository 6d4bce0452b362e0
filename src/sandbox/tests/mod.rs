//! The sandbox seen from outside: real sockets and a plain client.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::clock::Manual;
use super::{InhandOptions, Options, Sandbox, start_at};

mod dingshang;
mod dingshang_business;
mod faults;
mod inhand;
mod inhand_sales;

/// 2025-06-15 23:06:40 GMT+8.
const NOW: i64 = 1_750_000_000;

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
        let account = &self.sandbox.options().dingshang;
        let url = format!("{}/api/openapi/v1{path}", self.sandbox.dingshang_url());
        self.client.post(url).header("Appid", &account.app_id).header("AppSecret", &account.app_secret)
    }

    /// A signed call to Dingshang.
    async fn dingshang(&self, path: &str, parameters: &[(&str, &str)]) -> Reply {
        let mut all: BTreeMap<String, String> = owned(parameters);
        all.insert("timestamp".to_owned(), NOW.to_string());
        let sign = super::dingshang::sign::sign(&all, &self.sandbox.options().dingshang.merchant_id);
        all.insert("sign".to_owned(), sign);
        self.dingshang_payload(path, &json!(all)).await
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
