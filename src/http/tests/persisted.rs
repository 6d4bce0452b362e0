//! Documents by their names: automatic persisted queries and trusted documents, through every door.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    ADMIN, Answer, Server,
    peer::{LEGACY, MODERN, Peer},
};
use crate::graphql::document::Policy;

const MACHINE: &str = "{ machine { name } }";
const EVENTS: &str = "subscription { events { id } }";

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

fn persisted(text: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash(text) } })
}

impl Server {
    async fn posted(&self, body: Value) -> Answer {
        Answer::of(self.post().json(&body)).await
    }

    async fn got(&self, parameters: &[(&str, &str)]) -> Answer {
        Answer::of(self.get("/graphql").query(parameters)).await
    }

    /// One where trusted documents alone are answered, under the ids `machine`, `sell` and `events`.
    async fn trusting() -> Self {
        let server = Self::keeping().await;
        let documents = [("machine", MACHINE), ("sell", "mutation { sell }"), ("events", EVENTS)];
        let documents = documents.map(|(id, text)| (id.to_owned(), text.to_owned()));
        server.documents.adopt(Policy::new(documents, true));
        server
    }
}

#[tokio::test]
async fn a_hash_that_is_not_known_is_answered_in_the_words_that_apollos_clients_look_for() {
    let server = Server::start().await;
    let body = json!({ "extensions": persisted(MACHINE) });
    for accept in ["application/json", "application/graphql-response+json"] {
        let answer = Answer::of(server.post().header("accept", accept).json(&body)).await;
        assert_eq!(answer.status, 200, "{accept}");
        assert_eq!(
            answer.json(),
            json!({ "errors": [{
                "message": "PersistedQueryNotFound", "extensions": { "code": "PERSISTED_QUERY_NOT_FOUND" },
            }] })
        );
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn a_document_is_sent_once_and_asked_for_by_its_hash_from_then_on() {
    let server = Server::keeping().await;
    let extensions = persisted(MACHINE);
    let whole = server.posted(json!({ "query": MACHINE, "extensions": extensions })).await;
    assert_eq!(whole.json()["data"]["machine"]["name"], "machine 1");
    let by_hash = server.posted(json!({ "extensions": extensions })).await;
    assert_eq!((by_hash.status, &by_hash.text), (200, &whole.text));
    let extensions = extensions.to_string();
    let by_get = server.got(&[("extensions", &extensions)]).await;
    assert_eq!((by_get.status, &by_get.text), (200, &whole.text));
    // Kept since it is asked again.
    let by_get = server.got(&[("extensions", &extensions)]).await;
    let tag = by_get.header("etag").to_owned();
    let executed = server.gate.executed.load(std::sync::atomic::Ordering::SeqCst);
    let again = server.get("/graphql").query(&[("extensions", &extensions)]).header("if-none-match", tag);
    assert_eq!(Answer::of(again).await.status, 304);
    assert_eq!(server.gate.executed.load(std::sync::atomic::Ordering::SeqCst), executed);
    // By GET it is a mutation too.
    let sell = "mutation { sell }";
    server.posted(json!({ "query": sell, "extensions": persisted(sell) })).await;
    assert_eq!(server.got(&[("extensions", &persisted(sell).to_string())]).await.status, 405);
}

#[tokio::test]
async fn what_is_wrong_with_a_hash_is_told_and_registers_nothing() {
    let server = Server::start().await;
    let wrong = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash("{ other }") } });
    for (extensions, expected) in [
        (wrong, "is not the SHA-256 of `query`"),
        (json!({ "persistedQuery": { "version": 2, "sha256Hash": hash(MACHINE) } }), "version` must be 1"),
        (json!({ "persistedQuery": { "sha256Hash": hash(MACHINE) } }), "version` must be 1"),
        (json!({ "persistedQuery": { "version": 1 } }), "sha256Hash` is missing"),
        (json!({ "persistedQuery": { "version": 1, "sha256Hash": 7 } }), "must be a string"),
        (json!({ "persistedQuery": "x" }), "must be an object"),
    ] {
        let answer = server.posted(json!({ "query": MACHINE, "extensions": extensions })).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_USER_INPUT"), "{extensions}");
        assert!(answer.text.contains(expected), "{}", answer.text);
    }
    // What cannot be read, and what can and is not valid.
    for bad in
        ["{ nothing", "{ machine { name } } { machine { name } }", "{ nothing }", "{ machine { nothing } }"]
    {
        let refused = server.posted(json!({ "query": bad, "extensions": persisted(bad) })).await;
        assert_eq!(refused.code(), "BAD_USER_INPUT", "{bad}");
        let answer = server.posted(json!({ "extensions": persisted(bad) })).await;
        assert_eq!(answer.code(), "PERSISTED_QUERY_NOT_FOUND", "{bad}");
    }
    // Nor does somebody without a token.
    let body = json!({ "query": MACHINE, "extensions": persisted(MACHINE) });
    let stranger = server.client.post(format!("{}/graphql", server.url)).json(&body);
    assert_eq!(Answer::of(stranger).await.status, 401);
    assert_eq!(
        server.posted(json!({ "extensions": persisted(MACHINE) })).await.code(),
        "PERSISTED_QUERY_NOT_FOUND"
    );
}

