//! Too much, too long, too slow, too many at once.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{Answer, Server, settings};
use crate::http::{Listening, Settings};

#[tokio::test]
async fn a_body_beyond_the_bound_is_413_whether_announced_or_not() {
    let server = Server::with(Settings { body_bytes: 1000, ..settings() }, Listening::default()).await;
    let body = json!({ "query": "{ machine { name } }", "padding": "x".repeat(2000) }).to_string();
    let announced = server.post().header("content-type", "application/json").body(body.clone());
    let pieces = futures_util::stream::iter([Ok::<_, std::io::Error>(body)]);
    let streamed =
        server.post().header("content-type", "application/json").body(reqwest::Body::wrap_stream(pieces));
    for request in [announced, streamed] {
        let answer = Answer::of(request).await;
        assert_eq!((answer.status, answer.code().as_str()), (413, "BAD_USER_INPUT"));
        assert!(answer.text.contains("1000 bytes"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_document_beyond_the_bounds_is_refused_in_both_types() {
    let server = Server::start().await;
    let bomb =
        (1..31).fold("{ ...F1 } fragment F31 on Query { __typename }".to_owned(), |mut text, number| {
            let next = number + 1;
            write!(text, " fragment F{number} on Query {{ ...F{next} ...F{next} }}").unwrap();
            text
        });
    for query in [bomb, "{a".repeat(250_000), format!("{{ {} }}", "machine { name } ".repeat(9000))] {
        let answer = server.query(&query).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "QUERY_TOO_COMPLEX"));
        assert!(answer.json().get("data").is_none());
    }
}

#[tokio::test]
async fn at_most_twenty_errors_are_told() {
    let server = Server::start().await;
    let wrong = (0..2000).fold(String::new(), |mut text, number| {
        write!(text, "f{number} ").unwrap();
        text
    });
    let answer = server.query(&format!("{{ {wrong} }}")).await;
    assert_eq!(answer.json()["errors"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_408_and_an_answer_that_does_not_come_504() {
    let short = Settings { request_timeout: Duration::from_millis(300), ..settings() };
    let server = Server::with(short, Listening::default()).await;
    let never = futures_util::stream::pending::<Result<&'static str, std::io::Error>>();
    let slow =
        server.post().header("content-type", "application/json").body(reqwest::Body::wrap_stream(never));
    let answer = Answer::of(slow).await;
    assert_eq!((answer.status, answer.code().as_str()), (408, "BAD_USER_INPUT"));
    let late = server.query("{ slow }").await;
    assert_eq!((late.status, late.code().as_str()), (504, "OVERLOADED"));
}

#[tokio::test]
async fn a_body_that_drips_is_408_when_its_time_is_over() {
    let short = Settings { body_timeout: Duration::from_millis(300), ..settings() };
    let server = Server::with(short, Listening::default()).await;
    let drops =
        futures_util::stream::unfold(tokio::time::interval(Duration::from_millis(20)), |mut pace| async {
            pace.tick().await;
            Some((Ok::<_, std::io::Error>(" "), pace))
        });
    let begun = Instant::now();
    let slow =
        server.post().header("content-type", "application/json").body(reqwest::Body::wrap_stream(drops));
    let answer = Answer::of(slow).await;
    assert_eq!((answer.status, answer.code().as_str()), (408, "BAD_USER_INPUT"));
    assert_eq!(answer.header("connection"), "close");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn one_request_too_many_is_503_while_health_is_answered() {
    let server = Server::with(Settings { concurrency: 1, ..settings() }, Listening::default()).await;
    let first = tokio::spawn(server.post().json(&json!({ "query": "{ slow }" })).send());
    server.gate.entered.notified().await;
    let second = server.query("{ machine { name } }").await;
    assert_eq!(
        (second.status, second.code().as_str(), second.header("retry-after")),
        (503, "OVERLOADED", "1")
    );
    assert_eq!(Answer::of(server.client.get(format!("{}/livez", server.url))).await.status, 200);
    server.gate.opened.notify_one();
    assert_eq!(first.await.unwrap().unwrap().status(), 200);
    assert_eq!(server.query("{ machine { name } }").await.status, 200);
}

#[tokio::test]
async fn a_panic_costs_its_own_request_alone() {
    let server = Server::start().await;
    let answer = server.query("{ panics }").await;
    assert_eq!((answer.status, answer.code().as_str()), (500, "INTERNAL"));
    assert!(!answer.text.contains("on purpose"));
    assert_eq!(server.query("{ machine { name } }").await.status, 200);
}
