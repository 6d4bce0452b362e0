//! What happened to InHand machines since the sandbox started: the only thing about them that is stored.

use std::collections::VecDeque;

use super::codes::Code;
use super::news::News;
use super::refill::{Mark, Refill};
use super::trade::Trade;
use super::{ByMachine, Machine};

/// More sales than this are not kept: the oldest is forgotten, as if it had never been.
const MOST_TRADES: usize = 200_000;

/// More undelivered refill notices than this are not kept.
const MOST_NOTICES: usize = 100;

/// More untold news than this is not kept.
const MOST_NEWS: usize = 10_000;

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
    /// Whether there is a merchant to be told.
    pub(super) telling: bool,
    /// What the merchant is to be told, oldest first.
    pub(super) news: VecDeque<News>,
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

    /// Gives a sale the next numbers.
    pub(super) fn numbered(&mut self, mut trade: Trade, now: i64) -> Trade {
        let moment = self.moment(now);
        trade.time = moment.time;
        trade.sequence = moment.sequence;
        trade.serial = 10_000 + moment.sequence;
        trade
    }

    /// Writes a sale down under the next numbers, and gives it with them.
    pub(super) fn sold(&mut self, machine: &Machine, trade: Trade, now: i64) -> Trade {
        let trade = self.numbered(trade, now);
        if self.order.len() >= MOST_TRADES
            && let Some(oldest) = self.order.pop_front()
        {
            self.life(oldest).trades.pop_front();
        }
        self.order.push_back(machine.index);
        self.life(machine.index).trades.push_back(trade);
        trade
    }

    /// The merchant is told of a refill; where there is none, its notice waits to be fetched.
    pub(super) fn refilled(&mut self, refill: Refill) {
        self.life(refill.machine).refill = Some(refill);
        if self.telling {
            for news in News::of_refill(refill) {
                self.tell(news);
            }
        } else {
            self.keep_notice(refill);
        }
    }

    /// Keeps the notice of a refill that nobody was told of.
    pub(super) fn keep_notice(&mut self, refill: Refill) {
        if self.notices.len() >= MOST_NOTICES {
            self.notices.pop_front();
        }
        self.notices.push_back(refill);
    }

    /// Keeps news for the sender, where there is one; of too much the oldest is forgotten.
    pub(super) fn tell(&mut self, news: News) {
        if !self.telling {
            return;
        }
        if self.news.len() >= MOST_NEWS {
            self.news.pop_front();
        }
        self.news.push_back(news);
    }
}
