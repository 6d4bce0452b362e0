//! Somebody who follows the log.

use std::{
    collections::VecDeque,
    sync::{Arc, PoisonError},
    time::Duration,
};

use tokio::{sync::watch, time::sleep};

use super::{Log, Wanted};
use crate::{
    domain::Place,
    events::window::After,
    store::{self, StoredEvent},
};

/// How many events a follower holds at a time.
const HELD: usize = 64;
/// How long it waits when the store does not answer.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// What a follower is given.
#[derive(Clone, Debug)]
pub enum News {
    /// The next event.
    Event(Arc<StoredEvent>),
    /// What it asked for is not kept any more: it goes on after this place.
    Gap(Place),
}

/// Somebody who follows the log: a place in it, and a few events at hand.
#[derive(Debug)]
pub struct Follower {
    log: Arc<Log>,
    wanted: Wanted,
    /// Everything up to here was given, or is at hand.
    at: Place,
    held: VecDeque<Arc<StoredEvent>>,
    head: watch::Receiver<Place>,
    /// Whether its place was found in the log.
    placed: bool,
}

impl Follower {
    pub(super) fn new(log: Arc<Log>, wanted: Wanted, after: Place) -> Self {
        let head = log.head();
        Self { log, wanted, at: after, held: VecDeque::new(), head, placed: false }
    }

    /// The next event that is wanted, as soon as there is one. Giving this up loses nothing.
    pub async fn next(&mut self) -> News {
        loop {
            if let Some(event) = self.held.pop_front() {
                return News::Event(event);
            }
            match self.read().await {
                Ok(None) => {}
                Ok(Some(gap)) => return gap,
                Err(error) => self.fail(&error).await,
            }
        }
    }

    /// The next event that is wanted, or the gap; `None` when all up to `until` were given, a place that was appended to.
    /// Waits for no new event, only for the log to take in what is there: going round until it has would keep it from that.
    pub async fn next_until(&mut self, until: Place) -> Option<News> {
        while !self.held.is_empty() || self.at < until {
            if let Some(event) = self.held.pop_front() {
                return Some(News::Event(event));
            }
            match self.read().await {
                Ok(None) => {}
                Ok(Some(gap)) => return Some(gap),
                Err(error) => self.fail(&error).await,
            }
        }
        None
    }

    /// Everything up to here was given.
    pub fn place(&self) -> Place {
        self.held.front().map_or(self.at, |next| Place(next.place.0.saturating_sub(1)))
    }

    /// Reads on; waits where there is nothing to read.
    async fn read(&mut self) -> store::Result<Option<News>> {
        // Seen before the window is: what comes later is told by `changed`.
        self.head.borrow_and_update();
        let after = self.window(self.at);
        match after {
            After::Entries(events, through) => {
                if !self.placed && self.at > self.log.end() {
                    return self.find().await;
                }
                self.placed = true;
                let idle = events.is_empty() && through == self.at;
                self.held.extend(
                    events
                        .into_iter()
                        .map(|(_, event)| event)
                        .filter(|event| self.wanted.wants(&event.event)),
                );
                self.at = through;
                if idle {
                    // An end is the end of the program: it waits for good.
                    if self.head.changed().await.is_err() {
                        std::future::pending::<()>().await;
                    }
                }
                Ok(None)
            }
            After::Older(start) => {
                if let Some(gap) = self.find().await? {
                    return Ok(Some(gap));
                }
                // What the log has not taken in yet, nobody is given yet: its listener comes first.
                let head = *self.head.borrow();
                let mut part = self.log.store.events(self.wanted.filter(), self.at, HELD).await?;
                part.rows.retain(|event| event.place <= head);
                let last = part.rows.last().map_or(self.at, |event| event.place);
                self.at = if part.more { last } else { last.max(start) };
                self.held.extend(part.rows.into_iter().map(Arc::new));
                Ok(None)
            }
        }
    }

    /// Looks whether the log still has what comes after this place.
    async fn find(&mut self) -> store::Result<Option<News>> {
        let missed = self.log.bounds().await?.missed_after(self.at);
        self.placed = true;
        self.at = missed.unwrap_or(self.at);
        Ok(missed.map(News::Gap))
    }

    async fn fail(&self, error: &store::Error) {
        tracing::warn!(%error, "the event log cannot be read for a subscriber; trying again");
        sleep(AFTER_FAILURE).await;
    }

    fn window(&self, place: Place) -> After<Arc<StoredEvent>> {
        let window = self.log.window.read().unwrap_or_else(PoisonError::into_inner);
        window.after(place, HELD)
    }
}
