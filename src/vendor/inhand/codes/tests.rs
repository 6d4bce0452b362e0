//! The platform's tables, against the document.

use http::StatusCode;

use super::{
    failure, listed_delivery, online, packaging, pay_style, payment_method, payment_state, pushed_delivery,
    refill_payment, refund_state,
};
use crate::{
    domain::{DeliveryState, Packaging, PaymentMethod, PaymentState, RefundState},
    vendor::Kind,
};

#[test]
fn trap_01_online_zero_means_online() {
    assert_eq!(online(Some(0)), Some(true));
    assert_eq!(online(Some(1)), Some(false));
    assert_eq!((online(None), online(Some(2))), (None, None));
}

#[test]
fn trap_02_a_delivery_status_means_one_thing_listed_and_another_pushed() {
    use DeliveryState::{Dispensed, Failed, NoSuchProduct, OutOfStock, Unknown, Waiting};
    let listed = [-1, 0, 1, 2, 3, 4].map(|status| listed_delivery(Some(status)));
    assert_eq!(listed, [Unknown, Dispensed, OutOfStock, NoSuchProduct, Waiting, Unknown]);
    let pushed = [-1, 0, 1, 2, 3, 4].map(|status| pushed_delivery(Some(status)));
    assert_eq!(pushed, [Waiting, Dispensed, Unknown, OutOfStock, Failed, Unknown]);
    assert_eq!((listed_delivery(None), pushed_delivery(None)), (Unknown, Unknown));
}

#[test]
fn trap_11_unknown_numbers_are_other_or_unknown() {
    for pay_style in ["17", "18", "0", "28", "", "two"] {
        assert_eq!(payment_method(pay_style), PaymentMethod::Other, "{pay_style}");
    }
    assert_eq!((packaging(4), packaging(5)), (Packaging::Cup, Packaging::Unknown));
    assert_eq!(refill_payment("customPayOne"), Some(PaymentMethod::Other));
    assert_eq!(refill_payment("newPay"), Some(PaymentMethod::Other));
    assert_eq!(payment_state(Some(9), true), PaymentState::Paid);
    assert_eq!(payment_state(Some(9), false), PaymentState::Pending);
    assert_eq!(refund_state(Some(9)), Some(RefundState::InProgress));
}

#[test]
fn a_payment_method_is_asked_for_by_the_number_that_it_is_told_by() {
    let numbers = (1..=16).chain(19..=27).map(|number: u8| number.to_string());
    let methods: Vec<PaymentMethod> = numbers
        .map(|number| {
            let method = payment_method(&number);
            assert_eq!(pay_style(method), Some(number.as_str()));
            method
        })
        .collect();
    assert_eq!(methods.len(), 25);
    assert!(!methods.contains(&PaymentMethod::Other));
    assert_eq!((pay_style(PaymentMethod::Merchant), pay_style(PaymentMethod::Other)), (None, None));
}

#[test]
fn cash_is_a_method_while_total_and_cashless_are_sums() {
    assert_eq!(refill_payment("cash"), Some(PaymentMethod::Cash));
    assert_eq!((refill_payment("total"), refill_payment("cashless")), (None, None));
}

#[test]
fn a_refund_is_there_from_status_one_on() {
    assert_eq!((refund_state(None), refund_state(Some(0))), (None, None));
    assert_eq!(refund_state(Some(1)), Some(RefundState::InProgress));
    assert_eq!(refund_state(Some(2)), Some(RefundState::Done));
    assert_eq!(refund_state(Some(3)), Some(RefundState::Failed));
}

#[test]
fn a_failure_is_told_whatever_the_http_status() {
    let fail = br#" {"result":"FAIL","errorCode":1001}"#;
    for (status, kind) in [
        (200, Kind::Rejected),
        (400, Kind::Rejected),
        (401, Kind::Credentials),
        (403, Kind::Credentials),
        (404, Kind::NotFound),
        (429, Kind::Unavailable),
        (500, Kind::Unavailable),
        (503, Kind::Unavailable),
    ] {
        let error = failure("router/status", StatusCode::from_u16(status).unwrap(), fail).unwrap();
        assert_eq!((error.kind, error.vendor_code.as_deref()), (kind, Some("1001")), "{status}");
    }
}

#[test]
fn an_answer_without_failure_is_judged_by_its_http_status() {
    let kind = |status| failure("router/lines", status, b"<html>").map(|error| error.kind);
    assert_eq!(kind(StatusCode::OK), None);
    assert_eq!(kind(StatusCode::FOUND), Some(Kind::Protocol));
    assert_eq!(kind(StatusCode::UNAUTHORIZED), Some(Kind::Credentials));
    assert_eq!(kind(StatusCode::NOT_FOUND), Some(Kind::NotFound));
    assert_eq!(kind(StatusCode::BAD_GATEWAY), Some(Kind::Unavailable));
    assert!(failure("trade/list", StatusCode::OK, br#"{"result":"SUCCESS"}"#).is_none());
}
