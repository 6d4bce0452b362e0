//! Why a use case gives no answer, and the contract's code for it.

use std::sync::Arc;

use thiserror::Error;

use super::Refusal;
use crate::{
    domain::AccountName,
    events::inbox,
    store,
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
    /// A command is not carried out.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store gave no answer. What was under way is settled later.
    #[error("the gateway's own store does not answer: try again soon")]
    Store(Arc<store::Error>),
    /// Too much is waiting to be written down.
    #[error("too much is waiting to be written down: try again soon")]
    Busy,
    /// A fault of this program.
    #[error("something is wrong on our side")]
    Internal(&'static str),
    /// The operator has not said where vendors reach this gateway, so that no order can be placed.
    #[error("this gateway takes no orders: its operator must set server.public_url")]
    NoCallback,
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
    /// What stands where an entity is asked for does not name one.
    #[error("`representations` has a member without `__typename` and `id`, by which an entity is asked for")]
    Entity,
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
    /// The number is out of range.
    #[error("`{argument}` is {value}; it may be {least} to {most}")]
    Range {
        /// The argument.
        argument: &'static str,
        /// What it is.
        value: i64,
        /// The least that is taken.
        least: i64,
        /// The most that is taken.
        most: i64,
    },
    /// Nothing is given where something must be.
    #[error("`{argument}` is empty")]
    Empty {
        /// The argument.
        argument: &'static str,
    },
    /// The same is named twice.
    #[error("`{argument}` is named twice; name it once, with the sum")]
    Twice {
        /// The argument.
        argument: &'static str,
    },
    /// Two arguments do not belong together.
    #[error("`{argument}` does not belong to `{of}`")]
    Apart {
        /// The argument.
        argument: &'static str,
        /// What it should belong to.
        of: &'static str,
    },
    /// Two arguments exclude each other.
    #[error("`{argument}` and `{other}` exclude each other; give one of them")]
    Both {
        /// The argument.
        argument: &'static str,
        /// The other one.
        other: &'static str,
    },
    /// The argument is missing for what the others ask.
    #[error("`{argument}` is needed here")]
    Missing {
        /// The argument.
        argument: &'static str,
    },
    /// The argument has no meaning for what the others ask.
    #[error("`{argument}` cannot be given here: {why}")]
    Needless {
        /// The argument.
        argument: &'static str,
        /// Why.
        why: &'static str,
    },
    /// One time is not before the other.
    #[error("`{argument}` is not before `{other}`")]
    NotBefore {
        /// The one that should be earlier.
        argument: &'static str,
        /// The one that should be later.
        other: &'static str,
    },
    /// The text is no such number of digits.
    #[error("`{argument}` is not a number of {least} to {most} digits")]
    Digits {
        /// The argument.
        argument: &'static str,
        /// The least number of digits.
        least: u32,
        /// The greatest number of digits.
        most: u32,
    },
    /// The time is over.
    #[error("`{argument}` is not in the future")]
    Past {
        /// The argument.
        argument: &'static str,
    },
    /// The text holds control characters.
    #[error("`{argument}` has characters that cannot be printed")]
    Unprintable {
        /// The argument.
        argument: &'static str,
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

impl Code {
    /// Every code with its word in the contract.
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Unauthenticated, "UNAUTHENTICATED"),
        (Self::Forbidden, "FORBIDDEN"),
        (Self::BadUserInput, "BAD_USER_INPUT"),
        (Self::NotFound, "NOT_FOUND"),
        (Self::UnsupportedByVendor, "UNSUPPORTED_BY_VENDOR"),
        (Self::Conflict, "CONFLICT"),
        (Self::VendorUnavailable, "VENDOR_UNAVAILABLE"),
        (Self::VendorTimeout, "VENDOR_TIMEOUT"),
        (Self::VendorRejected, "VENDOR_REJECTED"),
        (Self::VendorProtocol, "VENDOR_PROTOCOL"),
        (Self::VendorCredentials, "VENDOR_CREDENTIALS"),
        (Self::MachineOffline, "MACHINE_OFFLINE"),
        (Self::MachineNotFound, "MACHINE_NOT_FOUND"),
        (Self::MachineNotOperational, "MACHINE_NOT_OPERATIONAL"),
        (Self::ProductNotFound, "PRODUCT_NOT_FOUND"),
        (Self::ProductOffSale, "PRODUCT_OFF_SALE"),
        (Self::OutOfStock, "OUT_OF_STOCK"),
        (Self::CapacityExceeded, "CAPACITY_EXCEEDED"),
        (Self::OrderExpired, "ORDER_EXPIRED"),
        (Self::OrderStateInvalid, "ORDER_STATE_INVALID"),
        (Self::OrderUnpaid, "ORDER_UNPAID"),
        (Self::OrderAlreadyPaid, "ORDER_ALREADY_PAID"),
        (Self::OrderAlreadyDelivered, "ORDER_ALREADY_DELIVERED"),
        (Self::PickupCodesDisabled, "PICKUP_CODES_DISABLED"),
        (Self::PickupCodeUsed, "PICKUP_CODE_USED"),
        (Self::PickupCodeExpired, "PICKUP_CODE_EXPIRED"),
        (Self::PickupCodeNotFound, "PICKUP_CODE_NOT_FOUND"),
        (Self::DuplicateTradeNumber, "DUPLICATE_TRADE_NUMBER"),
        (Self::OutcomeUnknown, "OUTCOME_UNKNOWN"),
        (Self::QueryTooComplex, "QUERY_TOO_COMPLEX"),
        (Self::Overloaded, "OVERLOADED"),
        (Self::Internal, "INTERNAL"),
    ];

    /// The words of all of them.
    pub fn words() -> impl Iterator<Item = &'static str> {
        Self::WORDS.iter().map(|(_, word)| *word)
    }

    /// Its word in the contract.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(code, _)| *code == self).map_or("INTERNAL", |(_, word)| word)
    }

    /// The code of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(code, _)| *code)
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::Store(Arc::new(error))
    }
}

