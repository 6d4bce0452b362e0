//! Wires everything: the only file that names every concrete type.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::http::HeaderValue;
use futures_util::{StreamExt as _, stream::BoxStream};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::{
    net::TcpListener,
    time::{Instant, sleep},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use crate::{
    auth::{self, Caller, KeyError, Verifier},
    config::{self, Config},
    domain::{AccountName, Clock, Place, Vendor},
    gateway::{Asker, Connection, Gateway, Keeping, Lifetimes, fleet::sweep, orders::reconcile},
    graphql::{
        self,
        document::{self, Documents},
    },
    http::{
        Authenticate, Behind, Denied, Door, Execute, Executed, Followed, Listening, Ready, Settings,
        Streaming, Subscribe, router, serve,
    },
    store::{self, OpenError, Store},
    vendor::{
        self,
        dingshang::{self, Dingshang},
        inhand::{self, Inhand},
        transport::{Limits, Transport},
    },
};

/// How many GraphQL requests may be under way at once.
const CONCURRENCY: usize = 2_048;
/// How much earlier than the request's own end vendors are no longer waited for, so that the answer gets out.
const MARGIN: Duration = Duration::from_millis(500);
/// The part of an account's rate that the sweep may take, in tenths.
const SWEEP_TENTHS: u32 = 8;

/// The store where `store.url` names none: a file in the working directory.
const DEFAULT_STORE: &str = "sqlite:vendgraph.db";

/// Why the gateway cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The keys that prove tokens cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// An account cannot be used.
    #[error("accounts.{account}: {source}")]
    Account {
        /// Which.
        account: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A page's origin is none.
    #[error("server.cors_origins: `{0}` is not an origin; write one such as https://dash.example.com")]
    Origin(String),
    /// The address cannot be listened on.
    #[error("cannot listen on {address} ({source}); set server.listen to a free address of this machine")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The store cannot be used.
    #[error("store.url: {0}")]
    Store(#[from] OpenError),
    /// The schema does not describe itself: a fault of this program.
    #[error("the schema cannot be read")]
    Schema(#[from] async_graphql::parser::Error),
}

/// The gateway, ready to be served.
pub struct App {
    gateway: Arc<Gateway>,
    door: Door,
    listener: TcpListener,
    sweeps: Vec<(usize, sweep::Pace)>,
    stopping: CancellationToken,
    drain: Duration,
}

impl App {
    /// Makes everything that `config` asks for, and listens. `dev_token` is filled into GraphiQL's page.
    pub async fn start(
        config: &Config,
        clock: Arc<dyn Clock>,
        dev_token: Option<SecretString>,
    ) -> Result<Self, Error> {
        let address = config.server.listen;
        let listener =
            TcpListener::bind(address).await.map_err(|source| Error::Listen { address, source })?;
        let store = store::open(store_url(config)).await?;
        let dev = dev_token.is_some();
        let callbacks = config.server.public_url.clone().or_else(|| own_url(&listener).filter(|_| dev));
        let keeping = Keeping { store: Arc::clone(&store), callbacks };
        let gateway = Gateway::new(connections(config, &clock)?, lifetimes(config), keeping, &clock);
        let gateway = Arc::new(gateway);
        let stopping = CancellationToken::new();
        let limits = document::Limits { depth: config.limits.depth, complexity: config.limits.complexity };
        let documents = Documents::new(&graphql::sdl(), limits)?;
        let executor = Executor {
            gateway: Arc::clone(&gateway),
            schema: graphql::schema(Arc::clone(&gateway), config.server.introspection),
            patience: config
                .limits
                .request_timeout
                .saturating_sub(MARGIN.min(config.limits.request_timeout / 10)),
        };
        let behind = Behind {
            executor: Arc::new(executor),
            subscriber: Arc::new(NoEvents),
            verifier: Arc::new(Tokens(Verifier::new(&config.auth, Arc::clone(&clock))?)),
            readiness: Arc::new(Readiness { stopping: stopping.clone(), store }),
            clock,
        };
        let door = Door::new(behind, documents, settings(config, dev_token)?);
        Ok(Self {
            sweeps: sweeps(config, &gateway),
            gateway,
            door,
            listener,
            stopping,
            drain: config.server.drain,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// What it serves, for whoever runs it within a program of its own.
    pub fn gateway(&self) -> Arc<Gateway> {
        Arc::clone(&self.gateway)
    }

    /// Serves until `shutdown` is done. Then readiness goes red while everything is still served for `server.drain`,
    /// so that nobody sends requests to a closed door; then whatever is followed ends, the door closes, and what is
    /// under way is finished.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) {
        let background = TaskTracker::new();
        for (position, pace) in self.sweeps {
            if let Some(account) = self.gateway.all_accounts().get(position) {
                background.spawn(sweep::run(Arc::clone(account), pace, self.stopping.clone()));
            }
        }
        background.spawn(reconcile(Arc::clone(&self.gateway), self.stopping.clone()));
        let stopping = self.stopping;
        let told = async {
            shutdown.await;
            stopping.cancel();
            sleep(self.drain).await;
            self.door.close_streams().await;
        };
        serve(self.listener, router(self.door.clone()), Listening::default(), told).await;
        background.close();
        background.wait().await;
        // A command that is under way ends with its outcome written down, whoever has hung up.
        self.gateway.finish().await;
    }
}

/// Where the store is.
fn store_url(config: &Config) -> &str {
    config.store.url.as_ref().map_or(DEFAULT_STORE, |url| url.expose_secret())
}

/// The address at which this machine itself reaches the gateway.
fn own_url(listener: &TcpListener) -> Option<Url> {
    Url::parse(&format!("http://{}", listener.local_addr().ok()?)).ok()
}

/// How long each sort of answer is kept.
pub fn lifetimes(config: &Config) -> Lifetimes {
    Lifetimes {
        status: config.cache.status,
        products: config.cache.products,
        sites: config.cache.sites,
        max_stale: config.cache.max_stale,
    }
}

/// The adapters of the configured accounts.
pub fn connections(config: &Config, clock: &Arc<dyn Clock>) -> Result<Vec<Connection>, Error> {
    config.accounts.iter().map(|account| connect(account, clock)).collect()
}

/// One account's adapter and its way to the vendor.
fn connect(account: &config::Account, clock: &Arc<dyn Clock>) -> Result<Connection, Error> {
    let limits = Limits {
        timeout: account.calls.timeout,
        max_concurrency: account.calls.max_concurrency,
        requests_per_second: Some(account.calls.requests_per_second),
        retries: account.calls.retries,
    };
    let unusable = |source: Box<dyn std::error::Error + Send + Sync>| Error::Account {
        account: account.name.clone(),
        source,
    };
    let transport =
        Arc::new(Transport::new(limits, Arc::clone(clock)).map_err(|error| unusable(error.into()))?);
    let (vendor, client): (_, Arc<dyn vendor::Vendor>) = match &account.vendor {
        config::Vendor::Dingshang { url, app_id, app_secret, merchant_id } => {
            let credentials = dingshang::Credentials {
                url: url.clone(),
                app_id: app_id.expose_secret().to_owned(),
                app_secret: app_secret.clone(),
                merchant_id: merchant_id.clone(),
            };
            let client = Dingshang::new(credentials, Arc::clone(&transport), Arc::clone(clock))
                .map_err(|error| unusable(error.into()))?;
            (Vendor::Dingshang, Arc::new(client))
        }
        config::Vendor::Inhand { base_url, client_id, key } => {
            let credentials = inhand::Credentials {
                base_url: base_url.clone(),
                client_id: client_id.expose_secret().to_owned(),
                key: key.clone(),
            };
            let client =
                Inhand::new(credentials, Arc::clone(&transport)).map_err(|error| unusable(error.into()))?;
            (Vendor::Inhand, Arc::new(client))
        }
    };
    let name = AccountName::new(account.name.as_str());
    let (timeout, health) = (account.calls.timeout, Arc::new(move || transport.health()));
    Ok(Connection { name, vendor, client, timeout, health })
}

/// How each account is swept, by its position in the gateway.
fn sweeps(config: &Config, gateway: &Gateway) -> Vec<(usize, sweep::Pace)> {
    let Some(interval) = config.fleet.sweep else { return Vec::new() };
    let pace = |account: &config::Account| {
        let requests = match account.vendor {
            config::Vendor::Dingshang { .. } => 4,
            config::Vendor::Inhand { .. } => 1,
        };
        let rate = account.calls.requests_per_second.get();
        let shortest_gap = Duration::from_secs(10) * requests / SWEEP_TENTHS / rate;
        sweep::Pace { interval, shortest_gap }
    };
    let position = |account: &config::Account| {
        gateway.all_accounts().iter().position(|one| one.name().as_str() == account.name)
    };
    config.accounts.iter().filter_map(|account| Some((position(account)?, pace(account)))).collect()
}

fn settings(config: &Config, dev_token: Option<SecretString>) -> Result<Settings, Error> {
    let origin = |origin: &String| {
        HeaderValue::from_str(origin).map_err(|_| Error::Origin(origin.chars().take(80).collect()))
    };
    Ok(Settings {
        body_bytes: config.limits.body_bytes,
        request_timeout: config.limits.request_timeout,
        concurrency: CONCURRENCY,
        streaming: Streaming::default(),
        introspection: config.server.introspection,
        graphiql: config.server.graphiql,
        cors_origins: config.server.cors_origins.iter().map(origin).collect::<Result<_, _>>()?,
        dev_token,
    })
}

/// Answers operations with the schema.
struct Executor {
    gateway: Arc<Gateway>,
    schema: graphql::Schema,
    patience: Duration,
}

#[async_trait]
impl Execute for Executor {
    async fn execute(&self, request: async_graphql::Request, caller: Arc<Caller>) -> Executed {
        let asker = Asker { caller, until: Instant::now() + self.patience };
        let (response, lease) = self.gateway.leased(self.schema.execute(request.data(asker))).await;
        Executed { response, lease }
    }
}

/// Refuses every subscription: the log is not here yet.
struct NoEvents;

impl Subscribe for NoEvents {
    fn subscribe(
        &self,
        _request: async_graphql::Request,
        _caller: Arc<Caller>,
        _resume: Option<Place>,
    ) -> BoxStream<'static, Followed> {
        let errors = r#"{"errors":[{"message":"there are no subscriptions yet","extensions":{"code":"BAD_USER_INPUT"}}]}"#;
        let refused = Followed { place: None, body: errors.into(), refused: true };
        futures_util::stream::iter([refused]).boxed()
    }
}

/// Turns tokens into callers.
struct Tokens(Verifier);

#[async_trait]
impl Authenticate for Tokens {
    async fn caller(&self, token: &str) -> Result<Arc<Caller>, Denied> {
        match self.0.verify(token).await {
            Ok(caller) => Ok(Arc::new(caller)),
            Err(auth::Error::KeysUnknown) => Err(Denied::Unavailable),
            Err(auth::Error::Expired) => Err(Denied::Expired),
            Err(error @ (auth::Error::Missing | auth::Error::Invalid(_))) => {
                tracing::debug!(%error, "a token was refused");
                Err(Denied::Invalid)
            }
        }
    }
}

/// Ready while the store answers, until told to stop.
struct Readiness {
    stopping: CancellationToken,
    store: Arc<dyn Store>,
}

#[async_trait]
impl Ready for Readiness {
    async fn obstacles(&self) -> Vec<String> {
        let mut obstacles = Vec::new();
        if self.stopping.is_cancelled() {
            obstacles.push("the gateway is shutting down".to_owned());
        }
        if let Err(error) = self.store.ping().await {
            tracing::warn!(%error, "the store does not answer");
            obstacles.push("the store does not answer".to_owned());
        }
        obstacles
    }
}
