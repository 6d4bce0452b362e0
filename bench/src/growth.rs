//! How cost grows: with machines, with subscribers, with accounts, each doubled again and again.

use std::{path::Path, time::Duration};

use crate::{
    fanout::Audience,
    figures::{Meter, memory, undisturbed},
    goal::Goals,
    system::{Server, Setup, System},
    wrk::{Wording, storm},
};

const RUN: Duration = Duration::from_secs(2);
const SEARCH: &str =
    "{ machines(first: 50, filter: {online: false, search: \"万达\"}) { nodes { number name } } }";
const PAGE: &str = "{ machines(first: 50) { nodes { number name online } } }";
const ACCOUNTS: &str = "{ machines(first: 50, filter: {search: \"#001\"}) { totalCount sources { ok } } }";

pub fn run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut goals = Goals::default();
    let mut search = Curve::new("a search over machines, µs");
    let mut page = Curve::new("a page of machines, µs");
    let mut bytes = Curve::new("memory for machines, MiB");
    for machines in [1_000, 2_000, 4_000, 8_000, 16_000, 32_000] {
        let folder = folder.path().join(format!("machines-{machines}"));
        let system = System::start(&folder, &Setup { machines, ..Setup::default() });
        system.until_listed(machines);
        search.add(machines, cost(&folder, &system.server, SEARCH));
        page.add(machines, cost(&folder, &system.server, PAGE));
        bytes.add(machines, memory(system.server.process) as f64 / 1024.0);
    }
    let mut sockets = Curve::new("subscribers at 20 events/s, ms of the core a second");
    let mut room = Curve::new("memory with subscribers, MiB");
    for subscribers in [500, 1_000, 2_000, 4_000] {
        let attempt = || {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let system = System::start(folder.path(), &Setup::default());
            let heard = Audience::of(&system).hear((subscribers, 20, 5));
            let cost = heard.cost;
            ((cost.processor / cost.seconds * 1e3, memory(system.server.process)), cost)
        };
        let ((core, memory), _) = undisturbed(attempt);
        sockets.add(subscribers, core);
        room.add(subscribers, memory as f64 / 1024.0);
    }
    let mut across = Curve::new("a search over accounts of 200 machines each, µs");
    for accounts in [2, 4, 8, 16, 32] {
        let folder = folder.path().join(format!("accounts-{accounts}"));
        let system = System::start(&folder, &Setup { accounts: accounts - 2, ..Setup::default() });
        system.until_listed(200 * (accounts - 1));
        across.add(accounts, cost(&folder, &system.server, ACCOUNTS));
    }
    for curve in [search, page, bytes, sockets, room, across] {
        curve.tell(&mut goals);
    }
    goals.tell();
}

/// The processor time of a request, in microseconds.
fn cost(folder: &Path, server: &Server, query: &str) -> f64 {
    storm(folder, server, (query, Wording::Anew), Duration::from_secs(1));
    let (load, cost) = undisturbed(|| {
        let meter = Meter::start(server.process, &[]);
        (storm(folder, server, (query, Wording::Anew), RUN), meter.stop())
    });
    cost.processor / load.requests * 1e6
}

/// What something costs, each time with twice as many.
struct Curve {
    what: &'static str,
    points: Vec<(usize, f64)>,
}

impl Curve {
    fn new(what: &'static str) -> Self {
        Self { what, points: Vec::new() }
    }

    fn add(&mut self, many: usize, cost: f64) {
        self.points.push((many, cost));
    }

    fn tell(self, goals: &mut Goals) {
        let points: Vec<String> =
            self.points.iter().map(|(many, cost)| format!("{many}: {cost:.1}")).collect();
        println!("{}: {}", self.what, points.join(", "));
        let ratios = self.points.windows(2).map(|pair| pair[1].1 / pair[0].1);
        let most = ratios.fold(0.0, f64::max);
        goals.add(8, self.what, format!("{most:.2} times for twice as many, at the most"), "2");
    }
}
