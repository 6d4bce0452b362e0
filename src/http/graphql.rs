//! `/graphql`: GraphQL over HTTP (<https://graphql.github.io/graphql-over-http/draft/>).
//!
//! In this order: which media type, who asks, what is asked (the body is read only now), whether it is within the
//! bounds, and then the answer. What was asked before to the letter, and is still answered alike, is answered from the
//! kept answers as soon as it is known who asks.

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, header, request::Parts},
    response::Response,
};
use tokio::time::{Instant, timeout_at};

use super::{
    Door, access,
    answer::{self, Fault},
    body::{self, Unread},
    kept::{Asked, Finished, Rights},
    media::{self, Accepted, Media},
    operation::{self, Prepared, Refused},
    parameters,
    places::Place,
    subscriptions::{self, socket},
};
use crate::auth::Caller;

/// Answers GET, HEAD and POST.
pub(super) async fn answer(State(door): State<Door>, request: Request) -> Response {
    let handed = request.extensions().get::<Handed>();
    let accepted = handed.map_or_else(|| Accepted::read(request.headers()), |handed| handed.accepted.clone());
    let media = accepted.whole.unwrap_or_default();
    let answered = if socket::is_asked_for(&request) {
        socket::open(door, request).await
    } else {
        respond(&door, accepted, request).await
    };
    answered.unwrap_or_else(|fault| fault.answer(media))
}

/// Answers every other method.
pub(super) async fn wrong_method(headers: HeaderMap) -> Response {
    Fault::Method.answer(Accepted::read(&headers).whole.unwrap_or_default())
}

async fn respond(door: &Door, accepted: Accepted, request: Request) -> Result<Response, Fault> {
    let (mut parts, body) = request.into_parts();
    let (arrived, place) = match parts.extensions.remove::<Handed>() {
        Some(Handed { arrived, place, .. }) => (arrived?, Some(place)),
        None => (arrive(door, &accepted, (&parts, body)).await?, None),
    };
    let asked = arrived.asked(door, &accepted);
    // For what was handed on, it was looked for already.
    if place.is_none()
        && let Some(asked) = &asked
        && let Some(finished) = door.0.kept.get(asked)
    {
        return Ok(answer::finished(asked.media, finished, &parts.headers));
    }
    let Arrived { caller, text, by_post, deadline } = arrived;
    let parameters = if by_post { parameters::from_body(&text)? } else { parameters::from_query(&text)? };
    let prepared = operation::prepare(door, caller, parameters);
    let kind = prepared.as_ref().map(Prepared::kind);
    if !by_post && matches!(kind, Ok(OperationType::Mutation)) {
        return Err(Fault::NotByGet);
    }
    match (asked, accepted.stream) {
        (asked, Some(transport)) if asked.is_none() || matches!(kind, Ok(OperationType::Subscription)) => {
            subscriptions::respond(door, transport, prepared, subscriptions::resume(&parts.headers)?)
        }
        (Some(asked), _) => timeout_at(deadline, whole_answer(door, (&asked, &parts.headers), prepared))
            .await
            .map_err(|_elapsed| Fault::Late)?,
        (None, _) => Err(Fault::NotAcceptable),
    }
}

/// A request as far as it is read before its document is looked at.
#[derive(Clone, Debug)]
pub(super) struct Arrived {
    caller: Arc<Caller>,
    /// The body of a POST, else the query string.
    text: Bytes,
    by_post: bool,
    /// When its answer is due.
    deadline: Instant,
}

/// A request that was read on the way here, or why it could not be.
#[derive(Clone, Debug)]
pub(super) struct Handed {
    pub accepted: Accepted,
    pub arrived: Result<Arrived, Fault>,
    /// Its place among the requests under way.
    pub place: Arc<Place>,
}

impl Arrived {
    /// What the answer depends on; `None` where it cannot be in one piece.
    fn asked(&self, door: &Door, accepted: &Accepted) -> Option<Asked> {
        let (text, by_post, rights) = (self.text.clone(), self.by_post, Rights(Arc::clone(&self.caller)));
        let edition = door.0.documents.edition();
        accepted.whole.map(|media| Asked { text, by_post, media, rights, edition })
    }

    /// The kept answer, if there is one that still stands.
    pub(super) fn kept(&self, door: &Door, accepted: &Accepted) -> Option<(Media, Finished)> {
        let asked = self.asked(door, accepted)?;
        Some((asked.media, door.0.kept.get(&asked)?))
    }
}

/// Reads a request: how it may be answered, who asks, what is asked.
pub(super) async fn arrive(
    door: &Door,
    accepted: &Accepted,
    (parts, body): (&Parts, Body),
) -> Result<Arrived, Fault> {
    let deadline = Instant::now() + door.settings().request_timeout;
    let caller = timeout_at(deadline, access::caller(door, &parts.headers))
        .await
        .map_err(|_elapsed| Fault::NoVerdict)??;
    if accepted.whole.is_none() && accepted.stream.is_none() {
        return Err(Fault::NotAcceptable);
    }
    let by_post = parts.method == Method::POST;
    let text = if by_post {
        text_of(door, (&parts.headers, body), deadline).await?
    } else {
        Bytes::copy_from_slice(parts.uri.query().unwrap_or_default().as_bytes())
    };
    Ok(Arrived { caller, text, by_post, deadline })
}

/// The answer to a query or a mutation, in one piece.
async fn whole_answer(
    door: &Door,
    (asked, headers): (&Asked, &HeaderMap),
    prepared: Result<Prepared, Refused>,
) -> Result<Response, Fault> {
    let media = asked.media;
    let prepared = match prepared {
        Ok(prepared) if prepared.kind() == OperationType::Subscription => {
            return Ok(answer::request_error(media, vec![Fault::NeedsStream.tell()]));
        }
        Ok(prepared) => prepared,
        Err(Refused::Fault(fault)) => return Err(fault),
        Err(refused @ Refused::Document(_)) => return Ok(answer::request_error(media, vec![refused.tell()])),
    };
    let counted = prepared.counted.clone();
    let (response, lease) = prepared.run(door).await;
    if let Some(lease) = lease
        && let Some(body) = answer::text(&response)
    {
        return Ok(answer::finished(media, door.0.kept.keep(asked, body, lease, counted), headers));
    }
    Ok(answer::executed(media, response))
}

/// What is asked by POST, as it was sent.
async fn text_of(
    door: &Door,
    (headers, body): (&HeaderMap, Body),
    deadline: Instant,
) -> Result<Bytes, Fault> {
    if !media::is_json(headers) || !media::is_plain(headers) {
        return Err(Fault::MediaType);
    }
    let limit = door.settings().body_bytes;
    let announced = headers.get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(Fault::TooLong { limit });
    }
    let deadline = deadline.min(Instant::now() + door.settings().body_timeout);
    let read = timeout_at(deadline, body::whole(body, limit)).await;
    read.map_err(|_elapsed| Fault::Slow)?.map_err(|unread| match unread {
        Unread::TooLong => Fault::TooLong { limit },
        Unread::Broken => Fault::Broken,
    })
}
