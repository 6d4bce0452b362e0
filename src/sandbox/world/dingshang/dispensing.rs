//! Letting a machine dispense: one thing at a time, and how it ends is told later.

use super::agenda::Due;
use super::denied::Denied;
use super::machine::{Condition, Machine, Outcome, Slot};
use super::order::Delivery;
use super::ordering::Wanted;
use super::{Fleet, State};

/// A machine that dispenses and takes nothing else meanwhile.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lock {
    pub(super) delivery: u64,
    /// The machine is free again at this time even if it never said that it is done.
    until: i64,
}

impl Fleet {
    /// Tells a machine to dispense one unit of a record.
    pub(crate) fn dispense(&self, machine: &str, order: u64, record: u64) -> Result<Delivery, Denied> {
        let now = self.now();
        let mut state = self.write();
        state.ready(machine)?;
        let order = state.order_of(machine, order)?;
        if order.unpaid() {
            return Err(Denied::Unpaid);
        }
        if !order.dispensable() {
            return Err(if order.lapsed { Denied::Lapsed } else { Denied::BadState });
        }
        let order_id = order.id;
        let line = order.records.iter().find(|line| line.id == record).ok_or(Denied::NoSuchRecord)?;
        match line.status {
            "IS_SUCCESS" | "IS_PICKED_UP" | "已取货" => return Err(Denied::AlreadyDelivered),
            // Nothing came out of a machine that said it failed; one that said nothing may have dispensed.
            "WAITING_PICKED_UP" | "未取货" | "IS_FAILED" => {}
            _ => {
                state.free(machine, now)?;
                return Err(Denied::BadState);
            }
        }
        let product = line.product_id;
        state.start(machine, (order_id, record), product, now)
    }

    /// Tells a machine to dispense one unit from a slot, as a test: an order that nobody pays for.
    pub(crate) fn dispense_test(&self, machine: &str, channel: &str, url: &str) -> Result<Delivery, Denied> {
        let now = self.now();
        let mut state = self.write();
        let ready = state.ready(machine)?;
        let slot = ready.slots.iter().find(|slot| slot.channel() == channel);
        let product = slot.ok_or(Denied::NoSuchProduct)?.product_id;
        state.free(machine, now)?;
        let wanted = Wanted {
            machine: machine.to_owned(),
            trade_id: format!("TEST{:020}", state.orders.len()),
            notify_url: url.to_owned(),
            lines: vec![(product, 1)],
        };
        let order_id = state.take(&wanted, "TESTPAY", now)?;
        let order = state.order_of(machine, order_id)?;
        let record = order.records.first().map(|record| record.id).ok_or(Denied::NoSuchRecord)?;
        state.start(machine, (order_id, record), product, now)
    }
}

impl State {
    /// Whether a machine takes a command now.
    fn free(&self, machine: &str, now: i64) -> Result<(), Denied> {
        let busy = self.locks.get(machine).is_some_and(|lock| now < lock.until);
        if busy { Err(Denied::Busy) } else { Ok(()) }
    }

    fn start(
        &mut self,
        machine: &str,
        (order_id, record_id): (u64, u64),
        product: u64,
        now: i64,
    ) -> Result<Delivery, Denied> {
        self.free(machine, now)?;
        let id = 70_000 + self.deliveries.len() as u64 + 1;
        let place = *self.places.get(machine).ok_or(Denied::NoSuchMachine)?;
        let found = self.machines.get_mut(place).ok_or(Denied::NoSuchMachine)?;
        let outcome = found.next_outcome(product);
        let (takes, lock) = (found.dispense_seconds, found.lock_seconds);
        let order = self.order_of(machine, order_id)?;
        if let Some(record) = order.records.iter_mut().find(|record| record.id == record_id) {
            record.status = "IS_DELIVERING";
        }
        let delivery = Delivery {
            id,
            machine: machine.to_owned(),
            order_id,
            record_id,
            status: "未取货或正在出货",
            delivered: now,
            picked_up: 0,
            fail_reason: String::new(),
            outcome,
        };
        self.locks.insert(machine.to_owned(), Lock { delivery: id, until: now + lock });
        self.agenda.insert((now + takes, Due::DispenseEnds(id)));
        self.deliveries.insert(id, delivery.clone());
        Ok(delivery)
    }
}

impl Machine {
    /// How the next dispensing ends: as a test wants it, else as the slot's motor says.
    fn next_outcome(&mut self, product: u64) -> Outcome {
        if let Some(next) = self.dispenses.take() {
            let again = next.times.map(|times| times.saturating_sub(1));
            if again != Some(0) {
                self.dispenses = Some(super::machine::Dispenses { times: again, ..next.clone() });
            }
            return next.outcome;
        }
        let slot = self.slots.iter().find(|slot| slot.product_id == product);
        slot.map_or(Outcome::Succeeds, Slot::outcome)
    }
}

impl Slot {
    fn outcome(&self) -> Outcome {
        let fails = |reason: &str, floor: &str| Outcome::Fails {
            reason: reason.to_owned(),
            floor_status: floor.to_owned(),
        };
        match self.condition {
            Condition::Normal | Condition::Unlisted => Outcome::Succeeds,
            Condition::Missing => fails("Slot Invalid", "0"),
            Condition::Jammed => fails("Goods are Stuck", "2"),
            Condition::MotorFault => fails("Load No Current", "3"),
            Condition::SerialTimeout => fails("Slave Comm Error", "47"),
        }
    }
}
