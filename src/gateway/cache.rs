//! What vendors said, kept for a while: bounded in bytes, one call at a time per key, honest about age.
//!
//! An entry is *fresh* for its time to live. After that the asker either waits for one refresh, or gets the
//! old while one refresh runs behind ([`WhenOld`]). When the vendor gives no answer, the old is served, marked
//! stale, for `max_stale` longer. All who ask for the same key while a call is under way share that call, so
//! that calls are deduplicated before they are signed.

mod landing;
mod outdated;
mod policy;

use std::{
    collections::HashMap,
    fmt,
    hash::Hash,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::{
    FutureExt as _,
    future::{BoxFuture, Shared},
};
use jiff::Timestamp;
use tokio::{
    sync::oneshot,
    time::{Instant, timeout_at},
};

use self::landing::Landing;
use super::lease::{self, Current, Revision};
use crate::{
    domain::{Clock, clock},
    telemetry::metrics::Reads,
    vendor,
};

pub use policy::{Policy, WhenOld};

/// What a value weighs in memory, about.
pub trait Weigh {
    /// Bytes, shared parts counted where they are most likely not shared.
    fn weight(&self) -> usize;
}

/// A value and how fresh it is.
#[derive(Debug)]
pub struct Fresh<V> {
    /// The value.
    pub value: Arc<V>,
    /// When the vendor said so.
    pub as_of: Timestamp,
    /// Whether it is past its time and served because the vendor gives no answer.
    pub stale: bool,
    /// Whether it was fetched for this asker.
    pub source: Source,
}

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// Asked of the vendor for this request, or in a call that this request joined.
    Live,
    /// Kept from an earlier call.
    Cache,
    /// Told by the vendor by itself.
    Webhook,
    /// From what this gateway itself has stored.
    Store,
}

impl<V> Clone for Fresh<V> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), ..*self }
    }
}

/// What a fetch came to, shared by all who waited for it.
type Outcome<V> = Result<Kept<V>, Arc<vendor::Error>>;

/// A value as it lies in the cache.
#[derive(Debug)]
struct Kept<V> {
    value: Arc<V>,
    as_of: Timestamp,
    /// Whether the last attempt to replace it failed.
    overdue: bool,
    /// Whether the vendor has refused since: then it is no answer any more, and lives on as [`Cache::last`] alone.
    refused: bool,
    /// Whether something has happened since that it does not know of: then it is an answer only where the vendor gives none.
    outdated: bool,
    /// Ends when the vendor has said something else.
    current: Current,
}

impl Policy {
    /// Whether what is kept may be told as it is.
    fn is_fresh<V>(&self, kept: &Kept<V>, age: Duration) -> bool {
        age <= self.ttl && !kept.outdated
    }
}

impl<V> Clone for Kept<V> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), current: self.current.clone(), ..*self }
    }
}

/// A call under way.
#[derive(Debug)]
struct Flight<V> {
    number: u64,
    outcome: Shared<BoxFuture<'static, Outcome<V>>>,
}

/// A cache of `V` by `K`; its copies share everything.
pub struct Cache<K, V> {
    inner: Arc<Inner<K, V>>,
}

impl<K, V> Clone for Cache<K, V> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

struct Inner<K, V> {
    kept: moka::sync::Cache<K, Kept<V>>,
    flights: Mutex<HashMap<K, Flight<V>>>,
    next_flight: AtomicU64,
    policy: Policy,
    clock: Arc<dyn Clock>,
    revision: Arc<Revision>,
    reads: Reads,
}

impl<K, V> fmt::Debug for Cache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("policy", &self.inner.policy).finish_non_exhaustive()
    }
}

impl<K, V> Cache<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Weigh + Send + Sync + 'static,
{
    /// An empty cache; each change in it advances the revision, and `reads` counts who reads.
    pub fn new(policy: Policy, clock: Arc<dyn Clock>, (revision, reads): (Arc<Revision>, Reads)) -> Self {
        let kept = moka::sync::Cache::builder()
            .max_capacity(policy.capacity)
            .weigher(|_, kept: &Kept<V>| u32::try_from(kept.value.weight()).unwrap_or(u32::MAX))
            .build();
        let flights = Mutex::default();
        let inner = Inner { kept, flights, next_flight: AtomicU64::new(0), policy, clock, revision, reads };
        Self { inner: Arc::new(inner) }
    }

