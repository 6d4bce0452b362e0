//! Operations that are asked for, what they come to, and the errors that are told.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, PoisonError, RwLock},
    time::Instant,
};

use prometheus_client::metrics::{counter::Counter, histogram::Histogram};

use super::table::TABLE;

/// How many names of operations are told apart; all further ones are [`OTHER`]. Names come from callers.
pub const MOST_NAMES: usize = 200;
/// The longest name that is told, in bytes.
const LONGEST_NAME: usize = 64;
/// An operation without a name.
const ANONYMOUS: &str = "anonymous";
/// An operation whose name is not told.
const OTHER: &str = "other";
/// What is not known of a request that was refused before it was read.
pub(super) const UNKNOWN: &str = "unknown";

/// What kind of operation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It reads.
    Query,
    /// It changes.
    Mutation,
    /// It follows.
    Subscription,
}

impl Kind {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Mutation => "mutation",
            Self::Subscription => "subscription",
        }
    }
}

/// An operation, as it is counted. Made once and kept beside what it is about, it costs its request an addition.
#[derive(Clone, Debug)]
pub struct Operation(Arc<Counted>);

#[derive(Debug)]
struct Counted {
    kind: Kind,
    name: Box<str>,
    ok: Counter,
    duration: Histogram,
}

/// The operations that are told apart by their names.
static NAMED: LazyLock<RwLock<Named>> = LazyLock::new(RwLock::default);

type Named = HashMap<Kind, HashMap<Box<str>, Operation>>;

impl Operation {
    /// The one of that kind and name; `None`: it has no name.
    pub fn of(kind: Kind, name: Option<&str>) -> Self {
        let name = match name {
            None => ANONYMOUS,
            Some(name) if name.len() > LONGEST_NAME => OTHER,
            Some(name) => name,
        };
        let known = |named: &Named| named.get(&kind)?.get(name).cloned();
        if let Some(known) = known(&NAMED.read().unwrap_or_else(PoisonError::into_inner)) {
            return known;
        }
        let mut named = NAMED.write().unwrap_or_else(PoisonError::into_inner);
        let reserved = name == ANONYMOUS || name == OTHER;
        if !reserved && named.values().map(HashMap::len).sum::<usize>() >= MOST_NAMES {
            drop(named);
            return Self::of(kind, Some(OTHER));
        }
        let named = named.entry(kind).or_default();
        named.entry(name.into()).or_insert_with(|| Self::new(kind, name)).clone()
    }

    fn new(kind: Kind, name: &str) -> Self {
        Self(Arc::new(Counted {
            kind,
            name: name.into(),
            ok: TABLE.requests.of([kind.word(), name, "ok"]),
            duration: TABLE.request_duration.of([kind.word(), name]),
        }))
    }

    /// The name under which it is counted: one of a bounded number.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// What kind it is.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// It was answered by a kept answer.
    pub fn kept(&self) {
        self.0.ok.inc();
        TABLE.kept_answers.inc();
    }

    /// It begins to be followed.
    pub fn follow(self) -> Following {
        Following(Some(self))
    }

    /// It begins to be executed.
    pub fn start(&self) -> Running {
        Running { operation: self.clone(), since: Instant::now(), ended: false }
    }

    fn count(&self, outcome: &str) {
        TABLE.requests.of([self.0.kind.word(), &self.0.name, outcome]).inc();
    }
}

/// An operation that is under way. Dropped before it ended, it counts as `abandoned`: its time was up, or its caller left.
#[derive(Debug)]
#[must_use]
pub struct Running {
    operation: Operation,
    since: Instant,
    ended: bool,
}

impl Running {
    /// It was answered: whole, or with errors; with `refusal`, nothing of it was executed.
    pub fn end(mut self, errors: usize, refusal: Option<&str>) {
        self.ended = true;
        match refusal {
            Some(code) => self.operation.count(code),
            None if errors > 0 => self.operation.count("partial"),
            None => {
                self.operation.0.ok.inc();
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.operation.0.duration.observe(self.since.elapsed().as_secs_f64());
        // A panic is told, and counted, as what went wrong.
        if !self.ended && !std::thread::panicking() {
            self.operation.count("abandoned");
        }
    }
}

/// A subscription, counted once: as `ok` with the first that it tells, or as it ends, unless it is refused.
#[derive(Debug)]
#[must_use]
pub struct Following(Option<Operation>);

impl Following {
    /// It told something.
    pub fn told(&mut self) {
        if let Some(operation) = self.0.take() {
            operation.0.ok.inc();
        }
    }

    /// Nothing of it was executed.
    pub fn refused(&mut self, code: &str) {
        if let Some(operation) = self.0.take() {
            operation.count(code);
        }
    }

    /// What went wrong is told, and counted as that.
    pub fn failed(&mut self) {
        self.0 = None;
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.told();
    }
}

/// A request was refused before it was known what it asks for.
pub fn refused(code: &str) {
    TABLE.requests.of([UNKNOWN, UNKNOWN, code]).inc();
}

/// A field has no value.
pub fn resolver_error(code: &str) {
    TABLE.resolver_errors.of([code]).inc();
}

/// A mutation told its caller what is wrong.
pub fn user_error(code: &str) {
    TABLE.user_errors.of([code]).inc();
}
