//! What is asked again is answered again without executing it, and only then.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::{ADMIN, Answer, Server};

const MACHINE: &str = "{ machine { name } }";

impl Server {
    fn executed(&self) -> usize {
        self.gate.executed.load(Ordering::SeqCst)
    }

    async fn ask(&self, body: &Value) -> Answer {
        Answer::of(self.post().json(body)).await
    }
}

#[tokio::test]
async fn what_is_asked_for_the_third_time_to_the_letter_is_answered_alike_without_executing_it() {
    let server = Server::keeping().await;
    let body = json!({ "query": MACHINE });
    let (first, _) = (server.ask(&body).await, server.ask(&body).await);
    assert_eq!(server.executed(), 2, "an answer is kept only to what is asked again");
    let third = server.ask(&body).await;
    assert_eq!(first.json()["data"]["machine"]["name"], "machine 1");
    assert_eq!((first.status, &first.text), (third.status, &third.text));
    for name in ["content-type", "vary", "cache-control", "x-content-type-options"] {
        assert_eq!(first.header(name), third.header(name), "{name}");
    }
    assert_eq!(server.executed(), 2);
}

#[tokio::test]
async fn another_question_caller_media_type_or_method_has_an_answer_of_its_own() {
    let server = Server::keeping().await;
    let with = |id: i32| json!({ "query": "query($id: Int!) { machine(id: $id) { name } }", "variables": { "id": id } });
    assert_eq!(server.ask(&with(1)).await.json()["data"]["machine"]["name"], "machine 1");
    assert_eq!(server.ask(&with(2)).await.json()["data"]["machine"]["name"], "machine 2");
    assert_eq!(server.executed(), 2);
    let url = format!("{}/graphql", server.url);
    let admin = server.client.post(&url).bearer_auth(ADMIN).json(&with(1));
    assert_eq!(Answer::of(admin).await.header("content-type"), "application/json; charset=utf-8");
    let plain = server.post().header("accept", "application/json").json(&with(1));
    Answer::of(plain).await;
    let get = server.get("/graphql?query=%7Bmachine%7Bname%7D%7D");
    assert_eq!(Answer::of(get).await.json()["data"]["machine"]["name"], "machine 1");
    assert!(server.executed() >= 4);
}

#[tokio::test]
async fn a_kept_answer_is_not_for_those_without_a_token() {
    let server = Server::keeping().await;
    let body = json!({ "query": MACHINE });
    server.ask(&body).await;
    for token in ["bad", "old"] {
        let request = server.client.post(format!("{}/graphql", server.url)).bearer_auth(token).json(&body);
        assert_eq!(Answer::of(request).await.status, 401, "{token}");
    }
}

#[tokio::test]
async fn a_mutation_and_an_answer_with_an_error_are_never_kept() {
    let server = Server::keeping().await;
    let sell = json!({ "query": "mutation { sell }" });
    for sold in 1..=3 {
        assert_eq!(server.ask(&sell).await.json()["data"]["sell"], sold);
    }
    let broken = json!({ "query": "{ broken { name } machine { name } }" });
    for _ in 0..2 {
        assert_eq!(server.ask(&broken).await.code(), "INTERNAL");
    }
    assert_eq!(server.executed(), 5);
    let hidden = Answer::of(server.get("/graphql?query=mutation%7Bsell%7D")).await;
    assert_eq!(hidden.status, 405);
}

#[tokio::test]
async fn a_kept_answer_is_the_same_whichever_way_it_goes() {
    let server = Server::keeping().await;
    let body = json!({ "query": MACHINE });
    for _ in 0..2 {
        server.ask(&body).await;
    }
    let short = Answer::of(server.post().header("x-request-id", "mine").json(&body)).await;
    // A trace to go on with is the layers' business, so this one passes them.
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let long = server.post().header("x-request-id", "mine").header("traceparent", trace).json(&body);
    let long = Answer::of(long).await;
    assert_eq!((short.status, &short.text), (long.status, &long.text));
    for name in ["content-type", "content-length", "cache-control", "x-content-type-options", "x-request-id"]
    {
        assert_eq!(short.header(name), long.header(name), "{name}");
    }
    assert_eq!(short.header("x-request-id"), "mine");
    let ids = [server.ask(&body).await, server.ask(&body).await]
        .map(|answer| answer.header("x-request-id").to_owned());
    assert!(ids[0].len() == 32 && ids[0] != ids[1], "{ids:?}");
    assert_eq!(server.executed(), 2);
}
