//! Reads of what vendors said.

use prometheus_client::metrics::counter::Counter;

use super::table::TABLE;

/// The reads of one account's cache of one sort. The default is measured nowhere.
#[derive(Clone, Debug, Default)]
pub struct Reads {
    hit: Counter,
    stale: Counter,
    miss: Counter,
}

impl Reads {
    /// Those of this account of the configuration.
    pub fn of(account: &str, sort: &'static str) -> Self {
        let of = |result| TABLE.cache_reads.of([account, sort, result]);
        Self { hit: of("hit"), stale: of("stale"), miss: of("miss") }
    }

    /// What is kept is fresh.
    pub fn hit(&self) {
        self.hit.inc();
    }

    /// What is kept is past its time, and served all the same.
    pub fn stale(&self) {
        self.stale.inc();
    }

    /// The vendor is waited for.
    pub fn miss(&self) {
        self.miss.inc();
    }
}
