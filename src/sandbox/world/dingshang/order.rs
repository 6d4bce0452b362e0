//! Orders, deliveries and pickup codes at Dingshang.

use serde::Serialize;

use super::machine::Outcome;

/// An order.
#[derive(Clone, Debug, Serialize)]
pub struct Order {
    /// The vendor's number.
    #[serde(rename = "order_id")]
    pub id: u64,
    /// The machine it is for.
    #[serde(rename = "machine_no")]
    pub machine: String,
    /// The merchant's number.
    pub trade_id: String,
    /// Where the merchant wants to be told; empty for the orders that the world began with.
    pub notify_url: String,
    /// Unix seconds.
    pub created: i64,
    /// Hundredths of the major unit.
    pub amount: i64,
    /// The vendor's word.
    pub status: &'static str,
    /// Whether nobody paid in time.
    pub lapsed: bool,
    /// Whether it was cancelled or has lapsed: nothing can be done with it any more.
    pub ended: bool,
    /// Whether stock was taken for it, which goes back when it ends.
    pub holds_stock: bool,
    /// The code it was redeemed with, or 0.
    pub pickup_code_id: u64,
    /// How often the merchant was told.
    #[serde(rename = "notify_send_count")]
    pub notified: u32,
    /// What was ordered.
    pub records: Vec<Record>,
}

/// A line of an order.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// The vendor's number.
    pub id: u64,
    /// The slot it comes from.
    pub product_id: u64,
    /// How many.
    pub quantity: u32,
    /// How many came out; more than one where a machine was told to dispense more than once.
    pub dispensed: u32,
    /// Of the whole line; hundredths of the major unit.
    pub price: i64,
    /// The vendor's word; older servers write Chinese.
    pub status: &'static str,
    /// Whether the merchant was told.
    pub notified: bool,
}

/// A dispensing of one record.
#[derive(Clone, Debug, Serialize)]
pub struct Delivery {
    /// The vendor's number.
    #[serde(rename = "delivery_id")]
    pub id: u64,
    /// The machine that dispenses.
    #[serde(rename = "machine_no")]
    pub machine: String,
    /// The order it belongs to.
    pub order_id: u64,
    /// The line of the order.
    pub record_id: u64,
    /// A text.
    pub status: &'static str,
    /// When the machine was told to, Unix seconds; 0 is "not yet".
    #[serde(rename = "delivered_at")]
    pub delivered: i64,
    /// Unix seconds; 0 is "not yet".
    #[serde(rename = "pickup_at")]
    pub picked_up: i64,
    /// Empty where nothing failed.
    pub fail_reason: String,
    /// How it will end.
    #[serde(skip)]
    pub(crate) outcome: Outcome,
}

/// A pickup code.
#[derive(Clone, Debug, Serialize)]
pub struct PickupCode {
    /// The vendor's number.
    pub id: u64,
    /// The machine it is good for.
    #[serde(rename = "machine_no")]
    pub machine: String,
    /// The slot it is good for.
    pub product_id: u64,
    /// 6 to 10 digits.
    pub code: String,
    /// Unix seconds.
    pub created: i64,
    /// Unix seconds; none: never.
    pub expires: Option<i64>,
    /// Whether it was redeemed.
    pub used: bool,
    /// Whether the merchant took it back.
    pub cancelled: bool,
}

impl Order {
    /// Whether it waits for its payment.
    pub fn unpaid(&self) -> bool {
        !self.ended && matches!(self.status, "NOTPAY" | "USERPAYING")
    }

    /// Whether it was paid, by money, by a code or by being a test.
    pub fn dispensable(&self) -> bool {
        !self.ended && matches!(self.status, "SUCCESS" | "PICKUPCODE" | "TESTPAY")
    }
}

impl Record {
    /// How many are still to come out.
    pub fn left(&self) -> u32 {
        self.quantity.saturating_sub(self.dispensed)
    }
}

impl PickupCode {
    /// Whether it can be redeemed at a time.
    pub fn open(&self, now: i64) -> bool {
        !self.used && !self.cancelled && !self.expired(now)
    }

    /// Whether its time is over.
    pub fn expired(&self, now: i64) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }
}
