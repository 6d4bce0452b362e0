//! The server under the routes. axum's own offers no bound on connections, nor on how long a request's head may
//! take, nor on how long a peer may take nothing of its answer.

mod patience;

use std::{future::Future, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::patience::Patient;

/// How long to wait after the system could not accept a connection, usually for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// How a server listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listening {
    /// How many connections may be open at once; more wait in the system's queue.
    pub connections: usize,
    /// How long the requests under way may take to finish after the shutdown began.
    pub finish: Duration,
    /// How long a request's head may take to arrive, and a connection may be idle.
    pub head_timeout: Duration,
    /// How long a peer may take nothing of what is written to it. Longer than a minute, so that one who reads nothing for a
    /// minute is not lost.
    pub write_timeout: Duration,
}

impl Default for Listening {
    fn default() -> Self {
        Self {
            connections: 8_192,
            finish: Duration::from_secs(20),
            head_timeout: Duration::from_mins(1),
            write_timeout: Duration::from_secs(90),
        }
    }
}

/// Serves until `shutdown` is done, then finishes what is under way, for a bounded time.
///
/// HTTP/1.1 alone: telling HTTP/2 from it, as hyper-util does, means waiting for the first bytes without a bound, and
/// browsers speak HTTP/2 to whatever ends TLS before us.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    listening: Listening,
    shutdown: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(listening.connections));
    let connections = TaskTracker::new();
    let stopping = CancellationToken::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener, &places) => accepted,
        };
        if let Some((stream, place)) = accepted {
            let answering = answer(stream, router.clone(), listening, stopping.clone());
            connections.spawn(async move {
                answering.await;
                drop(place);
            });
        }
    }
    drop(listener);
    stopping.cancel();
    connections.close();
    if tokio::time::timeout(listening.finish, connections.wait()).await.is_err() {
        let left = connections.len();
        tracing::warn!(left, "connections were still busy when we stopped waiting for them");
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _peer)) => Some((stream, place)),
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

/// Answers the requests of one connection; once `stopping`, the one under way is the last.
async fn answer(stream: TcpStream, router: Router, listening: Listening, stopping: CancellationToken) {
    // Answers are small: waiting to fill a packet would only delay them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY was refused");
    }
    let stream = Patient::new(stream, listening.write_timeout);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(listening.head_timeout)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}
