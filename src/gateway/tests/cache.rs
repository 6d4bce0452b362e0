//! The cache: one call at a time, old values only where they are honest.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;
use tokio::{task::yield_now, time::Instant};

use super::{Gate, manual_clock};
use crate::{
    domain::ManualClock,
    gateway::{
        Source,
        cache::{Cache, Policy, Weigh, WhenOld},
    },
    telemetry::metrics::Reads,
    vendor::{Error, Kind, Result},
};

const TTL: Duration = Duration::from_secs(10);
const MAX_STALE: Duration = Duration::from_secs(100);
const PAST_TTL: Duration = Duration::from_millis(10_001);

#[derive(Debug, PartialEq)]
pub(super) struct Number(pub(super) u64);

impl Weigh for Number {
    fn weight(&self) -> usize {
        100
    }
}

struct Bench {
    clock: Arc<ManualClock>,
    cache: Arc<Cache<&'static str, Number>>,
}

fn bench(when_old: WhenOld) -> Bench {
    bench_of(Policy { ttl: TTL, max_stale: MAX_STALE, when_old, capacity: 1 << 20 })
}

fn bench_of(policy: Policy) -> Bench {
    let clock = manual_clock();
    let cache = Cache::new(policy, Arc::clone(&clock) as _, (Arc::default(), Reads::default()));
    Bench { clock, cache: Arc::new(cache) }
}

fn soon() -> Instant {
    Instant::now() + Duration::from_mins(1)
}

async fn answer(value: u64) -> Result<Number> {
    Ok(Number(value))
}

async fn failure(kind: Kind) -> Result<Number> {
    Err(Error::new(kind, "test"))
}

async fn after_gate(gate: Arc<Gate>, outcome: Result<Number>) -> Result<Number> {
    gate.pass().await;
    outcome
}

impl Bench {
    /// What an asker gets whose call would end like this: the value and whether it is stale, or the error.
    async fn ask(&self, fetch: impl Future<Output = Result<Number>> + Send + 'static) -> Told {
        told(self.cache.get(&"key", soon(), || fetch).await)
    }
}

type Told = std::result::Result<(u64, bool), Kind>;

fn told(answer: std::result::Result<crate::gateway::Fresh<Number>, Arc<Error>>) -> Told {
    answer.map(|fresh| (fresh.value.0, fresh.stale)).map_err(|error| error.kind)
}

/// Lets every task do what it can.
async fn settle() {
    for _ in 0..20 {
        yield_now().await;
    }
}

