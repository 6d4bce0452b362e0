//! Who leads in what, among the tasks of the one gateway that there is.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use tokio_util::sync::CancellationToken;

use crate::store::Lead;

/// What somebody leads in.
#[derive(Debug, Default)]
pub(super) struct Leads {
    taken: Arc<Mutex<HashSet<String>>>,
    over: CancellationToken,
}

impl Leads {
    /// The lead, unless somebody has it.
    pub(super) fn take(&self, what: &str) -> sqlx::Result<Option<Lead>> {
        if self.over.is_cancelled() {
            return Err(sqlx::Error::PoolClosed);
        }
        let is_free = self.taken.lock().unwrap_or_else(PoisonError::into_inner).insert(what.to_owned());
        let (taken, what) = (Arc::clone(&self.taken), what.to_owned());
        let release = move || {
            taken.lock().unwrap_or_else(PoisonError::into_inner).remove(&what);
        };
        Ok(is_free.then(|| Lead::new(self.over.clone(), release)))
    }

    /// Takes every lead away.
    pub(super) fn end(&self) {
        self.over.cancel();
    }
}
