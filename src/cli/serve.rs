//! `vendgraph serve`: the gateway.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use super::{
    Error,
    follow::{Hangups, follow},
    log::Wanted,
    stop,
};
use crate::{app::App, config::Config, domain::SystemClock};

/// Runs the gateway.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The configuration, a TOML file
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
}

/// Runs the gateway until it is told to end.
pub async fn run(args: Args, log: &Wanted) -> Result<ExitCode, Error> {
    // Before anything that takes time: until then a SIGHUP would end us.
    let hangups = Hangups::new();
    let (config, fingerprint) = Config::load_with_fingerprint(&args.config);
    let config = config?;
    let telemetry = log.start(&config.telemetry)?;
    let app = App::start(&config, Arc::new(SystemClock), None).await?;
    tracing::info!(address = %app.address().map_err(Error::Address)?, "serving");
    let following = tokio::spawn(follow(args.config, app.reload(), fingerprint, hangups));
    app.serve(stop::told()).await;
    following.abort();
    telemetry.end().await;
    Ok(ExitCode::SUCCESS)
}
