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
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Socket, Self::Events, Self::Parts];

    pub(super) const fn word(self) -> &'static str {
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

/// Why a connection was refused, or ended against its client's will.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No place is left.
    Full,
    /// Its caller has as many as they may.
    TooMany,
    /// The client gave no sign of life, or took nothing.
    Silent,
    /// Its token ended, or is not good.
    Token,
    /// Nobody introduced themselves in time.
    Late,
    /// The client broke the sub-protocol.
    Protocol,
    /// Whether the token is good could not be told.
    NoVerdict,
    /// The gateway shuts down.
    Shutdown,
    /// A fault of ours.
    Fault,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Full,
        Self::TooMany,
        Self::Silent,
        Self::Token,
        Self::Late,
        Self::Protocol,
        Self::NoVerdict,
        Self::Shutdown,
        Self::Fault,
    ];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::TooMany => "too_many",
            Self::Silent => "silent",
            Self::Token => "token",
            Self::Late => "late",
            Self::Protocol => "protocol",
            Self::NoVerdict => "no_verdict",
            Self::Shutdown => "shutdown",
            Self::Fault => "fault",
        }
    }
}

/// The gateway refused a connection, or ended it.
pub fn dropped(reason: Reason) {
    TABLE.dropped_connections.of([reason.word()]).inc();
}
