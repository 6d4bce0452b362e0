//! Apollo's multipart protocol for subscriptions.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Answer, SHORT, Server, TOKEN, events::Body, log::event, settings};
use crate::http::{Listening, Settings, Streaming};

/// What Apollo Kotlin and iOS send.
const ACCEPT: &str =
    "multipart/mixed;subscriptionSpec=1.0, application/graphql-response+json, application/json";

fn asked(server: &Server, accept: &str, query: &str) -> reqwest::RequestBuilder {
    with_token(server, TOKEN, accept, query)
}

fn with_token(server: &Server, token: &str, accept: &str, query: &str) -> reqwest::RequestBuilder {
    let request = server.client.post(format!("{}/graphql", server.url)).bearer_auth(token);
    request.header("accept", accept).json(&json!({ "query": query }))
}

/// The parts of a whole body.
fn parts(text: &str, boundary: &str) -> Vec<Value> {
    let text = text.strip_prefix(&format!("\r\n--{boundary}")).unwrap();
    let text = text.strip_suffix("--\r\n").unwrap();
    let delimiter = format!("\r\n--{boundary}");
    text.split(&delimiter)
        .filter(|part| !part.is_empty())
        .map(|part| {
            let json = part.strip_prefix("\r\ncontent-type: application/json\r\n\r\n").unwrap();
            serde_json::from_str(json).unwrap()
        })
        .collect()
}

#[tokio::test]
async fn a_subscription_is_a_row_of_parts_with_payloads() {
    let server = Server::start().await;
    for (accept, boundary) in [
        (ACCEPT, "graphql"),
        ("multipart/mixed;boundary=\"-\";subscriptionSpec=1.0, application/json", "-"),
        ("multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json", "graphql"),
    ] {
        let body = Body::of(asked(&server, accept, "subscription { three { id } }")).await;
        let content_type = format!("multipart/mixed;boundary=\"{boundary}\";subscriptionSpec=1.0");
        assert_eq!(body.header("content-type"), content_type);
        let (text, whole) = body.rest().await;
        let expected: Vec<_> = (1..=3).map(|place| json!({ "payload": event(place) })).collect();
        assert_eq!((parts(&text, boundary), whole), (expected, true));
    }
}

#[tokio::test]
async fn a_part_is_followed_by_its_delimiter_at_once() {
    let server = Server::start().await;
    let mut body = Body::of(asked(&server, ACCEPT, "subscription { events { id } }")).await;
    server.log.append();
    body.until(&format!("{{\"payload\":{}}}\r\n--graphql", event(1))).await;
    assert!(body.text.ends_with("\r\n--graphql"));
}

#[tokio::test]
async fn whatever_is_no_subscription_has_its_ordinary_answer() {
    let server = Server::start().await;
    let query = Answer::of(asked(&server, ACCEPT, "{ machine { name } }")).await;
    assert_eq!(
        (query.status, query.header("content-type")),
        (200, "application/graphql-response+json; charset=utf-8")
    );
    let wrong = Answer::of(asked(&server, ACCEPT, "subscription {")).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (400, "BAD_USER_INPUT"));
    let alone = asked(&server, "multipart/mixed;subscriptionSpec=1.0", "{ machine { name } }");
    assert_eq!(Answer::of(alone).await.header("content-type"), "application/json; charset=utf-8");
}

#[tokio::test]
async fn a_refusal_is_the_operations_own_error() {
    let server = Server::start().await;
    let body = Body::of(asked(&server, ACCEPT, "subscription { forbidden }")).await;
    let parts = parts(&body.rest().await.0, "graphql");
    assert_eq!(parts.len(), 1);
    assert_eq!(parts[0]["payload"]["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert!(parts[0].get("errors").is_none());
}

#[tokio::test]
async fn heartbeats_are_empty_objects() {
    let streaming = Streaming { keep_alive: Duration::from_millis(50), ..Streaming::default() };
    let server = Server::with(Settings { streaming, ..settings() }, Listening::default()).await;
    let mut body = Body::of(asked(&server, ACCEPT, "subscription { events { id } }")).await;
    let beat = "\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql";
    body.until(&beat.repeat(3)).await;
}

#[tokio::test]
async fn the_end_of_the_token_and_the_shutdown_are_errors_of_the_transport() {
    let mut server = Server::start().await;
    let query = "subscription { events { id } }";
    let short = Body::of(with_token(&server, SHORT, ACCEPT, query)).await;
    let (text, whole) = short.rest().await;
    let ended = parts(&text, "graphql").pop().unwrap();
    assert!(whole && ended["payload"].is_null());
    assert_eq!(ended["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    let mut open = Body::of(asked(&server, ACCEPT, query)).await;
    open.until("graphql").await;
    server.stop.take().unwrap().send(()).unwrap();
    let (text, whole) = open.rest().await;
    let ended = parts(&text, "graphql").pop().unwrap();
    assert!(whole && ended["payload"].is_null());
    assert_eq!(ended["errors"][0]["extensions"]["code"], "OVERLOADED");
}
