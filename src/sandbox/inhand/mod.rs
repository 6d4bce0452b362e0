//! InHand's Smart Vending platform, V0.9, as strict as its document: is it signed, was the nonce seen before,
//! are the parameters where the table wants them, and only then the answer.
//!
//! One call changes something: `/osapi/code/create`, a POST without a body whose parameters are all in the query.

use std::sync::{Arc, Mutex, PoisonError};

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::sandbox::calls::Verdict;
use crate::sandbox::door::{Answer, Api, Asked};
use crate::sandbox::options::{InhandOptions, StatisticsShape};
use crate::sandbox::world::World;

mod codes;
mod nonces;
mod parameters;
mod places;
mod pushed;
mod reads;
mod refills;
mod sales;
pub(super) mod sign;
mod statistics;
mod status;
mod trades;

use nonces::Nonces;
use parameters::Parameters;
pub(super) use pushed::{Kind, Message, message};

/// InHand's server, without the socket.
pub(crate) struct Inhand {
    account: InhandOptions,
    shape: Mutex<StatisticsShape>,
    nonces: Mutex<Nonces>,
    world: Arc<World>,
}

/// A no: the text of `errorCode`, the HTTP status, whose fault it was.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: String,
    verdict: Verdict,
}

impl Refusal {
    /// The call was not as it should be.
    fn mistake(code: impl Into<String>) -> Self {
        Self { status: StatusCode::OK, code: code.into(), verdict: Verdict::Refused }
    }

    fn http(status: StatusCode, code: &str) -> Self {
        Self { status, ..Self::mistake(code) }
    }

    fn unsigned() -> Self {
        Self { verdict: Verdict::Unsigned, ..Self::mistake("sign_error") }
    }

    /// The call was in order, but there is no such machine.
    fn no_such_machine() -> Self {
        Self { verdict: Verdict::Served, ..Self::mistake("asset_not_exist") }
    }

    /// The call was in order, but there are no such goods.
    fn no_such_goods() -> Self {
        Self { verdict: Verdict::Served, ..Self::mistake("goods_not_exist") }
    }
}

/// A call that is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    TradeList,
    TradeStatistic,
    RouterStatus,
    RouterSales,
    RefillMessage,
    RouterLines,
    RouterSites,
    RouterGoods,
    CodeCreate,
}

impl Call {
    const ALL: [Self; 9] = [
        Self::TradeList,
        Self::TradeStatistic,
        Self::RouterStatus,
        Self::RouterSales,
        Self::RefillMessage,
        Self::RouterLines,
        Self::RouterSites,
        Self::RouterGoods,
        Self::CodeCreate,
    ];

    fn path(self) -> &'static str {
        match self {
            Self::TradeList => "/osapi/trade/list",
            Self::TradeStatistic => "/osapi/trade/statistic",
            Self::RouterStatus => "/osapi/router/status",
            Self::RouterSales => "/osapi/router/sales",
            Self::RefillMessage => "/osapi/refill/message",
            Self::RouterLines => "/osapi/router/lines",
            Self::RouterSites => "/osapi/router/sites",
            Self::RouterGoods => "/osapi/router/goods",
            Self::CodeCreate => "/osapi/code/create",
        }
    }

    fn of(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|call| call.path() == path)
    }

    /// Statistics are fetched with GET and without a body, all else is POST.
    fn method(self) -> Method {
        if self == Self::TradeStatistic { Method::GET } else { Method::POST }
    }

    /// Whether all parameters stand in the query.
    fn without_body(self) -> bool {
        matches!(self, Self::TradeStatistic | Self::CodeCreate)
    }
}

impl Inhand {
    pub(crate) fn new(account: InhandOptions, world: Arc<World>) -> Self {
        Self { shape: Mutex::new(account.statistics), account, nonces: Mutex::default(), world }
    }

    /// Changes the shape of the answer to `trade/statistic`.
    pub(crate) fn shape_statistics(&self, shape: StatisticsShape) {
        *self.shape.lock().unwrap_or_else(PoisonError::into_inner) = shape;
    }

    fn judge(&self, asked: &Asked) -> Result<Value, Refusal> {
        let call = Call::of(&asked.path).ok_or_else(|| Refusal::http(StatusCode::NOT_FOUND, "not_found"))?;
        if asked.method != call.method() {
            return Err(Refusal::http(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"));
        }
        let in_query = call.without_body();
        if call == Call::CodeCreate && !asked.body.is_empty() {
            return Err(Refusal::mistake("body_error"));
        }
        let parameters = Parameters::read(&asked.query, if in_query { b"" } else { &asked.body })?;
        if parameters.caller(in_query, "clientId")? != self.account.client_id {
            return Err(Refusal::mistake("client_not_exist"));
        }
        let nonce = parameters.caller(in_query, "nonce_str")?;
        let Ok(claimed) = parameters.caller(in_query, "sign") else {
            return Err(Refusal::unsigned());
        };
        if !sign::sign(&parameters.signed(), &self.account.key).eq_ignore_ascii_case(&claimed) {
            return Err(Refusal::unsigned());
        }
        // Only a signed call uses its nonce up; anyone could use up others'.
        if !self.nonces.lock().unwrap_or_else(PoisonError::into_inner).first(&nonce) {
            return Err(Refusal::mistake("nonce_str_repeated"));
        }
        let shape = *self.shape.lock().unwrap_or_else(PoisonError::into_inner);
        reads::answer(call, &parameters, &self.world.inhand, shape)
    }
}

impl Api for Inhand {
    fn template(&self, path: &str) -> &'static str {
        Call::of(path).map_or("(unknown)", Call::path)
    }

    fn short_path<'a>(&self, path: &'a str) -> &'a str {
        path.strip_prefix("/osapi").unwrap_or(path)
    }

    fn machines(&self, asked: &Asked) -> Vec<String> {
        let Ok(parameters) = Parameters::read(&asked.query, &asked.body) else {
            return Vec::new();
        };
        let ids = parameters.in_query("assetIds").or_else(|| parameters.in_body("assetId"));
        let ids = ids.or_else(|| parameters.in_query("assetId"));
        ids.map_or_else(Vec::new, |ids| ids.split(',').map(str::to_owned).collect())
    }

    fn answer(&self, asked: &Asked) -> Answer {
        match self.judge(asked) {
            Ok(body) => Answer {
                status: StatusCode::OK,
                body: body.to_string().into_bytes(),
                verdict: Verdict::Served,
            },
            Err(refusal) => Answer {
                status: refusal.status,
                body: self.refusal(&refusal.code, ""),
                verdict: refusal.verdict,
            },
        }
    }

    fn refusal(&self, code: &str, _message: &str) -> Vec<u8> {
        json!({ "result": "FAIL", "errorCode": code }).to_string().into_bytes()
    }

    fn wrong_shape(&self) -> &'static str {
        r#"{"result":"SUCCESS","list":{"unexpected":[1,"two",null]},"message":"none","unexpected":true}"#
    }
}
