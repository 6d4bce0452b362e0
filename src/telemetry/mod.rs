//! How the gateway is seen at work: its log and its metrics.
//!
//! Promises: no secret, no code and nothing of a person is in any of them; what is measured costs the hot path an
//! atomic addition; a line of the log goes to stderr, so that stdout is free for what was asked for.

pub mod log;
pub mod metrics;

pub use log::{FilterError, Format, init};
