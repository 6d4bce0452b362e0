//! `vendgraph dev`: the whole system on one machine with nothing configured.

use std::process::ExitCode;

use super::Error;

/// Runs everything with a made-up fleet.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many machines the made-up fleet has in all
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub machines: Option<u32>,
    /// The port of 127.0.0.1 that the gateway listens on; 0 takes any that is free
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub port: u16,
}

/// Runs the sandbox and the gateway until they are told to end.
#[expect(clippy::unused_async, reason = "its body is to come")]
pub async fn run(_: Args) -> Result<ExitCode, Error> {
    Err(Error::NotBuiltYet("dev"))
}
