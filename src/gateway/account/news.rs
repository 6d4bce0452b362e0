//! What an account learns from the log.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::Instant;

use super::Account;
use crate::{
    domain::{
        AccountName, Capability, DeliveryState, Event, Happening, Order, OrderState, Origin, Place, Report,
        Shelf, ShelfNews, ShelfState, Status, StatusNews, Text, Trade,
    },
    events::Inbox,
    gateway::{Fresh, Result, facts::Facts, fleet::Row},
    store::{NewEvent, StoredEvent},
    vendor,
};

/// The longest wait for a listing that nobody waits for.
const RENEWAL: Duration = Duration::from_mins(10);

impl Account {
    /// A machine told how it is.
    pub(in crate::gateway) fn take_in_status(&self, machine: &Text, news: &StatusNews, stored: &StoredEvent) {
        let at = stored.event.occurred_at;
        let listing = self.last_listing();
        let row = listing.as_ref().and_then(|listing| listing.machine(machine));
        let pushed = stored.event.origin == Origin::Pushed;
        if row.is_some_and(|row| !row.last.is_youngest(at, pushed)) {
            // It was read before the machine told something else.
            return;
        }
        let whole = stored.event.origin == Origin::Reconciled;
        if pushed {
            self.facts.change(machine, |facts: &Facts| facts.with_status(news));
        }
        let mut known = None;
        self.reports.change(machine, |before| {
            let report = told(before, machine, news);
            known = Some(report.clone());
            (report != *before).then_some(report)
        });
        match (known, row) {
            (Some(report), row) => {
                if let Some(row) = row {
                    row.last.hear_report(&report, at);
                    row.last.differs_from_told(&lasting(&report));
                }
                self.as_told.add(stored.place, report);
            }
            (None, Some(row)) => row.last.hear_news(news, whole, at),
            (None, None) => {}
        }
    }

    /// How a machine was once it had told what stands at that place of the log; `None`: not known any more, or never.
    pub fn as_told(&self, place: Place) -> Option<Arc<Report>> {
        self.as_told.get(place)
    }

    /// A machine was set up, perhaps a new one.
    pub(in crate::gateway) fn take_in_registration(self: &Arc<Self>, machine: &Text) {
        self.facts.invalidate(machine);
        self.reports.outdate(machine);
        let account = Arc::clone(self);
        // Behind: who reads meanwhile is shown the fleet as it was.
        tokio::spawn(async move { account.renew_listing(Instant::now() + RENEWAL).await });
    }

    /// A machine was refilled.
    pub(in crate::gateway) fn take_in_refill(&self, machine: &Text) {
        self.facts.invalidate(machine);
        self.sales.outdate(machine);
        self.reports.outdate(machine);
    }

    /// A machine sold something, or there is news of a sale.
    pub(in crate::gateway) fn take_in_trade(&self, machine: &Text, trade: &Trade, told_at: Timestamp) {
        self.facts
            .change(machine, |facts: &Facts| Some(facts.with(trade, told_at)).filter(|news| news != facts));
        // Of an order of ours: by then its machine has told its platform how much is left.
        if trade.line.is_some() && trade.delivery.state == DeliveryState::Dispensed {
            self.reports.outdate(machine);
        }
    }

    /// An order changed, by whichever gateway. Where it lapsed, what was kept for it lies in the machine again.
    pub(in crate::gateway) fn take_in_order(&self, order: &Order) {
        if let Some(number) = &order.number {
            self.orders.disown(|(machine, of)| *machine == order.machine && of == number);
        }
        if order.state == OrderState::Expired {
            self.reports.outdate(&order.machine);
        }
    }

    /// Pickup codes of a machine were made, used or cancelled.
    pub(in crate::gateway) fn take_in_codes(&self, machine: &Text) {
        self.pickup_codes.disown(|(of, _)| of == machine);
    }

    /// A command of another gateway's reached a machine: everything of it that a command may change is old.
    pub(in crate::gateway) fn take_in_touch(&self, machine: &Text) {
        self.reports.outdate(machine);
        self.orders.disown(|(of, _)| of == machine);
        self.take_in_codes(machine);
    }

    /// Its machines, asked for whatever is kept; nobody waits for it.
    async fn renew_listing(&self, until: Instant) {
        if let Err(error) = self.listing.refresh(&(), until, || self.fetch_listing()).await {
            tracing::debug!(%error, account = %self.name(), "the fleet cannot be listed anew");
        }
    }

    /// What the log tells of a machine. Of a vendor that reports no refills there is nothing.
    pub async fn facts(&self, machine: &Text, until: Instant) -> Result<Fresh<Facts>> {
        self.facts.get(machine, until, || self.fetch_facts(machine)).await.map_err(self.failure())
    }

