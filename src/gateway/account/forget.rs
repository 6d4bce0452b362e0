//! What an account lets go of once its vendor was told something: what may have changed by it is asked for anew.

use std::sync::Arc;

use super::Account;
use crate::{domain::Text, vendor};

impl Account {
    /// Lets go of what is kept of a machine's stock once its vendor was told something that moves it, whatever it answered.
    /// Where nothing was sent, nothing moved, and a vendor in trouble is not asked for it again.
    pub(in crate::gateway) fn forget_machine<T>(&self, machine: &Text, answer: &vendor::Result<T>) {
        let sent = |kind: vendor::Kind| kind.is_refusal() || kind == vendor::Kind::OutcomeUnknown;
        if answer.as_ref().err().is_none_or(|error| sent(error.kind)) {
            self.reports.invalidate(machine);
        }
    }

    /// Sees to it that no call for a slot's pickup codes that is under way answers who asks from now on.
    pub(in crate::gateway) fn forget_pickup_codes(&self, machine: &Text, slot: &Text) {
        self.pickup_codes.invalidate(&(Arc::clone(machine), Arc::clone(slot)));
    }

    /// Sees to it that no call for an order that is under way answers who asks from now on.
    pub(in crate::gateway) fn forget_order(&self, machine: &Text, order: &Text) {
        self.orders.invalidate(&(Arc::clone(machine), Arc::clone(order)));
    }
}
