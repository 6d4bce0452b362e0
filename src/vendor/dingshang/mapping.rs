//! From the vendor's words to ours. Nothing of theirs passes this file.
//!
//! | theirs | ours |
//! |---|---|
//! | `machine_no` | machine number |
//! | `cabinet_name` | cabinet |
//! | channel, floor (货道) | shelf; `channel.name` is its code |
//! | product (产品), `product_id` | what a shelf's calls name it by: `slot` |
//! | good (商品) | product |
//! | category | category; the operator's word is layer |
//! | `current_inventory` / `inventory` | stock / capacity |
//! | `price` / `original_price` | price / list price |
//! | `trade_id` | our own number of an order: trade number |
//! | record | order line |
//! | `expired_at` | the end of a pickup code |
//!
//! Their times have no zone and are GMT+8 (Trap 5); their prices are decimal text in major units (Trap 6).

mod commands;
mod shelves;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use iso_currency::Currency;
use jiff::{Timestamp, civil::DateTime, tz};

use super::wire::{self, Scalar};
use crate::domain::{
    Category, Delivery, DeliveryState, GeoPoint, Machine, MachineDetail, MachineKind, Money, OperatingState,
    OrderReport, OrderReportLine, OrderState, PickupCode, PickupCodeState, Text,
};

pub use commands::{Parameters, new_order, new_pickup_codes, order_status, redemption, replenishment};
pub use shelves::{Floors, floor_state, last_page, shelves};

/// The cabinet that every machine has, and that is meant where none is named.
pub const MAIN_CABINET: &str = "A";

/// Every machine; a row without a number is no machine.
pub fn machines(rows: &[wire::MachineRow]) -> Vec<Machine> {
    let machine = |row: &wire::MachineRow| {
        Some(Machine {
            number: row.machine_no.text()?,
            name: row.machine_name.text(),
            manufacturer: None,
            address: row.address.text(),
            location: location(&row.lng_lat),
            site: None,
            line_name: None,
            area_name: None,
            online: Some(row.is_online.is_true()),
            operating_state: operating_state(&row.status),
            currency: None,
            cabinet_count: None,
            created_at: instant(&row.created_at),
        })
    };
    rows.iter().filter_map(machine).collect()
}

/// Older servers send a boolean, absent when false; newer ones a word.
fn operating_state(status: &Scalar) -> OperatingState {
    match status.as_str() {
        "" | "false" => OperatingState::NotInOperation,
        "true" | "OPERATIONAL" => OperatingState::Operational,
        "MAINTENANCE" => OperatingState::Maintenance,
        "TRANSFER" => OperatingState::Transfer,
        _ => OperatingState::Unknown,
    }
}

/// What the call for the single machine tells.
pub fn machine_detail(row: &wire::MachineDetail) -> MachineDetail {
    MachineDetail {
        kind: machine_kind(&row.machine_type),
        cabinets: cabinets(row),
        categories: row.categories.0.iter().filter_map(category).collect(),
        currency: currency(row),
        online: row.is_online.is_true(),
        location: location(&row.lng_lat),
    }
}

fn machine_kind(machine_type: &Scalar) -> MachineKind {
    match machine_type.as_str() {
        "1" => MachineKind::Vending,
        "2" => MachineKind::Amusement,
        "3" => MachineKind::Claw,
        "4" => MachineKind::LendingLocker,
        "5" => MachineKind::ReturnLocker,
        "6" => MachineKind::Locker,
        _ => MachineKind::Unknown,
    }
}

/// The names of a machine's cabinets, each once; one that names none has the main one.
fn cabinets(row: &wire::MachineDetail) -> Vec<Text> {
    let mut seen = HashSet::new();
    let names = row.model.0.iter().flat_map(|model| &model.cabinet_names.0);
    let names: Vec<Text> = names.filter_map(Scalar::text).filter(|name| seen.insert(name.clone())).collect();
    if names.is_empty() { vec![Text::from(MAIN_CABINET)] } else { names }
}

/// The currency of a machine's prices: yuan unless it names another; nothing if we do not know that one,
/// since no price is better than a wrong one.
pub fn currency(row: &wire::MachineDetail) -> Option<Currency> {
    let code = row.currency.0.as_ref().and_then(|currency| currency.code.text());
    code.map_or(Some(Currency::CNY), |code| Currency::from_code(&code.to_ascii_uppercase()))
}

/// `"116.549815,39.922273"`: longitude first.
pub fn location(lng_lat: &Scalar) -> Option<GeoPoint> {
    let (longitude, latitude) = lng_lat.as_str().split_once(',')?;
    GeoPoint::new(latitude.trim().parse().ok()?, longitude.trim().parse().ok()?)
}

