//! Orders at a vendor that keeps no trades are trades, beside the other vendor's.

use serde_json::{Value, json};
use vendgraph::auth::Scope;

use crate::harness::{Setup, System, codes, texts};

const TRADE: &str = "id __typename orderNumber tradeNumber machineNumber shelfCode productName quantity \
    unitPrice { minorUnits } total { minorUnits currency } payment { method state } refund { state } createdAt";

/// A machine with two shelves that hold two pieces or more: its id, its number, and theirs.
async fn machine(system: &System) -> (String, String, [String; 2]) {
    let query = "{ machines(first: 12, filter: {vendor: DINGSHANG}) { nodes { id number online shelves { id stock { quantity } state } } } }";
    let answer = system.ask(query).await;
    assert!(answer["errors"].is_null(), "{answer}");
    for machine in answer["data"]["machines"]["nodes"].as_array().unwrap() {
        let full =
            |shelf: &&Value| shelf["stock"]["quantity"].as_i64() >= Some(2) && shelf["state"] == "NORMAL";
        let shelves = machine["shelves"].as_array().map_or(&[][..], Vec::as_slice);
        let shelves: Vec<_> = shelves.iter().filter(full).map(|shelf| text(&shelf["id"])).collect();
        if let (Some(true), [one, other, ..]) = (machine["online"].as_bool(), shelves.as_slice()) {
            return (text(&machine["id"]), text(&machine["number"]), [one.clone(), other.clone()]);
        }
    }
    panic!("no machine has two full shelves: {answer}");
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

async fn trades_of(system: &System, machine: &str) -> Value {
    let query = format!(
        "{{ machine(id: \"{machine}\") {{ trades {{ nodes {{ {TRADE} }} sources {{ ok freshness {{ source stale }} }} }} }} }}"
    );
    let answer = system.ask(&query).await;
    assert!(answer["errors"].is_null(), "{answer}");
    answer["data"]["machine"]["trades"].clone()
}

async fn place(system: &System, machine: &str, shelves: &[String; 2]) -> Value {
    let query = format!(
        "mutation {{ createOrder(input: {{machineId: \"{machine}\", idempotencyKey: \"one\", lines: [{{shelfId: \"{}\", quantity: 2}}, {{shelfId: \"{}\", quantity: 1}}]}}) {{ order {{ id number tradeNumber amount {{ minorUnits }} }} userErrors {{ code message }} }} }}",
        shelves[0], shelves[1]
    );
    let answer = system.ask(&query).await;
    let placed = &answer["data"]["createOrder"];
    assert_eq!(placed["userErrors"], json!([]), "{answer}");
    placed["order"].clone()
}

#[tokio::test]
async fn an_order_at_a_vendor_that_keeps_no_trades_becomes_trades_and_sums() {
    let system = System::start(Setup::default()).await;
    let (machine, number, shelves) = machine(&system).await;
    let none = trades_of(&system, &machine).await;
    let stored = json!([{ "ok": true, "freshness": { "source": "STORE", "stale": false } }]);
    assert_eq!((&none["nodes"], &none["sources"]), (&json!([]), &stored));

    let order = place(&system, &machine, &shelves).await;
    let pending = trades_of(&system, &machine).await;
    assert_eq!(texts(&pending["nodes"], "/payment/state"), ["PENDING"; 2], "{pending}");
    let pay = format!(
        "mutation {{ payOrder(input: {{orderId: \"{}\"}}) {{ userErrors {{ code }} }} }}",
        text(&order["id"])
    );
    let paid = system.ask(&pay).await;
    assert_eq!(paid["data"]["payOrder"]["userErrors"], json!([]), "{paid}");

    let told = trades_of(&system, &machine).await["nodes"].clone();
    assert_eq!(texts(&told, "/payment/state"), ["PAID"; 2], "{told}");
    assert_eq!(texts(&told, "/payment/method"), ["MERCHANT"; 2], "{told}");
    assert_eq!(texts(&told, "/machineNumber"), [number.as_str(); 2], "{told}");
    assert_eq!(texts(&told, "/orderNumber"), [order["number"].as_str().unwrap(); 2], "{told}");
    assert_eq!(texts(&told, "/tradeNumber"), [order["tradeNumber"].as_str().unwrap(); 2], "{told}");
    assert_eq!(texts(&told, "/id"), texts(&pending["nodes"], "/id"));
    let money = |trade: usize, of: &str| told[trade][of]["minorUnits"].as_i64().unwrap();
    assert_eq!(money(0, "unitPrice") * 2, money(0, "total"), "{told}");
    assert_eq!(money(0, "total") + money(1, "total"), order["amount"]["minorUnits"].as_i64().unwrap());

    let ids: Vec<String> = texts(&told, "/id").iter().map(|id| format!("\"{id}\"")).collect();
    let nodes =
        system.ask(&format!("{{ nodes(ids: [{}]) {{ ... on Trade {{ {TRADE} }} }} }}", ids.join(","))).await;
    assert_eq!(nodes["data"]["nodes"], told, "{nodes}");
    let all = format!("{{ trades(first: 2) {{ nodes {{ {TRADE} }} sources {{ account {{ name }} ok }} }} }}");
    let all = system.ask(&all).await["data"]["trades"].clone();
    assert_eq!(all["nodes"], told, "nothing is newer");
    assert_eq!(texts(&all["sources"], "/account/name"), ["metro", "north"]);
    sums_agree(&system, &machine, order["amount"]["minorUnits"].as_i64().unwrap()).await;

    let stranger = system.token(&Scope::ALL, &["metro"]);
    let foreign = system.ask_as(&stranger, &format!("{{ node(id: {}) {{ id }} }}", ids[0])).await;
    assert_eq!(codes(&foreign), ["NOT_FOUND"], "{foreign}");
    system.end().await;
}

async fn sums_agree(system: &System, machine: &str, amount: i64) {
    let query = format!(
        "{{ salesStatistics(machineIds: [\"{machine}\"], from: \"2020-01-01T00:00:00Z\", to: \"2100-01-01T00:00:00Z\") {{ total {{ count amount {{ minorUnits }} }} online {{ count }} offline {{ count }} byMethod {{ method figure {{ count }} }} }} }}"
    );
    let sums = system.ask(&query).await;
    let expected = json!([{
        "total": { "count": 3, "amount": { "minorUnits": amount } },
        "online": { "count": 3 },
        "offline": { "count": 0 },
        "byMethod": [{ "method": "MERCHANT", "figure": { "count": 3 } }],
    }]);
    assert_eq!(sums["data"]["salesStatistics"], expected, "{sums}");
}
