//! A shopper types a code that the merchant sold: what the machine asks the merchant, and when.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::routing::post;
use md5::{Digest, Md5};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{Harness, send};

type Asked = (String, BTreeMap<String, String>);

/// A merchant that answers checks as it is told, and keeps what it was asked.
#[derive(Clone, Default)]
struct Merchant {
    asked: Arc<Mutex<Vec<Asked>>>,
    check: Arc<Mutex<Value>>,
}

async fn take(
    State(merchant): State<Merchant>,
    Path(call): Path<String>,
    RawQuery(query): RawQuery,
    body: String,
) -> String {
    let query = query.unwrap_or_default();
    let mut parameters: BTreeMap<String, String> = serde_urlencoded::from_str(&query).unwrap();
    let body: BTreeMap<String, String> = if body.starts_with('{') {
        serde_json::from_str(&body).unwrap()
    } else {
        serde_urlencoded::from_str(&body).unwrap()
    };
    parameters.extend(body);
    let sign = parameters.remove("sign").unwrap();
    let parts: Vec<String> = parameters
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(sign, hex::encode(Md5::digest(format!("{}9f3c1a7be0", parts.join("&")))));
    let is_check = call == "check";
    merchant.asked.lock().unwrap().push((call, parameters));
    if is_check {
        merchant.check.lock().unwrap().to_string()
    } else {
        json!({"result": "SUCCESS"}).to_string()
    }
}

async fn start() -> (Harness, Merchant) {
    let merchant = Merchant::default();
    let router = Router::new().route("/osapi/pickupcode/{call}", post(take)).with_state(merchant.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/webhooks/inhand/metro", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let harness = Harness::with_machines(6).await;
    harness.sandbox.pushes().push_to(Some(&url));
    (harness, merchant)
}

impl Merchant {
    fn answers(&self, check: Value) {
        *self.check.lock().unwrap() = check;
        self.asked.lock().unwrap().clear();
    }

    fn calls(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|(call, _)| call.clone()).collect()
    }
}

async fn redeem(harness: &Harness, machine: usize, query: &str) -> Value {
    let asset = harness.sandbox.inhand().asset_id(machine);
    let url = format!("{}/_sandbox/machines/{asset}/redeem?{query}", harness.sandbox.inhand_url());
    send(harness.client.post(url)).await.body
}

#[tokio::test]
async fn a_good_code_is_checked_given_out_for_and_then_used_in_every_way_of_sending() {
    let (harness, merchant) = start().await;
    let good = json!({"result": "SUCCESS", "goodsNum": "", "codeStatus": "1", "fee": "350"});
    for machine in 0..3 {
        merchant.answers(good.clone());
        let outcome = redeem(&harness, machine, "code=1234567&uses=2").await;
        assert_eq!((&outcome["dispensed"], &outcome["check"]["body"]), (&json!(true), &good));
        assert_eq!(merchant.calls(), ["check", "use", "use"]);
        let asked = merchant.asked.lock().unwrap().clone();
        assert_eq!(asked[0].1["assetId"], harness.sandbox.inhand().asset_id(machine));
        assert!(asked.iter().all(|(_, parameters)| parameters["code"] == "1234567"));
        assert_eq!(asked[1].1["nonceStr"], asked[2].1["nonceStr"]);
        assert_ne!(asked[0].1["nonceStr"], asked[1].1["nonceStr"]);
    }
}

#[tokio::test]
async fn a_code_that_is_not_good_or_whose_goods_do_not_come_out_is_not_used() {
    let (harness, merchant) = start().await;
    let status =
        |status: &str| json!({"result": "SUCCESS", "goodsNum": "", "codeStatus": status, "fee": "0"});
    let refused = json!({"result": "FAIL", "errorCode": "CODE_UNKNOWN"});
    for check in [status("2"), status("3"), refused] {
        merchant.answers(check);
        let outcome = redeem(&harness, 0, "code=1234567&way=json").await;
        assert_eq!((&outcome["dispensed"], merchant.calls()), (&json!(false), vec!["check".to_owned()]));
    }
    merchant.answers(status("1"));
    assert_eq!(redeem(&harness, 0, "code=1&dispenses=false").await["uses"], json!([]));
    merchant.answers(json!({"result": "SUCCESS", "goodsNum": "0000", "codeStatus": "1", "fee": "0"}));
    assert_eq!(redeem(&harness, 0, "code=1").await["dispensed"], false);
    assert_eq!(redeem(&harness, 99, "code=1").await["error"], "not found");
    assert!(redeem(&harness, 0, "cod=1").await["error"].is_string());
}
