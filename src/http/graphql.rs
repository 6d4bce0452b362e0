//! `/graphql`: GraphQL over HTTP (<https://graphql.github.io/graphql-over-http/draft/>).
//!
//! In this order: which media type, who asks, what is asked (the body is read only now), whether it is within the
//! bounds, and then the answer. What was asked before to the letter, and is still answered alike, is answered from the
//! kept answers as soon as it is known who asks.

use async_graphql::parser::types::OperationType;
use axum::{
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    response::Response,
};
use tokio::time::{Instant, timeout_at};

use super::{
    Door, access,
    answer::{self, Fault},
    body::{self, Unread},
    kept::{Asked, Rights},
    media::{self, Accepted},
    operation::{self, Prepared, Refused},
    parameters,
    subscriptions::{self, socket},
};

/// Answers GET, HEAD and POST.
pub(super) async fn answer(State(door): State<Door>, request: Request) -> Response {
    let accepted = Accepted::read(request.headers());
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
    let deadline = Instant::now() + door.settings().request_timeout;
    let caller = timeout_at(deadline, access::caller(door, request.headers()))
        .await
        .map_err(|_elapsed| Fault::NoVerdict)??;
    let Accepted { whole, stream } = accepted;
    if whole.is_none() && stream.is_none() {
        return Err(Fault::NotAcceptable);
    }
    let resume = subscriptions::resume(request.headers());
    let by_post = request.method() == Method::POST;
    let (text, headers) = text_of(door, request, deadline).await?;
    let edition = door.0.documents.edition();
    let rights = Rights(caller.clone());
    let asked = whole.map(|media| Asked { text: text.clone(), by_post, media, rights, edition });
    if let Some(asked) = &asked
        && let Some(finished) = door.0.kept.get(asked)
    {
        return Ok(answer::finished(asked.media, finished, &headers));
    }
    let parameters = if by_post { parameters::from_body(&text)? } else { parameters::from_query(&text)? };
    let prepared = operation::prepare(door, caller, parameters);
    let kind = prepared.as_ref().map(Prepared::kind);
    if !by_post && matches!(kind, Ok(OperationType::Mutation)) {
        return Err(Fault::NotByGet);
    }
    match (asked, stream) {
        (asked, Some(transport)) if asked.is_none() || matches!(kind, Ok(OperationType::Subscription)) => {
            subscriptions::respond(door, transport, prepared, resume?)
        }
        (Some(asked), _) => timeout_at(deadline, whole_answer(door, (&asked, &headers), prepared))
            .await
            .map_err(|_elapsed| Fault::Late)?,
        (None, _) => Err(Fault::NotAcceptable),
    }
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

/// What is asked, as it was sent: the body of a POST, else the query string; and the request's headers.
async fn text_of(door: &Door, request: Request, deadline: Instant) -> Result<(Bytes, HeaderMap), Fault> {
    let (parts, body) = request.into_parts();
    let headers = parts.headers;
    if parts.method != Method::POST {
        return Ok((Bytes::copy_from_slice(parts.uri.query().unwrap_or_default().as_bytes()), headers));
    }
    if !media::is_json(&headers) || !media::is_plain(&headers) {
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
    let text = read.map_err(|_elapsed| Fault::Slow)?.map_err(|unread| match unread {
        Unread::TooLong => Fault::TooLong { limit },
        Unread::Broken => Fault::Broken,
    })?;
    Ok((text, headers))
}
