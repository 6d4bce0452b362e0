//! Parses the command line and hands over.

use std::process::ExitCode;

use vendgraph::cli;

/// Answers are many small pieces made on one thread and dropped on another, which this one is made for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let line = match cli::parse(std::env::args_os()) {
        Ok(line) => line,
        Err(code) => return code,
    };
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => cli::end(runtime.block_on(cli::run(line))),
        Err(error) => {
            cli::output::complain(format!(
                "no threads could be started ({error}); raise the limits of this process"
            ));
            ExitCode::from(1)
        }
    }
}
