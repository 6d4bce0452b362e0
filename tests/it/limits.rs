//! The limits of the configuration reach what they are about.

use serde_json::{Value, json};

use crate::{
    follower::Follower,
    harness::{Setup, System, codes},
};

/// Tight in everything that a document may have.
const TIGHT: &str = "[limits]\ndepth = 4\ncomplexity = 100\ntokens = 100\naliases = 2\ndirectives = 1\nroot_fields = 3\n\
                     body_bytes = 2000\n";

async fn tight() -> System {
    System::start(Setup { sections: TIGHT, ..Setup::default() }).await
}

fn refusal(answer: &Value) -> (&str, &Value, &Value) {
    let error = &answer["errors"][0];
    let extensions = &error["extensions"];
    assert_eq!(extensions["code"], "QUERY_TOO_COMPLEX", "{answer}");
    assert!(answer.get("data").is_none(), "{answer}");
    (error["message"].as_str().unwrap(), &extensions["found"], &extensions["limit"])
}

#[tokio::test]
async fn each_limit_on_documents_is_the_configurations() {
    let system = tight().await;
    let machine = "machines(first: 1) { totalCount }";
    for (query, words, found, limit) in [
        (
            "{ machines(first: 1) { nodes { site { machines { id } } } } }".to_owned(),
            "the operation's depth",
            5,
            4,
        ),
        (
            format!("{{ a: {machine} b: {machine} c: {machine} }}"),
            "the document's number of aliased and repeated fields",
            3,
            2,
        ),
        (
            format!("{{ {machine} ... @skip(if: true) {{ accounts @skip(if: true) {{ name }} }} }}"),
            "the document's number of directives",
            2,
            1,
        ),
        (
            format!("{{ {machine} accounts {{ name }} sites {{ totalCount }} lines {{ totalCount }} }}"),
            "the number of fields that one operation begins with",
            4,
            3,
        ),
        (
            format!("{{ accounts {{ {} }} }}", "name ".repeat(120)),
            "the document's number of tokens",
            101,
            100,
        ),
        ("{ machines(first: 500) { nodes { id } } }".to_owned(), "the operation's complexity", 551, 100),
    ] {
        let (status, answer) = system.post(Some(&token(&system)), &json!({ "query": query })).await;
        assert_eq!(status, 400, "{answer}");
        let (told, was, may) = refusal(&answer);
        assert!(told.starts_with(words), "{told}");
        assert_eq!((was, may), (&json!(found), &json!(limit)), "{query}");
    }
    let long = json!({ "query": "{ accounts { name } }", "padding": "x".repeat(2_000) });
    assert_eq!(system.post(Some(&token(&system)), &long).await.0, 413);
    let everyday = system.ask("{ accounts { name } machines(first: 5) { nodes { id name } } }").await;
    assert!(codes(&everyday).is_empty(), "{everyday}");
    system.end().await;
}

fn token(system: &System) -> String {
    system.token(&vendgraph::auth::Scope::ALL, &["*"])
}

#[tokio::test]
async fn a_caller_who_asks_too_often_is_told_so_and_another_is_not() {
    let sections = "[limits]\nrequests_per_second = 1\nburst = 3\n";
    let system = System::start(Setup { sections, ..Setup::default() }).await;
    let query = json!({ "query": "{ accounts { name } }" });
    let mut answered = 0;
    let refused = loop {
        let (status, answer) = system.post(Some(&token(&system)), &query).await;
        if status == 429 {
            break answer;
        }
        assert_eq!(status, 200, "{answer}");
        answered += 1;
        assert!(answered < 50, "nothing is refused");
    };
    assert!(answered >= 3, "{answered}");
    assert_eq!(codes(&refused), ["OVERLOADED"]);
    let other = system.token_of("somebody else", &vendgraph::auth::Scope::ALL, &["*"]);
    assert_eq!(system.post(Some(&other), &query).await.0, 200);
    system.end().await;
}

#[tokio::test]
async fn where_the_schema_is_hidden_no_name_is_suggested_and_admin_sees_all() {
    let system = System::start(Setup { server: "introspection = false", ..Setup::default() }).await;
    let reader = system.token(&[vendgraph::auth::Scope::MachinesRead], &["*"]);
    for query in ["{ machinez { totalCount } }", "{ machines(firs: 1) { totalCount } }"] {
        let hidden = system.ask_as(&reader, query).await;
        assert_eq!(codes(&hidden), ["BAD_USER_INPUT"]);
        assert!(!hidden.to_string().contains("Did you mean"), "{hidden}");
        let shown = system.ask(query).await;
        assert!(shown.to_string().contains("Did you mean"), "{shown}");
    }
    let schema = "{ __schema { queryType { name } } }";
    assert_eq!(codes(&system.ask_as(&reader, schema).await), ["FORBIDDEN"]);
    assert_eq!(system.ask(schema).await["data"]["__schema"]["queryType"]["name"], "Query");
    system.end().await;
}

#[tokio::test]
async fn a_subscription_to_nothing_of_the_schemas_is_told_so_once() {
    let system = System::start(Setup::default()).await;
    let mut follower = Follower::start(&system, "subscription { __typename }", json!({})).await;
    let refusal = follower.refusal().await;
    assert_eq!(refusal.as_array().map(Vec::len), Some(1), "{refusal}");
    assert_eq!(refusal[0]["extensions"]["code"], "BAD_USER_INPUT");
    let hidden = System::start(Setup { server: "introspection = false", ..Setup::default() }).await;
    let reader = hidden.token(&[vendgraph::auth::Scope::EventsRead], &["*"]);
    for query in ["subscription { event { id } }", "subscription { events(aftr: null) { id } }"] {
        let mut follower = Follower::start_as(&hidden, &reader, query, json!({})).await;
        let refusal = follower.refusal().await;
        assert_eq!(refusal[0]["extensions"]["code"], "BAD_USER_INPUT");
        assert!(!refusal.to_string().contains("Did you mean"), "{refusal}");
    }
    hidden.end().await;
    system.end().await;
}
