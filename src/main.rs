//! Hands the command line over.

use std::process::ExitCode;

use vendgraph::cli;

/// Answers are many small pieces made on one thread and dropped on another, which this one is made for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::parse(std::env::args_os()).map_or_else(|code| code, cli::run)
}
