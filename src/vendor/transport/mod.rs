//! The way to a vendor's platform, the same for every vendor and knowing none.
//!
//! It promises, for each account by itself:
//!
//! - a call ends by its deadline, whatever it waits for: a place, the rate, the vendor, a body, a retry;
//! - no more calls are under way, wait or are sent a second than the account's [`Limits`] allow;
//! - a read is sent again after a failure that may pass, a write never: when its answer is lost it ends as
//!   [`Kind::OutcomeUnknown`], or as another kind when certainly nothing was sent;
//! - a platform that keeps failing is left alone for a while ([`Kind::CircuitOpen`]);
//! - no redirect is followed, no proxy of the environment used, no body longer than [`MAX_BODY`] held, and none of more
//!   than [`MOST_OBJECTS`] objects and lists read;
//! - a call dropped half-way gives back whatever it held.
//!
//! It refuses to know what an answer means (`read` says), to sign (`build` does), to remember answers and to
//! merge equal calls: those who ask do that before anything is signed, so that nonces stay unique.

mod admission;
mod breaker;
mod client;
mod health;
mod retry;
#[cfg(test)]
mod tests;

use std::{num::NonZeroU32, pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use tokio::{
    sync::SemaphorePermit,
    time::{Instant, sleep, timeout_at},
};
use tracing::{Instrument as _, debug, debug_span, field::Empty};
use url::Url;

use self::{
    admission::{Admission, Refusal},
    client::{Client, Loss},
    health::{Pass, Record},
    retry::Tries,
};
use super::{Error, Kind, Result};
use crate::{
    domain::Clock,
    telemetry::{metrics::Calls, traces},
};

pub use client::{MAX_BODY, MOST_OBJECTS};
pub use health::Health;

/// The longest deadline that is kept; a greater [`Limits::timeout`] counts as this.
const LONGEST: Duration = Duration::from_hours(24);

/// What one account may ask of its vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The time for one call, all its tries and waits together.
    pub timeout: Duration,
    /// The greatest number of calls under way at once; 0 counts as 1.
    pub max_concurrency: usize,
    /// The greatest rate of requests; `None`: as fast as the concurrency allows.
    pub requests_per_second: Option<NonZeroU32>,
    /// How often a read is sent again after a failure that may pass.
    pub retries: u32,
}

/// Whether a request may be sent again when no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It changes nothing.
    Read,
    /// It spends money, moves goods or hands out a code: never twice.
    Write,
}

/// A signed request.
#[derive(Clone, Debug)]
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Option<Bytes>,
}

/// A whole answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: StatusCode,
    /// The body, no longer than we accept.
    pub body: Bytes,
}

/// One account's way to its vendor.
#[derive(Debug)]
pub struct Transport {
    client: Client,
    limits: Limits,
    clock: Arc<dyn Clock>,
    admission: Admission,
    record: Record,
    calls: Calls,
}

/// What stays the same through all tries of a call.
#[derive(Clone, Copy, Debug)]
struct Call {
    operation: &'static str,
    effect: Effect,
    deadline: Instant,
    /// The shortest try that a sound vendor can be expected to answer: a quarter of the call's time.
    fair: Duration,
}

/// A try that failed after its request was made.
#[derive(Debug)]
struct Failure {
    error: Error,
    /// How long the vendor wants to be left alone.
    retry_after: Option<Duration>,
}

impl Transport {
    /// A way of its own for one account: its own connections, so that no account waits for another's.
    pub fn new(limits: Limits, clock: Arc<dyn Clock>) -> Result<Self> {
        let client = Client::new(&limits)
            .map_err(|error| Error::new(Kind::Unavailable, "start").with_source(error))?;
        let admission = Admission::new(limits.max_concurrency, limits.requests_per_second);
        let record = Record::new(Arc::clone(&clock));
        Ok(Self { client, limits, clock, admission, record, calls: Calls::default() })
    }

    /// The same, measured as the calls of one account.
    #[must_use]
    pub fn measured(mut self, calls: Calls) -> Self {
        self.record = self.record.measured(calls.clone());
        self.calls = calls;
        self
    }

    /// Sends what `build` makes, and gives what `read` makes of the answer. `build` is asked anew for every
    /// try, so that each carries its own nonce, time and signature; `read` decides what counts as success.
    ///
    /// `read` sees every answer but a redirect (3xx, [`Kind::Protocol`]), whatever its status. Where it finds
    /// [`Kind::Protocol`] in an answer with status 429 or 5xx, that becomes [`Kind::Unavailable`]. Its other
    /// refusals pass as they are, save that a write's [`Kind::Unavailable`], [`Kind::Timeout`] and
    /// [`Kind::Protocol`] become [`Kind::OutcomeUnknown`].
    ///
    /// When the time runs out before anything was sent, a read ends as [`Kind::Timeout`] and a write as
    /// [`Kind::Overloaded`]; a write gives up a quarter of its time earlier, so as not to be sent with too
    /// little time left to learn its outcome.
    pub async fn call<T>(
        &self,
        operation: &'static str,
        effect: Effect,
        build: impl Fn() -> Result<Request> + Send + Sync,
        read: impl Fn(Reply) -> Result<T> + Send + Sync,
    ) -> Result<T> {
        let begun = Instant::now();
        let span = debug_span!("vendor call", account = self.calls.account(), operation, outcome = Empty,);
        // Where they stand, as such a future is some kilobytes, and would be moved to be watched.
        let tried = pin!(self.tried(operation, effect, build, read));
        let came = tried.instrument(span.clone()).await;
        let outcome = came.as_ref().map_or_else(|error| error.kind.word(), |_| "ok");
        span.record("outcome", outcome);
        self.calls.ended(operation, outcome, begun.elapsed());
        came
    }

