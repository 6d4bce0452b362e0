//! The front of either vendor's server: reads a call, writes it down, lets the vendor answer it, and lets faults
//! have the call before the vendor acts or the answer after.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use futures_util::Stream;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tokio_util::sync::CancellationToken;

use crate::sandbox::calls::{Call, Calls, Verdict};
use crate::sandbox::fault::{Aim, Effect, Faults, When};

/// A request longer than this is refused.
const LONGEST_REQUEST: usize = 1024 * 1024;

/// A call as it came in.
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) path: String,
    /// The query as it was sent, not decoded.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// What a vendor says to it.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
    pub(crate) verdict: Verdict,
}

/// One vendor, without sockets: a call goes in, an answer comes out.
pub(crate) trait Api: Send + Sync + 'static {
    /// The path as the document writes it, for counting.
    fn template(&self, path: &str) -> &'static str;
    /// The other spellings of the path that a fault may name.
    fn short_path<'a>(&self, path: &'a str) -> &'a str;
    /// The machines a call is about, read without judging the call.
    fn machines(&self, asked: &Asked) -> Vec<String>;
    /// The answer to a call.
    fn answer(&self, asked: &Asked) -> Answer;
    /// The envelope of a failure.
    fn refusal(&self, code: &str, message: &str) -> Vec<u8>;
    /// A success of a shape no document knows.
    fn wrong_shape(&self) -> &'static str;
}

/// Everything a vendor's server knows.
pub(crate) struct Door<V> {
    pub(crate) vendor: V,
    pub(crate) faults: Faults,
    pub(crate) calls: Calls,
    pub(crate) latency: Duration,
    pub(crate) closing: CancellationToken,
}

/// The one handler of every path of a vendor.
pub(crate) async fn serve<V: Api>(State(door): State<Arc<Door<V>>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LONGEST_REQUEST).await else {
        return json(StatusCode::PAYLOAD_TOO_LARGE, Bytes::new());
    };
    let asked = Asked {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body,
    };
    let machines = door.vendor.machines(&asked);
    let template = door.vendor.template(&asked.path);
    let effects = door.faults.strike(&Aim {
        paths: &[&asked.path, door.vendor.short_path(&asked.path)],
        method: asked.method.as_str(),
        template,
        machines: &machines,
    });
    let call = Call { method: asked.method.to_string(), path: asked.path.clone(), machines };
    door.calls.arrived(template, call);
    if effects.is_empty() && door.latency.is_zero() {
        return door.answer(&asked).response();
    }
    // A vendor goes on with what it was asked, whether the caller still waits or has hung up.
    let handling = tokio::spawn(async move { door.handle(&asked, effects).await });
    handling.await.unwrap_or_else(|_| cut(None))
}

impl Answer {
    fn response(self) -> Response {
        json(self.status, self.body)
    }
}

impl<V: Api> Door<V> {
    fn answer(&self, asked: &Asked) -> Answer {
        let answer = self.vendor.answer(asked);
        self.calls.judged(answer.verdict);
        answer
    }

    /// A call under effects: those that strike before, the vendor, those that strike after.
    async fn handle(&self, asked: &Asked, effects: Vec<(When, Effect)>) -> Response {
        self.wait(self.latency).await;
        let (before, after): (Vec<_>, Vec<_>) =
            effects.into_iter().partition(|(when, _)| *when == When::Before);
        for (_, effect) in before {
            let instead = match effect {
                Effect::Delay { millis } => {
                    self.wait(Duration::from_millis(millis)).await;
                    None
                }
                // These are made of the vendor's answer.
                Effect::Truncated | Effect::CutInBody => self.suffer(&effect, self.answer(asked).body).await,
                Effect::Status(_)
                | Effect::Refuse { .. }
                | Effect::WrongShape
                | Effect::Garbage
                | Effect::Oversized { .. }
                | Effect::Cut
                | Effect::Hang => self.suffer(&effect, Vec::new()).await,
            };
            if let Some(instead) = instead {
                return instead;
            }
        }
        let answer = self.answer(asked);
        for (_, effect) in after {
            if let Some(instead) = self.suffer(&effect, answer.body.clone()).await {
                return instead;
            }
        }
        answer.response()
    }

    /// What the caller gets in the place of `body`; none where the effect leaves it as it is.
    async fn suffer(&self, effect: &Effect, mut body: Vec<u8>) -> Option<Response> {
        match effect {
            Effect::Delay { millis } => {
                self.wait(Duration::from_millis(*millis)).await;
                None
            }
            Effect::Status(status) => {
                let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                Some(html(status))
            }
            Effect::Refuse { code, message } => {
                Some(json(StatusCode::OK, self.vendor.refusal(code, message)))
            }
            Effect::WrongShape => Some(json(StatusCode::OK, self.vendor.wrong_shape())),
            Effect::Truncated => {
                body.truncate(body.len() / 2);
                Some(json(StatusCode::OK, body))
            }
            Effect::Garbage => Some(json(StatusCode::OK, &b"\x00\xff<<not json>>\xfe"[..])),
            Effect::Oversized { bytes } => Some(oversized(*bytes)),
            Effect::Cut => Some(cut(None)),
            Effect::CutInBody => Some(cut(Some(body))),
            Effect::Hang => {
                self.closing.cancelled().await;
                Some(cut(None))
            }
        }
    }

    /// Waits, but not longer than the server lives.
    async fn wait(&self, time: Duration) {
        if time.is_zero() {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = self.closing.cancelled() => {}
        }
    }
}

pub(crate) fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    response
}

fn html(status: StatusCode) -> Response {
    let mut response = json(status, "<html><body><h1>upstream unavailable</h1></body></html>");
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

/// Valid JSON that is one long string, sent in pieces without a length.
fn oversized(bytes: u64) -> Response {
    const PIECE: Bytes = Bytes::from_static(&[b'x'; 16 * 1024]);
    let pieces = bytes.div_ceil(PIECE.len() as u64);
    let start = std::iter::once(Bytes::from_static(b"{\"code\":0,\"result\":\"SUCCESS\",\"message\":\""));
    let middle = (0..pieces).map(|_| PIECE);
    let end = std::iter::once(Bytes::from_static(b"\"}"));
    let all = start.chain(middle).chain(end).map(Ok::<_, Infallible>);
    json(StatusCode::OK, Body::from_stream(futures_util::stream::iter(all)))
}

/// Closes the connection: before a byte, or within the body. hyper drops a connection whose body fails,
/// and has flushed nothing when it fails at once; both are what a test of ours sees on the wire.
fn cut(body: Option<Vec<u8>>) -> Response {
    let length = body.as_ref().map(Vec::len);
    let first = body.map(|mut body| {
        body.truncate(body.len() / 2);
        Bytes::from(body)
    });
    let mut response = json(StatusCode::OK, Body::from_stream(Broken { flushed: first.is_none(), first }));
    if let Some(length) = length {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

/// A body that gives a first piece, lets it be flushed, and fails.
struct Broken {
    first: Option<Bytes>,
    flushed: bool,
}

impl Stream for Broken {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        // One turn of the connection's task, in which it flushes the first piece.
        if !self.flushed {
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
    }
}
