//! What the targets in `targets/` share. Each target throws bytes at one thing that reads bytes from outside, and looks
//! at more than whether it panics: what was read is written back, signatures are computed a second time from the
//! documents' words, what was changed must be refused, and nothing takes longer than its bounds allow.
//!
//! `make fuzz` builds them on the stable toolchain, with counters at every branch and no sanitizer (`run.sh`).

pub mod gateway;
pub mod oracle;
pub mod platform;
pub mod spent;
