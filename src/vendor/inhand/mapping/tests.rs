//! The document's own samples, and the traps of decoding.

mod any_shape;

use iso_currency::Currency;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{instant, line, machine, product, refill, refill_sales, statistics, trade};
use crate::{
    domain::{
        DeliveryState, MethodSales, Money, Packaging, PaymentMethod, PaymentState, RefundState, Report,
        SalesStatistics, ShelfState, Text, Trade, TradeKind,
    },
    vendor::{
        inhand::wire::{self, Number, Rows},
        interner::Interner,
    },
};

macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/fixtures/inhand/", $name, ".json"))
    };
}

fn read<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap()
}

fn row<T: DeserializeOwned>(json: &Value) -> T {
    read(&json.to_string())
}

fn report(row: wire::MachineStatus) -> Option<(Text, Report)> {
    super::report(row, &mut Interner::default().lock())
}

fn second(second: i64) -> Option<Timestamp> {
    Timestamp::from_second(second).ok()
}

fn fen(fen: i64) -> Money {
    Money::from_minor(fen, Currency::CNY)
}

fn trade_with(changes: &Value) -> Trade {
    let mut whole = json!({"orderNo": "o1", "assetId": "1"});
    whole.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    trade(row(&whole)).unwrap()
}

fn statistics_of(json: &str) -> Vec<SalesStatistics> {
    let Rows(rows) = read::<Rows<wire::Statistics>>(json);
    let asked = (Timestamp::from_second(1).unwrap(), Timestamp::from_second(2).unwrap());
    rows.iter().filter_map(|row| statistics(row, asked)).collect()
}

fn share(sales: &[MethodSales], name: &str) -> Option<(PaymentMethod, i64, i64)> {
    let share = sales.iter().find(|sales| &*sales.vendor_method == name)?;
    Some((share.method, share.figure.amount.minor(), share.figure.count))
}

#[test]
fn the_sample_of_the_sites_is_a_machine() {
    let Rows(rows) = read::<Rows<wire::Site>>(sample!("router-sites"));
    let machines: Vec<_> = rows.into_iter().filter_map(machine).collect();
    let [machine] = machines.as_slice() else { panic!("{machines:?}") };
    assert_eq!(&*machine.number, "151111");
    assert_eq!(machine.name.as_deref(), Some("devicetest1"));
    assert_eq!(machine.manufacturer.as_deref(), Some("test"));
    assert_eq!(machine.address.as_deref(), Some("qweqwr"));
    let site = machine.site.as_ref().unwrap();
    assert_eq!((&*site.number, &*site.name), ("132342342", "wersdwe"));
    assert_eq!(
        (machine.line_name.as_deref(), machine.area_name.as_deref()),
        (Some("wersdwe"), Some("area1"))
    );
    assert_eq!((machine.online, machine.cabinet_count), (Some(false), Some(2)));
    assert_eq!(machine.created_at, second(3_424_554_634));
}

#[test]
fn the_sample_of_the_lines_decodes() {
    let Rows(rows) = read::<Rows<wire::Line>>(sample!("router-lines"));
    let lines: Vec<_> = rows.into_iter().filter_map(line).collect();
    assert_eq!(lines.iter().map(|line| &*line.name).collect::<Vec<_>>(), ["linetest1", "linetest2"]);
    assert_eq!(lines[1].description.as_deref(), Some("sdwerwq"));
    assert_eq!(lines[1].created_at, second(35_634_634));
}

#[test]
fn the_sample_of_the_goods_is_one_row_without_a_list() {
    let Rows(mut rows) = read::<Rows<wire::Goods>>(sample!("router-goods"));
    let product = product(rows.remove(0)).unwrap();
    assert_eq!((&*product.number, &*product.name), ("sas33333", "王老吉"));
    assert_eq!(product.full_name.as_deref(), Some("王老吉 250ml"));
    assert_eq!(product.packaging, Some(Packaging::Can));
    assert_eq!(product.price, Some(fen(150)));
}

