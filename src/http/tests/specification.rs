//! What the GraphQL over HTTP specification asks beyond the audit suite.

use std::sync::atomic::Ordering;

use serde_json::json;

use super::{ADMIN, Answer, Server, settings};
use crate::http::{Listening, Settings};

#[tokio::test]
async fn an_answer_names_its_type_its_charset_and_is_kept_by_nobody() {
    let server = Server::start().await;
    let answer = server.query("{ machine { name } }").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/graphql-response+json; charset=utf-8");
    assert!(answer.headers.get_all("vary").iter().any(|value| value == "Accept, Authorization"));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(!answer.header("x-request-id").is_empty());
    assert_eq!(answer.json(), json!({ "data": { "machine": { "name": "machine 1" } } }));
}

#[tokio::test]
async fn request_errors_have_no_data_and_a_code() {
    let server = Server::start().await;
    for query in [
        "{",
        "{ nothing }",
        "{ machine(id: \"x\") { name } }",
        "query($id: Int!) { machine(id: $id) { name } }",
        "subscription { machine }",
        "query A { machine { name } } query B { machine { name } }",
    ] {
        let answer = server.query(query).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_USER_INPUT"), "{query}");
        assert!(answer.json().get("data").is_none(), "{}", answer.text);
        let old = server
            .client
            .post(format!("{}/graphql", server.url))
            .bearer_auth(super::TOKEN)
            .json(&json!({ "query": query }));
        let old = Answer::of(old).await;
        assert_eq!(
            (old.status, old.header("content-type")),
            (200, "application/json; charset=utf-8"),
            "{query}"
        );
        assert!(old.json().get("data").is_none(), "{}", old.text);
    }
}

