//! `vendgraph check`: what works with this configuration.

use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{Error, output};
use crate::{
    app,
    auth::Verifier,
    config::Config,
    domain::{Clock, SystemClock},
    gateway::{self, Account},
    vendor::Kind,
};

/// How long one account may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// Reads the configuration and its trusted documents, and reaches every account.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The configuration, a TOML file
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
}

/// Says per account what works; exit code 1 if one does not.
pub async fn run(args: Args) -> Result<ExitCode, Error> {
    let config = Config::load(&args.config)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Verifier::new(&config.auth, Arc::clone(&clock)).map_err(app::Error::from)?;
    app::documents(&config).await?;
    let revision = Arc::default();
    let account = |connection| {
        Arc::new(Account::new(connection, app::lifetimes(&config), Arc::clone(&clock), (&revision, None)))
    };
    let accounts: Vec<_> = app::connections(&config, &clock)?.into_iter().map(account).collect();
    if accounts.is_empty() {
        output::print("there are no accounts; add [[accounts]] to the configuration")?;
    }
    let mut code = ExitCode::SUCCESS;
    for account in &accounts {
        let name = account.name();
        match reach(account).await {
            Ok(found) => output::print(format!("{name}  ok  {found}"))?,
            Err(error) => {
                output::print(format!("{name}  failed  {}", describe(&error)))?;
                code = ExitCode::from(1);
            }
        }
    }
    Ok(code)
}

/// Asks the account's vendor whether it is there, which machines there are, and, with a signed call, how one is.
async fn reach(account: &Arc<Account>) -> gateway::Result<String> {
    let until = Instant::now() + PATIENCE;
    account.ping().await?;
    let listing = account.listing(until).await?;
    let machines = listing.value.machines();
    let Some(first) = machines.first() else {
        return Ok("answers; it has no machines, so that no signed read could be tried".to_owned());
    };
    let report = account.report(first, until).await?;
    Ok(format!(
        "{} machines, {} sites; machine {} has {} shelves",
        machines.len(),
        listing.value.sites().len(),
        first.machine.number,
        report.value.shelves.len()
    ))
}

/// What happened and what to do, with the vendor's own code and words: whoever runs this may know them.
fn describe(error: &gateway::Error) -> String {
    let gateway::Error::Vendor { error, .. } = error else { return error.to_string() };
    let words = error.vendor_message.as_deref().map(|words| format!(": {words}")).unwrap_or_default();
    let remedy = if error.kind == Kind::Credentials {
        "; check the account's credentials"
    } else if error.kind.is_transient() {
        "; check the account's address and that this machine reaches it"
    } else {
        ""
    };
    format!("{error}{words}{remedy}")
}
