//! `graphql-ws`, the sub-protocol of old Apollo clients.

use std::time::Duration;

use serde_json::json;

use super::{
    Server, TOKEN,
    log::event,
    peer::{LEGACY, Peer},
    settings,
};
use crate::http::{Listening, Settings, Streaming};

#[tokio::test]
async fn an_old_client_begins_before_it_is_acknowledged() {
    let server = Server::start().await;
    let mut peer = Peer::new(&server, LEGACY).await;
    peer.greet(TOKEN).await;
    let payload = json!({ "query": "subscription { three { id } }", "variables": {} });
    peer.say(&json!({ "id": "1", "type": "start", "payload": payload })).await;
    assert_eq!(peer.next().await, json!({ "type": "connection_ack" }));
    assert_eq!(peer.next().await, json!({ "type": "ka" }));
    for place in 1..=3 {
        assert_eq!(peer.next().await, json!({ "id": "1", "type": "data", "payload": event(place) }));
    }
    assert_eq!(peer.next().await, json!({ "id": "1", "type": "complete" }));
}

#[tokio::test]
async fn a_bad_token_is_a_connection_error_and_the_end() {
    let server = Server::start().await;
    let mut peer = Peer::new(&server, LEGACY).await;
    peer.greet("wrong").await;
    assert_eq!(
        peer.next().await,
        json!({ "type": "connection_error", "payload": { "message": "Forbidden" } })
    );
    assert_eq!(peer.closed().await.0, 4403);
}

#[tokio::test]
async fn what_is_refused_is_one_error_that_holds_all() {
    let server = Server::start().await;
    let mut peer = Peer::greeted(&server, LEGACY).await;
    peer.say(&json!({ "id": "1", "type": "start", "payload": { "query": "{ nothing }" } })).await;
    let refused = peer.next().await;
    assert_eq!((&refused["id"], &refused["type"]), (&json!("1"), &json!("error")));
    assert!(refused["payload"]["message"].is_string());
    assert_eq!(refused["payload"]["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

#[tokio::test]
async fn an_operation_is_stopped_with_a_complete_and_begun_anew_under_its_id() {
    let server = Server::start().await;
    let mut peer = Peer::greeted(&server, LEGACY).await;
    let start =
        json!({ "id": "1", "type": "start", "payload": { "query": "subscription { events { id } }" } });
    peer.say(&start).await;
    server.log.until_open(1).await;
    peer.say(&start).await;
    server.log.until_asked(2).await;
    server.log.until_open(1).await;
    server.log.append();
    assert_eq!(peer.next().await, json!({ "id": "1", "type": "data", "payload": event(1) }));
    peer.say(&json!({ "id": "1", "type": "stop" })).await;
    assert_eq!(peer.next().await, json!({ "id": "1", "type": "complete" }));
    server.log.until_open(0).await;
    peer.say(&json!({ "type": "connection_terminate" })).await;
    assert_eq!(peer.closed().await.0, 1000);
}

#[tokio::test]
async fn an_old_client_is_told_again_and_again_that_we_live() {
    let streaming = Streaming { ping: Duration::from_millis(50), ..Streaming::default() };
    let server = Server::with(Settings { streaming, ..settings() }, Listening::default()).await;
    let mut peer = Peer::greeted(&server, LEGACY).await;
    for _ in 0..3 {
        assert_eq!(peer.next().await, json!({ "type": "ka" }));
    }
}

#[tokio::test]
async fn the_two_sub_protocols_do_not_mix() {
    let server = Server::start().await;
    let mut peer = Peer::greeted(&server, LEGACY).await;
    peer.subscribe("1", "{ machine { name } }").await;
    assert_eq!(peer.closed().await.0, 4400);
}
