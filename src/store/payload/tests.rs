//! What is written comes back, the same is always the same text, and later versions' members are passed over.

use std::sync::Arc;

use iso_currency::Currency;
use jiff::Timestamp;
use proptest::prelude::{any, prop_assert_eq, proptest};
use serde_json::Value;

use super::{decode, encode};
use crate::{
    domain::{
        AccountName, CabinetClimate, Category, CoinStock, ComponentVersion, Delivery, DeliveryState, Fault,
        GeoPoint, Happening, HealthState, Hold, IssuedPickupCode, MethodSales, Money, NetworkInfo, Order,
        OrderLine, OrderState, Packaging, Payment, PaymentMethod, PaymentState, PickupCodeIssuer,
        PickupCodeState, Product, Refill, Refund, RefundState, SalesFigure, Shelf, ShelfRefill, ShelfState,
        Status, Trade, TradeKind,
        event::{AccountHealth, DeliveryNews, Registration, ShelfNews, StatusNews, Touched, Unreadable},
    },
    store::{tests::samples, words::Word},
};

fn money() -> Money {
    Money::from_minor(-1_234, Currency::JPY)
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap()
}

fn registration() -> Registration {
    let product = Product {
        full_name: Some("可乐 500ml".into()),
        description: Some("<b>\"sweet\"</b>\u{0}".into()),
        category_name: Some("drinks".into()),
        price: Some(money()),
        list_price: Some(money()),
        packaging: Some(Packaging::Can),
        manufacturer: Some("x".into()),
        image_url: Some("https://i".into()),
        image_urls: vec!["https://i".into(), "https://j".into()],
        ..Product::named("p1".into(), "可乐".into())
    };
    let shelf = Shelf {
        cabinet: "A".into(),
        code: "A01".into(),
        slot: Some("7".into()),
        product: Some(Arc::new(product)),
        category: Some(Category { number: "1".into(), title: "cold".into(), sort_order: Some(-1) }),
        price: Some(money()),
        list_price: Some(money()),
        capacity: Some(10),
        stock: Some(0),
        sold_out: Some(true),
        sold_out_at: Some(at(-1)),
        state: ShelfState::Jammed,
    };
    Registration {
        name: Some("lobby".into()),
        site_name: Some("tower".into()),
        line_name: Some("north".into()),
        location: GeoPoint::new(31.230_400_000_000_002, -0.1),
        shelves: vec![shelf],
    }
}

fn status() -> StatusNews {
    let climate = CabinetClimate {
        cabinet: "A".into(),
        left_temperature: Some(-4),
        left_cooling: Some(false),
        light_on_at: Some("7:30".into()),
        ..CabinetClimate::default()
    };
    let fault = Fault {
        cabinet: Some("A".into()),
        code: Some("E1".into()),
        name: "coin acceptor".into(),
        since: Some(at(5)),
    };
    let status = Status {
        online: Some(true),
        sellable: Some(false),
        controller_online: Some(true),
        door_open: Some(false),
        sold_out_shelf_count: Some(3),
        faults: Some(vec![fault]),
        cabinets: vec![climate],
        coins: Some(CoinStock { five_jiao: Some(1), one_yuan: None }),
        network: Some(NetworkInfo {
            kind: Some("4G".into()),
            ip: Some("10.0.0.1".into()),
            ..NetworkInfo::default()
        }),
        versions: vec![ComponentVersion { component: "app".into(), version: "1.2".into() }],
    };
    let shelf = ShelfNews { cabinet: None, code: "1".into(), sold_out: Some(true), sold_out_at: Some(at(7)) };
    StatusNews { status, shelves: vec![shelf] }
}

fn trade() -> Trade {
    Trade {
        kind: TradeKind::Prize,
        order_number: "60".into(),
        trade_number: Some("t".into()),
        line: None,
        machine_number: "00000001".into(),
        cabinet: Some("A".into()),
        shelf_code: Some("1".into()),
        product_number: Some("p1".into()),
        product_name: Some("可乐".into()),
        quantity: 2,
        unit_price: Some(money()),
        list_price: Some(money()),
        total: Some(money()),
        payment: Payment {
            method: PaymentMethod::WechatScanned,
            vendor_method: Some("13".into()),
            state: PaymentState::Paid,
            paid_at: Some(at(1)),
            transaction_number: Some("tx".into()),
            payer_open_id: Some("open".into()),
            payer_phone: Some("138".into()),
        },
        delivery: Delivery {
            state: DeliveryState::Failed,
            at: Some(at(2)),
            failure_reason: Some("Goods are Stuck".into()),
        },
        refund: Some(Refund {
            state: RefundState::Done,
            amount: Some(money()),
            at: Some(at(3)),
            number: Some("r".into()),
        }),
        created_at: Some(at(4)),
    }
}

fn refill() -> Refill {
    let figure = SalesFigure { amount: Money::from_minor(900, Currency::CNY), count: 3 };
    let method = MethodSales { method: PaymentMethod::Cash, vendor_method: "4".into(), figure };
    let shelf = ShelfRefill {
        cabinet: "A".into(),
        shelf_code: "1".into(),
        product_number: Some("p1".into()),
        product_name: Some("可乐".into()),
        price: Some(money()),
        stock: Some(10),
        refilled: Some(7),
        total: figure,
    };
    Refill {
        machine_number: "00000001".into(),
        site_name: Some("tower".into()),
        site_number: Some("9".into()),
        line_name: Some("north".into()),
        refilled_at: at(10),
        previous_refill_at: Some(at(5)),
        shelves: vec![shelf],
        by_method: vec![method],
        total: figure,
    }
}

