//! `graphql-transport-ws`, rule by rule of its protocol document.

use futures_util::SinkExt;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::{
    Server,
    log::event,
    peer::{LEGACY, MODERN, Peer, connect},
    settings,
};
use crate::http::{Listening, Settings};

#[tokio::test]
async fn a_client_that_greets_with_a_good_token_is_acknowledged() {
    let server = Server::start().await;
    for name in ["authorization", "Authorization", "AUTHORIZATION"] {
        let mut peer = Peer::new(&server, MODERN).await;
        peer.say(&json!({ "type": "connection_init", "payload": { name: "bearer good" } })).await;
        assert_eq!(peer.next().await, json!({ "type": "connection_ack" }));
    }
    let header = [("sec-websocket-protocol", MODERN), ("authorization", "Bearer good")];
    for greeting in [
        json!({ "type": "connection_init" }),
        json!({ "type": "connection_init", "payload": null }),
        json!({ "type": "connection_init", "payload": { "client": "dashboard" } }),
    ] {
        let (mut peer, _) = connect(&server, &header).await.unwrap();
        peer.say(&greeting).await;
        assert_eq!(peer.next().await, json!({ "type": "connection_ack" }), "{greeting}");
    }
    // What the message says, counts more than the header.
    let (mut peer, _) = connect(&server, &header).await.unwrap();
    peer.greet("wrong").await;
    assert_eq!(peer.closed().await, (4403, "Forbidden".to_owned()));
}

