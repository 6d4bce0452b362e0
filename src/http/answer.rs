//! What goes out: GraphQL's answers, and every fault in the same shape.

use std::{borrow::Cow, convert::Infallible, time::Duration};

use async_graphql::{ErrorExtensionValues, Response as Executed, ServerError, Value};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use bytes::Bytes;
use futures_util::stream;
use serde::Serialize;

use super::{
    callers::Sort,
    fresh,
    kept::{Caching, Finished},
    media::Media,
};
use crate::{
    gateway::Code,
    graphql::{
        document::{Unfound, is_refused},
        json,
    },
    telemetry::metrics,
};

/// Most errors of one request that are told: the validator may find thousands in a hostile document.
const ERRORS: usize = 20;

/// The longest message, in characters, of an error that is not ours: the parser and the validator quote the caller.
const MESSAGE_CHARACTERS: usize = 400;

/// The code of Apollo's protocol for a document whose name is not known: none of the contract's.
const PERSISTED_QUERY_NOT_FOUND: &str = "PERSISTED_QUERY_NOT_FOUND";

/// Every code that clients may read.
pub fn codes() -> impl Iterator<Item = &'static str> {
    Code::words().chain([PERSISTED_QUERY_NOT_FOUND])
}

/// What is sent for an answer that cannot be written.
const UNWRITABLE: &[u8] =
    br#"{"errors":[{"message":"something went wrong on our side","extensions":{"code":"INTERNAL"}}]}"#;

/// A request that reached no operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("a valid token is needed: `Authorization: Bearer …`")]
    NoToken,
    #[error("the token is not valid")]
    BadToken,
    #[error("the token has expired")]
    OldToken,
    #[error("tokens cannot be verified at the moment")]
    NoVerdict,
    #[error("the answer can be `application/graphql-response+json` or `application/json`")]
    NotAcceptable,
    #[error("the body must be `application/json` in UTF-8, not compressed")]
    MediaType,
    #[error("only GET and POST are answered here")]
    Method,
    #[error("only queries may be sent with GET: use POST")]
    NotByGet,
    #[error("{0}")]
    Parameters(String),
    #[error("the body is longer than {limit} bytes")]
    TooLong { limit: usize },
    #[error("the body did not arrive in time")]
    Slow,
    #[error("the body broke off")]
    Broken,
    #[error("the answer was not ready in time")]
    Late,
    #[error("too many requests are under way: try again")]
    Busy,
    #[error("the schema is not shown to this caller")]
    Introspection,
    #[error("the gateway is restarting: subscribe again")]
    Restarting,
    #[error("the WebSocket cannot be opened: {0}")]
    Handshake(String),
    #[error(
        "a subscription is answered over a WebSocket, or to `Accept: text/event-stream` or \
         `multipart/mixed;subscriptionSpec=1.0`"
    )]
    NeedsStream,
    #[error("at most {limit} operations may be under way on one connection")]
    TooManyOperations { limit: usize },
    #[error("this caller asks too often: try again in {}", in_words(*wait))]
    TooFast { wait: Duration },
    #[error("this caller has {limit} {} open already, and may have no more", match sort {
        Sort::Stream => "sockets and streams",
        Sort::Subscription => "subscriptions",
    })]
    TooManyOfCaller { sort: Sort, limit: usize },
    #[error("{0}")]
    Unfound(#[from] Unfound),
    #[error("something went wrong on our side")]
    Panic,
}

/// A time to wait, in whole seconds and at least one.
fn in_words(wait: Duration) -> String {
    match seconds(wait) {
        1 => "1 second".to_owned(),
        more => format!("{more} seconds"),
    }
}

fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0 || wait.is_zero())
}

