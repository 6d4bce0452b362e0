//! `vendgraph sandbox`: the two vendors' simulators alone.

use std::{path::PathBuf, process::ExitCode};

use super::Error;

/// Runs the simulators.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The simulators' options, a TOML file
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// How many machines there are in all; stands over the file
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub machines: Option<u32>,
}

/// Runs the simulators until they are told to end.
#[expect(clippy::unused_async, reason = "its body is to come")]
pub async fn run(_: Args) -> Result<ExitCode, Error> {
    Err(Error::NotBuiltYet("sandbox"))
}
