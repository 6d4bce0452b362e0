//! The door, over real sockets, before a schema of its own.

mod access;
mod audit;
mod bounds;
mod callers;
mod clients;
mod codes;
mod counted;
mod crowds;
mod events;
mod forgery;
mod kept;
mod legacy;
mod log;
mod pages;
mod parts;
mod peer;
mod persisted;
mod server;
mod socket;
mod socket_bounds;
mod specification;
mod worst;

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_graphql::{EmptySubscription, Error, ErrorExtensions, Object, Schema, SimpleObject};
use async_trait::async_trait;
use axum::http::HeaderValue;
use tokio::{
    net::TcpListener,
    sync::{Notify, oneshot},
    task::JoinHandle,
};

use crate::{
    auth::{Caller, Grant, Scope, Scopes},
    domain::{Clock, SystemClock},
    gateway::Lease,
    graphql::document::{Documents, Limits},
};

use self::log::Log;
use super::{
    Authenticate, Behind, Denied, Door, Execute, Executed, Listening, Ready, Settings, Share, Streaming,
    Subscribe, router, serve,
};

/// The token of a caller without scope `admin`, and of one with it.
const TOKEN: &str = "good";
const ADMIN: &str = "admin";

/// The token of somebody else.
const OTHER: &str = "other-good";

/// The token of a caller whose right ends soon after it was looked at.
const SHORT: &str = "short";
const SHORT_LIFE: Duration = Duration::from_millis(300);

/// What documents may cost; wide where the validator's work is measured.
const LIMITS: Limits = Limits {
    depth: 15,
    complexity: 5_000,
    tokens: 10_000,
    aliases: 10_000,
    directives: 100,
    root_fields: 10_000,
};

struct Query;

#[derive(SimpleObject)]
struct Machine {
    name: String,
}

#[expect(clippy::unused_async, reason = "the shape that async-graphql asks for")]
#[Object]
impl Query {
    async fn machine(&self, #[graphql(default = 1)] id: i32) -> Machine {
        Machine { name: format!("machine {id}") }
    }

    async fn broken(&self) -> Result<Option<Machine>, Error> {
        Err(Error::new("postgres://secret is gone"))
    }

    async fn forbidden(&self) -> Result<Machine, Error> {
        Err(Error::new("scope `trades:read` is missing")
            .extend_with(|_, values| values.set("code", "FORBIDDEN")))
    }

    async fn panics(&self) -> i32 {
        misfortune()
    }

    /// Waits until the test lets it go.
    async fn slow(&self, context: &async_graphql::Context<'_>) -> bool {
        let gate = context.data_unchecked::<Arc<Gate>>();
        gate.entered.notify_one();
        gate.opened.notified().await;
        true
    }
}

fn misfortune() -> i32 {
    panic!("on purpose")
}

struct Mutation;

#[Object]
impl Mutation {
    async fn sell(&self, context: &async_graphql::Context<'_>) -> usize {
        context.data_unchecked::<Arc<Gate>>().sold.fetch_add(1, Ordering::SeqCst) + 1
    }
}

#[derive(Default)]
struct Gate {
    entered: Notify,
    opened: Notify,
    sold: AtomicUsize,
    executed: AtomicUsize,
    obstacles: std::sync::Mutex<Vec<String>>,
}

type TestSchema = Schema<Query, Mutation, EmptySubscription>;

/// Executes, and counts; gives leases that never end where it `leases`.
struct Executor {
    schema: TestSchema,
    gate: Arc<Gate>,
    leases: bool,
}

#[async_trait]
impl Execute for Executor {
    async fn execute(&self, request: async_graphql::Request, caller: Arc<Caller>) -> Executed {
        self.gate.executed.fetch_add(1, Ordering::SeqCst);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let making = self.schema.execute(request.data(caller));
        let (response, lease) = Lease::of(&Arc::default(), &clock, making).await;
        Executed { response, lease: lease.filter(|_| self.leases) }
    }
}

struct Verifier;