    /// One call, with all its tries.
    async fn tried<T>(
        &self,
        operation: &'static str,
        effect: Effect,
        build: impl Fn() -> Result<Request> + Send + Sync,
        read: impl Fn(Reply) -> Result<T> + Send + Sync,
    ) -> Result<T> {
        let timeout = self.limits.timeout.min(LONGEST);
        let call = Call { operation, effect, deadline: Instant::now() + timeout, fair: timeout / 4 };
        let mut tries = Tries::new(if effect == Effect::Read { self.limits.retries } else { 0 });
        let mut earlier = None;
        let mut attempt = 0_u32;
        loop {
            let (place, pass) = match self.enter(call).await {
                Ok(entered) => entered,
                // What the vendor did tells more than that there was no time to ask it again.
                Err(refusal) => return Err(earlier.unwrap_or(refusal)),
            };
            let request = build()?;
            let until = tries.until(Instant::now(), call.deadline);
            attempt += 1;
            let span = debug_span!("attempt", attempt, outcome = Empty, otel.kind = "client");
            let attempted = pin!(self.attempt(call, pass, (request, until), &read));
            let attempted = attempted.instrument(span.clone()).await;
            let outcome = attempted.as_ref().map_or_else(|failure| failure.error.kind.word(), |_| "ok");
            span.record("outcome", outcome);
            let failure = match attempted {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            // Others may use the place while this call pauses.
            drop(place);
            let remaining = call.deadline.saturating_duration_since(Instant::now());
            let kind = failure.error.kind;
            let Some(pause) = tries.pause(kind, failure.retry_after, remaining, rand::random()) else {
                return Err(failure.error);
            };
            let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            debug!(operation, error = %failure.error, pause_ms, "asking the vendor again");
            self.calls.retried(operation);
            earlier = Some(failure.error);
            sleep(pause).await;
        }
    }

    /// How the vendor has been answering.
    pub fn health(&self) -> Health {
        self.record.health()
    }

    /// Waits for a place and for the rate. The breaker is asked before each wait, so that nothing queues for a
    /// vendor that is not asked, and a last time when the call's turn has come.
    async fn enter(&self, call: Call) -> Result<(SemaphorePermit<'_>, Pass<'_>)> {
        let (until, late) = match call.effect {
            Effect::Read => (call.deadline, Kind::Timeout),
            Effect::Write => (call.deadline - call.fair, Kind::Overloaded),
        };
        let refused = |refusal| match refusal {
            Refusal::QueueFull => Error::new(Kind::Overloaded, call.operation),
            Refusal::Late => Error::new(late, call.operation),
        };
        let open = || Error::new(Kind::CircuitOpen, call.operation);
        let asked = || if self.record.refuses() { Err(open()) } else { Ok(()) };
        asked()?;
        let place = self.admission.place(until).await.map_err(refused)?;
        asked()?;
        self.admission.turn(until).await.map_err(refused)?;
        Ok((place, self.record.admit().ok_or_else(open)?))
    }

    /// Sends one request, waits for its answer `until` then, and tells the record what came of it.
    async fn attempt<T>(
        &self,
        call: Call,
        pass: Pass<'_>,
        (mut request, until): (Request, Instant),
        read: &impl Fn(Reply) -> Result<T>,
    ) -> std::result::Result<T, Failure> {
        // Of neither vendor's signature: InHand signs the members of the body, Dingshang headers that it names.
        traces::inject(&mut request.headers);
        let granted = until.saturating_duration_since(Instant::now());
        let sending = pin!(self.client.send(request, self.clock.as_ref()));
        let Ok(sent) = timeout_at(until, sending).await else {
            let error = Error::new(Kind::Timeout, call.operation);
            // A vendor that was given too little time, because we waited ourselves, has not failed.
            if granted >= call.fair {
                pass.settle(call.operation, Err(&error));
            }
            return Err(call.failure(error, true, None));
        };
        let answer = match sent {
            Ok(answer) => answer,
            Err(loss) => {
                let sent = !matches!(loss, Loss::Unreached(_));
                let error = Error::new(loss.kind(), call.operation).with_source(loss);
                pass.settle(call.operation, Err(&error));
                return Err(call.failure(error, sent, None));
            }
        };
        let broken =
            answer.reply.status.is_server_error() || answer.reply.status == StatusCode::TOO_MANY_REQUESTS;
        match read(answer.reply) {
            Ok(value) => {
                pass.settle(call.operation, Ok(()));
                Ok(value)
            }
            Err(mut error) => {
                if broken && error.kind == Kind::Protocol {
                    error.kind = Kind::Unavailable;
                }
                pass.settle(call.operation, Err(&error));
                Err(call.failure(error, true, answer.retry_after))
            }
        }
    }
}

impl Call {
    /// What a failed try means for the caller: after a write that may have been done, that nobody knows.
    fn failure(self, mut error: Error, sent: bool, retry_after: Option<Duration>) -> Failure {
        if self.effect == Effect::Write && sent && error.kind.is_no_answer() {
            error.kind = Kind::OutcomeUnknown;
        }
        Failure { error, retry_after }
    }
}
