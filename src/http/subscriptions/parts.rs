//! Apollo's multipart protocol for subscriptions, `subscriptionSpec=1.0`
//! (<https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol>).
//!
//! Clients take a part for whole when they see the delimiter after it, so each part is sent with that delimiter.
//! What concerns the operation stands in a part's `payload`; what ends the transport stands beside it, in `errors`.

use axum::{http::HeaderValue, response::Response};
use bytes::{Bytes, BytesMut};

use super::{
    ending::End,
    pieces::{Framing, Pieces},
    steps::Step,
};
use crate::http::answer::{self, Fault};

/// The answer as `multipart/mixed`. The boundary is of characters that a header may hold.
pub(super) fn answer(pieces: Pieces, boundary: String) -> Response {
    let content_type = format!("multipart/mixed;boundary=\"{boundary}\";subscriptionSpec=1.0");
    let content_type = HeaderValue::try_from(content_type)
        .unwrap_or(HeaderValue::from_static("multipart/mixed;subscriptionSpec=1.0"));
    pieces.answer(Parts { boundary }, content_type)
}

struct Parts {
    boundary: String,
}

impl Framing for Parts {
    fn opening(&self) -> Bytes {
        Bytes::from(format!("\r\n--{}", self.boundary))
    }

    fn step(&self, step: Step) -> Bytes {
        match step {
            Step::Next(_, body) => self.part(&[br#"{"payload":"#, &body, b"}"], false),
            Step::Refused(errors) => self.part(&[br#"{"payload":{"errors":"#, &errors, b"}}"], true),
            Step::Over => Bytes::from_static(b"--\r\n"),
        }
    }

    fn alive(&self) -> Bytes {
        self.part(&[b"{}"], false)
    }

    fn end(&self, end: End) -> Bytes {
        let fault = match end {
            End::Token => Fault::OldToken,
            End::Shutdown => Fault::Restarting,
        };
        let errors = answer::error_list(vec![fault.error()]);
        self.part(&[br#"{"payload":null,"errors":"#, &errors, b"}"], true)
    }
}

impl Parts {
    fn part(&self, json: &[&[u8]], last: bool) -> Bytes {
        let length: usize = json.iter().map(|piece| piece.len()).sum();
        let mut part = BytesMut::with_capacity(length + self.boundary.len() + 48);
        part.extend_from_slice(b"\r\ncontent-type: application/json\r\n\r\n");
        for piece in json {
            part.extend_from_slice(piece);
        }
        part.extend_from_slice(b"\r\n--");
        part.extend_from_slice(self.boundary.as_bytes());
        if last {
            part.extend_from_slice(b"--\r\n");
        }
        part.freeze()
    }
}
