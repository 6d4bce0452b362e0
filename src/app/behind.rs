//! What stands behind the door.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use async_trait::async_trait;
use axum::http::HeaderValue;
use futures_util::{StreamExt as _, stream::BoxStream};
use secrecy::SecretString;
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;

use super::Error;
use crate::{
    auth::{self, Caller, Verifier},
    config::Config,
    domain::Place,
    events::Inbox,
    gateway::{Asker, Gateway},
    graphql::{
        self, Live,
        live::{Answer, Pen},
    },
    http::{
        self, Authenticate, Denied, Execute, Executed, Followed, Listening, Ready, Settings, Share,
        Streaming, Subscribe,
    },
    store::Store,
};

/// How subscriptions' answers are written down: like all others.
pub(super) const PEN: Pen = Pen {
    answer: http::written,
    refusal: |errors| http::written(async_graphql::Response::from_errors(errors)),
};

/// What the door needs to know.
pub(super) fn settings(config: &Config, dev_token: Option<SecretString>) -> Result<Settings, Error> {
    let origin = |origin: &String| {
        HeaderValue::from_str(origin).map_err(|_| Error::Origin(origin.chars().take(80).collect()))
    };
    let limits = &config.limits;
    Ok(Settings {
        body_bytes: limits.body_bytes,
        body_timeout: limits.body_timeout,
        request_timeout: limits.request_timeout,
        concurrency: limits.max_concurrency,
        share: Share {
            per_second: limits.requests_per_second,
            burst: limits.burst,
            streams: limits.streams_per_caller,
            subscriptions: limits.subscriptions_per_caller,
        },
        listening: Listening {
            connections: limits.connections,
            header_bytes: limits.header_bytes,
            head_timeout: limits.head_timeout,
            idle_timeout: limits.idle_timeout,
            ..Listening::default()
        },
        streaming: Streaming {
            places: limits.streams,
            operations: limits.operations_per_socket,
            ..Streaming::default()
        },
        introspection: config.server.introspection,
        graphiql: config.server.graphiql,
        dashboard: config.server.dashboard,
        cors_origins: config.server.cors_origins.iter().map(origin).collect::<Result<_, _>>()?,
        dev_token,
    })
}

/// Answers operations with the schema.
pub(super) struct Executor {
    pub gateway: Arc<Gateway>,
    pub schema: graphql::Schema,
    /// How long vendors are waited for.
    pub patience: watch::Receiver<Duration>,
}

#[async_trait]
impl Execute for Executor {
    async fn execute(&self, request: async_graphql::Request, caller: Arc<Caller>) -> Executed {
        let asker = Asker { caller, until: Instant::now() + *self.patience.borrow() };
        let (response, lease) = self.gateway.leased(self.schema.execute(request.data(asker))).await;
        Executed { response, lease }
    }
}

/// Follows subscriptions with the schema and the log.
pub(super) struct Subscriptions(pub Arc<Live>);

impl Subscribe for Subscriptions {
    fn subscribe(
        &self,
        request: async_graphql::Request,
        caller: Arc<Caller>,
        resume: Option<Place>,
    ) -> BoxStream<'static, Followed> {
        let followed =
            |answer: Answer| Followed { place: answer.place, body: answer.body, refused: answer.refused };
        self.0.subscribe(request, caller, resume).map(followed).boxed()
    }
}

/// Turns tokens into callers.
pub(super) struct Tokens(pub ArcSwap<Verifier>);

#[async_trait]
impl Authenticate for Tokens {
    async fn caller(&self, token: &str) -> Result<Arc<Caller>, Denied> {
        match self.0.load_full().verify(token).await {
            Ok(caller) => Ok(caller),
            Err(auth::Error::KeysUnknown) => Err(Denied::Unavailable),
            Err(auth::Error::Expired) => Err(Denied::Expired),
            Err(error @ (auth::Error::Missing | auth::Error::Invalid(_))) => {
                tracing::debug!(%error, "a token was refused");
                Err(Denied::Invalid)
            }
        }
    }
}

/// Ready while the store answers and keeps up, until told to stop.
pub(super) struct Readiness {
    pub stopping: CancellationToken,
    pub store: Arc<dyn Store>,
    pub inbox: Inbox,
    /// Whether the inbox was full when last it was looked at, and has not emptied since.
    pub backlog: AtomicBool,
}

impl Readiness {
    /// Whether so much waits to be stored that soon nothing more is taken: from three quarters of the places on, until less
    /// than half of them are taken.
    fn is_behind(&self) -> bool {
        let is = is_behind(self.backlog.load(Ordering::Relaxed), self.inbox.filling());
        self.backlog.store(is, Ordering::Relaxed);
        is
    }
}

fn is_behind(was: bool, (waiting, places): (usize, usize)) -> bool {
    waiting * 4 >= places * 3 || (was && waiting * 2 >= places)
}

#[async_trait]
impl Ready for Readiness {
    async fn obstacles(&self) -> Vec<String> {
        let mut obstacles = Vec::new();
        if self.stopping.is_cancelled() {
            obstacles.push("the gateway is shutting down".to_owned());
        }
        if self.is_behind() {
            obstacles.push("the store is behind: vendors' messages wait for it".to_owned());
        }
        if let Err(error) = self.store.ping().await {
            tracing::warn!(%error, "the store does not answer");
            obstacles.push("the store does not answer".to_owned());
        }
        obstacles
    }
}

#[cfg(test)]
mod tests {
    use super::is_behind;

    #[test]
    fn the_store_is_behind_from_three_quarters_until_half_of_the_inbox() {
        let mut behind = false;
        for (waiting, expected) in [
            (0, false),
            (74, false),
            (75, true),
            (74, true),
            (50, true),
            (49, false),
            (74, false),
            (100, true),
        ] {
            behind = is_behind(behind, (waiting, 100));
            assert_eq!(behind, expected, "{waiting}");
        }
    }
}
