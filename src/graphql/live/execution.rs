//! One subscription, executed again and again.

use std::{
    fmt,
    panic::AssertUnwindSafe,
    sync::{Arc, OnceLock},
};

use async_graphql::{Pos, Request, Response, Variables};
use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::time::Instant;
use tracing::Instrument as _;

use super::{Answer, Live, Plan, Turn};
use crate::{
    auth::Caller,
    domain::Happening,
    gateway::{Asker, Followed},
    graphql::{document::Refusal, error::Failure},
};

/// A subscription of a caller, with what it takes to execute it.
pub(super) struct Execution {
    live: Arc<Live>,
    query: String,
    operation_name: Option<String>,
    variables: Variables,
    caller: Arc<Caller>,
}

impl fmt::Debug for Execution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Execution").finish_non_exhaustive()
    }
}

impl Execution {
    pub(super) fn new(live: Arc<Live>, request: Request, caller: Arc<Caller>) -> Self {
        let Request { query, operation_name, variables, .. } = request;
        Self { live, query, operation_name, variables, caller }
    }

    /// What it wants; or the refusal.
    pub(super) async fn plan(&self) -> Result<Plan, Answer> {
        let plan = Arc::new(OnceLock::new());
        let refused = |body| Answer { place: None, body, refused: true, version: None };
        if let Some((body, _)) = self.run(Turn::Plan(Arc::clone(&plan))).await {
            return Err(refused(body));
        }
        plan.get().cloned().ok_or_else(|| {
            // A directive skips its field.
            refused((self.live.pen.refusal)(vec![Refusal::ManyFields(Pos::default()).into()]))
        })
    }

    /// How things are now.
    pub(super) async fn now(&self) -> Option<Answer> {
        let version = Arc::new(OnceLock::new());
        let (body, refused) = self.run(Turn::Now(Arc::clone(&version))).await?;
        Some(Answer { place: None, body, refused, version: version.get().copied() })
    }

    /// What it tells of an event, or of a gap; `None`: nothing. A panic costs this one event: who follows is told so in its
    /// place, and goes on.
    pub(super) async fn news(&self, news: Followed) -> Option<Answer> {
        let place = news.place();
        let version = version(&news);
        let told = AssertUnwindSafe(self.run(Turn::News(news))).catch_unwind().await;
        let body = match told {
            Ok(told) => told?.0,
            Err(_panic) => {
                tracing::error!(place = place.0, "the execution of a subscription panicked at an event");
                let error = Failure::Panic.to_graphql().into_server_error(Pos::default());
                (self.live.pen.answer)(Response::from_errors(vec![error]))
            }
        };
        Some(Answer { place: Some(place), body, refused: false, version })
    }

    /// One execution: the answer, and whether it is a refusal.
    async fn run(&self, turn: Turn) -> Option<(Bytes, bool)> {
        let live = &self.live;
        let mut request = Request::new(self.query.clone()).variables(self.variables.clone());
        request.operation_name.clone_from(&self.operation_name);
        let planning = matches!(turn, Turn::Plan(_));
        let operation = match live.documents.prepare(&mut request) {
            Ok(operation) => operation,
            Err(refusal) => return Some(((live.pen.refusal)(vec![refusal.into()]), true)),
        };
        let asker =
            Asker { caller: Arc::clone(&self.caller), until: Instant::now() + *live.patience.borrow() };
        let mut responses = live.schema.execute_stream(request.data(asker).data(turn));
        let span = tracing::debug_span!("operation", kind = "subscription");
        let mut response = responses.next().instrument(span).await?;
        if planning {
            return Some(((live.pen.refusal)(response.errors), true));
        }
        live.documents.complete(&operation, &mut response);
        Some(((live.pen.answer)(response), false))
    }

    /// What executes it.
    pub(super) fn live(&self) -> &Arc<Live> {
        &self.live
    }
}

fn version(news: &Followed) -> Option<u32> {
    let Followed::Event(logged) = news else { return None };
    let Happening::Order(order) = &logged.stored.event.happening else { return None };
    Some(order.version)
}
