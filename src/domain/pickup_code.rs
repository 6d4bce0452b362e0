//! A pickup code: digits that a shopper trades for goods at a machine.

use jiff::Timestamp;

use super::Text;

/// A pickup code as its vendor knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickupCode {
    /// The vendor's number of it.
    pub number: Text,
    /// The digits.
    pub code: Text,
    /// Whether it is still good.
    pub state: PickupCodeState,
    /// How many pieces it is good for.
    pub quantity: u32,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it ends; `None`: never.
    pub expires_at: Option<Timestamp>,
}

/// Whether a pickup code is still good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PickupCodeState {
    /// Good.
    Unused,
    /// A machine is dispensing for it.
    Held,
    /// Used.
    Used,
    /// Past its end.
    Expired,
    /// Cancelled.
    Cancelled,
    /// Not told, or a state that we do not know.
    Unknown,
}
