//! Too many, too long, too slow, and the end, on a socket.

use std::{sync::atomic::Ordering, time::Duration};

use futures_util::StreamExt;
use serde_json::json;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::{
    SHORT, Server,
    peer::{MODERN, Peer, connect},
    settings,
};
use crate::http::{Listening, Settings, Streaming};

async fn server(streaming: Streaming) -> Server {
    Server::with(Settings { streaming, ..settings() }, Listening::default()).await
}

#[tokio::test]
async fn a_client_that_does_not_greet_is_closed_with_4408() {
    let server = server(Streaming { greeting: Duration::from_millis(100), ..Streaming::default() }).await;
    let mut peer = Peer::new(&server, MODERN).await;
    peer.say(&json!({ "type": "ping" })).await;
    assert_eq!(peer.closed().await, (4408, "Connection initialisation timeout".to_owned()));
    // Whoever did greet, is not late any more.
    let mut greeted = Peer::greeted(&server, MODERN).await;
    assert!(tokio::time::timeout(Duration::from_millis(300), greeted.socket.next()).await.is_err());
}

#[tokio::test]
async fn a_socket_is_closed_with_4401_when_its_token_expires() {
    let server = Server::start().await;
    let mut peer = Peer::new(&server, MODERN).await;
    peer.greet(SHORT).await;
    assert_eq!(peer.next().await["type"], "connection_ack");
    peer.subscribe("1", "subscription { events { id } }").await;
    let (code, reason) = peer.closed().await;
    assert_eq!((code, reason.as_str()), (4401, "Unauthorized: the token has expired"));
    server.log.until_open(0).await;
}

#[tokio::test]
async fn a_shutdown_closes_every_socket_with_1012_and_waits_for_it() {
    let mut server = Server::start().await;
    let mut greeted = Peer::greeted(&server, MODERN).await;
    greeted.subscribe("1", "subscription { events { id } }").await;
    server.log.until_open(1).await;
    let mut silent = Peer::new(&server, MODERN).await;
    server.stop.take().unwrap().send(()).unwrap();
    assert_eq!(greeted.closed().await, (1012, "Service restart".to_owned()));
    assert_eq!(silent.closed().await.0, 1012);
    drop((greeted, silent));
    tokio::time::timeout(Duration::from_secs(5), server.task).await.unwrap().unwrap();
    assert_eq!(*server.log.open.borrow(), 0);
}

