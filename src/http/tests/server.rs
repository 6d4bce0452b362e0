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
    let (head_timeout, idle_timeout) = (Duration::from_millis(200), Duration::from_millis(300));
    let listening = Listening { head_timeout, idle_timeout, ..Listening::default() };
    let server = Server::with(settings(), listening).await;
    for beginning in ["", "P", "POST /graphql HTTP/1.1\r\nhost: x\r\nx-slow: "] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(beginning.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "{beginning:?} holds the connection");
        assert!(rest.is_empty(), "a head that is not there is not answered");
    }
}

#[tokio::test]
async fn a_head_that_comes_a_byte_at_a_time_is_given_up_and_a_rest_before_it_is_not() {
    let listening = Listening { head_timeout: Duration::from_millis(400), ..Listening::default() };
    let server = Server::with(settings(), listening).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let ask = b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut buffer = [0; 512];
    let mut pace = tokio::time::interval(Duration::from_millis(600));
    for _ in 0..3 {
        // Longer than a head may take passes between requests.
        pace.tick().await;
        stream.write_all(ask).await.unwrap();
        assert!(stream.read(&mut buffer).await.unwrap() > 0);
    }
    let begun = tokio::time::Instant::now();
    let mut pace = tokio::time::interval(Duration::from_millis(20));
    let (mut reading, mut writing) = stream.into_split();
    let dripping = async {
        loop {
            pace.tick().await;
            if writing.write_all(b"x").await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    let ended = async {
        let mut rest = Vec::new();
        let _ = reading.read_to_end(&mut rest).await;
    };
    let within = tokio::time::timeout(Duration::from_secs(5), async {
        tokio::select! {
            () = ended => {}
            () = dripping => {}
        }
    });
    within.await.expect("whoever drips is given up");
    assert!(begun.elapsed() >= Duration::from_millis(300), "not before its time");
}

#[tokio::test]
async fn a_connection_that_rests_for_too_long_after_an_answer_is_closed_and_no_sooner() {
    let idle_timeout = Duration::from_secs(1);
    let server = Server::with(settings(), Listening { idle_timeout, ..Listening::default() }).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let mut buffer = [0; 512];
    let mut pace = tokio::time::interval(idle_timeout / 2);
    let mut asked = tokio::time::Instant::now();
    // Longer than the timeout in all, and never as long at a time.
    for _ in 0..4 {
        asked = pace.tick().await;
        stream.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        assert!(stream.read(&mut buffer).await.unwrap() > 0);
    }
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await;
    assert!(ended.is_ok() && rest.is_empty());
    assert!(asked.elapsed() >= idle_timeout, "{:?}", asked.elapsed());
}

/// The first line of what comes back.
async fn first_line(server: &Server, request: &str) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    // The answer may come, and the door close, before all is written.
    let _ = stream.write_all(request.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_head_that_is_too_long_or_has_too_many_lines_is_431() {
    let listening = Listening { header_bytes: 16 * 1024, ..Listening::default() };
    let server = Server::with(settings(), listening).await;
    let head =
        |headers: &str| format!("GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n");
    assert_eq!(
        first_line(&server, &head(&format!("x: {}\r\n", "y".repeat(15_000)))).await,
        "HTTP/1.1 200 OK"
    );
    assert_eq!(first_line(&server, &head(&"x: y\r\n".repeat(98))).await, "HTTP/1.1 200 OK");
    for too_much in [
        head(&format!("x: {}\r\n", "y".repeat(17_000))),
        head(&format!("{}: y\r\n", "x".repeat(17_000))),
        head(&format!("x: {}\r\n", "y".repeat(1_000)).repeat(17)),
        head(&"x: y\r\n".repeat(99)),
        format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "y".repeat(17_000)),
    ] {
        let told = first_line(&server, &too_much).await;
        assert_eq!(told, "HTTP/1.1 431 Request Header Fields Too Large", "{}", too_much.len());
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