#[tokio::test]
async fn what_fails_as_it_runs_is_registered_all_the_same() {
    let server = Server::start().await;
    for partial in ["{ broken { name } }", "{ machine { name } forbidden { name } }"] {
        let sent = server.posted(json!({ "query": partial, "extensions": persisted(partial) })).await;
        let again = server.posted(json!({ "extensions": persisted(partial) })).await;
        assert_eq!((again.status, again.text), (200, sent.text), "{partial}");
    }
}

#[tokio::test]
async fn a_subscription_is_registered_once_it_has_told_something_and_not_where_it_is_refused() {
    let server = Server::start().await;
    let follow = async |body: Value| {
        let request = server.client.post(format!("{}/graphql", server.url)).bearer_auth(super::TOKEN);
        Answer::of(request.header("accept", "text/event-stream").json(&body)).await.text
    };
    let (good, refused) = ("subscription { three }", "subscription { misspelt }");
    for text in [good, refused] {
        follow(json!({ "query": text, "extensions": persisted(text) })).await;
    }
    let again = follow(json!({ "extensions": persisted(good) })).await;
    assert_eq!(again.matches("event: next").count(), 3, "{again}");
    let again = follow(json!({ "extensions": persisted(refused) })).await;
    assert!(again.contains("PersistedQueryNotFound"), "{again}");
}

#[tokio::test]
async fn a_trusted_document_is_asked_for_by_whatever_name_clients_send() {
    let server = Server::trusting().await;
    for body in [
        json!({ "documentId": "machine" }),
        json!({ "documentId": "sha256:machine", "query": null }),
        json!({ "documentId": "machine", "query": "" }),
        json!({ "id": "machine" }),
        json!({ "doc_id": "machine" }),
        json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "machine" } } }),
        json!({ "query": MACHINE }),
        json!({ "query": MACHINE, "extensions": persisted(MACHINE) }),
        json!({ "query": MACHINE, "id": 7 }),
    ] {
        let answer = server.posted(body.clone()).await;
        assert_eq!(answer.json()["data"]["machine"]["name"], "machine 1", "{body}: {}", answer.text);
    }
    let by_get = server.got(&[("documentId", "machine")]).await;
    assert_eq!(by_get.json()["data"]["machine"]["name"], "machine 1", "{}", by_get.text);
    assert_eq!(server.posted(json!({ "documentId": "sell" })).await.json()["data"]["sell"], 1);
    assert_eq!(server.got(&[("documentId", "sell")]).await.status, 405);
}