impl Fault {
    const fn status(&self) -> StatusCode {
        match self {
            Self::NoToken | Self::BadToken | Self::OldToken => StatusCode::UNAUTHORIZED,
            Self::NoVerdict | Self::Busy | Self::Restarting => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Method | Self::NotByGet => StatusCode::METHOD_NOT_ALLOWED,
            Self::Parameters(_) | Self::Broken | Self::Handshake(_) | Self::NeedsStream => {
                StatusCode::BAD_REQUEST
            }
            Self::TooManyOperations { .. } | Self::TooFast { .. } | Self::TooManyOfCaller { .. } => {
                StatusCode::TOO_MANY_REQUESTS
            }
            Self::TooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::Late => StatusCode::GATEWAY_TIMEOUT,
            Self::Introspection | Self::Unfound(Unfound::Untrusted) => StatusCode::FORBIDDEN,
            // As Apollo's servers answer, in every media type: Apollo's clients for iOS look into no other answer.
            Self::Unfound(Unfound::UnknownHash) => StatusCode::OK,
            Self::Unfound(Unfound::UnknownId | Unfound::OtherText) => StatusCode::BAD_REQUEST,
            Self::Panic => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The contract's code; `None`: the word of Apollo's protocol, which clients take as the one to send the document.
    const fn of_contract(&self) -> Option<Code> {
        Some(match self {
            Self::NoToken | Self::BadToken | Self::OldToken => Code::Unauthenticated,
            Self::NoVerdict
            | Self::Late
            | Self::Busy
            | Self::Restarting
            | Self::TooManyOperations { .. }
            | Self::TooFast { .. }
            | Self::TooManyOfCaller { .. } => Code::Overloaded,
            Self::NotAcceptable
            | Self::MediaType
            | Self::Method
            | Self::NotByGet
            | Self::Parameters(_)
            | Self::TooLong { .. }
            | Self::Slow
            | Self::Broken
            | Self::Handshake(_)
            | Self::NeedsStream
            | Self::Unfound(Unfound::OtherText) => Code::BadUserInput,
            Self::Introspection | Self::Unfound(Unfound::Untrusted) => Code::Forbidden,
            Self::Unfound(Unfound::UnknownHash | Unfound::UnknownId) => return None,
            Self::Panic => Code::Internal,
        })
    }

    /// The code that clients read.
    fn code(&self) -> &'static str {
        self.of_contract().map_or(PERSISTED_QUERY_NOT_FOUND, Code::word)
    }

    /// A header that this fault's status demands.
    fn header(&self) -> Option<(header::HeaderName, HeaderValue)> {
        match self {
            Self::NoToken => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            Self::BadToken | Self::OldToken => {
                Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\"")))
            }
            Self::NoVerdict | Self::Busy | Self::Restarting | Self::TooManyOfCaller { .. } => {
                Some((header::RETRY_AFTER, HeaderValue::from_static("1")))
            }
            Self::TooFast { wait } => Some((header::RETRY_AFTER, HeaderValue::from(seconds(*wait)))),
            Self::NotByGet => Some((header::ALLOW, HeaderValue::from_static("POST"))),
            Self::Method => Some((header::ALLOW, HeaderValue::from_static("GET,HEAD,POST"))),
            Self::Slow => Some((header::CONNECTION, HeaderValue::from_static("close"))),
            Self::NotAcceptable
            | Self::MediaType
            | Self::Parameters(_)
            | Self::TooLong { .. }
            | Self::Broken
            | Self::Late
            | Self::Introspection
            | Self::Handshake(_)
            | Self::NeedsStream
            | Self::TooManyOperations { .. }
            | Self::Unfound(_)
            | Self::Panic => None,
        }
    }

    /// The error that the caller is told of it, which is counted: every refusal is told once. What comes too late is an
    /// operation that is counted already.
    pub(super) fn tell(&self) -> ServerError {
        if *self != Self::Late {
            metrics::refused(self.code());
        }
        self.error()
    }

    /// The fault as GraphQL's error.
    pub(super) fn error(&self) -> ServerError {
        let mut error = ServerError::new(self.to_string(), None);
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", self.code());
        error.extensions = Some(extensions);
        error
    }

    /// The fault as an answer, counted. Its status says the same in both media types: the request could not be read, or not
    /// be let in.
    pub(super) fn answer(&self, media: Media) -> Response {
        let mut response = refused(media, self.status(), &[self.tell()]);
        if let Some((name, value)) = self.header() {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// A request whose parameters could be read, but whose document or variables are wrong.
///
/// `application/json` knows only 200 for it (GraphQL over HTTP §6.4.1); the newer media type says 400.
pub(super) fn request_error(media: Media, mut errors: Vec<ServerError>) -> Response {
    present(&mut errors);
    let status = match media {
        Media::GraphqlResponse => StatusCode::BAD_REQUEST,
        Media::Json => StatusCode::OK,
    };
    refused(media, status, &errors)
}

/// The errors of a request that was refused, as a JSON array.
pub(super) fn error_list(mut errors: Vec<ServerError>) -> Bytes {
    present(&mut errors);
    text(&errors).unwrap_or(Bytes::from_static(b"[]"))
}

/// Makes the errors of a refused request fit to be told: not too many, not too long, each with its code.
fn present(errors: &mut Vec<ServerError>) {
    errors.truncate(ERRORS);
    for error in errors {
        shorten(&mut error.message);
        ensure_code(error, "BAD_USER_INPUT");
    }
}

/// What async-graphql answered.
pub(super) fn executed(media: Media, response: Executed) -> Response {
    match presented(response) {
        Ok(response) => json(media, StatusCode::OK, &response),
        Err(errors) => request_error(media, errors),
    }
}

/// What async-graphql answered, fit to be told; the errors alone where nothing ran.
///
/// It answers parsing and validation errors with `data: null`, where the specification wants no `data` at all. Those
/// errors are known by having no path: whatever fails during execution fails at a field.
pub(super) fn presented(mut response: Executed) -> Result<Executed, Vec<ServerError>> {
    if refusal(&response).is_some() {
        return Err(response.errors);
    }
    for error in &mut response.errors {
        if code_of(error).is_some() {
            continue;
        }
        if is_about_input(&error.message) {
            shorten(&mut error.message);
            ensure_code(error, "BAD_USER_INPUT");
        } else {
            // Every error of ours brings its code; this one nobody foresaw, so its words stay in the log.
            tracing::error!(error = %error.message, path = ?error.path, "a field failed without a code");
            "something went wrong on our side".clone_into(&mut error.message);
            ensure_code(error, "INTERNAL");
        }
    }
    Ok(response)
}

/// The code with which an operation was refused; `None`: it ran.
pub(super) fn refusal(response: &Executed) -> Option<Cow<'static, str>> {
    response.errors.first().filter(|_| is_refused(response)).map(code)
}

/// An error's code; what has none is the document's fault.
pub(super) fn code(error: &ServerError) -> Cow<'static, str> {
    match code_of(error) {
        Some(Value::String(code)) => Cow::Owned(code.clone()),
        Some(Value::Enum(code)) => Cow::Owned(code.to_string()),
        Some(_) | None => Cow::Borrowed("BAD_USER_INPUT"),
    }
}

