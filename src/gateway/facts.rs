//! What the log tells of a machine that its vendor's calls do not: what its shelves take and cost, when it was last
//! refilled, what it sold since, and what it alone says of itself.

use std::{collections::HashMap, slice};

use jiff::Timestamp;

use super::cache::Weigh;
use crate::{
    domain::{
        AccountName, DeliveryState, EventKind, Happening, Origin, Place, Refill, Registration, Report, Shelf,
        Status, StatusNews, Text, Trade,
    },
    store::{self, EventFilter, Store},
};

/// How many events are read at once.
const PART: usize = 500;
/// The most events that are read: a machine that sold more since its last refill has other troubles.
const MOST: usize = 20_000;

/// So many of a machine's last words on its status are read: each may tell another part.
const WORDS: usize = 32;

/// How many pieces a shelf should hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// The stock at the refill less what was sold since, never below 0.
    pub quantity: u32,
    /// When the last of that happened.
    pub as_of: Timestamp,
}

/// A machine's last refill.
#[derive(Clone, Debug, PartialEq)]
struct Filled {
    refill: Refill,
    /// From when on it counts, and what is sold takes from it ([`crate::domain::Event::happened_at`]).
    at: Timestamp,
}

/// What one trade took from a shelf.
#[derive(Clone, Debug, PartialEq)]
struct Sold {
    cabinet: Option<Text>,
    code: Text,
    pieces: u32,
}

/// What the log tells of a machine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    registration: Option<Registration>,
    /// What it alone says of itself ([`Status::own`]), as it last told each part.
    status: Status,
    filled: Option<Filled>,
    /// What was dispensed since the refill, by the trade's key.
    sold: HashMap<Text, Sold>,
    /// How many pieces of that by the shelf's code, and by cabinet where the trade tells it.
    pieces: HashMap<Text, HashMap<Option<Text>, u64>>,
    /// When the last of it was sold.
    sold_at: Option<Timestamp>,
}

impl Facts {
    /// Reads them from the log.
    pub async fn read(store: &dyn Store, account: &AccountName, machine: &Text) -> store::Result<Self> {
        let kinds = [EventKind::MachineRegistered, EventKind::Refill];
        let (mut facts, mut filled) = (Self::default(), None);
        for stored in store.latest(account, Some(machine), &kinds).await? {
            let at = stored.event.happened_at();
            if let Happening::Refill(refill) = stored.event.happening {
                filled = Some(Filled { refill, at });
            } else if let Happening::MachineRegistered(registration) = stored.event.happening {
                facts.registration = Some(registration);
            }
        }
        let words =
            store.last_words(account, slice::from_ref(machine), EventKind::MachineStatus, WORDS).await?;
        for stored in words {
            if stored.event.origin == Origin::Pushed
                && let Happening::MachineStatus(news) = stored.event.happening
            {
                facts.status = facts.status_after(&news);
            }
        }
        let Some(filled) = filled else { return Ok(facts) };
        let filter = EventFilter {
            accounts: vec![account.clone()],
            machines: Some(vec![(account.clone(), machine.clone())]),
            kinds: Some(vec![EventKind::Trade]),
            since: Some(filled.at),
        };
        facts.filled = Some(filled);
        let (mut after, mut read) = (Place::default(), 0);
        while read < MOST {
            let part = store.events(&filter, after, PART).await?;
            for stored in &part.rows {
                if let Happening::Trade(trade) = &stored.event.happening {
                    facts.hear(trade, stored.event.received_at);
                }
                after = stored.place;
            }
            read += part.rows.len();
            if !part.more {
                break;
            }
        }
        Ok(facts)
    }

    /// The facts with news of a trade that was told at this time.
    #[must_use]
    pub fn with(&self, trade: &Trade, told_at: Timestamp) -> Self {
        let mut facts = self.clone();
        facts.hear(trade, told_at);
        facts
    }

