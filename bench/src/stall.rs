//! A subscriber that stops reading for a minute, among others that do not.

use std::time::Duration;

use crate::{
    fanout::{EVENTS, tell},
    figures::{Meter, memory, show},
    follower::{Acknowledged, Crowd, Pause, Subscription, all},
    message::sale,
    system::{Setup, System},
};

const OTHERS: usize = 100;
/// More than the sockets' buffers hold comes in the minute.
const RATE: u32 = 500;
const SECONDS: u32 = 70;
const STALLED: Duration = Duration::from_mins(1);

pub fn run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for stalls in [false, true] {
        let system = System::start(&folder.path().join(stalls.to_string()), &Setup::default());
        let events = usize::try_from(RATE * SECONDS).expect("it is small");
        let acknowledged = Acknowledged::new(events);
        let mut subscriptions: Vec<_> = (0..=OTHERS).map(|_| Subscription::to(EVENTS)).collect();
        if stalls {
            let before = usize::try_from(RATE * 3).expect("it is small");
            subscriptions[0].pause = Some(Pause { before, length: STALLED });
        }
        let crowd = Crowd::gather(&system.server, subscriptions, events, &acknowledged);
        let meter = Meter::start(system.server.process, &[system.sandbox()]);
        tell(
            (&system.server, &|number| sale(&system.server.address, number)),
            0..events,
            RATE,
            &acknowledged,
        );
        let seen = crowd.seen();
        let (stalled, others) = seen.split_first().expect("there are subscribers");
        let whole = others.iter().filter(|seen| seen.len() == events).count();
        println!(
            "{OTHERS} others, {RATE} events/s for {SECONDS} s, one {}: {whole} of the others saw all, {}; the one saw {} of \
             {events}, at most {} late, its last {} late; {}, {} MiB",
            if stalls { "does not read for a minute" } else { "reads like all" },
            all(others),
            stalled.len(),
            show(stalled.iter().copied().max().unwrap_or_default()),
            show(stalled.last().copied().unwrap_or_default()),
            meter.stop(),
            memory(system.server.process) / 1024,
        );
    }
}