#[test]
fn the_sample_of_the_status_decodes() {
    let (number, report) = report(read(sample!("router-status"))).unwrap();
    assert_eq!(&*number, "151111");
    assert_eq!(report.status.online, Some(true));
    assert_eq!(report.status.sold_out_shelf_count, Some(0));
    let faults = report.status.faults.unwrap();
    assert_eq!((&*faults[0].name, faults[0].since), ("硬币器故障", second(1_429_344_232)));
    let network = report.status.network.unwrap();
    assert_eq!((network.kind.as_deref(), network.sim_number.as_deref()), (Some("WIFI"), Some("15131157073")));
    assert_eq!((network.iccid.as_deref(), network.ip), (Some("234234234"), None));
    let versions: Vec<_> = report.status.versions.iter().map(|v| (&*v.component, &*v.version)).collect();
    assert_eq!(versions, [("computer", "v1.0"), ("vcs", "v2.0")]);
    let location = report.location.unwrap();
    assert_eq!((location.latitude, location.longitude), (56.092_323_823, 130.848_343_232));
    let [shelf] = report.shelves.as_slice() else { panic!() };
    assert_eq!((&*shelf.cabinet, &*shelf.code), ("151111", "1"));
    let product = shelf.product.as_ref().unwrap();
    assert_eq!((&*product.number, &*product.name), ("87373294343", "王老吉"));
    assert_eq!((shelf.sold_out, shelf.sold_out_at, shelf.state), (Some(false), None, ShelfState::Normal));
    assert_eq!((shelf.stock, shelf.capacity, shelf.price), (None, None, None));
}

#[test]
fn trap_05_coordinates_come_as_numbers_or_strings() {
    let place = |lon: Value, lat: Value| {
        let status = json!({"assetId": "1", "routerInfo": {"region": {"lon": lon, "lat": lat}}});
        report(row(&status)).unwrap().1.location.map(|place| (place.longitude, place.latitude))
    };
    let told = Some((116.5, 39.25));
    assert_eq!(place(json!(116.5), json!(39.25)), told);
    assert_eq!(place(json!("116.5"), json!("39.25")), told);
    assert_eq!(place(json!(""), json!("39.9")), None);
}

#[test]
fn trap_10_no_member_of_a_trade_tells_a_prize_and_the_listed_ones_are_sales() {
    for kind in ["0", "1", "2", "9"] {
        let trade = trade_with(&json!({"type": kind, "typeName": "奖品", "price": "0", "cost": "0"}));
        assert_eq!(trade.kind, TradeKind::Sale, "type {kind}");
    }
}

#[test]
fn the_sample_of_the_sales_decodes() {
    let (number, sales) = refill_sales(read(sample!("router-sales"))).unwrap();
    assert_eq!(&*number, "151111");
    let products: Vec<_> = sales.products.iter().map(|p| (&*p.cabinet, &*p.product_number, p.sold)).collect();
    assert_eq!(
        products,
        [
            ("151111", "1323455645", 10),
            ("151111", "23413453", 12),
            ("cid1", "3545363453", 6),
            ("cid1", "6784534534", 21)
        ]
    );
    let shelves: Vec<_> = sales.shelves.iter().map(|s| (&*s.cabinet, &*s.shelf_code, s.sold)).collect();
    assert_eq!(shelves, [("151111", "1", 2), ("151111", "2", 3), ("cid1", "a1", 1), ("cid1", "a2", 5)]);
}

#[test]
fn the_sample_of_the_refill_decodes() {
    let refill = refill(read(sample!("refill"))).unwrap();
    assert_eq!((&*refill.machine_number, refill.site_number.as_deref()), ("151111", Some("点位编号")));
    assert_eq!((refill.total.amount, refill.total.count), (fen(66), 131));
    assert_eq!(refill.by_method.len(), 2);
    assert_eq!(share(&refill.by_method, "cash"), Some((PaymentMethod::Cash, 6, 19)));
    assert_eq!(share(&refill.by_method, "wechat"), Some((PaymentMethod::Wechat, 60, 112)));
    let [shelf] = refill.shelves.as_slice() else { panic!() };
    assert_eq!(
        (&*shelf.cabinet, &*shelf.shelf_code, shelf.product_number.as_deref()),
        ("151111", "1", Some("00123"))
    );
    assert_eq!((shelf.price, shelf.stock, shelf.refilled), (Some(fen(5)), Some(66), Some(66)));
    assert_eq!(shelf.total.count, 131);
}

