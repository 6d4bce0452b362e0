//! The server under the routes. axum's own offers no bound on connections, nor on how long a request's head may
//! take, nor on how long a peer may take nothing of its answer.

mod patience;

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body, http::StatusCode};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use self::patience::{Patience, Patient};
use super::{Door, places::Place, shortcut};

/// How long to wait after the system could not accept a connection, usually for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// How a server listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listening {
    /// How many connections may be open at once (`limits.connections`); more wait in the system's queue.
    pub connections: usize,
    /// How long the requests under way may take to finish after the shutdown began.
    pub finish: Duration,
    /// Longest head of a request (its first line and its headers), in bytes (`limits.header_bytes`).
    pub header_bytes: usize,
    /// How long a request's head may take to arrive, from its first byte (`limits.head_timeout`).
    pub head_timeout: Duration,
    /// How long a connection may be without a whole head, before the first request or after an answer
    /// (`limits.idle_timeout`).
    pub idle_timeout: Duration,
    /// How long a peer may take nothing of what is written to it. Longer than a minute, so that one who reads nothing for a
    /// minute is not lost.
    pub write_timeout: Duration,
}

impl Default for Listening {
    fn default() -> Self {
        Self {
            connections: 12_000,
            finish: Duration::from_secs(20),
            header_bytes: 32 * 1024,
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            write_timeout: Duration::from_secs(90),
        }
    }
}

/// Serves until `shutdown` is done, then finishes what is under way, for a bounded time.
///
/// HTTP/1.1 alone: telling HTTP/2 from it, as hyper-util does, means waiting for the first bytes without a bound, and
/// browsers speak HTTP/2 to whatever ends TLS before us.
pub async fn serve(listener: TcpListener, door: Door, router: Router, shutdown: impl Future<Output = ()>) {
    let connections = TaskTracker::new();
    let stopping = CancellationToken::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener, &door) => accepted,
        };
        if let Some((stream, place)) = accepted {
            let listening = door.settings().listening;
            let answering = answer(stream, (door.clone(), router.clone()), listening, stopping.clone());
            connections.spawn(async move {
                answering.await;
                drop(place);
            });
        }
    }
    drop(listener);
    stopping.cancel();
    connections.close();
    let finish = door.settings().listening.finish;
    if tokio::time::timeout(finish, connections.wait()).await.is_err() {
        let left = connections.len();
        tracing::warn!(left, "connections were still busy when we stopped waiting for them");
    }
}

async fn accept(listener: &TcpListener, door: &Door) -> Option<(TcpStream, Place)> {
    let place = door.0.connections.wait(door.settings().listening.connections).await;
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
async fn answer(
    stream: TcpStream,
    (door, router): (Door, Router),
    listening: Listening,
    stopping: CancellationToken,
) {
    // Answers are small: waiting to fill a packet would only delay them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY was refused");
    }
    let turns = Arc::new(AtomicUsize::new(0));
    let patience = Patience { head: listening.head_timeout, write: listening.write_timeout };
    let stream = Patient::new(stream, patience, Arc::clone(&turns));
    let service = service_fn(move |request: Request<Incoming>| {
        turns.fetch_add(1, Ordering::Relaxed);
        let (door, router, turns) = (door.clone(), router.clone(), Arc::clone(&turns));
        async move {
            let answered = match shortcut::take(&door, request.map(Body::new)).await {
                Ok(kept) => Ok(kept),
                Err(request) => router.oneshot(request).await,
            };
            // After an upgrade the connection is nobody's turn any more: no head comes over it.
            let upgraded =
                |response: &axum::response::Response| response.status() == StatusCode::SWITCHING_PROTOCOLS;
            if !answered.as_ref().is_ok_and(upgraded) {
                turns.fetch_add(1, Ordering::Relaxed);
            }
            answered
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(listening.idle_timeout)
        .max_header_size(listening.header_bytes)
        .serve_connection(TokioIo::new(stream), service)
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
