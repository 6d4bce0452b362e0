//! What platforms send: InHand's messages and questions, Dingshang's callbacks.
//!
//! Each is answered only after it is stored. Bodies are bounded in size and time, and what is refused is answered shortly,
//! in the platform's own shape.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Path, RawQuery, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::post,
};
use bytes::Bytes;
use tokio::time::timeout;

use super::{
    body::{self, Unread},
    layers,
};
use crate::{
    gateway::{Reception, reception::Rejected},
    vendor::inhand::webhook::{Answer, Message},
};

/// The longest body of a platform's, in bytes: a machine of a hundred shelves takes a tenth of it.
const LONGEST: usize = 256 * 1024;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// The addresses that platforms know.
pub fn webhooks(reception: Arc<Reception>) -> Router {
    let routes = Router::new()
        .route("/webhooks/inhand/{account}/{message}", post(message))
        .route("/webhooks/dingshang/{account}/{token}", post(callback))
        .route("/osapi/pickupcode/check", post(check))
        .route("/osapi/pickupcode/use", post(used))
        .layer(DefaultBodyLimit::disable())
        .with_state(reception);
    layers::named(routes)
}

async fn message(
    State(reception): State<Arc<Reception>>,
    Path((account, message)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    body: Body,
) -> Response {
    let Some(message) = Message::of_word(&message) else { return StatusCode::NOT_FOUND.into_response() };
    let body = match read(body).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let query = query.unwrap_or_default();
    match reception.message(&account, message, (query.as_bytes(), &body)).await {
        Ok(_) => told(StatusCode::OK, Answer::Success.to_json()),
        Err(rejected) => refused(&rejected),
    }
}

async fn callback(
    State(reception): State<Arc<Reception>>,
    Path((account, token)): Path<(String, String)>,
    body: Body,
) -> Response {
    let body = match read(body).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    match reception.callback(&account, &token, &body).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(Rejected::NotFound) => StatusCode::NOT_FOUND.into_response(),
        Err(rejected) => {
            tracing::warn!(error = %rejected, "a callback was not stored");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn check(State(reception): State<Arc<Reception>>, RawQuery(query): RawQuery, body: Body) -> Response {
    let body = match read(body).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    answered(reception.check(query.unwrap_or_default().as_bytes(), &body).await)
}

async fn used(State(reception): State<Arc<Reception>>, RawQuery(query): RawQuery, body: Body) -> Response {
    let body = match read(body).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    answered(reception.used(query.unwrap_or_default().as_bytes(), &body).await)
}

fn answered(answer: Result<Vec<u8>, Rejected>) -> Response {
    match answer {
        Ok(answer) => told(StatusCode::OK, answer),
        Err(rejected) => refused(&rejected),
    }
}

fn refused(rejected: &Rejected) -> Response {
    let (status, code) = match rejected {
        Rejected::NotFound => return StatusCode::NOT_FOUND.into_response(),
        Rejected::Refused(refusal) => {
            let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
            (status, refusal.error_code())
        }
        Rejected::Gateway(_) => {
            tracing::warn!(error = %rejected, "a message was not stored");
            (StatusCode::SERVICE_UNAVAILABLE, "TRY_AGAIN")
        }
    };
    told(status, Answer::Fail(code).to_json())
}

fn told(status: StatusCode, answer: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], answer).into_response()
}

/// The body, bounded; or the refusal.
async fn read(body: Body) -> Result<Bytes, Response> {
    let read = match timeout(PATIENCE, body::whole(body, LONGEST)).await {
        Err(_late) => Err((StatusCode::REQUEST_TIMEOUT, "TOO_SLOW")),
        Ok(Err(Unread::TooLong)) => Err((StatusCode::PAYLOAD_TOO_LARGE, "TOO_LONG")),
        Ok(Err(Unread::Broken)) => Err((StatusCode::BAD_REQUEST, "BROKEN_OFF")),
        Ok(Ok(body)) => Ok(body),
    };
    read.map_err(|(status, code)| told(status, Answer::Fail(code).to_json()))
}
