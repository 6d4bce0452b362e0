//! The lead in something: what only one of many gateways does at a time.

use std::{fmt, sync::Mutex};

use tokio_util::sync::CancellationToken;

/// The lead in something. It lasts until it is dropped, or lost ([`Lead::lost`]).
#[must_use = "the lead is given back when this is dropped"]
pub struct Lead {
    lost: CancellationToken,
    release: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Lead {
    /// A lead that is over once `lost` is cancelled. `release` is called when it is dropped.
    pub(super) fn new(lost: CancellationToken, release: impl FnOnce() + Send + 'static) -> Self {
        Self { lost, release: Mutex::new(Some(Box::new(release))) }
    }

    /// Whether nothing says yet that it is lost. A gateway that is cut off from the database hears so some seconds after
    /// another may have taken over: what is done under a lead must do no harm when it is done twice.
    pub fn is_held(&self) -> bool {
        !self.lost.is_cancelled()
    }

    /// Returns once it is lost: another gateway may have it.
    pub async fn lost(&self) {
        self.lost.cancelled().await;
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        let release = self.release.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(release) = release.take() {
            release();
        }
    }
}

impl fmt::Debug for Lead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lead").field("is_held", &self.is_held()).finish_non_exhaustive()
    }
}
