//! Knowing a fleet without sweeping it: what the leader's sweep finds comes by the log, which each gateway hears.
//!
//! The log tells of changes alone. So whoever starts later reads its last words on each machine: a few statements, where a
//! sweep of its own would ask the vendor for every machine once more, at the same time as the leader and at the cost of the
//! rate that is left for callers. Only a machine of which the log does not tell enough (it was never swept, or told no more than
//! parts of how it is) is asked itself, at the pace of a sweep, and not before whoever leads has had the time to ask it: where
//! all start at once, the log is empty.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep, sleep_until};

use crate::{
    domain::{EventKind, Happening, Origin, Text},
    gateway::{
        Account, Gateway, Result,
        fleet::{Listing, Row, sweep::Pace},
    },
};

/// The longest wait for one listing; a large fleet has many pages.
const LISTING: Duration = Duration::from_mins(10);
/// The longest wait for one machine's status.
const REPORT: Duration = Duration::from_mins(1);
/// The wait before a listing or the log is asked again that did not answer.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
/// How much longer than its own calls take what the leader finds is on its way.
const ON_ITS_WAY: Duration = Duration::from_secs(5);
/// How many machines' last words are read at once.
const AT_ONCE: usize = 200;
/// How many of a machine's last words: of those that it tells by itself, each may tell another part.
const WORDS: usize = 8;

/// Keeps the fleet known as well as who sweeps it does, for ever; `None`: nobody sweeps it.
pub(super) async fn follow(gateway: &Gateway, account: &Arc<Account>, pace: Option<Pace>) {
    let Some(pace) = pace else { return std::future::pending().await };
    loop {
        let started = Instant::now();
        if let Err(error) = know(gateway, account, pace).await {
            tracing::warn!(account = %account.name(), %error, "the fleet is not known yet; trying again");
            sleep(AFTER_FAILURE).await;
            continue;
        }
        sleep_until(started + pace.interval).await;
    }
}

/// Lists the fleet, and learns how the machines are of which too little is known: all at first, new ones later.
async fn know(gateway: &Gateway, account: &Arc<Account>, pace: Pace) -> Result<()> {
    let listing: Arc<Listing> = account.listing(Instant::now() + LISTING).await?.value;
    let unknown = || listing.machines().iter().filter(|row| !row.last.is_told()).collect::<Vec<_>>();
    for rows in unknown().chunks(AT_ONCE) {
        learn(gateway, account, (&listing, rows)).await?;
    }
    if unknown().is_empty() {
        return Ok(());
    }
    let count = u32::try_from(listing.machines().len()).unwrap_or(u32::MAX);
    sleep(pace.shortest_gap.saturating_mul(count) + ON_ITS_WAY).await;
    for row in unknown() {
        let next = Instant::now() + pace.shortest_gap;
        // A failed read leaves what was known; the transport has counted and logged it.
        let _ = account.report(row, Instant::now() + REPORT).await;
        sleep_until(next).await;
    }
    Ok(())
}

/// Hears the log's last words on machines, in their order.
async fn learn(
    gateway: &Gateway,
    account: &Account,
    (listing, rows): (&Listing, &[&Arc<Row>]),
) -> Result<()> {
    let numbers: Vec<Text> = rows.iter().map(|row| row.machine.number.clone()).collect();
    let words = gateway.store().last_words(account.name(), &numbers, EventKind::MachineStatus, WORDS).await?;
    for stored in words {
        let event = &stored.event;
        let (Happening::MachineStatus(news), Some(machine)) = (&event.happening, &event.machine) else {
            continue;
        };
        if let Some(row) = listing.machine(machine) {
            row.last.learn(news, event.origin == Origin::Reconciled, event.occurred_at);
        }
    }
    Ok(())
}
