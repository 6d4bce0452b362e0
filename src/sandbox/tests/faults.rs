//! Every way to fail, seen by a client, and the switches over HTTP.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Harness, send};
use crate::sandbox::{Effect, Fault, Options, Vendor};

async fn ping(harness: &Harness) -> reqwest::Result<reqwest::Response> {
    harness.dingshang_request("/ping").send().await
}

/// Everything that comes over a bare connection until it is closed.
async fn raw_ping(harness: &Harness) -> Vec<u8> {
    let url = harness.sandbox.dingshang_url();
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).await.unwrap();
    let head = "POST /api/openapi/v1/ping HTTP/1.1\r\nHost: x\r\nAppid: ds-sandbox\r\n";
    let rest = "AppSecret: sandbox-secret\r\nContent-Length: 0\r\n\r\n";
    stream.write_all(format!("{head}{rest}").as_bytes()).await.unwrap();
    let mut all = Vec::new();
    // A reset is a closed connection too.
    drop(stream.read_to_end(&mut all).await);
    all
}

fn dingshang(harness: &Harness, effect: Effect) {
    harness.sandbox.faults(Vendor::Dingshang).set(vec![Fault::new(effect).times(1)]);
}

#[tokio::test]
async fn a_cut_connection_gives_not_one_byte() {
    let harness = Harness::new().await;
    dingshang(&harness, Effect::Cut);
    assert_eq!(raw_ping(&harness).await, b"");
    assert!(ping(&harness).await.is_ok());
    assert_eq!(harness.sandbox.calls(Vendor::Dingshang).count("/ping"), 2);
}

#[tokio::test]
async fn a_connection_cut_in_the_body_gives_a_part_of_what_it_promised() {
    let harness = Harness::new().await;
    dingshang(&harness, Effect::CutInBody);
    let text = String::from_utf8(raw_ping(&harness).await).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"));
    let whole = r#"{"code":0,"data":"pong","message":"ok"}"#;
    assert!(head.to_lowercase().contains(&format!("content-length: {}", whole.len())));
    assert!(!body.is_empty() && body.len() < whole.len());
    dingshang(&harness, Effect::CutInBody);
    assert!(ping(&harness).await.unwrap().bytes().await.is_err());
}

