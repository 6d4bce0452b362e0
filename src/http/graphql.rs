//! `/graphql`: GraphQL over HTTP (<https://graphql.github.io/graphql-over-http/draft/>).
//!
//! In this order: which media type, who asks, what is asked (the body is read only now), whether it is within the
//! bounds, and then the answer. What was asked before to the letter, and is still answered alike, is answered from the
//! kept answers as soon as it is known who asks.

use std::sync::Arc;

use async_graphql::{Request as Operation, parser::types::OperationType};
use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    response::Response,
};
use bytes::BytesMut;
use futures_util::StreamExt;
use tokio::time::{Instant, timeout_at};

use crate::auth::Scope;

use super::{
    Door, Executed, access,
    answer::{self, Fault},
    kept::{Asked, Rights},
    media::{self, Media},
    parameters,
};

/// Answers GET, HEAD and POST.
pub(super) async fn answer(State(door): State<Door>, request: Request) -> Response {
    let media = Media::negotiate(request.headers());
    match respond(&door, media, request).await {
        Ok(response) => response,
        Err(fault) => fault.answer(media.unwrap_or_default()),
    }
}

/// Answers every other method.
pub(super) async fn wrong_method(headers: HeaderMap) -> Response {
    Fault::Method.answer(Media::negotiate(&headers).unwrap_or_default())
}

async fn respond(door: &Door, media: Option<Media>, request: Request) -> Result<Response, Fault> {
    let deadline = Instant::now() + door.settings().request_timeout;
    let caller = timeout_at(deadline, access::caller(door.0.verifier.as_ref(), request.headers()))
        .await
        .map_err(|_elapsed| Fault::NoVerdict)??;
    let media = media.ok_or(Fault::NotAcceptable)?;
    let by_post = request.method() == Method::POST;
    let text = if by_post {
        body(door, request, deadline).await?
    } else {
        Bytes::copy_from_slice(request.uri().query().unwrap_or_default().as_bytes())
    };
    let asked = Asked { text, by_post, media, rights: Rights(caller) };
    if let Some(body) = door.0.kept.get(&asked) {
        return Ok(answer::finished(media, body));
    }
    let operation =
        if by_post { parameters::from_body(&asked.text)? } else { parameters::from_query(&asked.text)? };
    timeout_at(deadline, execute(door, &asked, operation)).await.map_err(|_elapsed| Fault::Late)?
}

/// The body of a POST.
async fn body(door: &Door, request: Request, deadline: Instant) -> Result<Bytes, Fault> {
    if !media::is_json(request.headers()) || !media::is_plain(request.headers()) {
        return Err(Fault::MediaType);
    }
    let limit = door.settings().body_bytes;
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(Fault::TooLong { limit });
    }
    timeout_at(deadline, read(request.into_body(), limit)).await.map_err(|_elapsed| Fault::Slow)?
}

async fn read(body: Body, limit: usize) -> Result<Bytes, Fault> {
    let mut pieces = body.into_data_stream();
    let mut whole = BytesMut::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_broken| Fault::Broken)?;
        if whole.len().saturating_add(piece.len()) > limit {
            return Err(Fault::TooLong { limit });
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole.freeze())
}

async fn execute(door: &Door, asked: &Asked, mut request: Operation) -> Result<Response, Fault> {
    let (media, caller) = (asked.media, &asked.rights.0);
    let operation = match door.0.documents.prepare(&mut request) {
        Ok(operation) => operation,
        Err(refusal) => return Ok(answer::request_error(media, vec![refusal.into()])),
    };
    if !asked.by_post && operation.kind != OperationType::Query {
        return Err(Fault::NotByGet);
    }
    if operation.introspects && !door.settings().introspection && !caller.may(Scope::Admin) {
        return Err(Fault::Introspection);
    }
    let Executed { mut response, lease } = door.0.executor.execute(request, Arc::clone(caller)).await;
    door.0.documents.complete(&operation, &mut response);
    let whole = operation.kind == OperationType::Query && response.errors.is_empty();
    if let Some(lease) = lease.filter(|_| whole)
        && let Some(body) = answer::text(&response)
    {
        door.0.kept.keep(asked, body.clone(), lease);
        return Ok(answer::finished(media, body));
    }
    Ok(answer::executed(media, response))
}
