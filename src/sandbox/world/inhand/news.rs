//! What the platform has to tell the merchant, until somebody sends it. Nothing is kept where nobody is told.

use super::refill::Refill;
use super::{Fleet, Trade};

/// Something that the merchant is told; machines by their index.
#[derive(Clone, Copy, Debug)]
pub(crate) enum News {
    /// A machine was set up.
    Created(u32),
    /// A machine is not as it was.
    Changed(u32, Change),
    /// A sale is so far.
    Sold(u32, Trade),
    /// A prize is so far. It is in no list, and taken from no shelf.
    Won(u32, Trade),
    /// A machine was filled.
    Refilled(Refill),
}

/// What changed of a machine.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    /// Whether it is connected.
    Network,
    /// What is broken.
    Faults,
    /// A shelf is sold out, since then.
    SoldOut(u8, i64),
    /// All shelves are filled.
    Filled,
    /// Whether its door stands open.
    Door(bool),
    /// How warm it is; the number makes the temperatures.
    Climate(u64),
}

impl News {
    /// What a refill is news of, in order.
    pub(super) fn of_refill(refill: Refill) -> [Self; 4] {
        let changed = |change| Self::Changed(refill.machine, change);
        [
            changed(Change::Door(true)),
            Self::Refilled(refill),
            changed(Change::Filled),
            changed(Change::Door(false)),
        ]
    }
}

impl Fleet {
    /// Begins or ceases to keep news for the merchant.
    pub(crate) fn keep_news(&self, telling: bool) {
        let mut happened = self.change();
        happened.telling = telling;
        if !telling {
            happened.news.clear();
        }
    }

    /// Takes the news that nobody took yet.
    pub(crate) fn take_news(&self) -> Vec<News> {
        if self.happened().news.is_empty() {
            return Vec::new();
        }
        self.change().news.drain(..).collect()
    }

    /// Keeps the notice of a refill that the merchant could not be told of, for whoever asks.
    pub(crate) fn keep_notice(&self, refill: Refill) {
        self.change().keep_notice(refill);
    }

    /// Tells the merchant that a machine was set up. False where there is no such machine.
    pub fn announce(&self, asset_id: &str) -> bool {
        self.find(asset_id).is_some_and(|machine| {
            self.change().tell(News::Created(machine.index));
            true
        })
    }

    /// A sale for the merchant's ears alone, of a number that no other has: it is paid, came out, and is in no list.
    pub(crate) fn sale_to_tell(&self, nth: u64) -> News {
        let machine = self.machine(u32::try_from(nth % u64::from(self.machines.max(1))).unwrap_or(0));
        let slot = u8::try_from(nth % u64::from(machine.shelves)).unwrap_or(0);
        let trade = Trade::by_code(&machine, slot);
        News::Sold(machine.index, self.change().numbered(trade, self.now()))
    }
}
