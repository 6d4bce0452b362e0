//! Who follows, by what, and who is followed no more.

use prometheus_client::metrics::gauge::Gauge;

use super::table::TABLE;

/// By what something is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A WebSocket.
    Socket,
    /// Server-sent events.
    Events,
    /// Apollo's multipart answers.
    Parts,
}

impl Transport {
    const fn word(self) -> &'static str {
        match self {
            Self::Socket => "websocket",
            Self::Events => "sse",
            Self::Parts => "multipart",
        }
    }
}

/// One that counts in a gauge until it is dropped.
#[derive(Debug)]
struct One(Gauge);

impl One {
    fn of(gauge: Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for One {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A socket or a stream, open until this is dropped.
#[derive(Debug)]
pub struct Connection(#[expect(dead_code, reason = "it is there to be dropped")] One);

impl Connection {
    /// One was opened.
    pub fn open(transport: Transport) -> Self {
        Self(One::of(TABLE.connections.of([transport.word()])))
    }
}

/// A subscription, followed until this is dropped.
#[derive(Debug)]
pub struct Subscription(#[expect(dead_code, reason = "it is there to be dropped")] One);

impl Subscription {
    /// One is followed.
    pub fn open(transport: Transport) -> Self {
        Self(One::of(TABLE.subscriptions.of([transport.word()])))
    }
}

/// The gateway refused a connection, or ended it.
pub fn dropped(reason: &'static str) {
    TABLE.dropped_connections.of([reason]).inc();
}
