//! The gateway dies again and again while messages come in and subscribers follow.

use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::{
    task::JoinHandle,
    time::{Duration, Instant, sleep},
};
use vendgraph::{auth::Scope, domain::Place, sandbox::Burst};

use super::{logged, push, until};
use crate::{
    follower::Follower,
    harness::{Setup, System},
    kept::Kept,
};

const TRADES: &str =
    "subscription ($after: String) { events(filter: { kinds: [TRADE] }, after: $after) { cursor } }";

/// How many follow.
const FOLLOWERS: usize = 20;
/// How often the gateway dies.
const CRASHES: usize = 4;
/// How many messages come a second, and for how many seconds after each start.
const RATE: u64 = 250;
const SECONDS: u64 = 2;

/// The cursors that a follower saw.
type Seen = Arc<Mutex<Vec<String>>>;

/// Follows from the beginning, from cursor to cursor, wherever the gateway is; tells how often it came back.
fn follow(place: Arc<Mutex<String>>, token: String, seen: Seen) -> JoinHandle<usize> {
    tokio::spawn(async move {
        let mut connections = 0;
        loop {
            let url = place.lock().unwrap().clone();
            if url.is_empty() {
                return connections;
            }
            let last = seen.lock().unwrap().last().cloned().unwrap_or_else(|| Place(0).encode());
            let variables = json!({ "after": last });
            let Some(mut follower) = Follower::connect(&url, &token, TRADES, variables).await else {
                sleep(Duration::from_millis(20)).await;
                continue;
            };
            connections += 1;
            while let Some(answer) = follower.try_next().await {
                let cursor = answer["data"]["events"]["cursor"].as_str().unwrap().to_owned();
                seen.lock().unwrap().push(cursor);
            }
        }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_acknowledged_is_lost_or_told_twice_however_often_the_gateway_dies() {
    crash_again_and_again(Kept::in_a_file()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_server_keeps_is_lost_or_told_twice_however_often_the_gateway_dies() {
    crash_again_and_again(Kept::on_a_server().await).await;
}

#[expect(clippy::print_stdout, reason = "the figures of a run are of interest")]
async fn crash_again_and_again(store: Kept) {
    let mut system = System::start(Setup { store: Some(store), ..Setup::default() }).await;
    let place = Arc::new(Mutex::new(system.url.clone()));
    let token = system.token(&Scope::ALL, &["*"]);
    let seen: Vec<Seen> = (0..FOLLOWERS).map(|_| Arc::default()).collect();
    let start = |seen: &Seen| follow(Arc::clone(&place), token.clone(), Arc::clone(seen));
    let followers: Vec<_> = seen.iter().map(start).collect();
    for _ in 0..CRASHES {
        push(&system);
        let counts = || system.vendors.pushes().counts();
        let before = counts().acknowledged;
        system.vendors.pushes().burst(Burst::new(RATE, SECONDS));
        until(async || counts().acknowledged > before + RATE / 2, &|| format!("{:?}", counts())).await;
        system.crash().await;
        system.restart().await;
        place.lock().unwrap().clone_from(&system.url);
    }
    push(&system);
    let counts = || system.vendors.pushes().counts();
    let made = || system.vendors.pushes().latest_burst().map(|burst| burst.made);
    until(async || made() == Some(RATE * SECONDS) && counts().waiting == 0, &|| format!("{:?}", counts()))
        .await;

    let log = logged(&system, "TRADE", None).await;
    let mut numbers: Vec<_> =
        log.iter().map(|event| event["trade"]["orderNumber"].as_str().unwrap()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), log.len(), "each is in the log once");
    for told in system.vendors.pushes().acknowledged(0, usize::MAX) {
        let order = told.order.unwrap();
        assert!(numbers.binary_search(&order.as_str()).is_ok(), "{order} was acknowledged, and is lost");
    }

    let cursors: Vec<_> = log.iter().map(|event| event["cursor"].as_str().unwrap()).collect();
    let end = Instant::now() + Duration::from_secs(30);
    for seen in &seen {
        while seen.lock().unwrap().len() < cursors.len() && Instant::now() < end {
            sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(*seen.lock().unwrap(), cursors, "whoever follows sees the log");
    }
    place.lock().unwrap().clear();
    system.stop();
    let mut connections = 0;
    for follower in followers {
        connections += follower.await.unwrap();
    }
    assert!(connections > FOLLOWERS * CRASHES / 2, "{connections}");
    println!("{CRASHES} crashes, {} events, {FOLLOWERS} followers, {connections} connections", log.len());
    system.end().await;
}