#[tokio::test]
async fn a_hundred_askers_make_one_call_and_share_its_value() {
    let Bench { cache, .. } = bench(WhenOld::Wait);
    let (calls, gate) = (AtomicUsize::new(0), Gate::closed());
    let askers = join_all((0..100).map(|_| {
        cache.get(&"key", soon(), || {
            calls.fetch_add(1, Ordering::SeqCst);
            after_gate(Arc::clone(&gate), Ok(Number(7)))
        })
    }));
    let (answers, ()) = tokio::join!(askers, async { gate.open() });
    assert!(answers.into_iter().all(|one| told(one) == Ok((7, false))));
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_hundred_askers_share_one_error() {
    let Bench { cache, .. } = bench(WhenOld::Wait);
    let (calls, gate) = (AtomicUsize::new(0), Gate::closed());
    let askers = join_all((0..100).map(|_| {
        cache.get(&"key", soon(), || {
            calls.fetch_add(1, Ordering::SeqCst);
            after_gate(Arc::clone(&gate), Err(Error::new(Kind::Credentials, "test")))
        })
    }));
    let (answers, ()) = tokio::join!(askers, async { gate.open() });
    assert!(answers.into_iter().all(|one| told(one) == Err(Kind::Credentials)));
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_asker_who_looked_just_before_the_call_landed_makes_no_second_one() {
    for _ in 0..2_000 {
        let Bench { cache, .. } = bench(WhenOld::Wait);
        let calls = Arc::new(AtomicUsize::new(0));
        let askers = (0..8).map(|_| {
            let (cache, calls) = (Arc::clone(&cache), Arc::clone(&calls));
            tokio::spawn(async move {
                let count = || {
                    calls.fetch_add(1, Ordering::SeqCst);
                    answer(1)
                };
                cache.get(&"key", soon(), count).await.unwrap();
            })
        });
        for asker in askers.collect::<Vec<_>>() {
            asker.await.unwrap();
        }
        assert_eq!(calls.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn an_asker_who_leaves_takes_nothing_from_the_others() {
    let Bench { cache, .. } = bench(WhenOld::Wait);
    let gate = Gate::closed();
    let first = tokio::spawn({
        let (cache, gate) = (Arc::clone(&cache), Arc::clone(&gate));
        async move { told(cache.get(&"key", soon(), || after_gate(gate, Ok(Number(1)))).await) }
    });
    settle().await;
    let second = cache.get(&"key", soon(), || failure(Kind::Rejected));
    first.abort();
    let (second, ()) = tokio::join!(second, async {
        settle().await;
        gate.open();
    });
    assert_eq!(told(second), Ok((1, false)));
}

#[tokio::test]
async fn a_call_that_panics_is_an_error_to_all_and_leaves_the_key_free() {
    let bench = bench(WhenOld::Wait);
    assert_eq!(bench.ask(async { panic!("as the test wants") }).await, Err(Kind::Unavailable));
    assert_eq!(bench.ask(answer(2)).await, Ok((2, false)));
}

#[tokio::test]
async fn a_status_past_its_time_is_waited_for() {
    let bench = bench(WhenOld::Wait);
    assert_eq!(bench.ask(answer(1)).await, Ok((1, false)));
    bench.clock.advance(TTL);
    assert_eq!(bench.ask(answer(2)).await, Ok((1, false)));
    bench.clock.advance(Duration::from_millis(1));
    assert_eq!(bench.ask(answer(3)).await, Ok((3, false)));
}

#[tokio::test]
async fn a_list_past_its_time_is_served_at_once_while_exactly_one_refresh_runs_behind() {
    let bench = bench(WhenOld::ServeAndRefresh);
    bench.ask(answer(1)).await.unwrap();
    bench.clock.advance(PAST_TTL);
    let (calls, gate) = (AtomicUsize::new(0), Gate::closed());
    for _ in 0..20 {
        let fetch = || {
            calls.fetch_add(1, Ordering::SeqCst);
            after_gate(Arc::clone(&gate), Ok(Number(2)))
        };
        let got = bench.cache.get(&"key", soon(), fetch).await.unwrap();
        assert_eq!((got.value.0, got.stale, got.source), (1, false, Source::Cache));
    }
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    gate.open();
    settle().await;
    assert_eq!(bench.ask(failure(Kind::Rejected)).await, Ok((2, false)));
}

#[tokio::test]
async fn after_a_failed_refresh_the_old_list_is_stale_until_the_next_success() {
    let bench = bench(WhenOld::ServeAndRefresh);
    bench.ask(answer(1)).await.unwrap();
    bench.clock.advance(PAST_TTL);
    assert_eq!(bench.ask(failure(Kind::Unavailable)).await, Ok((1, false)));
    settle().await;
    assert_eq!(bench.ask(answer(2)).await, Ok((1, true)));
    settle().await;
    assert_eq!(bench.ask(answer(3)).await, Ok((2, false)));
    bench.clock.advance(PAST_TTL);
    assert_eq!(bench.ask(answer(3)).await, Ok((2, false)));
}

#[tokio::test]
async fn without_an_answer_the_old_is_served_stale_for_max_stale_and_no_longer() {
    for when_old in [WhenOld::Wait, WhenOld::ServeAndRefresh] {
        for kind in [Kind::Unavailable, Kind::Timeout, Kind::CircuitOpen, Kind::Overloaded, Kind::Protocol] {
            let bench = bench(when_old);
            bench.ask(answer(1)).await.unwrap();
            bench.clock.advance(PAST_TTL);
            let _ = bench.ask(failure(kind)).await;
            settle().await;
            assert_eq!(bench.ask(failure(kind)).await, Ok((1, true)), "{when_old:?} {kind:?}");
            settle().await;
            bench.clock.advance(Duration::from_millis(99_999));
            assert_eq!(bench.ask(failure(kind)).await, Ok((1, true)), "{when_old:?} {kind:?}");
            settle().await;
            bench.clock.advance(Duration::from_millis(1));
            assert_eq!(bench.ask(failure(kind)).await, Err(kind), "{when_old:?} {kind:?}");
            settle().await;
            assert_eq!(bench.ask(answer(2)).await, Ok((2, false)), "{when_old:?} {kind:?}");
        }
    }
}

#[tokio::test]
async fn a_refusal_is_not_covered_up_by_what_was_kept() {
    for kind in [Kind::NotFound, Kind::MachineNotFound, Kind::Rejected] {
        let waiting = bench(WhenOld::Wait);
        waiting.ask(answer(1)).await.unwrap();
        waiting.clock.advance(PAST_TTL);
        assert_eq!(waiting.ask(failure(kind)).await, Err(kind));

        let serving = bench(WhenOld::ServeAndRefresh);
        serving.ask(answer(1)).await.unwrap();
        serving.clock.advance(PAST_TTL);
        assert_eq!(serving.ask(failure(kind)).await, Ok((1, false)), "it is not known yet");
        settle().await;
        assert_eq!(serving.ask(failure(kind)).await, Err(kind));
    }
}

#[tokio::test]
async fn a_key_that_is_not_taken_tells_nothing_of_what_was_kept() {
    let waiting = bench(WhenOld::Wait);
    waiting.ask(answer(1)).await.unwrap();
    waiting.clock.advance(PAST_TTL);
    for kind in [Kind::Credentials, Kind::Unavailable, Kind::Credentials] {
        assert_eq!(waiting.ask(failure(kind)).await, Ok((1, true)), "{kind:?}");
    }
    assert_eq!(waiting.ask(failure(Kind::NotFound)).await, Err(Kind::NotFound));
    assert_eq!(
        waiting.ask(failure(Kind::Credentials)).await,
        Err(Kind::Credentials),
        "there is nothing any more"
    );
}

#[tokio::test]
async fn a_refresh_joins_no_older_call_and_the_older_answer_never_overwrites_the_newer() {
    let bench = bench(WhenOld::Wait);
    let gate = Gate::closed();
    let older = tokio::spawn({
        let (cache, gate) = (Arc::clone(&bench.cache), Arc::clone(&gate));
        async move { told(cache.get(&"key", soon(), || after_gate(gate, Ok(Number(1)))).await) }
    });
    settle().await;
    assert_eq!(told(bench.cache.refresh(&"key", soon(), || answer(2)).await), Ok((2, false)));
    gate.open();
    assert_eq!(older.await.unwrap(), Ok((1, false)));
    settle().await;
    assert_eq!(bench.ask(answer(3)).await, Ok((2, false)));
}

#[tokio::test]
async fn an_older_refusal_does_not_throw_away_what_a_newer_call_brought() {
    let bench = bench(WhenOld::Wait);
    let gate = Gate::closed();
    let older = tokio::spawn({
        let (cache, gate) = (Arc::clone(&bench.cache), Arc::clone(&gate));
        let refusal = Err(Error::new(Kind::NotFound, "test"));
        async move { told(cache.get(&"key", soon(), || after_gate(gate, refusal)).await) }
    });
    settle().await;
    bench.cache.refresh(&"key", soon(), || answer(2)).await.unwrap();
    gate.open();
    assert_eq!(older.await.unwrap(), Err(Kind::NotFound));
    assert_eq!(bench.ask(answer(3)).await, Ok((2, false)));
}

#[tokio::test(start_paused = true)]
async fn an_askers_deadline_ends_its_wait_while_the_call_goes_on() {
    let bench = bench(WhenOld::Wait);
    let gate = Gate::closed();
    let fetch = || after_gate(Arc::clone(&gate), Ok(Number(1)));
    let until = Instant::now() + Duration::from_secs(1);
    assert_eq!(told(bench.cache.get(&"key", until, fetch).await), Err(Kind::Timeout));
    gate.open();
    settle().await;
    assert_eq!(bench.ask(answer(2)).await, Ok((1, false)));

    bench.clock.advance(PAST_TTL);
    let gate = Gate::closed();
    let fetch = || after_gate(Arc::clone(&gate), Ok(Number(3)));
    let until = Instant::now() + Duration::from_secs(1);
    assert_eq!(told(bench.cache.get(&"key", until, fetch).await), Ok((1, true)));
    gate.open();
    settle().await;
    assert_eq!(bench.ask(answer(4)).await, Ok((3, false)));
}

#[tokio::test]
async fn a_cache_without_room_keeps_nothing_and_still_shares_calls() {
    let policy =
        Policy { ttl: Duration::ZERO, max_stale: Duration::ZERO, when_old: WhenOld::Wait, capacity: 0 };
    let bench = bench_of(policy);
    for value in 1..200 {
        assert_eq!(bench.ask(answer(value)).await, Ok((value, false)));
    }
    let gate = Gate::closed();
    let [first, second] = [Ok(Number(1)), Err(Error::new(Kind::Rejected, "a second call"))].map(|outcome| {
        let gate = Arc::clone(&gate);
        bench.cache.get(&"key", soon(), || after_gate(gate, outcome))
    });
    let (first, second, ()) = tokio::join!(first, second, async { gate.open() });
    assert_eq!((told(first), told(second)), (Ok((1, false)), Ok((1, false))));
}

#[tokio::test]
async fn what_is_kept_never_outweighs_the_bound_for_long() {
    let policy = Policy { ttl: TTL, max_stale: MAX_STALE, when_old: WhenOld::Wait, capacity: 1_000 };
    let cache: Cache<u64, Number> = Cache::new(policy, manual_clock(), (Arc::default(), Reads::default()));
    for key in 0..5_000 {
        cache.get(&key, soon(), || answer(key)).await.unwrap();
    }
    // The store clears up behind, every few hundred writes at the latest.
    let kept = (0..5_000).filter(|key| cache.peek(key).is_some()).count();
    assert!(kept <= 1_000, "{kept} values of 100 bytes each are kept in 1,000 bytes");
}

#[tokio::test]
async fn a_value_within_its_time_is_not_stale_because_a_refresh_failed() {
    let bench = bench(WhenOld::Wait);
    bench.ask(answer(1)).await.unwrap();
    let failed = bench.cache.refresh(&"key", soon(), || failure(Kind::Timeout)).await;
    assert_eq!(told(failed), Err(Kind::Timeout));
    assert!(!bench.cache.peek(&"key").unwrap().stale);
    bench.clock.advance(PAST_TTL);
    assert!(bench.cache.peek(&"key").unwrap().stale);
}

#[tokio::test]
async fn what_was_let_go_of_is_asked_for_anew_and_no_older_call_brings_it_back() {
    let bench = bench(WhenOld::Wait);
    bench.ask(answer(1)).await.unwrap();
    bench.cache.invalidate(&"key");
    assert!(bench.cache.peek(&"key").is_none());
    let gate = Gate::closed();
    let older = tokio::spawn({
        let (cache, gate) = (Arc::clone(&bench.cache), Arc::clone(&gate));
        async move { told(cache.get(&"key", soon(), || after_gate(gate, Ok(Number(2)))).await) }
    });
    settle().await;
    bench.cache.invalidate(&"key");
    let newer = bench.ask(answer(3));
    assert_eq!(newer.await, Ok((3, false)), "who asks now joins no older call");
    gate.open();
    assert_eq!(older.await.unwrap(), Ok((2, false)), "who asked before is told what came");
    settle().await;
    assert_eq!(bench.ask(answer(4)).await, Ok((3, false)));
}
