//! The server under the routes.

use std::time::Duration;

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Server, settings};
use crate::http::Listening;

#[tokio::test]
async fn a_shutdown_waits_for_what_is_under_way_and_takes_nothing_new() {
    let mut server = Server::start().await;
    let under_way = tokio::spawn(server.post().json(&json!({ "query": "{ slow }" })).send());
    server.gate.entered.notified().await;
    server.stop.take().unwrap().send(()).unwrap();
    // The listener is closed as soon as the server noticed.
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!server.task.is_finished());
    server.gate.opened.notify_one();
    assert_eq!(under_way.await.unwrap().unwrap().status(), 200);
    server.task.await.unwrap();
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_ever() {
    let listening = Listening { finish: Duration::from_millis(100), ..Listening::default() };
    let mut server = Server::with(settings(), listening).await;
    let _under_way = tokio::spawn(server.post().json(&json!({ "query": "{ slow }" })).send());
    server.gate.entered.notified().await;
    server.stop.take().unwrap().send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), server.task).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_head_that_does_not_arrive_ends_the_connection() {
    let listening = Listening { head_timeout: Duration::from_millis(200), ..Listening::default() };
    let server = Server::with(settings(), listening).await;
    for beginning in ["", "P", "POST /graphql HTTP/1.1\r\nhost: x\r\nx-slow: "] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(beginning.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "{beginning:?} holds the connection");
    }
}

#[tokio::test]
async fn a_connection_beyond_the_bound_waits_for_one_that_ends() {
    let listening = Listening { connections: 1, ..Listening::default() };
    let server = Server::with(settings(), listening).await;
    let ask = "GET /livez HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut first = TcpStream::connect(server.address).await.unwrap();
    first.write_all(ask.as_bytes()).await.unwrap();
    let mut buffer = [0; 512];
    assert!(first.read(&mut buffer).await.unwrap() > 0);
    let mut second = TcpStream::connect(server.address).await.unwrap();
    second.write_all(ask.as_bytes()).await.unwrap();
    assert!(tokio::time::timeout(Duration::from_millis(100), second.read(&mut buffer)).await.is_err());
    drop(first);
    assert!(second.read(&mut buffer).await.unwrap() > 0);
}
