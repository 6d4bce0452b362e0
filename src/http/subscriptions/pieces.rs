//! The body of an answer in many pieces: what is to be said when, in whichever framing.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, header},
    response::Response,
};
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use super::{
    Seat,
    ending::{End, Ending},
    steps::Step,
};
use crate::telemetry::metrics;

/// How steps are written.
pub(super) trait Framing: Send + 'static {
    /// What the body begins with.
    fn opening(&self) -> Bytes;
    /// A step. After the last one the body is over.
    fn step(&self, step: Step) -> Bytes;
    /// A sign of life.
    fn alive(&self) -> Bytes;
    /// What is said at an end that is not the operation's own; empty for nothing.
    fn end(&self, end: End) -> Bytes;
}

/// An operation that is answered in pieces.
pub(super) struct Pieces {
    pub steps: BoxStream<'static, Step>,
    pub ending: Ending,
    /// How long nothing may be said.
    pub keep_alive: Duration,
    pub seat: Seat,
}

/// What may happen next.
enum Happening {
    Step(Option<Step>),
    Quiet,
    End(End),
}

struct Writing<F> {
    framing: F,
    steps: BoxStream<'static, Step>,
    ending: Ending,
    keep_alive: Interval,
    over: bool,
    _seat: Seat,
}

impl Pieces {
    /// The answer in these pieces.
    pub(super) fn answer(self, framing: impl Framing, content_type: HeaderValue) -> Response {
        let Self { steps, ending, keep_alive: period, seat } = self;
        let mut keep_alive = interval_at(Instant::now() + period, period);
        keep_alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let opening = stream::iter([framing.opening()]);
        let writing = Writing { framing, steps, ending, keep_alive, over: false, _seat: seat };
        let rest = stream::unfold(writing, Writing::next);
        let pieces = opening.chain(rest).map(Ok::<_, Infallible>);
        let mut response = Response::new(Body::from_stream(pieces));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, content_type);
        headers.insert(header::VARY, HeaderValue::from_static("Accept"));
        // Nobody on the way may keep the pieces, collect them or compress them into larger ones.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
        headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
        response
    }
}

impl<F: Framing> Writing<F> {
    async fn next(mut self) -> Option<(Bytes, Self)> {
        if self.over {
            return None;
        }
        let Self { steps, ending, keep_alive, .. } = &mut self;
        let happening = tokio::select! {
            end = ending.ended() => Happening::End(end),
            step = steps.next() => Happening::Step(step),
            _ = keep_alive.tick() => Happening::Quiet,
        };
        let piece = match happening {
            Happening::Step(Some(step)) => {
                self.over = step.is_last();
                self.keep_alive.reset();
                self.framing.step(step)
            }
            Happening::Step(None) => return None,
            Happening::Quiet => self.framing.alive(),
            Happening::End(end) => {
                self.over = true;
                metrics::dropped(match end {
                    End::Token => metrics::Reason::Token,
                    End::Shutdown => metrics::Reason::Shutdown,
                });
                self.framing.end(end)
            }
        };
        // An empty piece would end a chunked body.
        if piece.is_empty() { None } else { Some((piece, self)) }
    }
}
