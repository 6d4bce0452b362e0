//! `vendgraph sandbox`: the two vendors' simulators alone.

use std::{path::PathBuf, process::ExitCode};

use super::{Error, output, stop};
use crate::{config, sandbox};

/// Runs the simulators.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The simulators' options, a TOML file
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// How many InHand machines there are; stands over the file
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub machines: Option<u32>,
}

/// Runs the simulators until they are told to end.
pub async fn run(args: Args) -> Result<ExitCode, Error> {
    let mut options: sandbox::Options = config::read_toml(&args.config)?;
    if let Some(machines) = args.machines {
        options.inhand.machines = usize::try_from(machines).unwrap_or(usize::MAX);
    }
    let running = sandbox::start(options).await.map_err(Error::Sandbox)?;
    output::print(format!("dingshang  {}", running.dingshang_url()))?;
    output::print(format!("inhand  {}", running.inhand_url()))?;
    stop::told().await;
    running.shutdown().await;
    Ok(ExitCode::SUCCESS)
}
