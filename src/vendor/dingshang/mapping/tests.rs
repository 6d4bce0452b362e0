//! What the vendor's rows become; the rows are written as its reference describes them.

use std::sync::Arc;

use iso_currency::Currency;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::pickup_codes;
use super::{Floors, cabinets, categories, currency, delivery, last_page, machine_detail, machines, order};
use crate::domain::{
    DeliveryState, GeoPoint, MachineKind, Money, OperatingState, OrderState, PickupCodeState, Shelf,
    ShelfState,
};
use crate::vendor::dingshang::wire::{self, Maybe, Rows, Scalar};
use crate::vendor::interner::Interner;

/// Reads a value as the adapter reads an answer's data: from text.
fn read<T: DeserializeOwned>(value: &Value) -> T {
    let text = value.to_string();
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    serde_path_to_error::deserialize(&mut deserializer).unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "compared with optional values")]
fn at(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

#[expect(clippy::unnecessary_wraps, reason = "compared with optional values")]
fn cny(minor: i64) -> Option<Money> {
    Some(Money::from_minor(minor, Currency::CNY))
}

fn shelves<'a>(
    rows: impl IntoIterator<Item = (&'a str, &'a wire::ProductRow)>,
    floors: Option<&Floors>,
    currency: Option<Currency>,
) -> Vec<Shelf> {
    super::shelves(rows, floors, currency, &mut Interner::default().lock())
}

fn row() -> Value {
    json!({
        "id": 811, "category": {"id": 3, "title": "Drinks"},
        "good": {"id": 17, "name": "冰绿茶", "thumb": "t.jpg", "price": "0.10", "original_price": "0.00",
                 "content": "<p>tea</p>", "good_no": "G-17", "slug": "tea", "media": ["t.jpg", "m.jpg"]},
        "channel": {"id": 5, "name": "A21", "cabinet_name": "A", "code": "21", "x": 1, "y": 2},
        "current_inventory": 4, "inventory": 10
    })
}

fn shelf_of(row: &Value, floors: Option<&Value>, currency: Option<Currency>) -> Shelf {
    let row: wire::ProductRow = read(row);
    let floors = floors.map(|rows| Floors::new(&read::<Rows<wire::Floor>>(rows).0));
    shelves([("A", &row)], floors.as_ref(), currency).remove(0)
}

fn with(mut row: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}

#[test]
fn a_machine_row_becomes_a_machine() {
    let rows: Rows<wire::MachineRow> = read(&json!([{
        "machine_no": "16327129", "machine_name": "Lobby", "is_online": true, "status": true,
        "address": "Beijing", "notify_message": "x", "lng_lat": "116.549815,39.922273",
        "created_at": "2024-04-27 14:00:08", "contact": "Li", "tel": "1"
    }]));
    let machine = machines(&rows.0).remove(0);
    assert_eq!(&*machine.number, "16327129");
    assert_eq!(machine.name.as_deref(), Some("Lobby"));
    assert_eq!(machine.location, GeoPoint::new(39.922_273, 116.549_815), "longitude comes first");
    assert_eq!(machine.online, Some(true));
    assert_eq!(machine.operating_state, OperatingState::Operational);
    assert_eq!(machine.created_at, at("2024-04-27T06:00:08Z"));
}

#[test]
fn what_a_machine_row_leaves_out_is_zero_empty_or_false() {
    let rows: Rows<wire::MachineRow> = read(&json!([{"machine_no": "1"}, {}]));
    let machines = machines(&rows.0);
    assert_eq!(machines.len(), 1, "one has no number");
    assert_eq!(machines[0].online, Some(false));
    assert_eq!(machines[0].operating_state, OperatingState::NotInOperation);
    assert_eq!((machines[0].name.clone(), machines[0].location), (None, None));
}

#[test]
fn the_status_of_a_machine_is_a_boolean_or_a_word() {
    let cases = [
        (json!(false), OperatingState::NotInOperation),
        (json!("OPERATIONAL"), OperatingState::Operational),
        (json!("MAINTENANCE"), OperatingState::Maintenance),
        (json!("TRANSFER"), OperatingState::Transfer),
        (json!("DANCING"), OperatingState::Unknown),
    ];
    for (status, expected) in cases {
        let rows: Rows<wire::MachineRow> = read(&json!([{"machine_no": "1", "status": status}]));
        assert_eq!(machines(&rows.0)[0].operating_state, expected, "{status}");
    }
}

#[test]
fn trap_05_times_without_zone_are_gmt_plus_8() {
    let cases = [
        ("2024-04-27 14:00:08", at("2024-04-27T06:00:08Z")),
        ("2024-04-27", at("2024-04-26T16:00:00Z")),
        ("2024-04-27T14:00:08+02:00", at("2024-04-27T12:00:08Z")),
        ("soon", None),
        ("0000-00-00 00:00:00", None),
    ];
    for (text, expected) in cases {
        let rows: Rows<wire::MachineRow> = read(&json!([{"machine_no": "1", "created_at": text}]));
        assert_eq!(machines(&rows.0)[0].created_at, expected, "{text}");
    }
}