#[async_trait]
impl Authenticate for Verifier {
    async fn caller(&self, token: &str) -> Result<Arc<Caller>, Denied> {
        let mut expires_at = jiff::Timestamp::MAX;
        let scopes: Scopes = match token {
            SHORT => {
                expires_at = jiff::Timestamp::now() + SHORT_LIFE;
                Scopes::default()
            }
            "panics" => panic!("on purpose"),
            "unending" => std::future::pending().await,
            TOKEN | OTHER => [Scope::MachinesRead].into_iter().collect(),
            ADMIN => [Scope::Admin].into_iter().collect(),
            "old" => return Err(Denied::Expired),
            "keys-unreachable" => return Err(Denied::Unavailable),
            _ => return Err(Denied::Invalid),
        };
        let subject = match token {
            ADMIN => "admin",
            OTHER => "other",
            _ => "tester",
        };
        Ok(Arc::new(Caller { subject: subject.into(), scopes, accounts: Grant::All, expires_at }))
    }
}

struct Readiness(Arc<Gate>);

#[async_trait]
impl Ready for Readiness {
    async fn obstacles(&self) -> Vec<String> {
        self.0.obstacles.lock().unwrap().clone()
    }
}

fn settings() -> Settings {
    Settings {
        body_bytes: 1024 * 1024,
        body_timeout: Duration::from_secs(10),
        request_timeout: Duration::from_secs(10),
        concurrency: 64,
        share: Share { per_second: None, burst: NonZeroU32::MIN, streams: 1_000, subscriptions: 1_000 },
        listening: Listening::default(),
        streaming: Streaming::default(),
        introspection: true,
        graphiql: true,
        dashboard: true,
        cors_origins: vec![HeaderValue::from_static("https://dash.example.com")],
        dev_token: None,
    }
}

/// A running server; dropped, it stops.
struct Server {
    url: String,
    address: std::net::SocketAddr,
    gate: Arc<Gate>,
    log: Arc<Log>,
    documents: Arc<Documents>,
    client: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    async fn start() -> Self {
        Self::with(settings(), Listening::default()).await
    }

    async fn with(settings: Settings, listening: Listening) -> Self {
        Self::built(Settings { listening, ..settings }, false).await
    }

    /// One whose answers may be kept for ever.
    async fn keeping() -> Self {
        Self::built(settings(), true).await
    }

    async fn built(settings: Settings, leases: bool) -> Self {
        let gate = Arc::new(Gate::default());
        let schema = Schema::build(Query, Mutation, EmptySubscription).data(Arc::clone(&gate)).finish();
        let documents = Arc::new(Documents::new(&schema.sdl(), LIMITS).unwrap());
        let readiness = Arc::new(Readiness(Arc::clone(&gate)));
        let executor = Executor { schema, gate: Arc::clone(&gate), leases };
        let log = Arc::new(Log::default());
        let behind = Behind {
            executor: Arc::new(executor),
            subscriber: Arc::clone(&log) as Arc<dyn Subscribe>,
            verifier: Arc::new(Verifier),
            readiness,
            clock: Arc::new(SystemClock),
        };
        let door = Door::new(behind, Arc::clone(&documents), settings);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(serve(listener, door.clone(), router(door.clone()), async move {
            let _ = stopped.await;
            door.close_streams().await;
        }));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            url: format!("http://{address}"),
            address,
            gate,
            log,
            documents,
            client,
            stop: Some(stop),
            task,
        }
    }

    /// A POST to `/graphql` with a good token and the newer media type; each test changes what it is about.
    fn post(&self) -> reqwest::RequestBuilder {
        self.client
            .post(format!("{}/graphql", self.url))
            .bearer_auth(TOKEN)
            .header("accept", "application/graphql-response+json")
    }

    fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.get(format!("{}{path}", self.url)).bearer_auth(TOKEN)
    }

    async fn query(&self, query: &str) -> Answer {
        Answer::of(self.post().json(&serde_json::json!({ "query": query }))).await
    }
}

/// An answer, read whole.
struct Answer {
    status: u16,
    headers: reqwest::header::HeaderMap,
    text: String,
}

impl Answer {
    async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The code of the first error.
    fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }
}