#[tokio::test]
async fn a_client_without_a_good_token_is_closed_with_4403() {
    let server = Server::start().await;
    for payload in [
        json!(null),
        json!({}),
        json!({ "authorization": "Bearer wrong" }),
        json!({ "authorization": "Bearer old" }),
        json!({ "authorization": "good" }),
        json!({ "authorization": 7 }),
        json!({ "authorization": "Bearer good", "Authorization": "Bearer good" }),
    ] {
        let mut peer = Peer::new(&server, MODERN).await;
        peer.say(&json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(peer.closed().await, (4403, "Forbidden".to_owned()), "{payload}");
    }
    let mut unlucky = Peer::new(&server, MODERN).await;
    unlucky.greet("keys-unreachable").await;
    assert_eq!(unlucky.closed().await.0, 1013);
}

#[tokio::test]
async fn an_operation_before_the_acknowledgement_is_closed_with_4401() {
    let server = Server::start().await;
    let mut silent = Peer::new(&server, MODERN).await;
    silent.subscribe("1", "{ machine { name } }").await;
    assert_eq!(silent.closed().await, (4401, "Unauthorized".to_owned()));
    let mut hasty = Peer::new(&server, MODERN).await;
    hasty.greet("unending").await;
    hasty.subscribe("1", "{ machine { name } }").await;
    assert_eq!(hasty.closed().await, (4401, "Unauthorized".to_owned()));
}

#[tokio::test]
async fn a_second_greeting_is_closed_with_4429() {
    let server = Server::start().await;
    let mut peer = Peer::greeted(&server, MODERN).await;
    peer.greet("good").await;
    assert_eq!(peer.closed().await, (4429, "Too many initialisation requests".to_owned()));
    let mut hasty = Peer::new(&server, MODERN).await;
    hasty.greet("unending").await;
    hasty.greet("unending").await;
    assert_eq!(hasty.closed().await.0, 4429);
}

#[tokio::test]
async fn an_unknown_sub_protocol_is_closed_with_4406() {
    let server = Server::start().await;
    let (mut peer, response) = connect(&server, &[]).await.unwrap();
    assert!(response.headers().get("sec-websocket-protocol").is_none());
    assert_eq!(peer.closed().await, (4406, "Subprotocol not acceptable".to_owned()));
    for (offered, chosen) in [
        ("graphql-ws, graphql-transport-ws", MODERN),
        ("graphql-transport-ws", MODERN),
        ("soap, graphql-ws", LEGACY),
    ] {
        let (_, response) = connect(&server, &[("sec-websocket-protocol", offered)]).await.unwrap();
        assert_eq!(response.headers()["sec-websocket-protocol"], chosen);
    }
}

#[tokio::test]
async fn what_is_no_message_is_closed_with_4400() {
    let server = Server::with(Settings { body_bytes: 2_000, ..settings() }, Listening::default()).await;
    let long = json!({ "type": "ping", "payload": { "padding": "x".repeat(2_000) } }).to_string();
    for text in [
        "",
        "hello",
        "[]",
        "{}",
        r#"{"type":7}"#,
        r#"{"type":"start","id":"1","payload":{"query":"{ machine { name } }"}}"#,
        r#"{"type":"next","id":"1","payload":{}}"#,
        r#"{"type":"ping","payload":"x"}"#,
        r#"{"type":"subscribe","id":"2"}"#,
        r#"{"type":"subscribe","id":"","payload":{"query":"{ machine { name } }"}}"#,
        r#"{"type":"subscribe","id":3,"payload":{"query":"{ machine { name } }"}}"#,
        r#"{"type":"subscribe","payload":{"query":"{ machine { name } }"}}"#,
        r#"{"type":"subscribe","id":"4","payload":{}}"#,
        r#"{"type":"subscribe","id":"5","payload":{"query":"{ machine { name } }","variables":[]}}"#,
        r#"{"type":"complete"}"#,
        &long,
    ] {
        let mut peer = Peer::greeted(&server, MODERN).await;
        peer.text(text).await;
        let (code, reason) = peer.closed().await;
        assert_eq!(code, 4400, "{text}");
        assert!(!reason.is_empty() && reason.len() <= 123, "{reason}");
    }
    let mut binary = Peer::greeted(&server, MODERN).await;
    binary.socket.send(Message::binary(r#"{"type":"ping"}"#)).await.unwrap();
    assert_eq!(binary.closed().await.0, 4400);
}

#[tokio::test]
async fn a_taken_id_is_closed_with_4409_and_a_free_one_is_not() {
    let server = Server::start().await;
    let mut peer = Peer::greeted(&server, MODERN).await;
    peer.subscribe("a", "{ machine { name } }").await;
    assert_eq!(peer.next().await["type"], "next");
    assert_eq!(peer.next().await, json!({ "id": "a", "type": "complete" }));
    peer.subscribe("a", "subscription { events { id } }").await;
    server.log.until_open(1).await;
    peer.say(&json!({ "id": "a", "type": "complete" })).await;
    server.log.until_open(0).await;
    peer.subscribe("a", "subscription { events { id } }").await;
    server.log.append();
    assert_eq!(peer.next().await, json!({ "id": "a", "type": "next", "payload": event(1) }));
    peer.subscribe("a", "{ machine { name } }").await;
    assert_eq!(peer.closed().await, (4409, "Subscriber for a already exists".to_owned()));
    server.log.until_open(0).await;
}

#[tokio::test]
async fn pings_are_answered_at_any_time_with_what_they_brought() {
    let server = Server::start().await;
    let mut peer = Peer::new(&server, MODERN).await;
    peer.say(&json!({ "type": "ping" })).await;
    assert_eq!(peer.next().await, json!({ "type": "pong" }));
    peer.greet("good").await;
    assert_eq!(peer.next().await["type"], "connection_ack");
    peer.say(&json!({ "type": "pong" })).await;
    peer.say(&json!({ "type": "ping", "payload": { "at": 7 } })).await;
    assert_eq!(peer.next().await, json!({ "type": "pong", "payload": { "at": 7 } }));
}

#[tokio::test]
async fn queries_and_mutations_are_answered_once() {
    let server = Server::start().await;
    let mut peer = Peer::greeted(&server, MODERN).await;
    let query = json!({
        "query": "query A($id: Int) { machine(id: $id) { name } } query B { __typename }",
        "operationName": "A",
        "variables": { "id": 7 },
    });
    peer.say(&json!({ "id": "q\"1", "type": "subscribe", "payload": query })).await;
    let answer = json!({ "data": { "machine": { "name": "machine 7" } } });
    assert_eq!(peer.next().await, json!({ "id": "q\"1", "type": "next", "payload": answer }));
    assert_eq!(peer.next().await, json!({ "id": "q\"1", "type": "complete" }));
    peer.subscribe("m", "mutation { sell }").await;
    assert_eq!(peer.next().await["payload"], json!({ "data": { "sell": 1 } }));
    assert_eq!(peer.next().await["type"], "complete");
    // What fails within an operation is part of its answer, and in our own words.
    peer.subscribe("b", "{ broken { name } }").await;
    let broken = peer.next().await;
    assert_eq!((&broken["type"], &broken["payload"]["data"]), (&json!("next"), &json!({ "broken": null })));
    assert_eq!(broken["payload"]["errors"][0]["extensions"]["code"], "INTERNAL");
    assert!(!broken.to_string().contains("secret"));
}

#[tokio::test]
async fn what_is_refused_is_an_error_message_and_the_socket_stays() {
    let server = Server::with(Settings { introspection: false, ..settings() }, Listening::default()).await;
    let mut peer = Peer::greeted(&server, MODERN).await;
    for (query, code) in [
        ("{", "BAD_USER_INPUT"),
        ("{ nothing }", "BAD_USER_INPUT"),
        ("query A { machine { name } } query B { machine { name } }", "BAD_USER_INPUT"),
        ("{ __schema { types { name } } }", "FORBIDDEN"),
        ("subscription { forbidden }", "FORBIDDEN"),
        ("subscription { panics }", "INTERNAL"),
        ("{ panics }", "INTERNAL"),
    ] {
        peer.subscribe("1", query).await;
        let refused = peer.next().await;
        assert_eq!((&refused["id"], &refused["type"]), (&json!("1"), &json!("error")), "{query}");
        let errors = refused["payload"].as_array().unwrap();
        assert_eq!(errors[0]["extensions"]["code"], code, "{query}");
        assert!(!errors[0]["message"].as_str().unwrap().contains("on purpose"));
    }
    // No `complete` came after any of them.
    peer.subscribe("1", "{ machine { name } }").await;
    assert_eq!(peer.next().await["type"], "next");
}

#[tokio::test]
async fn a_subscription_gives_each_event_and_ends_with_its_stream() {
    let server = Server::start().await;
    let mut peer = Peer::greeted(&server, MODERN).await;
    peer.subscribe("1", "subscription { three { id } }").await;
    for place in 1..=3 {
        assert_eq!(peer.next().await, json!({ "id": "1", "type": "next", "payload": event(place) }));
    }
    assert_eq!(peer.next().await, json!({ "id": "1", "type": "complete" }));
}

#[tokio::test]
async fn a_client_that_stops_hears_no_more_and_what_is_unknown_is_passed_over() {
    let server = Server::start().await;
    let mut peer = Peer::greeted(&server, MODERN).await;
    peer.say(&json!({ "id": "nothing", "type": "complete" })).await;
    peer.subscribe("1", "subscription { events { id } }").await;
    peer.subscribe("slow", "{ slow }").await;
    server.gate.entered.notified().await;
    server.log.until_open(1).await;
    peer.say(&json!({ "id": "1", "type": "complete" })).await;
    peer.say(&json!({ "id": "slow", "type": "complete" })).await;
    server.log.until_open(0).await;
    server.log.append();
    server.gate.opened.notify_one();
    peer.say(&json!({ "type": "ping" })).await;
    assert_eq!(peer.next().await, json!({ "type": "pong" }));
}

#[tokio::test]
async fn a_client_that_leaves_ends_what_it_follows() {
    let server = Server::start().await;
    let mut polite = Peer::greeted(&server, MODERN).await;
    polite.subscribe("1", "subscription { events { id } }").await;
    server.log.until_open(1).await;
    polite.socket.close(None).await.unwrap();
    assert!(matches!(polite.frame().await, Some(Message::Close(None)) | None));
    server.log.until_open(0).await;
    let mut rude = Peer::greeted(&server, MODERN).await;
    rude.subscribe("1", "subscription { events { id } }").await;
    server.log.until_open(1).await;
    drop(rude);
    server.log.until_open(0).await;
}
