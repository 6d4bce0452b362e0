//! The commands, one file each: what they are called with, and what they hand over to.
//!
//! What was asked for goes to stdout, everything else to stderr; an error is one line that says what to
//! change. The exit code is 0 (done), 1 (failed) or 2 (wrong use).

pub mod check;
pub mod dev;
pub mod error;
mod follow;
pub mod health;
pub mod log;
pub mod migrate;
pub mod output;
pub mod sandbox;
pub mod schema;
pub mod serve;
pub mod stop;
pub mod token;

use std::{ffi::OsString, process::ExitCode};

use clap::{Parser, Subcommand, ValueEnum};

pub use error::Error;

/// One GraphQL API over every vending machine an operator runs, whichever vendor made it
#[derive(Debug, Parser)]
#[command(
    name = "vendgraph",
    version,
    arg_required_else_help = false,
    after_help = "Exit codes: 0 done, 1 failed, 2 wrong use."
)]
pub struct CommandLine {
    /// How the log on stderr is written (text, unless the configuration says otherwise); what is logged, VENDGRAPH_LOG
    /// says, else the configuration (info)
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The whole system on this machine with nothing configured: both vendors' sandboxes with a living fleet,
    /// the gateway on 127.0.0.1:8080 and a developer's token
    Dev(dev::Args),
    /// The gateway
    Serve(serve::Args),
    /// The two vendors' simulators alone: strict about signatures, with a seeded fleet and faults that can be
    /// switched on
    Sandbox(sandbox::Args),
    /// Reads the configuration, reaches every account and says per account what works; exit code 1 if one does
    /// not
    Check(check::Args),
    /// Asks a running gateway how it is; exit code 1 where it is not well
    Health(health::Args),
    /// Brings the store's schema up to date and ends; `serve` does so too when it starts. Of many that do so at
    /// once on one server, one does and the others wait for it
    Migrate(migrate::Args),
    /// Prints the GraphQL schema (SDL)
    Schema(schema::Args),
    /// Prints a token, where the configuration signs with a shared secret
    Token(token::Args),
}

/// Reads the command line. Where it asks for help, or is wrong, that is answered here, with the exit code.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<CommandLine, ExitCode> {
    CommandLine::try_parse_from(arguments).map_err(|error| {
        let text = error.render().to_string();
        if !error.use_stderr() {
            return output::print(text.trim_end())
                .map_or_else(|error| end(Err(error)), |()| ExitCode::SUCCESS);
        }
        // What stands before the usage is the error and how to mend it.
        let lines =
            text.lines().take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
        let words = lines.collect::<Vec<_>>().join(" ");
        output::complain(format!("{}; see --help", words.trim_start_matches("error: ").trim()));
        ExitCode::from(2)
    })
}

/// Runs a command to its end.
///
/// Not `async`: whatever is polled first in `main.rs` would be compiled there a second time, all that it calls with it.
pub fn run(line: CommandLine) -> ExitCode {
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => end(runtime.block_on(command(line))),
        Err(error) => {
            output::complain(format!(
                "no threads could be started ({error}); raise the limits of this process"
            ));
            ExitCode::from(1)
        }
    }
}

async fn command(line: CommandLine) -> Result<ExitCode, Error> {
    let log = log::Wanted::new(line.log_format);
    // What serves starts its log by its configuration, all else without one.
    if !matches!(line.command, Command::Dev(_) | Command::Serve(_)) {
        log.start_alone()?;
    }
    match line.command {
        Command::Dev(args) => dev::run(args, &log).await,
        Command::Serve(args) => serve::run(args, &log).await,
        Command::Sandbox(args) => sandbox::run(args).await,
        Command::Check(args) => check::run(args).await,
        Command::Health(args) => health::run(args).await,
        Command::Migrate(args) => migrate::run(args).await,
        Command::Schema(args) => schema::run(&args),
        Command::Token(args) => token::run(args).await,
    }
}

/// Tells how a command ended.
fn end(ended: Result<ExitCode, Error>) -> ExitCode {
    ended.unwrap_or_else(|error| {
        output::complain(&error);
        error.exit_code()
    })
}
