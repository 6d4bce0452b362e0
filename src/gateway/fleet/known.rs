//! What was last heard of a machine; news may come from a listing, a status, or the machine itself.

use std::{
    hash::BuildHasher as _,
    sync::{
        LazyLock, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU8, AtomicU64, Ordering},
    },
};

use foldhash::quality::RandomState;
use jiff::Timestamp;

use crate::domain::{GeoPoint, Report, ShelfState, StatusNews};

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

/// What filters over the fleet ask of what is known, in one byte: two bits for each question, 01 for no and 10 for yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brief(u8);

impl Brief {
    /// The answers to the questions.
    pub fn new(online: Option<bool>, has_faults: Option<bool>, sold_out: Option<bool>) -> Self {
        let bits = |answer: Option<bool>| answer.map_or(0, |yes| if yes { 0b10 } else { 0b01 });
        Self(bits(online) | bits(has_faults) << 2 | bits(sold_out) << 4)
    }

    /// Whether it gives all the answers that are wanted.
    pub fn has(self, wanted: Self) -> bool {
        self.0 & wanted.0 == wanted.0
    }
}

/// The last known of one machine, shared by all who hold its row.
#[derive(Debug, Default)]
pub struct Last {
    known: Mutex<Known>,
    /// Of what is known now.
    brief: AtomicU8,
    /// A digest of what the log was last told of it, 0 for nothing: whoever finds something else tells the log.
    told: AtomicU64,
    /// When it last told something by itself, in milliseconds since 1970.
    pushed_at: AtomicI64,
    version: AtomicU64,
}

impl Last {
    /// What is known now.
    pub fn known(&self) -> Known {
        *self.lock()
    }

    /// What is known now, in brief.
    pub fn brief(&self) -> Brief {
        Brief(self.brief.load(Ordering::Acquire))
    }

    /// How often what is known has changed.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Notes what is known of it now; gives whether the log was told something else last, or nothing since the start.
    pub fn differs_from_told(&self, news: &StatusNews) -> bool {
        let digest = digest(news);
        self.told.swap(digest, Ordering::AcqRel) != digest
    }

    /// Whether nothing that the machine told by itself is younger than news of that time; of what it tells by itself, the
    /// order in which it comes counts.
    pub fn is_youngest(&self, at: Timestamp, pushed: bool) -> bool {
        let at = at.as_millisecond();
        if pushed {
            self.pushed_at.fetch_max(at, Ordering::AcqRel);
            return true;
        }
        self.pushed_at.load(Ordering::Acquire) <= at
    }

    /// The log was not told after all.
    pub fn forget_told(&self) {
        self.told.store(0, Ordering::Release);
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

    /// The machine told how it is, or another gateway what it found. What a machine left out is no news; what is found (`whole`)
    /// is all there is.
    pub fn hear_news(&self, news: &StatusNews, whole: bool, at: Timestamp) {
        let status = &news.status;
        let sold_out = news.shelves.iter().filter_map(|shelf| shelf.sold_out);
        // One shelf that is not sold out says nothing of the others that were not told of.
        let any_sold_out = sold_out.reduce(|any, this| any || this).filter(|any| *any || whole);
        self.change(|known| {
            known.online = later(known.online, status.online, at);
            if let Some(faults) = &status.faults {
                known.has_faults = Some(!faults.is_empty());
            }
            let count = status.sold_out_shelf_count.map(|count| count > 0);
            known.sold_out = count.or(any_sold_out).or(known.sold_out);
        });
    }

    /// One of the log's last words on it, in their order. Whatever was read meanwhile is younger.
    pub fn learn(&self, news: &StatusNews, whole: bool, at: Timestamp) {
        if self.known().reported_at.is_some_and(|read| read > at) {
            return;
        }
        self.hear_news(news, whole, at);
        if whole {
            self.change(|known| known.reported_at = known.reported_at.max(Some(at)));
        }
    }

    /// Whether enough is known of it for every filter over the fleet.
    pub fn is_told(&self) -> bool {
        let known = self.known();
        known.reported_at.is_some()
            || (known.online.is_some() && known.has_faults.is_some() && known.sold_out.is_some())
    }

    fn change(&self, change: impl FnOnce(&mut Known)) {
        let mut known = self.lock();
        let before = *known;
        change(&mut known);
        if *known != before {
            let Known { online, has_faults, sold_out, location: _, reported_at: _ } = *known;
            let brief = Brief::new(online.map(|(online, _)| online), has_faults, sold_out);
            self.brief.store(brief.0, Ordering::Release);
            self.version.fetch_add(1, Ordering::AcqRel);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A digest of news, by which equal news is known again while this process lives; never 0. Whole fleets' news would take
/// more memory than all else that is known of them.
fn digest(news: &StatusNews) -> u64 {
    static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::default);
    SEED.hash_one(news).max(1)
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
