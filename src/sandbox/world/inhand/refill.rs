//! Refills: moments between sales, and the notices of them that nobody took.

use super::trade::Trade;
use super::{Fleet, History, Machine};

/// At most so many machines of the derived past have a notice that was not delivered.
const MOST_PAST_NOTICES: usize = 40;

/// A moment in the life of a machine; orders what happened in one second too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    /// Unix seconds.
    pub(crate) time: i64,
    pub(super) sequence: u64,
}

impl Mark {
    pub(super) fn past(time: i64) -> Self {
        Self { time, sequence: 0 }
    }

    pub(super) fn new(time: i64, sequence: u64) -> Self {
        Self { time, sequence }
    }

    pub(super) fn of(trade: &Trade) -> Self {
        Self { time: trade.time, sequence: trade.sequence }
    }
}

/// A refill of a machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refill {
    pub(crate) machine: u32,
    /// The refill before it.
    pub(super) since: Mark,
    pub(super) at: Mark,
}

/// A notice of a refill that the platform could tell nobody.
pub(crate) struct Notice {
    pub(crate) machine: Machine,
    pub(crate) history: History,
    pub(crate) since: Mark,
    pub(crate) at: Mark,
}

impl Fleet {
    /// The notices that were not delivered: some of the past, and the latest since the sandbox started.
    pub(crate) fn undelivered(&self) -> Vec<Notice> {
        let past = (self.len() / 20).clamp(1, MOST_PAST_NOTICES);
        let mut refills: Vec<Refill> =
            self.listed().take(past).map(|machine| self.past_refill(&machine)).collect();
        refills.extend(self.happened().notices.iter().copied());
        refills.into_iter().map(|refill| self.notice(refill)).collect()
    }

    /// The notice of a refill.
    pub(crate) fn notice(&self, refill: Refill) -> Notice {
        let machine = self.machine(refill.machine);
        Notice { history: self.history(&machine), machine, since: refill.since, at: refill.at }
    }

    fn past_refill(&self, machine: &Machine) -> Refill {
        let (since, at) = machine.refills(self.epoch);
        Refill { machine: machine.index, since: Mark::past(since), at: Mark::past(at) }
    }
}
