//! `[limits]`: what one request may cost.

use std::time::Duration;

use super::{
    error::Problem,
    section::{Keys, Section},
};

/// `[limits]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How deep a query's fields may nest.
    pub depth: usize,
    /// The greatest complexity of a query.
    pub complexity: usize,
    /// The greatest request body, in bytes.
    pub body_bytes: usize,
    /// How long a request may take.
    pub request_timeout: Duration,
}

pub(super) const KEYS: Keys<'static> =
    Keys { plain: &["depth", "complexity", "body_bytes", "request_timeout"], secret: &[] };

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 15,
            complexity: 5_000,
            body_bytes: 1024 * 1024,
            request_timeout: Duration::from_secs(15),
        }
    }
}

impl Limits {
    pub(super) fn read(section: &mut Section<'_>) -> Result<Self, Problem> {
        let default = Self::default();
        Ok(Self {
            depth: section.number("depth", (1, 100), default.depth)?,
            complexity: section.number("complexity", (1, 1_000_000), default.complexity)?,
            body_bytes: section.number("body_bytes", (1, 64 * 1024 * 1024), default.body_bytes)?,
            request_timeout: section.duration("request_timeout", default.request_timeout)?,
        })
    }
}
