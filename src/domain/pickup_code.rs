//! A pickup code: digits that a shopper trades for goods at a machine.
//!
//! A vendor's codes are [`PickupCode`]s, as the vendor tells them. The codes that we keep are
//! [`IssuedPickupCode`]s: our own, which platforms ask us about, and those that a vendor made for us and has no
//! call to list.

mod life;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};

use super::{AccountName, Money, Text};

pub use life::Verdict;

/// How long a code that was found good at a machine is held for that machine, which dispenses meanwhile.
pub const HOLD: SignedDuration = SignedDuration::from_secs(90);

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

/// A pickup code that we keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedPickupCode {
    /// The account it is good at.
    pub account: AccountName,
    /// Our number of it; its identity within the account.
    pub number: Text,
    /// Who decides when it is used.
    pub issuer: PickupCodeIssuer,
    /// The digits.
    pub code: Text,
    /// The one machine it is good at; `None`: any.
    pub machine: Option<Text>,
    /// The cabinet of its shelf, where it is for one shelf.
    pub cabinet: Option<Text>,
    /// The code of its shelf, where it is for one shelf.
    pub shelf: Option<Text>,
    /// The number of the one product it is good for; `None`: any.
    pub product_number: Option<Text>,
    /// How many pieces it is good for.
    pub quantity: u32,
    /// What the shopper paid for it.
    pub fee: Option<Money>,
    /// Whether it is still good, as stored: [`IssuedPickupCode::state_at`] says what that is at an instant.
    pub state: PickupCodeState,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is good; `None`: from the start.
    pub starts_at: Option<Timestamp>,
    /// From when on it is good no more; `None`: never.
    pub expires_at: Option<Timestamp>,
    /// When it was used.
    pub used_at: Option<Timestamp>,
    /// What tells the use that was granted from another one: the platform's nonce.
    pub used_by: Option<Text>,
    /// The machine that dispenses for it, and until when it is held for that machine.
    pub hold: Option<Hold>,
    /// How often it changed since it was stored; the store's alone to write.
    pub version: u32,
}

/// A machine's claim to a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The machine, by its number.
    pub machine: Text,
    /// When the claim ends by itself.
    pub until: Timestamp,
}

/// Who keeps a code and decides when it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PickupCodeIssuer {
    /// The vendor's platform.
    Vendor,
    /// We do; the platform asks us.
    Gateway,
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
