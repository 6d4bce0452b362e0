//! Every layer between the socket and the routes, in one function, with a why for each.

use std::{any::Any, time::Duration};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    cors::{AllowOrigin, CorsLayer},
    request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    trace::{DefaultOnFailure, TraceLayer},
};
use tracing::{Level, Span, field::Empty};

use super::{
    Door,
    answer::Fault,
    graphql::Handed,
    media::{Accepted, Media},
    subscriptions::LAST_EVENT_ID,
};
use crate::telemetry::traces;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const NO_SNIFFING: HeaderValue = HeaderValue::from_static("nosniff");

/// How much of a request's id is logged.
const REQUEST_ID_BYTES: usize = 64;

/// How long a browser may remember what a preflight said.
const PREFLIGHT_AGE: Duration = Duration::from_mins(10);

/// Puts the layers around the routes: `guarded` costs something to answer, `open` must be answered always. From the
/// outermost to the innermost:
pub(super) fn around(guarded: Router<Door>, open: Router<Door>, door: Door) -> Router {
    let settings = door.settings();
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::list(settings.cors_origins.clone()))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, LAST_EVENT_ID])
        .expose_headers([REQUEST_ID, header::RETRY_AFTER])
        .max_age(PREFLIGHT_AGE);

    let outer = ServiceBuilder::new()
        // First, so that everything below can name the request; a caller's own id is kept, to follow it through.
        .layer(SetRequestIdLayer::new(REQUEST_ID, NewId))
        // One span per request. Neither query text nor variables nor the URL's query are in it: they may hold secrets.
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span)
                .on_failure(DefaultOnFailure::new().level(Level::WARN)),
        )
        // The answer names the request too; within the trace, for the span's answer to be complete.
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        // No answer is to be taken for another type than it says.
        .layer(SetResponseHeaderLayer::if_not_present(header::X_CONTENT_TYPE_OPTIONS, NO_SNIFFING))
        // Around the panics, so that a page of an allowed origin can read even that answer; it answers preflights.
        .layer(cors)
        // A panic costs its own request, not the connection; within CORS and the trace, outside of all our code.
        .layer(CatchPanicLayer::custom(panicked));

    // At the bound we refuse at once instead of queueing: a queue only makes every answer late. Health stays
    // outside, else a busy gateway would be taken for a dead one. A stream is under way until it began; then it has
    // its own bound.
    let guarded = guarded.layer(from_fn_with_state(door.clone(), shed));
    // The pages' files are large and public. Answers stay uncompressed: they would cost the hot path time, and mix
    // secrets with a caller's words (BREACH).
    let open = open.layer(CompressionLayer::new());

    guarded.merge(open).layer(outer).with_state(door)
}

/// The layers of what platforms send: each request is named, like those of callers.
pub(super) fn named(router: Router) -> Router {
    let layers = ServiceBuilder::new().layer(SetRequestIdLayer::new(REQUEST_ID, NewId)).layer(
        TraceLayer::new_for_http()
            .make_span_with(span)
            .on_failure(DefaultOnFailure::new().level(Level::WARN)),
    );
    router.layer(layers)
}

/// What the layers put on an answer to a request that no other origin's page sent, for one that does not come through them.
pub(super) fn named_like(asking: &HeaderMap, mut answer: Response) -> Response {
    let headers = answer.headers_mut();
    if let Some(id) = asking.get(REQUEST_ID).cloned().or_else(new_id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NO_SNIFFING);
    answer
}

/// Names a request that came without a name.
#[derive(Clone, Copy, Debug)]
struct NewId;

impl MakeRequestId for NewId {
    fn make_request_id<B>(&mut self, _request: &http::Request<B>) -> Option<RequestId> {
        new_id().map(RequestId::new)
    }
}

/// Of the thread's own generator: asking the system for each would cost more than the rest of a short answer.
fn new_id() -> Option<HeaderValue> {
    let mut id = [0; 32];
    hex::encode_to_slice(rand::random::<[u8; 16]>(), &mut id).ok()?;
    HeaderValue::from_bytes(&id).ok()
}

fn span(request: &Request) -> Span {
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
    // A caller's own id may be of any length.
    let id = id.map(|id| id.get(..REQUEST_ID_BYTES).unwrap_or(id));
    let path = request.extensions().get::<MatchedPath>().map_or("unknown", MatchedPath::as_str);
    // Of the highest level: whatever is logged of a request, its line names the request.
    let span = tracing::error_span!(
        "request",
        id,
        method = %request.method(),
        path,
        trace_id = Empty,
    );
    traces::adopt(&span, request.headers());
    span
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that tower-http asks for")]
pub(super) fn panicked(payload: Box<dyn Any + Send>) -> Response {
    let what = payload.downcast_ref::<String>().map(String::as_str);
    let what = what.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no words");
    tracing::error!(panic = what, "a request panicked");
    Fault::Panic.answer(Media::default())
}

async fn shed(State(door): State<Door>, request: Request, next: Next) -> Response {
    // What was read on the way here has a place.
    if request.extensions().get::<Handed>().is_some() {
        return next.run(request).await;
    }
    let Some(_place) = door.0.requests.take(door.settings().concurrency) else {
        return Fault::Busy.answer(Accepted::read(request.headers()).whole.unwrap_or_default());
    };
    next.run(request).await
}
