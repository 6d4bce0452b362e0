//! POSTs to a merchant, over a connection that is kept. Plain HTTP: the sandbox has no certificates.

use std::io;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{Request, Uri};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// A merchant that takes longer is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// More of an answer is not read.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the address is not plain http with a host")]
    Address,
    #[error("no answer within {} s", PATIENCE.as_secs())]
    Timeout,
    #[error(transparent)]
    Request(#[from] http::Error),
    #[error(transparent)]
    Connection(#[from] io::Error),
    #[error(transparent)]
    Http(#[from] hyper::Error),
    #[error("the answer's body did not come whole")]
    Body(#[source] axum::Error),
}

/// What is sent.
pub(crate) struct Post<'a> {
    pub(crate) url: &'a str,
    pub(crate) content_type: &'static str,
    pub(crate) body: String,
}

/// A connection to one merchant at a time; made when it is needed, and kept while the same merchant is meant.
#[derive(Default)]
pub(crate) struct Connection(Option<Open>);

struct Open {
    authority: String,
    sender: SendRequest<Body>,
    driver: JoinHandle<()>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Connection {
    /// Sends once, and gives the status and the body of the answer.
    pub(crate) async fn post(&mut self, post: Post<'_>) -> Result<(u16, Bytes), Error> {
        let answer = tokio::time::timeout(PATIENCE, self.exchange(post)).await;
        let answer = answer.unwrap_or(Err(Error::Timeout));
        if answer.is_err() {
            self.0 = None;
        }
        answer
    }

    async fn exchange(&mut self, post: Post<'_>) -> Result<(u16, Bytes), Error> {
        let uri: Uri = post.url.parse().map_err(|_| Error::Address)?;
        let authority = uri.authority().filter(|_| uri.scheme_str() == Some("http")).ok_or(Error::Address)?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let request = Request::post(path)
            .header(HOST, authority.as_str())
            .header(CONTENT_TYPE, post.content_type)
            .body(Body::from(post.body))?;
        let answer = self.sender(&uri).await?.send_request(request).await?;
        let status = answer.status().as_u16();
        let body = to_bytes(Body::new(answer.into_body()), LONGEST_ANSWER).await.map_err(Error::Body)?;
        Ok((status, body))
    }

    /// The open connection, or a new one where there is none that would take a request.
    async fn sender(&mut self, uri: &Uri) -> Result<&mut SendRequest<Body>, Error> {
        let authority = uri.authority().ok_or(Error::Address)?.as_str();
        let mut open = self.0.take().filter(|open| open.authority == authority);
        if let Some(kept) = &mut open
            && kept.sender.ready().await.is_err()
        {
            open = None;
        }
        let open = match open {
            Some(open) => open,
            None => Self::open(uri, authority).await?,
        };
        Ok(&mut self.0.insert(open).sender)
    }

    async fn open(uri: &Uri, authority: &str) -> Result<Open, Error> {
        let host = uri.host().ok_or(Error::Address)?.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((host, uri.port_u16().unwrap_or(80))).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let driver = tokio::spawn(async move { drop(connection.await) });
        Ok(Open { authority: authority.to_owned(), sender, driver })
    }
}
