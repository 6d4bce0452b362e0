//! The document's five samples, and the traps of decoding them.

use iso_currency::Currency;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Message, account, decode, sealed};
use crate::{
    domain::{
        CoinStock, ComponentVersion, DeliveryState, Fault, Happening, Money, PaymentMethod, PaymentState,
        Refill, RefundState, Shelf, ShelfState, Trade, TradeKind,
        event::{Registration, ShelfNews, StatusNews},
    },
    vendor::inhand::webhook::News,
};

macro_rules! sample {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!(
            "../../../../../tests/fixtures/inhand/",
            $name,
            ".json"
        )))
        .unwrap()
    };
}

fn second(second: i64) -> Option<Timestamp> {
    Timestamp::from_second(second).ok()
}

const fn fen(fen: i64) -> Money {
    Money::from_minor(fen, Currency::CNY)
}

fn registration(members: &Value) -> Registration {
    let happening = decode(Message::Machine, members).unwrap().happening;
    let Happening::MachineRegistered(registration) = happening else { panic!("{happening:?}") };
    registration
}

fn trade(message: Message, members: &Value) -> (Option<Timestamp>, Trade) {
    let News { occurred_at, happening, .. } = decode(message, members).unwrap();
    let Happening::Trade(trade) = happening else { panic!("{happening:?}") };
    (occurred_at, trade)
}

fn status(members: &Value) -> StatusNews {
    let happening = decode(Message::Status, members).unwrap().happening;
    let Happening::MachineStatus(news) = happening else { panic!("{happening:?}") };
    news
}

fn refill(members: &Value) -> Refill {
    let happening = decode(Message::Refill, members).unwrap().happening;
    let Happening::Refill(refill) = happening else { panic!("{happening:?}") };
    refill
}

/// The sample with these members in the place of its own.
fn with(mut sample: Value, members: &Value) -> Value {
    let changes = members.as_object().unwrap().clone();
    sample.as_object_mut().unwrap().extend(changes);
    sample
}

fn shelf_facts(shelf: &Shelf) -> (&str, &str, Option<&str>, Option<Money>, Option<u32>) {
    let product = shelf.product.as_ref().map(|product| &*product.name);
    (&shelf.cabinet, &shelf.code, product, shelf.price, shelf.capacity)
}

#[test]
fn the_sample_of_a_machine_tells_where_it_stands_and_what_its_shelves_take() {
    let news = decode(Message::Machine, &sample!("pushed-machine")).unwrap();
    assert_eq!((&*news.machine, news.occurred_at), ("91000092", None));
    let told = registration(&sample!("pushed-machine"));
    assert_eq!(told.name.as_deref(), Some("测试机#092"));
    assert_eq!(told.site_name.as_deref(), Some("启明国际大厦"));
    assert_eq!(told.line_name.as_deref(), Some("京港地铁 14 号线"));
    let place = told.location.unwrap();
    assert!((place.longitude - 116.395_645_141_601_56).abs() < 1e-9);
    assert!((place.latitude - 39.929_985_046_386_72).abs() < 1e-9);
    let shelves: Vec<_> = told.shelves.iter().map(shelf_facts).collect();
    assert_eq!(shelves, [("91000092", "1", Some("三得利蜜香暖姜"), Some(fen(500)), Some(20))]);
    let product = told.shelves[0].product.as_ref().unwrap();
    assert_eq!((&*product.number, &product.image_url), ("56765a1544f44995f8dcb9f9", &None));
}

#[test]
fn trap_05_containers_hold_their_shelves_nested_or_are_them_and_places_are_numbers_or_text() {
    let shelf = |code: &str, img: &str| {
        json!({"location_id": code, "goods_id": "g", "goods_name": "水", "price": 200, img: "http://cdn/x.png",
            "capacity": "12", "valve": 3})
    };
    let nested = json!({"assetId": "9", "location": {"longitude": "116.5", "latitude": "39.9"},
        "containers": [{"cid": "9", "type": 1, "shelves": [shelf("1", "Img"), shelf("2", "img")]},
            {"cid": "A", "type": "2", "shelves": [shelf("1", "img")]}]});
    let told = registration(&nested);
    let places: Vec<_> = told.shelves.iter().map(|shelf| (&*shelf.cabinet, &*shelf.code)).collect();
    assert_eq!(places, [("9", "1"), ("9", "2"), ("A", "1")]);
    assert!(told.shelves.iter().all(|shelf| shelf.capacity == Some(12) && shelf.price == Some(fen(200))));
    let images = told.shelves.iter().map(|shelf| shelf.product.as_ref().unwrap().image_url.as_deref());
    assert!(images.into_iter().all(|image| image == Some("http://cdn/x.png")));
    assert!((told.location.unwrap().latitude - 39.9).abs() < 1e-9);

    let flat = json!({"assetId": "9", "containers": [shelf("1", "img"), shelf("2", "Img")]});
    let told = registration(&flat);
    let places: Vec<_> = told.shelves.iter().map(|shelf| (&*shelf.cabinet, &*shelf.code)).collect();
    assert_eq!((places, told.location), (vec![("9", "1"), ("9", "2")], None));
    assert!(
        registration(&json!({"assetId": "9", "containers": "", "location": "nowhere"})).shelves.is_empty()
    );
}

