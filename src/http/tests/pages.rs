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
async fn the_developers_token_is_in_the_page_under_dev_alone() {
    let token = SecretString::from("developer-token");
    let dev = Server::with(Settings { dev_token: Some(token), ..settings() }, Listening::default()).await;
    let page = Answer::of(dev.client.get(format!("{}/graphiql", dev.url))).await;
    if page.text.contains("not part of this build") {
        println!("not tried: `web/` is not built");
        return;
    }
    let place = "<meta name=\"vendgraph-dev-token\" content=\"";
    assert!(page.text.contains(&format!("{place}developer-token\">")), "{}", page.text);
    let server = Server::start().await;
    let page = Answer::of(server.client.get(format!("{}/graphiql", server.url))).await;
    assert!(page.text.contains(&format!("{place}\">")), "{}", page.text);

    // What the page names is there, and may be kept for ever.
    let script = page.text.split('"').find(|piece| piece.starts_with("/assets/graphiql-"));
    let script = format!("{}{}", server.url, script.unwrap());
    let answer = Answer::of(server.client.get(&script)).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/javascript"));
    assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    let again = server.client.get(&script).header("if-none-match", answer.header("etag"));
    assert_eq!(Answer::of(again).await.status, 304);
}

#[tokio::test]
async fn nothing_beside_the_built_pages_is_an_asset() {
    let server = Server::start().await;
    for path in ["..%2f..%2f..%2fCargo.toml", "%2fetc%2fpasswd", "..%2fgraphiql.html", "none.js", ""] {
        let answer = Answer::of(server.client.get(format!("{}/assets/{path}", server.url))).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
    }
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
