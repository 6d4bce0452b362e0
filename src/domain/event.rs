//! An event: something that happened, as the log keeps it.
//!
//! News comes twice, late and out of order: pushed by a vendor, pushed again, found by asking it afterwards. So each
//! event says what it is news of ([`Event::subject`]), and by which rule the same news is known again ([`Repeats`]).

mod place;
mod repeats;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use super::{
    AccountName, Delivery, GeoPoint, HealthState, IssuedPickupCode, Order, Refill, Shelf, ShelfState, Status,
    Text, Trade,
};

pub use place::{InvalidPlace, Place};
pub use repeats::Repeats;

/// Something that happened at an account.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The account.
    pub account: AccountName,
    /// The machine it happened at, by its number; `None`: at none.
    pub machine: Option<Text>,
    /// Who told.
    pub origin: Origin,
    /// When it happened; when it was received, where nobody says.
    pub occurred_at: Timestamp,
    /// When this gateway heard of it.
    pub received_at: Timestamp,
    /// What happened.
    pub happening: Happening,
}

/// Who told of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The vendor, by itself.
    Pushed,
    /// The vendor, when it was asked for what had been missed.
    Reconciled,
    /// This gateway: it did it, or saw it.
    Internal,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// A machine was set up at the vendor's platform.
    MachineRegistered(Registration),
    /// A machine reported how it is.
    MachineStatus(StatusNews),
    /// Something was sold or won, or there is news of it: paid, dispensed, paid back.
    Trade(Trade),
    /// A machine was refilled.
    Refill(Refill),
    /// A machine told whether goods came out.
    Delivery(DeliveryNews),
    /// An order that went through us changed; as it then was.
    Order(Order),
    /// A pickup code that we keep changed; as it then was.
    PickupCode(IssuedPickupCode),
    /// A vendor began or ceased to answer.
    AccountHealth(AccountHealth),
    /// A command reached a machine: what is kept of its stock and its codes may be old. For gateways; no caller is shown it.
    Touched(Touched),
    /// A message that its vendor signed and that we do not understand. Kept for the operator; no caller is shown it.
    Unreadable(Unreadable),
}

/// The sort of what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants are those of `Happening`")]
pub enum EventKind {
    MachineRegistered,
    MachineStatus,
    Trade,
    Refill,
    Delivery,
    Order,
    PickupCode,
    AccountHealth,
    Touched,
    Unreadable,
}

/// A machine as it was set up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Registration {
    /// Its name.
    pub name: Option<Text>,
    /// The name of its site.
    pub site_name: Option<Text>,
    /// The name of its line.
    pub line_name: Option<Text>,
    /// Where it stands.
    pub location: Option<GeoPoint>,
    /// Its shelves, with what they hold, cost and take.
    pub shelves: Vec<Shelf>,
}

/// What a machine reported of itself. What it left out (`None`, an empty list) is no news, and stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct StatusNews {
    /// The machine itself.
    pub status: Status,
    /// Its shelves.
    pub shelves: Vec<ShelfNews>,
}

/// What a machine reported of one shelf.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ShelfNews {
    /// The cabinet; `None`: the machine's main cabinet.
    pub cabinet: Option<Text>,
    /// The shelf's code.
    pub code: Text,
    /// Whether nothing is left; `None`: not told.
    pub sold_out: Option<bool>,
    /// Since when nothing is left.
    pub sold_out_at: Option<Timestamp>,
}

/// What a machine told of a dispense. A claim: the order itself says what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryNews {
    /// Our number of the order; `None`: a test.
    pub trade_number: Option<Text>,
    /// The vendor's number of the order.
    pub order_number: Option<Text>,
    /// The position of the order's line, and which try it was, counted from 1.
    pub line: Option<(u32, u32)>,
    /// The vendor's number of the line.
    pub record: Option<Text>,
    /// What is claimed.
    pub delivery: Delivery,
    /// How the slot is said to be.
    pub shelf_state: ShelfState,
}

/// How a vendor has been answering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountHealth {
    /// The short of it.
    pub state: HealthState,
    /// When it last answered.
    pub last_success_at: Option<Timestamp>,
    /// What last went wrong: the word of the API's error code.
    pub error_code: Option<Text>,
}

/// A command that reached a machine's vendor, whatever it answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The process that carried it out, by the name that the store gave it: it has let go of what was old by itself.
    pub by: Text,
}

/// A message that we do not understand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Which message it came as.
    pub message: Text,
    /// What is wrong with it, for the operator.
    pub problem: Text,
}

impl Event {
    /// The sort of what happened.
    pub fn kind(&self) -> EventKind {
        self.happening.kind()
    }

    /// When it happened, where that is compared with what happened else: nothing is told before it happens, so that a time
    /// which had not come counts as when it was received.
    pub fn happened_at(&self) -> Timestamp {
        self.occurred_at.min(self.received_at)
    }
}

impl Happening {
    /// The sort of it.
    pub fn kind(&self) -> EventKind {
        match self {
            Self::MachineRegistered(_) => EventKind::MachineRegistered,
            Self::MachineStatus(_) => EventKind::MachineStatus,
            Self::Trade(_) => EventKind::Trade,
            Self::Refill(_) => EventKind::Refill,
            Self::Delivery(_) => EventKind::Delivery,
            Self::Order(_) => EventKind::Order,
            Self::PickupCode(_) => EventKind::PickupCode,
            Self::AccountHealth(_) => EventKind::AccountHealth,
            Self::Touched(_) => EventKind::Touched,
            Self::Unreadable(_) => EventKind::Unreadable,
        }
    }
}
