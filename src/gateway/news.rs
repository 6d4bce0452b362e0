//! Events, told: pages of the log, and followed live.
//!
//! An asker is told of its own accounts alone. Which kinds it may be told of, its scopes decide, where fields are.

mod hearing;
mod reconcile;
mod tidy;
mod watch;

use std::sync::Arc;

use jiff::Timestamp;

use super::{Account, Asker, Gateway, Input, PageRequest, Result, TradeFilter, lease};
use crate::{
    domain::{AccountName, EventKind, Place, Text, Trade},
    events::{Follower, Inbox, Log, News, Wanted},
    store::{self, StoredEvent},
};

pub use reconcile::reconcile;
pub use tidy::{Retention, tidy};
pub use watch::watch;

/// Where events come from and go to.
#[derive(Clone, Debug)]
pub struct Post {
    /// The log, as it is followed.
    pub log: Arc<Log>,
    /// Where events are put.
    pub inbox: Inbox,
}

/// Conditions that all must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Of these accounts.
    pub accounts: Option<Vec<AccountName>>,
    /// Of these machines.
    pub machines: Option<Vec<(AccountName, Text)>>,
    /// Of these kinds.
    pub kinds: Vec<EventKind>,
}

/// An event and whose it is.
#[derive(Clone, Debug)]
pub struct LoggedEvent {
    /// The account it happened at.
    pub account: Arc<Account>,
    /// The event.
    pub stored: Arc<StoredEvent>,
}

/// What is missing in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Everything up to here is gone, or is not in this log.
    pub until: Place,
    /// When that was found.
    pub at: Timestamp,
}

/// What somebody who follows the log is given.
#[derive(Clone, Debug)]
pub enum Followed {
    /// An event.
    Event(LoggedEvent),
    /// What it asked for is not kept any more.
    Gap(Gap),
}

impl Followed {
    /// The place from which to go on after it.
    pub fn place(&self) -> Place {
        match self {
            Self::Event(event) => event.stored.place,
            Self::Gap(gap) => gap.until,
        }
    }
}

/// A page of events, oldest first.
#[derive(Debug)]
pub struct EventPage {
    /// The page.
    pub rows: Vec<Followed>,
    /// Whether there are more after it.
    pub has_next: bool,
    /// Whether it was asked for with a cursor.
    pub has_previous: bool,
}

impl Gateway {
    /// The events that match, oldest first. Where what follows the cursor is not kept any more, the gap comes first.
    pub async fn events(
        &self,
        asker: &Asker,
        filter: EventFilter,
        first: Option<i32>,
        after: Option<&str>,
    ) -> Result<EventPage> {
        lease::note_once();
        let first = PageRequest::new(first, None)?.first;
        let after = after.map(|cursor| Place::decode(cursor).map_err(|_| Input::Cursor)).transpose()?;
        let gap = match after {
            Some(after) => self.gap_after(after).await?,
            None => None,
        };
        let start = gap.as_ref().map(Followed::place).or(after).unwrap_or_default();
        let mut rows: Vec<_> = gap.into_iter().collect();
        let found = self.store().events(&self.seen(asker, filter), start, first - rows.len()).await?;
        rows.extend(
            found.rows.into_iter().filter_map(|stored| self.logged(Arc::new(stored))).map(Followed::Event),
        );
        Ok(EventPage { rows, has_next: found.more, has_previous: after.is_some() })
    }

    /// The gap, where what comes after a place is not kept any more, or is of a log that is no more.
    pub async fn gap_after(&self, place: Place) -> Result<Option<Followed>> {
        let missed = self.store().log_bounds().await?.missed_after(place);
        Ok(missed.and_then(|until| self.told(News::Gap(until))))
    }

    /// What the asker may see of what it wants.
    pub fn wanted(&self, asker: &Asker, filter: EventFilter) -> Wanted {
        Wanted::new(self.seen(asker, filter))
    }

    /// Follows the log from after that place.
    pub fn follow(&self, wanted: Wanted, after: Place) -> Follower {
        self.post.log.follow(wanted, after)
    }

    /// The place of the newest event, for an asker to go on from.
    pub fn newest_event(&self) -> Place {
        lease::note_once();
        self.log_end()
    }

    /// The place of the newest event; everything that this gateway answered to have done is not after it.
    pub fn log_end(&self) -> Place {
        self.post.log.end()
    }

    /// The place up to which everything has been taken into what this gateway knows.
    pub fn heard_until(&self) -> Place {
        *self.post.log.head().borrow()
    }

    /// What a follower was given, as it is told; `None` for the event of an account that is configured no more.
    pub fn told(&self, news: News) -> Option<Followed> {
        match news {
            News::Event(stored) => self.logged(stored).map(Followed::Event),
            News::Gap(until) => Some(Followed::Gap(Gap { until, at: self.clock.now() })),
        }
    }

    fn logged(&self, stored: Arc<StoredEvent>) -> Option<LoggedEvent> {
        let account = self.account_named(&stored.event.account)?;
        Some(LoggedEvent { account, stored })
    }

    fn seen(&self, asker: &Asker, filter: EventFilter) -> store::EventFilter {
        let accounts = self.chosen(asker, filter.accounts.as_deref());
        store::EventFilter {
            accounts: accounts.iter().map(|account| account.name().clone()).collect(),
            machines: filter.machines,
            kinds: Some(filter.kinds),
            since: None,
        }
    }
}

impl TradeFilter {
    /// Whether the trade of an event matches what does not concern account and machine.
    pub fn matches_news(&self, trade: &Trade) -> bool {
        self.window.contains(trade.created_at)
            && self.method.is_none_or(|method| method == trade.payment.method)
            && self.delivery.is_none_or(|delivery| delivery == trade.delivery.state)
    }
}
