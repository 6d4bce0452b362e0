//! `vendgraph dev`: the whole system on one machine with nothing configured.

use std::{
    env, fs,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use rand::distr::{Alphanumeric, SampleString as _};
use secrecy::SecretString;

use super::{Error, log::Wanted, output, stop};
use crate::{
    app::App,
    auth::{Caller, Grant, Minter, Scope},
    config::Config,
    domain::SystemClock,
    sandbox::{self, Sandbox},
};

/// How long the developer's token is good for.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// How often the made-up world moves.
const TICK: Duration = Duration::from_secs(1);

/// Runs everything with a made-up fleet.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many InHand machines the made-up fleet has, beside 12 of Dingshang's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000), default_value_t = 200)]
    pub machines: u32,
    /// The port of 127.0.0.1 that the gateway listens on; 0 takes any that is free
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub port: u16,
}

/// Runs the sandbox and the gateway until they are told to end.
pub async fn run(args: Args, log: &Wanted) -> Result<ExitCode, Error> {
    let mut options = sandbox::Options { live: true, tick_every: TICK, ..sandbox::Options::default() };
    options.inhand.machines = usize::try_from(args.machines).unwrap_or(usize::MAX);
    let vendors = sandbox::start(options).await.map_err(Error::Sandbox)?;
    let folder = Folder::new()?;
    let config = config(&vendors, args.port, &folder.0)?;
    let telemetry = log.start(&config.telemetry)?;
    let token = token(&config)?;
    let app = App::start(&config, Arc::new(SystemClock), Some(SecretString::from(token.clone()))).await?;
    let address = app.address().map_err(Error::Address)?;
    vendors.pushes().push_to(Some(&format!("http://{address}/webhooks/inhand/metro")));
    announce(&vendors, &format!("http://{address}"), &token)?;
    app.serve(stop::told()).await;
    vendors.shutdown().await;
    telemetry.end().await;
    Ok(ExitCode::SUCCESS)
}

/// A folder for the throw-away store, gone when this is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, Error> {
        let name = format!("vendgraph-dev-{}", Alphanumeric.sample_string(&mut rand::rng(), 12));
        let path = env::temp_dir().join(name);
        fs::create_dir(&path).map_err(Error::Folder)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, folder = %self.0.display(), "the throw-away store stays behind");
        }
    }
}

/// One `name  value` a line, for people and programs alike.
fn announce(vendors: &Sandbox, gateway: &str, token: &str) -> Result<(), Error> {
    for (name, value) in [
        ("GraphiQL", format!("{gateway}/graphiql")),
        ("dashboard", format!("{gateway}/dashboard")),
        ("endpoint", format!("{gateway}/graphql")),
        ("dingshang", vendors.dingshang_url()),
        ("inhand", vendors.inhand_url()),
        ("token", token.to_owned()),
    ] {
        output::print(format!("{name}  {value}"))?;
    }
    Ok(())
}

/// The configuration that `serve` would be given for the made-up vendors; its secret dies with the process.
fn config(vendors: &Sandbox, port: u16, folder: &Path) -> Result<Config, Error> {
    let secret = Alphanumeric.sample_string(&mut rand::rng(), 48);
    let text = format!(
        r#"
        [server]
        listen = "{host}:{port}"
        drain = "off"
        [auth]
        secret = "{secret}"
        [store]
        url = 'sqlite://{folder}/vendgraph.db'
        {accounts}
        "#,
        host = Ipv4Addr::LOCALHOST,
        folder = folder.display(),
        accounts = accounts(vendors, "requests_per_second = 1000"),
    );
    Ok(Config::of_text(&text)?)
}

/// The made-up vendors' accounts as a configuration has them; `more` stands in each.
pub fn accounts(vendors: &Sandbox, more: &str) -> String {
    let options = vendors.options();
    format!(
        r#"
        [[accounts]]
        name = "north"
        vendor = "dingshang"
        url = "{dingshang}"
        app_id = "{app_id}"
        app_secret = "{app_secret}"
        merchant_id = "{merchant_id}"
        {more}
        [[accounts]]
        name = "metro"
        vendor = "inhand"
        base_url = "{inhand}"
        client_id = "{client_id}"
        key = "{key}"
        {more}
        "#,
        dingshang = vendors.dingshang_url(),
        app_id = options.dingshang.app_id,
        app_secret = options.dingshang.app_secret,
        merchant_id = options.dingshang.merchant_id,
        inhand = vendors.inhand_url(),
        client_id = options.inhand.client_id,
        key = options.inhand.key,
    )
}

/// A token that may do everything.
fn token(config: &Config) -> Result<String, Error> {
    let now = Timestamp::now();
    let caller = Caller {
        subject: "developer".into(),
        scopes: Scope::ALL.into_iter().collect(),
        accounts: Grant::All,
        expires_at: now.checked_add(TOKEN_LIFE).map_err(|_| Error::Ttl)?,
    };
    Ok(Minter::new(&config.auth)?.mint(&caller, now)?)
}
