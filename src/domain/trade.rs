//! A trade: something was sold, or won.

use jiff::Timestamp;

use super::{Delivery, Money, Text};

/// One sale or prize.
#[derive(Clone, Debug, PartialEq)]
pub struct Trade {
    /// Sold or won.
    pub kind: TradeKind,
    /// The vendor's number of the order, unique in the account; of an order that went through us all lines have it, and
    /// it is ours while the vendor has not told it.
    pub order_number: Text,
    /// The machine's or the payment's own number; of an order that went through us, ours.
    pub trade_number: Option<Text>,
    /// The position of its line in the order that went through us; `None`: its vendor keeps it, a trade an order.
    pub line: Option<u32>,
    /// The machine.
    pub machine_number: Text,
    /// The cabinet.
    pub cabinet: Option<Text>,
    /// The shelf.
    pub shelf_code: Option<Text>,
    /// The product's number.
    pub product_number: Option<Text>,
    /// The product's name at the time.
    pub product_name: Option<Text>,
    /// How many pieces.
    pub quantity: u32,
    /// What one piece cost.
    pub unit_price: Option<Money>,
    /// What one piece cost before a reduction.
    pub list_price: Option<Money>,
    /// What all of it cost.
    pub total: Option<Money>,
    /// How it was paid.
    pub payment: Payment,
    /// Whether the goods came out.
    pub delivery: Delivery,
    /// What was paid back.
    pub refund: Option<Refund>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
}

impl Trade {
    /// What tells it from all others of its account: the order's number where its vendor keeps it. Of an order that went
    /// through us, our number of it, which it has from the beginning and keeps, and the line's position; with as many
    /// digits as positions may have, so that keys sort as lines do.
    pub fn key(&self) -> Text {
        match (self.line, &self.trade_number) {
            (Some(position), Some(trade_number)) => format!("{trade_number}-{position:010}").into(),
            _ => self.order_number.clone(),
        }
    }
}

/// Sold or won.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TradeKind {
    /// Sold.
    Sale,
    /// Won.
    Prize,
}

/// How a trade was paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// With what.
    pub method: PaymentMethod,
    /// With what, as the vendor numbers it.
    pub vendor_method: Option<Text>,
    /// Whether it went through.
    pub state: PaymentState,
    /// When.
    pub paid_at: Option<Timestamp>,
    /// The payment provider's number.
    pub transaction_number: Option<Text>,
    /// Who paid, by the provider's id. Personal data.
    pub payer_open_id: Option<Text>,
    /// Who paid, by telephone. Personal data.
    pub payer_phone: Option<Text>,
}

/// With what a trade was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants are the names of the payment methods")]
pub enum PaymentMethod {
    BaiduWallet,
    Wechat,
    Alipay,
    Cash,
    CardSwipe,
    Badge,
    PickupCode,
    Game,
    SoundWave,
    Pos,
    CampusCard,
    AgriculturalBank,
    WechatScanned,
    Member,
    Bestpay,
    JdPay,
    AlipayScanned,
    Points,
    Unionpay,
    DragonPay,
    AggregateQr,
    IcbcWallet,
    OneWallet,
    UnionpayScanned,
    HemaScanned,
    /// Through the merchant's own application.
    Merchant,
    /// A method that we do not know.
    Other,
}

/// Whether a payment went through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants say what they are")]
pub enum PaymentState {
    Pending,
    Paid,
    Failed,
}

/// What was paid back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// How far it is.
    pub state: RefundState,
    /// How much.
    pub amount: Option<Money>,
    /// When it was asked for.
    pub at: Option<Timestamp>,
    /// The number of the refund.
    pub number: Option<Text>,
}

/// How far a refund is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants say what they are")]
pub enum RefundState {
    InProgress,
    Done,
    Failed,
}
