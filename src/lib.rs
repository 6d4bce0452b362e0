//! vendgraph: one GraphQL API over every vending machine an operator runs, whichever vendor made it.
//!
//! The modules, lowest layer first; a module uses only what stands before it (`ARCHITECTURE.md`):
//!
//! - [`domain`]: what vending is, as pure values;
//! - [`config`]: the only reader of files and environment;
//! - [`telemetry`]: what the log looks like;
//! - [`auth`]: who is asking;
//! - [`cli`]: the commands.
//! - [`config`]: the only reader of files and environment;

pub mod auth;
pub mod cli;
pub mod config;
pub mod domain;
pub mod gateway;
pub mod graphql;
pub mod telemetry;
pub mod vendor;

/// Simulators of both vendors' APIs over real sockets, for development and tests.
pub mod sandbox;
