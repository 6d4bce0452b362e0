//! The signer's keys as they are now: fetched when first needed, kept fresh behind, never lost to a failure.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use jiff::Timestamp;
use tokio::sync::Mutex;

use super::{KeyError, jwks::KeySource, keys::KeySet};
use crate::domain::{Clock, clock::elapsed};

/// The least time between two fetches, however many tokens name keys that we do not know.
pub const PAUSE: Duration = Duration::from_secs(10);

/// Keys that change.
#[derive(Debug)]
pub(super) struct Keyring {
    source: Box<dyn KeySource>,
    clock: Arc<dyn Clock>,
    current: ArcSwapOption<Held>,
    /// Held while a fetch is under way, so that there is one at a time.
    attempt: Mutex<Option<Timestamp>>,
}

#[derive(Debug)]
struct Held {
    keys: Arc<KeySet>,
    text: String,
    fetched_at: Timestamp,
}

impl Keyring {
    pub fn new(source: Box<dyn KeySource>, clock: Arc<dyn Clock>) -> Self {
        Self { source, clock, current: ArcSwapOption::empty(), attempt: Mutex::new(None) }
    }

    /// The keys known now; `None` when none could ever be fetched. Keys past their time are used once more
    /// while new ones are fetched behind.
    pub async fn keys(self: &Arc<Self>) -> Option<Arc<KeySet>> {
        let Some(held) = self.current.load_full() else { return self.newer_than(None).await };
        let now = self.clock.now();
        let old = elapsed(held.fetched_at, now) >= self.source.refresh_after();
        if old && self.attempt.try_lock().is_ok_and(|attempt| may_fetch(*attempt, now)) {
            let (ring, generation) = (Arc::clone(self), held.keys.generation);
            tokio::spawn(async move { ring.refresh(Some(generation)).await });
        }
        Some(Arc::clone(&held.keys))
    }

    /// Keys other than those of `generation` if they can be had now, else the same again.
    pub async fn newer_than(self: &Arc<Self>, generation: Option<u64>) -> Option<Arc<KeySet>> {
        // In a task of its own: an asker that goes away must not end the fetch that others wait for.
        let ring = Arc::clone(self);
        let ended = tokio::spawn(async move { ring.refresh(generation).await }).await;
        if let Err(error) = ended {
            tracing::error!(%error, "the fetch of the signer's keys broke off");
        }
        self.current.load().as_ref().map(|held| Arc::clone(&held.keys))
    }

    /// Fetches the keys, unless they are others than those of `generation` already. Whoever comes while a
    /// fetch is under way waits for that one.
    async fn refresh(&self, generation: Option<u64>) {
        let mut attempt = self.attempt.lock().await;
        let held = self.current.load_full();
        let now = self.clock.now();
        if held.as_ref().map(|held| held.keys.generation) != generation || !may_fetch(*attempt, now) {
            return;
        }
        *attempt = Some(now);
        if let Err(error) = self.fetch(held.as_deref(), now).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the signer's keys are not refreshed");
        }
    }

    async fn fetch(&self, held: Option<&Held>, now: Timestamp) -> Result<(), KeyError> {
        let text = self.source.fetch().await?;
        let keys = match held {
            // The same text is the same set: what was verified with it stays verified.
            Some(held) if held.text == text => Arc::clone(&held.keys),
            held => Arc::new(KeySet::from_jwks(&text, held.map_or(0, |held| held.keys.generation + 1))?),
        };
        // The signer may withdraw every key; then nobody gets in, and somebody must look.
        if keys.is_empty() {
            tracing::error!("the signer has no key left that can prove a token");
        }
        self.current.store(Some(Arc::new(Held { keys, text, fetched_at: now })));
        Ok(())
    }
}

/// Whether the last attempt is long enough ago.
fn may_fetch(last: Option<Timestamp>, now: Timestamp) -> bool {
    last.is_none_or(|last| elapsed(last, now) >= PAUSE)
}
