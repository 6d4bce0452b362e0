//! Subscriptions, executed: one execution an event for all who follow the same.
//!
//! A subscription is executed once without an event, to learn what it wants ([`Plan`]); then once for each event that it
//! wants, each time on behalf of an asker of its own. Who asks for the same (document, variables but for the cursor,
//! rights) is given the same bytes, made once (`shared`). Who is behind those, since it came with an old cursor or reads
//! slowly, executes by itself what it missed, from the log, until it has caught up.

mod execution;
mod shared;
mod subscriber;
#[cfg(test)]
mod tests;
mod turn;

use std::{fmt, sync::Arc, time::Duration};

use async_graphql::{Request, Response, ServerError};
use bytes::Bytes;
use futures_util::{
    FutureExt as _,
    stream::{self, BoxStream, StreamExt as _},
};
use tokio::sync::watch;

use self::{
    execution::Execution,
    shared::{Key, Sharing},
    subscriber::Subscriber,
};
use super::{Schema, document::Documents};
use crate::{auth::Caller, domain::Place, gateway::Gateway};

pub use turn::{Plan, Turn};

/// One answer to a subscription.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The place of the event that it tells of; `None`: it tells how things are now, or of a refusal.
    pub place: Option<Place>,
    /// The answer, written down; of a refusal its `errors` without `data`.
    pub body: Bytes,
    /// Whether the subscription was refused.
    pub refused: bool,
    /// Which version of its order it tells of.
    version: Option<u32>,
}

/// How answers are written down.
#[derive(Clone, Copy, Debug)]
pub struct Pen {
    /// An answer.
    pub answer: fn(Response) -> Bytes,
    /// The errors of a refusal.
    pub refusal: fn(Vec<ServerError>) -> Bytes,
}

/// Executes subscriptions.
pub struct Live {
    schema: Schema,
    gateway: Arc<Gateway>,
    documents: Arc<Documents>,
    patience: watch::Receiver<Duration>,
    pen: Pen,
    sharing: Sharing,
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}

impl Live {
    /// Executes subscriptions of this schema; what an event's execution asks of vendors is waited for so long.
    pub fn new(
        (schema, gateway): (Schema, Arc<Gateway>),
        documents: Arc<Documents>,
        patience: watch::Receiver<Duration>,
        pen: Pen,
    ) -> Arc<Self> {
        Arc::new(Self { schema, gateway, documents, patience, pen, sharing: Sharing::default() })
    }

    /// The answers to a subscription; after `resume`, which wins over its own cursor, or from now on.
    pub fn subscribe(
        self: &Arc<Self>,
        mut request: Request,
        caller: Arc<Caller>,
        resume: Option<Place>,
    ) -> BoxStream<'static, Answer> {
        let live = Arc::clone(self);
        let subscribing = async move {
            let key = Key::of(&mut request, &caller);
            let execution = Arc::new(Execution::new(Arc::clone(&live), request, caller));
            match execution.plan().await {
                Ok(plan) => {
                    let group = live.sharing.join(key, &execution, &plan.wanted);
                    Subscriber::new(group, &plan, resume).answers().boxed()
                }
                Err(refusal) => stream::iter([refusal]).boxed(),
            }
        };
        // Boxed, to be gone once it is done: what follows may follow for days.
        stream::once(subscribing.boxed()).flatten().boxed()
    }
}
