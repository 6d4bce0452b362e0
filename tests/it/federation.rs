//! The gateway as a subgraph: what a supergraph's gateway asks for, under the same rights as everything else.

use serde_json::{Value, json};
use vendgraph::{auth::Scope, graphql::federation};

use crate::harness::{Setup, System, account_id, codes, machine_id};

const ENTITIES: &str = "query($of: [_Any!]!) { _entities(representations: $of) {
    __typename ... on VendorAccount { name } ... on Machine { id number } ... on Product { id } ... on Site { id } ... on Order { id } } }";

async fn subgraph() -> System {
    System::start(Setup { server: "federation = true", ..Setup::default() }).await
}

fn of(kind: &str, id: &str) -> Value {
    json!({ "__typename": kind, "id": id })
}

impl System {
    async fn entities(&self, token: &str, representations: &[Value]) -> Value {
        let variables = json!({ "of": representations });
        self.post(Some(token), &json!({ "query": ENTITIES, "variables": variables })).await.1
    }
}

#[tokio::test]
async fn entities_are_found_by_their_keys_in_their_order() {
    let system = subgraph().await;
    let token = system.token(&Scope::ALL, &["*"]);
    let listed = system
        .ask("{ products(first: 1) { nodes { id } } machines(first: 1, filter: {vendor: INHAND}) { nodes { id site { id } } } }")
        .await;
    let id = |pointer: &str| listed["data"].pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
    let (product, machine) = (id("/products/nodes/0/id"), id("/machines/nodes/0/id"));
    let site = id("/machines/nodes/0/site/id");
    let asked = [
        of("Site", &site),
        of("Machine", &machine),
        of("Product", &product),
        of("VendorAccount", &account_id("north")),
        of("Machine", &machine),
    ];
    let answer = system.entities(&token, &asked).await;
    assert!(answer["errors"].is_null(), "{answer}");
    let found = answer["data"]["_entities"].as_array().unwrap();
    for (asked, found) in asked.iter().zip(found) {
        assert_eq!(found["__typename"], asked["__typename"], "{answer}");
        if asked["__typename"] != "VendorAccount" {
            assert_eq!(found["id"], asked["id"], "{answer}");
        }
    }
    assert_eq!(found.len(), 5);
    system.end().await;
}

#[tokio::test]
async fn what_is_not_there_not_yours_or_of_another_type_is_null_and_costs_nothing_else() {
    let system = subgraph().await;
    let number = system.vendors.inhand().asset_id(0);
    let machine = machine_id("metro", &number);
    let asked = [
        of("Machine", &machine),
        of("Product", &machine),
        of("Machine", &machine_id("metro", "no-such")),
        of("VendorAccount", &account_id("metro")),
    ];
    let theirs = system.entities(&system.token(&Scope::ALL, &["metro"]), &asked).await;
    assert!(theirs["errors"].is_null(), "{theirs}");
    assert_eq!(theirs["data"]["_entities"][0]["number"], json!(number), "{theirs}");
    assert_eq!(theirs["data"]["_entities"][1], Value::Null);
    assert_eq!(theirs["data"]["_entities"][2], Value::Null);
    assert_eq!(theirs["data"]["_entities"][3]["name"], "metro");
    let strangers = system.entities(&system.token(&Scope::ALL, &["north"]), &asked).await;
    assert_eq!(strangers, json!({ "data": { "_entities": [null, null, null, null] } }));
    system.end().await;
}

#[tokio::test]
async fn a_missing_scope_costs_its_entity_alone() {
    let system = subgraph().await;
    let token = system.token(&[Scope::OrdersRead], &["*"]);
    let machine = machine_id("metro", &system.vendors.inhand().asset_id(0));
    let asked = [of("Machine", &machine), of("VendorAccount", &account_id("metro"))];
    let answer = system.entities(&token, &asked).await;
    assert_eq!(codes(&answer), ["FORBIDDEN"], "{answer}");
    assert_eq!(answer["errors"][0]["path"], json!(["_entities", 0]));
    assert_eq!(answer["data"]["_entities"][0], Value::Null);
    assert_eq!(answer["data"]["_entities"][1]["name"], "metro");
    system.end().await;
}

