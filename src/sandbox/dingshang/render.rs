//! How Dingshang writes things: protobuf as JSON, so whatever is zero, empty or false is left out.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::sandbox::clock::{gmt8, gmt8_day};
use crate::sandbox::world::dingshang::{
    Condition, Currency, Delivery, Machine, Order, PickupCode, Record, Slot, Status,
};
use crate::sandbox::world::places::degrees;

pub(crate) fn machine_row(machine: &Machine) -> Value {
    omit_empty(json!({
        "machine_name": machine.name,
        "machine_no": machine.number,
        "is_online": machine.online,
        "status": status(machine.status),
        "address": machine.address,
        "notify_message": if machine.online { "" } else { "设备已离线" },
        "lng_lat": position(machine),
        "created_at": gmt8(machine.created),
        "contact": machine.contact,
        "tel": machine.telephone,
    }))
}

/// The detail does not repeat the machine's number.
pub(crate) fn machine_detail(machine: &Machine) -> Value {
    let categories: Vec<Value> =
        titles(machine).into_iter().map(|(id, title)| json!({ "id": id, "title": title })).collect();
    let cabinets: Vec<String> = machine.cabinets.iter().map(char::to_string).collect();
    omit_empty(json!({
        "machine_name": machine.name,
        "address": machine.address,
        "lng_lat": position(machine),
        "is_online": machine.online,
        "model": { "id": 3 + machine.cabinets.len(), "cabinet_names": cabinets },
        "machine_type": machine.kind,
        "cover_image": "https://cdn.awish.vip/cover/default.png",
        "categories": categories,
        "announcement": { "title": if machine.cabinets.len() > 1 { "欢迎光临" } else { "" } },
        "merchant": {
            "title": "沙盒商户",
            "description": "",
            "logo": "https://cdn.awish.vip/logo/sandbox.png",
            "store_id": 18,
            "status": true,
            "created_at": gmt8(1_640_000_000),
        },
        "currency": currency(machine.currency),
    }))
}

pub(crate) fn product(machine: &Machine, slot: &Slot) -> Value {
    omit_empty(json!({
        "id": slot.product_id,
        "category": { "id": slot.good().category.id, "title": slot.good().category.name },
        "good": good(slot),
        "channel": channel(machine, slot),
        "current_inventory": slot.stock,
        "inventory": slot.capacity,
    }))
}

/// The older view of a slot: no id, no category.
pub(crate) fn floor(machine: &Machine, slot: &Slot) -> Value {
    omit_empty(json!({
        "status": condition(slot.condition),
        "good": good(slot),
        "channel": channel(machine, slot),
        "current_inventory": slot.stock,
        "inventory": slot.capacity,
    }))
}

pub(crate) fn categories(machine: &Machine) -> Value {
    let row = |((id, title), place): ((u8, &str), usize)| {
        omit_empty(json!({ "id": id, "title": title, "sort_id": place, "is_visible": id != 10 }))
    };
    titles(machine).into_iter().zip(0..).map(row).collect()
}

pub(crate) fn order(order: &Order) -> Value {
    let record = |record: &Record| {
        json!({
            "id": record.id,
            "product_id": record.product_id,
            "quantity": record.quantity,
            "price": decimal(record.price),
            "status": record.status,
            "notify_sent": if record.notified { "1" } else { "0" },
        })
    };
    let records: Vec<Value> = order.records.iter().map(record).collect();
    omit_empty(json!({
        "order_id": order.id,
        "trade_id": order.trade_id,
        "date": gmt8_day(order.created),
        "amount": decimal(order.amount),
        "status": order.status,
        "notify_send_count": order.notified,
        "pickup_code_id": order.pickup_code_id,
        "records": records,
    }))
}

/// The answer to a command to dispense: the only one that tells the delivery's number, as a string.
pub(crate) fn started(started: &Delivery) -> Value {
    let mut value = delivery(started);
    if let Some(members) = value.as_object_mut() {
        members.insert("delivery_id".to_owned(), json!(started.id.to_string()));
    }
    value
}

