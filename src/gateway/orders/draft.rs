//! An order before its vendor knows of it, with what the machine's shelves say of its lines.

use url::Url;

use super::{Blame as _, Problem, draw_callback, draw_trade_number};
use crate::{
    domain::{Clock, Delivery, DeliveryState, Order, OrderLine, OrderState, Shelf, Text},
    gateway::{Account, Error, Gateway, commands::Start},
    store::{Change, Intent, NewIntent, Target},
};

/// How often a number is drawn that turns out to be in use.
const DRAWS: usize = 3;

/// A command that makes an order, once it is written down.
pub(super) enum Drawn {
    /// It is for us to carry out: its intent, the order, and where its vendor reports to.
    Ours(Intent, Box<Order>, Url),
    /// It was given before.
    Before(Intent),
}

impl Gateway {
    /// Writes down a command that makes an order, under a number and a callback's token that nobody has.
    pub(super) async fn draw(
        &self,
        account: &Account,
        intended: &NewIntent,
        new: impl Fn() -> Order + Send,
    ) -> Result<Drawn, Problem> {
        for _ in 0..DRAWS {
            let (notify_url, callback) = draw_callback(self.callbacks.as_ref(), account)?;
            let order = new();
            let Target { machine, trade_number, .. } = Target::order(&order);
            let target = Target { machine, trade_number, ..intended.target.clone() };
            let intended = NewIntent { target, callback: Some(callback), ..intended.clone() };
            let begun = self.commands.begin(&intended, &Change::order(order.clone())).await;
            match begun.blame(&["idempotencyKey"])? {
                Start::Taken => {}
                Start::Again(earlier) | Start::Busy(earlier) => return Ok(Drawn::Before(earlier)),
                Start::Carry(intent) => return Ok(Drawn::Ours(intent, Box::new(order), notify_url)),
            }
        }
        Err(Error::Internal("three trade numbers in a row were in use").into())
    }
}

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