#[test]
fn the_sample_of_the_trade_list_decodes() {
    let answer: wire::Trades = read(sample!("trade-list"));
    assert_eq!(answer.total, Number(Some(50)));
    let trades: Vec<Trade> = answer.list.0.into_iter().filter_map(trade).collect();
    let [trade] = trades.as_slice() else { panic!() };
    assert_eq!(&*trade.order_number, "1450163934464-709314");
    assert_eq!((&*trade.machine_number, trade.shelf_code.as_deref()), ("91000092", Some("1")));
    assert_eq!((trade.product_number.as_deref(), trade.quantity), (Some("2345464676"), 1));
    assert_eq!((trade.unit_price, trade.total), (Some(fen(50)), Some(fen(50))));
    assert_eq!((trade.payment.method, trade.payment.state), (PaymentMethod::Wechat, PaymentState::Paid));
    assert_eq!(trade.payment.paid_at, second(1_450_163_984));
    assert_eq!(trade.delivery.state, DeliveryState::Dispensed);
    assert_eq!(trade.delivery.at, second(1_450_163_985));
    assert_eq!((trade.refund.clone(), trade.created_at), (None, second(1_450_163_934)));
}

#[test]
fn trap_01_online_zero_means_online() {
    let online = |online: Value| machine(row(&json!({"assetId": "1", "online": online}))).unwrap().online;
    assert_eq!([online(json!(0)), online(json!("0"))], [Some(true); 2]);
    assert_eq!([online(json!(1)), online(json!("1"))], [Some(false); 2]);
    assert_eq!([online(json!("")), online(json!(true)), online(json!(7))], [None; 3]);
    let status = |online: Value| {
        report(row(&json!({"assetId": "1", "routerInfo": {"online": online}}))).unwrap().1.status.online
    };
    assert_eq!((status(json!(0)), status(json!("1")), status(Value::Null)), (Some(true), Some(false), None));
}

#[test]
fn trap_02_a_listed_trade_uses_the_listed_table() {
    let state = |status: Value| trade_with(&json!({"deliverStatus": status})).delivery.state;
    assert_eq!(state(json!(2)), DeliveryState::NoSuchProduct);
    assert_eq!(state(json!("3")), DeliveryState::Waiting);
    assert_eq!(state(json!(-1)), DeliveryState::Unknown);
}

#[test]
fn trap_03_numbers_come_as_numbers_or_strings_and_empty_is_absent() {
    for price in [json!(50), json!("50"), json!("50.0"), json!(50.0), json!(" 50 ")] {
        assert_eq!(trade_with(&json!({"price": price})).unit_price, Some(fen(50)), "{price}");
    }
    for price in [json!(""), json!(null), json!("free"), json!(0.5), json!({}), json!([1]), json!(true)] {
        assert_eq!(trade_with(&json!({"price": price})).unit_price, None, "{price}");
    }
    assert_eq!(&*machine(row(&json!({"assetId": 151_111, "deviceName": ""}))).unwrap().number, "151111");
    assert_eq!(&*machine(row(&json!({"assetId": "00151111"}))).unwrap().number, "00151111");
}

#[test]
fn numbers_that_are_too_great_are_texts_and_no_numbers() {
    let read = |json: &str| (read::<wire::Word>(json), read::<Number>(json));
    for (json, word, number) in [
        ("18446744073709551615", "18446744073709551615", None),
        ("-3", "-3", Some(-3)),
        ("9223372036854775807", "9223372036854775807", Some(i64::MAX)),
        ("12.0", "12", Some(12)),
        ("\" 12.0 \"", " 12.0 ", Some(12)),
    ] {
        assert_eq!(read(json), (wire::Word(Some(word.into())), Number(number)), "{json}");
    }
}

