//! What stands behind the door.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::http::HeaderValue;
use futures_util::{StreamExt as _, stream::BoxStream};
use secrecy::SecretString;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Error;
use crate::{
    auth::{self, Caller, Verifier},
    config::Config,
    domain::Place,
    gateway::{Asker, Gateway},
    graphql::{
        self, Live,
        live::{Answer, Pen},
    },
    http::{self, Authenticate, Denied, Execute, Executed, Followed, Ready, Settings, Streaming, Subscribe},
    store::Store,
};

/// How many GraphQL requests may be under way at once.
const CONCURRENCY: usize = 2_048;

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
    Ok(Settings {
        body_bytes: config.limits.body_bytes,
        request_timeout: config.limits.request_timeout,
        concurrency: CONCURRENCY,
        streaming: Streaming::default(),
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
    pub patience: Duration,
}

#[async_trait]
impl Execute for Executor {
    async fn execute(&self, request: async_graphql::Request, caller: Arc<Caller>) -> Executed {
        let asker = Asker { caller, until: Instant::now() + self.patience };
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
pub(super) struct Tokens(pub Verifier);

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
pub(super) struct Readiness {
    pub stopping: CancellationToken,
    pub store: Arc<dyn Store>,
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
