//! Which part of a long list is asked for.

use jiff::Timestamp;

use crate::domain::{AccountName, OrderState, PickupCodeIssuer, PickupCodeState, Text, Window};

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
