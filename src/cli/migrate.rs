//! `vendgraph migrate`: the store's schema, brought up to date, and nothing else.

use std::{path::PathBuf, process::ExitCode};

use super::{Error, output};
use crate::{app, config::Config};

/// Brings the store's schema up to date.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The configuration, a TOML file
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
}

/// Brings the store's schema up to date, and says which it is then.
pub async fn run(args: Args) -> Result<ExitCode, Error> {
    let config = Config::load(&args.config)?;
    let schema = app::migrate(&config).await?;
    output::print(format!("the store's schema is {schema}, the latest that this program knows"))?;
    Ok(ExitCode::SUCCESS)
}
