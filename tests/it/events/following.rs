//! Following the log: everything once and in order, whatever breaks.

use serde_json::{Value, json};
use vendgraph::{auth::Scope, sandbox::Burst};

use super::{logged, push, taken};
use crate::{
    follower::Follower,
    harness::{Setup, System, account_id, codes, machine_id},
};

const TRADES: &str = "subscription ($after: String) { events(filter: { kinds: [TRADE] }, after: $after) { cursor \
                      ... on TradeEvent { trade { orderNumber } } } }";

fn cursors(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|event| event["cursor"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_message_that_was_acknowledged_is_in_the_log_once_and_every_subscriber_sees_the_log() {
    let system = System::start(Setup::default()).await;
    push(&system);
    let mut steady = Follower::start(&system, TRADES, json!({})).await;
    assert!(steady.is_quiet().await);
    system.vendors.pushes().burst(Burst::new(400, 2));
    // One that comes back again and again, with the cursor of what it saw last.
    let mut seen: Vec<Value> = Vec::new();
    let mut restless = Follower::start(&system, TRADES, json!({})).await;
    while seen.len() < 400 {
        for _ in 0..37 {
            seen.push(restless.next().await["data"]["events"].clone());
        }
        let after = seen.last().unwrap()["cursor"].clone();
        restless = Follower::start(&system, TRADES, json!({ "after": after })).await;
    }
    taken(&system, 800).await;
    let log = logged(&system, "TRADE", None).await;
    assert_eq!(log.len(), 800);
    let first = log.iter().position(|event| event["cursor"] == seen[0]["cursor"]).unwrap();
    let seen: Vec<_> = cursors(&seen);
    assert_eq!(seen, cursors(&log[first..first + seen.len()]));
    let mut all = Vec::new();
    for _ in 0..800 {
        all.push(steady.next().await["data"]["events"].clone());
    }
    assert_eq!(cursors(&all), cursors(&log));
    assert!(steady.is_quiet().await);
    system.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_follows_from_the_newest_cursor_is_told_all_that_comes_after_it_and_nothing_else() {
    let system = System::start(Setup::default()).await;
    push(&system);
    let newest = async || system.ask("{ eventCursor }").await["data"]["eventCursor"].clone();
    system.vendors.pushes().burst(Burst::new(20, 1));
    taken(&system, 20).await;
    let after = newest().await;
    system.vendors.pushes().burst(Burst::new(20, 1));
    taken(&system, 40).await;
    assert_ne!(newest().await, after);
    let mut late = Follower::start(&system, TRADES, json!({ "after": after })).await;
    let mut seen = Vec::new();
    for _ in 0..20 {
        seen.push(late.next().await["data"]["events"].clone());
    }
    assert!(late.is_quiet().await);
    assert_eq!(cursors(&seen), cursors(&logged(&system, "TRADE", None).await[20..]));
    let blind = system.ask_as(&system.token(&[Scope::TradesRead], &["*"]), "{ eventCursor }").await;
    assert_eq!((codes(&blind), &blind["data"]["eventCursor"]), (vec!["FORBIDDEN"], &Value::Null));
    system.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_twice_or_in_another_order_is_one_event() {
    let system = System::start(Setup::default()).await;
    push(&system);
    let mut switches = system.vendors.pushes().switches();
    switches.duplicates = 2;
    switches.fresh_nonces = true;
    switches.reorder = true;
    system.vendors.pushes().switch(switches);
    system.vendors.pushes().burst(Burst::new(100, 1));
    taken(&system, 300).await;
    assert_eq!(logged(&system, "TRADE", None).await.len(), 100);
    system.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_signed_is_refused_and_leaves_nothing() {
    let system = System::start(Setup::default()).await;
    push(&system);
    let mut switches = system.vendors.pushes().switches();
    switches.wrong_sign = true;
    system.vendors.pushes().switch(switches);
    system.vendors.pushes().burst(Burst::new(20, 1));
    super::until(async || system.vendors.pushes().counts().refused == 20, &|| "refusals".to_owned()).await;
    assert_eq!(logged(&system, "TRADE", None).await, Vec::<Value>::new());
    system.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_reaches_those_alone_who_may_know_of_it() {
    let system = System::start(Setup::default()).await;
    push(&system);
    let every = "subscription { events { kind machineNumber } }";
    let theirs = system.token(&Scope::ALL, &["north"]);
    let mut foreign = Follower::start_as(&system, &theirs, every, json!({})).await;
    let no_trades = system.token(&[Scope::EventsRead, Scope::MachinesRead], &["*"]);
    let mut without = Follower::start_as(&system, &no_trades, every, json!({})).await;
    let mut named = Follower::start_as(&system, &no_trades, TRADES, json!({})).await;
    assert_eq!(named.refusal().await[0]["extensions"]["code"], "FORBIDDEN");
    let mut none =
        Follower::start_as(&system, &system.token(&[Scope::MachinesRead], &["*"]), every, json!({})).await;
    assert_eq!(none.refusal().await[0]["extensions"]["code"], "FORBIDDEN");
    assert!(none.is_quiet().await, "the socket stays");
    let id = account_id("metro");
    let asked = format!("subscription {{ events(filter: {{ accountIds: [\"{id}\"] }}) {{ kind }} }}");
    let mut asking = Follower::start_as(&system, &theirs, &asked, json!({})).await;
    let mut mine = Follower::start(&system, every, json!({})).await;
    assert!(mine.is_quiet().await && foreign.is_quiet().await && without.is_quiet().await);

    system.vendors.pushes().burst(Burst::new(5, 1));
    taken(&system, 5).await;
    for _ in 0..5 {
        assert_eq!(mine.next().await["data"]["events"]["kind"], "TRADE");
    }
    assert!(foreign.is_quiet().await && asking.is_quiet().await && without.is_quiet().await);
    assert!(system.vendors.inhand().announce(&system.vendors.inhand().asset_id(0)));
    assert_eq!(mine.next().await["data"]["events"]["kind"], "MACHINE_REGISTERED");
    assert_eq!(without.next().await["data"]["events"]["kind"], "MACHINE_REGISTERED");
    assert!(foreign.is_quiet().await);
    system.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_a_machine_is_told_how_it_is_and_then_each_change() {
    let system = System::start(Setup::default()).await;
    push(&system);
    let number = system.vendors.inhand().asset_id(0);
    let id = machine_id("metro", &number);
    let query = format!("subscription {{ machineStatus(machineId: \"{id}\") {{ online }} }}");
    let mut follower = Follower::start(&system, &query, json!({})).await;
    let now = follower.next().await["data"]["machineStatus"]["online"].as_bool().unwrap();
    for online in [!now, now] {
        assert!(system.vendors.inhand().set_online(&number, online));
        assert_eq!(follower.next().await["data"]["machineStatus"]["online"], online);
    }
    let foreign = system.token(&Scope::ALL, &["north"]);
    let mut refused = Follower::start_as(&system, &foreign, &query, json!({})).await;
    assert_eq!(refused.refusal().await[0]["extensions"]["code"], "NOT_FOUND");
    system.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_machine_changes_each_follower_is_told_every_change_once_and_the_last_state() {
    let system = System::start(Setup::default()).await;
    push(&system);
    let number = system.vendors.inhand().asset_id(0);
    let id = machine_id("metro", &number);
    let query =
        format!("subscription {{ machineStatus(machineId: \"{id}\") {{ online faults {{ name }} }} }}");
    let mut steady = Follower::start(&system, &query, json!({})).await;
    let told = |answer: Value| {
        let status = &answer["data"]["machineStatus"];
        (status["online"].as_bool().unwrap(), status["faults"].as_array().unwrap().len())
    };
    let now = told(steady.next().await);
    let changes = (1..=40).map(|step| if step % 2 == 0 { now.0 } else { !now.0 });
    let mut late = Vec::new();
    for (step, online) in changes.clone().enumerate() {
        // A machine tells how it is by then: each change is told before the next, while followers come and are told.
        assert!(system.vendors.inhand().set_online(&number, online));
        let (coming, ()) = tokio::join!(
            async {
                if step % 4 == 0 { Some(Follower::start(&system, &query, json!({})).await) } else { None }
            },
            taken(&system, step as u64 + 1),
        );
        late.extend(coming);
    }
    // Beside all that: something else of the same machine, told last.
    let fault = if now.1 == 0 { Some("0x0012") } else { None };
    assert!(system.vendors.inhand().set_fault(&number, fault));
    let mut whole = vec![now];
    whole.extend(changes.map(|online| (online, now.1)));
    let mut all = vec![now];
    while all.last().is_some_and(|(_, faults)| *faults == now.1) {
        all.push(told(steady.next().await));
    }
    whole.push((now.0, all.last().unwrap().1));
    assert_eq!(all, whole);
    assert!(steady.is_quiet().await);
    for follower in &mut late {
        let mut seen = vec![told(follower.next().await)];
        while seen.last().is_some_and(|(_, faults)| *faults == now.1) {
            seen.push(told(follower.next().await));
        }
        assert!(whole.ends_with(&seen), "{seen:?}");
        assert!(follower.is_quiet().await);
    }
    system.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_are_closed_with_1012_when_the_gateway_stops() {
    let mut system = System::start(Setup::default()).await;
    let mut follower = Follower::start(&system, TRADES, json!({})).await;
    assert!(follower.is_quiet().await);
    system.stop();
    assert_eq!(follower.closed().await, 1012);
    system.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_with_two_fields_or_an_unknown_one_is_refused_and_the_socket_stays() {
    let system = System::start(Setup::default()).await;
    for query in [
        "subscription { events { id } trades { id } }",
        "subscription { events { id } again: events { id } }",
        "subscription { events { id } ... on Subscription { trades { id } } }",
        "subscription { ...One ...Two } fragment One on Subscription { events { id } } fragment Two on Subscription { trades { id } }",
        "subscription { events @skip(if: true) { id } }",
        "subscription { events { thereIsNoSuchField } }",
    ] {
        let mut follower = Follower::start(&system, query, json!({})).await;
        assert_eq!(follower.refusal().await[0]["extensions"]["code"], "BAD_USER_INPUT", "{query}");
        assert!(follower.is_quiet().await);
    }
    system.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_that_is_none_is_refused() {
    let system = System::start(Setup::default()).await;
    let mut follower = Follower::start(&system, TRADES, json!({ "after": "bm9uZQ" })).await;
    assert_eq!(follower.refusal().await[0]["extensions"]["code"], "BAD_USER_INPUT");
    let answer = system.ask("{ events(after: \"bm9uZQ\") { nodes { id } } }").await;
    assert_eq!(codes(&answer), ["BAD_USER_INPUT"]);
    system.end().await;
}
