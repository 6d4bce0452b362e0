//! What the answers of writing calls mean where they are no success: refused, or nobody knows.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::{
        sample,
        stub::{Answer, Stub, ok, refused},
    },
    MACHINE, cabinet, new_codes, new_order, notify_url, redemption, slot,
};
use crate::{
    domain::{OrderReport, Text},
    vendor::{Goods, Kind, NewOrder, NewPickupCodes, OrderUpdate, Replenishment, Result, Vendor as _},
};

async fn place_order(answer: Answer) -> Result<Text> {
    Stub::start(move |_| answer.clone()).await.account.create_order(&new_order(&["811"])).await
}

async fn redeem(answer: Answer) -> Result<OrderReport> {
    Stub::start(move |seen| if seen.path == "/consumes" { answer.clone() } else { ok(&json!({})) })
        .await
        .account
        .redeem_pickup_code(&redemption("9388106"))
        .await
}

#[tokio::test]
async fn a_used_code_leads_to_the_order_that_used_it() {
    let used =
        |data: Value| (200, json!({"code": 10025, "message": "取货码已使用", "data": data}).to_string());
    for (data, order) in [
        (json!({"order_id": 60}), Some("60")),
        (json!({"order_id": "60"}), Some("60")),
        (json!({}), None),
        (json!([]), None),
        (json!("60"), None),
    ] {
        let error = redeem(used(data.clone())).await.unwrap_err();
        assert_eq!((error.kind, error.used_by.as_deref()), (Kind::PickupCodeUsed, order), "{data}");
        assert_eq!(error.vendor_message.as_deref(), Some("取货码已使用"));
    }
    let other = json!({"code": 30002, "message": "m", "data": {"order_id": 60}});
    assert_eq!(redeem((200, other.to_string())).await.unwrap_err().used_by, None);
}

#[tokio::test]
async fn a_record_that_is_not_found_is_the_code_where_the_call_is_about_one() {
    let missing =
        sample(include_str!("../../../../../tests/fixtures/dingshang/pickup_code_cancel_failed.json"));
    let told = missing.clone();
    let stub = Stub::start(move |_| told.clone()).await;
    let account = &stub.account;
    let kind = |result: Result<()>| result.unwrap_err().kind;
    assert_eq!(kind(account.cancel_pickup_code(MACHINE, "1").await), Kind::PickupCodeNotFound);
    assert_eq!(kind(account.cancel_all_pickup_codes(MACHINE).await), Kind::NotFound);
    assert_eq!(kind(account.update_order(MACHINE, "60", OrderUpdate::Paid).await), Kind::NotFound);
    assert_eq!(redeem(missing).await.unwrap_err().kind, Kind::PickupCodeNotFound);
    let no_such_call = (404, "<html>not found</html>".to_owned());
    assert_eq!(
        redeem(no_such_call).await.unwrap_err().kind,
        Kind::OutcomeUnknown,
        "nor is it the vendor's no"
    );
}

#[tokio::test]
async fn a_proxys_page_proves_nothing_of_what_the_vendor_did() {
    for status in [400, 401, 403, 404, 410] {
        for body in ["<html>not here</html>", "", "{}", "[]"] {
            let error = place_order((status, body.to_owned())).await.unwrap_err();
            assert_eq!(error.kind, Kind::OutcomeUnknown, "{status} {body}");
        }
    }
    let own = json!({"code": 10008, "message": "appid or appsecret is empty", "data": {}}).to_string();
    assert_eq!(place_order((401, own)).await.unwrap_err().kind, Kind::Credentials);
    let own = json!({"code": 80002, "message": "查不到对应记录", "data": {}}).to_string();
    assert_eq!(place_order((404, own)).await.unwrap_err().kind, Kind::NotFound);
}

#[tokio::test]
async fn refusals_are_told_by_number_or_by_words_also_where_the_number_is_0() {
    let fixtures = [
        (include_str!("../../../../../tests/fixtures/dingshang/order_failed.json"), Kind::MachineOffline),
        (include_str!("../../../../../tests/fixtures/dingshang/replenish_failed.json"), Kind::Rejected),
    ];
    for (text, kind) in fixtures {
        assert_eq!(place_order(sample(text)).await.unwrap_err().kind, kind);
    }
    let told = [
        (6040, "m", Kind::DuplicateTradeNumber),
        (6041, "m", Kind::Rejected),
        (60003, "m", Kind::OutOfStock),
        (60002, "m", Kind::ProductOffSale),
        (30004, "m", Kind::MachineNotOperational),
        (77777, "m", Kind::Rejected),
        (0, "库存不足", Kind::OutOfStock),
        (0, "", Kind::Rejected),
    ];
    for (code, words, kind) in told {
        assert_eq!(place_order(refused(code, words)).await.unwrap_err().kind, kind, "{code} {words}");
    }
    let full = Stub::start(|_| refused(0, "超出货道最大库存")).await;
    let shelf = Replenishment::Shelf { slot: "811".into(), quantity: 99 };
    assert_eq!(full.account.replenish(MACHINE, &shelf).await.unwrap_err().kind, Kind::CapacityExceeded);
    let unpaid = Stub::start(|_| refused(0, "订单未支付")).await;
    assert_eq!(unpaid.account.dispense(MACHINE, "60", "78").await.unwrap_err().kind, Kind::OrderUnpaid);
}

