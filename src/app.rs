//! Wires everything: the only file that names every concrete type.

mod behind;
mod connect;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use secrecy::SecretString;
use tokio::{net::TcpListener, time::sleep};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{
    behind::{Executor, PEN, Readiness, Subscriptions, Tokens, settings},
    connect::{own_url, store_url, sweeps, webhooks},
};
use crate::{
    auth::{KeyError, Verifier},
    config::Config,
    domain::Clock,
    events::{Inbox, Log, inbox::Clerk},
    gateway::{Gateway, Keeping, Post, Reception, fleet::sweep, news, orders::reconcile},
    graphql::{
        self, Live,
        document::{self, Documents},
    },
    http::{self, Behind, Door, Listening, router, serve},
    store::{self, OpenError},
};

pub use self::connect::{connections, lifetimes};

/// How much earlier than the request's own end vendors are no longer waited for, so that the answer gets out.
const MARGIN: Duration = Duration::from_millis(500);

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

/// Brings the schema of the store that `config` names up to date, and nothing else; gives the schema's number.
pub async fn migrate(config: &Config) -> Result<i64, Error> {
    Ok(store::migrate(store_url(config)).await?)
}

/// The gateway, ready to be served.
pub struct App {
    gateway: Arc<Gateway>,
    door: Door,
    reception: Arc<Reception>,
    listener: TcpListener,
    log: Arc<Log>,
    clerk: Clerk,
    retention: Duration,
    reconcile: Option<Duration>,
    sweeps: Vec<(usize, sweep::Pace)>,
    stopping: CancellationToken,
    drain: Duration,
}

impl App {
    /// Makes everything that `config` asks for, and listens. `dev_token` is filled into the pages.
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
        let connections = connections(config, &clock)?;
        let names = connections.iter().map(|connection| connection.name.clone()).collect();
        let log = Log::new(Arc::clone(&store), names);
        let (inbox, clerk) = Inbox::new(Arc::clone(&store));
        let post = Post { log: Arc::clone(&log), inbox };
        let keeping = Keeping { store: Arc::clone(&store), callbacks, post };
        let gateway = Arc::new(Gateway::new(connections, lifetimes(config), keeping, &clock));
        let stopping = CancellationToken::new();
        let limits = document::Limits { depth: config.limits.depth, complexity: config.limits.complexity };
        let patience = config.limits.request_timeout;
        let patience = patience.saturating_sub(MARGIN.min(patience / 10));
        let schema = graphql::schema(Arc::clone(&gateway), config.server.introspection);
        let documents = Arc::new(Documents::new(&graphql::sdl(), limits)?);
        let live = Live::new((schema.clone(), Arc::clone(&gateway)), Arc::clone(&documents), patience, PEN);
        let behind = Behind {
            executor: Arc::new(Executor { gateway: Arc::clone(&gateway), schema, patience }),
            subscriber: Arc::new(Subscriptions(live)),
            verifier: Arc::new(Tokens(Verifier::new(&config.auth, Arc::clone(&clock))?)),
            readiness: Arc::new(Readiness { stopping: stopping.clone(), store }),
            clock,
        };
        let door = Door::new(behind, documents, settings(config, dev_token)?);
        let reception = Arc::new(Reception::new(Arc::clone(&gateway), webhooks(config)));
        Ok(Self {
            sweeps: sweeps(config, &gateway),
            gateway,
            log,
            clerk,
            retention: config.store.retention,
            reconcile: config.fleet.reconcile,
            door,
            reception,
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
        background.spawn(news::watch(Arc::clone(&self.gateway), self.stopping.clone()));
        background.spawn(news::tidy(Arc::clone(&self.gateway), self.retention, self.stopping.clone()));
        for (account, every) in self.gateway.all_accounts().iter().zip(self.reconcile.into_iter().cycle()) {
            let (gateway, account) = (Arc::clone(&self.gateway), Arc::clone(account));
            background.spawn(news::reconcile(gateway, account, every, self.stopping.clone()));
        }
        // These go on until the door is closed: what comes in until then is stored, and told.
        let (closed, last) = (CancellationToken::new(), TaskTracker::new());
        last.spawn(self.clerk.run(closed.clone()));
        let (log, hearing, end) = (self.log, Arc::clone(&self.gateway), closed.clone());
        last.spawn(async move { log.run(Box::new(move |event| hearing.take_in(event)), end).await });
        let stopping = self.stopping;
        let told = async {
            shutdown.await;
            stopping.cancel();
            sleep(self.drain).await;
            self.door.close_streams().await;
        };
        let observed = Arc::clone(&self.gateway);
        let seen = Arc::new(move || observed.observe());
        let routes =
            router(self.door.clone()).merge(http::webhooks(self.reception)).merge(http::metrics(seen));
        serve(self.listener, routes, Listening::default(), told).await;
        background.close();
        background.wait().await;
        // A command that is under way ends with its outcome written down, whoever has hung up.
        self.gateway.finish().await;
        closed.cancel();
        last.close();
        last.wait().await;
    }
}
