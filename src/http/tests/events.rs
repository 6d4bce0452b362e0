//! graphql-sse, distinct connections.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Answer, SHORT, Server, log::event, settings};
use crate::{
    domain::Place,
    http::{Listening, Settings, Streaming},
};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(5);

/// A body that is read as it comes.
pub(super) struct Body {
    response: reqwest::Response,
    pub text: String,
}

impl Body {
    pub(super) async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        Self { response, text: String::new() }
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Reads until it holds `wanted`.
    pub(super) async fn until(&mut self, wanted: &str) {
        while !self.text.contains(wanted) {
            let piece = tokio::time::timeout(PATIENCE, self.response.chunk()).await;
            let piece = piece.unwrap_or_else(|_| panic!("{wanted:?} did not come, but {:?}", self.text));
            let piece = piece.unwrap().unwrap_or_else(|| panic!("{:?} is all", self.text));
            self.text.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }

    /// Reads what is left; whether the body came to its proper end.
    pub(super) async fn rest(self) -> (String, bool) {
        let Self { response, mut text } = self;
        let mut pieces = response.bytes_stream();
        loop {
            match tokio::time::timeout(PATIENCE, pieces.next()).await.expect("the body does not end") {
                Some(Ok(piece)) => text.push_str(std::str::from_utf8(&piece).unwrap()),
                Some(Err(_)) => return (text, false),
                None => return (text, true),
            }
        }
    }
}

fn asked(server: &Server, query: &str) -> reqwest::RequestBuilder {
    let url = format!("{}/graphql", server.url);
    let request = server.client.post(url).bearer_auth(super::TOKEN).header("accept", "text/event-stream");
    request.json(&json!({ "query": query }))
}

fn next(place: u64) -> String {
    format!("event: next\nid: {}\ndata: {}\n\n", Place(place).encode(), event(place))
}

#[tokio::test]
async fn a_subscription_is_a_row_of_events_named_by_their_cursors() {
    let server = Server::start().await;
    let body = Body::of(asked(&server, "subscription { three { id } }")).await;
    assert_eq!(body.header("content-type"), "text/event-stream; charset=utf-8");
    assert_eq!(body.header("x-accel-buffering"), "no");
    assert_eq!(body.header("cache-control"), "no-store, no-transform");
    assert_eq!(body.header("content-encoding"), "");
    let (text, whole) = body.rest().await;
    let expected = format!(":\n\n{}{}{}event: complete\ndata: \n\n", next(1), next(2), next(3));
    assert_eq!((text, whole), (expected, true));
}

#[tokio::test]
async fn an_event_source_goes_on_where_it_was() {
    let server = Server::start().await;
    let from = |place: &str| {
        let query = "/graphql?query=subscription%20%7B%20three%20%7B%20id%20%7D%20%7D";
        server.get(query).header("accept", "text/event-stream").header("last-event-id", place)
    };
    let (text, _) = Body::of(from(&Place(2).encode())).await.rest().await;
    assert_eq!(text, format!(":\n\n{}event: complete\ndata: \n\n", next(3)));
    assert_eq!(server.log.asked.borrow()[0].1, Some(Place(2)));
    let foreign = Answer::of(from("yesterday")).await;
    assert_eq!((foreign.status, foreign.code().as_str()), (400, "BAD_USER_INPUT"));
}

#[tokio::test]
async fn an_event_is_sent_at_once_and_who_leaves_is_followed_no_more() {
    let server = Server::start().await;
    let mut body = Body::of(asked(&server, "subscription { events { id } }")).await;
    body.until(":\n\n").await;
    for place in 1..=3 {
        server.log.append();
        body.until(&next(place)).await;
    }
    drop(body);
    server.log.until_open(0).await;
}

#[tokio::test]
async fn a_query_or_a_mutation_is_one_event() {
    let server = Server::start().await;
    for (query, data) in [
        ("{ machine { name } }", json!({ "machine": { "name": "machine 1" } })),
        ("mutation { sell }", json!({ "sell": 1 })),
    ] {
        let (text, _) = Body::of(asked(&server, query)).await.rest().await;
        let answer = json!({ "data": data });
        assert_eq!(text, format!(":\n\nevent: next\ndata: {answer}\n\nevent: complete\ndata: \n\n"));
    }
    let mutation = server.get("/graphql?query=mutation%7Bsell%7D").header("accept", "text/event-stream");
    let mutation = Answer::of(mutation).await;
    assert_eq!((mutation.status, mutation.header("allow")), (405, "POST"));
}

#[tokio::test]
async fn what_is_refused_is_told_within_the_stream() {
    let server = Server::start().await;
    for (query, code) in [
        ("{", "BAD_USER_INPUT"),
        ("{ nothing }", "BAD_USER_INPUT"),
        ("subscription { forbidden }", "FORBIDDEN"),
        ("subscription { panics }", "INTERNAL"),
    ] {
        let (text, whole) = Body::of(asked(&server, query)).await.rest().await;
        let data = text.strip_prefix(":\n\nevent: next\ndata: ").unwrap();
        let data = data.strip_suffix("\n\nevent: complete\ndata: \n\n").unwrap();
        let answer: Value = serde_json::from_str(data).unwrap();
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{query}");
        assert!(whole && answer.get("data").is_none());
    }
}

#[tokio::test]
async fn what_cannot_be_read_or_let_in_has_its_status() {
    let server = Server::start().await;
    let url = format!("{}/graphql", server.url);
    let request = || server.client.post(&url).header("accept", "text/event-stream");
    let stranger = Answer::of(request().json(&json!({ "query": "{ machine { name } }" }))).await;
    assert_eq!((stranger.status, stranger.code().as_str()), (401, "UNAUTHENTICATED"));
    let empty = Answer::of(request().bearer_auth(super::TOKEN).json(&json!({}))).await;
    assert_eq!((empty.status, empty.code().as_str()), (400, "BAD_USER_INPUT"));
}

#[tokio::test]
async fn a_stream_without_news_says_that_it_lives() {
    let streaming = Streaming { keep_alive: Duration::from_millis(50), ..Streaming::default() };
    let settings = Settings { streaming, request_timeout: Duration::from_millis(100), ..settings() };
    let server = Server::with(settings, Listening::default()).await;
    let mut body = Body::of(asked(&server, "subscription { events { id } }")).await;
    // Longer than a request may take.
    body.until(":\n\n:\n\n:\n\n:\n\n:\n\n").await;
    server.log.append();
    body.until(&next(1)).await;
}

#[tokio::test]
async fn a_stream_ends_with_its_token_without_a_complete() {
    let server = Server::start().await;
    let request = server.client.post(format!("{}/graphql", server.url)).bearer_auth(SHORT);
    let request = request.header("accept", "text/event-stream");
    let body = Body::of(request.json(&json!({ "query": "subscription { events { id } }" }))).await;
    assert_eq!(body.rest().await.0, ":\n\n");
    server.log.until_open(0).await;
}

#[tokio::test]
async fn a_shutdown_ends_a_stream_without_a_complete() {
    let mut server = Server::start().await;
    let mut body = Body::of(asked(&server, "subscription { events { id } }")).await;
    body.until(":\n\n").await;
    server.stop.take().unwrap().send(()).unwrap();
    assert_eq!(body.rest().await.0, ":\n\n");
    tokio::time::timeout(PATIENCE, server.task).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_stream_too_many_is_503_and_takes_no_place_of_a_request() {
    let streaming = Streaming { places: 2, ..Streaming::default() };
    let server =
        Server::with(Settings { streaming, concurrency: 1, ..settings() }, Listening::default()).await;
    let query = "subscription { events { id } }";
    let _first = Body::of(asked(&server, query)).await;
    let second = Body::of(asked(&server, query)).await;
    let third = Answer::of(asked(&server, query)).await;
    assert_eq!((third.status, third.code().as_str(), third.header("retry-after")), (503, "OVERLOADED", "1"));
    assert_eq!(server.query("{ machine { name } }").await.status, 200);
    drop(second);
    server.log.until_open(1).await;
    assert_eq!(asked(&server, query).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_subscription_in_one_piece_is_refused_with_words_that_help() {
    let server = Server::start().await;
    for (accept, status) in [("application/graphql-response+json", 400), ("application/json", 200)] {
        let request = server.client.post(format!("{}/graphql", server.url)).bearer_auth(super::TOKEN);
        let request = request.header("accept", accept);
        let answer = Answer::of(request.json(&json!({ "query": "subscription { events { id } }" }))).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, "BAD_USER_INPUT"));
        assert!(answer.text.contains("text/event-stream"), "{}", answer.text);
    }
    assert!(server.log.asked.borrow().is_empty());
}

/// Begins to follow more than any buffer holds, and reads nothing of it.
async fn deaf(server: &Server, accept: &str) -> TcpStream {
    let body = json!({ "query": "subscription { flood }" }).to_string();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer good\r\naccept: {accept}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn a_client_that_does_not_read_is_not_read_ahead_for() {
    let server = Server::start().await;
    let _stream = deaf(&server, "text/event-stream").await;
    server.log.until_open(1).await;
    let taken = server.log.until_full().await;
    assert!(taken > 0 && taken < 5_000, "{taken}");
}

#[tokio::test]
async fn a_client_that_takes_nothing_for_too_long_gives_its_place_back() {
    let listening = Listening { write_timeout: Duration::from_millis(300), ..Listening::default() };
    let streaming = Streaming { places: 1, ..Streaming::default() };
    let server = Server::with(Settings { streaming, ..settings() }, listening).await;
    for accept in ["text/event-stream", "multipart/mixed;subscriptionSpec=1.0, application/json"] {
        let _stream = deaf(&server, accept).await;
        server.log.until_open(1).await;
        server.log.until_open(0).await;
    }
    let next = tokio::time::timeout(PATIENCE, async {
        // The place comes back a moment after the stream is let go of.
        while asked(&server, "subscription { events { id } }").send().await.unwrap().status() != 200 {
            tokio::task::yield_now().await;
        }
    });
    next.await.expect("the place is free again");
}

#[tokio::test]
async fn a_client_that_reads_slowly_keeps_its_place() {
    let listening = Listening { write_timeout: Duration::from_secs(1), ..Listening::default() };
    let server = Server::with(settings(), listening).await;
    let mut stream = deaf(&server, "text/event-stream").await;
    server.log.until_open(1).await;
    let (begun, mut taken) = (tokio::time::Instant::now(), vec![0; 512 * 1024]);
    while begun.elapsed() < Duration::from_millis(2500) {
        stream.readable().await.unwrap();
        let read = stream.read(&mut taken).await.unwrap();
        assert!(read > 0, "it was given up");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
