//! How the gateway is seen at work: its log, its metrics and its traces.
//!
//! Promises: no secret, no code and nothing of a person is in any of them; what is measured costs the hot path an
//! atomic addition; a line of the log goes to stderr, so that stdout is free for what was asked for.

pub mod log;
pub mod metrics;
pub mod traces;

pub use log::{Format, Settings, StartError, Telemetry, start};
