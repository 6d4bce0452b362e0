//! The platform's numbers and names, and what they mean to us. Unknown ones break nothing (Trap 11).

use http::StatusCode;
use memchr::memmem;

use super::wire::Envelope;
use crate::{
    domain::{DeliveryState, Packaging, PaymentMethod, PaymentState, PickupCodeState, RefundState},
    vendor::{Error, Kind},
};

/// The failure that an answer reports, if it reports one.
///
/// A failure is `{"result":"FAIL","errorCode":…}` whatever the HTTP status, and the document gives no table of
/// error codes. So a FAIL is a refusal with the platform's code kept, unless the HTTP status says more: 401 and
/// 403 speak against the credentials, 404 of something that is not there, 429 and 5xx of the platform. Every
/// other status that is no success is an answer that the document does not know.
pub fn failure(operation: &'static str, status: StatusCode, body: &[u8]) -> Option<Error> {
    let refusal = refusal(body);
    let kind = match status.as_u16() {
        200..=299 if refusal.is_none() => return None,
        401 | 403 => Kind::Credentials,
        404 => Kind::NotFound,
        429 | 500.. => Kind::Unavailable,
        _ if refusal.as_ref().is_some_and(speaks_of_signature) => Kind::Credentials,
        _ if refusal.is_some() => Kind::Rejected,
        _ => Kind::Protocol,
    };
    let code = refusal.and_then(|envelope| envelope.error_code.0).map(|code| code.to_string());
    Some(Error::new(kind, operation).with_vendor(code, None))
}

/// Whether an answer is the platform's own no.
pub fn is_refusal(body: &[u8]) -> bool {
    refusal(body).is_some()
}

/// Whether a FAIL names the signature: the one thing that every client of the platform may get wrong, and that its
/// operator must mend.
fn speaks_of_signature(refusal: &Envelope) -> bool {
    refusal.error_code.0.as_deref().is_some_and(|code| code.to_ascii_lowercase().contains("sign"))
}

/// The envelope of a FAIL. What has no `result` is not read twice: nearly all answers.
fn refusal(body: &[u8]) -> Option<Envelope> {
    if !body.trim_ascii_start().starts_with(b"{") || memmem::find(body, b"\"result\"").is_none() {
        return None;
    }
    let envelope: Envelope = serde_json::from_slice(body).ok()?;
    envelope.result.as_deref()?.eq_ignore_ascii_case("FAIL").then_some(envelope)
}

/// `payStyle` of a trade and its filter (§3). 17 and 18 are not assigned.
const PAY_STYLES: [(&str, PaymentMethod); 25] = [
    ("1", PaymentMethod::BaiduWallet),
    ("2", PaymentMethod::Wechat),
    ("3", PaymentMethod::Alipay),
    ("4", PaymentMethod::Cash),
    ("5", PaymentMethod::CardSwipe),
    ("6", PaymentMethod::Badge),
    ("7", PaymentMethod::PickupCode),
    ("8", PaymentMethod::Game),
    ("9", PaymentMethod::SoundWave),
    ("10", PaymentMethod::Pos),
    ("11", PaymentMethod::CampusCard),
    ("12", PaymentMethod::AgriculturalBank),
    ("13", PaymentMethod::WechatScanned),
    ("14", PaymentMethod::Member),
    ("15", PaymentMethod::Bestpay),
    ("16", PaymentMethod::JdPay),
    ("19", PaymentMethod::AlipayScanned),
    ("20", PaymentMethod::Points),
    ("21", PaymentMethod::Unionpay),
    ("22", PaymentMethod::DragonPay),
    ("23", PaymentMethod::AggregateQr),
    ("24", PaymentMethod::IcbcWallet),
    ("25", PaymentMethod::OneWallet),
    ("26", PaymentMethod::UnionpayScanned),
    ("27", PaymentMethod::HemaScanned),
];

/// The payment method that a `payStyle` means.
pub fn payment_method(pay_style: &str) -> PaymentMethod {
    let found = PAY_STYLES.iter().find(|(number, _)| *number == pay_style);
    found.map_or(PaymentMethod::Other, |(_, method)| *method)
}

/// The `payStyle` that asks for a payment method; `None` where no number means it.
pub fn pay_style(method: PaymentMethod) -> Option<&'static str> {
    PAY_STYLES.iter().find(|(_, known)| *known == method).map(|(number, _)| *number)
}