fn happenings() -> Vec<Happening> {
    let line = OrderLine {
        price: Some(money()),
        record: Some("78".into()),
        delivery_number: Some("d".into()),
        product_name: Some("可乐".into()),
        ..samples::line(3)
    };
    let order = Order {
        account: AccountName::new("north"),
        number: Some("60".into()),
        state: OrderState::PickupCode,
        lines: vec![line],
        pickup_code_number: Some("9".into()),
        closing: true,
        version: 4,
        ..samples::order("12345678901234567890", 0)
    };
    let bare = Order { amount: None, lines: Vec::new(), pay_before: None, ..samples::order("1", 0) };
    let code = IssuedPickupCode {
        issuer: PickupCodeIssuer::Vendor,
        machine: Some("m1".into()),
        cabinet: Some("A".into()),
        shelf: Some("1".into()),
        state: PickupCodeState::Held,
        used_at: Some(at(1)),
        used_by: Some("nonce".into()),
        hold: Some(Hold { machine: "m1".into(), until: at(90_000) }),
        ..samples::code("1", "123456")
    };
    let news = DeliveryNews {
        trade_number: Some("1".into()),
        order_number: Some("60".into()),
        line: Some((2, 3)),
        record: Some("78".into()),
        delivery: Delivery::new(DeliveryState::Dispensed),
        shelf_state: ShelfState::MotorFault,
    };
    let health = AccountHealth {
        state: HealthState::Down,
        last_success_at: Some(at(1)),
        error_code: Some("VENDOR_TIMEOUT".into()),
    };
    let nothing_told = Status { faults: Some(Vec::new()), ..Status::default() };
    vec![
        Happening::MachineRegistered(registration()),
        Happening::MachineRegistered(Registration::default()),
        Happening::MachineStatus(status()),
        Happening::MachineStatus(StatusNews { status: nothing_told, shelves: Vec::new() }),
        Happening::MachineStatus(StatusNews::default()),
        Happening::Trade(trade()),
        Happening::Refill(refill()),
        Happening::Delivery(news),
        Happening::Order(order),
        Happening::Order(bare),
        Happening::PickupCode(code),
        Happening::PickupCode(samples::code("2", "1")),
        Happening::AccountHealth(health),
        Happening::Touched(Touched { by: "a process".into() }),
        Happening::Unreadable(Unreadable { message: "status".into(), problem: "no signature".into() }),
    ]
}

#[test]
fn what_happened_comes_back_and_is_always_the_same_text() {
    for happening in happenings() {
        let text = encode(&happening).unwrap();
        let read = decode(happening.kind(), &text).unwrap();
        assert_eq!(read, happening, "{text}");
        assert_eq!(encode(&read).unwrap(), text);
        assert!(!text.contains("null"), "{text}");
    }
}

/// A member more in every object.
fn with_later_members(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(with_later_members);
            members.insert("of_a_later_version".to_owned(), serde_json::json!({ "a": [1, null] }));
        }
        Value::Array(values) => values.iter_mut().for_each(with_later_members),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn members_of_a_later_version_are_passed_over() {
    for happening in happenings() {
        let mut value: Value = serde_json::from_str(&encode(&happening).unwrap()).unwrap();
        with_later_members(&mut value);
        assert_eq!(decode(happening.kind(), &value.to_string()).unwrap(), happening);
    }
}

#[test]
fn a_text_of_another_kind_and_one_with_something_behind_it_are_refused() {
    let order = happenings().into_iter().find(|happening| matches!(happening, Happening::Order(_))).unwrap();
    let text = encode(&order).unwrap();
    assert!(decode(crate::domain::EventKind::Trade, &text).is_err());
    assert!(decode(order.kind(), &format!("{text} {{}}")).is_err());
    assert!(decode(order.kind(), &text.replace("PICKUP_CODE", "EATEN")).is_err());
}

#[test]
fn words_are_those_of_the_schema() {
    fn check<W: Word + std::fmt::Debug>(of: &str) {
        let schema = include_str!("../../../schema.graphql");
        let body = schema.split_once(&format!("\nenum {of} {{")).unwrap().1.split_once("\n}").unwrap().0;
        let mut known: Vec<&str> = body.lines().map(str::trim).collect();
        known.retain(|line| {
            !line.is_empty() && line.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_')
        });
        let mut ours: Vec<&str> = W::WORDS.iter().map(|(_, word)| *word).collect();
        known.sort_unstable();
        ours.sort_unstable();
        assert_eq!(ours, known, "{of}");
        assert!(W::WORDS.iter().all(|(kind, word)| W::of_word(word) == Some(*kind)));
    }
    check::<TradeKind>("TradeKind");
    check::<PaymentMethod>("PaymentMethod");
    check::<PaymentState>("PaymentState");
    check::<RefundState>("RefundState");
    check::<ShelfState>("ShelfState");
    check::<Packaging>("Packaging");
    check::<HealthState>("HealthState");
    check::<DeliveryState>("DeliveryState");
    check::<OrderState>("OrderState");
}

proptest! {
    #[test]
    fn any_text_amount_instant_and_place_on_earth_comes_back(
        text in any::<String>(),
        minor in any::<i64>(),
        millis in -377_705_023_201_000_i64..253_402_207_200_999,
        latitude in -90.0..=90.0_f64,
        longitude in -180.0..=180.0_f64,
    ) {
        let mut registration = registration();
        registration.name = Some(text.as_str().into());
        registration.location = GeoPoint::new(latitude, longitude);
        registration.shelves[0].price = Some(Money::from_minor(minor, Currency::CNY));
        registration.shelves[0].sold_out_at = Some(at(millis));
        let happening = Happening::MachineRegistered(registration);
        prop_assert_eq!(decode(happening.kind(), &encode(&happening).unwrap()).unwrap(), happening);
    }
}