#[tokio::test]
async fn entities_are_bounded() {
    let system = subgraph().await;
    let token = system.token(&Scope::ALL, &["*"]);
    let many: Vec<Value> = (0..501).map(|_| of("VendorAccount", &account_id("north"))).collect();
    let query = "query($of: [_Any!]!) { _entities(representations: $of) { __typename } }";
    let ask = |of: &[Value]| json!({ "query": query, "variables": { "of": of } });
    let (status, refused) = system.post(Some(&token), &ask(&many)).await;
    assert_eq!((status, codes(&refused)), (200, vec!["BAD_USER_INPUT"]), "{refused}");
    assert_eq!((&refused["data"], &refused["errors"][0]["path"]), (&Value::Null, &json!(["_entities"])));
    let (_, answered) = system.post(Some(&token), &ask(&many[1..])).await;
    assert!(answered["errors"].is_null(), "{answered}");
    // Weighed as often as they are asked for.
    let heavy = "query($of: [_Any!]!) { _entities(representations: $of) { ... on Machine { trades { nodes { id } } } } }";
    let body = json!({ "query": heavy, "variables": { "of": &many[1..] } });
    assert_eq!(codes(&system.post(Some(&token), &body).await.1), ["QUERY_TOO_COMPLEX"]);
    system.end().await;
}

#[tokio::test]
async fn what_is_no_key_costs_its_own_place_alone() {
    let system = subgraph().await;
    let token = system.token(&Scope::ALL, &["*"]);
    for wrong in [
        json!({ "id": "x" }),
        json!({ "__typename": "Machine" }),
        json!({ "__typename": "Machine", "id": 7 }),
        json!("x"),
        json!([]),
        of("Machine", "x"),
    ] {
        let asked =
            [of("VendorAccount", &account_id("north")), wrong, of("VendorAccount", &account_id("metro"))];
        let answer = system.entities(&token, &asked).await;
        assert_eq!(codes(&answer), ["BAD_USER_INPUT"], "{asked:?}: {answer}");
        assert_eq!(answer["errors"][0]["path"], json!(["_entities", 1]), "{answer}");
        let entities = &answer["data"]["_entities"];
        let names = [&entities[0]["name"], &entities[1], &entities[2]["name"]];
        assert_eq!(names, [&json!("north"), &Value::Null, &json!("metro")], "{answer}");
    }
    system.end().await;
}

#[tokio::test]
async fn the_subgraph_tells_its_schema_to_whom_it_may_be_shown() {
    let system = subgraph().await;
    let answer = system.ask("{ _service { sdl } }").await;
    assert_eq!(answer["data"]["_service"]["sdl"], federation::sdl());
    system.end().await;
    let closed = Setup { server: "federation = true\nintrospection = false", ..Setup::default() };
    let system = System::start(closed).await;
    let reader = system.token(&[Scope::MachinesRead], &["*"]);
    assert_eq!(codes(&system.ask_as(&reader, "{ _service { sdl } }").await), ["FORBIDDEN"]);
    let admin = system.token(&[Scope::Admin], &["*"]);
    assert_eq!(
        system.ask_as(&admin, "{ _service { sdl } }").await["data"]["_service"]["sdl"],
        federation::sdl()
    );
    system.end().await;
}

#[tokio::test]
async fn nothing_of_it_is_there_unless_it_is_asked_for() {
    let system = System::start(Setup::default()).await;
    let token = system.token(&Scope::ALL, &["*"]);
    assert_eq!(codes(&system.ask("{ _service { sdl } }").await), ["BAD_USER_INPUT"]);
    let answer = system.entities(&token, &[]).await;
    assert!(!codes(&answer).is_empty() && answer.get("data").is_none(), "{answer}");
    let shown = system.ask("{ __schema { types { name } queryType { fields { name } } } }").await;
    let shown = shown.to_string();
    for name in ["_service", "_entities", "_Any", "_Entity", "_Service", "Subgraph"] {
        assert!(!shown.contains(&format!("\"{name}\"")), "{name}");
    }
    system.end().await;
}
