//! What a vendor is told to do: the arguments of its writing calls, and what those calls answer.
//!
//! Numbers, slots and codes are the vendor's own, as its reads gave them; times are instants. Whether a quantity fits
//! a shelf is for whoever asks: an adapter only refuses what it cannot send.

use jiff::Timestamp;
use url::Url;

use crate::domain::{Delivery, Text};

/// An order to be placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOrder {
    /// The machine that the goods come from.
    pub machine: Text,
    /// Our own number of the order, never used before.
    pub trade_number: Text,
    /// Where the vendor reports what becomes of it.
    pub notify_url: Url,
    /// What is ordered.
    pub lines: Vec<NewOrderLine>,
}

/// One line of an order to be placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOrderLine {
    /// The slot it comes from.
    pub slot: Text,
    /// How many pieces.
    pub quantity: u32,
}

/// What became of an order's payment. Everything but [`OrderUpdate::Paid`] ends the order and gives its goods back to
/// the machine; Dingshang's documents say so even of [`OrderUpdate::Paying`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderUpdate {
    /// It is paid.
    Paid,
    /// The money goes back.
    Refund,
    /// It is closed.
    Closed,
    /// It is revoked.
    Revoked,
    /// The shopper is paying.
    Paying,
    /// The payment failed.
    PaymentFailed,
}

/// A dispense that the vendor accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispensed {
    /// The vendor's number of the dispense.
    pub number: Text,
    /// How far it is.
    pub delivery: Delivery,
}

/// A machine, or a part of one, that was refilled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replenishment {
    /// Every shelf there is full.
    Machine {
        /// Where in the machine; `None`: the vendor's choice, its main cabinet.
        place: Option<Place>,
    },
    /// Every shelf of a category has this stock now.
    Category {
        /// The vendor's number of the category.
        category: Text,
        /// The stock of each shelf after it.
        quantity: u32,
        /// Where in the machine; `None`: the vendor's choice, its main cabinet.
        place: Option<Place>,
    },
    /// One shelf has this stock now.
    Shelf {
        /// The shelf's slot.
        slot: Text,
        /// Its stock after it.
        quantity: u32,
    },
}

/// A part of a machine, by one of the two names that exclude each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A cabinet, by its name.
    Cabinet(Text),
    /// What hangs on one driver.
    Driver(DriverAddress),
}

/// The address of a driver board: 1 to 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DriverAddress(u8);

impl DriverAddress {
    /// The driver with this number; `None` where no machine has it.
    pub fn new(number: i32) -> Option<Self> {
        u8::try_from(number).ok().filter(|number| (1..=8).contains(number)).map(Self)
    }

    /// Its number.
    pub const fn number(self) -> u8 {
        self.0
    }
}

/// Pickup codes to be made. What is `None` is the vendor's choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPickupCodes {
    /// The machine that takes them; `None`: any.
    pub machine: Option<Text>,
    /// What they are traded for.
    pub goods: Goods,
    /// How many codes.
    pub count: Option<u32>,
    /// How many digits each has.
    pub length: Option<u32>,
    /// When they become good; `None`: at once.
    pub starts_at: Option<Timestamp>,
    /// When they end; `None`: never, or as the vendor has it.
    pub expires_at: Option<Timestamp>,
}

/// What a pickup code is traded for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goods {
    /// What lies in one slot.
    Slot(Text),
    /// One product, by its number, wherever it lies.
    Product(Text),
    /// Whatever the machine has. A vendor whose codes belong to slots makes one for each slot.
    Any,
}

/// How a vendor gives the pickup codes that it made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewCodes {
    /// Here they are, and nowhere else: the vendor has no call that lists them.
    Told(Vec<Text>),
    /// They exist, and are read with [`Vendor::pickup_codes`](super::Vendor::pickup_codes).
    Listed,
}

/// A pickup code that a shopper trades for goods, as an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redemption {
    /// The machine that the goods come from.
    pub machine: Text,
    /// The slot they come from.
    pub slot: Text,
    /// The digits.
    pub code: Text,
    /// Our own number of the order that comes of it, never used before.
    pub trade_number: Text,
    /// Where the vendor reports what becomes of it.
    pub notify_url: Url,
}

#[cfg(test)]
mod tests {
    use super::DriverAddress;

    #[test]
    fn a_driver_has_one_of_eight_addresses() {
        let addresses: Vec<u8> =
            (-300..300).filter_map(DriverAddress::new).map(DriverAddress::number).collect();
        assert_eq!(addresses, [1, 2, 3, 4, 5, 6, 7, 8]);
    }
}