#[test]
fn the_sample_of_a_trade_is_a_paid_and_dispensed_sale() {
    let (occurred_at, trade) = trade(Message::Trade, &sample!("pushed-trade"));
    assert_eq!(occurred_at, second(1_450_163_985));
    assert_eq!((trade.kind, &*trade.order_number), (TradeKind::Sale, "1450163934464-709314"));
    assert_eq!((&*trade.machine_number, trade.quantity), ("91000092", 1));
    assert_eq!((trade.unit_price, trade.total), (Some(fen(50)), Some(fen(50))));
    assert_eq!((trade.payment.method, trade.payment.state), (PaymentMethod::Wechat, PaymentState::Paid));
    assert_eq!((trade.payment.paid_at, trade.created_at), (second(1_450_163_984), second(1_450_163_934)));
    assert_eq!((trade.delivery.state, trade.delivery.at), (DeliveryState::Dispensed, second(1_450_163_985)));
    assert_eq!(trade.refund, None, "a refundTime without a refund");
}

#[test]
fn trap_02_a_pushed_deliver_status_has_a_table_of_its_own() {
    let of = |number: Value| {
        let members = with(sample!("pushed-trade"), &json!({"deliverStatus": number}));
        trade(Message::Trade, &members).1.delivery.state
    };
    for (number, expected) in [
        (-1, DeliveryState::Waiting),
        (0, DeliveryState::Dispensed),
        (1, DeliveryState::Unknown),
        (2, DeliveryState::OutOfStock),
        (3, DeliveryState::Failed),
        (9, DeliveryState::Unknown),
    ] {
        assert_eq!(of(json!(number)), expected, "{number}");
        assert_eq!(of(json!(number.to_string())), expected, "{number}");
    }
    assert_eq!(of(json!("")), DeliveryState::Unknown);
}

#[test]
fn trap_10_the_address_tells_a_prize_from_a_sale() {
    let (_, prize) = trade(Message::Prize, &sample!("pushed-trade"));
    let (_, sale) = trade(Message::Trade, &sample!("pushed-trade"));
    assert_eq!(prize.kind, TradeKind::Prize);
    assert_eq!(Trade { kind: TradeKind::Sale, ..prize }, sale);
}

#[test]
fn a_trade_is_news_of_the_last_that_it_tells() {
    let at = |members: &Value| trade(Message::Trade, &with(sample!("pushed-trade"), members)).0;
    let waiting = json!({"deliverStatus": "-1", "exec_ts": "1450999999"});
    assert_eq!(at(&waiting), second(1_450_163_984));
    assert_eq!(at(&json!({"deliverStatus": "-1", "payTime": "0"})), second(1_450_163_934));
    let refunded = json!({"refundStatus": 2, "refundFee": "50", "refundTime": 1_450_164_000});
    assert_eq!(at(&refunded), second(1_450_164_000));
    let (_, told) = trade(Message::Trade, &with(sample!("pushed-trade"), &refunded));
    let refund = told.refund.unwrap();
    assert_eq!((refund.state, refund.amount), (RefundState::Done, Some(fen(50))));
    let nothing = json!({"createTime": "", "payTime": null, "exec_ts": 0});
    assert_eq!(at(&nothing), None);
}

#[test]
fn trap_08_times_are_seconds_or_milliseconds_and_zero_is_none() {
    let created = |time: Value| {
        trade(Message::Trade, &with(sample!("pushed-trade"), &json!({"createTime": time}))).1.created_at
    };
    assert_eq!(created(json!(1_450_163_934_464_i64)), Timestamp::from_millisecond(1_450_163_934_464).ok());
    assert_eq!(created(json!("1450163934")), second(1_450_163_934));
    assert_eq!((created(json!(0)), created(json!("")), created(Value::Null)), (None, None, None));
}

