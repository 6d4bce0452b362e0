//! Commands, orders and codes to store.

use iso_currency::Currency;
use jiff::{SignedDuration, Timestamp};

use crate::{
    domain::{
        AccountName, Delivery, DeliveryState, IssuedPickupCode, Money, Order, OrderLine, OrderState,
        PickupCodeIssuer, PickupCodeState,
    },
    store::{Action, Begun, Change, Digest, Ending, Intent, NewIntent, Outcome, Store, Target},
};

pub(super) fn account() -> AccountName {
    AccountName::new("north")
}

pub(super) fn second(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_000_000 + seconds)
}

pub(super) fn order(trade: &str, at: i64) -> Order {
    Order {
        account: account(),
        trade_number: trade.into(),
        machine: "00000001".into(),
        number: None,
        state: OrderState::Unknown,
        amount: Some(Money::from_minor(300, Currency::CNY)),
        lines: vec![line(0), line(1)],
        pickup_code_number: None,
        created_at: second(at),
        pay_before: Some(second(at + 1200)),
        closing: false,
        paying: false,
        version: 0,
    }
}

pub(super) fn line(position: u32) -> OrderLine {
    OrderLine {
        position,
        cabinet: "A".into(),
        shelf: "A01".into(),
        slot: "7".into(),
        product_name: Some("冰茶".into()),
        quantity: 2,
        price: Some(Money::from_minor(150, Currency::JPY)),
        record: None,
        attempts: 0,
        delivery: Delivery::new(DeliveryState::Unknown),
        delivery_number: None,
        earlier: None,
        is_delivery_read: false,
    }
}

pub(super) fn code(number: &str, digits: &str) -> IssuedPickupCode {
    IssuedPickupCode {
        account: account(),
        number: number.into(),
        issuer: PickupCodeIssuer::Gateway,
        code: digits.into(),
        machine: None,
        cabinet: None,
        shelf: None,
        product_number: Some("cola".into()),
        quantity: 1,
        fee: Some(Money::from_minor(1, Currency::CNY)),
        state: PickupCodeState::Unused,
        created_at: second(0),
        starts_at: Some(second(0)),
        expires_at: Some(second(3600)),
        used_at: None,
        used_by: None,
        hold: None,
        version: 0,
    }
}

pub(super) fn wanted(action: Action, key: Option<&str>) -> NewIntent {
    NewIntent {
        account: account(),
        subject: "ann".into(),
        action,
        key: key.map(Into::into),
        fingerprint: Digest::of("input"),
        target: Target::default(),
        callback: None,
        begun_at: second(0),
    }
}

/// A command on an order, or on one of its lines.
pub(super) fn on(action: Action, trade: &str, line: Option<u32>) -> NewIntent {
    let target = Target { trade_number: Some(trade.into()), line, ..Target::default() };
    NewIntent { target, ..wanted(action, None) }
}

#[track_caller]
pub(super) fn new(begun: Begun) -> Intent {
    let Begun::New(intent) = begun else { panic!("{begun:?} is not new") };
    intent
}

pub(super) async fn end(store: &dyn Store, intent: &Intent, outcome: Outcome) -> Intent {
    store.end(intent.id, &Ending::new(outcome, second(1)), &Change::none()).await.unwrap()
}

/// Stores an order whose creation is done.
pub(super) async fn place(store: &dyn Store, order: &Order) {
    let wanted = on(Action::CreateOrder, &order.trade_number, None);
    let wanted = NewIntent { account: order.account.clone(), ..wanted };
    let intent = new(store.begin(&wanted, &Change::order(order.clone())).await.unwrap());
    end(store, &intent, Outcome::Done).await;
}

/// Stores codes; gives whether their digits were free.
pub(super) async fn issue(store: &dyn Store, codes: Vec<IssuedPickupCode>, at: i64) -> bool {
    let wanted = NewIntent { begun_at: second(at), ..wanted(Action::CreatePickupCodes, None) };
    let begun = store.begin(&wanted, &Change::codes(codes)).await.unwrap();
    assert!(matches!(begun, Begun::New(_) | Begun::Taken), "{begun:?}");
    begun != Begun::Taken
}
