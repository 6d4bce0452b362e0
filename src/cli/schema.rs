//! `vendgraph schema`: the public language as SDL.

use std::process::ExitCode;

use super::{Error, output};
use crate::graphql::{self, federation};

/// Prints the schema.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// As a subgraph of Apollo Federation 2, such as `server.federation` serves
    #[arg(long)]
    pub federation: bool,
}

/// Prints the SDL to stdout.
pub fn run(args: &Args) -> Result<ExitCode, Error> {
    if args.federation {
        output::print(federation::sdl().trim_end())?;
    } else {
        output::print(graphql::sdl().trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}
