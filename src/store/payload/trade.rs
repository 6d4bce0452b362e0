//! What was sold and refilled, as JSON.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::wire::{self, mirrored};
use crate::domain::{
    Delivery, MethodSales, Money, Payment, PaymentMethod, PaymentState, Refill, Refund, RefundState,
    SalesFigure, ShelfRefill, Text, Trade, TradeKind,
};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Trade")]
struct TradeMirror {
    #[serde(with = "wire")]
    kind: TradeKind,
    order_number: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trade_number: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    machine_number: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cabinet: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shelf_code: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    product_number: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    product_name: Option<Text>,
    quantity: u32,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    unit_price: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    list_price: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    total: Option<Money>,
    #[serde(with = "wire")]
    payment: Payment,
    #[serde(with = "wire")]
    delivery: Delivery,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    refund: Option<Refund>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    created_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Payment")]
struct PaymentMirror {
    #[serde(with = "wire")]
    method: PaymentMethod,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vendor_method: Option<Text>,
    #[serde(with = "wire")]
    state: PaymentState,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    paid_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    transaction_number: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payer_open_id: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payer_phone: Option<Text>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Refund")]
struct RefundMirror {
    #[serde(with = "wire")]
    state: RefundState,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    amount: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<Text>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Refill")]
struct RefillMirror {
    machine_number: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    site_name: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    site_number: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line_name: Option<Text>,
    #[serde(with = "wire")]
    refilled_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    previous_refill_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "wire")]
    shelves: Vec<ShelfRefill>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "wire")]
    by_method: Vec<MethodSales>,
    #[serde(with = "wire")]
    total: SalesFigure,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "ShelfRefill")]
struct ShelfRefillMirror {
    cabinet: Text,
    shelf_code: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    product_number: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    product_name: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    price: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stock: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refilled: Option<u32>,
    #[serde(with = "wire")]
    total: SalesFigure,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "MethodSales")]
struct MethodSalesMirror {
    #[serde(with = "wire")]
    method: PaymentMethod,
    vendor_method: Text,
    #[serde(with = "wire")]
    figure: SalesFigure,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "SalesFigure")]
struct SalesFigureMirror {
    #[serde(with = "wire")]
    amount: Money,
    count: i64,
}

mirrored!(
    Trade by TradeMirror,
    Payment by PaymentMirror,
    Refund by RefundMirror,
    Refill by RefillMirror,
    ShelfRefill by ShelfRefillMirror,
    MethodSales by MethodSalesMirror,
    SalesFigure by SalesFigureMirror,
);
