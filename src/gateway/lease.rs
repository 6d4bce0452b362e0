//! What an answer was made of, and whether all of that still stands.
//!
//! While an answer is made, everything that the gateway reads for it is noted. The notes make a [`Lease`]: as long as it
//! holds, making the answer anew would give the same. An answer that is only true once has none: one with an error,
//! a share that is missing or stale, something asked of a vendor just now, or anything that changes with the time.
//!
//! The notes are taken where the reads are, in the task that reads, rather than handed through every call: a read that
//! nobody thought of would make a lease that holds too long.

use std::{
    cell::RefCell,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;

use super::fleet::{Last, Row};
use crate::domain::{Clock, clock};

/// An answer made of more parts is not worth checking.
const MOST_PARTS: usize = 4_096;

tokio::task_local! {
    static NOTES: RefCell<Notes>;
}

/// Counts the changes to anything that answers are made of.
#[derive(Debug, Default)]
pub struct Revision(AtomicU64);

impl Revision {
    /// Something has changed, and can be read as it is now.
    pub(super) fn advance(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    fn now(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

/// Whether a kept value is the one that a reader would find.
#[derive(Clone, Debug)]
pub(super) struct Current(Arc<AtomicBool>);

impl Current {
    pub(super) fn new() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }

    /// Another value has taken its place.
    pub(super) fn end(&self) {
        self.0.store(false, Ordering::Release);
    }

    fn stands(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Something that an answer was made of.
enum Part {
    /// A kept value.
    Value(Current),
    /// What was last heard of a machine, in that version.
    Known(Arc<Last>, u64),
}

impl Part {
    fn stands(&self) -> bool {
        match self {
            Self::Value(current) => current.stands(),
            Self::Known(last, version) => last.version() == *version,
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Value(one), Self::Value(other)) => Arc::ptr_eq(&one.0, &other.0),
            (Self::Known(one, version), Self::Known(other, other_version)) => {
                Arc::ptr_eq(one, other) && version == other_version
            }
            (Self::Value(_), Self::Known(..)) | (Self::Known(..), Self::Value(_)) => false,
        }
    }
}

/// What has been read so far.
struct Notes {
    parts: Vec<Part>,
    until: Timestamp,
    /// Whether everything known of some fleet went into it.
    of_all: bool,
    /// Whether it is true this once only.
    once: bool,
}

impl Notes {
    fn part(&mut self, part: Part) {
        if self.once || self.parts.last().is_some_and(|last| last.is_same(&part)) {
            return;
        }
        if self.parts.len() == MOST_PARTS {
            self.once = true;
            self.parts = Vec::new();
            return;
        }
        self.parts.push(part);
    }
}

/// Notes a kept value, which is fresh until then.
pub(super) fn note_value(current: &Current, until: Timestamp) {
    note(|notes| {
        notes.until = notes.until.min(until);
        notes.part(Part::Value(current.clone()));
    });
}

/// Notes what was last heard of a machine; to be called before it is read.
pub(super) fn note_known(row: &Arc<Row>) {
    note(|notes| notes.part(Part::Known(Arc::clone(&row.last), row.last.version())));
}

/// Notes that everything known of a fleet is looked through.
pub(super) fn note_all() {
    note(|notes| notes.of_all = true);
}

/// Notes something that is true this once only.
pub fn note_once() {
    note(|notes| notes.once = true);
}

fn note(write: impl FnOnce(&mut Notes)) {
    // Outside of an answer nobody takes notes.
    let _ = NOTES.try_with(|notes| write(&mut notes.borrow_mut()));
}

/// How long an answer stays true.
pub struct Lease {
    revision: Arc<Revision>,
    clock: Arc<dyn Clock>,
    until: Timestamp,
    of_all: bool,
    parts: Vec<Part>,
    /// Whether it tells what was last heard of machines, and for how long that counts as fresh.
    hears: bool,
    heard_for: Duration,
    /// The revision at which it was last found to hold.
    held_at: AtomicU64,
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("until", &self.until)
            .field("parts", &self.parts.len())
            .finish_non_exhaustive()
    }
}

impl Lease {
    /// Runs `making`, which makes an answer in the task that it is called in, and tells how long that stays true; `None`:
    /// it is true this once only.
    pub async fn of<T>(
        revision: &Arc<Revision>,
        clock: &Arc<dyn Clock>,
        making: impl Future<Output = T>,
    ) -> (T, Option<Self>) {
        let held_at = AtomicU64::new(revision.now());
        let notes = Notes { parts: Vec::new(), until: Timestamp::MAX, of_all: false, once: false };
        let (made, notes) = NOTES
            .scope(RefCell::new(notes), async {
                let made = making.await;
                let taken = NOTES.with(|notes| {
                    let mut notes = notes.borrow_mut();
                    (std::mem::take(&mut notes.parts), notes.until, notes.of_all, notes.once)
                });
                (made, taken)
            })
            .await;
        let (parts, until, of_all, once) = notes;
        let lease = (!once).then(|| Self {
            revision: Arc::clone(revision),
            clock: Arc::clone(clock),
            until,
            of_all,
            hears: of_all || parts.iter().any(|part| matches!(part, Part::Known(..))),
            heard_for: Duration::ZERO,
            parts,
            held_at,
        });
        (made, lease)
    }

    /// Whether the answer is still what it would be if it were made now.
    pub fn holds(&self) -> bool {
        if self.clock.now() > self.until {
            return false;
        }
        let revision = self.revision.now();
        if self.held_at.load(Ordering::Acquire) == revision {
            return true;
        }
        let holds = !self.of_all && self.parts.iter().all(Part::stands);
        if holds {
            self.held_at.store(revision, Ordering::Release);
        }
        holds
    }

    /// Lets what was last heard of machines count as fresh for so long, wherever the answer tells of it.
    pub(super) fn heard_for(mut self, heard: Duration) -> Self {
        self.heard_for = heard;
        self
    }

    /// For how long whoever has the answer may take it for true without asking again: until the first value that it was
    /// made of is past its time, nothing where none of them has one. News may end the lease before that.
    pub fn fresh_for(&self) -> Duration {
        let of_values = (self.until < Timestamp::MAX).then(|| clock::elapsed(self.clock.now(), self.until));
        let of_news = self.hears.then_some(self.heard_for);
        of_values.into_iter().chain(of_news).min().unwrap_or_default()
    }

    /// What it takes in memory, in bytes.
    pub fn weight(&self) -> usize {
        size_of::<Self>() + self.parts.capacity() * size_of::<Part>()
    }
}
