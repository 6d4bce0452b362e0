//! The words that states are stored as: those of the API's contract, the same in every backend.

use super::{Action, Outcome};
use crate::domain::{
    DeliveryState, EventKind, HealthState, OrderState, Origin, Packaging, PaymentMethod, PaymentState,
    PickupCodeIssuer, PickupCodeState, RefundState, ShelfState, TradeKind,
};

/// Something of a few kinds, each with a word of its own.
pub(super) trait Word: Copy + Eq + 'static {
    /// What it is, for whoever reads that a word is none of it.
    const NAME: &'static str;
    /// Every kind with its word.
    const WORDS: &'static [(Self, &'static str)];

    /// Its word.
    fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }

    /// What a word stands for.
    fn of_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
    }
}

impl Word for Action {
    const NAME: &'static str = "action";
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::CreateOrder, "CREATE_ORDER"),
        (Self::PayOrder, "PAY_ORDER"),
        (Self::CancelOrder, "CANCEL_ORDER"),
        (Self::DispenseOrderLine, "DISPENSE_ORDER_LINE"),
        (Self::TestDispense, "TEST_DISPENSE"),
        (Self::ReplenishMachine, "REPLENISH_MACHINE"),
        (Self::ReplenishCategory, "REPLENISH_CATEGORY"),
        (Self::ReplenishShelf, "REPLENISH_SHELF"),
        (Self::CreatePickupCodes, "CREATE_PICKUP_CODES"),
        (Self::CancelPickupCode, "CANCEL_PICKUP_CODE"),
        (Self::CancelAllPickupCodes, "CANCEL_ALL_PICKUP_CODES"),
        (Self::RedeemPickupCode, "REDEEM_PICKUP_CODE"),
    ];
}

impl Word for Outcome {
    const NAME: &'static str = "outcome";
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Done, "DONE"),
        (Self::Refused, "REFUSED"),
        (Self::Unknown, "UNKNOWN"),
        (Self::NotDone, "NOT_DONE"),
        (Self::Lost, "LOST"),
    ];
}

impl Word for OrderState {
    const NAME: &'static str = "state of an order";
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Unknown, "UNKNOWN"),
        (Self::Unpaid, "UNPAID"),
        (Self::Paying, "PAYING"),
        (Self::Expired, "EXPIRED"),
        (Self::Paid, "PAID"),
        (Self::PickupCode, "PICKUP_CODE"),
        (Self::Test, "TEST"),
        (Self::PaymentFailed, "PAYMENT_FAILED"),
        (Self::Closed, "CLOSED"),
        (Self::Revoked, "REVOKED"),
        (Self::Refund, "REFUND"),
    ];
}

impl Word for DeliveryState {
    const NAME: &'static str = "state of a delivery";
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Unknown, "UNKNOWN"),
        (Self::Waiting, "WAITING"),
        (Self::Dispensing, "DISPENSING"),
        (Self::TimedOut, "TIMED_OUT"),
        (Self::OutOfStock, "OUT_OF_STOCK"),
        (Self::NoSuchProduct, "NO_SUCH_PRODUCT"),
        (Self::Cancelled, "CANCELLED"),
        (Self::Failed, "FAILED"),
        (Self::Dispensed, "DISPENSED"),
    ];
}

impl Word for PickupCodeState {
    const NAME: &'static str = "state of a pickup code";
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Unused, "UNUSED"),
        (Self::Held, "HELD"),
        (Self::Used, "USED"),
        (Self::Expired, "EXPIRED"),
        (Self::Cancelled, "CANCELLED"),
        (Self::Unknown, "UNKNOWN"),
    ];
}

impl Word for PickupCodeIssuer {
    const NAME: &'static str = "issuer";
    const WORDS: &'static [(Self, &'static str)] = &[(Self::Vendor, "VENDOR"), (Self::Gateway, "GATEWAY")];
}