/// The payments of the statistics (§5.1), with the misspelling under which each is sent as well (Trap 4).
pub const STATISTICS_PAYMENTS: [(&str, Option<&str>, PaymentMethod); 16] = [
    ("wechat", None, PaymentMethod::Wechat),
    ("alipay", Some("aliapy"), PaymentMethod::Alipay),
    ("cash", None, PaymentMethod::Cash),
    ("game", None, PaymentMethod::Game),
    ("baifubao", None, PaymentMethod::BaiduWallet),
    ("alipaySoundWave", None, PaymentMethod::SoundWave),
    ("swingCard", None, PaymentMethod::CardSwipe),
    ("posMachine", None, PaymentMethod::Pos),
    ("oneCardsolution", None, PaymentMethod::CampusCard),
    ("agriculturalBank", None, PaymentMethod::AgriculturalBank),
    ("vipPay", None, PaymentMethod::Member),
    ("bestPay", None, PaymentMethod::Bestpay),
    ("jdpay", None, PaymentMethod::JdPay),
    ("wechatBarcode", None, PaymentMethod::WechatScanned),
    ("alipayBarcode", None, PaymentMethod::AlipayScanned),
    ("other", Some("othere"), PaymentMethod::Other),
];

/// The payment method that a name in a refill's `paySales` means (§8.1); `None` for the sums over several.
pub fn refill_payment(name: &str) -> Option<PaymentMethod> {
    Some(match name {
        "total" | "cashless" => return None,
        "pos" => PaymentMethod::Pos,
        "unionPay" => PaymentMethod::Unionpay,
        "qrcodepay" => PaymentMethod::AggregateQr,
        "icbcpay" => PaymentMethod::IcbcWallet,
        "dragon" => PaymentMethod::DragonPay,
        "onePurse" => PaymentMethod::OneWallet,
        "unionReversepay" => PaymentMethod::UnionpayScanned,
        "cvcpay" => PaymentMethod::HemaScanned,
        // The other names are those of the statistics; customPayOne, customPayTwo and what is new are others.
        name => STATISTICS_PAYMENTS
            .iter()
            .find(|(known, misspelt, _)| *known == name || *misspelt == Some(name))
            .map_or(PaymentMethod::Other, |(_, _, method)| *method),
    })
}

/// `deliverStatus` of a listed trade (§3.2). A pushed one counts otherwise (Trap 2).
pub const fn listed_delivery(status: Option<i64>) -> DeliveryState {
    match status {
        Some(0) => DeliveryState::Dispensed,
        Some(1) => DeliveryState::OutOfStock,
        Some(2) => DeliveryState::NoSuchProduct,
        Some(3) => DeliveryState::Waiting,
        _ => DeliveryState::Unknown,
    }
}

/// `deliverStatus` of a pushed trade (§3.1). A listed one counts otherwise (Trap 2).
pub const fn pushed_delivery(status: Option<i64>) -> DeliveryState {
    match status {
        Some(-1) => DeliveryState::Waiting,
        Some(0) => DeliveryState::Dispensed,
        Some(2) => DeliveryState::OutOfStock,
        Some(3) => DeliveryState::Failed,
        _ => DeliveryState::Unknown,
    }
}

/// `codeStatus` of a pickup code that we keep (§7.1), one of three. What is as good as no code to the platform is over, so
/// that nobody who looks at this alone gives goods for it.
pub const fn code_status(state: PickupCodeState) -> &'static str {
    match state {
        PickupCodeState::Unused | PickupCodeState::Held => "1",
        PickupCodeState::Used => "2",
        PickupCodeState::Expired | PickupCodeState::Cancelled | PickupCodeState::Unknown => "3",
    }
}

/// `payStatus`. There is no word for a number that we do not know: such a trade is paid if it has a time of
/// payment, else pending.
pub const fn payment_state(status: Option<i64>, has_pay_time: bool) -> PaymentState {
    match status {
        Some(0) => PaymentState::Pending,
        Some(1) => PaymentState::Paid,
        Some(2) => PaymentState::Failed,
        _ if has_pay_time => PaymentState::Paid,
        _ => PaymentState::Pending,
    }
}

/// `refundStatus`; `None` where nothing is refunded. A number that we do not know says that there is a refund,
/// and neither that it is done nor that it failed.
pub const fn refund_state(status: Option<i64>) -> Option<RefundState> {
    match status {
        None | Some(0) => None,
        Some(2) => Some(RefundState::Done),
        Some(3) => Some(RefundState::Failed),
        Some(_) => Some(RefundState::InProgress),
    }
}

/// `packingForm` (§11).
pub const fn packaging(form: i64) -> Packaging {
    match form {
        0 => Packaging::Bottle,
        1 => Packaging::Can,
        2 => Packaging::Bag,
        3 => Packaging::Box,
        4 => Packaging::Cup,
        _ => Packaging::Unknown,
    }
}

/// `online`, which is 0 when the machine is online and 1 when it is not (Trap 1).
pub const fn online(online: Option<i64>) -> Option<bool> {
    match online {
        Some(0) => Some(true),
        Some(1) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
