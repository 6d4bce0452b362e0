//! How the InHand fleet lives: sales, refills, faults and the network, a few machines a tick.

use crate::sandbox::seed::Seed;

use super::happened::Fault;
use super::history::{self, History};
use super::machine::fault_name;
use super::news::{Change, News};
use super::refill::Refill;
use super::{Delivery, Filter, Fleet, Machine, Trade};

/// A tick touches at most so many machines, however large the fleet.
const MOST_SALES: u64 = 8;

/// Among so many machines one is looked for that needs somebody: what breaks is mended, so that a fleet stays as it was
/// seeded however long it lives.
const LOOKED_AT: u64 = 8;

/// A page of sales.
pub(crate) struct Page {
    /// How many sales there are in all.
    pub(crate) total: u64,
    pub(crate) trades: Vec<(Machine, Trade)>,
}

impl Fleet {
    /// Lets a step of life happen.
    pub(crate) fn tick(&self, seed: Seed) {
        if self.is_empty() {
            return;
        }
        let sales = (u64::from(self.machines) / 25).clamp(1, MOST_SALES);
        for nth in 0..sales {
            let seed = seed.with(nth);
            let machine = self.any(seed.with(1));
            if self.online(&machine) {
                self.sell(&machine, seed.with(2));
            }
        }
        self.connect(seed.with(100));
        self.break_and_mend(seed.with(101));
        if seed.with(105).one_in(2)
            && let Some(machine) = self.one_that(seed.with(106), |machine| self.is_sold_out(machine))
        {
            self.refill_machine(&machine);
        }
        self.report(seed.with(107));
    }

    /// Lets a machine lose its connection, and another one find it again.
    fn connect(&self, seed: Seed) {
        let machine = self.any(seed.with(1));
        if seed.with(2).one_in(10) && self.online(&machine) {
            self.switch(&machine, false);
        }
        if seed.with(3).one_in(6)
            && let Some(machine) = self.one_that(seed.with(4), |machine| !self.online(machine))
        {
            self.switch(&machine, true);
        }
    }

    /// Lets a machine break, and another one be repaired.
    fn break_and_mend(&self, seed: Seed) {
        let machine = self.any(seed.with(1));
        if seed.with(2).one_in(12) && self.faults(&machine).is_empty() {
            self.wear(&machine, Fault::Came(fault_name(seed.with(3)), self.now()));
        }
        if seed.with(4).one_in(9)
            && let Some(machine) = self.one_that(seed.with(5), |machine| !self.faults(machine).is_empty())
        {
            self.wear(&machine, Fault::Repaired);
        }
    }

    /// One of some machines that is so, if any is.
    fn one_that(&self, seed: Seed, is_so: impl Fn(&Machine) -> bool) -> Option<Machine> {
        (0..LOOKED_AT).map(|nth| self.any(seed.with(nth))).find(is_so)
    }

    fn is_sold_out(&self, machine: &Machine) -> bool {
        self.stock(machine).contains(&0)
    }

    /// How many are left on each shelf.
    fn stock(&self, machine: &Machine) -> Vec<u16> {
        let history = self.history(machine);
        let sold = history.sold(machine, history.refill, None);
        let left = |(shelf, sold): (super::Shelf, &super::Sold)| shelf.fill.saturating_sub(sold.dispensed);
        machine.all_shelves().zip(&sold).map(left).collect()
    }

    /// Makes a machine sell one unit of something. False where there is no such machine.
    pub fn sell_one(&self, asset_id: &str) -> bool {
        let Some(machine) = self.find(asset_id) else {
            return false;
        };
        let seed = self.seed.with(50).with(self.change().moment(self.now()).sequence);
        self.sell(&machine, seed);
        true
    }

    /// Refills a machine. False where there is no such machine.
    pub fn refill(&self, asset_id: &str) -> bool {
        self.find(asset_id).is_some_and(|machine| {
            self.refill_machine(&machine);
            true
        })
    }