#[tokio::test]
async fn what_runs_is_answered_with_200_even_where_it_fails() {
    let server = Server::start().await;
    let partial = server.query("{ machine { name } broken { name } }").await;
    assert_eq!(partial.status, 200);
    assert_eq!(partial.json()["data"], json!({ "machine": { "name": "machine 1" }, "broken": null }));
    assert_eq!(partial.code(), "INTERNAL");
    assert!(!partial.text.contains("postgres"), "{}", partial.text);

    // What takes longer does not come later.
    server.gate.opened.notify_one();
    let ordered = server.query("{ slow machine { name } }").await;
    assert_eq!(ordered.text, r#"{"data":{"slow":true,"machine":{"name":"machine 1"}}}"#);

    // A non-null field that failed: `data` is null, and there.
    let null = server.query("{ forbidden { name } }").await;
    assert_eq!((null.status, null.code().as_str()), (200, "FORBIDDEN"));
    assert_eq!(null.json().get("data"), Some(&serde_json::Value::Null));
}

#[tokio::test]
async fn a_mutation_runs_by_post_alone() {
    let server = Server::start().await;
    let mutation = "mutation { sell }";
    let by_get = Answer::of(server.get("/graphql").query(&[("query", mutation)])).await;
    assert_eq!(
        (by_get.status, by_get.header("allow"), by_get.code().as_str()),
        (405, "POST", "BAD_USER_INPUT")
    );
    // Hidden behind a query, it is still the mutation that is asked for.
    let two = "query A { machine { name } } mutation B { sell }";
    let by_name = server.get("/graphql").query(&[("query", two), ("operationName", "B")]);
    assert_eq!(Answer::of(by_name).await.status, 405);
    // What a form of a stranger's page could send.
    for content_type in ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
    {
        let body = json!({ "query": mutation }).to_string();
        let answer = Answer::of(server.post().header("content-type", content_type).body(body)).await;
        assert_eq!((answer.status, answer.code().as_str()), (415, "BAD_USER_INPUT"), "{content_type}");
    }
    assert_eq!(server.gate.sold.load(Ordering::SeqCst), 0);
    assert_eq!(server.query(mutation).await.json(), json!({ "data": { "sell": 1 } }));
}

#[tokio::test]
async fn parameters_that_cannot_be_read_are_400_in_both_types() {
    let server = Server::start().await;
    for body in [
        "",
        "[]",
        "[{\"query\":\"{ machine { name } }\"}]",
        "7",
        "{",
        "{}",
        "{\"query\":null}",
        "{\"query\":[\"{ machine { name } }\"]}",
        "{\"query\":\"{ machine { name } }\",\"variables\":\"{}\"}",
        "{\"query\":\"{ machine { name } }\",\"extensions\":1}",
        "{\"query\":\"{ machine { name } }\",\"operationName\":{}}",
        "{\"query\":\"{ machine { name } }\",\"query\":\"{ machine { name } }\"}",
        "{\"query\":\"\u{0}\"}",
    ] {
        for accept in ["application/json", "application/graphql-response+json"] {
            let request = server.client.post(format!("{}/graphql", server.url)).bearer_auth(super::TOKEN);
            let request = request.header("accept", accept).header("content-type", "application/json");
            let answer = Answer::of(request.body(body)).await;
            assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_USER_INPUT"), "{body}");
            assert!(answer.header("content-type").starts_with(accept));
        }
    }
    let batch = Answer::of(server.post().header("content-type", "application/json").body(" \n[]")).await;
    assert!(batch.text.contains("batches are not supported"), "{}", batch.text);
    let marked = server
        .post()
        .header("content-type", "application/json")
        .body("\u{feff}{\"query\":\"{ machine { name } }\"}");
    assert_eq!(Answer::of(marked).await.status, 200);
}

#[tokio::test]
async fn a_get_carries_its_parameters_in_the_query_string() {
    let server = Server::start().await;
    let query = ("query", "query A($id: Int) { machine(id: $id) { name } }");
    let good = server.get("/graphql").query(&[query, ("variables", "{\"id\":7}"), ("operationName", "A")]);
    assert_eq!(Answer::of(good).await.json()["data"]["machine"]["name"], "machine 7");
    for (extra, status) in [
        (("variables", "null"), 200),
        (("unknown", "1"), 200),
        (("variables", "[]"), 400),
        (("variables", "{"), 400),
        (("extensions", "1"), 400),
        (("query", "{ machine { name } }"), 400),
        (("operationName", "B"), 200), // a request error, in `application/json`
    ] {
        let answer = Answer::of(server.get("/graphql").query(&[query, extra])).await;
        assert_eq!(answer.status, status, "{extra:?}: {}", answer.text);
    }
    assert_eq!(Answer::of(server.get("/graphql")).await.status, 400);
}

#[tokio::test]
async fn what_cannot_be_negotiated_is_refused() {
    let server = Server::start().await;
    let url = format!("{}/graphql", server.url);
    let body = json!({ "query": "{ machine { name } }" });
    let html = server.client.post(&url).bearer_auth(super::TOKEN).header("accept", "text/html").json(&body);
    let answer = Answer::of(html).await;
    assert_eq!((answer.status, answer.header("content-type")), (406, "application/json; charset=utf-8"));
    let charset =
        server.post().header("content-type", "application/json; charset=latin1").body(body.to_string());
    assert_eq!(Answer::of(charset).await.status, 415);
    let squeezed = server.post().header("content-encoding", "gzip").json(&body);
    assert_eq!(Answer::of(squeezed).await.status, 415);
    let put = Answer::of(server.client.put(&url).bearer_auth(super::TOKEN).json(&body)).await;
    assert_eq!((put.status, put.code().as_str()), (405, "BAD_USER_INPUT"));
    assert!(put.header("allow").contains("POST"), "{}", put.header("allow"));
}

#[tokio::test]
async fn the_schema_is_hidden_where_the_operator_says_so() {
    let hidden = Settings { introspection: false, ..settings() };
    let server = Server::with(hidden, Listening::default()).await;
    for query in [
        "{ __schema { queryType { name } } }",
        "{ ...F } fragment F on Query { __type(name: \"Query\") { name } }",
    ] {
        let answer = server.query(query).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "FORBIDDEN"), "{query}");
        let admin = server.client.post(format!("{}/graphql", server.url)).bearer_auth(ADMIN);
        let admin = Answer::of(admin.json(&json!({ "query": query }))).await;
        assert!(admin.json().get("errors").is_none(), "{}", admin.text);
    }
    assert_eq!(server.query("{ __typename }").await.json(), json!({ "data": { "__typename": "Query" } }));
}
