//! `[limits]`: what one request may cost, what one caller may ask for, and how much there may be at once. What comes back
//! at each bound is told in `docs/limits.md`.

use std::{num::NonZeroU32, time::Duration};

use super::{
    error::Problem,
    section::{Given, Keys, Section},
};

/// `[limits]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How deep a query's fields may nest.
    pub depth: usize,
    /// The greatest complexity of a query.
    pub complexity: usize,
    /// How many tokens a document may have.
    pub tokens: usize,
    /// How many fields of a document may be aliased or repeated, fragments spread out.
    pub aliases: u64,
    /// How many directives a document may have, fragments spread out.
    pub directives: u64,
    /// How many fields an operation may begin with, fragments spread out.
    pub root_fields: u64,
    /// The greatest request body, in bytes.
    pub body_bytes: usize,
    /// How long a body may take to arrive.
    pub body_timeout: Duration,
    /// The greatest head of a request (request line and headers), in bytes.
    pub header_bytes: usize,
    /// How long a head may take to arrive, from its first byte.
    pub head_timeout: Duration,
    /// How long a connection may be open without a request.
    pub idle_timeout: Duration,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// How many requests may be under way at once.
    pub max_concurrency: usize,
    /// How many connections may be open at once.
    pub connections: usize,
    /// How many sockets and streams may be open at once.
    pub streams: usize,
    /// How many operations may be under way on one socket.
    pub operations_per_socket: usize,
    /// How many sockets and streams one caller may have open.
    pub streams_per_caller: usize,
    /// How many subscriptions one caller may follow.
    pub subscriptions_per_caller: usize,
    /// How many operations a second one caller may begin, in the long run; `None`: any number.
    pub requests_per_second: Option<NonZeroU32>,
    /// How many of them may come at once.
    pub burst: NonZeroU32,
}

pub(super) const KEYS: Keys<'static> = Keys {
    plain: &[
        "depth",
        "complexity",
        "tokens",
        "aliases",
        "directives",
        "root_fields",
        "body_bytes",
        "body_timeout",
        "header_bytes",
        "head_timeout",
        "idle_timeout",
        "request_timeout",
        "max_concurrency",
        "connections",
        "streams",
        "operations_per_socket",
        "streams_per_caller",
        "subscriptions_per_caller",
        "requests_per_second",
        "burst",
    ],
    secret: &[],
};

/// Most requests a second that can be told apart from any number.
const FASTEST: u32 = 1_000_000;

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 15,
            complexity: 5_000,
            tokens: 10_000,
            aliases: 100,
            directives: 100,
            root_fields: 50,
            body_bytes: 1024 * 1024,
            body_timeout: Duration::from_secs(10),
            header_bytes: 32 * 1024,
            head_timeout: Duration::from_secs(10),
            // Longer than the minute for which proxies keep a connection, so that it is they who close it.
            idle_timeout: Duration::from_secs(75),
            request_timeout: Duration::from_secs(15),
            max_concurrency: 2_048,
            // More than `streams`, each of which has one, so that requests still come through.
            connections: 12_000,
            streams: 10_000,
            operations_per_socket: 100,
            streams_per_caller: 1_000,
            subscriptions_per_caller: 2_000,
            requests_per_second: NonZeroU32::new(200),
            burst: NonZeroU32::MIN.saturating_add(999),
        }
    }
}

impl Limits {
    pub(super) fn read(section: &mut Section<'_>) -> Result<Self, Problem> {
        let default = Self::default();
        Ok(Self {
            depth: section.number("depth", (1, 100), default.depth)?,
            complexity: section.number("complexity", (1, 1_000_000), default.complexity)?,
            tokens: section.number("tokens", (100, 10_000), default.tokens)?,
            aliases: section.number("aliases", (0, 10_000), default.aliases)?,
            directives: section.number("directives", (0, 10_000), default.directives)?,
            root_fields: section.number("root_fields", (1, 10_000), default.root_fields)?,
            body_bytes: section.number("body_bytes", (1, 64 * 1024 * 1024), default.body_bytes)?,
            body_timeout: section.duration("body_timeout", default.body_timeout)?,
            // From where the longest token fits.
            header_bytes: section.number("header_bytes", (10 * 1024, 256 * 1024), default.header_bytes)?,
            head_timeout: section.duration("head_timeout", default.head_timeout)?,
            idle_timeout: section.duration("idle_timeout", default.idle_timeout)?,
            request_timeout: section.duration("request_timeout", default.request_timeout)?,
            max_concurrency: section.number("max_concurrency", (1, 100_000), default.max_concurrency)?,
            connections: section.number("connections", (1, 1_000_000), default.connections)?,
            streams: section.number("streams", (0, 1_000_000), default.streams)?,
            operations_per_socket: section.number(
                "operations_per_socket",
                (1, 10_000),
                default.operations_per_socket,
            )?,
            streams_per_caller: section.number(
                "streams_per_caller",
                (1, 1_000_000),
                default.streams_per_caller,
            )?,
            subscriptions_per_caller: section.number(
                "subscriptions_per_caller",
                (1, 1_000_000),
                default.subscriptions_per_caller,
            )?,
            requests_per_second: rate(section, default.requests_per_second)?,
            burst: NonZeroU32::new(section.number("burst", (1, FASTEST.into()), default.burst.get())?)
                .unwrap_or(default.burst),
        })
    }
}

/// A rate, or that there is none.
fn rate(section: &mut Section<'_>, default: Option<NonZeroU32>) -> Result<Option<NonZeroU32>, Problem> {
    let write = format!("a whole number from 1 to {FASTEST}, or \"off\"");
    let read = |given: &Given| {
        if given.text() == Some("off") {
            return Some(None);
        }
        let number = given.integer().filter(|number| *number <= FASTEST.into())?;
        NonZeroU32::new(number.try_into().ok()?).map(Some)
    };
    Ok(section.optional("requests_per_second", &write, read)?.unwrap_or(default))
}
