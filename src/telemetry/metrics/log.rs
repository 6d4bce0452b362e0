//! The event log, and how far those who follow it are behind.

use std::{
    collections::HashMap,
    sync::{
        Arc, LazyLock, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{fleet::median, table::TABLE};

/// The place of who has been told everything.
const CAUGHT_UP: u64 = u64::MAX;

static HEAD: AtomicU64 = AtomicU64::new(0);
static NEXT: AtomicU64 = AtomicU64::new(0);
static FOLLOWERS: LazyLock<Mutex<HashMap<u64, Arc<AtomicU64>>>> = LazyLock::new(Mutex::default);

fn followers() -> MutexGuard<'static, HashMap<u64, Arc<AtomicU64>>> {
    FOLLOWERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The log was read up to this place.
pub fn log_head(place: u64) {
    HEAD.store(place, Ordering::Relaxed);
    TABLE.log_head.set(i64::try_from(place).unwrap_or(i64::MAX));
}

/// Somebody who follows the log, until this is dropped.
#[derive(Debug)]
pub struct Follower {
    number: u64,
    at: Arc<AtomicU64>,
}

impl Default for Follower {
    /// One who has been told everything.
    fn default() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let at = Arc::new(AtomicU64::new(CAUGHT_UP));
        followers().insert(number, Arc::clone(&at));
        Self { number, at }
    }
}

impl Follower {
    /// It was told of the event at this place, and not yet of what comes after it.
    pub fn at(&self, place: u64) {
        self.at.store(place, Ordering::Relaxed);
    }

    /// There is nothing more to tell it.
    pub fn caught_up(&self) {
        self.at.store(CAUGHT_UP, Ordering::Relaxed);
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        followers().remove(&self.number);
    }
}

/// What can only be seen when it is looked at.
pub(super) fn look() {
    let head = HEAD.load(Ordering::Relaxed);
    let behind = |at: &Arc<AtomicU64>| head.saturating_sub(at.load(Ordering::Relaxed));
    let mut lags: Vec<u64> = followers().values().map(behind).collect();
    let gauge = |which, places: u64| {
        TABLE.subscription_lag.of([which]).set(i64::try_from(places).unwrap_or(i64::MAX));
    };
    gauge("farthest", lags.iter().max().copied().unwrap_or_default());
    gauge("median", median(&mut lags));
}
