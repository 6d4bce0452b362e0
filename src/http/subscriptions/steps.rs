//! An operation as a row of steps, the same for every transport.

use std::{iter, panic::AssertUnwindSafe};

use async_graphql::{ServerError, parser::types::OperationType};
use bytes::Bytes;
use futures_util::{
    FutureExt,
    future::ready,
    stream::{self, BoxStream, StreamExt},
};
use serde::Deserialize;
use tokio::time::timeout;

use crate::{
    domain::Place,
    http::{
        Door, Followed,
        answer::{self, Fault},
        callers::Sort,
        operation::Prepared,
        suggestions,
    },
    telemetry::metrics,
};

/// One step of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// An answer, as JSON in one line, and the place of the event that it tells of.
    Next(Option<Place>, Bytes),
    /// The operation was refused; its errors, as a JSON array. The last step.
    Refused(Bytes),
    /// There is nothing more to come. The last step.
    Over,
}

impl Step {
    fn refused(errors: Vec<ServerError>) -> Self {
        Self::Refused(answer::error_list(errors))
    }

    fn fault(fault: &Fault) -> Self {
        Self::refused(vec![fault.tell()])
    }

    /// Whether no other step follows.
    pub(super) const fn is_last(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Over)
    }
}

/// Runs an operation. The row has one last step. A panic costs its own operation alone.
///
/// # Errors
/// Where the caller follows as much as they may.
pub(super) fn steps(
    door: &Door,
    prepared: Prepared,
    resume: Option<Place>,
    transport: metrics::Transport,
) -> Result<BoxStream<'static, Step>, Fault> {
    if prepared.kind() == OperationType::Subscription {
        let settings = door.settings();
        let (share, hidden) = (&settings.share, prepared.hides_suggestions(door));
        let held = door.0.callers.hold(prepared.caller(), Sort::Subscription, share)?;
        let followed_by = metrics::Subscription::open(transport);
        let (request, caller, mut following, mut registers) = prepared.into_request();
        let followed = door.0.behind.subscriber.subscribe(request, caller, resume);
        let door = door.clone();
        let steps = AssertUnwindSafe(followed)
            .catch_unwind()
            .map(move |followed| {
                // Held as long as it is followed.
                let _ = &held;
                if followed.as_ref().is_ok_and(|followed| !followed.refused)
                    && let Some(registers) = registers.take()
                {
                    registers.executed(&door);
                }
                let Ok(followed) = followed else {
                    following.failed();
                    return Step::fault(&Fault::Panic);
                };
                step(followed, hidden, &mut following)
            })
            .chain(stream::once(ready(Step::Over)))
            .scan(false, move |over, step| {
                let _counted = &followed_by;
                let before = std::mem::replace(over, *over || step.is_last());
                ready((!before).then_some(step))
            })
            .boxed();
        return Ok(steps);
    }
    let answer = AssertUnwindSafe(single(door.clone(), prepared)).catch_unwind();
    let steps = answer.map(|step| {
        let step = step.unwrap_or_else(|_panic| Step::fault(&Fault::Panic));
        let over = (!step.is_last()).then_some(Step::Over);
        stream::iter(iter::once(step).chain(over))
    });
    Ok(steps.flatten_stream().boxed())
}

/// A step of a subscription; its refusal without suggestions where these are hidden.
fn step(followed: Followed, hidden: bool, following: &mut metrics::Following) -> Step {
    /// What a refused subscription brings.
    #[derive(Deserialize)]
    struct Body {
        errors: Vec<ServerError>,
    }

    let Followed { place, body, refused } = followed;
    if !refused {
        following.told();
        return Step::Next(place, body);
    }
    match serde_json::from_slice::<Body>(&body) {
        Ok(Body { mut errors }) => {
            following.refused(&errors.first().map(answer::code).unwrap_or_default());
            if hidden {
                suggestions::remove(&mut errors);
            }
            Step::refused(errors)
        }
        Err(error) => {
            tracing::error!(%error, "a subscription was refused without errors");
            following.failed();
            Step::fault(&Fault::Panic)
        }
    }
}

/// The one answer to a query or a mutation, within the bounds of every request.
async fn single(door: Door, prepared: Prepared) -> Step {
    let place = door.0.requests.take(door.settings().concurrency);
    let Some(_place) = place else { return Step::fault(&Fault::Busy) };
    let Ok((response, _lease)) = timeout(door.settings().request_timeout, prepared.run(&door)).await else {
        return Step::fault(&Fault::Late);
    };
    match answer::presented(response) {
        Ok(response) => {
            answer::text(&response).map_or_else(|| Step::fault(&Fault::Panic), |body| Step::Next(None, body))
        }
        Err(errors) => Step::refused(errors),
    }
}
