//! Server-sent events as graphql-sse's protocol wants them, in its mode of distinct connections.
//!
//! The `id` of an event is the cursor of what it tells: a client that comes back with `Last-Event-ID` goes on from
//! there. At an end that is not the operation's own, nothing is said: after `complete` a client would not come back.

use std::fmt::Write as _;

use axum::{http::HeaderValue, response::Response};
use bytes::{Bytes, BytesMut};

use super::{
    ending::End,
    pieces::{Framing, Pieces},
    steps::Step,
};
use crate::domain::Place;

/// A comment, which every reader passes over.
const COMMENT: Bytes = Bytes::from_static(b":\n\n");

/// The empty `data` is for an `EventSource`, which tells its page of no event without.
const COMPLETE: &[u8] = b"event: complete\ndata: \n\n";

/// The answer as `text/event-stream`.
pub(super) fn answer(pieces: Pieces) -> Response {
    pieces.answer(Events, HeaderValue::from_static("text/event-stream; charset=utf-8"))
}

struct Events;

impl Framing for Events {
    /// Some browsers take no notice of an answer before its body begins.
    fn opening(&self) -> Bytes {
        COMMENT
    }

    fn step(&self, step: Step) -> Bytes {
        match step {
            Step::Next(place, body) => next(place, [b"", &body, b""], b""),
            Step::Refused(errors) => next(None, [br#"{"errors":"#, &errors, b"}"], COMPLETE),
            Step::Over => Bytes::from_static(COMPLETE),
        }
    }

    fn alive(&self) -> Bytes {
        COMMENT
    }

    fn end(&self, _end: End) -> Bytes {
        Bytes::new()
    }
}

fn next(place: Option<Place>, data: [&[u8]; 3], then: &[u8]) -> Bytes {
    let length: usize = data.iter().map(|piece| piece.len()).sum();
    let mut event = BytesMut::with_capacity(length + then.len() + 64);
    event.extend_from_slice(b"event: next\n");
    if let Some(place) = place {
        // Writing into memory does not fail.
        let _ = writeln!(event, "id: {}", place.encode());
    }
    event.extend_from_slice(b"data: ");
    for piece in data {
        event.extend_from_slice(piece);
    }
    event.extend_from_slice(b"\n\n");
    event.extend_from_slice(then);
    event.freeze()
}