#[tokio::test]
async fn nothing_but_trusted_documents_is_answered_where_they_alone_are_trusted() {
    let server = Server::trusting().await;
    let other = "{ machine { name } machine { name } }";
    for body in [
        json!({ "query": other }),
        json!({ "query": "{ __schema { queryType { name } } }" }),
        json!({ "query": other, "documentId": "machine" }),
        json!({ "query": other, "extensions": persisted(other) }),
        json!({ "extensions": persisted(other) }),
        json!({ "documentId": "other" }),
    ] {
        let answer = server.posted(body.clone()).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "FORBIDDEN"), "{body}");
        assert!(answer.text.contains("only trusted documents are answered here"), "{}", answer.text);
        let request = server.client.post(format!("{}/graphql", server.url)).bearer_auth(super::TOKEN);
        let events = Answer::of(request.header("accept", "text/event-stream").json(&body)).await;
        assert!(events.text.contains("only trusted documents"), "{body}: {}", events.text);
    }
    // Whoever operates the gateway tries things out.
    let admin = server.client.post(format!("{}/graphql", server.url)).bearer_auth(ADMIN);
    let answer = Answer::of(admin.json(&json!({ "query": other }))).await;
    assert_eq!(answer.json()["data"]["machine"]["name"], "machine 1");
    // What the operator was answered, nobody else is.
    assert_eq!(server.posted(json!({ "query": other })).await.status, 403);
}

#[tokio::test]
async fn another_manifest_takes_the_place_of_the_old_one_at_once() {
    let server = Server::trusting().await;
    let body = json!({ "documentId": "machine" });
    assert_eq!(server.posted(body.clone()).await.json()["data"]["machine"]["name"], "machine 1");
    let two = "{ machine(id: 2) { name } }";
    server.documents.adopt(Policy::new([("machine".to_owned(), two.to_owned())], true));
    // The answer to the old document was kept under the same body.
    assert_eq!(server.posted(body.clone()).await.json()["data"]["machine"]["name"], "machine 2");
    server.documents.adopt(Policy::default());
    let answer = server.posted(body).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "PERSISTED_QUERY_NOT_FOUND"));
}

#[tokio::test]
async fn names_are_good_on_sockets_too() {
    let server = Server::trusting().await;
    for (dialect, start) in [(MODERN, "subscribe"), (LEGACY, "start")] {
        let mut peer = Peer::greeted(&server, dialect).await;
        let begin = |id: &str, payload: Value| json!({ "type": start, "id": id, "payload": payload });
        peer.say(&begin("1", json!({ "documentId": "machine" }))).await;
        assert_eq!(peer.next().await["payload"]["data"]["machine"]["name"], "machine 1");
        assert_eq!(peer.next().await["type"], "complete");
        peer.say(&begin("2", json!({ "query": "{ machine { name } machine { name } }" }))).await;
        let refused = peer.next().await;
        assert_eq!(refused["type"], "error");
        assert!(refused.to_string().contains("only trusted documents"), "{refused}");
    }
    server.documents.adopt(Policy::default());
    let mut peer = Peer::greeted(&server, MODERN).await;
    let begin = |id: &str, payload: Value| json!({ "type": "subscribe", "id": id, "payload": payload });
    peer.say(&begin("1", json!({ "extensions": persisted(MACHINE) }))).await;
    assert_eq!(peer.next().await["payload"][0]["message"], "PersistedQueryNotFound");
    peer.say(&begin("2", json!({ "query": MACHINE, "extensions": persisted(MACHINE) }))).await;
    assert_eq!(
        (peer.next().await["id"].as_str(), peer.next().await["type"].as_str()),
        (Some("2"), Some("complete"))
    );
    peer.say(&begin("3", json!({ "extensions": persisted(MACHINE) }))).await;
    assert_eq!(peer.next().await["payload"]["data"]["machine"]["name"], "machine 1");
}