    /// The facts with what the machine told of itself since; `None` where that is known.
    pub fn with_status(&self, news: &StatusNews) -> Option<Self> {
        let status = self.status_after(news);
        (status != self.status).then(|| Self { status, ..self.clone() })
    }

    fn status_after(&self, news: &StatusNews) -> Status {
        let mut status = self.status.clone();
        status.hear(&news.status.own());
        status.own()
    }

    fn hear(&mut self, trade: &Trade, told_at: Timestamp) {
        let Some(filled) = &self.filled else { return };
        let Some(code) = &trade.shelf_code else { return };
        // As with the refill: a clock of the vendor's that runs ahead must not put one behind the other.
        let at = trade.delivery.at.or(trade.created_at).or(trade.payment.paid_at).map(|at| at.min(told_at));
        let after = at.is_some_and(|at| at > filled.at);
        if trade.delivery.state == DeliveryState::Dispensed && after {
            let cabinet = trade.cabinet.clone();
            let sold = Sold { cabinet, code: code.clone(), pieces: trade.quantity.max(1) };
            let pieces = self.pieces_of(&sold);
            *pieces = pieces.saturating_add(u64::from(sold.pieces));
            if let Some(before) = self.sold.insert(trade.key(), sold) {
                let pieces = self.pieces_of(&before);
                *pieces = pieces.saturating_sub(u64::from(before.pieces));
            }
            self.sold_at = self.sold_at.max(at);
        }
    }

    fn pieces_of(&mut self, sold: &Sold) -> &mut u64 {
        self.pieces.entry(sold.code.clone()).or_default().entry(sold.cabinet.clone()).or_default()
    }

    /// The machine's last refill, as the log has it, and from when on it counts.
    pub fn refill(&self) -> Option<(Timestamp, &Refill)> {
        self.filled.as_ref().map(|filled| (filled.at, &filled.refill))
    }

    /// How many pieces a shelf should hold; `None` where no refill tells.
    pub fn estimate(&self, machine: &str, of: &Shelf) -> Option<Estimate> {
        let Filled { refill, at } = self.filled.as_ref()?;
        let is_it = |cabinet: &Text| *cabinet == of.cabinet || &**cabinet == machine;
        let filled =
            refill.shelves.iter().find(|filled| filled.shelf_code == of.code && is_it(&filled.cabinet))?;
        let stock = filled.stock?;
        let sold = self.pieces.get(&of.code).into_iter().flatten();
        let sold = sold
            .filter(|(cabinet, _)| cabinet.as_ref().is_none_or(is_it))
            .fold(0, |sum: u64, (_, pieces)| sum.saturating_add(*pieces));
        let empty = of.sold_out == Some(true);
        let left = stock.saturating_sub(u32::try_from(sold).unwrap_or(u32::MAX));
        let quantity = if empty { 0 } else { left };
        Some(Estimate { quantity, as_of: self.sold_at.unwrap_or(*at) })
    }

    /// Fills in what a report does not tell: what the machine alone says of itself, and of its shelves what the registration
    /// does.
    pub fn complete(&self, report: &mut Report) {
        report.status.keep(&self.status);
        let Some(registration) = &self.registration else { return };
        for shelf in &mut report.shelves {
            let known = registration
                .shelves
                .iter()
                .find(|known| known.code == shelf.code && known.cabinet == shelf.cabinet);
            let Some(known) = known else { continue };
            shelf.capacity = shelf.capacity.or(known.capacity);
            shelf.price = shelf.price.or(known.price);
            if shelf.product.is_none() {
                shelf.product.clone_from(&known.product);
            }
        }
    }
}

impl Weigh for Facts {
    fn weight(&self) -> usize {
        let shelves = self.registration.as_ref().map_or(0, |known| known.shelves.len())
            + self.filled.as_ref().map_or(0, |filled| filled.refill.shelves.len());
        let cabinets = self.status.cabinets.len() * 200;
        size_of::<Self>()
            + cabinets
            + shelves * 400
            + self.sold.capacity() * 120
            + self.pieces.capacity() * 200
    }
}