    /// Reads what the log tells of a machine.
    pub(super) fn fetch_facts(
        &self,
        machine: &Text,
    ) -> impl Future<Output = vendor::Result<Facts>> + Send + use<> {
        let store = self.memory.as_ref().map(|(store, _)| Arc::clone(store));
        let store = store.filter(|_| self.can(Capability::EventsRefill));
        let (account, machine) = (self.name().clone(), machine.clone());
        async move {
            let Some(store) = store else { return Ok(Facts::default()) };
            // Boxed where it begins: mostly the facts are known, and this is only handed on.
            let reading = Box::pin(Facts::read(store.as_ref(), &account, &machine));
            reading.await.map_err(|error| {
                tracing::warn!(%error, %account, %machine, "the log does not tell of a machine");
                vendor::Error::new(vendor::Kind::Unavailable, "read the log")
            })
        }
    }
}

/// Tells the log what was found of a machine, if it was told something else last. Nobody waits for it; what is not stored
/// is found again with the next report.
pub(super) fn tell(inbox: &Inbox, account: &AccountName, row: &Arc<Row>, report: &Report, now: Timestamp) {
    let news = lasting(report);
    if !row.last.differs_from_told(&news) {
        return;
    }
    let event = Event {
        account: account.clone(),
        machine: Some(row.machine.number.clone()),
        origin: Origin::Reconciled,
        occurred_at: now,
        received_at: now,
        happening: Happening::MachineStatus(news),
    };
    let (inbox, row) = (inbox.clone(), Arc::clone(row));
    tokio::spawn(async move {
        if let Err(error) = inbox.put(NewEvent { event, nonce: None, message: None }).await {
            tracing::warn!(%error, machine = %row.machine.number, "a machine's change is not in the log yet");
            row.last.forget_told();
        }
    });
}

/// What lasts of a report: what somebody would want to be told of when it changes. Temperatures, coins and versions change
/// all the time, or never.
fn lasting(report: &Report) -> StatusNews {
    let status = &report.status;
    let shelf = |shelf: &Shelf| ShelfNews {
        cabinet: Some(shelf.cabinet.clone()),
        code: shelf.code.clone(),
        sold_out: shelf.sold_out,
        sold_out_at: shelf.sold_out_at,
    };
    let told = report.shelves.iter().filter(|one| one.sold_out.is_some()).map(shelf);
    let mut shelves = Vec::with_capacity(report.shelves.len());
    shelves.extend(told);
    StatusNews {
        status: Status {
            online: status.online,
            sellable: status.sellable,
            controller_online: status.controller_online,
            door_open: status.door_open,
            sold_out_shelf_count: status.sold_out_shelf_count,
            faults: status.faults.clone(),
            ..Status::default()
        },
        shelves,
    }
}

/// The report with what the machine told since: what it left out is no news.
fn told(report: &Report, machine: &Text, news: &StatusNews) -> Report {
    let mut report = report.clone();
    report.status.hear(&news.status);
    if news.status.faults.as_ref().is_some_and(Vec::is_empty) {
        report.shelves.iter_mut().for_each(mend);
    }
    for news in &news.shelves {
        let cabinet = news.cabinet.as_ref().unwrap_or(machine);
        let shelf =
            report.shelves.iter_mut().find(|shelf| shelf.cabinet == *cabinet && shelf.code == news.code);
        if let Some(shelf) = shelf {
            hear(shelf, news);
        }
    }
    report.status.sold_out_shelf_count = news.status.sold_out_shelf_count.or_else(|| {
        let sold_out = report.shelves.iter().filter(|shelf| shelf.sold_out == Some(true)).count();
        report.status.sold_out_shelf_count.and_then(|_| u32::try_from(sold_out).ok())
    });
    report
}

/// Nothing of the machine is broken, so neither is this shelf.
fn mend(shelf: &mut Shelf) {
    if shelf.state.is_fault() {
        shelf.state = if shelf.sold_out == Some(true) { ShelfState::SoldOut } else { ShelfState::Normal };
    }
}

fn hear(shelf: &mut Shelf, news: &ShelfNews) {
    let Some(sold_out) = news.sold_out else { return };
    shelf.sold_out = Some(sold_out);
    shelf.sold_out_at = if sold_out { news.sold_out_at.or(shelf.sold_out_at) } else { None };
    shelf.state = match (sold_out, shelf.state) {
        (true, ShelfState::Normal | ShelfState::Unknown) => ShelfState::SoldOut,
        (false, ShelfState::SoldOut | ShelfState::Unknown) => ShelfState::Normal,
        (_, state) => state,
    };
}
