//! kill -9 of the gateway, again and again, while messages come in and subscribers follow: what is lost, what is told
//! twice. Judges, unlike the others: a loss ends it.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    exchange::{exchange, try_exchange},
    follower::{BEGINNING, Follower, Subscription, cursor},
    message::{ORDER_NUMBER, is_taken, sale},
    system::{Setup, System},
};

const KILLS: usize = 20;
const FOLLOWERS: usize = 20;
const TELLERS: usize = 16;
/// How many messages come a second.
const RATE: u32 = 500;
/// How long the gateway lives each time.
const LIFE: Duration = Duration::from_secs(3);
const EVENTS: &str = "subscription ($after: String) { events(after: $after) { cursor } }";

pub fn run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut system = System::start(folder.path(), &Setup::default());
    let over = Arc::new(AtomicBool::new(false));
    let stop_telling = Arc::new(AtomicBool::new(false));
    let tellers: Vec<_> = (0..TELLERS)
        .map(|teller| {
            let (address, stop) = (system.server.address.clone(), Arc::clone(&stop_telling));
            thread::spawn(move || tell(&address, teller, &stop))
        })
        .collect();
    let seen: Arc<Vec<Mutex<Vec<String>>>> = Arc::new((0..FOLLOWERS).map(|_| Mutex::default()).collect());
    let following = {
        let (seen, over) = (Arc::clone(&seen), Arc::clone(&over));
        let (address, token) = (system.server.address.clone(), system.server.token.clone());
        thread::spawn(move || follow(&address, &token, &seen, &over))
    };
    for _ in 0..KILLS {
        thread::sleep(LIFE);
        system.crash();
    }
    thread::sleep(LIFE);
    stop_telling.store(true, Ordering::Relaxed);
    let acknowledged: Vec<String> =
        tellers.into_iter().flat_map(|teller| teller.join().expect("the teller ends")).collect();
    let log = log(&system);
    let cursors: Vec<&String> = log.iter().map(|(cursor, _)| cursor).collect();
    let saw_all = crate::system::within(Duration::from_mins(1), || {
        seen.iter().all(|seen| seen.lock().expect("nobody panicked").len() >= cursors.len())
    });
    over.store(true, Ordering::Relaxed);
    let connections = following.join().expect("the followers end");
    let exact =
        seen.iter().filter(|seen| seen.lock().expect("nobody panicked").iter().eq(cursors.iter().copied()));
    let orders: HashSet<&String> = log.iter().map(|(_, order)| order).collect();
    let lost = acknowledged.iter().filter(|order| !orders.contains(order)).count();
    let twice = log.len() - orders.len();
    println!(
        "{KILLS} kills at {RATE} messages/s: {} acknowledged, {} in the log, {lost} lost, {twice} twice; {FOLLOWERS} \
         subscribers came back {} times, {} saw exactly the log",
        acknowledged.len(),
        log.len(),
        connections - FOLLOWERS,
        exact.count(),
    );
    assert!(saw_all && lost == 0 && twice == 0, "a promise was broken");
}

/// Tells one message after the other, each again until it is acknowledged; gives the orders that were.
fn tell(address: &str, teller: usize, stop: &AtomicBool) -> Vec<String> {
    let mut acknowledged = Vec::new();
    let mut stream = None;
    let pace = Duration::from_secs(1) * u32::try_from(TELLERS).expect("it is small") / RATE;
    for number in (teller..).step_by(TELLERS) {
        let due = Instant::now() + pace;
        let message = sale(address, number);
        while !stop.load(Ordering::Relaxed) {
            let Some(open) = stream.as_mut() else {
                stream = std::net::TcpStream::connect(address).ok();
                thread::sleep(Duration::from_millis(5));
                continue;
            };
            match try_exchange(open, &message) {
                Some(answer) => {
                    assert!(is_taken(&answer), "{answer}");
                    acknowledged.push(format!("{ORDER_NUMBER}{number:09}"));
                    break;
                }
                None => stream = None,
            }
        }
        if stop.load(Ordering::Relaxed) {
            break;
        }
        thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    acknowledged
}

/// Follows from cursor to cursor; gives how many sockets were opened.
fn follow(address: &str, token: &str, seen: &Arc<Vec<Mutex<Vec<String>>>>, over: &Arc<AtomicBool>) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("it starts");
    runtime.block_on(async {
        let followers: Vec<_> = (0..seen.len())
            .map(|number| {
                let (address, token) = (address.to_owned(), token.to_owned());
                let (seen, over) = (Arc::clone(seen), Arc::clone(over));
                let local = async move {
                    let mut opened = 0;
                    while !over.load(Ordering::Relaxed) {
                        let last = seen[number].lock().expect("nobody panicked").last().cloned();
                        let after = Some(last.unwrap_or_else(|| BEGINNING.to_owned()));
                        let subscription = Subscription { after, ..Subscription::to(EVENTS) };
                        let Some(mut follower) = Follower::open((&address, &token), &subscription).await
                        else {
                            tokio::time::sleep(Duration::from_millis(10)).await;
                            continue;
                        };
                        opened += 1;
                        let answered = |answer: &[u8]| {
                            seen[number].lock().expect("nobody panicked").push(cursor(answer));
                        };
                        while !over.load(Ordering::Relaxed) && follower.read_on(answered).await.is_some() {}
                    }
                    opened
                };
                tokio::spawn(local)
            })
            .collect();
        let mut opened = 0;
        for follower in followers {
            opened += follower.await.expect("it does not panic");
        }
        opened
    })
}

/// The whole log: each event's cursor and order.
fn log(system: &System) -> Vec<(String, String)> {
    let (mut log, mut stream) = (Vec::new(), system.server.connect());
    let mut after = BEGINNING.to_owned();
    loop {
        let query = format!(
            "{{ events(first: 500, after: \"{after}\") {{ nodes {{ cursor ... on TradeEvent {{ trade {{ orderNumber }} }} }} }} }}"
        );
        let answer: serde_json::Value =
            serde_json::from_str(&exchange(&mut stream, &system.server.query(&query, 0)))
                .expect("it is JSON");
        let nodes = answer["data"]["events"]["nodes"].as_array().unwrap_or_else(|| panic!("{answer}"));
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        log.extend(nodes.iter().map(|node| (text(&node["cursor"]), text(&node["trade"]["orderNumber"]))));
        match log.last() {
            Some((last, _)) if !nodes.is_empty() => after.clone_from(last),
            _ => return log,
        }
    }
}
