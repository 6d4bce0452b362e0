//! The sweep: every machine's status is read at least once an interval, evenly paced, on nobody's behalf, so
//! that the fleet view knows of machines that nobody asks about.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, sleep, sleep_until};

use crate::gateway::Account;

/// The longest wait for one listing; a large fleet has many pages.
const LISTING: Duration = Duration::from_mins(10);
/// The longest wait for one machine's status.
const REPORT: Duration = Duration::from_mins(1);
/// The wait before a failed listing is asked for again.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// How many machines are asked at a time.
const AT_A_TIME: usize = 16;

/// How the sweep goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How often every machine is asked, at the least.
    pub interval: Duration,
    /// The shortest time between two machines: what the account may ask is mostly for those who wait.
    pub shortest_gap: Duration,
}

/// Sweeps an account's machines: once as quickly as the pace allows, then evenly for ever.
pub async fn run(account: &Account, pace: Pace) {
    round(account, Pace { interval: Duration::ZERO, ..pace }).await;
    loop {
        round(account, pace).await;
    }
}

/// One round over all machines; ends when its interval does.
async fn round(account: &Account, pace: Pace) {
    let started = Instant::now();
    let listing = match account.listing(started + LISTING).await {
        Ok(listing) => listing.value,
        Err(error) => {
            tracing::warn!(account = %account.name(), %error, "the fleet cannot be listed; trying again");
            sleep(AFTER_FAILURE).await;
            return;
        }
    };
    let machines = listing.machines();
    let count = u32::try_from(machines.len()).unwrap_or(u32::MAX).max(1);
    let gap = (pace.interval / count).max(pace.shortest_gap);
    stream::iter(machines.iter().zip(0_u32..))
        .for_each_concurrent(AT_A_TIME, |(row, position)| async move {
            sleep_until(started + gap * position).await;
            // A failed read leaves what was known; the transport has counted and logged it.
            let _ = account.report(row, Instant::now() + REPORT).await;
        })
        .await;
    sleep_until(started + pace.interval).await;
}
