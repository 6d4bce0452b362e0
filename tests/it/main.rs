//! The whole system over real sockets: the gateway's own HTTP server before both vendors' sandboxes.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a test cannot go on without ends it"
)]

mod access;
mod at_once;
mod bad_input;
mod caching;
mod calls;
mod commands;
mod crash;
mod events;
mod failure;
mod federation;
mod follower;
mod forged;
mod gateways;
mod harness;
mod kept;
mod kept_model;
mod limits;
mod merchant_trades;
mod metrics;
mod nodes;
mod orders;
mod orders_model;
mod pages;
mod pickup_codes;
mod program;
mod pushed;
mod reloading;
mod replenishing;
mod shutdown;
mod traces;
