//! What an account's calls told of its vendor: whether to ask on, and how it has been answering.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tracing::{info, warn};

use super::breaker::{Breaker, Change, Outcome, Phase, Ticket};
use crate::{
    domain::{Clock, HealthState},
    telemetry::metrics::{self, Calls},
    vendor::{Error, Kind},
};

/// How an account's vendor has been answering.
#[derive(Clone, Debug)]
pub struct Health {
    /// The short of it.
    pub state: HealthState,
    /// When it last answered: also with a refusal, as long as its platform works.
    pub last_success_at: Option<Timestamp>,
    /// What last went wrong, and is not made good by a later success. Without what lies under it.
    pub last_error: Option<Arc<Error>>,
}

/// The record that one account's calls write.
#[derive(Debug)]
pub(super) struct Record {
    clock: Arc<dyn Clock>,
    entries: Mutex<Entries>,
    calls: Calls,
}

#[derive(Debug)]
struct Entries {
    breaker: Breaker,
    last_success_at: Option<Timestamp>,
    last_error: Option<Arc<Error>>,
}

/// Leave to ask once. When dropped without [`Pass::settle`] it says nothing of the vendor, and another may ask
/// in its place.
#[derive(Debug)]
#[must_use]
pub(super) struct Pass<'a> {
    record: &'a Record,
    ticket: Ticket,
}

impl Record {
    /// An empty one.
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let entries = Entries { breaker: Breaker::new(), last_success_at: None, last_error: None };
        Self { clock, entries: Mutex::new(entries), calls: Calls::default() }
    }

    /// The same, whose breaker is told as the one of these calls.
    pub(super) fn measured(self, calls: Calls) -> Self {
        Self { calls, ..self }
    }

    /// What it says.
    pub(super) fn health(&self) -> Health {
        let entries = self.entries();
        let state = match entries.breaker.phase(self.clock.now()) {
            // What is tried again is down until it answers: whether somebody happens to ask it is no news of it.
            Phase::Open | Phase::HalfOpen => HealthState::Down,
            Phase::Closed if entries.last_error.is_none() => HealthState::Up,
            Phase::Closed => HealthState::Degraded,
        };
        Health { state, last_success_at: entries.last_success_at, last_error: entries.last_error.clone() }
    }

    /// Whether [`Record::admit`] would refuse now.
    pub(super) fn refuses(&self) -> bool {
        self.entries().breaker.refuses(self.clock.now())
    }

    /// Leave to ask the vendor, unless it has been failing.
    pub(super) fn admit(&self) -> Option<Pass<'_>> {
        let now = self.clock.now();
        let mut entries = self.entries();
        let ticket = entries.breaker.admit(now)?;
        self.calls.breaker(entries.breaker.phase(now).into());
        drop(entries);
        Some(Pass { record: self, ticket })
    }

    /// No entry is ever left half-written, so that a panic elsewhere does no harm to it.
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// Writes down what came of the call.
    pub(super) fn settle(self, operation: &'static str, result: Result<(), &Error>) {
        let now = self.record.clock.now();
        let outcome = result.map_or_else(|error| outcome(error.kind), |()| Some(Outcome::Answered));
        let mut entries = self.record.entries();
        if outcome == Some(Outcome::Answered) {
            entries.last_success_at = Some(now);
            entries.last_error = None;
        } else if let Err(error) = result {
            entries.last_error = Some(Arc::new(without_source(error)));
        }
        let change = outcome.and_then(|it| entries.breaker.settle(&self.ticket, it, now, rand::random()));
        self.record.calls.breaker(entries.breaker.phase(now).into());
        drop(entries);
        match change {
            Some(Change::Opened) => {
                let error = result.err().map(tracing::field::display);
                warn!(operation, error, "the vendor keeps failing and is not asked for a while");
            }
            Some(Change::Closed) => info!(operation, "the vendor answers again"),
            None => {}
        }
    }
}

impl From<Phase> for metrics::Phase {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Closed => Self::Closed,
            Phase::HalfOpen => Self::HalfOpen,
            Phase::Open => Self::Open,
        }
    }
}

impl Drop for Pass<'_> {
    /// After [`Pass::settle`] the ticket is of an earlier generation, or the breaker closed: nothing changes.
    fn drop(&mut self) {
        self.record.entries().breaker.release(&self.ticket);
    }
}

/// What a refusal tells of the platform; `None`: nothing. A wrong secret is our own fault, so that leaving the
/// vendor alone helps nobody, but the vendor does not serve us either; nor does one whose answers cannot be understood.
fn outcome(kind: Kind) -> Option<Outcome> {
    if kind.is_platform_failure() {
        return Some(Outcome::Failed);
    }
    if matches!(kind, Kind::Credentials | Kind::Protocol) {
        return Some(Outcome::There);
    }
    let silent =
        matches!(kind, Kind::CircuitOpen | Kind::Overloaded | Kind::Unsupported | Kind::OutcomeUnknown);
    (!silent).then_some(Outcome::Answered)
}

/// A copy for those who ask for the health; what lies under it is for the log, and went there.
fn without_source(error: &Error) -> Error {
    Error {
        kind: error.kind,
        operation: error.operation,
        vendor_code: error.vendor_code.clone(),
        vendor_message: error.vendor_message.clone(),
        used_by: None,
        source: None,
    }
}
