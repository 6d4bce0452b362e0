//! `/graphql`: GraphQL over HTTP (<https://graphql.github.io/graphql-over-http/draft/>).
//!
//! In this order: which media type, who asks, what is asked (the body is read only now), whether it is within the
//! bounds, and then the answer.

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

use crate::auth::{Caller, Scope};

use super::{
    Door, access,
    answer::{self, Fault},
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
    let operation = if by_post {
        from_post(door, request, deadline).await?
    } else {
        parameters::from_query(request.uri().query().unwrap_or_default())?
    };
    timeout_at(deadline, execute(door, media, by_post, (operation, caller)))
        .await
        .map_err(|_elapsed| Fault::Late)?
}

async fn from_post(door: &Door, request: Request, deadline: Instant) -> Result<Operation, Fault> {
    if !media::is_json(request.headers()) || !media::is_plain(request.headers()) {
        return Err(Fault::MediaType);
    }
    let limit = door.settings().body_bytes;
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(Fault::TooLong { limit });
    }
    let body =
        timeout_at(deadline, read(request.into_body(), limit)).await.map_err(|_elapsed| Fault::Slow)??;
    parameters::from_body(&body)
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

async fn execute(
    door: &Door,
    media: Media,
    by_post: bool,
    (mut request, caller): (Operation, Arc<Caller>),
) -> Result<Response, Fault> {
    let operation = match door.0.documents.prepare(&mut request) {
        Ok(operation) => operation,
        Err(refusal) => return Ok(answer::request_error(media, vec![refusal.into()])),
    };
    if !by_post && operation.kind != OperationType::Query {
        return Err(Fault::NotByGet);
    }
    if operation.introspects && !door.settings().introspection && !caller.may(Scope::Admin) {
        return Err(Fault::Introspection);
    }
    let mut response = door.0.executor.execute(request, caller).await;
    door.0.documents.complete(&operation, &mut response);
    Ok(answer::executed(media, response))
}
