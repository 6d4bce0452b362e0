//! How a command is carried out: written down, done once, and what came of it written down.
//!
//! What is under way runs in a task of its own: who hangs up, or waits too long, changes nothing about it, and the
//! gateway does not stop before it is written down. A command that is repeated under its key waits for the one that
//! is under way, here or in another gateway, and gets the same outcome.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep, timeout_at},
};
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::{Code, Error, Refusal, Result};
use crate::{
    domain::{AccountName, Clock},
    store::{Begun, Change, Ending, Intent, IntentId, NewIntent, Outcome, Store},
    vendor::{self, Kind},
};

/// How often it is looked whether a command that another gateway carries out has ended.
const LOOK: Duration = Duration::from_millis(200);
/// How often, and how far apart, an outcome is offered to a store that does not take it.
const OFFERS: u32 = 8;
const OFFER: Duration = Duration::from_millis(100);

/// What carries commands out.
#[derive(Debug)]
pub(super) struct Commands {
    pub(super) store: Arc<dyn Store>,
    tasks: TaskTracker,
    ended: Arc<Notify>,
    /// Up to where each account's unsettled commands were looked at.
    looked_at: Mutex<BTreeMap<AccountName, IntentId>>,
}

/// Whether a command is for us to carry out.
pub(super) enum Start {
    /// It is written down: carry it out.
    Carry(Intent),
    /// It was given before: what came of that is the answer.
    Again(Intent),
    /// Another command holds what it is about.
    Busy(Intent),
    /// A number that we drew is in use: draw another.
    Taken,
}

/// What became of a command, to be written down.
#[derive(Debug)]
pub(super) struct Came {
    pub(super) ending: Ending,
    pub(super) change: Change,
}

impl Commands {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, tasks: TaskTracker::new(), ended: Arc::default(), looked_at: Mutex::default() }
    }

    /// The command that was given before under the same key, if one was.
    pub(super) async fn earlier(&self, wanted: &NewIntent) -> Result<Option<Intent>> {
        match self.store.intent_by_key(wanted).await? {
            Some(earlier) if earlier.wanted.fingerprint != wanted.fingerprint => {
                Err(Refusal::ours(Code::Conflict).into())
            }
            earlier => Ok(earlier),
        }
    }

    /// Writes a command down.
    pub(super) async fn begin(&self, wanted: &NewIntent, change: &Change) -> Result<Start> {
        Ok(match self.store.begin(wanted, change).await? {
            Begun::New(intent) => Start::Carry(intent),
            Begun::Again(intent) => Start::Again(intent),
            Begun::Busy(intent) => Start::Busy(intent),
            Begun::Taken => Start::Taken,
            Begun::Conflict(_) => return Err(Refusal::ours(Code::Conflict).into()),
        })
    }

    /// Carries a command out with `act`, which sends it once, and waits until it has ended or the time is up.
    pub(super) async fn carry_out(
        &self,
        intent: Intent,
        until: Instant,
        act: impl Future<Output = Came> + Send + 'static,
    ) -> Result<Intent> {
        let (store, ended, id) = (Arc::clone(&self.store), Arc::clone(&self.ended), intent.id);
        let carried = self.tasks.spawn(
            async move {
                let came = act.await;
                let written = write_down(store.as_ref(), id, &came).await;
                ended.notify_waiters();
                written
            }
            .in_current_span(),
        );
        match timeout_at(until, carried).await {
            Ok(Ok(Some(written))) => Ok(written),
            // It is still under way, it panicked, or the store does not take its outcome: it is settled later.
            Ok(Ok(None) | Err(_)) | Err(_) => Ok(intent),
        }
    }

    /// Waits until a command that somebody else carries out has ended, or the time is up.
    pub(super) async fn ended(&self, intent: Intent, until: Instant) -> Result<Intent> {
        let mut intent = intent;
        // Who began it may be gone: then nobody ends it but who settles it.
        while intent.end.is_none() && Instant::now() < until && !self.store.is_abandoned(&intent).await? {
            let told = self.ended.notified();
            let look = (Instant::now() + LOOK).min(until);
            // Whether it was told or not, the store knows.
            let _ = timeout_at(look, told).await;
            intent = self.store.intent(intent.id).await?.unwrap_or(intent);
        }
        Ok(intent)
    }

    /// Does something that nobody waits for, and that is ended before the gateway is.
    pub(super) fn behind(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(work.in_current_span());
    }

    /// At most so many commands of which it is not known what came of them, oldest first; with each call those that come
    /// after the ones before, and then from the oldest on, so that none keeps others from being looked at.
    pub(super) async fn next_unsettled(&self, account: &AccountName, first: usize) -> Result<Vec<Intent>> {
        let looked_at = || self.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        let after = looked_at().get(account).copied();
        let found = self.store.unsettled(account, after, first).await?;
        match found.last().filter(|_| found.len() == first) {
            Some(last) => looked_at().insert(account.clone(), last.id),
            None => looked_at().remove(account),
        };
        Ok(found)
    }

    /// Waits until everything that is under way is written down.
    pub(super) async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// What a vendor's answer to a command comes to; `change` is what changed besides, whatever was answered.
