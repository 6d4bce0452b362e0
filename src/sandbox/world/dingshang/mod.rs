//! The Dingshang fleet: few machines, so they are simply kept, with their orders, deliveries and pickup codes.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::sandbox::clock::Clock;
use crate::sandbox::seed::Seed;

mod life;
mod machine;
mod order;
mod seeding;

pub use machine::{Condition, Currency, Machine, Slot, Status};
pub use order::{Delivery, Order, PickupCode, Record};

/// All machines of the account.
pub struct Fleet {
    clock: Arc<dyn Clock>,
    state: RwLock<State>,
}

/// What the fleet is right now.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) machines: Vec<Machine>,
    places: HashMap<String, usize>,
    pub(crate) orders: BTreeMap<u64, Order>,
    pub(crate) deliveries: BTreeMap<u64, Delivery>,
    pub(crate) codes: BTreeMap<u64, PickupCode>,
}

impl Fleet {
    pub(crate) fn new(seed: Seed, machines: usize, clock: Arc<dyn Clock>) -> Self {
        let now = clock.now();
        let mut state = State::default();
        for index in 0..machines {
            let machine = seeding::machine(seed, index);
            state.places.insert(machine.number.clone(), index);
            seeding::business(seed, &mut state, index, &machine, now);
            state.machines.push(machine);
        }
        Self { clock, state: RwLock::new(state) }
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Copies of all machines.
    pub fn machines(&self) -> Vec<Machine> {
        self.read().machines.clone()
    }

    /// A copy of one machine.
    pub fn machine(&self, number: &str) -> Option<Machine> {
        self.read().find(number).cloned()
    }

    /// Copies of all orders as they are now.
    pub fn orders(&self) -> Vec<Order> {
        let now = self.now();
        self.read().orders.values().map(|order| order.at(now)).collect()
    }

    /// Copies of all deliveries.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.read().deliveries.values().cloned().collect()
    }

    /// Copies of all pickup codes, the used and the expired ones too.
    pub fn pickup_codes(&self) -> Vec<PickupCode> {
        self.read().codes.values().cloned().collect()
    }

    /// Takes a machine off the network or brings it back. False where there is no such machine.
    pub fn set_online(&self, number: &str, online: bool) -> bool {
        self.change(number, |machine| machine.online = online)
    }

    /// Puts so many units of a product into its slot. False where there is no such machine or product.
    pub fn set_stock(&self, number: &str, product_id: u64, stock: u32) -> bool {
        let mut found = false;
        self.change(number, |machine| {
            if let Some(slot) = machine.slots.iter_mut().find(|slot| slot.product_id == product_id) {
                slot.stock = stock;
                found = true;
            }
        });
        found
    }

    /// Does anything to a machine but renumber it. False where there is no such machine.
    pub fn change(&self, number: &str, work: impl FnOnce(&mut Machine)) -> bool {
        let mut state = self.write();
        let Some(place) = state.places.get(number).copied() else {
            return false;
        };
        state.machines.get_mut(place).map(work).is_some()
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    pub(crate) fn find(&self, number: &str) -> Option<&Machine> {
        self.machines.get(self.places.get(number).copied()?)
    }
}
