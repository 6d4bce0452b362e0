//! vendgraph: one GraphQL API over every vending machine an operator runs, whichever vendor made it.
//!
//! The modules in reading order, lowest layer first; a module uses only what stands before it, and modules of one
//! row do not know each other (`ARCHITECTURE.md` says why, `tests/tidy.rs` keeps it so):
//!
//! 1. [`domain`]: what vending is, as pure values; [`config`]: the only reader of files and environment;
//!    [`telemetry`]: what the log looks like;
//! 2. [`vendor`]: how to talk to a vendor; [`store`]: what survives a restart; [`auth`]: who is asking;
//! 3. [`events`]: messages in, one log, and whoever follows it;
//! 4. [`gateway`]: where two vendors become one, every use case a method;
//! 5. [`graphql`]: the public language; [`http`]: the door;
//! 6. [`app`]: wires everything; [`cli`]: the commands.
//!
//! [`sandbox`] stands apart: both vendors, simulated, knowing nothing of the rest.

pub mod app;
pub mod auth;
pub mod cli;
pub mod config;
pub mod domain;
pub mod events;
pub mod gateway;
pub mod graphql;
pub mod http;
pub mod sandbox;
pub mod store;
pub mod telemetry;
pub mod vendor;
