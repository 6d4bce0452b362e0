//! What is sent again, and what becomes of a call that gets no answer.

use std::{
    error::Error as _,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use tokio::net::TcpListener;

use super::{
    Limits, Rig, limits,
    stub::{Act, Stub, ok, say},
};
use crate::vendor::{Kind, transport::Effect};

fn failing_ways() -> Vec<(&'static str, Act)> {
    vec![
        ("cut", Act::Cut),
        ("cut in the body", Act::CutInBody),
        ("a bare 502", say(502, "<html>")),
        ("a bare 429", say(429, "")),
        ("the vendor's own word for broken", say(200, "broken")),
        ("the vendor's own time-out", say(200, "late")),
    ]
}

#[tokio::test]
async fn a_read_is_sent_again_and_signed_anew_after_each_failure_that_may_pass() {
    for (name, act) in failing_ways() {
        let stub = Stub::start(move |n| if n < 2 { act.clone() } else { ok() }).await;
        let rig = Rig::new(stub, limits());
        assert_eq!(rig.ask(Effect::Read).await.unwrap(), "fine", "{name}");
        assert_eq!(rig.nonces(), [0, 1, 2], "{name}");
    }
}

#[tokio::test]
async fn a_read_is_not_sent_more_often_than_the_account_allows() {
    for (name, act) in failing_ways() {
        let rig = Rig::new(Stub::start(move |_| act.clone()).await, limits());
        let kind = rig.fails(Effect::Read).await.kind;
        assert_eq!(kind, if name.contains("time-out") { Kind::Timeout } else { Kind::Unavailable }, "{name}");
        assert_eq!(rig.stub.requests(), 3, "{name}");
    }
}

#[tokio::test]
async fn a_write_is_sent_once_and_its_outcome_is_unknown_however_it_fails() {
    let mut ways = failing_ways();
    ways.push(("an answer of the wrong shape", say(200, "[[")));
    ways.push(("an endless answer", Act::Endless));
    ways.push(("an answer that points elsewhere", Act::Say(302, "location: /there\r\n", Vec::new())));
    for (name, act) in ways {
        let rig = Rig::new(Stub::start(move |_| act.clone()).await, limits());
        assert_eq!(rig.fails(Effect::Write).await.kind, Kind::OutcomeUnknown, "{name}");
        assert_eq!(rig.stub.requests(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_write_that_hangs_is_sent_once_and_its_outcome_is_unknown() {
    let limits = Limits { timeout: Duration::from_millis(300), ..limits() };
    let rig = Rig::new(Stub::start(|_| Act::Hang).await, limits);
    assert_eq!(rig.fails(Effect::Write).await.kind, Kind::OutcomeUnknown);
    assert_eq!(rig.stub.requests(), 1);
}

#[tokio::test]
async fn an_unknown_outcome_keeps_the_vendors_code_and_words() {
    let rig = Rig::new(Stub::start(|_| say(200, "broken")).await, limits());
    let error = rig.fails(Effect::Write).await;
    assert_eq!((error.kind, error.vendor_code.as_deref()), (Kind::OutcomeUnknown, Some("1")));
    assert_eq!(error.vendor_message.as_deref(), Some("broken"));
}

#[tokio::test]
async fn a_refusal_passes_as_it_is_for_reads_and_writes_whatever_its_status() {
    for (word, status, kind) in
        [("no", 200, Kind::Rejected), ("wrong secret", 401, Kind::Credentials), ("no", 500, Kind::Rejected)]
    {
        for effect in [Effect::Read, Effect::Write] {
            let rig = Rig::new(Stub::start(move |_| say(status, word)).await, limits());
            assert_eq!(rig.fails(effect).await.kind, kind, "{word} {status}");
            assert_eq!(rig.stub.requests(), 1);
        }
    }
}

#[tokio::test]
async fn an_answer_of_the_wrong_shape_is_not_asked_for_again() {
    let rig = Rig::new(Stub::start(|_| say(200, "[[")).await, limits());
    assert_eq!(rig.fails(Effect::Read).await.kind, Kind::Protocol);
    assert_eq!(rig.stub.requests(), 1);
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent_so_that_a_write_is_only_unavailable() {
    let mut rig = Rig::new(Stub::start(|_| ok()).await, limits());
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    rig.stub.url.set_port(Some(free.local_addr().unwrap().port())).unwrap();
    drop(free);
    for (effect, made) in [(Effect::Write, 1), (Effect::Read, 1 + 3)] {
        assert_eq!(rig.fails(effect).await.kind, Kind::Unavailable, "{effect:?}");
        assert_eq!(rig.nonce.load(Ordering::SeqCst), made, "a write is made once even so");
    }
}

#[tokio::test]
async fn no_error_shows_the_address_that_was_called() {
    for act in [Act::Cut, Act::CutInBody, Act::Endless, say(302, "")] {
        let rig = Rig::new(Stub::start(move |_| act.clone()).await, limits());
        let error = rig.fails(Effect::Write).await;
        let mut texts = vec![error.to_string(), format!("{error:?}")];
        let mut under = error.source();
        while let Some(source) = under {
            texts.push(source.to_string());
            under = source.source();
        }
        assert!(texts.iter().all(|text| !text.contains("secret") && !text.contains("/hidden")), "{texts:?}");
    }
}

#[tokio::test]
async fn the_deadline_holds_over_all_tries_and_a_hang_is_tried_once_more() {
    let limits = Limits { timeout: Duration::from_millis(600), retries: 5, ..limits() };
    let rig = Rig::new(Stub::start(|_| Act::Hang).await, limits);
    let begun = Instant::now();
    assert_eq!(rig.fails(Effect::Read).await.kind, Kind::Timeout);
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(500) && took < Duration::from_secs(5), "{took:?}");
    assert_eq!(rig.nonces(), [0, 1]);
}

#[tokio::test]
async fn a_read_that_hangs_once_is_answered_within_the_deadline() {
    let limits = Limits { timeout: Duration::from_secs(2), ..limits() };
    let rig = Rig::new(Stub::start(|n| if n == 0 { Act::Hang } else { ok() }).await, limits);
    assert_eq!(rig.ask(Effect::Read).await.unwrap(), "fine");
}

#[tokio::test]
async fn a_vendor_that_wants_to_be_left_alone_for_longer_than_the_call_is_not_asked_again() {
    let rig = Rig::new(Stub::start(|_| Act::Say(503, "retry-after: 3600\r\n", Vec::new())).await, limits());
    assert_eq!(rig.fails(Effect::Read).await.kind, Kind::Unavailable);
    assert_eq!(rig.stub.requests(), 1);
}

#[tokio::test]
async fn a_vendor_that_wants_to_be_left_alone_for_a_second_is() {
    let answer = |n| if n == 0 { Act::Say(429, "retry-after: 1\r\n", Vec::new()) } else { ok() };
    let rig = Rig::new(Stub::start(answer).await, limits());
    let begun = Instant::now();
    assert_eq!(rig.ask(Effect::Read).await.unwrap(), "fine");
    assert!(begun.elapsed() >= Duration::from_secs(1));
}
