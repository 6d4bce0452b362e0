//! What one caller may have and do, over real sockets.

use std::{num::NonZeroU32, time::Duration};

use serde_json::{Value, json};

use super::{
    ADMIN, Answer, OTHER, Server,
    peer::{LEGACY, MODERN, Peer},
    settings,
};
use crate::http::{Listening, Settings, Share};

/// More tries than any burst of these tests.
const TRIES: usize = 50;

async fn sharing(share: Share) -> Server {
    Server::with(Settings { share, ..settings() }, Listening::default()).await
}

/// A share of so many at once, and one a second.
fn slow(burst: u32) -> Share {
    let burst = NonZeroU32::new(burst).unwrap();
    Share { per_second: NonZeroU32::new(1), burst, ..settings().share }
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let server = sharing(slow(3)).await;
    let mut answered = 0;
    let refused = loop {
        let answer = server.query("{ machine { name } }").await;
        if answer.status != 200 {
            break answer;
        }
        answered += 1;
        assert!(answered < TRIES, "nothing is refused");
    };
    assert!(answered >= 3, "{answered}");
    assert_eq!(
        (refused.status, refused.code().as_str(), refused.header("retry-after")),
        (429, "OVERLOADED", "1")
    );
    assert!(refused.json().get("data").is_none());
    assert!(refused.text.contains("try again in 1 second"), "{}", refused.text);
    // Nobody else pays for it, and health is no caller's.
    assert_eq!(asked(&server, OTHER).await.status, 200);
    assert_eq!(Answer::of(server.client.get(format!("{}/livez", server.url))).await.status, 200);
    // After that time it is answered again.
    tokio::time::timeout(Duration::from_secs(5), async {
        while server.query("{ machine { name } }").await.status != 200 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the bucket fills");
}

/// A query with a token.
async fn asked(server: &Server, token: &str) -> Answer {
    let request = server.client.post(format!("{}/graphql", server.url)).bearer_auth(token);
    Answer::of(request.json(&json!({ "query": "{ machine { name } }" }))).await
}

#[tokio::test]
async fn a_wrong_token_takes_nothing_of_anybodys_share() {
    let server = sharing(slow(1)).await;
    for _ in 0..TRIES {
        assert_eq!(asked(&server, "wrong").await.status, 401);
    }
    assert_eq!(server.query("{ machine { name } }").await.status, 200);
}

#[tokio::test]
async fn each_operation_over_a_socket_counts_and_the_socket_stays() {
    let server = sharing(slow(2)).await;
    let mut peer = Peer::greeted(&server, MODERN).await;
    let mut answered = 0;
    let refused = loop {
        peer.subscribe("1", "{ machine { name } }").await;
        let message = peer.next().await;
        if message["type"] != "next" {
            break message;
        }
        assert_eq!(peer.next().await["type"], "complete");
        answered += 1;
        assert!(answered < TRIES, "nothing is refused");
    };
    assert!(answered >= 2, "{answered}");
    assert_eq!((&refused["id"], &refused["type"]), (&json!("1"), &json!("error")));
    assert_eq!(refused["payload"][0]["extensions"]["code"], "OVERLOADED");
    // Another socket of the same caller has the same bucket.
    let mut again = Peer::greeted(&server, MODERN).await;
    again.subscribe("1", "subscription { events { id } }").await;
    again.subscribe("2", "subscription { events { id } }").await;
    assert_eq!(again.next().await["type"], "error");
    peer.say(&json!({ "type": "ping" })).await;
    assert_eq!(peer.next().await, json!({ "type": "pong" }));
}

fn is_one_too_many(message: &Value) {
    assert_eq!(message["type"], "error", "{message}");
    assert_eq!(message["payload"][0]["extensions"]["code"], "OVERLOADED");
    let told = message["payload"][0]["message"].as_str().unwrap();
    assert_eq!(told, "this caller has 2 subscriptions open already, and may have no more");
}

#[tokio::test]
async fn a_caller_follows_so_many_subscriptions_over_all_transports() {
    let server = sharing(Share { subscriptions: 2, ..settings().share }).await;
    let query = "subscription { events { id } }";
    let streamed = |token: &str| {
        let request = server.client.post(format!("{}/graphql", server.url)).bearer_auth(token);
        request.header("accept", "text/event-stream").json(&json!({ "query": query }))
    };
    let stream = streamed(super::TOKEN).send().await.unwrap();
    assert_eq!(stream.status(), 200);
    let mut peer = Peer::greeted(&server, MODERN).await;
    peer.subscribe("a", query).await;
    server.log.until_open(2).await;
    peer.subscribe("b", query).await;
    is_one_too_many(&peer.next().await);
    let refused = Answer::of(streamed(super::TOKEN)).await;
    assert_eq!(
        (refused.status, refused.code().as_str(), refused.header("retry-after")),
        (429, "OVERLOADED", "1")
    );
    assert_eq!(streamed(ADMIN).send().await.unwrap().status(), 200, "somebody else");
    // A query is no subscription; and what ends makes room.
    peer.subscribe("query", "{ machine { name } }").await;
    assert_eq!(peer.next().await["type"], "next");
    assert_eq!(peer.next().await["type"], "complete");
    drop(stream);
    server.log.until_open(1).await;
    peer.subscribe("c", query).await;
    server.log.until_open(2).await;
}

#[tokio::test]
async fn a_caller_has_so_many_sockets_and_streams() {
    let server = sharing(Share { streams: 2, ..settings().share }).await;
    let _modern = Peer::greeted(&server, MODERN).await;
    let legacy = Peer::greeted(&server, LEGACY).await;
    let mut third = Peer::new(&server, MODERN).await;
    third.greet(super::TOKEN).await;
    assert_eq!(third.closed().await, (1013, "this caller has too many sockets and streams open".to_owned()));
    let mut other = Peer::new(&server, MODERN).await;
    other.greet(ADMIN).await;
    assert_eq!(other.next().await["type"], "connection_ack");
    drop(legacy);
    tokio::time::timeout(Duration::from_secs(5), async {
        loop {
            let mut peer = Peer::new(&server, MODERN).await;
            peer.greet(super::TOKEN).await;
            if peer.frame().await.is_some_and(|frame| frame.is_text()) {
                return;
            }
        }
    })
    .await
    .expect("there is room again");
}
