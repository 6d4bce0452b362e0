//! Orders, deliveries and pickup codes at Dingshang.

/// An order nobody paid for lapses after this many seconds.
const LAPSES_AFTER: i64 = 20 * 60;

/// An order.
#[derive(Clone, Debug)]
pub struct Order {
    /// The vendor's number.
    pub id: u64,
    /// The machine it is for.
    pub machine: String,
    /// The merchant's number.
    pub trade_id: String,
    /// Unix seconds.
    pub created: i64,
    /// Hundredths of the major unit.
    pub amount: i64,
    /// The vendor's word.
    pub status: &'static str,
    /// The code it was redeemed with, or 0.
    pub pickup_code_id: u64,
    /// How often the merchant was told.
    pub notified: u32,
    /// What was ordered.
    pub records: Vec<Record>,
}

/// A line of an order.
#[derive(Clone, Debug)]
pub struct Record {
    /// The vendor's number.
    pub id: u64,
    /// The slot it comes from.
    pub product_id: u64,
    /// How many.
    pub quantity: u32,
    /// Of the whole line; hundredths of the major unit.
    pub price: i64,
    /// The vendor's word; older servers write Chinese.
    pub status: &'static str,
    /// Whether the merchant was told.
    pub notified: bool,
}

/// A dispensing of one record.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The vendor's number.
    pub id: u64,
    /// The machine that dispenses.
    pub machine: String,
    /// The order it belongs to.
    pub order_id: u64,
    /// The line of the order.
    pub record_id: u64,
    /// A text.
    pub status: &'static str,
    /// Unix seconds; 0 is "not yet".
    pub delivered: i64,
    /// Unix seconds; 0 is "not yet".
    pub picked_up: i64,
    /// Empty where nothing failed.
    pub fail_reason: &'static str,
}

/// A pickup code.
#[derive(Clone, Debug)]
pub struct PickupCode {
    /// The vendor's number.
    pub id: u64,
    /// The machine it is good for.
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
}

impl Order {
    /// The order as it is at a time: one that nobody paid for has lapsed.
    pub(crate) fn at(&self, now: i64) -> Self {
        let mut order = self.clone();
        if matches!(order.status, "NOTPAY" | "USERPAYING") && now >= order.created + LAPSES_AFTER {
            order.status = "CLOSED";
        }
        order
    }
}

impl PickupCode {
    /// Whether it can be redeemed at a time.
    pub fn open(&self, now: i64) -> bool {
        !self.used && self.expires.is_none_or(|end| end > now)
    }
}
