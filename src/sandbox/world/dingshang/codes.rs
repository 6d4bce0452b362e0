//! Pickup codes: making, taking back and redeeming them.

use super::denied::Denied;
use super::order::{Order, PickupCode};
use super::ordering::Wanted;
use super::{Fleet, State};

/// How new codes shall be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batch {
    /// Unix seconds; none: never.
    pub(crate) expires: Option<i64>,
    /// Digits of a code, 6 to 10.
    pub(crate) length: u32,
    /// How many for one product.
    pub(crate) count: u32,
}

impl Fleet {
    /// Makes codes for one product of a machine, or one for each.
    pub(crate) fn make_codes(&self, machine: &str, product: Option<u64>, batch: Batch) -> Result<(), Denied> {
        let now = self.now();
        let mut state = self.write();
        let found = state.with_codes(machine)?;
        let slots = found.slots.iter().filter(|slot| product.is_none_or(|id| slot.product_id == id));
        let slots: Vec<(u64, u32)> = slots.map(|slot| (slot.product_id, slot.capacity)).collect();
        if slots.is_empty() {
            return Err(Denied::NoSuchProduct);
        }
        if product.is_some() && slots.iter().any(|(_, capacity)| batch.count > *capacity) {
            return Err(Denied::OverCapacity);
        }
        for (product_id, _) in slots {
            for _ in 0..batch.count {
                let (id, code) = self.unused_code(&state, machine, batch.length);
                let code = PickupCode {
                    id,
                    machine: machine.to_owned(),
                    product_id,
                    code,
                    created: now,
                    expires: batch.expires,
                    used: false,
                    cancelled: false,
                };
                state.codes.insert(id, code);
            }
        }
        Ok(())
    }

    /// Takes one code back, or all that a machine has.
    pub(crate) fn cancel_codes(&self, machine: &str, id: Option<u64>) -> Result<(), Denied> {
        let now = self.now();
        let mut state = self.write();
        state.find(machine).ok_or(Denied::NoSuchMachine)?;
        let of_machine = state.codes.values_mut().filter(|code| code.machine == machine && code.open(now));
        let mut cancelled = 0;
        for code in of_machine.filter(|code| id.is_none_or(|id| code.id == id)) {
            code.cancelled = true;
            cancelled += 1;
        }
        if id.is_some() && cancelled == 0 { Err(Denied::NoSuchRecord) } else { Ok(()) }
    }

    /// Redeems a code: it becomes an order that needs no payment, and dispensing is asked for as with any other.
    pub(crate) fn redeem(&self, code: &str, wanted: &Wanted) -> Result<Order, Denied> {
        let now = self.now();
        let mut state = self.write();
        state.with_codes(&wanted.machine)?;
        let product = wanted.lines.first().map(|(product, _)| *product);
        let mut codes = state.codes.values().filter(|known| {
            known.code == code && known.machine == wanted.machine && Some(known.product_id) == product
        });
        let known = codes.next().filter(|known| !known.cancelled).ok_or(Denied::NoSuchRecord)?;
        let id = known.id;
        if known.used {
            let order = state.orders.values().find(|order| order.pickup_code_id == id);
            return Err(Denied::CodeUsed(order.map(|order| order.id)));
        }
        if known.expired(now) {
            return Err(Denied::CodeExpired);
        }
        state.free_trade_id(&wanted.trade_id)?;
        state.ready(&wanted.machine)?;
        let order_id = state.take(wanted, "PICKUPCODE", now)?;
        if let Some(code) = state.codes.get_mut(&id) {
            code.used = true;
        }
        let order = state.order_of(&wanted.machine, order_id)?;
        order.pickup_code_id = id;
        Ok(order.clone())
    }

    /// The number and the digits of the next code; no two codes of a machine are alike.
    fn unused_code(&self, state: &State, machine: &str, length: u32) -> (u64, String) {
        let id = 2_100 + state.codes.len() as u64 + 1;
        let chance = self.chance.with(id);
        let width = usize::try_from(length).unwrap_or(10);
        let free = |code: &String| {
            !state.codes.values().any(|known| known.machine == machine && known.code == *code)
        };
        let tries = (0..1000).map(|nth| {
            let digits = chance.with(nth).below(10_u64.saturating_pow(length));
            format!("{digits:0width$}")
        });
        (id, tries.into_iter().find(free).unwrap_or_else(|| format!("{id:0width$}")))
    }
}

impl State {
    /// A machine whose pickup codes are switched on.
    fn with_codes(&self, machine: &str) -> Result<&super::Machine, Denied> {
        let found = self.find(machine).ok_or(Denied::NoSuchMachine)?;
        if found.pickup_codes { Ok(found) } else { Err(Denied::CodesSwitchedOff) }
    }
}