/// The categories that shoppers see, as `/categories` lists them; absent is invisible.
pub fn categories(rows: &[wire::Category]) -> Vec<Category> {
    rows.iter().filter(|row| row.is_visible.is_true()).filter_map(category).collect()
}

fn category(row: &wire::Category) -> Option<Category> {
    let number = row.id.text()?;
    let title = row.title.text().unwrap_or_else(|| number.clone());
    Some(Category { number, title, sort_order: row.sort_id.whole() })
}

/// The unused pickup codes of a slot; nothing if one of them has an end that cannot be read, since "never"
/// would be wrong.
pub fn pickup_codes(rows: &[wire::PickupCode]) -> Option<Vec<PickupCode>> {
    let rows = rows.iter().filter(|row| !row.id.is_absent() && !row.code.is_absent());
    rows.map(|row| {
        let expires_at = instant(&row.expired_at);
        let readable = expires_at.is_some() || row.expired_at.is_absent();
        readable.then_some(PickupCode {
            number: row.id.text()?,
            code: row.code.text()?,
            state: pickup_code_state(&row.status),
            quantity: row.quantity.whole().unwrap_or(1),
            created_at: instant(&row.created_at),
            expires_at,
        })
    })
    .collect()
}

fn pickup_code_state(status: &Scalar) -> PickupCodeState {
    match status.as_str() {
        "UNUSED" => PickupCodeState::Unused,
        "USED" => PickupCodeState::Used,
        "EXPIRED" => PickupCodeState::Expired,
        _ => PickupCodeState::Unknown,
    }
}

/// An order; `asked` is the number it was asked for by, which an answer need not repeat.
pub fn order(asked: &str, row: &wire::Order, currency: Option<Currency>) -> OrderReport {
    let lines = row.records.0.iter().filter_map(|record| {
        Some(OrderReportLine {
            number: record.id.text()?,
            slot: record.product_id.text()?,
            quantity: record.quantity.whole().unwrap_or_default(),
            price: money(&record.price, currency),
            delivery: delivery_state(&record.status),
        })
    });
    OrderReport {
        number: row.order_id.text().unwrap_or_else(|| Text::from(asked)),
        trade_number: row.trade_id.text(),
        state: order_state(&row.status),
        amount: money(&row.amount, currency),
        pickup_code_number: row.pickup_code_id.text().filter(|number| &**number != "0"),
        lines: lines.collect(),
    }
}

fn order_state(status: &Scalar) -> OrderState {
    match status.as_str() {
        "NOTPAY" => OrderState::Unpaid,
        "SUCCESS" => OrderState::Paid,
        "USERPAYING" => OrderState::Paying,
        "PAYERROR" => OrderState::PaymentFailed,
        "REFUND" => OrderState::Refund,
        "CLOSED" => OrderState::Closed,
        "REVOKED" => OrderState::Revoked,
        "PICKUPCODE" => OrderState::PickupCode,
        "TESTPAY" => OrderState::Test,
        _ => OrderState::Unknown,
    }
}

/// The status of an order's record or of a dispense; older servers say it in Chinese: not picked up, picked
/// up, order cancelled; and of a dispense: at it, done, failed, timed out. The documents list the words of records alone
/// and call a dispense's a text, so that it may use either, or others, which tell nothing.
fn delivery_state(status: &Scalar) -> DeliveryState {
    match status.as_str() {
        "WAITING_PICKED_UP" | "未取货" => DeliveryState::Waiting,
        "IS_DELIVERING" | "出货中" => DeliveryState::Dispensing,
        "IS_PICKED_UP" | "IS_SUCCESS" | "已取货" | "出货成功" => DeliveryState::Dispensed,
        "IS_FAILED" | "出货失败" => DeliveryState::Failed,
        "IS_TIMEOUT" | "出货超时" => DeliveryState::TimedOut,
        "IS_REFUND" | "订单取消" => DeliveryState::Cancelled,
        _ => DeliveryState::Unknown,
    }
}

/// What became of a dispense. `delivered_at` is when the machine was told, `pickup_at` when it came out.
pub fn delivery(row: &wire::Delivery) -> Delivery {
    Delivery {
        state: delivery_state(&row.status),
        at: instant(&row.pickup_at).or_else(|| instant(&row.delivered_at)),
        failure_reason: row.fail_reason.text(),
    }
}

/// An amount in major units as decimal text (Trap 6).
fn money(amount: &Scalar, currency: Option<Currency>) -> Option<Money> {
    Money::parse(&amount.text()?, currency?).ok()
}

/// `2024-04-27 14:00:08`, or a day alone, in GMT+8 (Trap 5). What names its own offset is taken at its word.
fn instant(text: &Scalar) -> Option<Timestamp> {
    let text = text.as_str();
    let zoned = text.parse::<Timestamp>();
    zoned.ok().or_else(|| tz::offset(8).to_timestamp(text.parse::<DateTime>().ok()?).ok())
}
