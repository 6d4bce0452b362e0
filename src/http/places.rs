//! Places for what may be under way at once: how many are taken, and for how long most of them have been.
//!
//! How many there are is asked for each time, so that it may change. Whoever finds none is refused, or waits; before it
//! comes to that, readiness says so: once nine tenths have been taken for a moment, until no more than seven tenths are.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

/// How many tenths of the places are most of them; at how many it is well again.
const MOST: usize = 9;
const WELL: usize = 7;

/// How long most places may be taken before it is said: a burst is over sooner.
const MOMENT: Duration = Duration::from_secs(1);

/// Places of one sort; its copies are the same places.
#[derive(Clone, Debug, Default)]
pub(super) struct Places(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    taken: AtomicUsize,
    freed: Notify,
    /// Since when most have been taken, without having been well since.
    crowded: Mutex<Option<Instant>>,
}

/// One place, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Places,
    limit: usize,
}

impl Places {
    /// A place, if less than `limit` are taken.
    pub(super) fn take(&self, limit: usize) -> Option<Place> {
        let inner = &self.0;
        let more = |taken: usize| (taken < limit).then_some(taken + 1);
        let before = inner.taken.fetch_update(Ordering::AcqRel, Ordering::Acquire, more).ok()?;
        if is_most(before + 1, limit) {
            let mut crowded = inner.crowded.lock().unwrap_or_else(PoisonError::into_inner);
            crowded.get_or_insert_with(Instant::now);
        }
        Some(Place { places: self.clone(), limit })
    }

    /// A place, as soon as less than `limit` are taken. One alone may wait.
    pub(super) async fn wait(&self, limit: usize) -> Place {
        loop {
            if let Some(place) = self.take(limit) {
                return place;
            }
            self.0.freed.notified().await;
        }
    }

    /// Whether most of `limit` places have been taken for more than a moment.
    pub(super) fn are_crowded(&self, limit: usize) -> bool {
        let mut crowded = self.0.crowded.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = self.0.taken.load(Ordering::Acquire);
        // Who took a place may have written down the crowd when it was over already; and where the limit was lowered below
        // what is taken, nobody takes one.
        if is_well(taken, limit) {
            *crowded = None;
        } else if is_most(taken, limit) {
            crowded.get_or_insert_with(Instant::now);
        }
        crowded.is_some_and(|since| since.elapsed() >= MOMENT)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Self { places: Places(inner), limit } = self;
        let before = inner.taken.fetch_sub(1, Ordering::AcqRel);
        if is_well(before.saturating_sub(1), *limit) && !is_well(before, *limit) {
            *inner.crowded.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        inner.freed.notify_one();
    }
}

/// Whether so few of `limit` are taken that it is well.
fn is_well(taken: usize, limit: usize) -> bool {
    taken.saturating_mul(10) <= limit.saturating_mul(WELL)
}

/// Whether so many of `limit` are most; of a few, all.
fn is_most(taken: usize, limit: usize) -> bool {
    taken.saturating_mul(10) >= limit.saturating_mul(MOST)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::advance;

    use super::{MOMENT, Places};

    #[tokio::test(start_paused = true)]
    async fn a_limit_that_is_lowered_below_what_is_taken_is_a_crowd() {
        let places = Places::default();
        let _taken = [places.take(10), places.take(10), places.take(10)];
        assert!(!places.are_crowded(2), "for a moment");
        advance(MOMENT).await;
        assert!(places.are_crowded(2) && !places.are_crowded(10));
    }

    #[test]
    fn there_are_as_many_places_as_the_limit_says_now() {
        let places = Places::default();
        let first = places.take(1).unwrap();
        assert!(places.take(1).is_none());
        let second = places.take(2).unwrap();
        drop(first);
        assert!(places.take(1).is_none());
        drop(second);
        assert!(places.take(1).is_some());
        assert!(places.take(0).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn places_are_crowded_after_a_moment_until_they_are_well() {
        let places = Places::default();
        let mut taken: Vec<_> = (0..9).map(|_| places.take(10).unwrap()).collect();
        assert!(!places.are_crowded(10), "a burst");
        advance(MOMENT).await;
        assert!(places.are_crowded(10));
        // Between the two marks nothing changes.
        taken.truncate(8);
        assert!(places.are_crowded(10));
        taken.truncate(7);
        assert!(!places.are_crowded(10));
        taken.push(places.take(10).unwrap());
        advance(MOMENT * 10).await;
        assert!(!places.are_crowded(10));
        // It begins anew.
        taken.push(places.take(10).unwrap());
        advance(MOMENT / 2).await;
        assert!(!places.are_crowded(10));
        advance(MOMENT / 2).await;
        assert!(places.are_crowded(10));
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_is_given_the_place_that_is_freed() {
        let places = Places::default();
        let first = places.take(1).unwrap();
        assert!(tokio::time::timeout(Duration::from_secs(1), places.wait(1)).await.is_err());
        let waiting = tokio::spawn({
            let places = places.clone();
            async move { places.wait(1).await }
        });
        drop(first);
        assert!(tokio::time::timeout(Duration::from_secs(1), waiting).await.is_ok());
    }
}
