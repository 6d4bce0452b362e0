//! The calls that change something: what they send, and what their successes mean. The stub refuses a payload without
//! the right signature (Trap 3), so that every success here was signed.

mod outcomes;

use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

use super::{
    sample,
    stub::{Seen, Stub, ok},
};
use crate::{
    domain::{DeliveryState, Money, OrderState},
    vendor::{
        Dispensed, DriverAddress, Goods, NewCodes, NewOrder, NewOrderLine, NewPickupCodes, OrderUpdate,
        Place, Redemption, Replenishment, Vendor as _,
    },
};

const MACHINE: &str = "00000001";
const TRADE_NUMBER: &str = "20240427140008123456";

fn notify_url() -> Url {
    Url::parse("https://vending.example.com/webhooks/dingshang/north/t-1?a=b&c=d").unwrap()
}

fn new_order(slots: &[&str]) -> NewOrder {
    NewOrder {
        machine: MACHINE.into(),
        trade_number: TRADE_NUMBER.into(),
        notify_url: notify_url(),
        lines: slots.iter().map(|slot| NewOrderLine { slot: (*slot).into(), quantity: 2 }).collect(),
    }
}

fn new_codes(goods: Goods) -> NewPickupCodes {
    let machine = Some(MACHINE.into());
    NewPickupCodes { machine, goods, count: None, length: None, starts_at: None, expires_at: None }
}

fn redemption(code: &str) -> Redemption {
    Redemption {
        machine: MACHINE.into(),
        slot: "811".into(),
        code: code.into(),
        trade_number: TRADE_NUMBER.into(),
        notify_url: notify_url(),
    }
}

fn slot() -> Goods {
    Goods::Slot("811".into())
}

fn cabinet(name: &str) -> Place {
    Place::Cabinet(name.into())
}

/// The one call that came in, and its parameters without time and signature.
fn only(stub: &Stub) -> (String, Value) {
    let [seen]: [Seen; 1] = stub.seen().try_into().unwrap();
    assert_eq!((seen.app_id.as_str(), seen.app_secret.as_str()), ("ds1", "app-secret"));
    let mut parameters = seen.parameters;
    assert!(parameters.remove("timestamp").is_some() && parameters.remove("sign").is_some());
    (format!("{} {}", seen.method, seen.path), json!(parameters))
}

async fn replenish(what: Replenishment) -> Value {
    let stub = Stub::start(|_| ok(&json!({}))).await;
    stub.account.replenish(MACHINE, &what).await.unwrap();
    let (call, parameters) = only(&stub);
    assert_eq!(call, "POST /replenishments");
    parameters
}

async fn create_codes(codes: &NewPickupCodes) -> Value {
    let stub = Stub::start(|_| ok(&json!({}))).await;
    assert_eq!(stub.account.create_pickup_codes(codes).await.unwrap(), NewCodes::Listed);
    let (call, parameters) = only(&stub);
    assert_eq!(call, "POST /pickup_codes");
    parameters
}

#[tokio::test]
async fn trap_04_an_order_is_plain_json_with_machine_no_trade_id_and_notify_url() {
    let stub =
        Stub::start(|_| sample(include_str!("../../../../tests/fixtures/dingshang/order_placed.json")));
    let stub = stub.await;
    assert_eq!(&*stub.account.create_order(&new_order(&["811", "812"])).await.unwrap(), "1111111");
    let [seen]: [Seen; 1] = stub.seen().try_into().unwrap();
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/orders"));
    assert_eq!((seen.app_id.as_str(), seen.app_secret.as_str()), ("ds1", "app-secret"));
    let expected = json!({
        "machine_no": MACHINE, "trade_id": TRADE_NUMBER, "notify_url": notify_url().as_str(),
        "products": [{"product_id": 811, "quantity": 2}, {"product_id": 812, "quantity": 2}]
    });
    assert_eq!(seen.plain, Some(expected));
}

