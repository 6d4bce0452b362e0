//! What goes wrong between us and a vendor: what happened, in which call, and whether a retry can help.

use thiserror::Error;

use crate::domain::Text;

/// A call to a vendor that gave no answer we can use.
#[derive(Debug, Error)]
#[error("{operation}: {kind}{}", vendor_code.as_deref().map(|code| format!(" (vendor code {code})")).unwrap_or_default())]
pub struct Error {
    /// What happened.
    pub kind: Kind,
    /// The call, by its name in the vendor's module: `router/status`.
    pub operation: &'static str,
    /// The vendor's own code.
    pub vendor_code: Option<Box<str>>,
    /// The vendor's own words, already bounded and stripped of control characters. For a refusal in a
    /// mutation's `userErrors` and for the log; nowhere else.
    pub vendor_message: Option<Box<str>>,
    /// The vendor's number of the order that used the pickup code, where the code is used and the vendor says by
    /// which order.
    pub used_by: Option<Text>,
    /// What lies under it; for the log alone, it may name hosts.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What happened, in words that fit every vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum Kind {
    /// The vendor does not accept our credentials, our signature or our rights.
    #[error("the vendor refuses this account's credentials")]
    Credentials,
    /// The account has no such machine.
    #[error("the vendor knows no such machine")]
    MachineNotFound,
    /// The vendor does not reach the machine.
    #[error("the machine is offline")]
    MachineOffline,
    /// The machine is giving out something else, and takes the same a little later.
    #[error("the machine is giving out something else")]
    MachineBusy,
    /// The machine is switched off, under maintenance or being moved.
    #[error("the machine is not in operation")]
    MachineNotOperational,
    /// There is no such thing as the call names.
    #[error("the vendor has no such record")]
    NotFound,
    /// The machine has no such product.
    #[error("the machine has no such product")]
    ProductNotFound,
    /// The product is not for sale.
    #[error("the product is off sale")]
    ProductOffSale,
    /// There is less left than asked for.
    #[error("not enough is left")]
    OutOfStock,
    /// More than fits.
    #[error("more than fits on the shelf")]
    CapacityExceeded,
    /// The order lapsed.
    #[error("the order has expired")]
    OrderExpired,
    /// The order is in no state for this.
    #[error("the order's state does not allow it")]
    OrderStateInvalid,
    /// The order is not paid.
    #[error("the order is not paid")]
    OrderUnpaid,
    /// The order is paid already.
    #[error("the order is paid already")]
    OrderAlreadyPaid,
    /// The goods came out already.
    #[error("the order is delivered already")]
    OrderAlreadyDelivered,
    /// The machine takes no pickup codes.
    #[error("pickup codes are switched off")]
    PickupCodesDisabled,
    /// The code is used.
    #[error("the pickup code is used")]
    PickupCodeUsed,
    /// The code is past its end.
    #[error("the pickup code has expired")]
    PickupCodeExpired,
    /// There is no such pickup code.
    #[error("the vendor has no such pickup code")]
    PickupCodeNotFound,
    /// Our own number of the order was used before.
    #[error("the trade number was used before")]
    DuplicateTradeNumber,
    /// The caller's input names something that the machine does not have.
    #[error("the input does not fit the machine")]
    BadInput,
    /// The vendor said no, for a reason without a kind of its own.
    #[error("the vendor refused")]
    Rejected,
    /// The vendor could not be reached, or said that it is broken.
    #[error("the vendor is unavailable")]
    Unavailable,
    /// We do not ask at the moment, since the vendor has been failing.
    #[error("the vendor has been failing and is not asked for a while")]
    CircuitOpen,
    /// The vendor did not answer in time.
    #[error("the vendor did not answer in time")]
    Timeout,
    /// More calls wait for this account than we let wait.
    #[error("too many calls wait for this account")]
    Overloaded,
    /// The answer was not what the vendor's documents promise.
    #[error("the vendor's answer could not be understood")]
    Protocol,
    /// The vendor has no such call.
    #[error("the vendor does not offer this")]
    Unsupported,
    /// Something was sent that must not be sent twice, and no answer came back.
    #[error("it is not known whether the vendor did it")]
    OutcomeUnknown,
}

