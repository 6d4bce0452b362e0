//! Who may send now: a bound on calls under way, on calls that wait, and on requests a second.

use std::num::NonZeroU32;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter, clock::Clock};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep, timeout_at},
};

/// How many calls may wait for each call that may be under way.
const WAITING_PER_PLACE: usize = 64;

/// How many calls may wait in any case: enough for one listing to fan out over a large fleet's page.
const WAITING_AT_LEAST: usize = 1024;

/// One account's bounds.
#[derive(Debug)]
pub(super) struct Admission {
    places: Semaphore,
    queue: Semaphore,
    rate: Option<DefaultDirectRateLimiter>,
}

/// Why nothing may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// As many wait already as we let wait.
    QueueFull,
    /// Its turn does not come in time.
    Late,
}

impl Admission {
    /// `max_concurrency` calls at once, `per_second` requests a second. What was not asked
    /// in one second may be asked in the next, all at once: a page of machines is asked for in one burst.
    pub(super) fn new(max_concurrency: usize, per_second: Option<NonZeroU32>) -> Self {
        let places = max_concurrency.clamp(1, Semaphore::MAX_PERMITS);
        let queue = places.saturating_mul(WAITING_PER_PLACE).clamp(WAITING_AT_LEAST, Semaphore::MAX_PERMITS);
        let rate = per_second.map(|rate| RateLimiter::direct(Quota::per_second(rate)));
        Self { places: Semaphore::new(places), queue: Semaphore::new(queue), rate }
    }

    /// A place, first come first served, to be held while the call is under way.
    pub(super) async fn place(&self, until: Instant) -> Result<SemaphorePermit<'_>, Refusal> {
        if let Ok(place) = self.places.try_acquire() {
            return Ok(place);
        }
        let _waiting = self.queue.try_acquire().map_err(|_| Refusal::QueueFull)?;
        let place = timeout_at(until, self.places.acquire()).await.map_err(|_| Refusal::Late)?;
        // A semaphore that nobody closes gives no such error.
        place.map_err(|_| Refusal::QueueFull)
    }

    /// Waits until the rate allows one request more. To be asked with a place in hand: what waits for a place
    /// uses nothing of the rate, and at most as many wait for the rate as there are places.
    pub(super) async fn turn(&self, until: Instant) -> Result<(), Refusal> {
        let Some(rate) = &self.rate else { return Ok(()) };
        while let Err(not_until) = rate.check() {
            let wait = not_until.wait_time_from(rate.clock().now());
            // Waiting in vain would only keep the place from others.
            if wait >= until.saturating_duration_since(Instant::now()) {
                return Err(Refusal::Late);
            }
            sleep(wait).await;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::future::join_all;

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(20)
    }

    #[tokio::test]
    async fn no_more_wait_than_the_queue_holds() {
        let admission = Admission::new(1, None);
        let held = admission.place(soon()).await.unwrap();
        let all = join_all((0..WAITING_AT_LEAST).map(|_| async { admission.place(soon()).await.is_ok() }));
        tokio::pin!(all);
        tokio::select! {
            biased;
            _ = &mut all => panic!("the only place is held"),
            refused = admission.place(soon()) => assert_eq!(refused.unwrap_err(), Refusal::QueueFull),
        }
        drop(held);
        assert!(all.await.into_iter().all(|entered| entered), "those who waited enter, one after the other");
    }

    #[tokio::test]
    async fn a_turn_that_comes_too_late_is_refused_without_waiting_for_it() {
        let admission = Admission::new(8, NonZeroU32::new(1));
        admission.turn(soon()).await.unwrap();
        let asked = Instant::now();
        let refused = admission.turn(asked + Duration::from_millis(900)).await;
        assert_eq!(refused.unwrap_err(), Refusal::Late);
        assert!(asked.elapsed() < Duration::from_millis(800));
    }

    #[tokio::test]
    async fn the_rate_is_kept() {
        let admission = Admission::new(8, NonZeroU32::new(100));
        let begun = Instant::now();
        for _ in 0..130 {
            admission.turn(soon()).await.unwrap();
        }
        assert!(begun.elapsed() >= Duration::from_millis(280), "130 at 100 a second, 100 of them at once");
    }

    #[tokio::test]
    async fn no_place_at_all_counts_as_one() {
        let admission = Admission::new(0, None);
        assert!(admission.place(soon()).await.is_ok());
    }
}
