//! Why a command was not carried out, also when that is told again later to who repeats it.

use std::fmt;

use super::{Code, error};
use crate::{
    domain::Text,
    store::Ending,
    vendor::{self, Kind},
};

/// A no to a command: the vendor's, or ours because of how things stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// The contract's code.
    pub code: Code,
    /// The vendor's own code, where it gave one.
    pub vendor_code: Option<Text>,
    /// The vendor's own words, where it gave any; bounded and stripped.
    pub vendor_message: Option<Text>,
    /// Whether the machine was only busy with something else: the same succeeds a little later.
    pub is_busy: bool,
}

/// The word under which it is written down that a machine was busy, for which the contract has no code.
const BUSY: &str = "MACHINE_BUSY";

impl Refusal {
    /// A no of ours.
    pub const fn ours(code: Code) -> Self {
        Self { code, vendor_code: None, vendor_message: None, is_busy: false }
    }

    /// What a vendor said to a command.
    pub fn of(error: &vendor::Error) -> Self {
        let text = |text: &Option<Box<str>>| text.as_deref().map(Text::from);
        // A code of the vendor's that leaves the outcome open (Dingshang 6015) comes with the vendor's words on it.
        let is_its_word = error.kind.is_refusal() || error.kind == Kind::OutcomeUnknown;
        Self {
            code: error::code(error.kind),
            vendor_code: text(&error.vendor_code),
            vendor_message: text(&error.vendor_message).filter(|_| is_its_word),
            is_busy: error.kind == Kind::MachineBusy,
        }
    }

    /// The word under which it is written down.
    pub fn word(&self) -> &'static str {
        if self.is_busy { BUSY } else { self.code.word() }
    }

    /// The refusal that was written down.
    pub fn written(ending: &Ending) -> Self {
        Self {
            code: ending.error.as_deref().and_then(Code::of_word).unwrap_or(Code::VendorRejected),
            is_busy: ending.error.as_deref() == Some(BUSY),
            vendor_code: ending.vendor_code.clone(),
            vendor_message: ending.vendor_message.clone(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_busy {
            return f.write_str("the machine is giving out something else: try again in some seconds");
        }
        f.write_str(match self.code {
            Code::Conflict => "the idempotency key was used with other input: use a new key for a new command",
            Code::OutcomeUnknown => {
                "it is not known whether the vendor did it; it is not sent again, ask later for what came of it"
            }
            Code::MachineOffline => "the machine is offline",
            Code::MachineNotFound => "the vendor knows no such machine",
            Code::MachineNotOperational => "the machine is not in operation",
            Code::ProductNotFound => "the machine has no such product",
            Code::ProductOffSale => "the product is off sale",
            Code::OutOfStock => "not enough is left",
            Code::CapacityExceeded => "more than fits on the shelf",
            Code::OrderExpired => "the order was not paid in time and has expired",
            Code::OrderStateInvalid => "the order's state does not allow it",
            Code::OrderUnpaid => "the order is not paid",
            Code::OrderAlreadyPaid => "the order is paid already",
            Code::OrderAlreadyDelivered => "the goods of this line came out already",
            Code::PickupCodesDisabled => "the machine takes no pickup codes",
            Code::PickupCodeUsed => "the pickup code is used",
            Code::PickupCodeExpired => "the pickup code has expired",
            Code::PickupCodeNotFound => "there is no such pickup code",
            Code::DuplicateTradeNumber => "the vendor has an order of this trade number already",
            Code::NotFound => "there is no such object",
            Code::UnsupportedByVendor => "the vendor does not offer this",
            Code::VendorUnavailable => "the vendor is not available; nothing was sent",
            Code::VendorTimeout => "the vendor was not reached in time; nothing was sent",
            Code::VendorCredentials => "the vendor refuses this account's credentials",
            Code::Overloaded => "too many calls wait for this account; nothing was sent",
            Code::BadUserInput => "the input does not fit the machine",
            Code::VendorRejected
            | Code::VendorProtocol
            | Code::Unauthenticated
            | Code::Forbidden
            | Code::QueryTooComplex
            | Code::Internal => "the vendor refused",
        })
    }
}
