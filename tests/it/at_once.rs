//! What is written at once is what is answered when each field is resolved: of every field there is, in both vendors'
//! machines and goods.

use serde_json::{Value, json};
use vendgraph::auth::Scope;

use crate::harness::{Setup, System};

/// Types of which much is written at once, with how they are reached.
const REACHED: [(&str, &str); 8] = [
    ("Machine", "machines(first: 50) { nodes { @ } }"),
    ("Site", "machines(first: 50) { nodes { number site { @ } } }"),
    ("Site", "sites(first: 50) { nodes { @ } }"),
    ("Line", "machines(first: 50) { nodes { site { line { @ } } line { @ } } }"),
    ("Product", "products(first: 100) { edges { cursor node { @ } } }"),
    ("Shelf", "machines(first: 50) { nodes { shelves { @ } } }"),
    ("Money", "machines(first: 50) { nodes { shelves { product { name price { @ } } price { @ } } } }"),
    ("StockLevel", "machines(first: 50) { nodes { shelves { code stock { @ } } } }"),
];

/// The answers to a query as it is, and in a document that asks for a member twice, which is resolved field by field.
async fn both(system: &System, query: &str) -> [Value; 2] {
    let at_once = system.ask(&format!("{{ {query} }}")).await;
    let mut resolved = system.ask(&format!("{{ {query} x: __typename x: __typename }}")).await;
    resolved["data"].as_object_mut().expect("there is data").remove("x");
    [at_once, resolved]
}

/// The fields of a type that take no arguments, each with what is to be selected of what it gives.
async fn fields(system: &System, name: &str) -> Vec<String> {
    let query = "query($name: String!) { __type(name: $name) { fields { name args { name } type { ...t ofType { ...t \
                 ofType { ...t ofType { ...t } } } } } } } fragment t on __Type { kind name fields { name } }";
    let answer = system.post_all(&json!({ "query": query, "variables": { "name": name } })).await;
    let fields = answer["data"]["__type"]["fields"].as_array().expect("there is such a type").clone();
    let plain = fields.iter().filter(|field| field["args"].as_array().is_some_and(Vec::is_empty));
    plain
        .filter_map(|field| Some(format!("{}{}", field["name"].as_str()?, selected(&field["type"]))))
        .collect()
}

/// Of an object, whatever names it; nothing of a scalar.
fn selected(kind: &Value) -> &'static str {
    if kind["ofType"].is_object() {
        return selected(&kind["ofType"]);
    }
    match kind["kind"].as_str() {
        Some("OBJECT" | "INTERFACE" | "UNION") => " { __typename }",
        _ => "",
    }
}

impl System {
    async fn post_all(&self, body: &Value) -> Value {
        self.post(Some(&self.token(&Scope::ALL, &["*"])), body).await.1
    }
}

#[tokio::test]
async fn each_field_is_written_as_it_is_resolved() {
    let system = System::start(Setup::default()).await;
    for (name, way) in REACHED {
        let fields = fields(&system, name).await;
        assert!(fields.len() > 2, "{name}: {fields:?}");
        let all = fields.join(" ");
        let known: Vec<_> = fields.iter().filter(|field| !field.ends_with('}')).cloned().collect();
        for selection in fields.iter().map(String::as_str).chain([all.as_str(), &known.join(" ")]) {
            let query = way.replace('@', &format!("t: __typename ...on {name} {{ {selection} }}"));
            // What is asked of the vendors is asked, and known from then on.
            both(&system, &query).await;
            let [at_once, resolved] = both(&system, &query).await;
            assert_eq!(at_once, resolved, "{query}");
            assert!(at_once["errors"].is_null() && at_once.to_string().contains(name), "{query}: {at_once}");
        }
    }
}

#[tokio::test]
async fn an_object_of_which_all_is_skipped_is_an_empty_one() {
    let system = System::start(Setup::default()).await;
    assert_eq!(system.ask("{ __typename @skip(if: true) }").await, json!({ "data": {} }));
    for of_machine in [
        "number @skip(if: true)",
        "...on Machine @include(if: false) { number }",
        "number site { name @skip(if: true) }",
        "number site { number line { name @skip(if: true) } } line { name @skip(if: true) }",
        "number shelves { code @skip(if: true) }",
        "number shelves { code price { amount @include(if: false) } }",
    ] {
        let query = format!("machines(first: 50) {{ nodes {{ {of_machine} }} }}");
        let [at_once, resolved] = both(&system, &query).await;
        assert!(at_once["errors"].is_null() && at_once.to_string().contains("{}"), "{of_machine}: {at_once}");
        assert_eq!(at_once, resolved, "{of_machine}");
    }
}
