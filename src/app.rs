//! Wires everything: the only file that names every concrete type.

mod attendants;
mod behind;
mod connect;
mod documents;
mod reload;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use secrecy::SecretString;
use tokio::{
    net::TcpListener,
    sync::{Mutex, watch},
    time::sleep,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{
    attendants::Attendants,
    behind::{Executor, PEN, Readiness, Subscriptions, Tokens, settings},
    connect::{own_url, store_url, webhooks},
    reload::patience,
};
use crate::{
    auth::{KeyError, Verifier},
    config::Config,
    domain::Clock,
    events::{Inbox, Log, inbox::Clerk},
    gateway::{Gateway, Keeping, Post, Reception, duties::keep, news::Retention},
    graphql::{Live, Schema, trusted::Untrusted},
    http::{self, Behind, Door, router, serve},
    store::{self, OpenError},
    telemetry::metrics,
};

pub use self::{
    connect::{connections, lifetimes},
    documents::documents,
    reload::Reload,
};

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
    #[error(
        "cannot listen on {address} ({source}); set server.listen, or --port of `dev`, to a free one of this machine"
    )]
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
    /// A trusted document is not good.
    #[error("documents.manifest: {0}; mend it, or take it out")]
    Document(#[from] Untrusted),
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
    reload: Arc<Reload>,
    listener: TcpListener,
    clerk: Clerk,
    retention: Retention,
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
        let documents = Arc::new(documents(config).await?);
        metrics::begin(http::codes());
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
        let post = Post { log: Arc::clone(&log), inbox: inbox.clone() };
        let keeping = Keeping { store: Arc::clone(&store), callbacks, post };
        let gateway = Arc::new(Gateway::new(connections, lifetimes(config), keeping, &clock));
        let stopping = CancellationToken::new();
        let (patience, waiting) = watch::channel(patience(config));
        let schema = Schema::new(&gateway, config.server.federation);
        let behind_live = (schema.clone(), Arc::clone(&gateway));
        let live = Live::new(behind_live, Arc::clone(&documents), waiting.clone(), PEN);
        let tokens =
            Arc::new(Tokens(ArcSwap::from_pointee(Verifier::new(&config.auth, Arc::clone(&clock))?)));
        let behind = Behind {
            executor: Arc::new(Executor { gateway: Arc::clone(&gateway), schema, patience: waiting }),
            subscriber: Arc::new(Subscriptions(live)),
            verifier: Arc::clone(&tokens) as Arc<dyn http::Authenticate>,
            readiness: Arc::new(Readiness {
                stopping: stopping.clone(),
                store,
                inbox,
                backlog: false.into(),
            }),
            clock: Arc::clone(&clock),
        };
        let door = Door::new(behind, Arc::clone(&documents), settings(config, dev_token.clone())?);
        let reception = Arc::new(Reception::new(Arc::clone(&gateway), webhooks(config)));
        let attendants = Arc::new(Attendants::new(Arc::clone(&gateway), stopping.clone()));
        let config_now = Mutex::new(config.clone());
        let reload = Reload {
            gateway,
            log,
            reception,
            attendants,
            door,
            documents,
            tokens,
            patience,
            clock,
            dev_token,
            config: config_now,
        };
        Ok(Self {
            reload: Arc::new(reload),
            clerk,
            retention: Retention { events: config.store.retention, audit: config.store.audit_retention },
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
        Arc::clone(&self.reload.gateway)
    }

    /// What gives it another configuration while it serves.
    pub fn reload(&self) -> Arc<Reload> {
        Arc::clone(&self.reload)
    }

    /// Serves until `shutdown` is done. Then readiness goes red while everything is still served for `server.drain`,
    /// so that nobody sends requests to a closed door; then whatever is followed ends, the door closes, and what is
    /// under way is finished.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) {
        let Reload { gateway, log, door, attendants, .. } = &*self.reload;
        self.reload.begin().await;
        let keeping = tokio::spawn(keep(Arc::clone(gateway), self.retention, self.stopping.clone()));
        // These go on until the door is closed: what comes in until then is stored, and told.
        let (closed, last) = (CancellationToken::new(), TaskTracker::new());
        last.spawn(self.clerk.run(closed.clone()));
        let (log, hearing, end) = (Arc::clone(log), Arc::clone(gateway), closed.clone());
        last.spawn(async move { log.run(Box::new(move |event| hearing.take_in(event)), end).await });
        let stopping = self.stopping;
        let told = async {
            shutdown.await;
            stopping.cancel();
            sleep(self.drain).await;
            door.close_streams().await;
        };
        let observed = Arc::clone(gateway);
        let seen = Arc::new(move || observed.observe());
        let routes = router(door.clone())
            .merge(http::webhooks(Arc::clone(&self.reload.reception)))
            .merge(http::metrics(seen));
        serve(self.listener, door.clone(), routes, told).await;
        // It ends with `stopping`, and a fault of it is in the log.
        let _ = keeping.await;
        attendants.finish().await;
        // A command that is under way ends with its outcome written down, whoever has hung up.
        gateway.finish().await;
        closed.cancel();
        last.close();
        last.wait().await;
    }
}
