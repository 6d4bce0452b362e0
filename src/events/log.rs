//! The log as it is followed: the newest events in memory, shared by all who follow, the older ones in the store.
//!
//! One task reads what is appended, by whichever gateway, and lays it into a window of the newest events. A follower has
//! no buffer that could run over, only its place: it reads on in the window, or in the store when the window has moved
//! past it. So a slow follower costs nobody anything and loses nothing.

mod follower;
mod wanted;

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use arc_swap::ArcSwap;
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::window::Window;
use crate::{
    domain::{AccountName, Place},
    store::{self, EventFilter, LogBounds, Store, StoredEvent},
    telemetry::metrics,
};

pub use follower::{Follower, News};
pub use wanted::Wanted;

/// How many of the newest events are in memory: minutes of a busy fleet, a few megabytes.
const ROOM: usize = 4_096;
/// How many events are read from the store at once.
const PART: usize = 256;
/// How long the log waits to be told of a new event before it looks for itself.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// How long it waits when the store does not answer.
const AFTER_FAILURE: Duration = Duration::from_millis(500);

/// Hears every event before anybody who follows the log, in order.
pub type Listener = Box<dyn Fn(&Arc<StoredEvent>) + Send + Sync>;

/// The log of a store.
#[derive(Debug)]
pub struct Log {
    store: Arc<dyn Store>,
    accounts: ArcSwap<Vec<AccountName>>,
    window: RwLock<Window<Arc<StoredEvent>>>,
    /// How far the window reaches.
    head: watch::Sender<Place>,
}

impl Log {
    /// The log of these accounts, from its present end on.
    pub fn new(store: Arc<dyn Store>, accounts: Vec<AccountName>) -> Arc<Self> {
        let head = *store.appended().borrow();
        metrics::log_head(head.0);
        let window = RwLock::new(Window::new(head, ROOM, (usize::MAX, |_| 0)));
        let accounts = ArcSwap::from_pointee(accounts);
        Arc::new(Self { store, accounts, window, head: watch::Sender::new(head) })
    }

    /// From now on the log is that of these accounts.
    pub fn set_accounts(&self, accounts: Vec<AccountName>) {
        self.accounts.store(Arc::new(accounts));
    }

    /// The place of the newest event; what is committed in this process before the call is not after it.
    pub fn end(&self) -> Place {
        let appended = *self.store.appended().borrow();
        appended.max(*self.head.borrow())
    }

    /// How far the log is in memory, told when it grows.
    pub fn head(&self) -> watch::Receiver<Place> {
        self.head.subscribe()
    }

    /// How far the log reaches in the store.
    pub async fn bounds(&self) -> store::Result<LogBounds> {
        self.store.log_bounds().await
    }

    /// Follows what is wanted from after a place on.
    pub fn follow(self: &Arc<Self>, wanted: Wanted, after: Place) -> Follower {
        Follower::new(Arc::clone(self), wanted, after)
    }

    /// Reads what is appended until told to stop; `listener` hears of each event before those who follow.
    pub async fn run(&self, listener: Listener, stop: CancellationToken) {
        let _ = stop.run_until_cancelled(self.read_on(&listener)).await;
    }

    async fn read_on(&self, listener: &Listener) {
        let mut appended = self.store.appended();
        loop {
            match self.read_part(listener, &mut appended).await {
                Ok(true) => {}
                Ok(false) => {
                    // A word that got lost, or another gateway's: looked for after a while.
                    let _ = timeout(LOOK_AGAIN, appended.changed()).await;
                }
                Err(error) => {
                    tracing::warn!(%error, "the event log cannot be read; trying again");
                    sleep(AFTER_FAILURE).await;
                }
            }
        }
    }

    /// Takes a part of what is new into the window; gives whether there is more.
    async fn read_part(
        &self,
        listener: &Listener,
        appended: &mut watch::Receiver<Place>,
    ) -> store::Result<bool> {
        let before = *self.head.borrow();
        // Seen before it is read: what is committed later is read later.
        let committed = *appended.borrow_and_update();
        let filter = EventFilter {
            accounts: Vec::clone(&self.accounts.load()),
            machines: None,
            kinds: None,
            since: None,
        };
        let part = self.store.events(&filter, before, PART).await?;
        let last = part.rows.last().map_or(before, |event| event.place);
        let reached = if part.more { last } else { last.max(committed) };
        if reached == before {
            return Ok(false);
        }
        let events: Vec<_> = part.rows.into_iter().map(Arc::new).collect();
        events.iter().for_each(listener);
        let entries = events.into_iter().map(|event| (event.place, event));
        self.window.write().unwrap_or_else(PoisonError::into_inner).extend(entries, reached);
        self.head.send_replace(reached);
        metrics::log_head(reached.0);
        Ok(part.more)
    }
}