#[tokio::test]
async fn a_status_is_served_with_a_page_that_is_not_json() {
    let harness = Harness::new().await;
    dingshang(&harness, Effect::Status(503));
    let response = ping(&harness).await.unwrap();
    assert_eq!(response.status(), 503);
    assert!(response.text().await.unwrap().starts_with("<html>"));
    assert_eq!(ping(&harness).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_refusal_comes_in_each_vendors_envelope() {
    let harness = Harness::new().await;
    let effect = Effect::Refuse { code: "6015".to_owned(), message: "超时".to_owned() };
    dingshang(&harness, effect.clone());
    let body: Value = ping(&harness).await.unwrap().json().await.unwrap();
    assert_eq!(body, json!({"code": 6015, "message": "超时", "data": {}}));
    harness.sandbox.faults(Vendor::Inhand).add(Fault::new(effect));
    let reply = harness.inhand("/router/goods", &[("limit", "1"), ("cursor", "0")], &[]).await;
    assert_eq!(reply.body, json!({"result": "FAIL", "errorCode": "6015"}));
}

#[tokio::test]
async fn truncated_and_garbage_answers_are_whole_http_and_no_json() {
    let harness = Harness::new().await;
    for effect in [Effect::Truncated, Effect::Garbage] {
        dingshang(&harness, effect);
        let response = ping(&harness).await.unwrap();
        assert_eq!(response.status(), 200);
        let body = response.bytes().await.unwrap();
        assert!(!body.is_empty());
        assert!(serde_json::from_slice::<Value>(&body).is_err());
    }
    dingshang(&harness, Effect::WrongShape);
    let body: Value = ping(&harness).await.unwrap().json().await.unwrap();
    assert_eq!(body["message"], "ok");
    assert!(body["data"].get("unexpected").is_some());
}

#[tokio::test]
async fn an_oversized_body_is_as_long_as_it_was_told_and_promises_no_length() {
    let harness = Harness::new().await;
    dingshang(&harness, Effect::Oversized { bytes: 3_000_000 });
    let response = ping(&harness).await.unwrap();
    assert_eq!(response.content_length(), None);
    assert!(response.bytes().await.unwrap().len() >= 3_000_000);
}

#[tokio::test]
async fn a_delay_and_the_latency_hold_an_answer_back() {
    let latency = Duration::from_millis(20);
    let harness = Harness::with(Options { latency, ..Options::default() }).await;
    dingshang(&harness, Effect::Delay { millis: 30 });
    let start = Instant::now();
    assert_eq!(ping(&harness).await.unwrap().status(), 200);
    assert!(start.elapsed() >= Duration::from_millis(50));
}

#[tokio::test]
async fn a_hanging_call_never_answers_and_does_not_keep_the_sandbox_from_closing() {
    let harness = Harness::new().await;
    harness.sandbox.faults(Vendor::Dingshang).add(Fault::new(Effect::Hang));
    let request = harness.dingshang_request("/ping").timeout(Duration::from_millis(50));
    assert!(request.send().await.unwrap_err().is_timeout());
    let hanging = tokio::spawn(harness.dingshang_request("/ping").send());
    while harness.sandbox.calls(Vendor::Dingshang).total() < 2 {
        tokio::task::yield_now().await;
    }
    harness.sandbox.shutdown().await;
    assert!(hanging.await.unwrap().is_err());
}

#[tokio::test]
async fn a_closed_sandbox_refuses_connections() {
    let harness = Harness::new().await;
    let (client, url) = (harness.client.clone(), harness.sandbox.inhand_url());
    assert!(ping(&harness).await.is_ok());
    harness.sandbox.shutdown().await;
    assert!(client.get(url).send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn a_fault_of_one_machine_spares_the_other_machines_and_the_other_vendor() {
    let harness = Harness::new().await;
    let fault = Fault::new(Effect::Status(500)).on_path("/floors").on_machine("01632712");
    harness.sandbox.faults(Vendor::Dingshang).add(fault);
    let other = harness.dingshang("/floors", &[("machine_no", "1632712900017")]).await;
    assert_eq!(other.body["code"], 0);
    let other = harness.dingshang("/categories", &[("machine_no", "01632712")]).await;
    assert_eq!(other.body["code"], 0);
    let page = [("limit", "1"), ("cursor", "0")];
    assert_eq!(harness.inhand("/router/goods", &page, &[]).await.status, 200);
    let timestamp = super::NOW.to_string();
    let payload = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        json!({"machine_no": "01632712", "timestamp": timestamp}).to_string(),
    );
    let request = harness.dingshang_request("/floors").body(json!({ "payload": payload }).to_string());
    assert_eq!(request.send().await.unwrap().status(), 500);
}

#[tokio::test]
async fn faults_calls_and_ticks_are_switched_over_http() {
    let harness = Harness::new().await;
    let faults = format!("{}/_sandbox/faults", harness.sandbox.inhand_url());
    let wanted = json!([{"effect": {"status": 502}, "path": "/osapi/router", "times": 1}, {"effect": "cut", "machine": "1"}]);
    let reply = send(harness.client.put(&faults).body(wanted.to_string())).await;
    assert_eq!(reply.body, wanted);
    assert_eq!(harness.sandbox.faults(Vendor::Inhand).list().len(), 2);
    let reply = send(harness.client.put(&faults).body(r#"[{"effect":"explode"}]"#)).await;
    assert_eq!(reply.status, 400);
    assert_eq!(send(harness.client.get(&faults)).await.body, wanted);
    assert_eq!(send(harness.client.delete(&faults)).await.body, json!([]));
    harness.inhand("/router/goods", &[("limit", "1"), ("cursor", "0")], &[]).await;
    let calls = format!("{}/_sandbox/calls", harness.sandbox.inhand_url());
    let record = send(harness.client.get(&calls)).await.body;
    assert_eq!(record["paths"], json!({"/osapi/router/goods": 1}));
    assert_eq!((&record["total"], &record["unsigned"]), (&json!(1), &json!(0)));
    let tick = format!("{}/_sandbox/tick", harness.sandbox.inhand_url());
    assert_eq!(send(harness.client.post(tick)).await.body, json!({"tick": 1}));
    assert_eq!(harness.sandbox.tick(), 2);
}

#[tokio::test]
async fn a_live_world_moves_by_itself() {
    let options = Options { live: true, tick_every: Duration::from_millis(1), ..Options::default() };
    let harness = Harness::with(options).await;
    let page = [("limit", "1"), ("cursor", "0")];
    let before = super::number(&harness.inhand("/trade/list", &page, &[]).await.body["total"]);
    while super::number(&harness.inhand("/trade/list", &page, &[]).await.body["total"]) <= before {}
}
