//! Why Dingshang says no: code, words and HTTP status, as in the vendor's table.

use http::StatusCode;
use serde_json::{Value, json};

use crate::sandbox::calls::Verdict;
use crate::sandbox::options::ErrorNumbers;
use crate::sandbox::world::dingshang::Denied;

/// A no.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: i64,
    pub(crate) message: String,
    pub(crate) data: Value,
    pub(crate) verdict: Verdict,
}

impl Refusal {
    /// An answer to a call that was as it should be, such as "no such machine".
    fn honest(code: i64, message: &str) -> Self {
        Self {
            status: StatusCode::OK,
            code,
            message: message.to_owned(),
            data: json!({}),
            verdict: Verdict::Served,
        }
    }

    fn mistake(status: StatusCode, code: i64, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), data: json!({}), verdict: Verdict::Refused }
    }

    pub(crate) fn no_credentials() -> Self {
        Self::mistake(StatusCode::UNAUTHORIZED, 10008, "appid or appsecret is empty")
    }

    pub(crate) fn wrong_credentials() -> Self {
        Self::mistake(StatusCode::UNAUTHORIZED, 10009, "appid or appsecret is wrong")
    }

    pub(crate) fn no_such_call() -> Self {
        Self::mistake(StatusCode::NOT_FOUND, 404, "Not Found")
    }

    pub(crate) fn wrong_method() -> Self {
        Self::mistake(StatusCode::METHOD_NOT_ALLOWED, 405, "Method Not Allowed")
    }

    /// A parameter is missing or of the wrong kind.
    pub(crate) fn parameter(what: impl Into<String>) -> Self {
        Self::mistake(StatusCode::OK, 10001, what)
    }

    pub(crate) fn unsigned() -> Self {
        Self { verdict: Verdict::Unsigned, ..Self::honest(4006, "签名错误") }
    }

    pub(crate) fn no_such_machine() -> Self {
        Self::honest(30003, "设备不存在")
    }

    pub(crate) fn no_such_cabinet() -> Self {
        Self::honest(6038, "货柜不存在")
    }

    pub(crate) fn no_such_product() -> Self {
        Self::honest(6045, "产品不存在")
    }

    pub(crate) fn no_such_record() -> Self {
        Self::honest(80002, "查不到对应记录")
    }

    pub(crate) fn empty_trade_id() -> Self {
        Self { code: 6041, ..Self::parameter("trade_id 不能为空") }
    }

    /// The world's no, in the numbers of one of the two generations of servers. The first are those of the
    /// documents' samples; some failures there are a message under code 0.
    pub(crate) fn denied(denied: Denied, numbers: ErrorNumbers) -> Self {
        let either = |sampled, other| match numbers {
            ErrorNumbers::Sampled => sampled,
            ErrorNumbers::Other => other,
        };
        match denied {
            Denied::NoSuchMachine => Self::no_such_machine(),
            Denied::Offline => Self::honest(either(30002, 6025), "设备已离线"),
            Denied::NotOperating => Self::honest(either(5001, 30004), "设备未运营"),
            Denied::InTransfer => Self::honest(either(5002, 6006), "设备转让中"),
            Denied::NoSuchProduct => Self::honest(either(6045, 60002), "产品不存在"),
            Denied::NoSuchRecord => Self::no_such_record(),
            Denied::OutOfStock => Self::honest(either(60003, 6047), "商品库存不足"),
            Denied::TradeIdTaken => Self::honest(6040, "trade_id 已存在"),
            Denied::NoRoom => Self::honest(6048, "订单创建失败"),
            Denied::Lapsed => Self::honest(either(6042, 40005), "订单已过期"),
            Denied::BadState => Self::honest(either(6043, 40006), "订单状态异常"),
            Denied::Unpaid => Self::honest(either(0, 6054), "订单未支付"),
            Denied::AlreadyPaid => Self::honest(6049, "订单已支付"),
            Denied::AlreadyDelivered => Self::honest(6034, "订单已出货"),
            // No table has a number for this.
            Denied::Busy => Self::honest(0, "设备正在出货"),
            Denied::CodesSwitchedOff => Self::honest(either(10023, 6031), "取货码功能尚未开启"),
            Denied::CodeExpired => Self::honest(6032, "取货码已过期"),
            Denied::CodeUsed(order) => Self {
                data: order.map_or_else(|| json!({}), |id| json!({ "order_id": id })),
                ..Self::honest(either(10025, 6033), "取货码已使用")
            },
            Denied::OverCapacity => Self::honest(0, "超出货道最大库存"),
            Denied::SlotsFailed(count) => Self::honest(0, &format!("{count} 个货道库存更新失败")),
        }
    }
}
