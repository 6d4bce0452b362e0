//! `vendgraph check`: what works with this configuration.

use std::{path::PathBuf, process::ExitCode};

use super::Error;
use crate::config::Config;

/// Reads the configuration and reaches every account.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The configuration, a TOML file
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
}

/// Says per account what works; exit code 1 if one does not.
#[expect(clippy::unused_async, reason = "its body is to come")]
pub async fn run(args: Args) -> Result<ExitCode, Error> {
    Config::load(&args.config)?;
    Err(Error::NotBuiltYet("check"))
}
