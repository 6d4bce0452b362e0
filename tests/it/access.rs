//! Who may see what: scopes cost fields, accounts hide objects.

use serde_json::{Value, json};
use vendgraph::auth::Scope;

use crate::harness::{Setup, System, account_id, codes, machine_id, texts};

#[tokio::test]
async fn without_a_valid_token_everything_is_refused() {
    let system = System::start(Setup::default()).await;
    let body = json!({ "query": "{ __typename }" });
    let expired = {
        let token = system.token(&Scope::ALL, &["*"]);
        system.clock.advance(std::time::Duration::from_hours(25));
        token
    };
    for token in [None, Some("x.y.z"), Some(expired.as_str())] {
        let (status, answer) = system.post(token, &body).await;
        assert_eq!((status, codes(&answer)), (401, vec!["UNAUTHENTICATED"]), "{answer}");
        assert!(answer.get("data").is_none(), "{answer}");
    }
    system.end().await;
}

#[tokio::test]
async fn a_missing_scope_costs_its_field_and_leaves_the_rest() {
    let system = System::start(Setup::default()).await;
    let token = system.token(&[Scope::MachinesRead], &["*"]);
    let query = "{ machines(first: 1) { nodes { number trades { nodes { id } } pickupCodes { nodes { code } } } } \
                 trades { nodes { id } } accounts { name } }";
    let answer = system.ask_as(&token, query).await;
    assert_eq!(codes(&answer), ["FORBIDDEN"; 3], "{answer}");
    assert!(answer["data"]["machines"]["nodes"][0]["number"].is_string(), "{answer}");
    assert!(answer["data"]["trades"].is_null(), "{answer}");
    assert_eq!(texts(&answer["data"]["accounts"], "/name"), ["metro", "north"], "{answer}");

    let traders = system.token(&[Scope::TradesRead], &["*"]);
    let query = "{ trades(first: 40) { nodes { id machineNumber machine { name } payment { payerOpenId payerPhone } } } machines { totalCount } }";
    let answer = system.ask_as(&traders, query).await;
    assert!(answer["data"]["machines"].is_null(), "{answer}");
    for trade in answer["data"]["trades"]["nodes"].as_array().unwrap() {
        assert!(trade["machineNumber"].is_string() && trade["machine"].is_null(), "{trade}");
        assert_eq!(trade["payment"], json!({ "payerOpenId": null, "payerPhone": null }), "{trade}");
    }
    let personal = system.token(&[Scope::TradesRead, Scope::TradesPii], &["*"]);
    let answer =
        system.ask_as(&personal, "{ trades(first: 40) { nodes { payment { payerOpenId } } } }").await;
    assert!(!texts(&answer["data"]["trades"]["nodes"], "/payment/payerOpenId").is_empty(), "{answer}");
    system.end().await;
}

#[tokio::test]
async fn what_belongs_to_another_account_looks_like_what_does_not_exist() {
    let system = System::start(Setup::default()).await;
    let number = system.vendors.inhand().asset_id(0);
    let whole = system
        .ask(&format!(
            "{{ machine(id: \"{}\") {{ id site {{ id }} line {{ id }} shelves {{ id product {{ id }} }} trades(first: 1) {{ nodes {{ id }} }} }} refills(first: 1) {{ nodes {{ id }} }} }}",
            machine_id("metro", &number)
        ))
        .await;
    let machine = &whole["data"]["machine"];
    let ids = [
        account_id("metro"),
        text(&machine["id"]),
        text(&machine["site"]["id"]),
        text(&machine["line"]["id"]),
        text(&machine["shelves"][0]["id"]),
        text(&machine["shelves"][0]["product"]["id"]),
        text(&machine["trades"]["nodes"][0]["id"]),
        text(&whole["data"]["refills"]["nodes"][0]["id"]),
    ];
    let stranger = system.token(&Scope::ALL, &["north"]);
    let nobody = machine_id("nowhere", "1");
    for id in &ids {
        let asked = |id: &str| format!("{{ node(id: \"{id}\") {{ id }} }}");
        let foreign = system.ask_as(&stranger, &asked(id)).await;
        let missing = system.ask_as(&stranger, &asked(&nobody)).await;
        assert_eq!(foreign, missing, "{id}");
        assert_eq!(codes(&foreign), ["NOT_FOUND"], "{foreign}");
        assert!(system.ask(&asked(id)).await["errors"].is_null(), "{id}");
    }
    let lists = "{ accounts { name } machines(first: 500) { nodes { vendor } sources { account { name } } } trades { nodes { id } sources { account { name } } } sites { totalCount } refills { nodes { id } } products { sources { account { name } } } }";
    let answer = system.ask_as(&stranger, lists).await;
    assert!(!answer.to_string().contains("metro"), "{answer}");
    assert_eq!(texts(&answer["data"]["machines"]["nodes"], "/vendor"), ["DINGSHANG"; 12], "{answer}");
    let filtered = format!(
        "{{ machines(filter: {{accountIds: [\"{}\"]}}) {{ totalCount sources {{ ok }} }} }}",
        account_id("metro")
    );
    let answer = system.ask_as(&stranger, &filtered).await;
    assert_eq!(answer["data"]["machines"], json!({ "totalCount": 0, "sources": [] }), "{answer}");
    let none = system.token(&Scope::ALL, &[]);
    assert_eq!(system.ask_as(&none, "{ accounts { name } }").await["data"]["accounts"], json!([]));
    system.end().await;
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no id: {value}")).to_owned()
}
