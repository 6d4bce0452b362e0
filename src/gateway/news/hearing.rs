//! What the gateway learns from the log: what a machine told of itself changes what is known of it, in place; what a command
//! changed is asked for anew.
//!
//! Every gateway hears every event of the log, whoever wrote it, in order and before any subscriber.

use std::sync::Arc;

use crate::{domain::Happening, gateway::Gateway, store::StoredEvent};

impl Gateway {
    /// Takes in an event.
    pub fn take_in(&self, stored: &Arc<StoredEvent>) {
        let event = &stored.event;
        let Some(account) = self.account_named(&event.account) else { return };
        let Some(machine) = &event.machine else { return };
        match &event.happening {
            Happening::MachineStatus(news) => account.take_in_status(machine, news, stored),
            Happening::MachineRegistered(_) => account.take_in_registration(machine),
            Happening::Refill(_) => account.take_in_refill(machine),
            Happening::Trade(trade) => account.take_in_trade(machine, trade, event.received_at),
            Happening::Order(order) => account.take_in_order(order),
            Happening::PickupCode(_) => account.take_in_codes(machine),
            // What this gateway did itself it let go of when it did it, and may have read again since.
            Happening::Touched(touched) if touched.by == *self.store().process() => {}
            Happening::Touched(_) => account.take_in_touch(machine),
            // A claim: whoever received it reads the order, and what comes of that is told.
            Happening::Delivery(_) | Happening::AccountHealth(_) | Happening::Unreadable(_) => {}
        }
    }
}
