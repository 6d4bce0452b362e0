//! vendgraph: one GraphQL API over every vending machine an operator runs, whichever vendor made it.
//!
//! The modules, lowest layer first; a module uses only what stands before it (`ARCHITECTURE.md`):
//!
//! - [`domain`]: what vending is, as pure values;

pub mod auth;
pub mod domain;
pub mod gateway;
pub mod graphql;
pub mod vendor;

/// Simulators of both vendors' APIs over real sockets, for development and tests.
pub mod sandbox;