/// The writing calls, of which the first four promise a number.
async fn write(stub: &Stub, which: usize) -> Result<()> {
    let account = &stub.account;
    match which {
        0 => account.create_order(&new_order(&["811"])).await.map(drop),
        1 => account.dispense(MACHINE, "60", "78").await.map(drop),
        2 => account.test_dispense(MACHINE, "A21", &notify_url()).await.map(drop),
        3 => account.redeem_pickup_code(&redemption("9388106")).await.map(drop),
        4 => account.update_order(MACHINE, "60", OrderUpdate::Paid).await,
        5 => account.replenish(MACHINE, &Replenishment::Machine { place: None }).await,
        6 => account.create_pickup_codes(&new_codes(slot())).await.map(drop),
        7 => account.cancel_pickup_code(MACHINE, "1").await,
        _ => account.cancel_all_pickup_codes(MACHINE).await,
    }
}

#[tokio::test]
async fn what_was_sent_and_not_answered_has_an_unknown_outcome_and_is_not_sent_again() {
    let no_answers = [
        (502, "<html>".to_owned()),
        (200, "<html>".to_owned()),
        (500, refused(500, "Server Error").1),
        refused(6015, "超时"),
    ];
    for (answer, which) in no_answers.iter().flat_map(|answer| (0..9).map(move |which| (answer, which))) {
        let told = answer.clone();
        let stub = Stub::with_retries(2, move |seen| match seen.path.as_str() {
            "/rent/machines/00000001" => ok(&json!({})),
            _ => told.clone(),
        })
        .await;
        let error = write(&stub, which).await.unwrap_err();
        assert_eq!(error.kind, Kind::OutcomeUnknown, "{answer:?} {}", error.operation);
        let sent = stub.paths().iter().filter(|path| !path.starts_with("/rent")).count();
        assert_eq!(sent, 1, "{answer:?} {}", error.operation);
    }
}

#[tokio::test]
async fn a_success_without_the_number_that_it_promises_has_an_unknown_outcome() {
    for data in [json!({}), json!([]), json!({"order_id": "", "delivery_id": ""}), json!(null)] {
        let told = data.clone();
        let stub = Stub::start(move |_| ok(&told)).await;
        for which in 0..9 {
            let kind = write(&stub, which).await.err().map(|error| error.kind);
            assert_eq!(kind, (which < 4).then_some(Kind::OutcomeUnknown), "{data} {which}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_without_a_call() {
    let stub = Stub::start(|_| ok(&json!({}))).await;
    let account = &stub.account;
    let order = |change: fn(&mut NewOrder)| {
        let mut order = new_order(&["811"]);
        change(&mut order);
        order
    };
    let kinds = [
        account.create_order(&order(|order| order.machine = "../x".into())).await.map(drop),
        account.create_order(&order(|order| order.trade_number = "".into())).await.map(drop),
        account.create_order(&order(|order| order.lines[0].slot = "A1".into())).await.map(drop),
        account.update_order(MACHINE, "6/0", OrderUpdate::Paid).await,
        account.dispense(MACHINE, "60", "").await.map(drop),
        account.test_dispense(MACHINE, "", &notify_url()).await.map(drop),
        account.replenish("", &Replenishment::Machine { place: None }).await,
        account.replenish(MACHINE, &Replenishment::Machine { place: Some(cabinet("")) }).await,
        account.replenish(MACHINE, &Replenishment::Shelf { slot: "".into(), quantity: 1 }).await,
        account.create_pickup_codes(&NewPickupCodes { length: Some(5), ..new_codes(slot()) }).await.map(drop),
        account.create_pickup_codes(&NewPickupCodes { count: Some(0), ..new_codes(slot()) }).await.map(drop),
        account.cancel_pickup_code(MACHINE, "").await,
        account.redeem_pickup_code(&redemption("")).await.map(drop),
    ];
    let expected = [
        Kind::MachineNotFound,
        Kind::BadInput,
        Kind::ProductNotFound,
        Kind::NotFound,
        Kind::NotFound,
        Kind::ProductNotFound,
        Kind::MachineNotFound,
        Kind::BadInput,
        Kind::ProductNotFound,
        Kind::BadInput,
        Kind::BadInput,
        Kind::PickupCodeNotFound,
        Kind::PickupCodeNotFound,
    ];
    assert_eq!(kinds.map(|outcome| outcome.unwrap_err().kind), expected);

    let now = Some(Timestamp::UNIX_EPOCH);
    let elsewhere = [
        NewPickupCodes { machine: None, ..new_codes(slot()) },
        NewPickupCodes { starts_at: now, ..new_codes(slot()) },
        NewPickupCodes { count: Some(2), ..new_codes(Goods::Any) },
        new_codes(Goods::Product("G-17".into())),
    ];
    for codes in elsewhere {
        assert_eq!(account.create_pickup_codes(&codes).await.unwrap_err().kind, Kind::Unsupported);
    }
    let calls = stub.paths();
    assert!(calls.iter().all(|path| path.starts_with("/rent")), "{calls:?}");
}
