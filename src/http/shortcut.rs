//! The way of a question that was answered before: past the router and its layers.
//!
//! A kept answer takes a look at the token and one into a map. The router and the layers around it cost several times that
//! (`docs/performance.md`), and do nothing that such a caller needs but name the answer. So a plain question is read here first; where no
//! answer is kept that still stands, it goes the usual way, with what was read of it, and whatever is wrong with it
//! is answered there.

use std::{panic::AssertUnwindSafe, sync::Arc};

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderName, Method, header},
    response::Response,
};
use futures_util::FutureExt as _;
use tracing::level_filters::LevelFilter;

use super::{
    Door, answer,
    graphql::{self, Handed},
    layers,
    media::Accepted,
};

/// What the layers have something to do about: a page of another origin, a trace to go on with.
const MORE_TO_DO: [HeaderName; 2] = [header::ORIGIN, HeaderName::from_static("traceparent")];

/// The answer, where one is kept; else the request, for the usual way.
pub(super) async fn take(door: &Door, request: Request) -> Result<Response, Request> {
    if !is_plain(&request) {
        return Err(request);
    }
    match AssertUnwindSafe(read(door, request)).catch_unwind().await {
        Ok(taken) => taken,
        Err(payload) => Ok(layers::panicked(payload)),
    }
}

async fn read(door: &Door, request: Request) -> Result<Response, Request> {
    // The usual way refuses for want of a place.
    let Some(place) = door.0.requests.take(door.settings().concurrency) else { return Err(request) };
    let (mut parts, body) = request.into_parts();
    let accepted = Accepted::read(&parts.headers);
    let arrived = graphql::arrive(door, &accepted, (&parts, body)).await;
    if let Ok(arrived) = &arrived
        && let Some((media, finished)) = arrived.kept(door, &accepted)
    {
        let response = answer::finished(media, finished, &parts.headers);
        return Ok(layers::named_like(&parts.headers, response));
    }
    parts.extensions.insert(Handed { accepted, arrived, place: Arc::new(place) });
    Err(Request::from_parts(parts, Body::empty()))
}

/// Whether no layer has anything to do about a request. Where there may be lines or spans about it, they are to name it.
fn is_plain(request: &Request) -> bool {
    request.method() == Method::POST
        && request.uri().path() == "/graphql"
        && LevelFilter::current() < LevelFilter::DEBUG
        && MORE_TO_DO.iter().all(|name| !request.headers().contains_key(name))
}