    /// The sales of one machine, or of all, that a filter takes: in the order of the list of machines, the
    /// latest of each first.
    pub(crate) fn trades(&self, machine: Option<Machine>, filter: &Filter, cursor: u64, limit: u64) -> Page {
        let mut page = Page { total: 0, trades: Vec::new() };
        let end = cursor.saturating_add(limit);
        let happened = self.happened();
        let mut visit = |machine: Machine| {
            let life = happened.machines.get(&machine.index);
            let first = page.total;
            page.total += history::count(&machine, self.epoch, life, filter);
            if page.total <= cursor || first >= end {
                return;
            }
            let history = History::of(&machine, self.epoch, life);
            let taken = history.trades.iter().rev().filter(|trade| filter.takes(trade.time, trade.style));
            let places = (first..).zip(taken).filter(|(place, _)| (cursor..end).contains(place));
            page.trades.extend(places.map(|(_, trade)| (machine, *trade)));
        };
        match machine {
            Some(machine) => visit(machine),
            // Nothing derived is in such a window: only those that lived need be asked, not the whole fleet.
            None if filter.start.is_some_and(|start| start >= self.epoch) => {
                happened.machines.keys().for_each(|index| visit(self.machine(*index)));
            }
            None => self.listed().for_each(visit),
        }
        page
    }

    fn sell(&self, machine: &Machine, seed: Seed) {
        let stock = self.stock(machine);
        let trade = history::sale(machine, seed, &stock);
        let left = stock.get(usize::from(trade.shelf)).copied().unwrap_or(0);
        self.write_down(machine, trade, left);
    }

    /// Writes a sale from a shelf with so much left down, and what it is news of.
    fn write_down(&self, machine: &Machine, trade: Trade, left: u16) {
        let now = self.now();
        let mut happened = self.change();
        let trade = happened.sold(machine, trade, now);
        for step in trade.steps() {
            happened.tell(News::Sold(machine.index, step));
        }
        if left == 1 && trade.delivery == Delivery::Dispensed {
            happened.tell(News::Changed(machine.index, Change::SoldOut(trade.shelf, trade.time)));
        }
    }

    /// Lets a machine give out what a pickup code was bought for, if it has it. The sale is paid with the code.
    pub(crate) fn give_out(&self, machine: &Machine, goods: Option<&str>) -> bool {
        let wanted = |shelf: super::Shelf| goods.is_none_or(|number| shelf.good.number() == number);
        let left = machine.all_shelves().zip(self.stock(machine));
        let left = left.map(|(shelf, left)| if wanted(shelf) { left } else { 0 });
        let Some((left, place)) = left.zip(0_u8..).find(|(left, _)| *left > 0) else {
            return false;
        };
        self.write_down(machine, Trade::by_code(machine, place), left);
        true
    }

    /// What a machine tells beside what is sold, won, broken or filled: where nobody is told, nothing happens.
    fn report(&self, seed: Seed) {
        let machine = self.any(seed.with(1));
        let now = self.now();
        let mut happened = self.change();
        if !happened.telling {
            return;
        }
        if seed.with(2).one_in(4) {
            let change = Change::Climate(seed.with(3).bits());
            happened.tell(News::Changed(machine.index, change));
        }
        if seed.with(4).one_in(12) {
            for open in [true, false] {
                happened.tell(News::Changed(machine.index, Change::Door(open)));
            }
        }
        if seed.with(5).one_in(40) {
            happened.tell(News::Created(machine.index));
        }
        if seed.with(6).one_in(8) {
            let prize = happened.numbered(Trade::prize(seed.with(7), &machine), now);
            for step in prize.steps() {
                happened.tell(News::Won(machine.index, step));
            }
        }
    }

    /// Takes a machine off the network or brings it back, and tells it.
    pub(super) fn switch(&self, machine: &Machine, online: bool) {
        let mut happened = self.change();
        happened.life(machine.index).online = Some(online);
        happened.tell(News::Changed(machine.index, Change::Network));
    }

    /// Gives a machine a fault or repairs it, and tells it.
    pub(super) fn wear(&self, machine: &Machine, fault: Fault) {
        let mut happened = self.change();
        happened.life(machine.index).fault = Some(fault);
        happened.tell(News::Changed(machine.index, Change::Faults));
    }

    fn refill_machine(&self, machine: &Machine) {
        let since = self.history(machine).refill;
        let now = self.now();
        let mut happened = self.change();
        let at = happened.moment(now);
        happened.refilled(Refill { machine: machine.index, since, at });
    }

    fn any(&self, seed: Seed) -> Machine {
        self.machine(u32::try_from(seed.below(u64::from(self.machines))).unwrap_or(0))
    }
}
