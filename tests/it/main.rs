//! The whole system over real sockets: the gateway's own HTTP server before both vendors' sandboxes.

mod access;
mod bad_input;
mod calls;
mod commands;
mod failure;
mod harness;
mod nodes;
mod pages;
