//! Another configuration for a gateway that runs: accounts, keys, limits and trusted documents change, and nothing that is
//! under way is cut off.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;
use tokio::sync::{Mutex, watch};

use super::{
    Error,
    attendants::Attendants,
    behind::{Tokens, settings},
    connect::{connect, duties, webhooks},
    documents::trusting,
};
use crate::{
    auth::Verifier,
    config::{Config, same},
    domain::{AccountName, Clock},
    events::Log,
    gateway::{Connection, Gateway, Reception},
    graphql::document::Documents,
    http::Door,
};

/// How much earlier than the request's own end vendors are no longer waited for, so that the answer gets out.
const MARGIN: Duration = Duration::from_millis(500);

/// How long vendors are waited for.
pub(super) fn patience(config: &Config) -> Duration {
    let whole = config.limits.request_timeout;
    whole.saturating_sub(MARGIN.min(whole / 10))
}

/// The parts of a running gateway that follow its configuration.
pub struct Reload {
    pub(super) gateway: Arc<Gateway>,
    pub(super) log: Arc<Log>,
    pub(super) reception: Arc<Reception>,
    pub(super) attendants: Arc<Attendants>,
    pub(super) door: Door,
    pub(super) documents: Arc<Documents>,
    pub(super) tokens: Arc<Tokens>,
    pub(super) patience: watch::Sender<Duration>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) dev_token: Option<SecretString>,
    /// What it follows now.
    pub(super) config: Mutex<Config>,
}

impl Reload {
    /// From now on the gateway follows this configuration; gives the keys whose change waits for the next start. Sockets
    /// and streams go on; a token that was good when they began is good to its end.
    ///
    /// # Errors
    /// Where something of it cannot be used. Then everything stays as it was.
    pub async fn apply(&self, config: Config) -> Result<Vec<&'static str>, Error> {
        let mut current = self.config.lock().await;
        // Whatever may fail comes before whatever changes.
        let verifier = Verifier::new(&config.auth, Arc::clone(&self.clock))?;
        let settings = settings(&config, self.dev_token.clone())?;
        let (_, policy) = trusting(&config, current.server.federation).await?;
        let connections = self.connections(&current, &config)?;
        let duties = duties(&config);

        let names: Vec<AccountName> = duties.iter().map(|(name, _)| name.clone()).collect();
        self.tokens.0.store(Arc::new(verifier));
        self.patience.send_replace(patience(&config));
        self.documents.set_limits((&config.limits).into());
        self.door.change(settings);
        self.log.set_accounts(names.clone());
        self.gateway.reconnect(&names, connections);
        self.reception.set_accounts(webhooks(&config));
        self.attendants.assign(duties);
        // Last: no answer that was kept before is given from here on.
        self.documents.adopt(policy);
        let fixed = fixed(&current, &config);
        *current = config;
        Ok(fixed)
    }

    /// Begins the accounts' work.
    pub(super) async fn begin(&self) {
        let current = self.config.lock().await;
        self.attendants.assign(duties(&current));
    }

    /// Connections for the accounts that are new or have changed.
    fn connections(&self, before: &Config, now: &Config) -> Result<Vec<Connection>, Error> {
        let changed = now.accounts.iter().filter(|account| !before.accounts.contains(account));
        changed.map(|account| connect(account, &self.clock)).collect()
    }
}

/// The keys that differ and are read at the start alone.
fn fixed(before: &Config, now: &Config) -> Vec<&'static str> {
    let (server, store) = ((&before.server, &now.server), (&before.store, &now.store));
    let keys = [
        ("server.listen", server.0.listen != server.1.listen),
        ("server.public_url", server.0.public_url != server.1.public_url),
        ("server.cors_origins", server.0.cors_origins != server.1.cors_origins),
        ("server.federation", server.0.federation != server.1.federation),
        ("server.drain", server.0.drain != server.1.drain),
        ("store.url", !same(store.0.url.as_ref(), store.1.url.as_ref())),
        ("store.retention", store.0.retention != store.1.retention),
        ("store.audit_retention", store.0.audit_retention != store.1.audit_retention),
        ("cache", before.cache != now.cache),
        ("telemetry", before.telemetry != now.telemetry),
    ];
    keys.into_iter().filter(|(_, differs)| *differs).map(|(key, _)| key).collect()
}
