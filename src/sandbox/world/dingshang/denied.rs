//! Why the platform or a machine does not do what the merchant asked. How that is told is the API's matter.

/// A no of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    NoSuchMachine,
    Offline,
    NotOperating,
    InTransfer,
    NoSuchProduct,
    NoSuchRecord,
    OutOfStock,
    TradeIdTaken,
    /// No more orders are kept; the vendor's "could not be created".
    NoRoom,
    Lapsed,
    BadState,
    Unpaid,
    AlreadyPaid,
    AlreadyDelivered,
    /// The machine is dispensing something else.
    Busy,
    CodesSwitchedOff,
    CodeExpired,
    /// Used before, by this order where it is known.
    CodeUsed(Option<u64>),
    /// More than fits into the slot.
    OverCapacity,
    /// So many slots could not take that much; the others did.
    SlotsFailed(usize),
}
