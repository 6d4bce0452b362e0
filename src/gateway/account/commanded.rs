//! What commands need of an account: how long they may take, and that it lets go of what may have changed by them.

use std::time::Duration;

use super::Account;
use crate::{domain::Text, vendor};

/// How long the store may take for a command's beginning and end.
const SETTLED_WITHIN: Duration = Duration::from_secs(30);
/// As many calls as a command makes one after the other.
const CALLS_AT_MOST: u32 = 6;

impl Account {
    /// How long a command may be under way before it counts as lost, where nobody says that it is: it takes a few calls, one
    /// after the other, and its outcome is offered to the store for a while.
    pub(in crate::gateway) fn under_way(&self) -> Duration {
        SETTLED_WITHIN + self.connection.load().timeout.saturating_mul(CALLS_AT_MOST)
    }

    /// Lets go of what is kept of a machine's stock once its vendor was told something that moves it, whatever it answered.
    /// Where nothing was sent, nothing moved, and a vendor in trouble is not asked for it again.
    pub(in crate::gateway) fn forget_machine<T>(&self, machine: &Text, answer: &vendor::Result<T>) {
        let sent = |kind: vendor::Kind| kind.is_refusal() || kind == vendor::Kind::OutcomeUnknown;
        if answer.as_ref().err().is_none_or(|error| sent(error.kind)) {
            self.reports.outdate(machine);
        }
    }

    /// Sees to it that no call for a slot's pickup codes that is under way answers who asks from now on.
    pub(in crate::gateway) fn forget_pickup_codes(&self, machine: &Text, slot: &Text) {
        self.pickup_codes.invalidate(&(machine.clone(), slot.clone()));
    }

    /// Sees to it that no call for an order that is under way answers who asks from now on.
    pub(in crate::gateway) fn forget_order(&self, machine: &Text, order: &Text) {
        self.orders.invalidate(&(machine.clone(), order.clone()));
    }
}
