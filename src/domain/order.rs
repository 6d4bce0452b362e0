//! An order placed through an API, and what became of its goods.

use jiff::Timestamp;

use super::{Money, Text};

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
    pub records: Vec<OrderReportLine>,
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

/// How far an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderState {
    /// Not paid yet.
    Unpaid,
    /// Paid.
    Paid,
    /// The shopper is paying.
    Paying,
    /// The payment failed.
    PaymentFailed,
    /// The money goes or went back.
    Refund,
    /// Closed.
    Closed,
    /// Revoked.
    Revoked,
    /// Not paid in time.
    Expired,
    /// Paid by a pickup code.
    PickupCode,
    /// A test.
    Test,
    /// Not told, or a state that we do not know.
    Unknown,
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

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// Not begun.
    Waiting,
    /// The machine is at it.
    Dispensing,
    /// The goods came out.
    Dispensed,
    /// There was nothing left.
    OutOfStock,
    /// The machine has no such product.
    NoSuchProduct,
    /// The machine tried and failed.
    Failed,
    /// The machine did not answer.
    TimedOut,
    /// Given up, or paid back.
    Cancelled,
    /// Not told, or a state that we do not know.
    Unknown,
}
