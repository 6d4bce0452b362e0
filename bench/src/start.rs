//! How large the program is, how soon it answers, and what it takes when nobody asks.

use std::{fs, thread, time::Duration};

use crate::{
    figures::{Meter, Spread, memory, undisturbed},
    goal::Goals,
    system::{PROGRAM, Setup, System},
};

const STARTS: usize = 5;
/// How long nothing happens before memory is looked at.
const REST: Duration = Duration::from_secs(3);

pub fn run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut system = System::start(folder.path(), &Setup::default());
    let mut goals = Goals::default();
    let size = fs::metadata(PROGRAM).expect("it is built").len();
    goals.add(9, "the program", format!("{:.1} MB", size as f64 / 1e6), "40 MB");
    let cold = (0..STARTS).map(|_| {
        let start = || {
            system.end();
            system.forget();
            let meter = Meter::start(system.sandbox(), &[]);
            let answered = system.begin();
            // The gateway is not among those that belong to this measurement.
            let mut cost = meter.stop();
            cost.elsewhere = (cost.elsewhere - 1.0).max(0.0);
            (answered.as_secs_f64() * 1e3, cost)
        };
        undisturbed(start).0
    });
    let cold = Spread::of(cold.collect::<Vec<_>>());
    goals.add(9, "from nothing to the first answer", format!("{cold:.0} ms"), "300 ms");
    let idle = (0..3).map(|_| {
        system.end();
        system.forget();
        system.begin();
        system.until_listed(200);
        thread::sleep(REST);
        memory(system.server.process) as f64 / 1024.0
    });
    let idle = Spread::of(idle.collect::<Vec<_>>());
    goals.add(9, "memory with 200 machines, idle", format!("{idle:.1} MiB"), "40 MB");
    goals.tell();
}