#[test]
fn trap_06_prices_are_decimal_strings_and_never_pass_through_a_float() {
    for price in ["90071992547409.93", "0.10", "0.29"] {
        for written in [format!("\"{price}\""), price.to_owned()] {
            let text = row().to_string().replace("\"0.10\"", &written);
            let row: wire::ProductRow = serde_json::from_str(&text).unwrap();
            let shelf = shelves([("A", &row)], None, Some(Currency::CNY)).remove(0);
            assert_eq!(shelf.price.unwrap().major().to_string(), price);
        }
    }
    let odd = with(row(), &json!({"good": {"id": 1, "name": "x", "price": "a lot"}}));
    assert_eq!(shelf_of(&odd, None, Some(Currency::CNY)).price, None);
}

#[test]
fn trap_07_a_leading_zero_of_a_machine_number_is_kept() {
    let rows: Rows<wire::MachineRow> =
        read(&json!([{"machine_no": "00000001"}, {"machine_no": "863327129012345"}]));
    let numbers: Vec<_> = machines(&rows.0).into_iter().map(|machine| machine.number.to_string()).collect();
    assert_eq!(numbers, ["00000001", "863327129012345"]);
}

#[test]
fn trap_09_an_original_price_of_0_00_is_none() {
    assert_eq!(shelf_of(&row(), None, Some(Currency::CNY)).list_price, None);
    let good = with(row()["good"].clone(), &json!({"original_price": "0.50"}));
    let shelf = shelf_of(&with(row(), &json!({"good": good})), None, Some(Currency::CNY));
    assert_eq!(shelf.list_price, cny(50));
    assert_eq!(shelf.product.unwrap().list_price, cny(50));
}

#[test]
fn a_product_row_becomes_a_shelf_with_its_product() {
    let shelf = shelf_of(&row(), None, Some(Currency::CNY));
    assert_eq!((&*shelf.cabinet, &*shelf.code, shelf.slot.as_deref()), ("A", "A21", Some("811")));
    assert_eq!((shelf.stock, shelf.capacity, shelf.sold_out), (Some(4), Some(10), Some(false)));
    assert_eq!(shelf.price, cny(10));
    let category = shelf.category.unwrap();
    assert_eq!((&*category.number, &*category.title), ("3", "Drinks"));
    let product = shelf.product.unwrap();
    assert_eq!((&*product.number, &*product.name), ("G-17", "冰绿茶"));
    assert_eq!(product.description.as_deref(), Some("<p>tea</p>"));
    assert_eq!(product.category_name.as_deref(), Some("Drinks"));
    assert_eq!(product.image_url.as_deref(), Some("t.jpg"));
    assert_eq!(product.image_urls, ["t.jpg", "m.jpg"]);
}

#[test]
fn a_products_number_is_good_no_else_slug_else_the_goods_id_else_the_rows() {
    for (good, number) in [
        (json!({"good_no": "G", "slug": "s", "id": 1}), "G"),
        (json!({"good_no": "", "slug": "s", "id": 1}), "s"),
        (json!({"id": 1}), "1"),
        (json!({}), "811"),
    ] {
        let product = shelf_of(&with(row(), &json!({"good": good})), None, None).product.unwrap();
        assert_eq!(&*product.number, number);
    }
    assert!(shelf_of(&with(row(), &json!({"good": []})), None, None).product.is_none());
}

#[test]
fn a_stock_that_is_left_out_is_zero_and_without_floors_nothing_is_called_normal() {
    let mut empty = row();
    empty.as_object_mut().unwrap().remove("current_inventory");
    let shelf = shelf_of(&empty, None, None);
    assert_eq!((shelf.stock, shelf.sold_out, shelf.state), (Some(0), Some(true), ShelfState::SoldOut));
    assert_eq!(shelf_of(&row(), None, None).state, ShelfState::Unknown);
}

