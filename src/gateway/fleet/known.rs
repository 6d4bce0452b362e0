//! What was last heard of a machine; news may come from a listing, a status, or the machine itself.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use arc_swap::ArcSwap;
use jiff::Timestamp;

use crate::domain::{GeoPoint, Report, ShelfState};

/// What is known of a machine; `None` where nothing was heard yet.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Known {
    /// Whether the vendor reaches it, and when it said so.
    pub online: Option<(bool, Timestamp)>,
    /// Whether anything is broken.
    pub has_faults: Option<bool>,
    /// Whether any shelf is sold out.
    pub sold_out: Option<bool>,
    /// Where it says it stands.
    pub location: Option<GeoPoint>,
    /// When its status was last read.
    pub reported_at: Option<Timestamp>,
}

/// The last known of one machine, shared by all who hold its row.
#[derive(Debug, Default)]
pub struct Last {
    known: ArcSwap<Known>,
    version: AtomicU64,
}

impl Last {
    /// What is known now.
    pub fn known(&self) -> Known {
        **self.known.load()
    }

    /// How often what is known has changed.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// A listing said whether the machine is online.
    pub fn hear_online(&self, online: Option<bool>, at: Timestamp) {
        self.change(|known| known.online = later(known.online, online, at));
    }

    /// A status was read.
    pub fn hear_report(&self, report: &Report, at: Timestamp) {
        let status = &report.status;
        let broken_shelf = report.shelves.iter().any(|shelf| shelf.state.is_fault());
        let sold_out = report
            .shelves
            .iter()
            .filter_map(|shelf| shelf.sold_out)
            .reduce(|any, this| any || this)
            .or(status.sold_out_shelf_count.map(|count| count > 0));
        let told = report.shelves.iter().any(|shelf| shelf.state != ShelfState::Unknown);
        // Outer `None`: no news. A vendor that tells of shelves alone can say that one is broken; when it says
        // that none is, what was broken no longer counts, and whether something else is stays unknown.
        let has_faults = match &status.faults {
            Some(faults) => Some(Some(!faults.is_empty() || broken_shelf)),
            None => told.then_some(broken_shelf.then_some(true)),
        };
        self.change(|known| {
            known.online = later(known.online, status.online, at);
            if known.reported_at.is_none_or(|before| before <= at) {
                known.has_faults = has_faults.unwrap_or(known.has_faults);
                known.sold_out = sold_out.or(known.sold_out);
                known.location = report.location.or(known.location);
                known.reported_at = Some(at);
            }
        });
    }

    fn change(&self, change: impl Fn(&mut Known)) {
        let before = self.known.rcu(|known| {
            let mut known = **known;
            change(&mut known);
            Arc::new(known)
        });
        let mut after = *before;
        change(&mut after);
        if after != *before {
            self.version.fetch_add(1, Ordering::AcqRel);
        }
    }
}

/// The later of two pieces of news.
fn later(
    before: Option<(bool, Timestamp)>,
    online: Option<bool>,
    at: Timestamp,
) -> Option<(bool, Timestamp)> {
    match (before, online) {
        (Some((_, heard)), Some(online)) if heard <= at => Some((online, at)),
        (None, Some(online)) => Some((online, at)),
        (before, _) => before,
    }
}
