//! Finished answers to queries, kept for as long as they would be the same if they were made again.
//!
//! What is asked again to the letter, by callers of equal rights, is answered with the same bytes; neither parsed,
//! validated nor executed, from the third time on. Whether an answer still stands, its [`Lease`] knows. An answer with
//! errors, of a mutation, or without a lease is never kept.

mod recurring;

use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use axum::http::HeaderValue;
use bytes::Bytes;
use moka::sync::Cache;

use self::recurring::Recurring;
use super::{fresh, media::Media};
use crate::{auth::Caller, gateway::Lease, telemetry::metrics::Operation};

/// What all kept answers may take in memory, in bytes.
const CAPACITY: u64 = 64 * 1024 * 1024;
/// How long an answer that nobody asks for is kept.
const IDLE: Duration = Duration::from_mins(2);
/// A larger answer, in bytes, would push out too many others.
const LARGEST: usize = 4 * 1024 * 1024;

/// A request as far as its answer depends on it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    /// The body of a POST, or the query string of a GET.
    pub text: Bytes,
    /// Which of the two.
    pub by_post: bool,
    /// How the answer is written.
    pub media: Media,
    /// What the caller may see.
    pub rights: Rights,
    /// Under which policy of documents it is asked: a name may stand for another document under the next one.
    pub edition: u64,
}

/// A caller, as far as answers depend on it: equal for callers who may see the same.
#[derive(Clone)]
pub(super) struct Rights(pub Arc<Caller>);

impl PartialEq for Rights {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (self.0.scopes == other.0.scopes && self.0.accounts == other.0.accounts)
    }
}

impl Eq for Rights {}

impl Hash for Rights {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.scopes.hash(state);
        self.0.accounts.hash(state);
    }
}

impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rights").field("scopes", &self.0.scopes).finish_non_exhaustive()
    }
}

/// An answer's body, and how long it stands.
#[derive(Clone, Debug)]
struct Answer {
    body: Bytes,
    /// The body's validator, where it was asked for by GET.
    tag: Option<HeaderValue>,
    lease: Arc<Lease>,
    counted: Operation,
}

/// A finished answer.
#[derive(Clone, Debug)]
pub(super) struct Finished {
    pub body: Bytes,
    /// What a cache may do with it; `None`: nothing.
    pub caching: Option<Caching>,
}

/// What a cache may do with an answer to a GET.
#[derive(Clone, Debug)]
pub(super) struct Caching {
    pub tag: HeaderValue,
    /// For how long the answer may be used without asking again.
    pub fresh_for: Duration,
}

impl Answer {
    fn finished(self) -> Finished {
        let caching = self.tag.map(|tag| Caching { tag, fresh_for: self.lease.fresh_for() });
        Finished { body: self.body, caching }
    }
}

/// The kept answers.
#[derive(Debug)]
pub(super) struct Kept {
    answers: Cache<Asked, Answer>,
    recurring: Recurring,
}

impl Kept {
    pub(super) fn new() -> Self {
        let weight = |asked: &Asked, answer: &Answer| {
            let bytes = asked.text.len() + answer.body.len() + answer.lease.weight() + 300;
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        let answers = Cache::builder().max_capacity(CAPACITY).weigher(weight).time_to_idle(IDLE).build();
        Self { answers, recurring: Recurring::new() }
    }

    /// The answer, if one is kept that still stands.
    pub(super) fn get(&self, asked: &Asked) -> Option<Finished> {
        let answer = self.answers.get(asked)?;
        if answer.lease.holds() {
            answer.counted.kept();
            return Some(answer.finished());
        }
        self.answers.invalidate(asked);
        None
    }

    /// Keeps an answer, if what it answers was asked before.
    pub(super) fn keep(&self, asked: &Asked, body: Bytes, lease: Lease, counted: Operation) -> Finished {
        let tag = if asked.by_post { None } else { fresh::tag(asked.media, &body) };
        let answer = Answer { body, tag, lease: Arc::new(lease), counted };
        if answer.body.len() <= LARGEST && self.recurring.is_again(asked) {
            // A body may be a piece of a larger buffer, which it would keep in memory.
            let text = Bytes::copy_from_slice(&asked.text);
            let asked = Asked { text, ..asked.clone() };
            self.answers.insert(asked, answer.clone());
        }
        answer.finished()
    }
}
