//! Why Dingshang says no: code, words and HTTP status, as in the vendor's table.

use http::StatusCode;

use crate::sandbox::calls::Verdict;

/// A no.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: i64,
    pub(crate) message: String,
    pub(crate) verdict: Verdict,
}

impl Refusal {
    /// An answer to a call that was as it should be, such as "no such machine".
    fn honest(code: i64, message: &str) -> Self {
        Self { status: StatusCode::OK, code, message: message.to_owned(), verdict: Verdict::Served }
    }

    fn mistake(status: StatusCode, code: i64, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), verdict: Verdict::Refused }
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
}
