//! What happened to InHand machines since the sandbox started: the only thing about them that is stored.

use std::collections::VecDeque;

use super::codes::Code;
use super::refill::{Mark, Refill};
use super::trade::Trade;
use super::{ByMachine, Machine};

/// More sales than this are not kept: the oldest is forgotten, as if it had never been.
const MOST_TRADES: usize = 200_000;

/// More undelivered refill notices than this are not kept.
const MOST_NOTICES: usize = 100;

/// Everything that happened.
#[derive(Debug, Default)]
pub(crate) struct Happened {
    pub(super) machines: ByMachine<Life>,
    /// Whose sales they were, oldest first.
    order: VecDeque<u32>,
    /// Orders what happened in one second.
    sequence: u64,
    /// When something happened last: a clock that is set back does not reorder the past.
    last: i64,
    /// Refills that the platform could tell nobody, oldest first.
    pub(super) notices: VecDeque<Refill>,
    /// Pickup codes, oldest first.
    pub(super) codes: VecDeque<Code>,
}

/// What happened to one machine.
#[derive(Debug, Default)]
pub(crate) struct Life {
    pub(super) online: Option<bool>,
    pub(super) fault: Option<Fault>,
    /// Oldest first.
    pub(super) trades: VecDeque<Trade>,
    /// The last refill.
    pub(super) refill: Option<Refill>,
}

/// What happened to a machine's faults.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    /// This one came, at this time.
    Came(&'static str, i64),
    /// The one it had is repaired.
    Repaired,
}

impl Happened {
    pub(super) fn life(&mut self, machine: u32) -> &mut Life {
        self.machines.entry(machine).or_default()
    }

    /// The next moment: not before the last one, and after it.
    pub(super) fn moment(&mut self, now: i64) -> Mark {
        self.sequence += 1;
        self.last = self.last.max(now);
        Mark::new(self.last, self.sequence)
    }

    /// Writes a sale down under the next numbers.
    pub(super) fn sold(&mut self, machine: &Machine, mut trade: Trade, now: i64) {
        let moment = self.moment(now);
        trade.time = moment.time;
        trade.sequence = moment.sequence;
        trade.serial = 10_000 + moment.sequence;
        if self.order.len() >= MOST_TRADES
            && let Some(oldest) = self.order.pop_front()
        {
            self.life(oldest).trades.pop_front();
        }
        self.order.push_back(machine.index);
        self.life(machine.index).trades.push_back(trade);
    }

    pub(super) fn refilled(&mut self, refill: Refill) {
        self.life(refill.machine).refill = Some(refill);
        if self.notices.len() >= MOST_NOTICES {
            self.notices.pop_front();
        }
        self.notices.push_back(refill);
    }
}
