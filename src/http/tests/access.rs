//! Who is let in.

use serde_json::json;

use super::{Answer, Server};

#[tokio::test]
async fn without_a_good_token_nothing_is_answered() {
    let server = Server::start().await;
    let url = format!("{}/graphql", server.url);
    let body = json!({ "query": "{ machine { name } }" });
    for (authorization, challenge) in [
        (None, "Bearer"),
        (Some("Basic Z29vZDpnb29k"), "Bearer"),
        (Some("Bearer "), "Bearer"),
        (Some("Bearer wrong"), "Bearer error=\"invalid_token\""),
        (Some("Bearer old"), "Bearer error=\"invalid_token\""),
    ] {
        for accept in ["application/json", "application/graphql-response+json"] {
            let mut request = server.client.post(&url).header("accept", accept).json(&body);
            if let Some(authorization) = authorization {
                request = request.header("authorization", authorization);
            }
            let answer = Answer::of(request).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (401, "UNAUTHENTICATED"),
                "{authorization:?}"
            );
            assert_eq!(answer.header("www-authenticate"), challenge);
            assert_eq!(answer.header("content-type"), format!("{accept}; charset=utf-8"));
            assert!(answer.json().get("data").is_none());
        }
    }
    let twice =
        server.client.post(&url).header("authorization", "Bearer good").bearer_auth("good").json(&body);
    assert_eq!(Answer::of(twice).await.status, 401);
    let any_case = server.client.post(&url).header("authorization", "bEARER good").json(&body);
    assert_eq!(Answer::of(any_case).await.status, 200);
}

#[tokio::test]
async fn a_token_that_cannot_be_verified_now_is_no_bad_token() {
    let server = Server::start().await;
    let request = server.client.get(format!("{}/graphql", server.url)).bearer_auth("keys-unreachable");
    let answer = Answer::of(request).await;
    assert_eq!(
        (answer.status, answer.code().as_str(), answer.header("retry-after")),
        (503, "OVERLOADED", "1")
    );
}

#[tokio::test]
async fn only_the_pages_that_are_named_may_call() {
    let server = Server::start().await;
    let preflight = |origin: &'static str| {
        server
            .client
            .request(reqwest::Method::OPTIONS, format!("{}/graphql", server.url))
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type,last-event-id")
    };
    let known = Answer::of(preflight("https://dash.example.com")).await;
    assert_eq!(known.status, 200);
    assert_eq!(known.header("access-control-allow-origin"), "https://dash.example.com");
    assert_eq!(known.header("access-control-allow-headers"), "authorization,content-type,last-event-id");
    let stranger = Answer::of(preflight("https://evil.example.com")).await;
    assert_eq!(stranger.header("access-control-allow-origin"), "");
    // Even a refusal can be read by a page that is allowed.
    let refused =
        server.client.get(format!("{}/graphql", server.url)).header("origin", "https://dash.example.com");
    let refused = Answer::of(refused).await;
    assert_eq!(
        (refused.status, refused.header("access-control-allow-origin")),
        (401, "https://dash.example.com")
    );
}
