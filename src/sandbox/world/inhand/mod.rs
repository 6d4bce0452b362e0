//! The InHand fleet. A machine and its past are derived from the seed when someone asks; only what happened
//! since the sandbox started is stored (`happened`), and that is bounded.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::sandbox::clock::Clock;
use crate::sandbox::seed::Seed;

mod codes;
mod facts;
mod happened;
mod history;
mod life;
mod machine;
mod news;
mod refill;
mod trade;

pub use codes::Code;
pub use facts::Facts;
use happened::Fault;
pub(crate) use happened::Happened;
pub(crate) use history::{History, Sold};
pub(crate) use machine::{Machine, Shelf, line_name};
pub(crate) use news::{Change, News};
pub(crate) use refill::{Notice, Refill};
pub(crate) use trade::{Delivery, Filter, Payment, Refund, Trade};

/// The first asset id; the others follow.
const FIRST_ASSET: u64 = 91_000_000;

/// Every so many rows of the machine list, one comes twice.
const REPEAT_EVERY: u64 = 200;

/// All machines.
pub struct Fleet {
    seed: Seed,
    machines: u32,
    /// Where the derived past ends: when the sandbox started.
    epoch: i64,
    /// The list goes `offset, offset + stride, …` round the fleet.
    stride: u64,
    clock: Arc<dyn Clock>,
    happened: RwLock<Happened>,
}

impl Fleet {
    pub(crate) fn new(seed: Seed, machines: usize, clock: Arc<dyn Clock>) -> Self {
        let machines = u32::try_from(machines).unwrap_or(u32::MAX);
        Self {
            seed,
            machines,
            epoch: clock.now(),
            stride: stride(u64::from(machines)),
            clock,
            happened: RwLock::default(),
        }
    }

    /// How many machines there are.
    pub fn len(&self) -> usize {
        usize::try_from(self.machines).unwrap_or(usize::MAX)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.machines == 0
    }

    /// The asset id of the machine at an index below [`Fleet::len`].
    pub fn asset_id(&self, index: usize) -> String {
        (FIRST_ASSET + index as u64).to_string()
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now().max(self.epoch)
    }

    /// The machine of an asset id.
    pub(crate) fn find(&self, asset_id: &str) -> Option<Machine> {
        let number: u64 = asset_id.parse().ok()?;
        let index = u32::try_from(number.checked_sub(FIRST_ASSET)?).ok()?;
        (index < self.machines && asset_id.len() == 8).then(|| self.machine(index))
    }

    pub(crate) fn machine(&self, index: u32) -> Machine {
        Machine::derive(self.seed, self.machines, index)
    }

    /// All machines in the order of the platform's lists, which has nothing to do with their numbers.
    pub(crate) fn listed(&self) -> impl Iterator<Item = Machine> + '_ {
        (0..u64::from(self.machines)).map(|position| self.at(position))
    }

    /// The rows of the machine list from `cursor`: every 200th row is followed by itself, as when a row is
    /// inserted between the reading of two pages.
    pub(crate) fn rows(&self, cursor: u64, limit: u64) -> impl Iterator<Item = Machine> + '_ {
        let machines = u64::from(self.machines);
        let end = machines + machines.saturating_sub(1) / (REPEAT_EVERY - 1);
        (cursor..end.min(cursor.saturating_add(limit))).map(|row| self.at(row - row / REPEAT_EVERY))
    }

    fn at(&self, position: u64) -> Machine {
        let machines = u64::from(self.machines).max(1);
        let offset = self.seed.with(99).below(machines);
        let index = (offset + position * self.stride) % machines;
        self.machine(u32::try_from(index).unwrap_or(0))
    }

    /// How many lines there are.
    pub(crate) fn lines(&self) -> u64 {
        machine::lines(self.machines)
    }

    pub(crate) fn seed(&self) -> Seed {
        self.seed
    }

    pub(crate) fn online(&self, machine: &Machine) -> bool {
        let happened = self.happened();
        let changed = happened.machines.get(&machine.index).and_then(|life| life.online);
        changed.unwrap_or(machine.starts_online)
    }

    /// The faults that a machine has, each with the time it came.
    pub(crate) fn faults(&self, machine: &Machine) -> Vec<(&'static str, i64)> {
        let happened = self.happened();
        let changed = happened.machines.get(&machine.index).and_then(|life| life.fault);
        match changed {
            Some(Fault::Came(name, since)) => vec![(name, since)],
            Some(Fault::Repaired) => Vec::new(),
            None => machine.first_fault(self.epoch).into_iter().collect(),
        }
    }

    /// Everything about a machine's sales and stock.
    pub(crate) fn history(&self, machine: &Machine) -> History {
        let happened = self.happened();
        History::of(machine, self.epoch, happened.machines.get(&machine.index))
    }

    pub(crate) fn happened(&self) -> RwLockReadGuard<'_, Happened> {
        self.happened.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn change(&self) -> RwLockWriteGuard<'_, Happened> {
        self.happened.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A step that visits every one of `machines` places once: odd-looking and without a common divisor.
fn stride(machines: u64) -> u64 {
    let mut step = (machines * 618 / 1000).max(1);
    while gcd(step, machines) > 1 {
        step += 1;
    }
    step
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// A map from machine index to something, for machines that something happened to. Ordered, so that a list of
/// them can be paged.
pub(crate) type ByMachine<T> = BTreeMap<u32, T>;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::Arc;

    use super::Fleet;
    use crate::sandbox::clock::Manual;
    use crate::sandbox::seed::Seed;

    fn fleet(machines: usize) -> Fleet {
        Fleet::new(Seed::root(1), machines, Arc::new(Manual::at(1_750_000_000)))
    }

    #[test]
    fn the_list_holds_every_machine_and_is_not_sorted() {
        for machines in [1, 2, 7, 200, 1000, 100_000] {
            let fleet = fleet(machines);
            let listed: Vec<u32> = fleet.listed().map(|machine| machine.index).collect();
            assert_eq!(listed.iter().collect::<HashSet<_>>().len(), machines);
            assert!(machines < 3 || !listed.is_sorted());
        }
    }

    #[test]
    fn paging_through_the_rows_gives_every_machine_and_repeats_one_across_two_pages() {
        let fleet = fleet(450);
        let mut rows = Vec::new();
        for page in 0.. {
            let before = rows.len();
            rows.extend(fleet.rows(page * 100, 100).map(|machine| machine.index));
            if rows.len() < before + 100 {
                break;
            }
        }
        assert_eq!(rows.iter().collect::<HashSet<_>>().len(), 450);
        assert_eq!(rows.len(), 452);
        assert_eq!(rows[199], rows[200]);
    }

    #[test]
    fn a_machine_is_found_by_its_asset_id_only() {
        let fleet = fleet(3);
        assert_eq!(fleet.find("91000002").map(|machine| machine.index), Some(2));
        for wrong in ["91000003", "091000002", "+91000002", "", "x", "90999999"] {
            assert!(fleet.find(wrong).is_none(), "{wrong}");
        }
    }
}