#[tokio::test]
async fn trap_02_a_whole_machine_is_replenished_by_the_method_of_the_text_not_of_the_sample() {
    let sent = replenish(Replenishment::Machine { place: None }).await;
    assert_eq!(sent, json!({"machine_no": MACHINE, "method": "replenishment.machine.all"}));
    let sent = replenish(Replenishment::Machine { place: Some(cabinet("B")) }).await;
    let expected = json!({"machine_no": MACHINE, "method": "replenishment.machine.all", "cabinet_name": "B"});
    assert_eq!(sent, expected);
}

/// The stub would refuse them unsigned; that it can tell is what the second half shows.
#[tokio::test]
async fn trap_03_every_replenishment_is_signed_and_its_stock_bears_both_names() {
    let category = "7".into();
    let place = DriverAddress::new(3).map(Place::Driver);
    let sent = replenish(Replenishment::Category { category, quantity: 9, place }).await;
    let expected = json!({
        "machine_no": MACHINE, "method": "replenishment.category.id", "category_id": "7",
        "current_inventory": "9", "max_total": "9", "addr": "3"
    });
    assert_eq!(sent, expected);
    let sent = replenish(Replenishment::Shelf { slot: "811".into(), quantity: 0 }).await;
    let expected = json!({
        "machine_no": MACHINE, "method": "replenishment.product.id", "product_id": "811",
        "current_inventory": "0", "max_total": "0"
    });
    assert_eq!(sent, expected);

    let stub = Stub::start(|_| ok(&json!({}))).await;
    let url = format!("{}/replenishments", stub.base);
    let unsigned = r#"{"payload":"eyJtYWNoaW5lX25vIjoiMDAwMDAwMDEiLCJ0aW1lc3RhbXAiOiIxNzE0MDMwNzkxIn0="}"#;
    let request = reqwest::Client::new().post(url).header("content-type", "application/json").body(unsigned);
    assert!(request.send().await.unwrap().text().await.unwrap().contains("4006"));
}

#[tokio::test]
async fn trap_05_the_end_of_a_code_goes_out_in_gmt_8_and_empty_for_never() {
    let expires_at: Timestamp = "2024-04-28T17:00:08.9Z".parse().unwrap();
    let codes =
        NewPickupCodes { count: Some(3), length: Some(7), expires_at: Some(expires_at), ..new_codes(slot()) };
    let expected = json!({
        "machine_no": MACHINE, "method": "pickup_code.product.id", "product_id": "811", "count": "3",
        "code_length": "7", "expired_at": "2024-04-29 01:00:08"
    });
    assert_eq!(create_codes(&codes).await, expected);
    let expected = json!({
        "machine_no": MACHINE, "method": "pickup_code.product.id", "product_id": "811", "expired_at": ""
    });
    assert_eq!(create_codes(&new_codes(slot())).await, expected);
    let expected = json!({
        "machine_no": MACHINE, "method": "pickup_code.product.all", "code_length": "10", "expired_at": ""
    });
    assert_eq!(create_codes(&NewPickupCodes { length: Some(10), ..new_codes(Goods::Any) }).await, expected);
}

