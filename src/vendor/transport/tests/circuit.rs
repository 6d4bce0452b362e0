//! When a vendor is left alone, and what its health says.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;

use super::{
    Limits, Rig, limits,
    stub::{Act, Stub, ok, say},
};
use crate::{
    domain::{Clock, HealthState},
    vendor::{Kind, transport::Effect},
};

/// Longer than any first cool-down.
const COOL_DOWN: Duration = Duration::from_millis(1001);

fn once() -> Limits {
    Limits { retries: 0, ..limits() }
}

/// A rig whose breaker five failures opened. Its stub then does `next`.
async fn opened(next: Act) -> Rig {
    let rig = Rig::new(Stub::start(move |n| if n < 5 { say(500, "") } else { next.clone() }).await, once());
    for _ in 0..5 {
        assert_eq!(rig.fails(Effect::Read).await.kind, Kind::Unavailable);
    }
    rig
}

#[tokio::test]
async fn after_five_failures_nothing_more_is_sent() {
    let rig = opened(ok()).await;
    for effect in [Effect::Read, Effect::Write] {
        assert_eq!(rig.fails(effect).await.kind, Kind::CircuitOpen);
    }
    assert_eq!(rig.stub.requests(), 5);
    let health = rig.transport.health();
    assert_eq!(health.state, HealthState::Down);
    assert_eq!(health.last_error.map(|error| error.kind), Some(Kind::Unavailable));
}

#[tokio::test]
async fn the_vendors_own_word_for_broken_counts_for_reads_and_writes() {
    for effect in [Effect::Read, Effect::Write] {
        let rig = Rig::new(Stub::start(|_| say(200, "broken")).await, once());
        for _ in 0..5 {
            rig.fails(effect).await;
        }
        assert_eq!(rig.fails(effect).await.kind, Kind::CircuitOpen);
    }
}

#[tokio::test]
async fn offline_machines_refusals_and_wrong_secrets_never_stop_the_calls() {
    for word in ["offline", "no", "wrong secret"] {
        let rig = Rig::new(Stub::start(move |_| say(200, word)).await, limits());
        for _ in 0..30 {
            assert_ne!(rig.fails(Effect::Read).await.kind, Kind::CircuitOpen, "{word}");
        }
        assert_eq!(rig.stub.requests(), 30, "{word}");
    }
}

#[tokio::test]
async fn after_the_cool_down_one_probe_is_sent_and_its_answer_closes_the_circuit() {
    let rig = opened(Act::Hold).await;
    rig.clock.advance(COOL_DOWN);
    assert_eq!(rig.transport.health().state, HealthState::Down, "it has not answered yet");
    let others = async {
        rig.stub.requests_reach(6).await;
        assert_eq!(rig.fails(Effect::Read).await.kind, Kind::CircuitOpen, "only one probes");
        rig.stub.let_go(100);
    };
    let (probe, ()) = tokio::join!(rig.ask(Effect::Read), others);
    assert_eq!(probe.unwrap(), "fine");
    assert_eq!(rig.transport.health().state, HealthState::Up);
    assert_eq!(rig.ask(Effect::Read).await.unwrap(), "fine");
}

#[tokio::test]
async fn calls_that_wait_when_the_circuit_opens_are_refused_and_not_sent() {
    let limits = Limits { max_concurrency: 1, ..once() };
    let rig = Rig::new(Stub::start(|_| say(500, "")).await, limits);
    let kinds = join_all((0..50).map(|_| async { rig.fails(Effect::Read).await.kind })).await;
    assert_eq!(kinds.iter().filter(|kind| **kind == Kind::CircuitOpen).count(), 45);
    assert_eq!(rig.stub.requests(), 5);
}

#[tokio::test]
async fn a_failed_probe_keeps_the_circuit_open() {
    let rig = opened(say(500, "")).await;
    rig.clock.advance(COOL_DOWN);
    assert_eq!(rig.fails(Effect::Read).await.kind, Kind::Unavailable);
    assert_eq!(rig.fails(Effect::Read).await.kind, Kind::CircuitOpen);
    assert_eq!(rig.transport.health().state, HealthState::Down);
}

#[tokio::test]
async fn a_dropped_probe_lets_the_next_call_probe() {
    let rig = opened(Act::Hang).await;
    rig.clock.advance(COOL_DOWN);
    for requests in [6, 7] {
        tokio::select! {
            result = rig.ask(Effect::Read) => panic!("it hangs: {result:?}"),
            () = rig.stub.requests_reach(requests) => {}
        }
    }
}

#[tokio::test]
async fn a_request_that_cannot_be_made_lets_the_next_call_probe_and_a_refused_secret_is_an_end_of_the_outage()
{
    let rig = opened(say(401, "wrong secret")).await;
    rig.clock.advance(COOL_DOWN);
    let unmade = || Err(crate::vendor::Error::new(Kind::BadInput, "unmade"));
    let error = rig.transport.call("unmade", Effect::Read, unmade, |_| Ok(())).await.unwrap_err();
    assert_eq!(error.kind, Kind::BadInput);
    assert_eq!(rig.transport.health().state, HealthState::Down);
    for _ in 0..2 {
        assert_eq!(rig.fails(Effect::Read).await.kind, Kind::Credentials);
        let health = rig.transport.health();
        assert_eq!(health.state, HealthState::Degraded);
        assert_eq!(health.last_error.map(|error| error.kind), Some(Kind::Credentials));
    }
}

#[tokio::test]
async fn the_circuit_that_opens_between_tries_does_not_hide_what_failed() {
    let rig = Rig::new(Stub::start(|_| say(500, "")).await, Limits { retries: 9, ..limits() });
    assert_eq!(rig.fails(Effect::Read).await.kind, Kind::Unavailable);
    assert_eq!(rig.stub.requests(), 5);
}

#[tokio::test]
async fn health_tells_the_last_answer_and_the_failure_that_nothing_made_good() {
    let broken = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&broken);
    let stub = Stub::start(move |n| match (n, switch.load(Ordering::SeqCst)) {
        (1, _) => say(200, "offline"),
        (_, true) => say(200, "wrong secret"),
        (_, false) => ok(),
    });
    let rig = Rig::new(stub.await, limits());
    let health = rig.transport.health();
    assert_eq!((health.state, health.last_success_at), (HealthState::Up, None));

    rig.ask(Effect::Read).await.unwrap();
    rig.clock.advance(COOL_DOWN);
    rig.fails(Effect::Read).await;
    let answered = rig.clock.now();
    assert_eq!(rig.transport.health().last_success_at, Some(answered), "an offline machine is an answer");
    assert_eq!(rig.transport.health().state, HealthState::Up);

    broken.store(true, Ordering::SeqCst);
    rig.clock.advance(COOL_DOWN);
    rig.fails(Effect::Read).await;
    let health = rig.transport.health();
    assert_eq!((health.state, health.last_success_at), (HealthState::Degraded, Some(answered)));
    assert_eq!(health.last_error.map(|error| error.kind), Some(Kind::Credentials));

    broken.store(false, Ordering::SeqCst);
    rig.ask(Effect::Read).await.unwrap();
    let health = rig.transport.health();
    assert!(health.state == HealthState::Up && health.last_error.is_none());
}
