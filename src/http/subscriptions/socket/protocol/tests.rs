//! The protocol without sockets.

use bytes::Bytes;
use proptest::prelude::{Strategy, prop_oneof, proptest};
use serde_json::{Value, json};

use super::{Action, Begin, Phase, Protocol};
use crate::{
    domain::Place,
    http::{
        Denied,
        subscriptions::{socket::dialect::Dialect, steps::Step},
    },
};

fn protocol(dialect: Dialect) -> Protocol {
    Protocol::new(dialect, Some("from-the-handshake".to_owned()), 3)
}

fn open(dialect: Dialect) -> Protocol {
    let mut protocol = protocol(dialect);
    protocol.heard(r#"{"type":"connection_init"}"#);
    protocol.verified(Ok(()));
    assert_eq!(protocol.phase(), Phase::Open);
    protocol
}

fn message(dialect: Dialect, id: &str) -> String {
    let kind = if dialect == Dialect::Modern { "subscribe" } else { "start" };
    json!({ "id": id, "type": kind, "payload": { "query": "{ a }" } }).to_string()
}

fn begin(protocol: &mut Protocol, dialect: Dialect, id: &str) -> Begin {
    match protocol.heard(&message(dialect, id)).pop() {
        Some(Action::Begin(begin)) => begin,
        other => panic!("{other:?} instead of a beginning"),
    }
}

/// The actions, as words.
fn words(actions: Vec<Action>) -> Vec<String> {
    let word = |action| match action {
        Action::Send(text) => text,
        Action::Verify(token) => format!("verify {token}"),
        Action::Begin(Begin { tag, .. }) => format!("begin {}", tag.id),
        Action::Close(close) => format!("close {}", close.code),
    };
    actions.into_iter().map(word).collect()
}

#[test]
fn the_handshakes_token_counts_where_the_greeting_brings_none() {
    let greeted = |payload: Value| {
        let greeting = json!({ "type": "connection_init", "payload": payload }).to_string();
        words(protocol(Dialect::Modern).heard(&greeting))
    };
    assert_eq!(greeted(json!(null)), ["verify from-the-handshake"]);
    assert_eq!(greeted(json!({ "authorization": null })), ["verify from-the-handshake"]);
    assert_eq!(greeted(json!({ "AuthoriZation": "BEARER own" })), ["verify own"]);
    assert_eq!(greeted(json!({ "authorization": "own" })), ["verify "]);
    assert_eq!(greeted(json!([])), ["close 4400"]);
}

#[test]
fn an_old_client_is_not_listened_to_while_its_token_is_looked_at() {
    for (dialect, deaf) in [(Dialect::Modern, false), (Dialect::Legacy, true)] {
        let mut protocol = protocol(dialect);
        assert!(!protocol.is_deaf());
        protocol.heard(r#"{"type":"connection_init"}"#);
        assert_eq!(protocol.is_deaf(), deaf);
        protocol.verified(Ok(()));
        assert!(!protocol.is_deaf());
    }
}

#[test]
fn a_token_that_cannot_be_verified_now_is_no_bad_token() {
    for dialect in Dialect::ALL {
        assert_eq!(words(protocol(dialect).verified(Err(Denied::Unavailable))), ["close 1013"]);
    }
}

#[test]
fn an_id_is_free_again_after_the_last_step_or_the_clients_stop() {
    let mut protocol = open(Dialect::Modern);
    let first = begin(&mut protocol, Dialect::Modern, "a");
    assert_eq!(words(protocol.heard(&message(Dialect::Modern, "a"))), ["close 4409"]);
    let answer = Step::Next(Some(Place(1)), Bytes::from_static(br#"{"data":{}}"#));
    assert_eq!(
        protocol.step(&first.tag, &answer).unwrap(),
        r#"{"id":"a","type":"next","payload":{"data":{}}}"#
    );
    assert_eq!(words(protocol.heard(&message(Dialect::Modern, "a"))), ["close 4409"]);
    assert_eq!(protocol.step(&first.tag, &Step::Over).unwrap(), r#"{"id":"a","type":"complete"}"#);
    let second = begin(&mut protocol, Dialect::Modern, "a");
    assert!(!second.stopped_by.handle().is_aborted());
    assert!(protocol.heard(r#"{"id":"a","type":"complete"}"#).is_empty());
    assert!(second.stopped_by.handle().is_aborted());
    begin(&mut protocol, Dialect::Modern, "a");
}

#[test]
fn no_more_than_the_limit_is_under_way() {
    for dialect in Dialect::ALL {
        let mut protocol = open(dialect);
        let first = begin(&mut protocol, dialect, "1");
        begin(&mut protocol, dialect, "2");
        begin(&mut protocol, dialect, "3");
        let refused = words(protocol.heard(&message(dialect, "4"))).pop().unwrap();
        assert!(refused.starts_with(r#"{"id":"4","type":"error","payload":"#), "{refused}");
        protocol.step(&first.tag, &Step::Refused(Bytes::from_static(b"[]"))).unwrap();
        begin(&mut protocol, dialect, "4");
    }
}

#[test]
fn a_reason_fits_into_a_close_frame() {
    let mut protocol = open(Dialect::Modern);
    let long = json!({ "type": "subscribe", "id": "ö".repeat(128), "payload": { "query": 7 } });
    for text in ["{".repeat(10_000), long.to_string(), message(Dialect::Modern, &"ö".repeat(128)).repeat(2)]
    {
        match protocol.heard(&text).pop() {
            Some(Action::Close(close)) => {
                assert_eq!(close.code, 4400);
                assert!(close.reason.len() <= 123);
            }
            other => panic!("{other:?} instead of a close"),
        }
    }
    begin(&mut protocol, Dialect::Modern, &"ö".repeat(128));
    match protocol.heard(&message(Dialect::Modern, &"ö".repeat(128))).pop() {
        Some(Action::Close(close)) => assert!(close.code == 4409 && close.reason.len() <= 123),
        other => panic!("{other:?} instead of a close"),
    }
}

/// Texts that a client might send: good ones, nearly good ones, and noise.
fn texts() -> impl Strategy<Value = String> {
    let kinds = prop_oneof![
        "connection_init|ping|pong|subscribe|start|complete|stop|connection_terminate|next|ka",
        "[a-z_]{0,12}"
    ];
    let members = (
        kinds,
        "[ab]{0,2}",
        prop_oneof![
            "null|7|\"x\"|\\[\\]|\\{\\}",
            "\\{\"query\":\"\\{ a \\}\"\\}",
            "\\{\"authorization\":\"(Bearer )?[a-z]{1,3}\"\\}"
        ],
    );
    let composed = members
        .prop_map(|(kind, id, payload)| format!(r#"{{"type":"{kind}","id":"{id}","payload":{payload}}}"#));
    prop_oneof![4 => composed, 1 => ".{0,40}"]
}

proptest! {
    #[test]
    fn whatever_is_heard_nothing_begins_before_the_acknowledgement_and_never_too_much(
        heard in proptest::collection::vec(texts(), 0..60),
        verdict_after in 0_usize..10,
        modern in proptest::bool::ANY,
    ) {
        let dialect = if modern { Dialect::Modern } else { Dialect::Legacy };
        let mut protocol = protocol(dialect);
        for (position, text) in heard.iter().enumerate() {
            if position >= verdict_after && protocol.phase() == Phase::Verifying {
                protocol.verified(Ok(()));
            }
            let actions = protocol.heard(text);
            let last = actions.len().saturating_sub(1);
            let mut closed = false;
            for (place, action) in actions.iter().enumerate() {
                match action {
                    Action::Begin(_) => assert_eq!(protocol.phase(), Phase::Open),
                    Action::Send(text) => assert!(serde_json::from_str::<Value>(text).is_ok(), "{text}"),
                    Action::Verify(_) => assert_eq!(protocol.phase(), Phase::Verifying),
                    Action::Close(close) => {
                        assert!(place == last && close.reason.len() <= 123);
                        closed = true;
                    }
                }
            }
            assert!(protocol.operations.len() <= 3);
            if closed {
                break;
            }
        }
    }
}
