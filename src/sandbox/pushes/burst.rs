//! So many messages a second for so long, over all machines: each a sale of a number of its own, paid and dispensed.
//! The sales are in no list of the platform's: a merchant knows of them by these messages alone.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::sandbox::inhand::message;

use super::Pushes;

/// How often messages are made.
const STEP: Duration = Duration::from_millis(2);

/// A burst, and how far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// How many messages a second.
    pub per_second: u64,
    /// For how many seconds.
    pub seconds: u64,
    /// How many were made so far.
    #[serde(skip_deserializing)]
    pub made: u64,
}

impl Burst {
    /// A burst that has not begun.
    pub fn new(per_second: u64, seconds: u64) -> Self {
        Self { per_second, seconds, made: 0 }
    }

    fn total(&self) -> u64 {
        self.per_second.saturating_mul(self.seconds)
    }

    /// How many are made once so much time has passed.
    fn due(&self, passed: Duration) -> u64 {
        let millis = u64::try_from(passed.as_millis()).unwrap_or(u64::MAX);
        self.total().min(self.per_second.saturating_mul(millis) / 1000)
    }
}

impl Pushes {
    /// Begins a burst, and ends the one that is under way.
    pub fn burst(self: &Arc<Self>, burst: Burst) {
        let begun = Burst { made: 0, ..burst };
        let number = self.with(|kept| {
            kept.burst = Some(begun);
            kept.bursts += 1;
            kept.bursts
        });
        let pushes = Arc::clone(self);
        tokio::spawn(async move {
            let closing = pushes.closing.clone();
            closing.run_until_cancelled(pushes.make(begun, number)).await;
        });
    }

    /// The latest burst.
    pub fn latest_burst(&self) -> Option<Burst> {
        self.with(|kept| kept.burst)
    }

    async fn make(self: &Arc<Self>, mut burst: Burst, number: u64) {
        let start = Instant::now();
        let mut beat = interval(STEP);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while burst.made < burst.total() {
            beat.tick().await;
            let due = burst.due(start.elapsed());
            while burst.made < due {
                let fleet = &self.world.inhand;
                self.put(message(fleet, fleet.sale_to_tell(burst.made)));
                burst.made += 1;
                // The lanes have work by now.
                if burst.made.is_multiple_of(64) {
                    tokio::task::yield_now().await;
                }
            }
            let goes_on = self.with(|kept| {
                let latest = kept.bursts == number;
                if latest {
                    kept.burst = Some(burst);
                }
                latest
            });
            if !goes_on {
                return;
            }
        }
    }
}
