//! Which part of a long list is asked for.

use jiff::Timestamp;

use crate::domain::{
    AccountName, DeliveryState, Money, Order, OrderLine, OrderState, PickupCodeIssuer, PickupCodeState, Text,
    Window,
};

/// Some rows of a list, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether more follow.
    pub more: bool,
}

/// How much of a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// At most so many rows.
    pub first: usize,
    /// Those that come after this place; `None`: from the newest on. The row that gave it need not exist any more.
    pub after: Option<Place>,
}

/// Where a row stands in a list: by time of creation, then account, then number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// When the row was made, to the millisecond.
    pub created_at: Timestamp,
    /// Its account.
    pub account: AccountName,
    /// Its number: an order's trade number, a pickup code's number.
    pub number: Text,
}

/// Which orders are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderFilter {
    /// Of these accounts; of none where it is empty.
    pub accounts: Vec<AccountName>,
    /// Of these machines alone, by account and number.
    pub machines: Option<Vec<(AccountName, Text)>>,
    /// In one of these states alone.
    pub states: Option<Vec<OrderState>>,
    /// Placed in this span of time.
    pub window: Window,
    /// When the question is asked: orders are told as they are then, lapsed ones as lapsed.
    pub now: Timestamp,
}

/// Which lines of orders are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFilter {
    /// Of orders that match this.
    pub orders: OrderFilter,
    /// Of orders that a pickup code paid for alone, or of the others alone ([`Order::is_paid_by_pickup_code`]).
    pub by_pickup_code: Option<bool>,
    /// With the goods as far as this alone.
    pub delivery: Option<DeliveryState>,
}

/// Where a line stands in a list: newest orders first, then by account, number and position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinePlace {
    /// Its order's place.
    pub order: Place,
    /// Its own in the order.
    pub position: u32,
}

/// A line and its order.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderedLine {
    /// The order, without its lines.
    pub order: Order,
    /// The line.
    pub line: OrderLine,
}

/// What lines of one machine come to that were paid alike, in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineSum {
    /// The machine's account.
    pub account: AccountName,
    /// The machine.
    pub machine: Text,
    /// Whether pickup codes paid for them.
    pub by_pickup_code: bool,
    /// What they cost; `None`: these are the lines whose price nobody told yet.
    pub amount: Option<Money>,
    /// How many pieces they are.
    pub pieces: i64,
}

/// Which of the pickup codes that we keep are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeFilter {
    /// Of these accounts; of none where it is empty.
    pub accounts: Vec<AccountName>,
    /// For one of these machines alone, by account and number. A code for any machine is for none of them.
    pub machines: Option<Vec<(AccountName, Text)>>,
    /// In one of these states alone.
    pub states: Option<Vec<PickupCodeState>>,
    /// Kept by this issuer alone.
    pub issuer: Option<PickupCodeIssuer>,
    /// When the question is asked: codes are told as they are then, expired ones as expired.
    pub now: Timestamp,
}
