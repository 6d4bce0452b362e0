//! Letting go of what is older than the log and the audit trail are to reach, a little at a time.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;

use crate::gateway::{Gateway, Result};

/// How often it is looked.
const EVERY: Duration = Duration::from_mins(1);
/// How many rows are let go of at once: the writer is not kept from others for long.
const AT_ONCE: usize = 500;
/// How long nonces are remembered (interface, *Settled questions*).
const NONCES: SignedDuration = SignedDuration::from_hours(24);

/// For how long is kept what is of no more use but to be looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Events.
    pub events: Duration,
    /// The audit trail.
    pub audit: Duration,
}

/// Keeps the log and the audit trail as long as `retention`, for ever.
pub async fn tidy(gateway: &Gateway, retention: Retention) {
    loop {
        if let Err(error) = gateway.tidy_log(retention.events).await {
            tracing::warn!(%error, "the event log could not be tidied");
        }
        if let Err(error) = gateway.tidy_trail(retention.audit).await {
            tracing::warn!(%error, "the audit trail could not be tidied");
        }
        sleep(EVERY).await;
    }
}

impl Gateway {
    /// Lets go of events that are older than this.
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

    /// Lets go of commands that ended longer ago than this, and that nothing needs any more.
    pub async fn tidy_trail(&self, retention: Duration) -> Result<()> {
        let old = self.clock.now().checked_sub(retention).unwrap_or(Timestamp::MIN);
        let mut looked_at = None;
        loop {
            looked_at = self.store().prune_intents(old, looked_at, AT_ONCE).await?;
            if looked_at.is_none() {
                return Ok(());
            }
            tokio::task::yield_now().await;
        }
    }
}
