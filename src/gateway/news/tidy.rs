//! Letting go of what is older than the log is to reach, a little at a time.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::gateway::{Gateway, Result};

/// How often it is looked.
const EVERY: Duration = Duration::from_mins(1);
/// How many events are let go of at once: the writer is not kept from others for long.
const AT_ONCE: usize = 500;
/// How long nonces are remembered (interface, *Settled questions*).
const NONCES: SignedDuration = SignedDuration::from_hours(24);

/// Keeps the log as long as `retention`, until told to stop.
pub async fn tidy(gateway: Arc<Gateway>, retention: Duration, stop: CancellationToken) {
    let tidying = async {
        loop {
            if let Err(error) = gateway.tidy_log(retention).await {
                tracing::warn!(%error, "the event log could not be tidied");
            }
            sleep(EVERY).await;
        }
    };
    stop.run_until_cancelled(tidying).await;
}

impl Gateway {
    /// Lets go of everything that is older than this.
    pub async fn tidy_log(&self, retention: Duration) -> Result<()> {
        let now = self.clock.now();
        let old = now.checked_sub(retention).unwrap_or(Timestamp::MIN);
        while self.store().prune_events(old, AT_ONCE).await? > 0 {
            tokio::task::yield_now().await;
        }
        let old = now.checked_sub(NONCES).unwrap_or(Timestamp::MIN);
        while self.store().forget_nonces(old, AT_ONCE).await? > 0 {
            tokio::task::yield_now().await;
        }
        Ok(())
    }
}
