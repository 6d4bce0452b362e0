//! A shopper types a pickup code that the merchant sold: the machine asks the merchant whether it is good (§7.1),
//! gives the goods out, and tells that the code is used (§7.2). Parameters go in the query, as a form or as JSON.

use std::collections::BTreeMap;

use axum::response::Response;
use http::{StatusCode, Uri};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sandbox::door;
use crate::sandbox::inhand::sign;
use crate::sandbox::post::{Connection, Post};
use crate::sandbox::pushes::Pushes;
use crate::sandbox::world::inhand::Machine;

/// What the shopper does, and how the platform passes it on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Redemption {
    /// What was typed.
    code: String,
    /// The number of the goods that were chosen, where the machine lets choose.
    #[serde(default)]
    product: Option<String>,
    /// How parameters are sent; without it, machines differ.
    #[serde(default)]
    way: Option<Way>,
    /// Whether the goods come out.
    #[serde(default = "yes")]
    dispenses: bool,
    /// How often the use is told, each time under the same nonce.
    #[serde(default = "once")]
    uses: u32,
}

/// Where the parameters of a call stand.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Way {
    Query,
    Form,
    Json,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    check: Told,
    dispensed: bool,
    uses: Vec<Told>,
}

/// What the merchant answered; neither where it did not.
#[derive(Debug, Default, Serialize)]
struct Told {
    status: Option<u16>,
    body: Value,
}

impl Told {
    /// A member of the answer, which are all texts.
    fn says(&self, name: &str) -> &str {
        self.body.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

fn yes() -> bool {
    true
}

fn once() -> u32 {
    1
}

/// Lets a machine redeem a code.
pub(crate) async fn redeem(pushes: &Pushes, machine: &Machine, asked: &Redemption) -> Outcome {
    let way = asked.way.unwrap_or(match machine.index % 3 {
        0 => Way::Query,
        1 => Way::Form,
        _ => Way::Json,
    });
    let mut calls = Calls { pushes, way, connection: Connection::default() };
    let code = ("code", asked.code.clone());
    let check = vec![
        code.clone(),
        ("assetId", machine.asset_id()),
        ("goodsNum", asked.product.clone().unwrap_or_default()),
        ("nonceStr", pushes.nonce()),
    ];
    let check = calls.call("check", check).await;
    let is_good = check.says("result") == "SUCCESS" && check.says("codeStatus") == "1";
    let goods = Some(check.says("goodsNum")).filter(|number| !number.is_empty());
    let dispensed = is_good && asked.dispenses && pushes.give_out(machine, goods);
    let mut uses = Vec::new();
    if dispensed {
        let parameters = vec![code, ("nonceStr", pushes.nonce())];
        for _ in 0..asked.uses {
            uses.push(calls.call("use", parameters.clone()).await);
        }
    }
    Outcome { check, dispensed, uses }
}

struct Calls<'a> {
    pushes: &'a Pushes,
    way: Way,
    connection: Connection,
}

impl Calls<'_> {
    /// A signed call, once.
    async fn call(&mut self, name: &str, parameters: Vec<(&'static str, String)>) -> Told {
        let account = self.pushes.account();
        let mut all: BTreeMap<String, String> =
            parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        all.insert("clientId".to_owned(), account.client_id.clone());
        let sign = sign::sign(&all, &account.key);
        all.insert("sign".to_owned(), sign);
        let Some(server) = self.pushes.switches().url.as_deref().and_then(server) else {
            return Told::default();
        };
        let form = serde_urlencoded::to_string(&all).unwrap_or_default();
        let mut url = format!("{server}/osapi/pickupcode/{name}");
        let (content_type, body) = match self.way {
            Way::Query => {
                url.push('?');
                url.push_str(&form);
                ("application/json", String::new())
            }
            Way::Form => ("application/x-www-form-urlencoded", form),
            Way::Json => ("application/json", json!(all).to_string()),
        };
        match self.connection.post(Post { url: &url, content_type, body }).await {
            Ok((status, body)) => {
                let body = serde_json::from_slice(&body).unwrap_or_default();
                Told { status: Some(status), body }
            }
            Err(_) => Told::default(),
        }
    }
}

/// The document's `$SERVER`: the merchant's host.
fn server(push_url: &str) -> Option<String> {
    let uri: Uri = push_url.parse().ok()?;
    Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?))
}

/// A query that does not read as it should.
pub(crate) fn wrong(error: &impl std::fmt::Display) -> Response {
    door::json(StatusCode::BAD_REQUEST, json!({ "error": error.to_string() }).to_string())
}
