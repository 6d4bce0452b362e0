//! One HTTP exchange: a request out, a whole and bounded answer back, or why there is none.

use std::{mem, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Method, StatusCode, header};
use memchr::memchr2_iter;
use reqwest::{redirect, retry};
use thiserror::Error;
use tracing::warn;

use super::{Limits, Reply, Request, retry::retry_after};
use crate::{domain::Clock, vendor::Kind};

/// The longest body that is accepted, in bytes, counted after decompression: 8 MiB. The longest honest answer
/// is Dingshang's list of all machines, which comes in one piece: some 20,000 of them fit.
pub const MAX_BODY: usize = 8 * 1024 * 1024;

/// The most objects and lists that an answer may have: to write an empty one takes 3 bytes, and to hold it some hundred. No
/// honest answer that is short enough has so many.
pub const MOST_OBJECTS: usize = 200_000;

/// The longest time for a connection to come about, name and TLS included.
const LONGEST_CONNECT: Duration = Duration::from_secs(3);

/// How long an unused connection is kept. Shorter than servers keep theirs (60 s and more), so that a write is
/// not sent into a connection that is being closed, which would leave its outcome unknown.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// One account's connections.
#[derive(Debug)]
pub(super) struct Client(reqwest::Client);

/// A whole answer and what its headers say about the next.
#[derive(Debug)]
pub(super) struct Answer {
    /// The answer.
    pub(super) reply: Reply,
    /// How long the vendor wants to be left alone.
    pub(super) retry_after: Option<Duration>,
}

/// Why no whole answer came. No variant shows the URL.
#[derive(Debug, Error)]
pub(super) enum Loss {
    /// Nothing was sent.
    #[error("the vendor could not be reached")]
    Unreached(#[source] reqwest::Error),
    /// Something may have been sent; what came back, if anything, is no whole answer.
    #[error("the connection broke off")]
    Cut(#[source] reqwest::Error),
    /// The body is longer than [`MAX_BODY`].
    #[error("the answer is longer than {MAX_BODY} bytes")]
    TooLong,
    /// The body has more than [`MOST_OBJECTS`].
    #[error("the answer has more than {MOST_OBJECTS} objects and lists")]
    TooMany,
    /// The answer points elsewhere, where a signed request has no business.
    #[error("status {0} points elsewhere")]
    Redirect(StatusCode),
}

impl Client {
    /// Connections for one account, none of them open yet. TLS is rustls with reqwest's own provider (aws-lc-rs,
    /// unless the process installed another) and the system's certificates.
    ///
    /// On a system without any certificates reqwest gives no client at all, although plain HTTP needs none, so
    /// there we take one that trusts nobody: every https call then fails.
    pub(super) fn new(limits: &Limits) -> reqwest::Result<Self> {
        let client = builder(limits).build().or_else(|error| {
            warn!(%error, "no certificates of authorities were found, so that https will not work");
            builder(limits).tls_certs_only([]).build()
        })?;
        Ok(Self(client))
    }

    /// Sends `request` once.
    pub(super) async fn send(&self, request: Request, clock: &dyn Clock) -> Result<Answer, Loss> {
        let mut outgoing = reqwest::Request::new(request.method, request.url);
        *outgoing.headers_mut() = request.headers;
        // Left out otherwise, and some servers refuse a POST without it (RFC 9110 §8.6, §15.5.12).
        if request.body.is_none() && outgoing.method() != Method::GET {
            outgoing.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        *outgoing.body_mut() = request.body.map(reqwest::Body::from);
        let response = self.0.execute(outgoing).await.map_err(|error| {
            let unsent = error.is_connect() || error.is_builder();
            let error = error.without_url();
            if unsent { Loss::Unreached(error) } else { Loss::Cut(error) }
        })?;
        let status = response.status();
        if status.is_redirection() {
            return Err(Loss::Redirect(status));
        }
        let retry_after =
            response.headers().get(header::RETRY_AFTER).and_then(|value| retry_after(value, clock.now()));
        let body = body(response).await?;
        if memchr2_iter(b'{', b'[', &body).count() > MOST_OBJECTS {
            return Err(Loss::TooMany);
        }
        Ok(Answer { reply: Reply { status, body }, retry_after })
    }
}

impl Loss {
    /// What it is for the caller.
    pub(super) const fn kind(&self) -> Kind {
        match self {
            Self::Unreached(_) | Self::Cut(_) => Kind::Unavailable,
            Self::TooLong | Self::TooMany | Self::Redirect(_) => Kind::Protocol,
        }
    }
}

fn builder(limits: &Limits) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("vendgraph/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .referer(false)
        // A request sent again must be signed again, which reqwest cannot do.
        .retry(retry::never())
        .no_proxy()
        .tcp_nodelay(true)
        .pool_max_idle_per_host(limits.max_concurrency.max(1))
        .pool_idle_timeout(KEEP_ALIVE)
        // Half of the call's time, so that an unreachable vendor is known as that before the deadline.
        .connect_timeout(LONGEST_CONNECT.min(limits.timeout / 2))
}

/// The whole body, given up as soon as it is known to be too long.
async fn body(mut response: reqwest::Response) -> Result<Bytes, Loss> {
    let announced = response.content_length().unwrap_or(0);
    if announced > MAX_BODY as u64 {
        return Err(Loss::TooLong);
    }
    let (mut first, mut whole) = (Bytes::new(), BytesMut::new());
    while let Some(piece) = response.chunk().await.map_err(|error| Loss::Cut(error.without_url()))? {
        if first.len() + whole.len() + piece.len() > MAX_BODY {
            return Err(Loss::TooLong);
        }
        if first.is_empty() && whole.is_empty() {
            // Nearly every answer comes in one piece, and is told as it came.
            first = piece;
        } else {
            // Copied, since a piece holds on to all of the buffer that it was read into, however short it is.
            whole.extend_from_slice(&mem::take(&mut first));
            whole.extend_from_slice(&piece);
        }
    }
    Ok(if whole.is_empty() { first } else { whole.freeze() })
}
