//! The way of a question that was answered before: past the router and its layers.
//!
//! A kept answer takes a look at the token and one into a map. The router and the layers around it cost several times that
//! (`docs/performance.md`), and do nothing for such an answer but name it. So a plain question is read here first; where no
//! answer is kept that still stands, it goes the usual way, with what was read of it, and whatever is wrong with it
//! is answered there.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderName, Method, header},
    response::Response,
};

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
    // Reading takes one of the places that the usual way takes too, and refuses for want of.
    let Some(place) = door.0.requests.take(door.settings().concurrency) else { return Err(request) };
    let (mut parts, body) = request.into_parts();
    let arrived = graphql::arrive(door, Accepted::read(&parts.headers), (&parts, body)).await;
    if let Ok(arrived) = &arrived
        && let Some((media, finished)) = arrived.kept(door)
    {
        let response = answer::finished(media, finished, &parts.headers);
        return Ok(layers::named_like(&parts.headers, response));
    }
    drop(place);
    parts.extensions.insert(Handed(arrived));
    Err(Request::from_parts(parts, Body::empty()))
}

fn is_plain(request: &Request) -> bool {
    request.method() == Method::POST
        && request.uri().path() == "/graphql"
        && MORE_TO_DO.iter().all(|name| !request.headers().contains_key(name))
}
