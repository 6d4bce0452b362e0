//! Sales as InHand tells them (§3.1), and what it is asked (§1), signed as it signs them.

use md5::{Digest as _, Md5};

use crate::exchange::Request;

const KEY: &str = "9f3c1a7be0";
/// What the numbers of all orders begin with.
pub const ORDER_NUMBER: &str = "1795000000000-";

/// The sale of a number, which nobody told before.
pub fn sale(host: &str, number: usize) -> Request {
    let order = format!("{ORDER_NUMBER}{number:09}");
    let nonce = format!("n{number:015}");
    let machine = format!("{}", 91_000_000 + number % 200);
    // In the order of their names, as they are signed; "1" is a success.
    let members = [
        ("assetId", machine.as_str()),
        ("cid", machine.as_str()),
        ("clientId", "c-100"),
        ("count", "1"),
        ("createTime", "1795000000"),
        ("deliverStatus", "0"),
        ("exec_ts", "1795000010"),
        ("goodsId", "563ab6570cf2e3ca2556f44a"),
        ("goodsName", "统一冰绿茶"),
        ("goodsNumber", "2345464676"),
        ("id", "566fbf1244f4d4f90ab7d717"),
        ("locationId", "1"),
        ("nonce_str", nonce.as_str()),
        ("orderNo", order.as_str()),
        ("payStatus", "1"),
        ("payStyle", "2"),
        ("payTime", "1795000005"),
        ("price", "350"),
        ("tradeNo", "1005810748201512152098431126"),
        ("type", "566e2e720cf2af0d94250663"),
        ("typeName", "茶饮料"),
    ];
    let body = signed(&members, &members);
    Request::post(host, "/webhooks/inhand/metro/trade", "", &body)
}

/// What is asked about a machine, or about all of them; each may be asked once.
pub fn question(host: &str, machine: Option<&str>) -> Request {
    let nonce = format!("{:0>16}", machine.unwrap_or("sites"));
    let identity = [("clientId", "c-100"), ("nonce_str", nonce.as_str())];
    let body: Vec<_> = machine.map(|machine| ("assetId", machine)).into_iter().chain(identity).collect();
    let mut all = [&*body, &[("cursor", "0"), ("limit", "100")]].concat();
    all.sort_unstable();
    let call = if machine.is_some() { "status" } else { "sites" };
    Request::post(host, &format!("/osapi/router/{call}?limit=100&cursor=0"), "", &signed(&all, &body))
}

/// A body of these members, with the signature of all that is sent, which stands in the order of its names.
fn signed(all: &[(&str, &str)], members: &[(&str, &str)]) -> String {
    let parts: Vec<String> = all.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let sign = hex::encode(Md5::digest(parts.join("&") + KEY));
    let mut body: serde_json::Map<String, serde_json::Value> =
        members.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    body.insert("sign".to_owned(), sign.into());
    serde_json::Value::Object(body).to_string()
}

/// Whether a message was taken.
pub fn is_taken(answer: &str) -> bool {
    answer.contains("SUCCESS")
}
