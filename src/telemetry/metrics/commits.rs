//! Events on their way to the disk.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::table::TABLE;

/// Those that wait, in the order in which they came.
static WAITING: Mutex<(u64, BTreeMap<u64, Instant>)> = Mutex::new((0, BTreeMap::new()));

fn waiting() -> MutexGuard<'static, (u64, BTreeMap<u64, Instant>)> {
    WAITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An event that waits to be on the disk, until this is dropped.
#[derive(Debug)]
pub struct Waiting(u64);

impl Waiting {
    /// An event came.
    #[expect(clippy::new_without_default, reason = "it begins to wait now, which a default does not say")]
    pub fn new() -> Self {
        let mut waiting = waiting();
        waiting.0 += 1;
        let number = waiting.0;
        waiting.1.insert(number, Instant::now());
        Self(number)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        waiting().1.remove(&self.0);
    }
}

/// So many events were offered to the store together, which took so long.
pub fn commit(events: usize, took: Duration, taken: bool) {
    if taken {
        TABLE.commit_size.observe(f64::from(u32::try_from(events).unwrap_or(u32::MAX)));
        TABLE.commit_duration.observe(took.as_secs_f64());
    } else {
        TABLE.commit_failures.inc();
    }
}

/// None was found yet that the vendor had not told.
pub fn begin_reconciled(account: &str) {
    TABLE.reconciled.of([account]);
}

/// An event was found that the vendor had not told.
pub fn reconciled(account: &str) {
    TABLE.reconciled.of([account]).inc();
}

/// What can only be seen when it is looked at.
pub(super) fn look() {
    let (depth, oldest) = {
        let waiting = waiting();
        (waiting.1.len(), waiting.1.first_key_value().map(|(_, since)| since.elapsed()))
    };
    TABLE.inbox.set(i64::try_from(depth).unwrap_or(i64::MAX));
    TABLE.inbox_oldest.set(oldest.unwrap_or_default().as_secs_f64());
}
