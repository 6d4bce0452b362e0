//! Readiness goes red before anything must be refused, and green again when it is well.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::{
    Answer, Server,
    peer::{MODERN, Peer},
    settings,
};
use crate::http::{Listening, Settings, Streaming};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(10);

async fn ready(server: &Server) -> (u16, Value) {
    let answer = Answer::of(server.client.get(format!("{}/readyz", server.url))).await;
    (answer.status, answer.json())
}

/// Waits until readiness is red, and tells why; or until it is green.
async fn until(server: &Server, status: u16) -> Value {
    let waiting = async {
        let mut pace = tokio::time::interval(Duration::from_millis(20));
        loop {
            pace.tick().await;
            match ready(server).await {
                (found, body) if found == status => return body,
                _ => {}
            }
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it comes to that")
}

#[tokio::test]
async fn many_requests_under_way_make_it_unready_before_one_is_refused() {
    let server = Server::with(Settings { concurrency: 10, ..settings() }, Listening::default()).await;
    let mut slow: Vec<_> = Vec::new();
    for _ in 0..9 {
        slow.push(tokio::spawn(server.post().json(&json!({ "query": "{ slow }" })).send()));
        server.gate.entered.notified().await;
    }
    let told = until(&server, 503).await;
    let reason = "there are nearly as many requests under way (limits.max_concurrency) as there may be: 10";
    assert_eq!(told, json!({ "status": "unready", "reasons": [reason] }));
    assert_eq!(server.query("{ machine { name } }").await.status, 200, "what still comes is answered");
    // One less is not yet well.
    server.gate.opened.notify_one();
    tokio::time::timeout(PATIENCE, async {
        while !slow.iter().any(tokio::task::JoinHandle::is_finished) {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    assert_eq!(ready(&server).await.0, 503);
    server.gate.opened.notify_one();
    until(&server, 200).await;
    server.gate.opened.notify_waiters();
}

#[tokio::test]
async fn many_connections_make_it_unready() {
    let listening = Listening { connections: 20, ..Listening::default() };
    let server = Server::with(settings(), listening).await;
    assert_eq!(ready(&server).await.0, 200);
    let mut idle = Vec::new();
    for _ in 0..18 {
        idle.push(TcpStream::connect(server.address).await.unwrap());
    }
    let told = until(&server, 503).await;
    assert!(told["reasons"][0].as_str().unwrap().contains("limits.connections"), "{told}");
    drop(idle);
    until(&server, 200).await;
}

#[tokio::test]
async fn many_sockets_make_it_unready() {
    let streaming = Streaming { places: 2, ..Streaming::default() };
    let server = Server::with(Settings { streaming, ..settings() }, Listening::default()).await;
    let peers = [Peer::greeted(&server, MODERN).await, Peer::greeted(&server, MODERN).await];
    let told = until(&server, 503).await;
    assert!(told["reasons"][0].as_str().unwrap().contains("limits.streams"), "{told}");
    drop(peers);
    until(&server, 200).await;
}