impl Kind {
    /// Its word where it is counted.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::MachineNotFound => "machine_not_found",
            Self::MachineOffline => "machine_offline",
            Self::MachineBusy => "machine_busy",
            Self::MachineNotOperational => "machine_not_operational",
            Self::NotFound => "not_found",
            Self::ProductNotFound => "product_not_found",
            Self::ProductOffSale => "product_off_sale",
            Self::OutOfStock => "out_of_stock",
            Self::CapacityExceeded => "capacity_exceeded",
            Self::OrderExpired => "order_expired",
            Self::OrderStateInvalid => "order_state_invalid",
            Self::OrderUnpaid => "order_unpaid",
            Self::OrderAlreadyPaid => "order_already_paid",
            Self::OrderAlreadyDelivered => "order_already_delivered",
            Self::PickupCodesDisabled => "pickup_codes_disabled",
            Self::PickupCodeUsed => "pickup_code_used",
            Self::PickupCodeExpired => "pickup_code_expired",
            Self::PickupCodeNotFound => "pickup_code_not_found",
            Self::DuplicateTradeNumber => "duplicate_trade_number",
            Self::BadInput => "bad_input",
            Self::Rejected => "rejected",
            Self::Unavailable => "unavailable",
            Self::CircuitOpen => "circuit_open",
            Self::Timeout => "timeout",
            Self::Overloaded => "overloaded",
            Self::Protocol => "protocol",
            Self::Unsupported => "unsupported",
            Self::OutcomeUnknown => "outcome_unknown",
        }
    }

    /// Whether the same read, sent again soon, may succeed.
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::Unavailable | Self::Timeout | Self::CircuitOpen | Self::Overloaded)
    }

    /// Whether it speaks against the vendor's platform, and so counts for the circuit breaker. An answer that cannot
    /// be understood does not: the platform is there, and one machine's odd data must not shut off the others.
    pub const fn is_platform_failure(self) -> bool {
        matches!(self, Self::Unavailable | Self::Timeout)
    }

    /// Whether the vendor said no to what was asked, so that its words are for whoever asked.
    pub const fn is_refusal(self) -> bool {
        !self.is_no_answer() && !matches!(self, Self::Credentials | Self::Unsupported | Self::OutcomeUnknown)
    }

    /// Whether every other call about the same machine would fail alike.
    pub const fn speaks_for_machine(self) -> bool {
        matches!(self, Self::MachineNotFound | Self::MachineOffline | Self::Credentials)
    }

    /// Whether the vendor gave no answer of its own.
    pub const fn is_no_answer(self) -> bool {
        self.is_transient() || matches!(self, Self::Protocol)
    }

    /// Whether an older answer serves the asker better than this error: the vendor said nothing of what was asked for. A key
    /// that it does not take, as while one is exchanged, tells of us alone.
    pub const fn leaves_the_older(self) -> bool {
        self.is_no_answer() || matches!(self, Self::Credentials)
    }
}

impl Error {
    /// An error that carries nothing of the vendor's.
    pub const fn new(kind: Kind, operation: &'static str) -> Self {
        Self { kind, operation, vendor_code: None, vendor_message: None, used_by: None, source: None }
    }

    /// Adds what lies under it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Adds the order that used the pickup code.
    #[must_use]
    pub fn with_used_by(mut self, order: Option<Text>) -> Self {
        self.used_by = order;
        self
    }

    /// Adds the vendor's own code and words, bounded and stripped.
    #[must_use]
    pub fn with_vendor(mut self, code: impl Into<Option<String>>, message: Option<&str>) -> Self {
        self.vendor_code = code.into().map(|code| plain(&code, 40));
        self.vendor_message = message.map(|message| plain(message, 200));
        self
    }
}

/// At most `longest` characters, without control characters.
fn plain(text: &str, longest: usize) -> Box<str> {
    text.chars().filter(|c| !c.is_control()).take(longest).collect::<String>().into()
}