impl From<inbox::Refused> for Error {
    fn from(refused: inbox::Refused) -> Self {
        match refused {
            inbox::Refused::Full => Self::Busy,
            inbox::Refused::Store(error) => Self::Store(error),
        }
    }
}

impl Error {
    /// The contract's code.
    pub fn code(&self) -> Code {
        match self {
            Self::Input(_) => Code::BadUserInput,
            Self::NotFound => Code::NotFound,
            Self::Refused(refusal) => refusal.code,
            Self::Busy => Code::Overloaded,
            Self::Store(_) | Self::Internal(_) | Self::NoCallback => Code::Internal,
            Self::Vendor { error, .. } => code(error.kind),
        }
    }

    /// Whether there is no such object.
    pub const fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound)
    }

    /// Whether the same request may succeed soon.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Input(_) | Self::NotFound | Self::Internal(_) | Self::NoCallback => false,
            Self::Refused(refusal) => {
                refusal.is_busy
                    || matches!(
                        refusal.code,
                        Code::VendorUnavailable | Code::VendorTimeout | Code::Overloaded
                    )
            }
            Self::Busy => true,
            Self::Store(error) => matches!(**error, store::Error::Unavailable { .. }),
            Self::Vendor { error, .. } => error.kind.is_transient() || error.kind == Kind::MachineBusy,
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
        used_by: error.used_by.clone(),
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
        Kind::Rejected | Kind::MachineBusy => Code::VendorRejected,
        Kind::Unavailable | Kind::CircuitOpen => Code::VendorUnavailable,
        Kind::Timeout => Code::VendorTimeout,
        Kind::Overloaded => Code::Overloaded,
        Kind::Protocol => Code::VendorProtocol,
        Kind::Unsupported => Code::UnsupportedByVendor,
        Kind::OutcomeUnknown => Code::OutcomeUnknown,
    }
}