#[test]
fn trap_11_unknown_numbers_and_members_break_nothing() {
    let odd = json!({"payStyle": "99", "payStatus": 8, "refundStatus": "7", "new": {"deep": [1]}, "type": 5});
    let (_, told) = trade(Message::Trade, &with(sample!("pushed-trade"), &odd));
    assert_eq!(told.payment.method, PaymentMethod::Other);
    assert_eq!(told.payment.vendor_method.as_deref(), Some("99"));
    assert_eq!(told.refund.unwrap().state, RefundState::InProgress);
    let news = status(&json!({"assetId": 1, "online": 7, "doorState": 5, "isSale": -1, "newState": [{}],
        "shelvesState": [{"shelvesId": 3, "state": "9", "x": 1}]}));
    assert_eq!((news.status.online, news.status.door_open, news.status.sellable), (None, None, None));
    assert_eq!((news.shelves[0].sold_out, &*news.shelves[0].code), (None, "3"));
}

#[test]
fn the_sample_of_a_status_tells_everything_of_the_machine() {
    let news = status(&sample!("pushed-status"));
    let told = &news.status;
    assert_eq!((told.online, told.sellable, told.controller_online), (Some(true), Some(true), Some(true)));
    assert_eq!((told.door_open, told.sold_out_shelf_count, &told.network), (Some(true), None, &None));
    assert_eq!(told.coins, Some(CoinStock { five_jiao: Some(53), one_yuan: Some(42) }));
    let fault = Fault {
        cabinet: Some("151111".into()),
        code: Some("硬币器故障".into()),
        name: "5 角缺币".into(),
        since: None,
    };
    assert_eq!(told.faults, Some(vec![fault]));
    let climate = &told.cabinets[0];
    assert_eq!((&*climate.cabinet, told.cabinets.len()), ("151111", 1));
    assert_eq!((climate.left_temperature, climate.right_temperature), (Some(21), Some(11)));
    assert_eq!((climate.cooling_low, climate.cooling_high), (Some(6), Some(10)));
    assert_eq!((climate.heating_low, climate.heating_high), (Some(50), Some(60)));
    assert_eq!((climate.left_cooling, climate.right_cooling), (Some(false), Some(true)));
    assert_eq!((climate.left_heating, climate.right_heating), (Some(false), Some(false)));
    assert_eq!((climate.light_always_on, climate.light_automatic), (Some(true), Some(false)));
    assert_eq!(climate.light_on_at.as_deref(), Some("0:0"));
    let versions: Vec<_> = told
        .versions
        .iter()
        .map(|ComponentVersion { component, version }| (&**component, &**version))
        .collect();
    let expected = [
        ("firmware", "IHv3.0.16"),
        ("controller", "339"),
        ("driver", "35"),
        ("DeviceManagerService", "1.161.r4768"),
        ("InBoxCore", "1.68.r4698"),
    ];
    assert_eq!(versions, expected);
    assert_eq!(news.shelves.len(), 13);
    let (first, fifth) = (&news.shelves[0], &news.shelves[3]);
    assert_eq!((first.cabinet.as_deref(), &*first.code, first.sold_out), (Some("1"), "11", Some(false)));
    let sold_out = ShelfNews {
        cabinet: Some("151111".into()),
        code: "5".into(),
        sold_out: Some(true),
        sold_out_at: second(1_478_254_287),
    };
    assert_eq!(*fifth, sold_out);
}

#[test]
fn trap_01_online_is_0_when_online() {
    let online = |number: Value| status(&json!({"assetId": "1", "online": number})).status.online;
    assert_eq!((online(json!(0)), online(json!("0"))), (Some(true), Some(true)));
    assert_eq!((online(json!(1)), online(json!("1"))), (Some(false), Some(false)));
    assert_eq!(online(json!("")), None);
}

#[test]
fn an_absent_member_of_a_status_is_no_news() {
    assert_eq!(
        status(&json!({"assetId": "1", "siteName": "s", "faultCode": "", "apps": null})),
        StatusNews::default()
    );
    let cleared = status(&json!({"assetId": "1", "faultCode": [0, 0], "vendingFault": []}));
    assert_eq!(cleared.status.faults, Some(Vec::new()));
}