    /// The value of `key`, asked of the vendor by `fetch` where need be. Waits until `until` at the longest.
    pub async fn get<F>(
        &self,
        key: &K,
        until: Instant,
        fetch: impl FnOnce() -> F,
    ) -> Result<Fresh<V>, Arc<vendor::Error>>
    where
        F: Future<Output = vendor::Result<V>> + Send + 'static,
    {
        let policy = self.inner.policy;
        let old = self.inner.kept(key);
        if let Some((kept, _)) = old.as_ref().filter(|(kept, age)| policy.is_fresh(kept, *age)) {
            lease::note_value(&kept.current, self.fresh_until(kept));
            self.inner.reads.hit();
            return Ok(from_cache(kept.clone(), false));
        }
        lease::note_once();
        let flight = match self.join(key, |kept, age| policy.is_fresh(kept, age), fetch) {
            Joined::Flight(flight) => flight,
            Joined::Landed(kept) => return Ok(from_cache(kept, false)),
        };
        let Some((kept, age)) = old else {
            self.inner.reads.miss();
            return landed(flight, until).await.map(live);
        };
        let servable = age <= policy.ttl.saturating_add(policy.max_stale);
        if servable && policy.when_old == WhenOld::ServeAndRefresh && !kept.outdated {
            let overdue = kept.overdue;
            self.inner.reads.stale();
            return Ok(from_cache(kept, overdue));
        }
        match landed(flight, until).await {
            Err(error) if servable && error.kind.leaves_the_older() => {
                self.inner.reads.stale();
                Ok(from_cache(kept, true))
            }
            landed => {
                self.inner.reads.miss();
                landed.map(live)
            }
        }
    }

    /// Asks the vendor whatever is kept, and whatever call is under way: its answer may be older than the asker.
    pub async fn refresh<F>(
        &self,
        key: &K,
        until: Instant,
        fetch: impl FnOnce() -> F,
    ) -> Result<Fresh<V>, Arc<vendor::Error>>
    where
        F: Future<Output = vendor::Result<V>> + Send + 'static,
    {
        lease::note_once();
        let flight = {
            let mut flights = self.inner.flights();
            Inner::launch(&self.inner, &mut flights, key, fetch())
        };
        landed(flight, until).await.map(live)
    }

