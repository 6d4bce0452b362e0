//! What caches on the way are told, while the clock moves: for how long an answer is fresh, and what it was.

use std::time::Duration;

use reqwest::{Method, header::HeaderMap};
use serde_json::Value;
use vendgraph::auth::Scope;

use crate::harness::{Setup, System, machine_id};

const NAMES: &str = "{ machines(first: 3) { nodes { name } } }";

struct Got {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("it is text"))
    }

    fn caching(&self) -> &str {
        self.header("cache-control")
    }
}

impl System {
    async fn get(&self, method: Method, query: &str, known: Option<&str>) -> Got {
        self.get_as(&self.token(&Scope::ALL, &["*"]), method, query, known).await
    }

    async fn get_as(&self, token: &str, method: Method, query: &str, known: Option<&str>) -> Got {
        let client = reqwest::Client::new();
        let mut request = client.request(method, &self.url).query(&[("query", query)]).bearer_auth(token);
        if let Some(known) = known {
            request = request.header("if-none-match", known);
        }
        let response = request.send().await.expect("the gateway answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Got { status, headers, text: response.text().await.expect("it is text") }
    }
}

#[tokio::test]
async fn an_answer_is_fresh_until_the_first_thing_in_it_is_not() {
    let system = System::start(Setup::default()).await;
    // What was asked of the vendors just now is told to be fresh by nobody.
    assert_eq!(system.get(Method::GET, NAMES, None).await.caching(), "no-store");
    let fresh = system.get(Method::GET, NAMES, None).await;
    // `cache.sites`.
    assert_eq!((fresh.status, fresh.caching()), (200, "private, max-age=300"));
    assert_eq!(fresh.header("vary"), "Accept, Authorization");
    system.pass(Duration::from_secs(100)).await;
    let later = system.get(Method::GET, NAMES, None).await;
    assert_eq!((later.caching(), &later.text), ("private, max-age=200", &fresh.text));
    assert_eq!(later.header("etag"), fresh.header("etag"));
    system.pass(Duration::from_millis(199_500)).await;
    assert_eq!(system.get(Method::GET, NAMES, None).await.caching(), "private, no-cache");
    system.pass(Duration::from_secs(1)).await;
    assert_eq!(system.get(Method::GET, NAMES, None).await.caching(), "no-store");

    // A status is fresh for `cache.status`, so the whole is.
    let id = machine_id("metro", &system.vendors.inhand().asset_id(0));
    let both = format!("{{ machine(id: \"{id}\") {{ name status {{ online }} }} }}");
    system.get(Method::GET, &both, None).await;
    system.get(Method::GET, &both, None).await;
    assert_eq!(system.get(Method::GET, &both, None).await.caching(), "private, max-age=10");
    system.pass(Duration::from_secs(4)).await;
    assert_eq!(system.get(Method::GET, &both, None).await.caching(), "private, max-age=6");
    system.end().await;
}

#[tokio::test]
async fn who_has_the_answer_already_is_told_so_in_no_words() {
    let system = System::start(Setup::default()).await;
    system.get(Method::GET, NAMES, None).await;
    let whole = system.get(Method::GET, NAMES, None).await;
    let tag = whole.header("etag").to_owned();
    let same = system.get(Method::GET, NAMES, Some(&tag)).await;
    assert_eq!((same.status, same.text.as_str()), (304, ""));
    // Nothing about a body that is not there (RFC 9110 §15.4.5).
    assert_eq!((same.header("content-length"), same.header("content-type")), ("", ""));
    for name in ["etag", "cache-control", "vary"] {
        assert_eq!(same.header(name), whole.header(name), "{name}");
    }
    let among = format!("\"other\", W/{tag}");
    assert_eq!(system.get(Method::GET, NAMES, Some(&among)).await.status, 304);
    let other = system.get(Method::GET, NAMES, Some("\"other\"")).await;
    assert_eq!((other.status, &other.text), (200, &whole.text));
    let head = system.get(Method::HEAD, NAMES, None).await;
    assert_eq!((head.status, head.text.as_str(), head.header("etag")), (200, "", tag.as_str()));
    assert_eq!(head.header("content-length"), whole.text.len().to_string());

    // Made anew and alike, it has its tag again, and is not sent again.
    system.pass(Duration::from_secs(301)).await;
    let refreshed = async {
        loop {
            let again = system.get(Method::GET, NAMES, Some(&tag)).await;
            if again.status == 304 {
                return;
            }
            assert_eq!(again.caching(), "no-store", "{}", again.text);
        }
    };
    tokio::time::timeout(Duration::from_secs(20), refreshed).await.expect("the listings are refreshed");

    // Somebody else's answer is another one, whatever tag they bring.
    let stranger = system.token(&Scope::ALL, &["north"]);
    let theirs = system.get_as(&stranger, Method::GET, NAMES, Some(&tag)).await;
    assert_eq!(theirs.status, 200);
    assert_ne!(theirs.header("etag"), tag);
    system.end().await;
}

#[tokio::test]
async fn what_is_personal_or_wrong_or_of_the_moment_is_kept_by_nobody() {
    let system = System::start(Setup::default()).await;
    for query in [
        "{ viewer { subject } }",
        "{ trades(first: 5) { nodes { id payment { payerOpenId } } } }",
        "{ orders(first: 5) { nodes { id } } }",
        "{ refills(first: 5) { nodes { id } } }",
        "{ machines(first: 1) { nodes { name } } node(id: \"x\") { id } }",
        "{ nothing }",
        "{",
    ] {
        for _ in 0..2 {
            let got = system.get(Method::GET, query, Some("*")).await;
            assert_eq!((got.caching(), got.header("etag")), ("no-store", ""), "{query}: {}", got.text);
            assert_ne!(got.status, 304, "{query}");
        }
    }
    // A cache may keep what no time is known for, and asks before each use.
    assert_eq!(system.get(Method::GET, "{ __typename }", None).await.caching(), "private, no-cache");
    let client = reqwest::Client::new();
    let posted = client.post(&system.url).bearer_auth(system.token(&Scope::ALL, &["*"]));
    let posted =
        posted.json(&serde_json::json!({ "query": "{ __typename }" })).send().await.expect("it answers");
    assert_eq!(posted.headers()["cache-control"], "no-store");
    assert!(posted.headers().get("etag").is_none());
    let answer: Value = posted.json().await.expect("it is JSON");
    assert_eq!(answer["data"]["__typename"], "Query");
    system.end().await;
}