pub(crate) fn delivery(delivery: &Delivery) -> Value {
    omit_empty(json!({
        "delivered_at": time(delivery.delivered),
        "status": delivery.status,
        "pickup_at": time(delivery.picked_up),
        "fail_reason": delivery.fail_reason,
    }))
}

pub(crate) fn pickup_code(code: &PickupCode) -> Value {
    omit_empty(json!({
        "id": code.id,
        "code": code.code,
        "status": "UNUSED",
        "created_at": gmt8(code.created),
        "expired_at": code.expires.map_or_else(String::new, gmt8),
        "quantity": 1,
    }))
}

fn status(status: Status) -> Value {
    match status {
        Status::Older(yes) => json!(yes),
        Status::Operational => json!("OPERATIONAL"),
        Status::Maintenance => json!("MAINTENANCE"),
        Status::Transfer => json!("TRANSFER"),
    }
}

/// Longitude first.
fn position(machine: &Machine) -> String {
    format!("{},{}", degrees(machine.longitude), degrees(machine.latitude))
}

fn currency(currency: Currency) -> Value {
    match currency {
        Currency::Cny => Value::Null,
        Currency::Usd => json!({ "id": 2, "name": "美元", "code": "USD", "symbol": "$" }),
        Currency::Jpy => json!({ "id": 5, "name": "日元", "code": "JPY", "symbol": "¥" }),
    }
}

fn condition(condition: Condition) -> &'static str {
    match condition {
        Condition::Missing => "0",
        Condition::Normal => "1",
        Condition::Jammed => "2",
        Condition::MotorFault => "3",
        Condition::SerialTimeout => "47",
        Condition::Unlisted => "99",
    }
}

fn good(slot: &Slot) -> Value {
    let good = slot.good();
    let picture = format!("https://cdn.awish.vip/goods/{}.png", good.index);
    json!({
        "id": 500 + good.index,
        "name": good.name,
        "description": if good.index.is_multiple_of(3) { good.full_name } else { "" },
        "thumb": picture,
        "price": decimal(slot.price),
        "original_price": decimal(slot.original_price),
        "content": format!("<p>{}</p>", good.full_name),
        "good_no": good.number(),
        "slug": format!("good-{}", good.index),
        "media": if good.index.is_multiple_of(4) { vec![picture] } else { Vec::new() },
    })
}

/// Where the slot is; its corner at 0, 0 is left out like every zero.
fn channel(machine: &Machine, slot: &Slot) -> Value {
    let (row, column) = slot.place;
    json!({
        "id": slot.product_id + 200_000,
        "name": slot.channel(),
        "cabinet_name": slot.cabinet.to_string(),
        "code": format!("{row}{column}"),
        "x": column - 1,
        "y": row - 1,
        "addr": machine.address_of(slot.cabinet),
    })
}

fn titles(machine: &Machine) -> BTreeMap<u8, &'static str> {
    machine.slots.iter().map(|slot| (slot.good().category.id, slot.good().category.name)).collect()
}

/// Hundredths of the major unit as the vendor writes prices: `"0.10"`.
fn decimal(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn time(seconds: i64) -> String {
    if seconds == 0 { String::new() } else { gmt8(seconds) }
}

/// Leaves out every member that is zero, empty or false, all the way down; a message without members stays.
fn omit_empty(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().map(|(name, value)| (name, omit_empty(value)));
            Value::Object(kept.filter(|(_, value)| !is_empty(value)).collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(omit_empty).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(yes) => !yes,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{decimal, omit_empty};

    #[test]
    fn what_is_zero_empty_or_false_is_left_out_at_every_depth() {
        let full =
            json!({"a": 0, "b": "", "c": false, "d": [], "e": {"f": null, "g": "0.00"}, "h": [{"i": 0}]});
        assert_eq!(omit_empty(full), json!({"e": {"g": "0.00"}, "h": [{}]}));
    }

    #[test]
    fn a_price_has_two_decimals() {
        assert_eq!(decimal(10), "0.10");
        assert_eq!(decimal(0), "0.00");
        assert_eq!(decimal(12_345), "123.45");
    }
}