pub(super) fn came<T>(clock: &dyn Clock, answer: &vendor::Result<T>, change: Change) -> Came {
    let at = clock.now();
    let ending = match answer {
        Ok(_) => Ending::new(Outcome::Done, at),
        Err(error) => {
            let refusal = Refusal::of(error);
            Ending {
                outcome: outcome(error.kind),
                error: Some(refusal.word().into()),
                vendor_code: refusal.vendor_code,
                vendor_message: refusal.vendor_message,
                used_by: error.used_by.clone(),
                ..Ending::new(Outcome::Unknown, at)
            }
        }
    };
    Came { ending, change }
}

/// What a command comes to that another one got ahead of, between the look at what it is about and the claim on it:
/// nothing is sent, and it is looked at again.
pub(super) fn overtaken(clock: &dyn Clock) -> Came {
    Came { ending: Ending::new(Outcome::NotDone, clock.now()), change: Change::none() }
}

/// Whether another command got ahead of this one. Whatever else is not done says why.
pub(super) fn was_overtaken(intent: &Intent) -> bool {
    intent.end.as_ref().is_some_and(|end| end.outcome == Outcome::NotDone && end.error.is_none())
}

/// What an error of a call that is sent once says of it: without an answer nothing was sent, except where it says that it
/// does not know (`vendor/transport`).
fn outcome(kind: Kind) -> Outcome {
    if kind == Kind::OutcomeUnknown {
        Outcome::Unknown
    } else if kind.is_refusal() {
        Outcome::Refused
    } else {
        Outcome::NotDone
    }
}

/// What is told of a command that has ended, or that is under way for too long.
pub(super) fn verdict(intent: &Intent) -> Result<()> {
    match &intent.end {
        Some(Ending { outcome: Outcome::Done, .. }) => Ok(()),
        Some(ending @ Ending { outcome: Outcome::Refused | Outcome::NotDone, .. }) => {
            Err(Refusal::written(ending).into())
        }
        // What a vendor said that leaves it open is told.
        Some(ending @ Ending { outcome: Outcome::Unknown | Outcome::Lost, .. }) => {
            let code = Code::OutcomeUnknown;
            Err(Refusal { code, is_busy: false, ..Refusal::written(ending) }.into())
        }
        None => Err(Refusal::ours(Code::OutcomeUnknown).into()),
    }
}

/// Offers an outcome to the store until it takes it; `None` if it does not.
async fn write_down(store: &dyn Store, id: IntentId, came: &Came) -> Option<Intent> {
    for offer in 1..=OFFERS {
        match store.end(id, &came.ending, &came.change).await {
            Ok(written) => return Some(written),
            Err(error) if offer == OFFERS => {
                let error: Error = error.into();
                // Not what changed by it: there may be pickup codes in it.
                let number = came.change.order.as_ref().and_then(|order| order.number.as_deref());
                let outcome = came.ending.outcome;
                tracing::error!(
                    %error, intent = %id, ?outcome, order = number,
                    "what came of a command could not be written down"
                );
            }
            Err(error) => {
                tracing::warn!(%error, intent = %id, "what came of a command is not written down yet");
                sleep(OFFER * 2_u32.pow(offer)).await;
            }
        }
    }
    None
}
