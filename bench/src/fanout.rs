//! What it costs to tell many subscribers of each event, and how late they hear of it.

use std::{
    fmt,
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use crate::{
    exchange::{Request, exchange},
    figures::{Cost, Meter, Times, memory},
    follower::{Acknowledged, Crowd, Subscription, all},
    message::{is_taken, sale},
    system::{Server, Setup, System},
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
    let heard = Audience { shared, ..Audience::of(&system) }.hear((sockets, rate, seconds));
    let how = if shared { "executed once for all" } else { "executed for each" };
    println!("{sockets} sockets, {rate} events/s, {how}: {heard}");
}

/// Who follows, and how its server is told of events.
pub struct Audience<'a> {
    pub server: &'a Server,
    /// Processes that belong to the measurement.
    pub others: Vec<u32>,
    /// Whether all follow the same to the letter.
    pub shared: bool,
    /// What tells of an event.
    pub message: Box<dyn Fn(usize) -> Request + Sync + 'a>,
}

/// What came of it.
pub struct Heard {
    /// How many sockets heard of every event.
    pub whole: usize,
    pub late: Times,
    /// How many messages sockets heard.
    pub messages: f64,
    pub cost: Cost,
    /// KiB of memory a socket: when all were open, and after the load.
    pub open: f64,
    pub loaded: f64,
    /// The share of a core that it takes when nothing happens.
    idle: f64,
}

impl<'a> Audience<'a> {
    /// The gateway's, which hears of sales.
    pub fn of(system: &'a System) -> Self {
        let (server, others) = (&system.server, vec![system.sandbox()]);
        Self { server, others, shared: true, message: Box::new(|number| sale(&server.address, number)) }
    }

    /// Opens so many sockets, and tells so many events a second for so many seconds.
    pub fn hear(&self, (sockets, rate, seconds): (usize, u32, u32)) -> Heard {
        let process = self.server.process;
        let before = memory(process);
        let a_socket = || memory(process).saturating_sub(before) as f64 / sockets as f64;
        let events = WARMING + usize::try_from(rate * seconds).expect("it is small");
        let acknowledged = Acknowledged::new(events);
        let subscription = |number: usize| {
            let alias = if self.shared { "events".to_owned() } else { format!("e{number}: events") };
            Subscription::to(&EVENTS.replacen("events", &alias, 1))
        };
        let subscriptions = (0..sockets).map(subscription).collect();
        let crowd = Crowd::gather(self.server, subscriptions, events, &acknowledged);
        let open = a_socket();
        let (waiting, least) = (Meter::start(process, &[]), Duration::from_secs(1));
        thread::sleep(least);
        let waiting = waiting.stop();
        let told = (self.server, &*self.message);
        tell(told, 0..WARMING, rate, &acknowledged);
        let meter = Meter::start(process, &self.others);
        tell(told, WARMING..events, rate, &acknowledged);
        let seen = crowd.seen();
        let cost = meter.stop();
        Heard {
            whole: seen.iter().filter(|seen| seen.len() == events).count(),
            late: all(&seen),
            messages: seen.iter().map(|seen| seen.len().saturating_sub(WARMING) as f64).sum(),
            cost,
            open,
            loaded: a_socket(),
            idle: waiting.processor / waiting.seconds,
        }
    }
}

impl Heard {
    /// Messages for a second of processor time.
    pub fn rate(&self) -> f64 {
        self.messages / self.cost.processor
    }
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { whole, late, messages, cost, open, loaded, idle, .. } = self;
        write!(
            f,
            "{whole} saw all, {late}; {:.0} messages/s, {:.2} µs of the core each; {cost}; {open:.1} KiB a socket open, \
             {loaded:.1} KiB under load; idle {:.0} % of a core",
            messages / cost.seconds,
            cost.processor / messages * 1e6,
            100.0 * idle,
        )
    }
}

/// Tells so many events a second, each when it is due, also while earlier ones are not acknowledged yet.
pub fn tell(
    (server, message): (&Server, &(dyn Fn(usize) -> Request + Sync)),
    events: std::ops::Range<usize>,
    rate: u32,
    acknowledged: &Arc<Acknowledged>,
) {
    let started = Instant::now();
    thread::scope(|scope| {
        for teller in 0..TELLERS {
            let events = events.clone();
            scope.spawn(move || {
                let mut stream = server.connect();
                for (told, event) in (0_u32..).zip(events).skip(teller).step_by(TELLERS) {
                    thread::sleep((Duration::from_secs(1) * told / rate).saturating_sub(started.elapsed()));
                    let answer = exchange(&mut stream, &message(event));
                    acknowledged.note(event);
                    assert!(is_taken(&answer), "{answer}");
                }
            });
        }
    });
}
