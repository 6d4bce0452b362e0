//! What is followed: subscriptions over a WebSocket, as server-sent events, and in Apollo's multipart answers.
//!
//! Promises: one event is one message, in the order of its stream, by whichever transport; nothing is polled that
//! cannot be sent, so that a client which does not read costs no memory; whatever is followed ends with its token, and
//! at the shutdown in a way that makes clients come back. A stream has one of a bounded number of places, apart from
//! the requests under way, and no time limit.
//!
//! Refuses: subscriptions in an answer of one piece.

mod ending;
mod events;
mod parts;
mod pieces;
pub(super) mod socket;
mod steps;

use std::{sync::Arc, time::Duration};

use async_graphql::ServerError;
use axum::{
    http::{HeaderMap, HeaderName},
    response::Response,
};
use futures_util::stream::{self, StreamExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};

use self::{
    ending::Ending,
    pieces::Pieces,
    steps::{Step, steps},
};
use super::{
    Door,
    answer::{self, Fault},
    media::Transport,
    operation::{Prepared, Refused},
};
use crate::{domain::Place, telemetry::metrics};

/// Where a client of server-sent events says what it saw last.
pub(super) const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// How long the end of everything that is followed is waited for.
const LAST_WAIT: Duration = Duration::from_secs(5);

/// The bounds of what is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streaming {
    /// How many sockets and streams may be open at once; one more is refused with 503.
    pub places: usize,
    /// How many operations may be under way on one socket; one more is refused.
    pub operations: usize,
    /// How long a client may take to introduce itself on a socket.
    pub greeting: Duration,
    /// How often a socket is asked whether the client is still there.
    pub ping: Duration,
    /// How long a client may be silent on a socket, or take nothing, before it is taken for dead. Longer than a minute,
    /// so that one who reads nothing for a minute is not lost.
    pub silence: Duration,
    /// How often a stream without news says that it lives.
    pub keep_alive: Duration,
}

impl Default for Streaming {
    fn default() -> Self {
        Self {
            places: 10_000,
            operations: 100,
            greeting: Duration::from_secs(3),
            ping: Duration::from_secs(20),
            silence: Duration::from_secs(90),
            keep_alive: Duration::from_secs(12),
        }
    }
}

/// Everything that is followed.
#[derive(Debug)]
pub(super) struct Streams {
    places: Arc<Semaphore>,
    closing: CancellationToken,
    open: TaskTracker,
}

/// The place of one socket or stream, held as long as it is open.
#[derive(Debug)]
pub(super) struct Seat {
    _place: OwnedSemaphorePermit,
    _open: TaskTrackerToken,
    _counted: metrics::Connection,
}

impl Streams {
    pub(super) fn new(places: usize) -> Self {
        let places = Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS)));
        Self { places, closing: CancellationToken::new(), open: TaskTracker::new() }
    }

    fn seat(&self, transport: metrics::Transport) -> Result<Seat, Fault> {
        if self.closing.is_cancelled() {
            return Err(Fault::Busy);
        }
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_full| {
            metrics::dropped("full");
            Fault::Busy
        })?;
        let counted = metrics::Connection::open(transport);
        Ok(Seat { _place: place, _open: self.open.token(), _counted: counted })
    }

    pub(super) async fn close(&self) {
        self.closing.cancel();
        self.open.close();
        if tokio::time::timeout(LAST_WAIT, self.open.wait()).await.is_err() {
            tracing::warn!(
                left = self.open.len(),
                "streams were still open when we stopped waiting for them"
            );
        }
    }
}

/// What the client saw last, from which it wants to go on.
pub(super) fn resume(headers: &HeaderMap) -> Result<Option<Place>, Fault> {
    let Some(cursor) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    let place = cursor.to_str().ok().and_then(|cursor| Place::decode(cursor).ok());
    place.map(Some).ok_or_else(|| Fault::Parameters("`Last-Event-ID` is not a cursor".to_owned()))
}

/// Answers an operation in many pieces.
///
/// An operation that is refused is told within the stream, as graphql-sse demands: an `EventSource` shows nobody what
/// a status of 400 was about.
pub(super) fn respond(
    door: &Door,
    transport: Transport,
    prepared: Result<Prepared, Refused>,
    resume: Option<Place>,
) -> Result<Response, Fault> {
    let counted = match transport {
        Transport::Events => metrics::Transport::Events,
        Transport::Parts { .. } => metrics::Transport::Parts,
    };
    let seat = door.0.streams.seat(counted)?;
    let mut ending = Ending::new(door);
    let steps = match prepared {
        Ok(prepared) => {
            ending.with_token_of(prepared.caller());
            steps(door, prepared, resume, counted)
        }
        Err(refused) => {
            let errors = answer::error_list(vec![ServerError::from(refused)]);
            stream::iter([Step::Refused(errors)]).boxed()
        }
    };
    let pieces = Pieces { steps, ending, keep_alive: door.settings().streaming.keep_alive, seat };
    Ok(match transport {
        Transport::Events => events::answer(pieces),
        Transport::Parts { boundary } => parts::answer(pieces, boundary),
    })
}
