//! How fast the fleet is told of: a page of machines out of memory, and shelves that have to be asked for.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    exchange::{Request, exchange},
    figures::{Meter, Times, memory, show},
    system::{Setup, System},
};

const MACHINES: usize = 10_000;
const CLIENTS: usize = 64;
/// How many wordings of one question a client has ready: more than it comes to ask in a run.
const WORDINGS: usize = 4_000;
/// How many wordings were used up, so that no run repeats another's.
static SAID: AtomicUsize = AtomicUsize::new(1);
const RUN: Duration = Duration::from_secs(10);
const LIST: &str = "{ machines(first: 50) { nodes { number name online site { name } } } }";

pub fn run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    warm(&folder.path().join("warm"));
    cold(&folder.path().join("cold"));
}

/// A list of 50 machines out of 10,000, the fleet view warm.
fn warm(folder: &std::path::Path) {
    let setup = Setup { machines: MACHINES, sweep: "5m", pinned: false, ..Setup::default() };
    let system = System::start(folder, &setup);
    system.until_listed(MACHINES);
    // Asked to the letter, a list is answered from the kept answers; asked in words of its own each time, it is executed.
    for (how, alike) in [("asked alike", true), ("executed each time", false)].repeat(3) {
        let meter = Meter::start(system.server.process, &[system.sandbox()]);
        let times = storm(&system, LIST, alike);
        println!(
            "warm list, {how}, {MACHINES} machines, {CLIENTS} clients: {:.0} requests/s, {times}; {}, {} MiB",
            times.count() as f64 / RUN.as_secs_f64(),
            meter.stop(),
            memory(system.server.process) / 1024,
        );
    }
}

/// The shelves of 50 machines of which nothing is known, at a vendor that takes 20 ms a call.
fn cold(folder: &std::path::Path) {
    let setup = Setup { machines: 2_000, latency: "20ms", pinned: false, ..Setup::default() };
    let system = System::start(folder, &setup);
    system.until_listed(2_000);
    let mut times = Vec::new();
    let mut after = String::new();
    let mut client = system.server.connect();
    for _ in 0..30 {
        let query = format!(
            "{{ machines(first: 50{after}, filter: {{vendor: INHAND}}) {{ nodes {{ shelves {{ code soldOut }} }} pageInfo {{ endCursor }} }} }}"
        );
        let request = system.server.query(&query, 0);
        let started = Instant::now();
        let answer = exchange(&mut client, &request);
        times.push(started.elapsed());
        assert!(!answer.contains("\"errors\""), "{answer}");
        let cursor = answer.split("\"endCursor\":").nth(1).and_then(|rest| rest.split('}').next());
        after = format!(", after: {}", cursor.expect("there is a next page"));
    }
    let bound = Duration::from_millis(20 * 50_u64.div_ceil(32) + 50);
    println!(
        "cold shelves of 50 machines, 20 ms a call, 32 at once: {}; aim {}",
        Times::of(times),
        show(bound)
    );
}

/// All clients at once, each asking again as soon as it is answered; `alike`: always the same to the letter.
fn storm(system: &System, query: &str, alike: bool) -> Times {
    let first = if alike { 0 } else { SAID.fetch_add(CLIENTS * WORDINGS, Ordering::Relaxed) };
    let start = Arc::new(Barrier::new(CLIENTS));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (start, mut stream) = (Arc::clone(&start), system.server.connect());
            let wordings = if alike { 1 } else { WORDINGS };
            let words = |number| first + if alike { 0 } else { client * wordings + number };
            let requests: Vec<Request> =
                (0..wordings).map(|number| system.server.query(query, words(number))).collect();
            thread::spawn(move || {
                start.wait();
                let (mut times, end) = (Vec::new(), Instant::now() + RUN);
                for request in requests.iter().cycle() {
                    if Instant::now() >= end {
                        break;
                    }
                    let asked = Instant::now();
                    let answer = exchange(&mut stream, request);
                    times.push(asked.elapsed());
                    assert!(answer.starts_with("{\"data\""), "{answer}");
                }
                times
            })
        })
        .collect();
    Times::of(clients.into_iter().flat_map(|client| client.join().expect("the client ends")).collect())
}