    /// The value of `key` for a call that began at `since` and is made up of it: from the call under way, or from
    /// one that has landed since, else from a new one; without a `since`, from a new one whatever is under way. Waits
    /// as long as the call takes.
    pub async fn newest<F>(
        &self,
        key: &K,
        since: Option<Timestamp>,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<V>, Arc<vendor::Error>>
    where
        F: Future<Output = vendor::Result<V>> + Send + 'static,
    {
        let joined = match since {
            Some(since) => self.join(key, |kept, _| since <= kept.as_of && !kept.outdated, fetch),
            None => Joined::Flight(Inner::launch(&self.inner, &mut self.inner.flights(), key, fetch())),
        };
        match joined {
            Joined::Flight(flight) => flight.await.map(|kept| kept.value),
            Joined::Landed(kept) => Ok(kept.value),
        }
    }

    /// The value of `key` if one is kept and still may be served; asks nobody.
    pub fn peek(&self, key: &K) -> Option<Fresh<V>> {
        let Some((kept, age)) = self.inner.kept(key).filter(|(kept, _)| !kept.outdated) else {
            lease::note_once();
            return None;
        };
        let policy = self.inner.policy;
        if age <= policy.ttl {
            lease::note_value(&kept.current, self.fresh_until(&kept));
            self.inner.reads.hit();
        } else {
            lease::note_once();
        }
        let stale = kept.overdue && age > policy.ttl;
        (age <= policy.ttl.saturating_add(policy.max_stale)).then(|| from_cache(kept, stale))
    }

    /// The value of `key` last kept, however old, also when the vendor has refused since; asks nobody.
    pub fn last(&self, key: &K) -> Option<Arc<V>> {
        lease::note_once();
        self.inner.kept.get(key).map(|kept| kept.value)
    }

    /// Until when a kept value is fresh.
    fn fresh_until(&self, kept: &Kept<V>) -> Timestamp {
        kept.as_of.saturating_add(self.inner.policy.ttl).unwrap_or(Timestamp::MAX)
    }

    /// Joins the call under way for `key`, or starts one unless a value is kept that will do, by itself and its age.
    fn join<F>(
        &self,
        key: &K,
        will_do: impl FnOnce(&Kept<V>, Duration) -> bool,
        fetch: impl FnOnce() -> F,
    ) -> Joined<V>
    where
        F: Future<Output = vendor::Result<V>> + Send + 'static,
    {
        let mut flights = self.inner.flights();
        if let Some(flight) = flights.get(key) {
            return Joined::Flight(flight.outcome.clone());
        }
        // A call may have landed since the asker looked: what it brought is kept before it leaves the flights.
        match self.inner.kept(key).filter(|(kept, age)| will_do(kept, *age)) {
            Some((kept, _)) => Joined::Landed(kept),
            None => Joined::Flight(Inner::launch(&self.inner, &mut flights, key, fetch())),
        }
    }
}

/// What an asker finds who needs a call.
enum Joined<V> {
    /// A call under way, its own or another's.
    Flight(Shared<BoxFuture<'static, Outcome<V>>>),
    /// What a call brought in the meantime.
    Landed(Kept<V>),
}

impl<K, V> Inner<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Weigh + Send + Sync + 'static,
{
    fn flights(&self) -> MutexGuard<'_, HashMap<K, Flight<V>>> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self, key: &K) -> Option<(Kept<V>, Duration)> {
        let kept = self.kept.get(key).filter(|kept| !kept.refused)?;
        let age = clock::elapsed(kept.as_of, self.clock.now());
        Some((kept, age))
    }

    /// Starts a call in a task of its own, so that an asker who leaves takes nothing from the others.
    fn launch(
        this: &Arc<Self>,
        flights: &mut HashMap<K, Flight<V>>,
        key: &K,
        fetch: impl Future<Output = vendor::Result<V>> + Send + 'static,
    ) -> Shared<BoxFuture<'static, Outcome<V>>> {
        let number = this.next_flight.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = oneshot::channel();
        let inner = Arc::clone(this);
        let own_key = key.clone();
        tokio::spawn(async move {
            let flight = Landing { inner: &inner, key: &own_key, number };
            let outcome = match fetch.await {
                Ok(value) => {
                    let as_of = inner.clock.now();
                    let current = Current::new();
                    let value = Arc::new(value);
                    Ok(Kept { value, as_of, overdue: false, refused: false, outdated: false, current })
                }
                Err(error) => Err(Arc::new(error)),
            };
            flight.land(&outcome);
            drop(flight);
            // Nobody waits any more: the value is kept all the same.
            let _ = sender.send(outcome);
        });
        let outcome = receiver.map(|outcome| outcome.unwrap_or_else(|_| Err(Arc::new(abandoned())))).boxed();
        let outcome = outcome.shared();
        flights.insert(key.clone(), Flight { number, outcome: outcome.clone() });
        outcome
    }
}

async fn landed<V>(
    flight: Shared<BoxFuture<'static, Outcome<V>>>,
    until: Instant,
) -> Result<Kept<V>, Arc<vendor::Error>> {
    timeout_at(until, flight)
        .await
        .unwrap_or_else(|_| Err(Arc::new(vendor::Error::new(vendor::Kind::Timeout, "wait"))))
}

fn abandoned() -> vendor::Error {
    vendor::Error::new(vendor::Kind::Unavailable, "fetch")
}

fn live<V>(kept: Kept<V>) -> Fresh<V> {
    Fresh { value: kept.value, as_of: kept.as_of, stale: false, source: Source::Live }
}

fn from_cache<V>(kept: Kept<V>, stale: bool) -> Fresh<V> {
    Fresh { value: kept.value, as_of: kept.as_of, stale, source: Source::Cache }
}
