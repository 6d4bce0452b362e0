//! A refusal is counted once, whichever way the request came.

use std::{collections::BTreeMap, env, process::Command};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    Answer, Server,
    peer::{LEGACY, MODERN, Peer},
    settings,
};
use crate::{
    http::{Listening, Settings, Share, Streaming},
    telemetry::metrics::{Format, text},
};

/// The ways in which an answer is asked for, by `Accept`.
const ACCEPTED: [&str; 4] = [
    "application/json",
    "application/graphql-response+json",
    "text/event-stream",
    "multipart/mixed;subscriptionSpec=1.0",
];

/// How often each line of a counter was counted.
fn counts(counter: &str) -> BTreeMap<String, u64> {
    let told = text(Format::Classic);
    let lines = told.lines().filter_map(|line| line.strip_prefix(counter)?.rsplit_once(' '));
    lines.map(|(labels, count)| (labels.to_owned(), count.parse().unwrap())).collect()
}

/// What was counted of requests meanwhile.
struct Meanwhile(BTreeMap<String, u64>);

impl Meanwhile {
    fn begins() -> Self {
        Self(counts("vendgraph_requests_total"))
    }

    /// One request, to that outcome, and nothing else.
    #[track_caller]
    fn counted_once(self, outcome: &str, way: &str) {
        let news = counts("vendgraph_requests_total").into_iter().filter_map(|(labels, count)| {
            let before = self.0.get(&labels).copied().unwrap_or_default();
            (count > before).then_some((labels, count - before))
        });
        let news: Vec<_> = news.collect();
        let is_it = |(labels, count): &(String, u64)| {
            *count == 1 && labels.contains(&format!("outcome=\"{outcome}\""))
        };
        assert!(news.len() == 1 && news.iter().all(is_it), "{way}: {news:?}, not one {outcome}");
    }
}

/// Counters are the process's, so each of these tests needs one of its own. Where the runner gives none, the test is run in one
/// here: then it is over.
fn was_run_alone(test: &str) -> bool {
    const ALONE: &str = "VENDGRAPH_TEST_ALONE";
    if env::var_os("NEXTEST").is_some() || env::var_os(ALONE).is_some() {
        return false;
    }
    let name = format!("http::tests::counted::{test}");
    let ran =
        Command::new(env::current_exe().unwrap()).args(["--exact", &name]).env(ALONE, "1").output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
    true
}

async fn closed() -> Server {
    Server::with(Settings { introspection: false, ..settings() }, Listening::default()).await
}

/// What is refused, and the code under which.
fn refused() -> Vec<(Value, &'static str)> {
    let persisted = |hash: &str| json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
    let other = hex::encode(Sha256::digest("{ other }"));
    vec![
        (json!({ "query": "{ machine" }), "BAD_USER_INPUT"),
        (json!({ "query": "{ nothing }" }), "BAD_USER_INPUT"),
        (json!({ "query": "{ __schema { queryType { name } } }" }), "FORBIDDEN"),
        (json!({ "extensions": persisted(&other) }), "PERSISTED_QUERY_NOT_FOUND"),
        (json!({ "documentId": "other" }), "PERSISTED_QUERY_NOT_FOUND"),
        (json!({ "query": "{ machine { name } }", "extensions": persisted(&other) }), "BAD_USER_INPUT"),
        (json!({ "query": "{ panics }" }), "INTERNAL"),
    ]
}

#[tokio::test]
async fn by_post_and_get_in_one_piece_and_in_many() {
    if was_run_alone("by_post_and_get_in_one_piece_and_in_many") {
        return;
    }
    let server = closed().await;
    for (body, code) in refused() {
        let members = body.as_object().unwrap().iter();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let parameters: Vec<_> = members.map(|(name, value)| (name.as_str(), text(value))).collect();
        for accept in ACCEPTED {
            let post = server.client.post(format!("{}/graphql", server.url)).bearer_auth(super::TOKEN);
            for (way, request) in
                [("POST", post.json(&body)), ("GET", server.get("/graphql").query(&parameters))]
            {
                let meanwhile = Meanwhile::begins();
                let answer = Answer::of(request.header("accept", accept)).await;
                assert!(answer.text.contains(code), "{way} {accept} {body}: {}", answer.text);
                meanwhile.counted_once(code, &format!("{way} {accept} {body}"));
            }
        }
    }
}

#[tokio::test]
async fn over_sockets() {
    if was_run_alone("over_sockets") {
        return;
    }
    let server = closed().await;
    for (dialect, start) in [(MODERN, "subscribe"), (LEGACY, "start")] {
        let mut peer = Peer::greeted(&server, dialect).await;
        for (id, (body, code)) in refused().into_iter().enumerate() {
            let meanwhile = Meanwhile::begins();
            peer.say(&json!({ "type": start, "id": id.to_string(), "payload": body })).await;
            let told = peer.next().await;
            assert!(told.to_string().contains(code), "{dialect} {body}: {told}");
            meanwhile.counted_once(code, &format!("{dialect} {body}"));
        }
    }
}

