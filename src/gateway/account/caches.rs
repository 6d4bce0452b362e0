//! How an account's caches are made: alike, and counted each by itself.

use std::{hash::Hash, sync::Arc};

use crate::{
    domain::Clock,
    gateway::{
        cache::{Cache, Policy, Weigh},
        lease::Revision,
    },
    telemetry::metrics::Reads,
};

/// What one account's caches have in common.
pub(super) struct Made<'a> {
    pub account: &'a str,
    pub clock: &'a Arc<dyn Clock>,
    pub revision: &'a Arc<Revision>,
}

impl Made<'_> {
    /// A cache of that sort of answers.
    pub(super) fn cache<K, V>(&self, sort: &'static str, policy: Policy) -> Cache<K, V>
    where
        K: Clone + Eq + Hash + Send + Sync + 'static,
        V: Weigh + Send + Sync + 'static,
    {
        let counted = (Arc::clone(self.revision), Reads::of(self.account, sort));
        Cache::new(policy, Arc::clone(self.clock), counted)
    }
}