#[test]
fn faults_come_from_both_lists() {
    let told = status(&json!({"assetId": "1", "faultCode": [0, "17", 0, 4],
        "vendingFault": [{"cid": "master", "pcode": "纸币器故障", "ccode": ""}]}));
    let faults = told.status.faults.unwrap();
    let facts: Vec<_> = faults.iter().map(|fault| (fault.code.as_deref(), &*fault.name)).collect();
    assert_eq!(facts, [(Some("纸币器故障"), "纸币器故障"), (Some("17"), "17"), (Some("4"), "4")]);
    assert!(faults.iter().all(|fault| fault.cabinet.is_none()));
}

#[test]
fn trap_03_a_state_is_a_number_or_text_and_a_list_may_be_sent_as_text() {
    let shelves = |state: Value| status(&json!({"assetId": "1", "shelvesState": state})).shelves;
    let row =
        |state: Value| json!([{"cid": 1, "shelvesId": 11, "state": state, "soldoutTime": "1478254287"}]);
    assert_eq!(shelves(row(json!(1))), shelves(row(json!("1"))));
    assert_eq!(shelves(json!(row(json!(1)).to_string())), shelves(row(json!("1"))));
    assert_eq!(shelves(row(json!(0)))[0].sold_out_at, None);
}

#[test]
fn the_sample_of_a_refill_is_one_with_its_shelves() {
    let news = decode(Message::Refill, &sample!("refill")).unwrap();
    assert_eq!(news.occurred_at, second(233_453_423), "trap 12: odd times are told as they came");
    let told = refill(&sample!("refill"));
    assert_eq!((&*told.machine_number, told.previous_refill_at), ("151111", second(232_341_231)));
    assert_eq!((told.total.amount, told.total.count), (Money::from_minor(66, Currency::CNY), 131));
    let shelf = &told.shelves[0];
    assert_eq!((&*shelf.shelf_code, shelf.stock, shelf.refilled), ("1", Some(66), Some(66)));
    assert_eq!((shelf.price, shelf.product_number.as_deref()), (Some(fen(5)), Some("00123")));
}

#[test]
fn trap_07_money_in_messages_is_fen() {
    let (_, told) =
        trade(Message::Trade, &with(sample!("pushed-trade"), &json!({"price": "350", "count": 2})));
    assert_eq!((told.unit_price, told.total), (Some(fen(350)), Some(fen(700))));
    assert_eq!(registration(&sample!("pushed-machine")).shelves[0].state, ShelfState::Unknown);
}

#[test]
fn what_is_signed_and_not_understood_says_what_is_wrong_and_is_kept() {
    let problem = |message: Message, members: &Value| {
        let happening = decode(message, members).unwrap_err().into_happening(message);
        let Happening::Unreadable(told) = happening else { panic!("{happening:?}") };
        (told.message.to_string(), told.problem.to_string())
    };
    for message in Message::ALL {
        let (word, told) = problem(message, &json!({"orderNo": "1", "refillTime": 1}));
        assert_eq!((word.as_str(), told.contains("assetId")), (message.word(), true));
    }
    assert!(problem(Message::Trade, &json!({"assetId": "1"})).1.contains("orderNo"));
    let long = "9".repeat(129);
    assert!(problem(Message::Trade, &json!({"assetId": "1", "orderNo": long})).1.contains("orderNo"));
    for message in Message::ALL {
        assert!(problem(message, &json!({"assetId": long})).1.contains("assetId"));
    }
    assert!(problem(Message::Refill, &json!({"assetId": "1", "refillTime": 0})).1.contains("refillTime"));
    let (_, told) = problem(Message::Status, &json!({"assetId": "1", "shelvesState": 5}));
    assert!(told.contains("shelvesState") && told.len() < 300, "{told}");
}

#[test]
fn nested_text_is_read_as_it_was_signed_with_escapes_and_digits() {
    let body = sealed(concat!(
        r#"{"clientId":"c-100","nonce_str":"n","assetId":"\u0039","name":"\u7edf\u4e00\/\"A\"","#,
        r#""containers" : [ {"location_id" : 1.0 , "goods_id":"\u0067", "price" : "5e2"} ] }"#
    ));
    let account = account();
    let news = account.verify(b"", body.as_bytes()).unwrap().decode(Message::Machine).unwrap();
    let Happening::MachineRegistered(told) = news.happening else { panic!("{news:?}") };
    assert_eq!((&*news.machine, told.name.as_deref()), ("9", Some("统一/\"A\"")));
    assert_eq!(
        (told.shelves[0].price, &*told.shelves[0].product.as_ref().unwrap().number),
        (Some(fen(500)), "g")
    );
}
