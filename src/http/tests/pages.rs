//! The pages, health, and what is not there.

use secrecy::SecretString;
use serde_json::json;

use super::{Answer, Server, settings};
use crate::http::{Listening, Settings};

#[tokio::test]
async fn graphiql_loads_nothing_from_elsewhere_and_is_kept_by_nobody() {
    let server = Server::start().await;
    let page = Answer::of(server.client.get(format!("{}/graphiql", server.url))).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert!(page.header("content-security-policy").starts_with("default-src 'none'; script-src 'self';"));
    assert!(!page.text.contains("https://"), "{}", page.text);
    assert!(page.text.contains("vendgraph"));
}

#[tokio::test]
async fn graphiql_can_be_switched_off() {
    let server = Server::with(Settings { graphiql: false, ..settings() }, Listening::default()).await;
    for path in ["/graphiql", "/assets/graphiql.js"] {
        assert_eq!(
            Answer::of(server.client.get(format!("{}{path}", server.url))).await.status,
            404,
            "{path}"
        );
    }
}

#[tokio::test]
async fn no_page_holds_a_token_that_is_not_there() {
    let secret = "developer-token";
    let server = Server::with(
        Settings { dev_token: Some(SecretString::from(secret)), ..settings() },
        Listening::default(),
    )
    .await;
    let assets = Answer::of(server.client.get(format!("{}/assets/../../Cargo.toml", server.url))).await;
    assert_eq!(assets.status, 404);
    assert!(!assets.text.contains(secret));
}

#[tokio::test]
async fn health_is_told_to_everybody() {
    let server = Server::start().await;
    let ask = |path: &str| Answer::of(server.client.get(format!("{}{path}", server.url)));
    assert_eq!(ask("/livez").await.status, 200);
    let ready = ask("/readyz").await;
    assert_eq!((ready.status, ready.json()), (200, json!({ "status": "ready" })));
    server.gate.obstacles.lock().unwrap().push("the store is out of reach".to_owned());
    let unready = ask("/readyz").await;
    assert_eq!(unready.status, 503);
    assert_eq!(unready.json(), json!({ "status": "unready", "reasons": ["the store is out of reach"] }));
    assert_eq!(ask("/livez").await.status, 200);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let server = Server::start().await;
    assert_eq!(Answer::of(server.client.get(format!("{}/nowhere", server.url))).await.status, 404);
    assert_eq!(Answer::of(server.client.post(format!("{}/livez", server.url))).await.status, 405);
    assert_eq!(Answer::of(server.client.delete(format!("{}/graphiql", server.url))).await.status, 405);
}
