//! What it costs to tell many subscribers of each event, and how late they hear of it.

use std::{
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use crate::{
    exchange::exchange,
    figures::{Meter, memory},
    follower::{Acknowledged, Crowd, Subscription, all},
    message::{is_taken, sale},
    system::{Setup, System},
};

/// What dashboards follow.
pub const EVENTS: &str = "subscription { events { cursor kind occurredAt machine { number } \
    ... on TradeEvent { trade { orderNumber productName unitPrice { amount currency } payment { method state } } } } }";

/// How many events are told before the measurement.
const WARMING: usize = 20;
/// How many messages may be under way to the gateway at once.
const TELLERS: usize = 32;

pub fn run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for repetition in 1..=3 {
        for (sockets, rate, seconds) in [(1_000, 50, 10), (5_000, 20, 10), (5_000, 50, 10)] {
            let name = format!("{repetition}-{sockets}-{rate}");
            measure(&folder.path().join(name), (sockets, rate, seconds), true);
        }
    }
    // Each in words of its own, so that none is executed for another; so few that it can be kept up with.
    for repetition in 1..=3 {
        for shared in [true, false] {
            measure(&folder.path().join(format!("{repetition}-{shared}")), (200, 20, 10), shared);
        }
    }
}

fn measure(folder: &Path, (sockets, rate, seconds): (usize, u32, u32), shared: bool) {
    let system = System::start(folder, &Setup::default());
    let idle = memory(system.gateway());
    let events = WARMING + usize::try_from(rate * seconds).expect("it is small");
    let acknowledged = Acknowledged::new(events);
    let subscription = |number: usize| {
        let alias = if shared { "events".to_owned() } else { format!("e{number}: events") };
        Subscription::to(&EVENTS.replacen("events", &alias, 1))
    };
    let crowd = Crowd::gather(&system, (0..sockets).map(subscription).collect(), events, &acknowledged);
    let open = memory(system.gateway());
    let (waiting, least) = (Meter::start(system.gateway(), &[]), Duration::from_secs(1));
    thread::sleep(least);
    let waiting = waiting.stop();
    tell(&system, 0..WARMING, rate, &acknowledged);
    let meter = Meter::start(system.gateway(), &[system.sandbox()]);
    tell(&system, WARMING..events, rate, &acknowledged);
    let seen = crowd.seen();
    let cost = meter.stop();
    let whole = seen.iter().filter(|seen| seen.len() == events).count();
    let messages = (sockets * (events - WARMING)) as f64;
    println!(
        "{sockets} sockets, {rate} events/s, {}: {whole} saw all, {}; {:.0} messages/s, {:.2} µs of the gateway's core each; \
         {cost}; {:.1} KiB a socket open, {:.1} KiB under load; idle {:.0} % of a core",
        if shared { "executed once for all" } else { "executed for each" },
        all(&seen),
        messages / cost.seconds,
        cost.processor / messages * 1e6,
        (open.saturating_sub(idle)) as f64 / sockets as f64,
        (memory(system.gateway()).saturating_sub(idle)) as f64 / sockets as f64,
        100.0 * waiting.processor / waiting.seconds,
    );
}

/// Tells so many events a second, each when it is due, also while earlier ones are not acknowledged yet.
pub fn tell(system: &System, events: std::ops::Range<usize>, rate: u32, acknowledged: &Arc<Acknowledged>) {
    let started = Instant::now();
    thread::scope(|scope| {
        for teller in 0..TELLERS {
            let events = events.clone();
            scope.spawn(move || {
                let mut stream = system.connect();
                for (told, event) in (0_u32..).zip(events).skip(teller).step_by(TELLERS) {
                    thread::sleep((Duration::from_secs(1) * told / rate).saturating_sub(started.elapsed()));
                    let answer = exchange(&mut stream, &sale(&system.address, event));
                    acknowledged.note(event);
                    assert!(is_taken(&answer), "{answer}");
                }
            });
        }
    });
}
