//! The Dingshang fleet: few machines, so they are simply kept, with their orders, deliveries and pickup codes.
//! Whoever looks at it sees it as it is at the clock's time: what was due by then has happened.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::sandbox::clock::Clock;
use crate::sandbox::seed::Seed;

mod agenda;
mod codes;
mod denied;
mod dispensing;
mod life;
mod machine;
mod news;
mod order;
mod ordering;
mod seeding;
mod stocking;

pub(crate) use codes::Batch;
pub(crate) use denied::Denied;
pub use machine::{Condition, Currency, Dispenses, Machine, Outcome, Slot, Status};
pub(crate) use news::News;
pub use order::{Delivery, Order, PickupCode, Record};
pub(crate) use ordering::{Payment, Wanted};
pub(crate) use stocking::Fill;

/// All machines of the account.
pub struct Fleet {
    clock: Arc<dyn Clock>,
    chance: Seed,
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
    /// The merchant's numbers and the orders that have them.
    trades: HashMap<String, u64>,
    agenda: BTreeSet<(i64, agenda::Due)>,
    /// The machines that dispense.
    locks: HashMap<String, dispensing::Lock>,
    /// What is to be told, and where to.
    news: VecDeque<(String, News)>,
    /// How many records of orders were made.
    records: u64,
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
        Self { clock, chance: seed.with(500), state: RwLock::new(state) }
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
        self.read().orders.values().cloned().collect()
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

    /// Lets happen what is due, and gives what merchants are to be told: where, and what.
    pub(crate) fn take_news(&self) -> Vec<(String, News)> {
        if self.read().news.is_empty() {
            return Vec::new();
        }
        self.write().news.drain(..).collect()
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, State> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        if !state.is_due(self.now()) {
            return state;
        }
        drop(state);
        RwLockWriteGuard::downgrade(self.write())
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.settle(self.now());
        state
    }
}

impl State {
    pub(crate) fn find(&self, number: &str) -> Option<&Machine> {
        self.machines.get(self.places.get(number).copied()?)
    }

    fn slot(&mut self, machine: &str, product: u64) -> Option<&mut Slot> {
        let machine = self.machines.get_mut(self.places.get(machine).copied()?)?;
        machine.slots.iter_mut().find(|slot| slot.product_id == product)
    }
}
