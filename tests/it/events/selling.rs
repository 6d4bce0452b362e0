//! Sales at a vendor that keeps no trades: told as trades, since they went through us.

use serde_json::{Value, json};

use crate::{
    events::until,
    follower::Follower,
    harness::{Setup, System, machine_id},
    orders::{Counter, DISPENSE, cancel, dispense, pay},
};

const TRADE: &str =
    "id tradeNumber shelfCode total { minorUnits } payment { method state } delivery { state }";

async fn follow(system: &System, filter: &str) -> Follower {
    let query =
        format!("subscription {{ trades{filter} {{ kind origin machineNumber trade {{ {TRADE} }} }} }}");
    let mut follower = Follower::start(system, &query, json!({})).await;
    assert!(follower.is_quiet().await);
    follower
}

async fn sold(follower: &mut Follower) -> Value {
    let told = follower.next().await;
    assert!(told["errors"].is_null(), "{told}");
    told["data"]["trades"].clone()
}

/// How far a trade is told to be: paid, out, and whether its price is known.
fn stage(trade: &Value) -> (String, String, bool) {
    let text = |pointer: &str| trade.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    (text("/payment/state"), text("/delivery/state"), trade["total"].is_object())
}

fn stages(told: &[Value], id: &Value) -> Vec<(String, String, bool)> {
    told.iter().filter(|trade| trade["id"] == *id).map(stage).collect()
}

fn expected(stages: &[(&str, &str, bool)]) -> Vec<(String, String, bool)> {
    stages.iter().map(|(paid, out, priced)| ((*paid).to_owned(), (*out).to_owned(), *priced)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_of_an_order_is_told_as_a_trade_and_each_change_of_it_once() {
    let system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    let mut all = follow(&system, "").await;
    let mut out = follow(&system, "(filter: { deliveryState: DISPENSED })").await;
    let mut by_code = follow(&system, "(filter: { paymentMethod: PICKUP_CODE })").await;
    let elsewhere = machine_id("north", "00000000");
    let mut elsewhere = follow(&system, &format!("(filter: {{ machineIds: [\"{elsewhere}\"] }})")).await;

    let placed = system.tell(&counter.create(&[(0, 1), (1, 2)], "k")).await;
    assert_eq!(system.tell(&pay(placed.id())).await.state(), "PAID");
    system.tell(&dispense(placed.id(), placed.line(0))).await;
    assert_eq!(system.sent(DISPENSE), 1);
    system.pass(std::time::Duration::from_secs(3)).await;
    assert_eq!(system.order(placed.id()).await["lines"][0]["delivery"]["state"], "DISPENSED");

    let machine =
        format!("{{ machine(id: \"{}\") {{ trades {{ nodes {{ {TRADE} }} }} }} }}", counter.machine);
    let listed = system.ask(&machine).await["data"]["machine"]["trades"]["nodes"].clone();
    let [first, second] = [&listed[0], &listed[1]];
    let came_out = sold(&mut out).await;
    assert_eq!(came_out["trade"], *first);
    let mut told = Vec::new();
    while told.last() != Some(first) {
        let event = sold(&mut all).await;
        assert_eq!((&event["kind"], &event["origin"]), (&json!("TRADE"), &json!("INTERNAL")));
        assert_eq!(event["machineNumber"], counter.number.as_str());
        told.push(event["trade"].clone());
    }
    assert!(told.iter().all(|trade| trade["payment"]["method"] == "MERCHANT"), "{told:?}");
    // The vendor tells the price after it took the order.
    let begun = [("PENDING", "WAITING", false), ("PENDING", "WAITING", true), ("PAID", "WAITING", true)];
    let then = [("PAID", "DISPENSING", true), ("PAID", "DISPENSED", true)];
    assert_eq!(stages(&told, &first["id"]), expected(&[&begun[..], &then[..]].concat()));
    assert_eq!(stages(&told, &second["id"]), expected(&begun));
    assert_eq!(told.iter().rfind(|trade| trade["id"] == second["id"]), Some(second));

    let found =
        system.ask(&format!("{{ node(id: {}) {{ ... on Trade {{ {TRADE} }} }} }}", first["id"])).await;
    assert_eq!(found["data"]["node"], *first);
    let logged = system.ask("{ events(first: 500, filter: { kinds: [TRADE] }) { nodes { machineNumber ... on TradeEvent { trade { id } } } } }").await;
    let logged = logged["data"]["events"]["nodes"].as_array().unwrap().clone();
    let ours = logged.iter().filter(|event| event["machineNumber"] == counter.number.as_str());
    assert_eq!(ours.count(), told.len());
    assert!(all.is_quiet().await && out.is_quiet().await && by_code.is_quiet().await);
    assert!(elsewhere.is_quiet().await);

    let refunded = system.tell(&cancel(placed.id(), "REFUND")).await;
    assert_eq!(refunded.state(), "REFUND");
    let listed = system.ask(&machine).await["data"]["machine"]["trades"]["nodes"].clone();
    // What did not come out is cancelled with it.
    assert_eq!(stage(&listed[1]), expected(&[("PAID", "CANCELLED", true)])[0]);
    let mut last = vec![Value::Null; 2];
    while last != *listed.as_array().unwrap() {
        let trade = sold(&mut all).await["trade"].clone();
        let line = usize::from(trade["id"] == second["id"]);
        assert_ne!(last[line], trade, "told twice");
        last[line] = trade;
    }
    assert!(all.is_quiet().await);
    system.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_lapses_tells_no_trade_and_what_is_tried_again_is_told_again() {
    use vendgraph::sandbox::world::dingshang::{Dispenses, Outcome};
    let system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    let lapsing = system.tell(&counter.create(&[(0, 1)], "lapsing")).await;
    system.pass(std::time::Duration::from_mins(21)).await;
    system.reconcile().await;
    assert_eq!(system.order(lapsing.id()).await["state"], "EXPIRED");

    let mut all = follow(&system, "").await;
    let paid = system.paid(&counter, &[1], "tried").await;
    let fails = Outcome::Fails { reason: "Goods are Stuck".into(), floor_status: "2".into() };
    for outcome in [fails, Outcome::Succeeds] {
        let dispenses = Some(Dispenses { outcome, times: Some(1) });
        assert!(system.vendors.dingshang().change(&counter.number, |machine| machine.dispenses = dispenses));
        assert_eq!(system.tell(&dispense(paid.id(), paid.line(0))).await.error(), None);
        system.pass(std::time::Duration::from_secs(3)).await;
        system.order(paid.id()).await;
    }
    let mut deliveries: Vec<String> = Vec::new();
    while deliveries.last().is_none_or(|state| state != "DISPENSED") {
        deliveries.push(stage(&sold(&mut all).await["trade"]).1);
    }
    deliveries.dedup();
    assert_eq!(deliveries, ["WAITING", "DISPENSING", "FAILED", "WAITING", "DISPENSING", "DISPENSED"]);
    until(async || system.order(paid.id()).await["state"] == "PAID", &|| "the order".to_owned()).await;
    assert!(all.is_quiet().await);
    system.end().await;
}
