//! What happened, on its way: messages in, one log, and whoever follows it.
//!
//! **Promises.** What the inbox says it took is on the disk, once ([`inbox`]). Whoever follows the log is given every
//! event after its place, in order, once, however slow it is, or is told of the gap ([`log`]).
//!
//! **Refusals.** It decides nothing about vending and knows no caller: who may see what is the gateway's.

pub mod inbox;
pub mod log;
mod window;

pub use inbox::Inbox;
pub use log::{Follower, Log, News, Wanted};
pub use window::{After, Window};
