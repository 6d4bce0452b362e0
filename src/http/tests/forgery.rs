//! What a stranger's page can make a browser send: nothing of it changes anything, or is answered to that page.
//!
//! Without asking first (a preflight), a browser sends GET, HEAD and POST, with a body of three types alone and without
//! `Authorization` (Fetch standard, *CORS-safelisted request-header*), and opens sockets.

use std::sync::atomic::Ordering;

use reqwest::{Method, RequestBuilder, header::HeaderMap};
use serde_json::json;

use super::{
    ADMIN, Answer, Server, TOKEN,
    peer::{LEGACY, MODERN, Peer, connect},
    settings,
};
use crate::http::{Listening, Settings};

const MUTATION: &str = "mutation { sell }";
const STRANGER: &str = "https://evil.example.com";

fn asked(server: &Server, method: Method, token: Option<&str>) -> RequestBuilder {
    let request = server.client.request(method, format!("{}/graphql", server.url));
    let request =
        request.header("origin", STRANGER).header("cookie", "token=good; authorization=Bearer good");
    token.into_iter().fold(request, RequestBuilder::bearer_auth)
}

#[tokio::test]
async fn no_body_that_needs_no_preflight_changes_anything() {
    let server = Server::start().await;
    let body = json!({ "query": MUTATION }).to_string();
    // Even if a browser brought a token, which it does not.
    for token in [None, Some(TOKEN)] {
        for content_type in [
            "text/plain",
            "TEXT/Plain; charset=utf-8",
            "text/plain; x=application/json",
            "text/plain;application/json",
            "text/plain, application/json",
            "text/plain; charset=\"application/json\"",
            "application/x-www-form-urlencoded",
            "Application/X-WWW-Form-Urlencoded; x=\"application/json\"",
            "multipart/form-data; boundary=application/json",
            "multipart/form-data; boundary=\"; application/json\"",
            "application/json-seq",
            "application/jsonx",
            "*/*",
            "json",
            " ",
        ] {
            let request = asked(&server, Method::POST, token).header("content-type", content_type);
            let answer = Answer::of(request.body(body.clone())).await;
            let expected = if token.is_some() { 415 } else { 401 };
            assert_eq!(answer.status, expected, "{content_type}: {}", answer.text);
            assert_eq!(answer.header("access-control-allow-origin"), "", "{content_type}");
        }
        let untyped = Answer::of(asked(&server, Method::POST, token).body(body.clone())).await;
        assert!(matches!(untyped.status, 401 | 415), "{}", untyped.status);
        let mut both = HeaderMap::new();
        both.append("content-type", "text/plain".parse().unwrap());
        both.append("content-type", "application/json".parse().unwrap());
        let both = Answer::of(asked(&server, Method::POST, token).headers(both).body(body.clone())).await;
        assert!(matches!(both.status, 401 | 415), "{}", both.status);
        // A form's fields, and a mutation in the address of a POST.
        let form = asked(&server, Method::POST, token).query(&[("query", MUTATION)]);
        let form = form.header("content-type", "application/x-www-form-urlencoded");
        let answer = Answer::of(form.body("query=mutation%7Bsell%7D")).await;
        assert!(matches!(answer.status, 401 | 415), "{}", answer.status);
    }
    assert_eq!(server.gate.sold.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn no_get_or_head_changes_anything() {
    let server = Server::start().await;
    let hidden = "query A { machine { name } } mutation B { sell }";
    for (query, name) in [(MUTATION, None), ("mutation M { sell }", Some("M")), (hidden, Some("B"))] {
        for method in [Method::GET, Method::HEAD] {
            for (token, status) in [(None, 401), (Some(TOKEN), 405)] {
                let mut request = asked(&server, method.clone(), token).query(&[("query", query)]);
                if let Some(name) = name {
                    request = request.query(&[("operationName", name)]);
                }
                // What would stream is refused likewise.
                for accept in ["application/json", "text/event-stream"] {
                    let request = request.try_clone().unwrap().header("accept", accept);
                    assert_eq!(Answer::of(request).await.status, status, "{method} {query} {accept}");
                }
            }
        }
    }
    assert_eq!(server.gate.sold.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_query_by_get_needs_a_header_that_no_page_sends_without_asking_first() {
    let server = Server::start().await;
    let query = [("query", "{ machine { name } }")];
    let without = Answer::of(asked(&server, Method::GET, None).query(&query)).await;
    assert_eq!((without.status, without.header("access-control-allow-origin")), (401, ""));
    assert!(!without.text.contains("machine 1"));
    // Neither a cookie nor the address brings a token.
    for name in ["access_token", "token", "authorization"] {
        let request = asked(&server, Method::GET, None).query(&query).query(&[(name, "Bearer good")]);
        assert_eq!(Answer::of(request).await.status, 401, "{name}");
    }
}

#[tokio::test]
async fn a_strangers_page_opens_a_socket_and_gets_nowhere() {
    let server = Server::start().await;
    for dialect in [MODERN, LEGACY] {
        let headers = [
            ("sec-websocket-protocol", dialect),
            ("origin", STRANGER),
            ("cookie", "token=good; authorization=Bearer good"),
        ];
        let kind = if dialect == MODERN { "subscribe" } else { "start" };
        let begin = json!({ "id": "1", "type": kind, "payload": { "query": MUTATION } });
        let mut at_once = connect(&server, &headers).await.unwrap().0;
        at_once.say(&begin).await;
        assert_eq!(at_once.closed().await.0, 4401);
        let mut greeting = connect(&server, &headers).await.unwrap().0;
        greeting.say(&json!({ "type": "connection_init" })).await;
        greeting.say(&begin).await;
        // Whichever is seen first: that there is no token, or that nobody waited for the verdict.
        let (code, reason) = greeting.closed().await;
        assert!(matches!(code, 4401 | 4403), "{code} {reason}");
        let mut waiting = connect(&server, &headers).await.unwrap().0;
        waiting.say(&json!({ "type": "connection_init", "payload": {} })).await;
        assert_eq!(waiting.closed().await.0, 4403);
    }
    assert_eq!(server.gate.sold.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn who_may_ask_is_told_by_the_preflight() {
    let server = Server::start().await;
    let preflight = |origin: &'static str, method: &'static str, headers: &'static str| {
        server
            .client
            .request(Method::OPTIONS, format!("{}/graphql", server.url))
            .header("origin", origin)
            .header("access-control-request-method", method)
            .header("access-control-request-headers", headers)
    };
    let known = Answer::of(preflight("https://dash.example.com", "POST", "authorization,content-type")).await;
    assert_eq!(
        (known.status, known.header("access-control-allow-origin")),
        (200, "https://dash.example.com")
    );
    assert_eq!(known.header("access-control-allow-methods"), "GET,POST");
    assert_eq!(known.header("access-control-max-age"), "600");
    // Cookies and the like are never asked for.
    assert_eq!(known.header("access-control-allow-credentials"), "");
    assert!(known.headers.get_all("vary").iter().any(|vary| vary.to_str().unwrap().contains("origin")));
    // What is not in this answer, the browser does not send.
    let more = Answer::of(preflight("https://dash.example.com", "DELETE", "x-secret")).await;
    assert!(!more.header("access-control-allow-methods").contains("DELETE"));
    assert!(!more.header("access-control-allow-headers").contains("x-secret"));
    for origin in [
        STRANGER,
        "null",
        "http://dash.example.com",
        "https://dash.example.com:8443",
        "https://dash.example.com.evil.example",
        "https://evil.dash.example.com",
    ] {
        let stranger = Answer::of(preflight(origin, "POST", "authorization,content-type")).await;
        assert_eq!(stranger.header("access-control-allow-origin"), "", "{origin}");
    }
    // No page may call where none is named.
    let closed =
        Server::with(Settings { cors_origins: Vec::new(), ..settings() }, Listening::default()).await;
    let request = closed.client.request(Method::OPTIONS, format!("{}/graphql", closed.url));
    let request = request.header("origin", STRANGER).header("access-control-request-method", "POST");
    assert_eq!(Answer::of(request).await.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn where_the_schema_is_hidden_no_error_names_what_the_caller_did_not() {
    let hidden = Settings { introspection: false, ..settings() };
    let server = Server::with(hidden, Listening::default()).await;
    let wrong = ["{ machin { name } }", "{ machine { nam } }"];
    for query in wrong {
        let answer = server.query(query).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_USER_INPUT"), "{query}");
        assert!(!answer.text.contains("Did you mean"), "{}", answer.text);
        let admin = server.client.post(format!("{}/graphql", server.url)).bearer_auth(ADMIN);
        let admin = Answer::of(admin.json(&json!({ "query": query }))).await;
        assert!(admin.text.contains("Did you mean"), "{}", admin.text);
    }
    let mut peer = Peer::greeted(&server, MODERN).await;
    for query in wrong {
        peer.subscribe("1", query).await;
        let told = peer.next().await;
        assert_eq!(told["type"], "error", "{told}");
        assert!(!told.to_string().contains("Did you mean"), "{told}");
    }
    // A subscription's refusal comes another way.
    peer.subscribe("1", "subscription { misspelt }").await;
    let told = peer.next().await;
    assert_eq!(told["payload"][0]["message"], "Unknown field \"misspelt\" on type \"Subscription\".");
    assert_eq!(told["payload"][0]["locations"][0]["line"], 1);
    let open = Server::start().await;
    assert!(open.query(wrong[0]).await.text.contains("Did you mean \\\"machine\\\""));
    let mut peer = Peer::greeted(&open, MODERN).await;
    peer.subscribe("1", "subscription { misspelt }").await;
    assert!(peer.next().await.to_string().contains("Did you mean"));
}
