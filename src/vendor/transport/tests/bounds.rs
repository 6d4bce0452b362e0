//! How much at once, how fast, how long, how large; and what the connections do.

use std::{sync::atomic::Ordering, time::Duration};

use futures_util::future::join_all;
use tokio::time::{Instant, timeout};

use super::{
    Limits, Rig, limits, per_second,
    stub::{Act, Stub, ok},
};
use crate::vendor::{
    Kind,
    transport::{Effect, MAX_BODY, MOST_OBJECTS},
};

#[tokio::test]
async fn no_more_calls_are_under_way_than_the_account_allows() {
    let rig = Rig::new(Stub::start(|_| Act::Hold).await, Limits { max_concurrency: 3, ..limits() });
    let feed = async {
        for round in 1..=10 {
            rig.stub.requests_reach(round * 3).await;
            rig.stub.let_go(3);
        }
    };
    let (answers, ()) = tokio::join!(join_all((0..30).map(|_| rig.ask(Effect::Read))), feed);
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(rig.stub.seen.at_once.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn calls_one_after_another_use_one_connection() {
    let rig = Rig::new(Stub::start(|_| ok()).await, limits());
    for _ in 0..20 {
        rig.ask(Effect::Write).await.unwrap();
    }
    assert_eq!(rig.stub.seen.connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn no_redirect_is_followed() {
    for location in ["location: /there\r\n", "location: http://127.0.0.1:1/\r\n"] {
        for status in [301, 302, 303, 307, 308] {
            let rig = Rig::new(Stub::start(move |_| Act::Say(status, location, Vec::new())).await, limits());
            assert_eq!(rig.fails(Effect::Read).await.kind, Kind::Protocol);
            assert_eq!(rig.stub.requests(), 1);
        }
    }
}

#[tokio::test]
async fn a_body_without_end_is_given_up_at_the_bound() {
    let rig = Rig::new(Stub::start(|_| Act::Endless).await, limits());
    assert_eq!(rig.fails(Effect::Read).await.kind, Kind::Protocol);
    // What the sockets' buffers took in is not ours to count.
    assert!(rig.stub.seen.poured.load(Ordering::SeqCst) < MAX_BODY + 32 * 1024 * 1024);
    assert_eq!(rig.stub.requests(), 1);
}

#[tokio::test]
async fn a_body_that_announces_too_much_is_not_read() {
    let announce = "content-length: 8388609\r\n";
    let stub = Stub::start(move |_| Act::Announce(announce)).await;
    let rig = Rig::new(stub, limits());
    // No byte of the body ever comes, so that only the announcement can have told.
    assert_eq!(rig.fails(Effect::Read).await.kind, Kind::Protocol);
}

#[tokio::test]
async fn a_body_in_pieces_is_read_whole() {
    for length in 1..=4 {
        let rig = Rig::new(Stub::start(move |_| Act::InChunks(length, b"fine")).await, limits());
        assert_eq!(rig.ask(Effect::Read).await.unwrap(), "fine", "in pieces of {length}");
    }
}

#[tokio::test]
async fn a_body_at_the_bound_is_read() {
    let rig = Rig::new(Stub::start(|_| Act::Say(200, "", vec![b' '; MAX_BODY])).await, limits());
    let error = rig.fails(Effect::Read).await;
    assert_eq!(error.vendor_message.as_deref().map(str::len), Some(200), "`read` saw it");
}

#[tokio::test]
async fn a_body_of_more_objects_or_lists_than_the_bound_is_not_read() {
    for (row, rows, is_read) in [
        ("{},", MOST_OBJECTS, true),
        ("{},", MOST_OBJECTS + 1, false),
        ("[],", MOST_OBJECTS + 1, false),
        ("[{}],", MOST_OBJECTS / 2 + 1, false),
    ] {
        let rig = Rig::new(Stub::start(move |_| Act::Say(200, "", row.repeat(rows).into())).await, limits());
        let error = rig.fails(Effect::Read).await;
        assert_eq!((error.kind, error.vendor_message.is_some()), (Kind::Protocol, is_read), "{rows} × {row}");
    }
}

#[tokio::test]
async fn a_small_body_that_unpacks_to_a_large_one_is_given_up_at_the_bound() {
    let packed = include_bytes!("../../../../tests/fixtures/transport/nine_mebibytes_of_spaces.gz").to_vec();
    assert!(packed.len() < 20_000);
    let answer = move |_| Act::Say(200, "content-encoding: gzip\r\n", packed.clone());
    let rig = Rig::new(Stub::start(answer).await, limits());
    let error = rig.fails(Effect::Read).await;
    assert_eq!((error.kind, error.vendor_message), (Kind::Protocol, None), "`read` did not see it");
}

#[tokio::test]
async fn a_call_that_gets_no_place_in_time_was_not_sent() {
    let limits = Limits { max_concurrency: 1, timeout: Duration::from_secs(1), ..limits() };
    let rig = Rig::new(Stub::start(|_| Act::Hold).await, limits);
    let mut first = Box::pin(rig.ask(Effect::Write));
    tokio::select! {
        _ = &mut first => panic!("it is held"),
        () = rig.stub.requests_reach(1) => {}
    }
    // The first call is not polled meanwhile, so that it keeps its place beyond its own deadline.
    let begun = Instant::now();
    assert_eq!(rig.fails(Effect::Write).await.kind, Kind::Overloaded);
    assert!(begun.elapsed() < Duration::from_millis(990), "a write gives up in time to be answered");
    assert_eq!(rig.fails(Effect::Read).await.kind, Kind::Timeout);
    assert_eq!(rig.stub.requests(), 1);
    let health = rig.transport.health();
    assert!(health.last_error.is_none(), "our own queue says nothing of the vendor");
}

#[tokio::test]
async fn beyond_the_queue_calls_are_refused_at_once() {
    let rig = Rig::new(Stub::start(|_| Act::Hold).await, Limits { max_concurrency: 1, ..limits() });
    let calls = join_all((0..1025).map(|_| rig.ask(Effect::Read)));
    tokio::select! {
        biased;
        _ = calls => panic!("the first is held"),
        refused = rig.fails(Effect::Read) => assert_eq!(refused.kind, Kind::Overloaded),
    }
}

#[tokio::test]
async fn a_dropped_call_gives_its_place_back() {
    let stub = Stub::start(|n| if n == 0 { Act::Hang } else { ok() }).await;
    let rig = Rig::new(stub, Limits { max_concurrency: 1, ..limits() });
    tokio::select! {
        _ = rig.ask(Effect::Read) => panic!("it hangs"),
        () = rig.stub.requests_reach(1) => {}
    }
    assert_eq!(rig.ask(Effect::Read).await.unwrap(), "fine");
}

#[tokio::test]
async fn the_rate_is_kept_over_all_calls() {
    let rig =
        Rig::new(Stub::start(|_| ok()).await, Limits { requests_per_second: per_second(50), ..limits() });
    let begun = Instant::now();
    join_all((0..70).map(|_| rig.ask(Effect::Read))).await;
    assert!(begun.elapsed() >= Duration::from_millis(380), "70 at 50 a second, 50 of them at once");
}

#[tokio::test]
async fn a_vendor_that_was_given_too_little_time_to_answer_has_not_failed() {
    let timeout = Duration::from_millis(1250);
    let limits = Limits { timeout, requests_per_second: per_second(1), ..limits() };
    let rig = Rig::new(Stub::start(|n| if n == 0 { ok() } else { Act::Hang }).await, limits);
    rig.ask(Effect::Read).await.unwrap();
    // It waits about a second for the rate, which leaves less than a quarter of its time.
    assert_eq!(rig.fails(Effect::Read).await.kind, Kind::Timeout);
    assert!(rig.transport.health().last_error.is_none());
}

#[tokio::test]
async fn a_call_that_pauses_before_its_next_try_leaves_its_place_to_others() {
    let answer = |n| if n == 0 { Act::Say(503, "retry-after: 15\r\n", Vec::new()) } else { ok() };
    let rig = Rig::new(Stub::start(answer).await, Limits { max_concurrency: 1, ..limits() });
    let other = async {
        rig.stub.requests_reach(1).await;
        timeout(Duration::from_secs(10), rig.ask(Effect::Read)).await.expect("it need not wait for the pause")
    };
    tokio::select! {
        paused = rig.ask(Effect::Read) => panic!("the other is first: {paused:?}"),
        answered = other => assert_eq!(answered.unwrap(), "fine"),
    }
}
