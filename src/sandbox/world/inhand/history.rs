//! The sales of a machine and what they leave on its shelves, past and present in one line.

use super::Machine;
use super::happened::Life;
use super::machine::PAST_DAYS;
use super::refill::Mark;
use super::trade::{self, Delivery, Filter, Trade};
use crate::sandbox::seed::Seed;

const DAY: i64 = 86_400;

/// The sales of a machine, oldest first, and its refills.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) trades: Vec<Trade>,
    /// The refill before the last.
    pub(crate) before: Mark,
    /// The last refill.
    pub(crate) refill: Mark,
}

/// What became of one shelf between two moments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sold {
    /// Paid sales.
    pub(crate) sales: u64,
    /// Units that came out.
    pub(crate) dispensed: u16,
    /// When the last one came out.
    pub(crate) last: i64,
}

impl History {
    pub(super) fn of(machine: &Machine, epoch: i64, life: Option<&Life>) -> Self {
        let (before, last) = machine.refills(epoch);
        let mut history = Self {
            trades: past(machine, epoch, &[before, last]),
            before: Mark::past(before),
            refill: Mark::past(last),
        };
        if let Some(life) = life {
            history.trades.extend(&life.trades);
            if let Some(refill) = life.refill {
                history.before = refill.since;
                history.refill = refill.at;
            }
        }
        history
    }

    /// What each shelf sold after `since`, until `until` where there is one.
    pub(crate) fn sold(&self, machine: &Machine, since: Mark, until: Option<Mark>) -> Vec<Sold> {
        let mut shelves = vec![Sold::default(); usize::from(machine.shelves)];
        for trade in self.between(since, until) {
            if let Some(shelf) = shelves.get_mut(usize::from(trade.shelf)) {
                shelf.sales += u64::from(trade.counts());
                if trade.delivery == Delivery::Dispensed {
                    shelf.dispensed += 1;
                    shelf.last = trade.time;
                }
            }
        }
        shelves
    }

    pub(crate) fn between(&self, since: Mark, until: Option<Mark>) -> impl Iterator<Item = &Trade> {
        self.trades.iter().filter(move |trade| {
            let mark = Mark::of(trade);
            mark > since && until.is_none_or(|until| mark <= until)
        })
    }
}

/// The derived sales, each from a shelf that had stock where any had.
fn past(machine: &Machine, epoch: i64, refills: &[i64]) -> Vec<Trade> {
    let full = || machine.all_shelves().map(|shelf| shelf.fill).collect::<Vec<u16>>();
    let mut stock = full();
    let mut refills = refills.iter().peekable();
    let mut trades = Vec::new();
    for (time, seed, serial) in moments(machine, epoch) {
        while refills.next_if(|refill| **refill < time).is_some() {
            stock = full();
        }
        let mut trade = sale(machine, seed, &stock);
        if trade.delivery == Delivery::Dispensed
            && let Some(left) = stock.get_mut(usize::from(trade.shelf))
        {
            *left = left.saturating_sub(1);
        }
        trade.time = time;
        trade.serial = serial;
        trades.push(trade);
    }
    trades
}

/// A sale from some shelf: of two that chance picks the lower, so that some run out; the next with stock.
pub(super) fn sale(machine: &Machine, seed: Seed, stock: &[u16]) -> Trade {
    let wish = seed.with(11).index(stock.len()).min(seed.with(12).index(stock.len()));
    let has = |shelf: &usize| stock.get(*shelf).is_some_and(|left| *left > 0);
    let found = (wish..stock.len()).chain(0..wish).find(has);
    let shelf = u8::try_from(found.unwrap_or(wish)).unwrap_or(0);
    Trade::made(seed, machine, shelf, found.is_some())
}

/// When the derived sales were: time, chance and number of each, in order.
fn moments(machine: &Machine, epoch: i64) -> impl Iterator<Item = (i64, Seed, u64)> + '_ {
    (1..=PAST_DAYS).rev().flat_map(move |day| on_day(machine, epoch, day))
}

fn on_day(machine: &Machine, epoch: i64, day: i64) -> impl Iterator<Item = (i64, Seed, u64)> + use<> {
    let count = machine.sales_on(day);
    let share = DAY / i64::try_from(count.max(1)).unwrap_or(1);
    let start = epoch - day * DAY;
    let first = u64::try_from(day).unwrap_or(0) * 64;
    let seed = machine.seed.with(31);
    (0..count).map(move |nth| {
        let seed = seed.with(first + nth);
        let time = start + i64::try_from(nth).unwrap_or(0) * share + seed.with(13).below_signed(share);
        (time, seed, first + nth)
    })
}

/// How many sales of a machine a filter takes, without making them.
pub(super) fn count(machine: &Machine, epoch: i64, life: Option<&Life>, filter: &Filter) -> u64 {
    let mut count = 0;
    for day in 1..=PAST_DAYS {
        let (start, end) = (epoch - day * DAY, epoch - (day - 1) * DAY - 1);
        let outside = filter.start.is_some_and(|from| from > end) || filter.end.is_some_and(|to| to < start);
        if outside {
            continue;
        }
        if filter.style.is_none() && filter.in_time(start) && filter.in_time(end) {
            count += machine.sales_on(day);
            continue;
        }
        let taken =
            on_day(machine, epoch, day).filter(|(time, seed, _)| filter.takes(*time, trade::style(*seed)));
        count += taken.count() as u64;
    }
    let lived = life
        .map_or(0, |life| life.trades.iter().filter(|trade| filter.takes(trade.time, trade.style)).count());
    count + lived as u64
}