#[tokio::test]
async fn trap_08_codes_are_cancelled_and_orders_updated_by_put() {
    let stub = Stub::start(|_| ok(&json!({}))).await;
    stub.account.cancel_pickup_code("16327129", "1122223").await.unwrap();
    assert_eq!(stub.seen()[0].parameter("sign"), "A7A286EA4B7C49B6556124B4FB64552B", "the published vector");
    let expected = json!({"machine_no": "16327129", "method": "pickup_code.delete.id", "id": "1122223"});
    assert_eq!(only(&stub), ("PUT /pickup_codes".to_owned(), expected));

    let stub = Stub::start(|_| ok(&json!({}))).await;
    stub.account.cancel_all_pickup_codes(MACHINE).await.unwrap();
    let expected = json!({"machine_no": MACHINE, "method": "pickup_code.delete.all"});
    assert_eq!(only(&stub), ("PUT /pickup_codes".to_owned(), expected));

    let updates = [
        (OrderUpdate::Paid, "1"),
        (OrderUpdate::Refund, "2"),
        (OrderUpdate::Closed, "3"),
        (OrderUpdate::Revoked, "4"),
        (OrderUpdate::Paying, "5"),
        (OrderUpdate::PaymentFailed, "6"),
    ];
    for (update, status) in updates {
        let stub = Stub::start(|_| ok(&json!(""))).await;
        stub.account.update_order(MACHINE, "60", update).await.unwrap();
        let expected = json!({"machine_no": MACHINE, "status": status});
        assert_eq!(only(&stub), ("PUT /orders/60".to_owned(), expected));
    }
}

#[tokio::test]
async fn a_dispense_names_order_and_record_and_a_test_the_channel_and_who_is_told() {
    let answer =
        json!({"delivery_id": "d-7", "status": "IS_DELIVERING", "delivered_at": "2024-04-27 14:00:08"});
    let told = answer.clone();
    let stub = Stub::start(move |_| ok(&told)).await;
    let Dispensed { number, delivery } = stub.account.dispense(MACHINE, "60", "78").await.unwrap();
    assert_eq!((&*number, delivery.state), ("d-7", DeliveryState::Dispensing));
    assert_eq!(delivery.at, Some("2024-04-27T06:00:08Z".parse().unwrap()), "Trap 5");
    let expected = json!({
        "machine_no": MACHINE, "method": "device.delivery.put", "order_id": "60", "record_id": "78"
    });
    assert_eq!(only(&stub), ("POST /deliveries".to_owned(), expected));

    let stub = Stub::start(move |_| ok(&answer)).await;
    assert_eq!(&*stub.account.test_dispense(MACHINE, "A21", &notify_url()).await.unwrap().number, "d-7");
    let expected = json!({
        "machine_no": MACHINE, "method": "device.delivery.put", "channel_name": "A21",
        "notify_url": notify_url().as_str()
    });
    assert_eq!(only(&stub), ("POST /deliveries/debug".to_owned(), expected));
}

#[tokio::test]
async fn a_redeemed_code_becomes_an_order_in_the_machines_currency() {
    let stub = Stub::start(|seen| match seen.path.as_str() {
        "/consumes" => ok(&json!({
            "order_id": 61, "trade_id": TRADE_NUMBER, "status": "PICKUPCODE", "pickup_code_id": 2111,
            "amount": "3.00", "records": [{"id": 79, "product_id": 811, "quantity": 1, "price": "3.00"}]
        })),
        _ => ok(&json!({"currency": {"code": "THB"}})),
    })
    .await;
    let order = stub.account.redeem_pickup_code(&redemption("9388106")).await.unwrap();
    assert_eq!((&*order.number, order.state), ("61", OrderState::PickupCode));
    assert_eq!(order.pickup_code_number.as_deref(), Some("2111"));
    assert_eq!(order.amount, Some(Money::from_minor(300, iso_currency::Currency::THB)));
    assert_eq!((&*order.lines[0].number, &*order.lines[0].slot), ("79", "811"));
    let sent = stub.seen().into_iter().find(|seen| seen.path == "/consumes").unwrap();
    let names: Vec<_> = sent.parameters.keys().map(String::as_str).collect();
    let expected =
        ["code", "machine_no", "method", "notify_url", "product_id", "sign", "timestamp", "trade_id"];
    assert_eq!((sent.method.as_str(), names.as_slice()), ("POST", expected.as_slice()));
    assert_eq!(sent.parameter("method"), "event.consume.pickup_code");
    let [code, slot, trade] = ["code", "product_id", "trade_id"].map(|name| sent.parameter(name));
    assert_eq!((code, slot, trade), ("9388106", "811", TRADE_NUMBER));
}
