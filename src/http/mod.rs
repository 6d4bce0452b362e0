//! The door: GraphQL over HTTP as its specification says, the pages, health, and the server under them.
//!
//! Promises: nobody is listened to before they said who they are; every body, wait and number of requests at once is
//! bounded; whatever goes wrong on `/graphql` is answered in GraphQL's own shape. Refuses: batches, mutations by
//! GET, and any body but JSON, so that no web page of a stranger can make a browser change anything.
//!
//! It knows neither the schema nor tokens: what executes ([`Execute`]), what follows events ([`Subscribe`]), what
//! verifies ([`Authenticate`]) and what tells readiness ([`Ready`]) are handed to it.

mod access;
mod answer;
mod body;
mod callers;
mod fresh;
mod graphql;
mod health;
mod kept;
mod layers;
mod media;
mod metrics;
mod operation;
mod pages;
mod parameters;
mod places;
mod routes;
mod serve;
mod shortcut;
mod subscriptions;
mod suggestions;
mod webhooks;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use arc_swap::{ArcSwap, Guard};
use async_trait::async_trait;
use axum::http::HeaderValue;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use secrecy::SecretString;

use self::{callers::Callers, kept::Kept, places::Places, subscriptions::Streams};
use crate::{
    auth::Caller,
    domain::{Clock, Place},
    gateway::Lease,
    graphql::document::Documents,
};

pub use self::{
    answer::written,
    callers::Share,
    metrics::metrics,
    routes::router,
    serve::{Listening, serve},
    subscriptions::Streaming,
    webhooks::webhooks,
};

/// What answers an operation.
#[async_trait]
pub trait Execute: Send + Sync + 'static {
    /// Answers one operation for a caller. The document is parsed and within its bounds.
    async fn execute(&self, request: async_graphql::Request, caller: Arc<Caller>) -> Executed;
}

/// What follows a subscription.
///
/// It is asked with documents that are parsed and within their bounds, whose operation is a subscription.
pub trait Subscribe: Send + Sync + 'static {
    /// The answers to a subscription, from now on, or after the place that its argument `after` or `resume` names;
    /// `resume` wins. It is polled only when its answer can be sent, and dropped when nobody follows any more.
    ///
    /// Its end tells the client that there is nothing more to come, ever: it must not end because we shut down.
    fn subscribe(
        &self,
        request: async_graphql::Request,
        caller: Arc<Caller>,
        resume: Option<Place>,
    ) -> BoxStream<'static, Followed>;
}

/// One answer to a subscription.
#[derive(Clone, Debug)]
pub struct Followed {
    /// The place of the event that it tells of, from which to go on when the connection is lost; `None`: it tells of none.
    pub place: Option<Place>,
    /// The answer, as JSON in one line: `{"data":…}`, with `errors` where there are any. Shared with all who follow
    /// the same.
    pub body: Bytes,
    /// Whether it is an error before execution: the subscription was refused and ends, and `body` holds the `errors`
    /// alone.
    pub refused: bool,
}

/// What an operation came to.
#[derive(Debug)]
pub struct Executed {
    /// The answer.
    pub response: async_graphql::Response,
    /// How long executing it again for a caller of equal rights would give the same; `None`: this once only.
    pub lease: Option<Lease>,
}

/// What turns a token into a caller.
#[async_trait]
pub trait Authenticate: Send + Sync + 'static {
    /// Whom the token names.
    async fn caller(&self, token: &str) -> Result<Arc<Caller>, Denied>;
}

/// Why there is no caller. The caller learns no more than this; the verifier logs the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The token is not good: malformed, not for us, or signed by somebody else.
    #[error("the token is not valid")]
    Invalid,
    /// The token was good, and has ended.
    #[error("the token has expired")]
    Expired,
    /// Whether it is good cannot be told now: the keys are out of reach.
    #[error("tokens cannot be verified at the moment")]
    Unavailable,
}

