//! The words that states are stored as: those of the API's contract, the same in every backend.

use super::{Action, Outcome};
use crate::domain::{DeliveryState, OrderState, PickupCodeIssuer, PickupCodeState};

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