#[test]
fn trap_04_misspelt_names_are_read_beside_the_right_ones() {
    let misspelt =
        r#"{"assetId":"1","amount":9,"count":3,"aliapyAmount":4,"aliapyCount":"1","othereCount":2}"#;
    let by_method = &statistics_of(misspelt)[0].by_method;
    assert_eq!(share(by_method, "alipay"), Some((PaymentMethod::Alipay, 4, 1)));
    assert_eq!(share(by_method, "other"), Some((PaymentMethod::Other, 0, 2)));
    let both = r#"{"assetId":"1","amount":9,"count":3,"aliapyAmount":4,"alipayCount":1,"alipayAmount":"","otherCount":5,"otherAmount":6}"#;
    let by_method = &statistics_of(both)[0].by_method;
    assert_eq!(share(by_method, "alipay"), Some((PaymentMethod::Alipay, 4, 1)));
    assert_eq!(share(by_method, "other"), Some((PaymentMethod::Other, 6, 5)));
    assert_eq!(
        machine(row(&json!({"assetId": 1, "vender": "a"}))).unwrap().manufacturer.as_deref(),
        Some("a")
    );
}

#[test]
fn trap_06_statistics_are_a_list_or_a_list_in_a_list() {
    let nested = statistics_of(sample!("trade-statistic"));
    let numbers: Vec<_> = nested.iter().map(|statistics| &*statistics.machine_number).collect();
    assert_eq!(numbers, ["151111", "123124"]);
    assert_eq!((nested[0].total.amount, nested[0].total.count), (fen(100), 20));
    assert_eq!((nested[0].online.count, nested[0].offline.amount), (10, fen(50)));
    assert_eq!(share(&nested[0].by_method, "game"), Some((PaymentMethod::Game, 0, 2)));
    assert_eq!(share(&nested[0].by_method, "alipay"), Some((PaymentMethod::Alipay, 15, 3)));
    assert_eq!(share(&nested[0].by_method, "oneCardsolution"), Some((PaymentMethod::CampusCard, 12, 3)));
    assert_eq!(share(&nested[0].by_method, "baifubao"), None);

    let flat: Vec<Vec<Value>> = read(sample!("trade-statistic"));
    assert_eq!(statistics_of(&json!(flat[0]).to_string()), nested);
}