/// What async-graphql answered, as JSON in one line.
pub fn written(response: Executed) -> Bytes {
    let text = match presented(response) {
        Ok(response) => text(&response),
        Err(mut errors) => {
            present(&mut errors);
            text(&Refused { errors: &errors })
        }
    };
    text.unwrap_or(Bytes::from_static(UNWRITABLE))
}

/// Whether async-graphql says that an argument's value could not be read (`InputValueError`): some values are looked
/// at only when the field runs.
fn is_about_input(message: &str) -> bool {
    message.starts_with("Failed to parse \"")
        || message.starts_with("Expected input type \"")
        || message.starts_with("Invalid value for argument ")
}

fn code_of(error: &ServerError) -> Option<&Value> {
    error.extensions.as_ref()?.get("code")
}

fn ensure_code(error: &mut ServerError, code: &str) {
    if code_of(error).is_none() {
        error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code);
    }
}

fn shorten(message: &mut String) {
    if let Some((end, _)) = message.char_indices().nth(MESSAGE_CHARACTERS) {
        message.truncate(end);
        message.push('…');
    }
}

/// An answer without `data`.
#[derive(Serialize)]
struct Refused<'a> {
    errors: &'a [ServerError],
}

fn refused(media: Media, status: StatusCode, errors: &[ServerError]) -> Response {
    json(media, status, &Refused { errors })
}

/// An answer as it is sent; `None`, and a line in the log, where it cannot be written.
pub(super) fn text(content: &impl Serialize) -> Option<Bytes> {
    let written = json::text(content);
    written
        .inspect_err(|error| tracing::error!(%error, "an answer cannot be written as JSON"))
        .ok()
        .map(Bytes::from)
}

/// A finished answer; without its body where the client has it already.
pub(super) fn finished(media: Media, finished: Finished, asking: &HeaderMap) -> Response {
    let Finished { body, caching } = finished;
    let Some(Caching { tag, fresh_for }) = caching else { return sent(media, StatusCode::OK, body) };
    let mut response = if fresh::is_known(asking, &tag) {
        let mut response = sent(media, StatusCode::NOT_MODIFIED, Bytes::new());
        response.headers_mut().remove(header::CONTENT_TYPE);
        // Of a body whose length it knows, axum would tell that it is 0, as if the answer's were.
        *response.body_mut() = Body::from_stream(stream::empty::<Result<Bytes, Infallible>>());
        response
    } else {
        sent(media, StatusCode::OK, body)
    };
    response.headers_mut().insert(header::ETAG, tag);
    response.headers_mut().insert(header::CACHE_CONTROL, fresh::cache_control(fresh_for));
    response
}

fn json(media: Media, status: StatusCode, content: &impl Serialize) -> Response {
    match text(content) {
        Some(body) => sent(media, status, body),
        None => sent(media, StatusCode::INTERNAL_SERVER_ERROR, Bytes::from_static(UNWRITABLE)),
    }
}

fn sent(media: Media, status: StatusCode, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media.content_type());
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Authorization"));
    // Unless a lease says for how long it is true: a fault is gone a moment later.
    headers.insert(header::CACHE_CONTROL, fresh::NO_STORE);
    response
}
