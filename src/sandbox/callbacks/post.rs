//! One POST of JSON to a merchant, over a connection of its own. Plain HTTP: the sandbox has no certificates.

use std::io;
use std::time::Duration;

use axum::body::Body;
use http::header::{CONTENT_TYPE, HOST};
use http::{Request, Uri};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// A merchant that takes longer is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("the notify_url is not plain http with a host")]
    Address,
    #[error("no answer within {} s", PATIENCE.as_secs())]
    Timeout,
    #[error(transparent)]
    Request(#[from] http::Error),
    #[error(transparent)]
    Connection(#[from] io::Error),
    #[error(transparent)]
    Http(#[from] hyper::Error),
}

/// The status of the answer.
pub(super) async fn post(url: &str, body: &Value) -> Result<u16, Error> {
    tokio::time::timeout(PATIENCE, exchange(url, body)).await.map_err(|_| Error::Timeout)?
}

async fn exchange(url: &str, body: &Value) -> Result<u16, Error> {
    let uri: Uri = url.parse().map_err(|_| Error::Address)?;
    let host = uri.host().filter(|_| uri.scheme_str() == Some("http")).ok_or(Error::Address)?;
    let authority = uri.authority().ok_or(Error::Address)?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::post(path)
        .header(HOST, authority.as_str())
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((host, uri.port_u16().unwrap_or(80))).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let answer = sender.send_request(request).await;
    connection.abort();
    Ok(answer?.status().as_u16())
}
