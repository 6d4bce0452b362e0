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

use std::time::Duration;

use axum::{
    http::{HeaderMap, HeaderName},
    response::Response,
};
use futures_util::stream::{self, StreamExt};
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
    callers::{Held, Sort},
    media::Transport,
    operation::{Prepared, Refused},
    places::{Place as Room, Places},
};
use crate::{auth::Caller, domain::Place, telemetry::metrics};

/// Where a client of server-sent events says what it saw last.
pub(super) const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// How long the end of everything that is followed is waited for.
const LAST_WAIT: Duration = Duration::from_secs(5);

/// The bounds of what is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streaming {
    /// How many sockets and streams may be open at once (`limits.streams`); one more is refused with 503.
    pub places: usize,
    /// How many operations may be under way on one socket (`limits.operations_per_socket`); one more is refused.
    pub operations: usize,
    /// How long a client may take to introduce itself on a socket.
    pub greeting: Duration,
    /// How often a socket is asked whether the client is still there.
    pub ping: Duration,
    /// How long a client may be silent on a socket before it is taken for dead. Longer than a minute, so that one who
    /// reads nothing for a minute is not lost. How long it may take nothing is the connection's ([`super::Listening`]).
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
#[derive(Debug, Default)]
pub(super) struct Streams {
    places: Places,
    closing: CancellationToken,
    open: TaskTracker,
}

/// The place of one socket or stream, held as long as it is open.
#[derive(Debug)]
pub(super) struct Seat {
    _room: Room,
    /// The part of the caller's share that it takes, once it is known whose it is.
    held: Option<Held>,
    _open: TaskTrackerToken,
    _counted: metrics::Connection,
}

impl Seat {
    /// Counts it as the caller's.
    pub(super) fn is_of(&mut self, caller: &Caller, door: &Door) -> Result<(), Fault> {
        self.held = Some(door.0.callers.hold(caller, Sort::Stream, &door.settings().share)?);
        Ok(())
    }
}

impl Streams {
    pub(super) const fn places(&self) -> &Places {
        &self.places
    }

    /// A place, if less than `limit` are taken.
    fn seat(&self, transport: metrics::Transport, limit: usize) -> Result<Seat, Fault> {
        if self.closing.is_cancelled() {
            return Err(Fault::Busy);
        }
        let room = self.places.take(limit).ok_or_else(|| {
            metrics::dropped(metrics::Reason::Full);
            Fault::Busy
        })?;
        let counted = metrics::Connection::open(transport);
        Ok(Seat { _room: room, held: None, _open: self.open.token(), _counted: counted })
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
    let mut seat = door.0.streams.seat(counted, door.settings().streaming.places)?;
    let mut ending = Ending::new(door);
    let steps = match prepared {
        Ok(prepared) => {
            ending.with_token_of(prepared.caller());
            seat.is_of(prepared.caller(), door)?;
            steps(door, prepared, resume, counted)?
        }
        Err(refused) => {
            let errors = answer::error_list(vec![refused.tell()]);
            stream::iter([Step::Refused(errors)]).boxed()
        }
    };
    let pieces = Pieces { steps, ending, keep_alive: door.settings().streaming.keep_alive, seat };
    Ok(match transport {
        Transport::Events => events::answer(pieces),
        Transport::Parts { boundary } => parts::answer(pieces, boundary),
    })
}
