//! What is asked of the event log, and what it answers.

use bytes::Bytes;
use jiff::Timestamp;

use crate::domain::{AccountName, Event, EventKind, Place, Text, Window};

/// An event to be appended.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    /// The event.
    pub event: Event,
    /// What tells this message from every other one of its account; kept for a while, so that a message that comes again
    /// is known again.
    pub nonce: Option<Text>,
    /// The message to the letter, where it came as one.
    pub message: Option<Bytes>,
}

/// What came of appending an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It stands in the log, at this place.
    New(Place),
    /// It was told already: the nonce is known, or by the event's own rule ([`Event::subject`]).
    Known,
}

/// An event of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEvent {
    /// Where it stands.
    pub place: Place,
    /// The event.
    pub event: Event,
}

/// How far the log reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogBounds {
    /// What stands after this place is kept; what stood at it or before is gone, or will be soon.
    pub floor: Place,
    /// The last place that was given.
    pub head: Place,
}

impl LogBounds {
    /// Where to go on where what comes after a place is not there: it is not kept any more, or the place is of another
    /// log, because this one was lost or put back to an earlier state. `None`: nothing is missing.
    pub fn missed_after(&self, place: Place) -> Option<Place> {
        if place < self.floor { Some(self.floor) } else { (place > self.head).then_some(self.head) }
    }
}

/// Which events are asked for. Those that nobody is shown ([`EventKind::Unreadable`]) are left out unless asked for by
/// name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Of these accounts.
    pub accounts: Vec<AccountName>,
    /// Of these machines alone, of whichever of the accounts; `None`: of all, and what happened at none.
    pub machines: Option<Vec<(AccountName, Text)>>,
    /// Of these kinds alone.
    pub kinds: Option<Vec<EventKind>>,
    /// That happened at this time or later.
    pub since: Option<Timestamp>,
}

/// Which refills of the log are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RefillFilter {
    /// Of these accounts.
    pub accounts: Vec<AccountName>,
    /// Of these machines alone, of whichever of the accounts.
    pub machines: Option<Vec<(AccountName, Text)>>,
    /// In this span of time.
    pub window: Window,
}

/// Where a refill stands in their list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefillPlace {
    /// When it was done.
    pub refilled_at: Timestamp,
    /// The account.
    pub account: AccountName,
    /// The machine, by its number.
    pub machine: Text,
}
