//! Why a use case gives no answer, and the contract's code for it.

use std::sync::Arc;

use thiserror::Error;

use crate::{
    domain::AccountName,
    vendor::{self, Kind},
};

/// The answer of a use case.
pub type Result<T> = std::result::Result<T, Error>;

/// Why there is no answer.
#[derive(Clone, Debug, Error)]
pub enum Error {
    /// The caller asks for what cannot be.
    #[error(transparent)]
    Input(#[from] Input),
    /// There is no such object, or it belongs to an account that the caller does not see: the two look alike.
    #[error("there is no such object")]
    NotFound,
    /// The vendor gave no answer that we can use.
    #[error("account `{account}`: {}", .error.kind)]
    Vendor {
        /// Whose vendor.
        account: AccountName,
        /// What happened.
        error: Arc<vendor::Error>,
    },
}

/// What the caller can mend.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Input {
    /// `first` is out of range.
    #[error("`first` is {0}; ask for 1 to 500")]
    First(i64),
    /// The cursor is none of this list's.
    #[error("`after` is not a cursor of this list; use an `endCursor` or an edge's `cursor`")]
    Cursor,
    /// The id is none of ours.
    #[error("`{argument}` is not an id of {expected}")]
    Id {
        /// The argument.
        argument: &'static str,
        /// What it should name.
        expected: &'static str,
    },
    /// The window ends before it starts.
    #[error("`from` is after `to`")]
    Window,
    /// The window lies between two seconds.
    #[error("`from` and `to` have no whole second between them, and sales are counted to the second")]
    NoWholeSecond,
    /// Hardly anything matches, and more lies between than one request looks through.
    #[error("nothing matched among those looked through; narrow `from` and `to` to look further back")]
    TooRare,
    /// The list is too long.
    #[error("`{argument}` has {count} members; at most {most} are taken")]
    TooMany {
        /// The argument.
        argument: &'static str,
        /// How many there are.
        count: usize,
        /// How many are taken.
        most: usize,
    },
    /// The text is too long.
    #[error("`{argument}` is too long; at most {most} characters are taken")]
    TooLong {
        /// The argument.
        argument: &'static str,
        /// How many characters are taken.
        most: usize,
    },
}

/// The contract's `ErrorCode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "described where the schema is: graphql/types/error_code.rs")]
pub enum Code {
    Unauthenticated,
    Forbidden,
    BadUserInput,
    NotFound,
    UnsupportedByVendor,
    Conflict,
    VendorUnavailable,
    VendorTimeout,
    VendorRejected,
    VendorProtocol,
    VendorCredentials,
    MachineOffline,
    MachineNotFound,
    MachineNotOperational,
    ProductNotFound,
    ProductOffSale,
    OutOfStock,
    CapacityExceeded,
    OrderExpired,
    OrderStateInvalid,
    OrderUnpaid,
    OrderAlreadyPaid,
    OrderAlreadyDelivered,
    PickupCodesDisabled,
    PickupCodeUsed,
    PickupCodeExpired,
    PickupCodeNotFound,
    DuplicateTradeNumber,
    OutcomeUnknown,
    QueryTooComplex,
    Overloaded,
    Internal,
}

impl Error {
    /// The contract's code.
    pub fn code(&self) -> Code {
        match self {
            Self::Input(_) => Code::BadUserInput,
            Self::NotFound => Code::NotFound,
            Self::Vendor { error, .. } => code(error.kind),
        }
    }

    /// Whether the same request may succeed soon.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Input(_) | Self::NotFound => false,
            Self::Vendor { error, .. } => error.kind.is_transient(),
        }
    }
}

/// A failure that many waited for, as the failure of a call that needed it.
pub(super) fn again(error: Arc<vendor::Error>) -> vendor::Error {
    vendor::Error {
        kind: error.kind,
        operation: error.operation,
        vendor_code: error.vendor_code.clone(),
        vendor_message: error.vendor_message.clone(),
        source: Some(Box::new(error)),
    }
}

/// What happened at a vendor, in the contract's codes.
pub const fn code(kind: Kind) -> Code {
    match kind {
        Kind::Credentials => Code::VendorCredentials,
        Kind::MachineNotFound => Code::MachineNotFound,
        Kind::MachineOffline => Code::MachineOffline,
        Kind::MachineNotOperational => Code::MachineNotOperational,
        Kind::NotFound => Code::NotFound,
        Kind::ProductNotFound => Code::ProductNotFound,
        Kind::ProductOffSale => Code::ProductOffSale,
        Kind::OutOfStock => Code::OutOfStock,
        Kind::CapacityExceeded => Code::CapacityExceeded,
        Kind::OrderExpired => Code::OrderExpired,
        Kind::OrderStateInvalid => Code::OrderStateInvalid,
        Kind::OrderUnpaid => Code::OrderUnpaid,
        Kind::OrderAlreadyPaid => Code::OrderAlreadyPaid,
        Kind::OrderAlreadyDelivered => Code::OrderAlreadyDelivered,
        Kind::PickupCodesDisabled => Code::PickupCodesDisabled,
        Kind::PickupCodeUsed => Code::PickupCodeUsed,
        Kind::PickupCodeExpired => Code::PickupCodeExpired,
        Kind::PickupCodeNotFound => Code::PickupCodeNotFound,
        Kind::DuplicateTradeNumber => Code::DuplicateTradeNumber,
        Kind::BadInput => Code::BadUserInput,
        Kind::Rejected => Code::VendorRejected,
        Kind::Unavailable | Kind::CircuitOpen => Code::VendorUnavailable,
        Kind::Timeout => Code::VendorTimeout,
        Kind::Overloaded => Code::Overloaded,
        Kind::Protocol => Code::VendorProtocol,
        Kind::Unsupported => Code::UnsupportedByVendor,
        Kind::OutcomeUnknown => Code::OutcomeUnknown,
    }
}
