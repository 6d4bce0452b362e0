//! What the gateway learns from what it is told: shown at once, without asking the vendor.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use vendgraph::sandbox::{Effect, Fault, Vendor};

use super::{logged, push, taken, until};
use crate::{
    follower::Follower,
    harness::{Setup, System, machine_id},
};

fn machine(number: &str) -> String {
    let id = machine_id("metro", number);
    format!(
        "{{ node(id: \"{id}\") {{ ... on Machine {{ online status {{ online faults {{ name }} }} \
         lastRefill {{ refilledAt }} shelves {{ code soldOut capacity price {{ amount }} \
         stock {{ quantity basis }} }} }} }} }}"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pushed_status_is_shown_at_once_and_no_vendor_is_asked() {
    let system = System::start(Setup::default()).await;
    push(&system);
    let number = system.vendors.inhand().asset_id(0);
    let before = system.ask(&machine(&number)).await["data"]["node"].clone();
    let online = before["online"].as_bool().unwrap();
    let calls = system.inhand_calls("/osapi/router/status");
    assert!(system.vendors.inhand().set_online(&number, !online));
    assert!(system.vendors.inhand().set_fault(&number, Some("0x0012")));
    until(
        async || {
            let answer = system.ask(&machine(&number)).await;
            let node = &answer["data"]["node"];
            node["online"] == !online
                && node["status"]["online"] == !online
                && node["status"]["faults"].as_array().is_some_and(|faults| !faults.is_empty())
        },
        &|| "the status".to_owned(),
    )
    .await;
    let listed = system
        .ask(&format!("{{ machines(filter: {{ online: {} }}) {{ nodes {{ number }} }} }}", !online))
        .await;
    assert!(
        listed["data"]["machines"]["nodes"].as_array().unwrap().iter().any(|node| node["number"] == *number)
    );
    assert_eq!(system.inhand_calls("/osapi/router/status"), calls);
    system.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_machine_alone_says_of_itself_outlives_what_is_read_of_it() {
    let mut system = System::start(Setup::default()).await;
    push(&system);
    let number = system.vendors.inhand().asset_id(0);
    let query = format!(
        "{{ node(id: \"{}\") {{ ... on Machine {{ status {{ doorOpen }} }} }} }}",
        machine_id("metro", &number)
    );
    let door = async |system: &System| system.ask(&query).await["data"]["node"]["status"]["doorOpen"].clone();
    assert_eq!(door(&system).await, Value::Null, "no call tells it");
    // The door was opened for it, and is shut again.
    assert!(system.vendors.inhand().refill(&number));
    until(async || door(&system).await == false, &|| "the door".to_owned()).await;
    for is_restarted in [false, true] {
        if is_restarted {
            system.crash().await;
            system.restart().await;
        }
        let calls = system.inhand_calls("/osapi/router/status");
        system.pass(Duration::from_mins(1)).await;
        assert_eq!(door(&system).await, false);
        assert!(system.inhand_calls("/osapi/router/status") > calls, "it was read anew");
    }
    system.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refill_while_the_vendor_is_down_leaves_the_status_as_it_was_known() {
    let system = System::start(Setup::default()).await;
    push(&system);
    let number = system.vendors.inhand().asset_id(0);
    let query = format!(
        "{{ node(id: \"{}\") {{ ... on Machine {{ lastRefill {{ refilledAt }} shelves {{ code }} \
         status {{ online freshness {{ stale }} }} }} }} }}",
        machine_id("metro", &number)
    );
    let before = system.ask(&query).await["data"]["node"].clone();
    assert_eq!(before["status"]["freshness"]["stale"], false, "{before}");
    system.vendors.faults(Vendor::Inhand).add(Fault::new(Effect::Status(503)));
    assert!(system.vendors.inhand().refill(&number));
    let told = async || system.ask(&query).await["data"]["node"].clone();
    until(async || told().await["status"]["freshness"]["stale"] == true, &|| "the refill".to_owned()).await;
    let after = told().await;
    assert_eq!(after["status"]["online"], before["status"]["online"], "{after}");
    assert_eq!(after["shelves"], before["shelves"], "{after}");
    system.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refill_and_the_sales_since_tell_the_stock_and_a_new_machine_its_shelves() {
    let system = System::start(Setup::default()).await;
    push(&system);
    let number = system.vendors.inhand().asset_id(0);
    assert!(system.vendors.inhand().announce(&number) && system.vendors.inhand().refill(&number));
    taken(&system, 2).await;
    let stock = async || {
        let node = system.ask(&machine(&number)).await["data"]["node"].clone();
        let shelves = node["shelves"].as_array().unwrap_or_else(|| panic!("{node}")).clone();
        assert!(
            shelves.iter().all(|shelf| shelf["capacity"].is_u64() && shelf["price"]["amount"].is_string()),
            "{node}"
        );
        assert!(shelves.iter().all(|shelf| shelf["stock"]["basis"] == "ESTIMATED"), "{node}");
        assert!(node["lastRefill"]["refilledAt"].is_string(), "{node}");
        shelves.iter().map(|shelf| shelf["stock"]["quantity"].as_u64().unwrap()).sum::<u64>()
    };
    // The log is heard behind the acknowledgement.
    until(async || !system.ask(&machine(&number)).await["data"]["node"]["lastRefill"].is_null(), &|| {
        "the refill".to_owned()
    })
    .await;
    let full = stock().await;
    system.vendors.advance(60);
    assert!(system.vendors.inhand().sell_one(&number));
    let sold = async || {
        // The goods come out a while after they are paid for.
        system.vendors.tick();
        stock().await < full
    };
    until(sold, &|| "the sale".to_owned()).await;
    system.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_is_asked_for_and_told_once() {
    let mut system = System::start(Setup::default()).await;
    let trades = async |system: &System| -> Vec<Value> { logged(system, "TRADE", None).await };
    // The first look is back over an hour.
    system.look_for_missed().await;
    let known = trades(&system).await.len();
    system.crash().await;
    for index in 0..5 {
        assert!(system.vendors.inhand().sell_one(&system.vendors.inhand().asset_id(index)));
    }
    system.pass(Duration::from_secs(30)).await;
    system.restart().await;
    system.look_for_missed().await;
    let found = trades(&system).await;
    assert_eq!(found.len(), known + 5);
    assert!(found.iter().all(|event| event["origin"] == "RECONCILED"), "{found:?}");
    system.look_for_missed().await;
    assert_eq!(trades(&system).await.len(), known + 5);
    system.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_vendor_could_not_tell_while_it_was_away_is_asked_for_once_it_is_back_and_busy() {
    let system = System::start(Setup { reconcile: "24h", ..Setup::default() }).await;
    let sold = async || logged(&system, "TRADE", None).await.len();
    // Somebody asks all the time, so that the one call that finds the vendor back is hardly ever the reconciler's.
    let ask = async || {
        let answer = system.ask("{ trades(first: 1) { sources { account { name } error { code } } } }").await;
        let sources = answer["data"]["trades"]["sources"].as_array().unwrap().clone();
        sources.iter().find(|source| source["account"]["name"] == "metro").unwrap()["error"]["code"].is_null()
    };
    // The first look, at the start.
    until(async || system.inhand_calls("/osapi/refill/message") > 0, &|| "the first look".to_owned()).await;
    let faults = system.vendors.faults(Vendor::Inhand);
    faults.add(Fault::new(Effect::Status(500)));
    let down = async || {
        ask().await;
        let answer = system.ask("{ accounts { name health { state } } }").await;
        let accounts = answer["data"]["accounts"].as_array().unwrap().clone();
        accounts.iter().any(|account| account["health"]["state"] == "DOWN")
    };
    until(down, &|| "it is not down".to_owned()).await;
    // It is away for longer than the reconciler takes to see it.
    let away = Instant::now();
    while away.elapsed() < Duration::from_secs(3) {
        assert!(!ask().await);
        sleep(Duration::from_millis(20)).await;
    }
    let known = sold().await;
    for index in 0..5 {
        assert!(system.vendors.inhand().sell_one(&system.vendors.inhand().asset_id(index)));
    }
    faults.clear();
    system.pass(Duration::from_mins(1)).await;
    let found = async || {
        ask().await;
        sold().await >= known + 5
    };
    until(found, &|| "what was missed".to_owned()).await;
    system.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_that_is_older_than_what_is_kept_is_told_of_the_gap_first() {
    let system = System::start(Setup::default()).await;
    push(&system);
    system.vendors.pushes().burst(vendgraph::sandbox::Burst::new(10, 1));
    taken(&system, 10).await;
    let old = logged(&system, "TRADE", None).await;
    system.pass(Duration::from_hours(31 * 24)).await;
    system.tidy().await;
    system.vendors.pushes().burst(vendgraph::sandbox::Burst::new(3, 1));
    taken(&system, 13).await;
    let after = old[0]["cursor"].clone();
    let query = "subscription ($after: String) { events(after: $after, filter: { kinds: [TRADE] }) { __typename cursor } }";
    let mut follower = Follower::start(&system, query, json!({ "after": after })).await;
    let gap = follower.next().await["data"]["events"].clone();
    assert_eq!(gap["__typename"], "GapEvent");
    for _ in 0..3 {
        assert_eq!(follower.next().await["data"]["events"]["__typename"], "TradeEvent");
    }
    let mut resumed = Follower::start(&system, query, json!({ "after": gap["cursor"] })).await;
    assert_eq!(resumed.next().await["data"]["events"]["__typename"], "TradeEvent");
    let page = logged(&system, "TRADE", old[0]["cursor"].as_str()).await;
    assert_eq!((page.len(), &page[0]["__typename"]), (4, &json!("GapEvent")));
    system.end().await;
}
