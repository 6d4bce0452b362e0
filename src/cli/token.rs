//! `vendgraph token`: a token for a caller, where the configuration signs with a shared secret.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use jiff::{SignedDuration, Timestamp};

use super::{Error, output};
use crate::{
    auth::{Caller, Grant, Minter, Scopes},
    config::{Config, duration},
    domain::{AccountName, Clock, SystemClock},
};

/// Prints a token.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The configuration, a TOML file
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// Whom the token names
    #[arg(long, value_name = "NAME")]
    pub subject: String,
    /// What it allows: scopes, separated by spaces, such as "machines:read trades:read"
    #[arg(long, value_name = "SCOPES")]
    pub scope: String,
    /// The accounts it shows, separated by commas; "*" is all, and without this it shows none
    #[arg(long, value_name = "ACCOUNTS", value_delimiter = ',')]
    pub accounts: Vec<String>,
    /// How long it is good for: 500ms, 10s, 5m, 1h
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = ttl)]
    pub ttl: Duration,
}

/// Prints a token to stdout.
#[expect(clippy::unused_async, reason = "every command is asked alike")]
pub async fn run(args: Args) -> Result<ExitCode, Error> {
    let config = Config::load(&args.config)?;
    let minter = Minter::new(&config.auth)?;
    let now = SystemClock.now();
    output::print(minter.mint(&caller(&args, &config, now)?, now)?)?;
    Ok(ExitCode::SUCCESS)
}

fn caller(args: &Args, config: &Config, now: Timestamp) -> Result<Caller, Error> {
    if !(1..=256).contains(&args.subject.len()) || args.subject.chars().any(char::is_control) {
        return Err(Error::Subject);
    }
    let scopes = args.scope.split_whitespace().map(str::parse).collect::<Result<Scopes, _>>()?;
    let ttl = SignedDuration::try_from(args.ttl).map_err(|_| Error::Ttl)?;
    Ok(Caller {
        subject: args.subject.as_str().into(),
        scopes,
        accounts: grant(&args.accounts, config)?,
        expires_at: now.checked_add(ttl).map_err(|_| Error::Ttl)?,
    })
}

fn grant(names: &[String], config: &Config) -> Result<Grant, Error> {
    let names: Vec<&str> = names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
    if names == ["*"] {
        return Ok(Grant::All);
    }
    let known: Vec<&str> = config.accounts.iter().map(|account| account.name.as_str()).collect();
    match names.iter().find(|name| !known.contains(name)) {
        None => Ok(Grant::Named(names.into_iter().map(AccountName::new).collect())),
        Some(stranger) => Err(Error::UnknownAccount {
            name: (*stranger).to_owned(),
            known: if known.is_empty() {
                "the configuration has none".to_owned()
            } else {
                format!("accounts are {}, or * alone for all", known.join(", "))
            },
        }),
    }
}

fn ttl(text: &str) -> Result<Duration, String> {
    duration::parse(text).ok_or_else(|| format!("write {}", duration::EXAMPLE))
}