#[test]
fn floors_tell_the_state_by_channel_and_a_working_empty_slot_is_sold_out() {
    let cases = [
        ("0", ShelfState::Missing),
        ("1", ShelfState::Normal),
        ("2", ShelfState::Jammed),
        ("3", ShelfState::MotorFault),
        ("47", ShelfState::SerialTimeout),
        ("8", ShelfState::Unknown),
    ];
    let channels =
        [json!({"id": "5"}), json!({"name": "A21", "cabinet_name": "A"}), json!({"id": 9, "name": "A21"})];
    for (status, expected) in cases {
        for channel in &channels {
            let floors = json!([{"status": status, "channel": channel}]);
            assert_eq!(shelf_of(&row(), Some(&floors), None).state, expected, "{status} {channel}");
        }
    }
    let empty = with(row(), &json!({"current_inventory": "0"}));
    let state =
        |status| shelf_of(&empty, Some(&json!([{"floor_status": status, "channel": {"id": 5}}])), None).state;
    assert_eq!((state("1"), state("2")), (ShelfState::SoldOut, ShelfState::Jammed));
    assert_eq!(
        shelf_of(&row(), Some(&json!([])), None).state,
        ShelfState::Unknown,
        "a slot floors leave out"
    );
}

#[test]
fn faults_name_the_slot_and_what_is_wrong_with_it() {
    let rows: Rows<wire::Floor> = read(&json!([
        {"status": "2", "channel": {"id": 1, "name": "B02", "cabinet_name": "B"}},
        {"status": 47, "channel": {"id": 2, "name": "A01", "cabinet_name": "A"}},
        {"status": "1", "channel": {"id": 3, "name": "A02", "cabinet_name": "A"}},
        {"status": "0", "channel": {"id": 4, "name": "A03", "cabinet_name": "A"}},
        {"status": "3"}
    ]));
    let faults = Floors::new(&rows.0).faults;
    let told: Vec<_> =
        faults.iter().map(|fault| (fault.cabinet.as_deref(), fault.code.as_deref(), &*fault.name)).collect();
    assert_eq!(
        told,
        [(Some("A"), Some("47"), "A01: controller does not answer"), (Some("B"), Some("2"), "B02: jammed")]
    );
}

#[test]
fn shelves_stand_by_cabinet_and_code_and_a_row_seen_twice_stands_once() {
    let rows: Vec<wire::ProductRow> = [("B", "1"), ("A", "2"), ("A", "1"), ("A", "2")]
        .map(|(cabinet, name)| read(&json!({"id": 1, "channel": {"name": name, "cabinet_name": cabinet}})))
        .into();
    let shelves = shelves(rows.iter().map(|row| ("A", row)), None, None);
    let told: Vec<_> = shelves.iter().map(|shelf| format!("{}{}", shelf.cabinet, shelf.code)).collect();
    assert_eq!(told, ["A1", "A2", "B1"]);
}

#[test]
fn a_good_in_many_slots_is_kept_once() {
    let rows = [("1", "0.10"), ("2", "0.10"), ("3", "0.20")].map(|(name, price)| {
        let good = json!({"good_no": "G", "name": "Tea", "price": price});
        read::<wire::ProductRow>(&with(row(), &json!({"good": good, "channel": {"name": name}})))
    });
    let shelves = shelves(rows.iter().map(|row| ("A", row)), None, Some(Currency::CNY));
    let product = |n: usize| shelves[n].product.clone().unwrap();
    assert!(Arc::ptr_eq(&product(0), &product(1)));
    assert_eq!(product(2).price, cny(20), "another price is another product");
}

#[test]
fn a_currency_left_out_is_yuan_and_one_unknown_leaves_no_price() {
    let of = |value: Value| currency(&read::<wire::MachineDetail>(&value));
    assert_eq!(of(json!({})), Some(Currency::CNY));
    assert_eq!(of(json!({"currency": []})), Some(Currency::CNY));
    assert_eq!(of(json!({"currency": {"id": 2, "code": "thb"}})), Some(Currency::THB));
    assert_eq!(of(json!({"currency": {"code": "???"}})), None);
    assert_eq!(shelf_of(&row(), None, None).price, None);
}

#[test]
fn a_detail_tells_kind_cabinets_and_categories() {
    let row: wire::MachineDetail = read(&json!({
        "machine_name": "Lobby", "is_online": true, "machine_type": 6,
        "model": {"id": 1, "cabinet_names": ["A", "B", "A"]}, "categories": [{"id": 3, "title": "Drinks"}],
        "merchant": {"title": "M"}, "announcement": {"title": "hi"}
    }));
    let detail = machine_detail(&row);
    assert_eq!(detail.kind, MachineKind::Locker);
    assert_eq!(detail.cabinets, ["A", "B"]);
    assert_eq!(&*detail.categories[0].title, "Drinks");
    assert!(detail.online);
    assert_eq!(cabinets(&read(&json!({}))), ["A"]);
}

#[test]
fn categories_are_those_that_shoppers_see() {
    let rows: Rows<wire::Category> = read(&json!([
        {"id": 1, "title": "Drinks", "sort_id": "7", "is_visible": true}, {"id": 2, "title": "Hidden"}
    ]));
    let categories = categories(&rows.0);
    assert_eq!(categories.len(), 1);
    assert_eq!((&*categories[0].title, categories[0].sort_order), ("Drinks", Some(7)));
}

