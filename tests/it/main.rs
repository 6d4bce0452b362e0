//! The whole system over real sockets: the gateway's own HTTP server before both vendors' sandboxes.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a test cannot go on without ends it"
)]

mod access;
mod bad_input;
mod calls;
mod commands;
mod crash;
mod events;
mod failure;
mod follower;
mod harness;
mod kept;
mod merchant_trades;
mod metrics;
mod nodes;
mod orders;
mod orders_model;
mod pages;
mod pickup_codes;
mod pushed;
mod replenishing;
mod shutdown;
mod traces;
