//! On whose behalf a use case runs, and how long it may take.

use std::sync::Arc;

use tokio::time::Instant;

use crate::auth::Caller;

/// Who asks, and until when an answer is of use.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Whom the token names.
    pub caller: Arc<Caller>,
    /// When to stop waiting for vendors.
    pub until: Instant,
}

impl Asker {
    /// Until when one account's share of a list is waited for: half of the time that is left. The other half is for
    /// what is asked of the rows of those who did answer.
    pub fn share_until(&self) -> Instant {
        let now = Instant::now();
        now + self.until.saturating_duration_since(now) / 2
    }
}
