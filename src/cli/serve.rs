//! `vendgraph serve`: the gateway.

use std::{path::PathBuf, process::ExitCode};

use super::Error;
use crate::config::Config;

/// Runs the gateway.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The configuration, a TOML file
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
}

/// Runs the gateway until it is told to end.
#[expect(clippy::unused_async, reason = "its body is to come")]
pub async fn run(args: Args) -> Result<ExitCode, Error> {
    Config::load(&args.config)?;
    Err(Error::NotBuiltYet("serve"))
}
