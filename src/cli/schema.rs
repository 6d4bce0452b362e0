//! `vendgraph schema`: the public language as SDL.

use std::process::ExitCode;

use super::{Error, output};
use crate::graphql;

/// Prints the schema.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Prints the SDL to stdout.
pub fn run(_: &Args) -> Result<ExitCode, Error> {
    output::print(graphql::sdl().trim_end())?;
    Ok(ExitCode::SUCCESS)
}
