//! Orders, their goods, pickup codes, and what else this gateway tells of itself, as JSON.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::wire::{self, mirrored};
use crate::domain::{
    AccountName, Delivery, DeliveryState, HealthState, Hold, IssuedPickupCode, Money, Order, OrderLine,
    OrderState, PickupCodeIssuer, PickupCodeState, ShelfState, Text,
    event::{AccountHealth, DeliveryNews, Touched, Unreadable},
};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Order")]
struct OrderMirror {
    #[serde(with = "wire")]
    account: AccountName,
    trade_number: Text,
    machine: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<Text>,
    #[serde(with = "wire")]
    state: OrderState,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    amount: Option<Money>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "wire")]
    lines: Vec<OrderLine>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pickup_code_number: Option<Text>,
    #[serde(with = "wire")]
    created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    pay_before: Option<Timestamp>,
    closing: bool,
    #[serde(default)]
    paying: bool,
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "OrderLine")]
struct OrderLineMirror {
    position: u32,
    cabinet: Text,
    shelf: Text,
    slot: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    product_name: Option<Text>,
    quantity: u32,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    price: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record: Option<Text>,
    #[serde(default)]
    attempts: u32,
    #[serde(with = "wire")]
    delivery: Delivery,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivery_number: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    earlier: Option<DeliveryState>,
    #[serde(default)]
    is_delivery_read: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Delivery")]
struct DeliveryMirror {
    #[serde(with = "wire")]
    state: DeliveryState,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure_reason: Option<Text>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "DeliveryNews")]
struct DeliveryNewsMirror {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trade_number: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order_number: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line: Option<(u32, u32)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record: Option<Text>,
    #[serde(with = "wire")]
    delivery: Delivery,
    #[serde(with = "wire")]
    shelf_state: ShelfState,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "IssuedPickupCode")]
struct IssuedPickupCodeMirror {
    #[serde(with = "wire")]
    account: AccountName,
    number: Text,
    #[serde(with = "wire")]
    issuer: PickupCodeIssuer,
    code: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    machine: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cabinet: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shelf: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    product_number: Option<Text>,
    quantity: u32,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    fee: Option<Money>,
    #[serde(with = "wire")]
    state: PickupCodeState,
    #[serde(with = "wire")]
    created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    starts_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    expires_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    used_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used_by: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    hold: Option<Hold>,
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Hold")]
struct HoldMirror {
    machine: Text,
    #[serde(with = "wire")]
    until: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "AccountHealth")]
struct AccountHealthMirror {
    #[serde(with = "wire")]
    state: HealthState,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    last_success_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error_code: Option<Text>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Touched")]
struct TouchedMirror {
    by: Text,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Unreadable")]
struct UnreadableMirror {
    message: Text,
    problem: Text,
}

mirrored!(
    Order by OrderMirror,
    OrderLine by OrderLineMirror,
    Delivery by DeliveryMirror,
    DeliveryNews by DeliveryNewsMirror,
    IssuedPickupCode by IssuedPickupCodeMirror,
    Hold by HoldMirror,
    AccountHealth by AccountHealthMirror,
    Touched by TouchedMirror,
    Unreadable by UnreadableMirror,
);
