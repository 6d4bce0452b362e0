//! The inbox: what was told is on the disk before its teller hears that it was taken.
//!
//! A commit takes its time, and one commit may hold many events. So while one is under way, what comes in gathers, and goes
//! into the next: nobody waits for more than two commits, and under load each is shared by many.

use std::{sync::Arc, time::Duration};

use thiserror::Error;
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    domain::Origin,
    store::{self, Appended, NewEvent, Store},
    telemetry::metrics::{self, Waiting},
};

/// The most events of one commit: more would only let the first of them wait longer.
const BATCH: usize = 256;
/// How many events may wait for a commit.
const WAITING: usize = 4_096;
/// How long an event waits for a place among the waiting. Vendors wait for seconds, not minutes.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why an event was not taken. It may be told again.
#[derive(Clone, Debug, Error)]
pub enum Refused {
    /// Too many are waiting, or the gateway is shutting down.
    #[error("too many events are waiting to be stored")]
    Full,
    /// The store does not take it.
    #[error("the store did not take the event: {0}")]
    Store(Arc<store::Error>),
}

type Receipt = oneshot::Sender<Result<Appended, Refused>>;

struct Letter {
    event: NewEvent,
    receipt: Receipt,
    waiting: Waiting,
}

/// Where events are put; its copies lead to the same.
#[derive(Clone, Debug)]
pub struct Inbox {
    letters: mpsc::Sender<Letter>,
}

/// What stores what is put into the inbox.
#[derive(Debug)]
pub struct Clerk {
    letters: mpsc::Receiver<Letter>,
    store: Arc<dyn Store>,
}

impl Inbox {
    /// An inbox, and what must run for it ([`Clerk::run`]).
    pub fn new(store: Arc<dyn Store>) -> (Self, Clerk) {
        let (sender, letters) = mpsc::channel(WAITING);
        (Self { letters: sender }, Clerk { letters, store })
    }

    /// How many events wait for a commit, and how many may.
    pub fn filling(&self) -> (usize, usize) {
        let places = self.letters.max_capacity();
        (places - self.letters.capacity(), places)
    }

    /// Puts an event into the log. When this is answered, the event is on the disk, by this call or an earlier one.
    pub async fn put(&self, event: NewEvent) -> Result<Appended, Refused> {
        let (receipt, received) = oneshot::channel();
        let sending = self.letters.send(Letter { event, receipt, waiting: Waiting::new() });
        timeout(PATIENCE, sending).await.map_err(|_late| Refused::Full)?.map_err(|_closed| Refused::Full)?;
        received.await.map_err(|_gone| Refused::Full)?
    }
}

impl Clerk {
    /// Stores what comes until told to stop; then takes no more, and ends when all that it took is stored.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut letters = Vec::with_capacity(BATCH);
        loop {
            let taken = stop.run_until_cancelled(self.letters.recv_many(&mut letters, BATCH)).await;
            let taken = if let Some(taken) = taken {
                taken
            } else {
                self.letters.close();
                self.letters.recv_many(&mut letters, BATCH).await
            };
            if taken == 0 {
                return;
            }
            let (mut events, mut receipts) = (Vec::new(), Vec::new());
            let mut waiting = Vec::new();
            for letter in letters.drain(..) {
                events.push(letter.event);
                receipts.push(letter.receipt);
                waiting.push(letter.waiting);
            }
            self.store(&events, receipts).await;
        }
    }

    async fn store(&self, events: &[NewEvent], receipts: Vec<Receipt>) {
        let since = Instant::now();
        let stored = self.store.append(events).await;
        metrics::commit(events.len(), since.elapsed(), stored.is_ok());
        match stored {
            Ok(outcomes) => {
                for ((receipt, outcome), new) in receipts.into_iter().zip(outcomes).zip(events) {
                    if new.event.origin == Origin::Reconciled && matches!(outcome, Appended::New(_)) {
                        metrics::reconciled(new.event.account.as_str());
                    }
                    // Whoever told has hung up; it is stored all the same.
                    let _ = receipt.send(Ok(outcome));
                }
            }
            // One of them is what the store cannot hold: it must not cost the others.
            Err(store::Error::Corrupt { .. }) if events.len() > 1 => {
                for (event, receipt) in events.iter().zip(receipts) {
                    Box::pin(self.store(std::slice::from_ref(event), vec![receipt])).await;
                }
            }
            Err(error) => {
                tracing::warn!(%error, events = events.len(), "events were not stored; their tellers are told so");
                let error = Arc::new(error);
                for receipt in receipts {
                    let _ = receipt.send(Err(Refused::Store(Arc::clone(&error))));
                }
            }
        }
    }
}
