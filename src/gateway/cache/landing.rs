//! How a call ends: what it brought is kept, and who reads next is told that something has changed.

use std::hash::Hash;

use super::{Inner, Kept, Outcome, Weigh};
use crate::gateway::lease::Current;

/// The end of a call: what is kept of it, and the key free for the next one, also when the call panics.
pub(super) struct Landing<'a, K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Weigh + Send + Sync + 'static,
{
    pub(super) inner: &'a Inner<K, V>,
    pub(super) key: &'a K,
    pub(super) number: u64,
}

impl<K, V> Landing<'_, K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Weigh + Send + Sync + 'static,
{
    /// Keeps the outcome, unless a newer call has been started for the key.
    pub(super) fn land(&self, outcome: &Outcome<V>) {
        let flights = self.inner.flights();
        if flights.get(self.key).is_none_or(|flight| flight.number != self.number) {
            return;
        }
        let before = self.inner.kept.get(self.key);
        match (outcome, &before) {
            (Ok(kept), _) => self.inner.kept.insert(self.key.clone(), kept.clone()),
            (Err(error), Some(kept)) => {
                let refused = kept.refused || !error.kind.leaves_the_older();
                let kept = Kept { overdue: true, refused, current: Current::new(), ..kept.clone() };
                self.inner.kept.insert(self.key.clone(), kept);
            }
            (Err(_), None) => {}
        }
        if let Some(before) = before {
            before.current.end();
        }
    }
}

impl<K, V> Drop for Landing<'_, K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Weigh + Send + Sync + 'static,
{
    fn drop(&mut self) {
        let mut flights = self.inner.flights();
        if flights.get(self.key).is_some_and(|flight| flight.number == self.number) {
            flights.remove(self.key);
        }
        // Whatever became of the value: the call may have told something about a machine by the way.
        self.inner.revision.advance();
    }
}
