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
    // Connections come back and jams are cleared more often than they happen: a fleet stays as it was seeded.
    match seed.with(3).below(60) {
        0 => machine.online = false,
        1..5 => machine.online = true,
        5 => {
            if let Some(slot) =
                machine.slots.get_mut(place).filter(|slot| slot.condition == Condition::Normal)
            {
                slot.condition = Condition::Jammed;
            }
        }
        6 => {
            if let Some(slot) = machine.slots.iter_mut().find(|slot| slot.condition == Condition::Jammed) {
                slot.condition = Condition::Normal;
            }
        }
        7 | 8 => machine.slots.iter_mut().for_each(|slot| slot.stock = slot.capacity),
        _ if machine.online => {
            if let Some(slot) = machine.slots.get_mut(place) {
                slot.stock = slot.stock.saturating_sub(1);
            }
        }
        _ => {}
    }
}