#[test]
fn a_page_tells_the_last_one_itself_or_by_its_total() {
    for (page, last) in [
        (json!({"last_page": 3}), 3),
        (json!({"last_page": "3"}), 3),
        (json!({"total": 101, "per_page": 50}), 3),
        (json!({"total": 11}), 2),
        (json!({}), 1),
    ] {
        assert_eq!(last_page(&read(&page)), last, "{page}");
    }
}

#[test]
fn an_order_reads_in_the_words_of_every_server() {
    for (status, state) in [
        ("SUCCESS", OrderState::Paid),
        ("REFUND", OrderState::Refund),
        ("CLOSED", OrderState::Closed),
        ("REVOKED", OrderState::Revoked),
        ("USERPAYING", OrderState::Paying),
        ("PAYERROR", OrderState::PaymentFailed),
        ("PICKUPCODE", OrderState::PickupCode),
        ("NOTPAY", OrderState::Unpaid),
        ("TESTPAY", OrderState::Test),
        ("?", OrderState::Unknown),
    ] {
        assert_eq!(order("1", &read(&json!({"status": status})), None).state, state, "{status}");
    }
    for (status, state) in [
        ("WAITING_PICKED_UP", DeliveryState::Waiting),
        ("未取货", DeliveryState::Waiting),
        ("IS_PICKED_UP", DeliveryState::Dispensed),
        ("已取货", DeliveryState::Dispensed),
        ("IS_SUCCESS", DeliveryState::Dispensed),
        ("IS_REFUND", DeliveryState::Cancelled),
        ("订单取消", DeliveryState::Cancelled),
        ("IS_DELIVERING", DeliveryState::Dispensing),
        ("IS_FAILED", DeliveryState::Failed),
        ("IS_TIMEOUT", DeliveryState::TimedOut),
        ("出货中", DeliveryState::Dispensing),
        ("出货成功", DeliveryState::Dispensed),
        ("出货失败", DeliveryState::Failed),
        ("出货超时", DeliveryState::TimedOut),
        ("?", DeliveryState::Unknown),
    ] {
        let row = json!({"amount": "3.00", "records": [{"id": 78, "product_id": "811", "quantity": 2,
            "price": "3.00", "status": status, "notify_sent": "0"}]});
        let order = order("60", &read(&row), Some(Currency::CNY));
        assert_eq!((&*order.number, order.amount), ("60", cny(300)));
        let record = &order.lines[0];
        assert_eq!((&*record.number, &*record.slot, record.quantity), ("78", "811", 2));
        assert_eq!((record.price, record.delivery), (cny(300), state), "{status}");
        assert_eq!(delivery(&read(&json!({"status": status}))).state, state);
    }
}

#[test]
fn a_delivery_tells_when_and_why() {
    let told = delivery(&read(&json!({"delivered_at": "2024-04-27 14:00:08", "status": "IS_FAILED",
        "fail_reason": "Over Current"})));
    assert_eq!(told.at, at("2024-04-27T06:00:08Z"));
    assert_eq!(told.failure_reason.as_deref(), Some("Over Current"));
}

#[test]
fn a_pickup_code_without_an_end_never_ends_and_one_with_an_unreadable_end_is_refused() {
    let of = |value: Value| pickup_codes(&read::<Rows<wire::PickupCode>>(&value).0);
    let codes = of(json!([{"id": 1, "code": "938810", "status": "USED"}, {"id": 2}])).unwrap();
    assert_eq!((codes.len(), codes[0].expires_at, codes[0].quantity), (1, None, 1));
    assert_eq!(codes[0].state, PickupCodeState::Used);
    assert_eq!(of(json!([{"id": 1, "code": "938810", "expired_at": "whenever"}])), None);
}

#[test]
fn scalars_objects_and_lists_are_read_in_all_their_spellings_and_another_shape_is_refused() {
    for (text, expected) in [("7", "7"), ("\"7\"", "7"), ("true", "true"), ("null", ""), ("\"\"", "")] {
        assert_eq!(serde_json::from_str::<Scalar>(text).unwrap().as_str(), expected);
    }
    assert!(serde_json::from_str::<Scalar>("{}").is_err());
    for text in ["[]", "null"] {
        assert!(serde_json::from_str::<Maybe<wire::Order>>(text).unwrap().0.is_none());
    }
    assert!(serde_json::from_str::<Maybe<wire::Order>>("{}").unwrap().0.is_some());
    assert!(serde_json::from_str::<Maybe<wire::Order>>("[1]").is_err());
    for text in ["[]", "{}", "null"] {
        assert!(serde_json::from_str::<Rows<Scalar>>(text).unwrap().0.is_empty());
    }
    assert!(serde_json::from_str::<Rows<Scalar>>("{\"a\":1}").is_err());
}
