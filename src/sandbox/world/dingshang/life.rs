//! How the Dingshang fleet lives: a sale, a refill, a jam or a lost connection at a time.

use crate::sandbox::seed::Seed;

use super::Fleet;
use super::machine::{Condition, Machine};

impl Fleet {
    /// Lets a step of life happen.
    pub(crate) fn tick(&self, seed: Seed) {
        let mut state = self.write();
        let count = state.machines.len();
        if let Some(machine) = state.machines.get_mut(seed.with(1).index(count)) {
            step(machine, seed);
        }
    }
}

fn step(machine: &mut Machine, seed: Seed) {
    let place = seed.with(2).index(machine.slots.len());
    match seed.with(3).below(24) {
        0 => machine.online = !machine.online,
        1 => machine.slots.iter_mut().for_each(|slot| slot.stock = slot.capacity),
        2 => {
            if let Some(slot) = machine.slots.get_mut(place) {
                let jams = slot.condition == Condition::Normal;
                slot.condition = if jams { Condition::Jammed } else { Condition::Normal };
            }
        }
        _ if machine.online => {
            if let Some(slot) = machine.slots.get_mut(place) {
                slot.stock = slot.stock.saturating_sub(1);
            }
        }
        _ => {}
    }
}
