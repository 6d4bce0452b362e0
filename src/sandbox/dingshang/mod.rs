//! Dingshang's Open API v1, as strict as its documents: who asks, what for, is it signed, and only then the answer.
//!
//! `reads` answers the calls that change nothing; `orders`, `codes` and `refills` the others. The machine is
//! looked at first, then the merchant's own numbers, then whether the machine is ready: a call that is repeated
//! after its answer was lost learns that the first one acted.

use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::sandbox::calls::Verdict;
use crate::sandbox::door::{Answer, Api, Asked};
use crate::sandbox::options::DingshangOptions;
use crate::sandbox::world::World;

mod codes;
mod orders;
mod payload;
mod reads;
mod refills;
mod refusal;
mod render;
mod route;
pub(super) mod sign;

use payload::Payload;
use refusal::Refusal;
use route::Call;

/// The path that every call begins with.
pub(crate) const BASE: &str = "/api/openapi/v1";

/// Dingshang's server, without the socket.
pub(crate) struct Dingshang {
    account: DingshangOptions,
    world: Arc<World>,
}

impl Dingshang {
    pub(crate) fn new(account: DingshangOptions, world: Arc<World>) -> Self {
        Self { account, world }
    }

    fn judge(&self, asked: &Asked) -> Result<Value, Refusal> {
        self.let_in(asked)?;
        let call = Call::of(&asked.path).ok_or_else(Refusal::no_such_call)?;
        if !call.takes(&asked.method) {
            return Err(Refusal::wrong_method());
        }
        let payload = if call.takes_payload() {
            Payload::read(&asked.body, &self.account.merchant_id)?
        } else {
            Payload::default()
        };
        let (fleet, numbers) = (&self.world.dingshang, self.account.error_numbers);
        let (puts, payload) = (asked.method == Method::PUT, &payload);
        match &call {
            Call::Orders => orders::place(&asked.body, fleet, numbers),
            Call::Order(id) if puts => orders::update(payload, fleet, id, numbers),
            Call::Deliveries => orders::dispense(payload, fleet, numbers),
            Call::DebugDelivery => orders::dispense_test(payload, fleet, numbers),
            Call::PickupCodeBatches if puts => codes::cancel(payload, fleet, numbers),
            Call::PickupCodeBatches => codes::create(payload, fleet, numbers),
            Call::Consumes => codes::redeem(payload, fleet, numbers),
            Call::Replenishments => refills::answer(payload, fleet, numbers),
            Call::Ping
            | Call::Machines
            | Call::Machine(_)
            | Call::Products
            | Call::Floors
            | Call::Categories
            | Call::Order(_)
            | Call::Delivery(_)
            | Call::PickupCodes(_) => reads::answer(&call, payload, fleet),
        }
    }

    fn let_in(&self, asked: &Asked) -> Result<(), Refusal> {
        let header =
            |name: &str| asked.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (id, secret) = (header("appid"), header("appsecret"));
        if id.is_empty() || secret.is_empty() {
            return Err(Refusal::no_credentials());
        }
        if id != self.account.app_id || secret != self.account.app_secret {
            return Err(Refusal::wrong_credentials());
        }
        Ok(())
    }
}

impl Api for Dingshang {
    fn template(&self, path: &str) -> &'static str {
        Call::of(path).map_or("(unknown)", |call| call.template())
    }

    fn short_path<'a>(&self, path: &'a str) -> &'a str {
        path.strip_prefix(BASE).unwrap_or(path)
    }

    fn machines(&self, asked: &Asked) -> Vec<String> {
        if let Some(Call::Machine(number)) = Call::of(&asked.path) {
            return vec![number];
        }
        payload::machine(&asked.body).into_iter().collect()
    }

    fn answer(&self, asked: &Asked) -> Answer {
        match self.judge(asked) {
            Ok(data) => Answer {
                status: StatusCode::OK,
                body: envelope(&json!(0), "ok", &data),
                verdict: Verdict::Served,
            },
            Err(refusal) => Answer {
                status: refusal.status,
                body: envelope(&json!(refusal.code), &refusal.message, &refusal.data),
                verdict: refusal.verdict,
            },
        }
    }

    fn refusal(&self, code: &str, message: &str) -> Vec<u8> {
        let code = code.parse::<i64>().map_or_else(|_| json!(code), |code| json!(code));
        envelope(&code, message, &json!({}))
    }

    fn wrong_shape(&self) -> &'static str {
        r#"{"code":0,"message":"ok","data":{"unexpected":[1,"two",null],"data":"none"}}"#
    }
}

fn envelope(code: &Value, message: &str, data: &Value) -> Vec<u8> {
    json!({ "code": code, "message": message, "data": data }).to_string().into_bytes()
}
