//! `vendgraph schema`: the public language as SDL.

use std::process::ExitCode;

use super::Error;

/// Prints the schema.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Prints the SDL to stdout.
#[expect(clippy::unused_async, reason = "its body is to come")]
pub async fn run(_: Args) -> Result<ExitCode, Error> {
    Err(Error::NotBuiltYet("schema"))
}
