//! Every metric: one table of names, units and meanings ([`table`]), small functions for whoever measures, and the text
//! that Prometheus reads.
//!
//! Metrics are of the process, by their nature, so they are in one place of the process and not handed through
//! constructors. What a label may hold is bounded: accounts are the configuration's, words are ours, and of the names that
//! callers give their operations the first [`requests::MOST_NAMES`] count. No machine, no order and no subject is a label.

pub mod beginning;
pub mod caches;
pub mod commits;
pub mod fleet;
pub mod log;
pub mod process;
pub mod requests;
pub mod sheet;
pub mod spans;
pub mod streams;
pub mod table;
#[cfg(test)]
mod tests;
pub mod text;
pub mod vendors;
pub mod webhooks;

pub use beginning::begin;
pub use caches::Reads;
pub use commits::{Waiting, begin_reconciled, commit, reconciled};
pub use fleet::{Fleet, fleet};
pub use log::{Follower, log_head};
pub use requests::{Following, Kind, Operation, Running, refused, resolver_error, user_error};
pub use spans::spans;
pub use streams::{Connection, Reason, Subscription, Transport, dropped};
pub use text::{Format, text};
pub use vendors::{Calls, Phase};
pub use webhooks::{begin_webhook, webhook};
