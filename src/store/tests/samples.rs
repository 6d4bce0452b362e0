//! Commands, orders, codes and events to store.

use iso_currency::Currency;
use jiff::{SignedDuration, Timestamp};

use crate::{
    domain::{
        AccountName, CabinetClimate, Delivery, DeliveryState, Event, Happening, IssuedPickupCode, Money,
        Order, OrderLine, OrderState, Origin, Payment, PaymentMethod, PaymentState, PickupCodeIssuer,
        PickupCodeState, Place, Refill, SalesFigure, Status, Trade, TradeKind, event::StatusNews,
    },
    store::{
        Action, Begun, Change, Digest, Ending, EventFilter, Intent, NewEvent, NewIntent, Outcome, Store,
        StoredEvent, Target,
    },
};

pub(in crate::store) fn account() -> AccountName {
    AccountName::new("north")
}

pub(in crate::store) fn second(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_000_000 + seconds)
}

pub(in crate::store) fn order(trade: &str, at: i64) -> Order {
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

pub(in crate::store) fn line(position: u32) -> OrderLine {
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

pub(in crate::store) fn code(number: &str, digits: &str) -> IssuedPickupCode {
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

pub(in crate::store) fn wanted(action: Action, key: Option<&str>) -> NewIntent {
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
pub(in crate::store) fn on(action: Action, trade: &str, line: Option<u32>) -> NewIntent {
    let target = Target { trade_number: Some(trade.into()), line, ..Target::default() };
    NewIntent { target, ..wanted(action, None) }
}

#[track_caller]
pub(in crate::store) fn new(begun: Begun) -> Intent {
    let Begun::New(intent) = begun else { panic!("{begun:?} is not new") };
    intent
}

pub(in crate::store) async fn end(store: &dyn Store, intent: &Intent, outcome: Outcome) -> Intent {
    store.end(intent.id, &Ending::new(outcome, second(1)), &Change::none()).await.unwrap()
}

/// Stores an order whose creation is done.
pub(in crate::store) async fn place(store: &dyn Store, order: &Order) {
    let wanted = on(Action::CreateOrder, &order.trade_number, None);
    let wanted = NewIntent { account: order.account.clone(), ..wanted };
    let intent = new(store.begin(&wanted, &Change::order(order.clone())).await.unwrap());
    end(store, &intent, Outcome::Done).await;
}

/// Stores codes; gives whether their digits were free.
pub(in crate::store) async fn issue(store: &dyn Store, codes: Vec<IssuedPickupCode>, at: i64) -> bool {
    let wanted = NewIntent { begun_at: second(at), ..wanted(Action::CreatePickupCodes, None) };
    let begun = store.begin(&wanted, &Change::codes(codes)).await.unwrap();
    assert!(matches!(begun, Begun::New(_) | Begun::Taken), "{begun:?}");
    begun != Begun::Taken
}

/// What happened at machine `m1`.
pub(in crate::store) fn event(happening: Happening, at: i64) -> NewEvent {
    let event = Event {
        account: account(),
        machine: Some("m1".into()),
        origin: Origin::Pushed,
        occurred_at: second(at),
        received_at: second(at),
        happening,
    };
    NewEvent { event, nonce: None, message: None }
}

pub(in crate::store) fn status(temperature: i32) -> Happening {
    let climate = CabinetClimate { left_temperature: Some(temperature), ..CabinetClimate::default() };
    let status = Status { cabinets: vec![climate], ..Status::default() };
    Happening::MachineStatus(StatusNews { status, shelves: Vec::new() })
}

pub(in crate::store) fn trade(order: &str, delivery: DeliveryState) -> Happening {
    Happening::Trade(Trade {
        kind: TradeKind::Sale,
        order_number: order.into(),
        trade_number: Some("20260101000000000001".into()),
        line: None,
        machine_number: "m1".into(),
        cabinet: Some("A".into()),
        shelf_code: Some("12".into()),
        product_number: Some("6901939621608".into()),
        product_name: Some("可口可乐".into()),
        quantity: 1,
        unit_price: Some(Money::from_minor(300, Currency::CNY)),
        list_price: None,
        total: Some(Money::from_minor(300, Currency::CNY)),
        payment: Payment {
            method: PaymentMethod::Wechat,
            vendor_method: Some("2".into()),
            state: PaymentState::Paid,
            paid_at: Some(second(0)),
            transaction_number: Some("4200001234202601011234567890".into()),
            payer_open_id: Some("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o".into()),
            payer_phone: None,
        },
        delivery: Delivery::new(delivery),
        refund: None,
        created_at: Some(second(0)),
    })
}

pub(in crate::store) fn refill(at: i64) -> Happening {
    Happening::Refill(Refill {
        machine_number: "m1".into(),
        site_name: None,
        site_number: None,
        line_name: None,
        refilled_at: second(at),
        previous_refill_at: None,
        shelves: Vec::new(),
        by_method: Vec::new(),
        total: SalesFigure { amount: Money::from_minor(0, Currency::CNY), count: 0 },
    })
}

/// The whole log of two accounts, page by page.
pub(in crate::store) async fn log(store: &dyn Store) -> Vec<StoredEvent> {
    let accounts = vec![account(), AccountName::new("metro")];
    let filter = EventFilter { accounts, ..EventFilter::default() };
    let (mut events, mut after): (Vec<StoredEvent>, Place) = (Vec::new(), Place::default());
    loop {
        let page = store.events(&filter, after, 100).await.unwrap();
        events.extend(page.rows);
        if !page.more {
            return events;
        }
        after = events.last().unwrap().place;
    }
}
