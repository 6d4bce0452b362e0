//! An order placed through an API, and what became of its goods.
//!
//! News of an order comes late, twice and out of order: as the answer to a command, as a report that was asked
//! for, as a callback. So states only ever move forward ([`OrderState::advance`], [`DeliveryState::advance`]), and
//! two copies of one order that heard different news are joined to one that heard both ([`Order::join`]). What failed may
//! be tried again: each attempt at a line begins its delivery anew ([`OrderLine::attempt`]), and of two copies the one that
//! knows of more attempts is right about it.

mod life;
mod sale;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};

use super::{AccountName, Money, Text};

pub use sale::SALES;

/// How long an order may stay unpaid before it lapses and its stock goes back.
pub const TIME_TO_PAY: SignedDuration = SignedDuration::from_mins(20);

/// An order that went through us.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// The account it was placed at.
    pub account: AccountName,
    /// Our number of it, 20 to 32 digits; its identity within the account.
    pub trade_number: Text,
    /// The machine, by its number.
    pub machine: Text,
    /// The vendor's number of it; `None` while the outcome of its creation is not known.
    pub number: Option<Text>,
    /// How far it is.
    pub state: OrderState,
    /// What it costs; `None` until somebody told.
    pub amount: Option<Money>,
    /// Its lines, by position.
    pub lines: Vec<OrderLine>,
    /// The vendor's number of the pickup code that paid for it.
    pub pickup_code_number: Option<Text>,
    /// When it was placed.
    pub created_at: Timestamp,
    /// When it lapses unless it is paid, [`TIME_TO_PAY`] after it was placed; `None`: there is nothing to pay.
    pub pay_before: Option<Timestamp>,
    /// Whether we asked the vendor to close it, so that CLOSED is our doing and no lapse.
    pub closing: bool,
    /// Whether the vendor was told that it is paid, and it is not known what came of that, so that it must not be told as
    /// expired. The store's alone to say.
    pub paying: bool,
    /// How often it changed since it was stored; the store's alone to write.
    pub version: u32,
}

/// One line of an order that went through us.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderLine {
    /// Its place in the order, from 0; its identity within the order.
    pub position: u32,
    /// The cabinet of its shelf.
    pub cabinet: Text,
    /// The code of its shelf.
    pub shelf: Text,
    /// What the vendor's calls name the shelf by.
    pub slot: Text,
    /// What the shelf held when the order was placed.
    pub product_name: Option<Text>,
    /// How many pieces.
    pub quantity: u32,
    /// What the whole line costs; `None` until somebody told.
    pub price: Option<Money>,
    /// The vendor's number of the line; `None` until it told.
    pub record: Option<Text>,
    /// How often the vendor was asked, or was to be asked, to give out a piece of it. What follows is the latest
    /// attempt's.
    pub attempts: u32,
    /// Whether it came out.
    pub delivery: Delivery,
    /// The vendor's number of the dispense that is meant to bring it out.
    pub delivery_number: Option<Text>,
    /// How far the line was before the attempt, while it is not known whether the vendor began it.
    pub earlier: Option<DeliveryState>,
    /// Whether the vendor was asked what became of the dispense since it ended.
    pub is_delivery_read: bool,
}

/// An order as its vendor knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderReport {
    /// The vendor's number of it.
    pub number: Text,
    /// Our number of it, which the vendor was given.
    pub trade_number: Option<Text>,
    /// How far it is.
    pub state: OrderState,
    /// What it costs.
    pub amount: Option<Money>,
    /// The pickup code that paid for it.
    pub pickup_code_number: Option<Text>,
    /// Its lines.
    pub lines: Vec<OrderReportLine>,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderReportLine {
    /// The vendor's number of the line.
    pub number: Text,
    /// The slot it comes from.
    pub slot: Text,
    /// How many pieces.
    pub quantity: u32,
    /// What the whole line costs.
    pub price: Option<Money>,
    /// Whether it came out.
    pub delivery: DeliveryState,
}

/// How far an order is, in the order in which states may follow each other: a later one is never left for an
/// earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrderState {
    /// Not told, or a state that we do not know.
    Unknown,
    /// Not paid yet.
    Unpaid,
    /// The shopper is paying.
    Paying,
    /// Not paid in time. Before the paid states: who pays at the last moment may have paid, and then the vendor
    /// says so.
    Expired,
    /// Paid.
    Paid,
    /// Paid by a pickup code.
    PickupCode,
    /// A test.
    Test,
    /// The payment failed.
    PaymentFailed,
    /// Closed.
    Closed,
    /// Revoked.
    Revoked,
    /// The money goes or went back.
    Refund,
}

/// Whether goods came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// How far it is.
    pub state: DeliveryState,
    /// When they came out, or failed to.
    pub at: Option<Timestamp>,
    /// Why they did not, in the vendor's words.
    pub failure_reason: Option<Text>,
}

/// How far a delivery is, in the order in which states may follow each other: a later one is never left for an
/// earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeliveryState {
    /// Not told, or a state that we do not know.
    Unknown,
    /// Not begun.
    Waiting,
    /// The machine is at it.
    Dispensing,
    /// The machine did not answer; it may yet.
    TimedOut,
    /// There was nothing left.
    OutOfStock,
    /// The machine has no such product.
    NoSuchProduct,
    /// Given up, or paid back.
    Cancelled,
    /// The machine tried and failed.
    Failed,
    /// The goods came out. Last: they cannot go back, whatever is said afterwards.
    Dispensed,
}