#[test]
fn trap_07_trades_are_in_fen_goods_in_yuan_and_nothing_goes_through_a_float() {
    let price = |json: &str| product(read(&format!(r#"{{"number":"1","price":{json}}}"#))).unwrap().price;
    assert_eq!(price("\"1.5\""), Some(fen(150)));
    assert_eq!(price("1.5"), Some(fen(150)));
    // As a float, 90071992547409.93 yuan is 90071992547409.94.
    assert_eq!(price("90071992547409.93"), Some(fen(9_007_199_254_740_993)));
    assert_eq!([price("\"\""), price("null"), price("\"0.005\""), price("{}")], [None; 4]);
    assert_eq!(trade_with(&json!({"price": 50, "cost": "100"})).total, Some(fen(100)));
}

#[test]
fn trap_07_amounts_of_another_currency_are_left_out() {
    let of = |currency: Value| {
        let trade = trade_with(&json!({"price": 1, "price_1": 2, "cost": 3, "currency": currency,
            "refundStatus": 1, "refundFee": 4}));
        [trade.unit_price, trade.list_price, trade.total, trade.refund.unwrap().amount]
    };
    assert_eq!(of(json!(1)), [1, 2, 3, 4].map(|amount| Some(fen(amount))));
    assert_eq!(of(json!("")), [1, 2, 3, 4].map(|amount| Some(fen(amount))));
    assert_eq!(of(json!(2)), [None; 4]);
}

#[test]
fn trap_08_times_are_seconds_or_milliseconds_and_zero_is_absent() {
    assert_eq!(instant(Number(Some(1_450_163_934))), second(1_450_163_934));
    assert_eq!(instant(Number(Some(1_450_163_934_464))), Timestamp::from_millisecond(1_450_163_934_464).ok());
    assert_eq!(instant(Number(Some(99_999_999_999))), second(99_999_999_999));
    assert_eq!(instant(Number(Some(100_000_000_000))), second(100_000_000));
    for absent in [None, Some(0), Some(-1), Some(i64::MAX)] {
        assert_eq!(instant(Number(absent)), None);
    }
    assert_eq!(trade_with(&json!({"createTime": "", "traCreateTime": "7"})).created_at, second(7));
}

#[test]
fn trap_11_unknown_numbers_and_members_break_nothing() {
    let trade = trade_with(&json!({"payStyle": 17, "deliverStatus": 42, "brandNew": {"a": [1]}}));
    assert_eq!(trade.payment.method, PaymentMethod::Other);
    assert_eq!(trade.payment.vendor_method.as_deref(), Some("17"));
    assert_eq!(trade.delivery.state, DeliveryState::Unknown);
    let packaging =
        |form: Value| product(row(&json!({"number": "1", "packingForm": form}))).unwrap().packaging;
    assert_eq!((packaging(json!("9")), packaging(json!(""))), (Some(Packaging::Unknown), None));
    let shelves = json!([{"locationId": "1", "status": "2"}, {"locationId": "2"}]);
    let (_, report) = report(row(&json!({"assetId": "1", "vendingInfo": {"shelvesInfo": shelves}}))).unwrap();
    assert!(report.shelves.iter().all(|s| (s.sold_out, s.state) == (None, ShelfState::Unknown)));
}

#[test]
fn trap_12_odd_times_are_told_as_they_came() {
    let refill = refill(read(sample!("refill"))).unwrap();
    assert_eq!(Some(refill.refilled_at), second(233_453_423));
    assert_eq!(refill.previous_refill_at, second(232_341_231));
    let statistics = statistics_of(sample!("trade-statistic"));
    assert_eq!(
        (Some(statistics[0].from), Some(statistics[0].to)),
        (second(23_345_234), second(2_123_423_456))
    );
}

#[test]
fn a_refund_is_told_with_its_amount_time_and_number() {
    let refund = trade_with(&json!({"refundStatus": "2", "refundFee": "50", "refundTime": "9",
        "refundOrderNo": "r1"}))
    .refund
    .unwrap();
    assert_eq!((refund.state, refund.amount), (RefundState::Done, Some(fen(50))));
    assert_eq!((refund.at, refund.number.as_deref()), (second(9), Some("r1")));
}

#[test]
fn a_status_tells_no_faults_apart_from_no_news() {
    let faults = |vending: Value| {
        report(row(&json!({"assetId": "1", "vendingInfo": vending}))).unwrap().1.status.faults
    };
    assert_eq!(faults(json!({"faultInfo": []})), Some(Vec::new()));
    assert_eq!(faults(json!({})), None);
    assert_eq!(faults(Value::Null), None);
}

#[test]
fn a_shelf_told_a_thousand_times_is_kept_as_one() {
    let shelves = vec![json!({"locationId": "1"}); 1_000];
    let (_, report) = report(row(&json!({"assetId": "1", "vendingInfo": {"shelvesInfo": shelves}}))).unwrap();
    assert_eq!((report.shelves.len(), report.shelves.capacity()), (1, 1));
}

#[test]
fn shelves_are_sorted_as_people_count_and_each_is_there_once() {
    let shelf =
        |cid: &str, code: &str, status: &str| json!({"cid": cid, "locationId": code, "status": status});
    let shelves =
        json!([shelf("", "10", "1"), shelf("", "2", "0"), shelf("", "10", "1"), shelf("0", "9", "1")]);
    let status = json!({"assetId": "1", "vendingInfo": {"shelvesInfo": shelves}});
    let (_, report) = report(row(&status)).unwrap();
    let codes: Vec<_> = report.shelves.iter().map(|shelf| (&*shelf.cabinet, &*shelf.code)).collect();
    assert_eq!(codes, [("0", "9"), ("1", "2"), ("1", "10")]);
    assert_eq!(report.status.sold_out_shelf_count, Some(2));
}

#[test]
fn a_refill_is_kept_without_inventing_a_time_or_a_total() {
    assert!(refill(row(&json!({"assetId": "1", "refillTime": "0"}))).is_none());
    let bare = refill(row(&json!({"assetId": "1", "refillTime": 5}))).unwrap();
    assert_eq!((bare.total.count, bare.by_method, bare.shelves), (0, Vec::new(), Vec::new()));
}