#[tokio::test]
async fn a_client_is_asked_for_a_sign_of_life_and_dropped_without_one() {
    let ping = Duration::from_millis(50);
    let server =
        server(Streaming { ping, silence: Duration::from_millis(400), ..Streaming::default() }).await;
    let mut peer = Peer::greeted(&server, MODERN).await;
    peer.subscribe("1", "subscription { events { id } }").await;
    let (mut frames, mut messages) = (0, 0);
    // As long as frames are read, the layer below answers them: that is a sign of life.
    let begun = std::time::Instant::now();
    while begun.elapsed() < Duration::from_millis(800) {
        let heard = peer.socket.next().await.unwrap().unwrap();
        frames += usize::from(heard.is_ping());
        messages += usize::from(heard == Message::text(r#"{"type":"ping"}"#));
    }
    assert!(frames >= 4 && messages >= 4, "{frames} and {messages}");
    assert_eq!(*server.log.open.borrow(), 1);
    // Nothing is read any more, so nothing is answered.
    server.log.until_open(0).await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_not_read_ahead_for_and_slows_nobody() {
    let server = Server::start().await;
    let mut lazy = Peer::greeted(&server, MODERN).await;
    lazy.subscribe("1", "subscription { flood }").await;
    server.log.until_open(1).await;
    // Until the system's buffers are full, answers are taken; then no more.
    let taken = server.log.until_full().await;
    assert!(taken > 0 && taken < 5_000, "{taken}");
    let mut other = Peer::greeted(&server, MODERN).await;
    other.subscribe("1", "subscription { three { id } }").await;
    assert_eq!(other.next().await["type"], "next");
    // It goes on where it was, without a gap, as soon as it reads.
    for _ in 0..taken + 10 {
        assert_eq!(lazy.next().await["type"], "next");
    }
    assert!(server.log.taken.load(Ordering::SeqCst) > taken);
}

#[tokio::test]
async fn the_operations_of_a_socket_take_turns() {
    let server = Server::start().await;
    let mut peer = Peer::greeted(&server, MODERN).await;
    peer.subscribe("a", "subscription { flood }").await;
    assert_eq!(peer.next().await["id"], "a");
    peer.subscribe("b", "subscription { flood }").await;
    while peer.next().await["id"] != "b" {}
    let mut counts = [0, 0];
    for _ in 0..1_000 {
        counts[usize::from(peer.next().await["id"] == "b")] += 1;
    }
    assert!(counts.iter().all(|count| *count > 400), "{counts:?}");
    // A client is heard although there is always something to send.
    peer.say(&json!({ "id": "a", "type": "complete" })).await;
    // It goes on reading meanwhile: to one that does not, nothing more is sent, and so nothing more is heard of it.
    let reading = async { while peer.next().await["type"] == "next" {} };
    tokio::select! {
        () = server.log.until_open(1) => {}
        () = reading => panic!("a flood ended by itself"),
    }
}

#[tokio::test]
async fn an_operation_too_many_is_an_error_message() {
    let server = server(Streaming { operations: 2, ..Streaming::default() }).await;
    let mut peer = Peer::greeted(&server, MODERN).await;
    for id in ["a", "b", "c"] {
        peer.subscribe(id, "subscription { events { id } }").await;
    }
    let refused = peer.next().await;
    assert_eq!((&refused["id"], &refused["type"]), (&json!("c"), &json!("error")));
    assert_eq!(refused["payload"][0]["extensions"]["code"], "OVERLOADED");
    peer.say(&json!({ "id": "a", "type": "complete" })).await;
    peer.subscribe("c", "{ machine { name } }").await;
    assert_eq!(peer.next().await["type"], "next");
}

#[tokio::test]
async fn a_socket_too_many_is_503_and_requests_have_places_of_their_own() {
    let settings =
        Settings { concurrency: 1, streaming: Streaming { places: 2, ..Streaming::default() }, ..settings() };
    let server = Server::with(settings, Listening::default()).await;
    let mut first = Peer::greeted(&server, MODERN).await;
    let _second = Peer::new(&server, MODERN).await;
    match connect(&server, &[("sec-websocket-protocol", MODERN)]).await {
        Err(Error::Http(response)) => {
            assert_eq!(response.status(), 503);
            assert_eq!(response.headers()["retry-after"], "1");
        }
        _ => panic!("a third socket was opened"),
    }
    assert_eq!(server.query("{ machine { name } }").await.status, 200);
    // A query over a socket is a request under way like any other.
    first.subscribe("slow", "{ slow }").await;
    server.gate.entered.notified().await;
    assert_eq!(server.query("{ machine { name } }").await.status, 503);
    first.subscribe("2", "{ machine { name } }").await;
    let refused = first.next().await;
    assert_eq!((&refused["id"], &refused["type"]), (&json!("2"), &json!("error")));
    assert_eq!(refused["payload"][0]["extensions"]["code"], "OVERLOADED");
    server.gate.opened.notify_one();
    assert_eq!(first.next().await["payload"], json!({ "data": { "slow": true } }));
}

#[tokio::test]
async fn a_query_over_a_socket_ends_with_the_time_of_a_request_and_a_subscription_does_not() {
    let short = Settings { request_timeout: Duration::from_millis(200), ..settings() };
    let server = Server::with(short, Listening::default()).await;
    let mut peer = Peer::greeted(&server, MODERN).await;
    peer.subscribe("1", "subscription { events { id } }").await;
    peer.subscribe("2", "{ slow }").await;
    let late = peer.next().await;
    assert_eq!((&late["id"], &late["type"]), (&json!("2"), &json!("error")));
    assert_eq!(late["payload"][0]["extensions"]["code"], "OVERLOADED");
    server.log.append();
    assert_eq!(peer.next().await["id"], "1");
}

#[tokio::test]
async fn a_handshake_that_is_none_is_400_in_our_own_shape() {
    let server = Server::start().await;
    let request = server.get("/graphql").header("upgrade", "websocket").header("connection", "upgrade");
    let answer = super::Answer::of(request).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_USER_INPUT"));
}

#[tokio::test]
async fn a_client_that_reads_slowly_is_not_taken_for_dead() {
    let streaming = Streaming {
        ping: Duration::from_millis(50),
        silence: Duration::from_millis(400),
        ..Streaming::default()
    };
    let server = server(streaming).await;
    let mut slow = Peer::greeted(&server, MODERN).await;
    slow.subscribe("1", "subscription { flood }").await;
    // Reads too little to come to a ping before its answer is overdue.
    let begun = std::time::Instant::now();
    let mut pace = tokio::time::interval(Duration::from_millis(10));
    while begun.elapsed() < Duration::from_millis(1_500) {
        pace.tick().await;
        for _ in 0..20 {
            assert!(matches!(slow.frame().await, Some(Message::Text(_))));
        }
    }
    assert_eq!(*server.log.open.borrow(), 1);
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_given_up_by_its_connection() {
    let listening = Listening { write_timeout: Duration::from_millis(300), ..Listening::default() };
    let server = Server::with(settings(), listening).await;
    let mut lazy = Peer::greeted(&server, MODERN).await;
    lazy.subscribe("1", "subscription { flood }").await;
    server.log.until_open(1).await;
    server.log.until_open(0).await;
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_a_client_that_does_not_read() {
    let mut server = Server::start().await;
    let mut lazy = Peer::greeted(&server, MODERN).await;
    lazy.subscribe("1", "subscription { flood }").await;
    server.log.until_full().await;
    server.stop.take().unwrap().send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), server.task).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_fault_of_ours_is_closed_with_4500() {
    let server = Server::start().await;
    let mut unlucky = Peer::new(&server, MODERN).await;
    unlucky.greet("panics").await;
    assert_eq!(unlucky.closed().await, (4500, "Internal server error".to_owned()));
}
