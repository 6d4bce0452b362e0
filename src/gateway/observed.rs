//! What of the gateway can only be seen when it is looked at: how fresh the fleet is.

use jiff::Timestamp;

use super::{Account, Gateway};
use crate::{
    domain::clock::elapsed,
    telemetry::metrics::{self, Fleet},
};

impl Gateway {
    /// Tells the metrics how each account's machines stand now.
    pub fn observe(&self) {
        let now = self.clock.now();
        for account in &self.all_accounts() {
            metrics::fleet(account.name().as_str(), fleet(account, now));
        }
    }
}

fn fleet(account: &Account, now: Timestamp) -> Fleet {
    let Some(listing) = account.last_listing() else { return Fleet::default() };
    let read = listing.machines().iter().filter_map(|row| row.last.known().reported_at);
    Fleet { machines: listing.machines().len(), ages: read.map(|at| elapsed(at, now)).collect() }
}
