//! A fleet of 100,000 machines: memory, a search over all of them, the same while they are listed anew, and a start.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    figures::{Meter, Spread, memory, undisturbed},
    goal::Goals,
    system::{Setup, System},
    wrk::{CLIENTS, Wording, storm},
};

const MACHINES: usize = 100_000;
const REPETITIONS: usize = 3;
const RUN: Duration = Duration::from_secs(5);
const SEARCH: &str = "{ machines(first: 50, filter: {online: false, search: \"万达\"}) \
    { nodes { id number name online site { name } } } }";
/// How long a listing counts, so that it is read once in a run, or all the time.
const ONCE: &str = "sites = \"1h\"";
const ALWAYS: &str = "sites = \"1s\"";

pub fn run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let setup = Setup { machines: MACHINES, sections: "[cache]\nsites = \"1h\"\n", ..Setup::default() };
    let mut system = System::start(folder.path(), &setup);
    let mut goals = Goals::default();
    let started = Instant::now();
    system.until_listed(MACHINES);
    println!("listed after {:.1} s", started.elapsed().as_secs_f64());
    let calm = p99(folder.path(), &system, "listed");
    let megabytes = |system: &System| memory(system.server.process) as f64 * 1024.0 / 1e6;
    goals.add(5, "memory of 100,000 machines", format!("{:.0} MB", megabytes(&system)), "400 MB");
    goals.add(5, "a search's p99 at 64 clients", format!("{calm:.1} ms"), "10 ms");
    system.end();
    let ready = system.begin_as(ONCE, ALWAYS);
    let started = Instant::now();
    system.until_listed(MACHINES);
    let listed = ready + started.elapsed();
    let found =
        format!("{:.2} s, all machines listed after {:.1} s", ready.as_secs_f64(), listed.as_secs_f64());
    goals.add(5, "start to ready, the store warm", found, "5 s");
    let busy = p99(folder.path(), &system, "listed anew meanwhile");
    let found = format!("{busy:.1} ms, {:.2} times as long", busy.middle / calm.middle);
    goals.add(5, "the same while the fleet is listed", found, "1.5 times");
    goals.add(5, "memory meanwhile", format!("{:.0} MB", megabytes(&system)), "400 MB");
    goals.tell();
}

/// Milliseconds.
fn p99(folder: &Path, system: &System, how: &str) -> Spread {
    let lates = (0..REPETITIONS).map(|_| {
        let (load, cost) = undisturbed(|| {
            let (calls, meter) = (system.vendor_calls(), Meter::start(system.server.process, &[system.sandbox()]));
            let load = storm(folder, &system.server, (SEARCH, Wording::Anew), RUN);
            let cost = meter.stop();
            println!(
                "{how}: {CLIENTS} clients, {:.0} requests/s, p50 {:.1} ms, p99 {:.1} ms, {:.0} µs each, {} vendor calls; {cost}",
                load.rate,
                load.p50.as_secs_f64() * 1e3,
                load.p99.as_secs_f64() * 1e3,
                cost.processor / load.requests * 1e6,
                system.vendor_calls() - calls,
            );
            (load, cost)
        });
        let _ = cost;
        load.p99.as_secs_f64() * 1e3
    });
    Spread::of(lates.collect::<Vec<_>>())
}
