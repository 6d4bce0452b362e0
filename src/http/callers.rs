//! What each caller has at once, and how fast they ask: a fair share for everybody.
//!
//! A caller is a token's subject, as with idempotency keys; only of verified callers anything is kept, and nothing of one
//! who has been idle long enough to have all of their share again. So a stranger's guesses take no memory.
//!
//! The rate is a token bucket, kept as the one instant at which it will be full again (the *generic cell rate algorithm*):
//! what is left follows from it, the rate and the time. Not governor's keyed one: its quota is fixed when it is made, while
//! limits here are read at each request, and one entry is to tell of the caller's streams as well.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::answer::Fault;
use crate::{auth::Caller, domain::Text};

/// How many callers may be known before those are forgotten of whom nothing is to be remembered.
const KNOWN: usize = 4_096;

/// A caller's share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// How many operations a second may be begun in the long run (`limits.requests_per_second`); `None`: any number.
    pub per_second: Option<NonZeroU32>,
    /// How many may be begun at once after a rest (`limits.burst`).
    pub burst: NonZeroU32,
    /// How many sockets and streams may be open (`limits.streams_per_caller`).
    pub streams: usize,
    /// How many subscriptions may be followed (`limits.subscriptions_per_caller`).
    pub subscriptions: usize,
}

/// What a caller may have several of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// A socket, or a streamed answer.
    Stream,
    /// A subscription.
    Subscription,
}

/// All callers of late; its copies are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Callers(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    callers: HashMap<Text, Standing>,
    /// How many there may be before it is looked whom to forget.
    room: usize,
}

#[derive(Clone, Copy, Debug)]
struct Standing {
    /// When the bucket is full again.
    full_at: Instant,
    streams: usize,
    subscriptions: usize,
}

/// One of what a caller has, until it is dropped.
#[derive(Debug)]
pub(super) struct Held {
    callers: Callers,
    subject: Text,
    sort: Sort,
}

impl Callers {
    /// Takes one operation out of the caller's bucket.
    pub(super) fn charge(&self, caller: &Caller, share: &Share) -> Result<(), Fault> {
        let Some(rate) = share.per_second else { return Ok(()) };
        let now = Instant::now();
        let each = Duration::from_secs(1) / rate.get();
        let whole = each.saturating_mul(share.burst.get());
        self.with(caller, now, |standing| {
            // A rate or a burst that has become less must not bind for longer than filling the bucket takes.
            let full_at = standing.full_at.clamp(now, now + whole) + each;
            let wait = full_at.saturating_duration_since(now + whole);
            if wait.is_zero() {
                standing.full_at = full_at;
                return Ok(());
            }
            Err(Fault::TooFast { wait })
        })
    }

    /// Takes one more of a sort for the caller.
    pub(super) fn hold(&self, caller: &Caller, sort: Sort, share: &Share) -> Result<Held, Fault> {
        self.with(caller, Instant::now(), |standing| {
            let limit = match sort {
                Sort::Stream => share.streams,
                Sort::Subscription => share.subscriptions,
            };
            let held = standing.held(sort);
            if *held >= limit {
                return Err(Fault::TooManyOfCaller { sort, limit });
            }
            *held += 1;
            Ok(())
        })?;
        Ok(Held { callers: self.clone(), subject: caller.subject.clone(), sort })
    }

    fn with<T>(&self, caller: &Caller, now: Instant, act: impl FnOnce(&mut Standing) -> T) -> T {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(standing) = known.callers.get_mut(&caller.subject) {
            return act(standing);
        }
        if known.callers.len() >= known.room.max(KNOWN) {
            known.callers.retain(|_, standing| standing.is_worth_knowing(now));
            // Looking again is worth it only once there are twice as many: so each caller costs a constant.
            known.room = known.callers.len().saturating_mul(2);
        }
        let standing = Standing { full_at: now, streams: 0, subscriptions: 0 };
        act(known.callers.entry(caller.subject.clone()).or_insert(standing))
    }
}

