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