#[tokio::test]
async fn a_subscription_is_counted_once_however_much_it_tells() {
    if was_run_alone("a_subscription_is_counted_once_however_much_it_tells") {
        return;
    }
    let server = Server::start().await;
    let outcomes =
        [("three", "ok"), ("forbidden", "FORBIDDEN"), ("misspelt", "BAD_USER_INPUT"), ("panics", "INTERNAL")];
    for (field, outcome) in outcomes {
        let query = format!("subscription {{ {field} }}");
        for accept in &ACCEPTED[2..] {
            let meanwhile = Meanwhile::begins();
            let request = server.client.post(format!("{}/graphql", server.url)).bearer_auth(super::TOKEN);
            Answer::of(request.header("accept", *accept).json(&json!({ "query": query }))).await;
            meanwhile.counted_once(outcome, &format!("{accept} {field}"));
        }
        for dialect in [MODERN, LEGACY] {
            let meanwhile = Meanwhile::begins();
            let mut peer = Peer::greeted(&server, dialect).await;
            let start = if dialect == MODERN { "subscribe" } else { "start" };
            peer.say(&json!({ "type": start, "id": "1", "payload": { "query": query } })).await;
            while !["complete", "error"].contains(&peer.next().await["type"].as_str().unwrap()) {}
            meanwhile.counted_once(outcome, &format!("{dialect} {field}"));
        }
    }
}

#[tokio::test]
async fn what_is_sent_wrongly_is_counted_once_too() {
    if was_run_alone("what_is_sent_wrongly_is_counted_once_too") {
        return;
    }
    let server = closed().await;
    let post = |accept: &str, body: Value| {
        let request = server.client.post(format!("{}/graphql", server.url)).bearer_auth(super::TOKEN);
        request.header("accept", accept).json(&body)
    };
    let wrong = json!({ "query": "{ machine" });
    let put = server.client.put(format!("{}/graphql", server.url));
    for (request, code, way) in [
        (post(ACCEPTED[0], json!({ "query": "subscription { three }" })), "BAD_USER_INPUT", "in one piece"),
        (post(ACCEPTED[0], json!([])), "BAD_USER_INPUT", "a batch"),
        (post("text/html", wrong.clone()), "BAD_USER_INPUT", "another media type"),
        // Two things are wrong, and one is told.
        (post(ACCEPTED[2], wrong).header("last-event-id", "?"), "BAD_USER_INPUT", "no cursor"),
        (put, "BAD_USER_INPUT", "PUT"),
        (server.client.get(format!("{}/graphql", server.url)), "UNAUTHENTICATED", "no token"),
        (
            server.get("/graphql").query(&[("query", "mutation { sell }")]),
            "BAD_USER_INPUT",
            "a change by GET",
        ),
    ] {
        let meanwhile = Meanwhile::begins();
        let answer = Answer::of(request).await;
        assert!(answer.text.contains(code), "{way}: {}", answer.text);
        meanwhile.counted_once(code, way);
    }
}

#[tokio::test]
async fn what_is_too_much_is_counted_on_sockets_too() {
    if was_run_alone("what_is_too_much_is_counted_on_sockets_too") {
        return;
    }
    let share = Share { streams: 1, subscriptions: 1, ..settings().share };
    let streaming = Streaming { operations: 2, ..Streaming::default() };
    let settings = Settings { share, streaming, ..settings() };
    let server = Server::with(settings, Listening::default()).await;
    let mut peer = Peer::greeted(&server, MODERN).await;
    peer.subscribe("1", "subscription { events { id } }").await;
    server.log.until_open(1).await;
    let meanwhile = Meanwhile::begins();
    peer.subscribe("2", "subscription { events { id } }").await;
    assert!(peer.next().await.to_string().contains("1 subscriptions open already"));
    meanwhile.counted_once("OVERLOADED", "too many of the caller");
    peer.subscribe("3", "{ slow }").await;
    server.gate.entered.notified().await;
    let meanwhile = Meanwhile::begins();
    peer.subscribe("4", "{ machine { name } }").await;
    assert!(peer.next().await.to_string().contains("at most 2 operations"));
    meanwhile.counted_once("OVERLOADED", "too many at once");

    // Whoever has too many sockets is not one of whom nobody can tell who they are.
    let dropped = |reason: &str| {
        let counts = counts("vendgraph_dropped_connections_total");
        counts.get(&format!("{{reason=\"{reason}\"}}")).copied().unwrap_or_default()
    };
    let mut second = Peer::new(&server, MODERN).await;
    second.greet(super::TOKEN).await;
    assert_eq!(second.closed().await.0, 1013);
    assert_eq!((dropped("too_many"), dropped("no_verdict")), (1, 0));
}