impl Word for EventKind {
    const NAME: &'static str = "kind of an event";
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::MachineRegistered, "MACHINE_REGISTERED"),
        (Self::MachineStatus, "MACHINE_STATUS"),
        (Self::Trade, "TRADE"),
        (Self::Refill, "REFILL"),
        (Self::Delivery, "DELIVERY"),
        (Self::Order, "ORDER"),
        (Self::PickupCode, "PICKUP_CODE"),
        (Self::AccountHealth, "ACCOUNT_HEALTH"),
        (Self::Touched, "TOUCHED"),
        (Self::Unreadable, "UNREADABLE"),
    ];
}

impl Word for Origin {
    const NAME: &'static str = "origin";
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Pushed, "PUSHED"), (Self::Reconciled, "RECONCILED"), (Self::Internal, "INTERNAL")];
}

impl Word for TradeKind {
    const NAME: &'static str = "kind of a trade";
    const WORDS: &'static [(Self, &'static str)] = &[(Self::Sale, "SALE"), (Self::Prize, "PRIZE")];
}

impl Word for PaymentMethod {
    const NAME: &'static str = "way of payment";
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::BaiduWallet, "BAIDU_WALLET"),
        (Self::Wechat, "WECHAT"),
        (Self::Alipay, "ALIPAY"),
        (Self::Cash, "CASH"),
        (Self::CardSwipe, "CARD_SWIPE"),
        (Self::Badge, "BADGE"),
        (Self::PickupCode, "PICKUP_CODE"),
        (Self::Game, "GAME"),
        (Self::SoundWave, "SOUND_WAVE"),
        (Self::Pos, "POS"),
        (Self::CampusCard, "CAMPUS_CARD"),
        (Self::AgriculturalBank, "AGRICULTURAL_BANK"),
        (Self::WechatScanned, "WECHAT_SCANNED"),
        (Self::Member, "MEMBER"),
        (Self::Bestpay, "BESTPAY"),
        (Self::JdPay, "JD_PAY"),
        (Self::AlipayScanned, "ALIPAY_SCANNED"),
        (Self::Points, "POINTS"),
        (Self::Unionpay, "UNIONPAY"),
        (Self::DragonPay, "DRAGON_PAY"),
        (Self::AggregateQr, "AGGREGATE_QR"),
        (Self::IcbcWallet, "ICBC_WALLET"),
        (Self::OneWallet, "ONE_WALLET"),
        (Self::UnionpayScanned, "UNIONPAY_SCANNED"),
        (Self::HemaScanned, "HEMA_SCANNED"),
        (Self::Merchant, "MERCHANT"),
        (Self::Other, "OTHER"),
    ];
}

impl Word for PaymentState {
    const NAME: &'static str = "state of a payment";
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Pending, "PENDING"), (Self::Paid, "PAID"), (Self::Failed, "FAILED")];
}

impl Word for RefundState {
    const NAME: &'static str = "state of a refund";
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::InProgress, "IN_PROGRESS"), (Self::Done, "DONE"), (Self::Failed, "FAILED")];
}

impl Word for ShelfState {
    const NAME: &'static str = "state of a shelf";
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Normal, "NORMAL"),
        (Self::SoldOut, "SOLD_OUT"),
        (Self::Jammed, "JAMMED"),
        (Self::MotorFault, "MOTOR_FAULT"),
        (Self::SerialTimeout, "SERIAL_TIMEOUT"),
        (Self::Missing, "MISSING"),
        (Self::Unknown, "UNKNOWN"),
    ];
}

impl Word for Packaging {
    const NAME: &'static str = "packaging";
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Bottle, "BOTTLE"),
        (Self::Can, "CAN"),
        (Self::Bag, "BAG"),
        (Self::Box, "BOX"),
        (Self::Cup, "CUP"),
        (Self::Unknown, "UNKNOWN"),
    ];
}

impl Word for HealthState {
    const NAME: &'static str = "health";
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Up, "UP"), (Self::Degraded, "DEGRADED"), (Self::Down, "DOWN")];
}