impl Standing {
    /// How many of a sort the caller has.
    fn held(&mut self, sort: Sort) -> &mut usize {
        match sort {
            Sort::Stream => &mut self.streams,
            Sort::Subscription => &mut self.subscriptions,
        }
    }

    fn is_worth_knowing(&self, now: Instant) -> bool {
        self.streams > 0 || self.subscriptions > 0 || self.full_at > now
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut known = self.callers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(standing) = known.callers.get_mut(&self.subject) {
            let held = standing.held(self.sort);
            *held = held.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use jiff::Timestamp;
    use tokio::time::{Duration, advance};

    use super::{Callers, Fault, KNOWN, Share, Sort};
    use crate::auth::{Caller, Grant, Scopes};

    fn caller(subject: &str) -> Caller {
        let (scopes, accounts) = (Scopes::default(), Grant::All);
        Caller { subject: subject.into(), scopes, accounts, expires_at: Timestamp::MAX }
    }

    fn share(per_second: u32, burst: u32) -> Share {
        let burst = NonZeroU32::new(burst).unwrap();
        Share { per_second: NonZeroU32::new(per_second), burst, streams: 1, subscriptions: 2 }
    }

    #[tokio::test(start_paused = true)]
    async fn a_bucket_gives_its_burst_and_then_its_rate() {
        let (callers, ann, share) = (Callers::default(), caller("ann"), share(10, 3));
        for _ in 0..3 {
            callers.charge(&ann, &share).unwrap();
        }
        let refused = callers.charge(&ann, &share).unwrap_err();
        assert_eq!(refused, Fault::TooFast { wait: Duration::from_millis(100) });
        // What is refused costs nothing, and somebody else is somebody else.
        callers.charge(&caller("bob"), &share).unwrap();
        advance(Duration::from_millis(100)).await;
        callers.charge(&ann, &share).unwrap();
        callers.charge(&ann, &share).unwrap_err();
        advance(Duration::from_mins(1)).await;
        for _ in 0..3 {
            callers.charge(&ann, &share).unwrap();
        }
        callers.charge(&ann, &share).unwrap_err();
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_that_is_changed_counts_at_once() {
        let (callers, ann) = (Callers::default(), caller("ann"));
        for _ in 0..100 {
            callers.charge(&ann, &share(1, 100)).unwrap();
        }
        callers.charge(&ann, &share(1, 100)).unwrap_err();
        let refused = callers.charge(&ann, &share(10, 1)).unwrap_err();
        assert_eq!(refused, Fault::TooFast { wait: Duration::from_millis(100) });
        for _ in 0..1_000 {
            callers.charge(&ann, &share(0, 1)).unwrap();
        }
    }

    #[test]
    fn a_caller_has_so_many_of_each_sort() {
        let (callers, ann, share) = (Callers::default(), caller("ann"), share(0, 1));
        let stream = callers.hold(&ann, Sort::Stream, &share).unwrap();
        let refused = callers.hold(&ann, Sort::Stream, &share).unwrap_err();
        assert_eq!(refused, Fault::TooManyOfCaller { sort: Sort::Stream, limit: 1 });
        let _one = callers.hold(&ann, Sort::Subscription, &share).unwrap();
        let _two = callers.hold(&ann, Sort::Subscription, &share).unwrap();
        assert!(callers.hold(&ann, Sort::Subscription, &share).is_err());
        let _other = callers.hold(&caller("bob"), Sort::Stream, &share).unwrap();
        drop(stream);
        assert!(callers.hold(&ann, Sort::Stream, &share).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_idle_is_forgotten_and_who_is_not_is_not() {
        let (callers, share) = (Callers::default(), share(10, 3));
        let ann = caller("ann");
        let _held = callers.hold(&ann, Sort::Stream, &share).unwrap();
        for number in 0..KNOWN * 5 {
            callers.charge(&caller(&number.to_string()), &share).unwrap();
            if number % 100 == 0 {
                advance(Duration::from_secs(1)).await;
            }
        }
        let known = callers.0.lock().unwrap().callers.len();
        assert!(known <= KNOWN, "{known}");
        assert!(callers.hold(&ann, Sort::Stream, &share).is_err(), "ann's stream is still open");
    }
}