/// What knows whether requests should be sent here.
#[async_trait]
pub trait Ready: Send + Sync + 'static {
    /// What stands in the way, one short sentence each; empty where nothing does.
    async fn obstacles(&self) -> Vec<String>;
}

/// What the door needs to know from the configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Longest body of a request, in bytes (`limits.body_bytes`).
    pub body_bytes: usize,
    /// How long a body may take to arrive whole (`limits.body_timeout`), within `request_timeout`.
    pub body_timeout: Duration,
    /// How long a request may take, from its head to its answer (`limits.request_timeout`).
    pub request_timeout: Duration,
    /// How many GraphQL requests may be under way at once (`limits.max_concurrency`); one more is refused with 503.
    pub concurrency: usize,
    /// What each caller may have and do.
    pub share: Share,
    /// How connections are taken and kept.
    pub listening: Listening,
    /// The bounds of what is followed.
    pub streaming: Streaming,
    /// Whether a caller without scope `admin` may ask for the schema (`server.introspection`).
    pub introspection: bool,
    /// Whether `/graphiql` is served (`server.graphiql`).
    pub graphiql: bool,
    /// Whether `/dashboard` is served (`server.dashboard`).
    pub dashboard: bool,
    /// Which pages' scripts may call (`server.cors_origins`).
    pub cors_origins: Vec<HeaderValue>,
    /// The developer's token, filled into the pages under `dev` alone.
    pub dev_token: Option<SecretString>,
}

/// Everything that the routes share.
#[derive(Clone)]
pub struct Door(Arc<Inner>);

/// What stands behind the door.
#[derive(Clone)]
pub struct Behind {
    /// What answers operations.
    pub executor: Arc<dyn Execute>,
    /// What follows subscriptions.
    pub subscriber: Arc<dyn Subscribe>,
    /// What turns tokens into callers.
    pub verifier: Arc<dyn Authenticate>,
    /// What knows whether requests should be sent here.
    pub readiness: Arc<dyn Ready>,
    /// What tells when a token has ended.
    pub clock: Arc<dyn Clock>,
}

struct Inner {
    behind: Behind,
    documents: Arc<Documents>,
    kept: Kept,
    settings: ArcSwap<Settings>,
    /// One for each request that is under way.
    requests: Places,
    connections: Places,
    streams: Streams,
    callers: Callers,
}

impl Door {
    /// A door to what is `behind` it, which opens to whom the verifier knows.
    pub fn new(behind: Behind, documents: Arc<Documents>, settings: Settings) -> Self {
        let (requests, connections, callers) = (Places::default(), Places::default(), Callers::default());
        let (kept, streams) = (Kept::new(), Streams::default());
        let settings = ArcSwap::from_pointee(settings);
        Self(Arc::new(Inner { behind, documents, kept, settings, requests, connections, streams, callers }))
    }

    /// Ends whatever is followed, so that clients go on elsewhere, and takes nothing new to follow. Done when all of it
    /// has ended, for which the wait is bounded.
    pub async fn close_streams(&self) {
        self.0.streams.close().await;
    }

    /// Of what nearly all places have been taken for a while, in words for whoever sends requests here.
    fn crowds(&self) -> impl Iterator<Item = String> {
        let (inner, settings) = (&self.0, self.settings());
        let limits = [
            ("requests under way (limits.max_concurrency)", &inner.requests, settings.concurrency),
            ("connections (limits.connections)", &inner.connections, settings.listening.connections),
            ("sockets and streams (limits.streams)", inner.streams.places(), settings.streaming.places),
        ];
        let crowded = limits.into_iter().filter(|(_, places, limit)| places.are_crowded(*limit));
        crowded.map(|(what, _, limit)| format!("there are nearly as many {what} as there may be: {limit}"))
    }

    /// From now on these are the settings, but for the pages whose scripts may call. Answers that were kept under others are
    /// given until another policy of documents is adopted.
    pub fn change(&self, settings: Settings) {
        self.0.settings.store(Arc::new(settings));
    }

    fn settings(&self) -> Guard<Arc<Settings>> {
        self.0.settings.load()
    }
}
