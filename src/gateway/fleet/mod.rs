//! The fleet view: every machine of an account in memory, with what was last known of it, so that a filter over
//! the fleet asks no machine.
//!
//! Rows come from the vendor's listing and are replaced as a whole when it is read again; what was last known of
//! a machine lives in a cell beside its row, outlives the listing, and is written by whoever hears news.

mod filter;
mod haystack;
mod known;
mod listing;
pub mod sweep;
mod turns;

pub use filter::MachineFilter;
pub use known::{Known, Last};
pub use listing::{Listing, Row, SiteRow};
