//! What is kept and is old: something was done, or told, that it does not know of.

use std::{hash::Hash, sync::Arc};

use super::{Cache, Kept, Weigh};
use crate::gateway::lease::Current;

impl<K, V> Cache<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Weigh + Send + Sync + 'static,
{
    /// Lets go of what is kept of `key`, since something was done that changes it. The outcome of a call under way goes to
    /// those who wait for it and is not kept, as it may be older; who asks from now on gets a call of its own.
    pub fn invalidate(&self, key: &K) {
        let mut flights = self.inner.flights();
        flights.remove(key);
        if let Some(before) = self.inner.kept.remove(key) {
            before.current.end();
        }
        drop(flights);
        self.inner.revision.advance();
    }

    /// The same, but for when the vendor gives no answer: then what is kept is told, as what is past its time, for want of anything
    /// better.
    pub fn outdate(&self, key: &K) {
        let mut flights = self.inner.flights();
        flights.remove(key);
        if let Some(before) = self.inner.kept.get(key) {
            before.current.end();
            self.inner.kept.insert(key.clone(), Kept { outdated: true, current: Current::new(), ..before });
        }
        drop(flights);
        self.inner.revision.advance();
    }

    /// Sees to it that no call under way for one of these keys answers who asks from now on, nor is kept: something was done that
    /// it may not know of. For what is not kept otherwise.
    pub fn disown(&self, is_old: impl Fn(&K) -> bool) {
        self.inner.flights().retain(|key, _| !is_old(key));
    }

    /// Changes what is kept of `key` and is not out of date, since news of it came that is younger; how old it is stays as it was.
    /// `change` gives `None` where the news is known. The outcome of a call under way, which may not know of it, goes to those
    /// who wait for it and is not kept.
    pub fn change(&self, key: &K, change: impl FnOnce(&V) -> Option<V>) {
        let mut flights = self.inner.flights();
        if let Some(before) = self.inner.kept.get(key).filter(|before| !before.outdated) {
            let Some(value) = change(&before.value) else { return };
            before.current.end();
            self.inner
                .kept
                .insert(key.clone(), Kept { value: Arc::new(value), current: Current::new(), ..before });
        }
        flights.remove(key);
        drop(flights);
        self.inner.revision.advance();
    }
}
