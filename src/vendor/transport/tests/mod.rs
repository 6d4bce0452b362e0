//! The transport's promises, each against a real socket. No test waits for a time to pass but where the time is
//! what it is about; there the bounds are generous.

mod bounds;
mod circuit;
mod retries;
mod stub;

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use http::{HeaderMap, Method};
use jiff::Timestamp;

use self::stub::Stub;
use super::{Effect, Limits, Reply, Request, Transport};
use crate::{
    domain::ManualClock,
    vendor::{Error, Kind, Result},
};

const OPERATION: &str = "stub/call";

fn limits() -> Limits {
    Limits { timeout: Duration::from_secs(20), max_concurrency: 8, requests_per_second: None, retries: 2 }
}

/// A transport, its clock and the stub it talks to.
struct Rig {
    stub: Stub,
    transport: Arc<Transport>,
    clock: Arc<ManualClock>,
    nonce: AtomicU32,
}

impl Rig {
    fn new(stub: Stub, limits: Limits) -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
        let transport = Arc::new(Transport::new(limits, Arc::clone(&clock) as _).unwrap());
        Self { stub, transport, clock, nonce: AtomicU32::new(0) }
    }

    /// Asks; the answer is the body's text. Each request carries its own nonce.
    async fn ask(&self, effect: Effect) -> Result<String> {
        let build = || {
            let nonce = self.nonce.fetch_add(1, Ordering::SeqCst);
            let headers = HeaderMap::from_iter([("x-nonce".parse().unwrap(), nonce.into())]);
            let body = Some("{}".into());
            Ok(Request { method: Method::POST, url: self.stub.url.clone(), headers, body })
        };
        self.transport.call(OPERATION, effect, build, read).await
    }

    async fn fails(&self, effect: Effect) -> Error {
        self.ask(effect).await.unwrap_err()
    }

    /// The nonces that arrived.
    fn nonces(&self) -> Vec<u32> {
        let heads = self.stub.seen.heads.lock().unwrap();
        let nonce =
            |head: &String| head.lines().find_map(|line| line.strip_prefix("x-nonce: ")?.parse().ok());
        heads.iter().filter_map(nonce).collect()
    }
}

/// A vendor's language with one word for each kind that matters here.
#[expect(clippy::needless_pass_by_value, reason = "it stands for an adapter's `read`")]
fn read(reply: Reply) -> Result<String> {
    let text = String::from_utf8(reply.body.to_vec()).unwrap();
    let kind = match text.as_str() {
        "fine" => return Ok(text),
        "offline" => Kind::MachineOffline,
        "broken" => Kind::Unavailable,
        "late" => Kind::Timeout,
        "wrong secret" => Kind::Credentials,
        "no" => Kind::Rejected,
        _ => Kind::Protocol,
    };
    Err(Error::new(kind, OPERATION).with_vendor(Some("1".to_owned()), Some(&text)))
}

fn per_second(rate: u32) -> Option<NonZeroU32> {
    NonZeroU32::new(rate)
}
