//! An order before its vendor knows of it, with what the machine's shelves say of its lines.

use super::draw_trade_number;
use crate::{
    domain::{Clock, Delivery, DeliveryState, Order, OrderLine, OrderState, Shelf, Text},
    gateway::Account,
};

/// A new order, under a number of its own; nothing is to be paid for it unless `pay_before` is set.
pub(super) fn order(account: &Account, machine: &Text, lines: Vec<OrderLine>, clock: &dyn Clock) -> Order {
    Order {
        account: account.name().clone(),
        trade_number: draw_trade_number(clock),
        machine: machine.clone(),
        number: None,
        state: OrderState::Unknown,
        amount: None,
        lines,
        pickup_code_number: None,
        created_at: clock.now(),
        pay_before: None,
        closing: false,
        paying: false,
        version: 0,
    }
}

/// A new line of pieces from a shelf; `None` where its vendor has no name to order them by.
pub(super) fn line(position: u32, shelf: &Shelf, quantity: u32) -> Option<OrderLine> {
    Some(OrderLine {
        position,
        cabinet: shelf.cabinet.clone(),
        shelf: shelf.code.clone(),
        slot: shelf.slot.clone()?,
        product_name: shelf.product.as_ref().map(|product| product.name.clone()),
        quantity,
        price: None,
        record: None,
        attempts: 0,
        delivery: Delivery::new(DeliveryState::Waiting),
        delivery_number: None,
        earlier: None,
        is_delivery_read: false,
    })
}
