//! What the log looks like, and where it goes: to stderr, so that stdout is free for what was asked for.

pub mod log;

pub use log::{FilterError, Format, init};
