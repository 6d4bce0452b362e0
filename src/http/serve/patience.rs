//! A connection whose peer must take what is written, a little at a time, and must not dawdle over a request's head.
//!
//! hyper has one bound for a head and the rest before it, and a connection may rest for longer than a head may take. On
//! writing it has none: a peer that stops reading would keep its connection, and the place of what it follows, for good.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep, sleep_until},
};

use crate::telemetry::metrics;

/// How long a peer is waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// How long a request's head may take, from its first byte.
    pub head: Duration,
    /// How long the peer may take nothing of what is to be written.
    pub write: Duration,
}

/// A connection that breaks when its peer is waited for too long.
#[derive(Debug)]
pub(super) struct Patient<S> {
    stream: S,
    patience: Patience,
    /// Runs while the peer takes nothing.
    waiting: Option<Pin<Box<Sleep>>>,
    /// Counts up when a request is there, and when it has its answer: even, while the peer's next request is awaited.
    turns: Arc<AtomicUsize>,
    /// The turn of the head that is being read.
    turn: usize,
    head: Option<Head>,
}

/// A head of which something has come.
#[derive(Debug)]
struct Head {
    begun: Instant,
    /// Made when not all has come at once.
    end: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    pub(super) fn new(stream: S, patience: Patience, turns: Arc<AtomicUsize>) -> Self {
        Self { stream, patience, waiting: None, turns, turn: 0, head: None }
    }

    /// What came of reading, so many bytes; an error where a head has been coming for too long.
    fn hurry(
        &mut self,
        read: Poll<io::Result<()>>,
        bytes: usize,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        let turn = self.turns.load(Ordering::Relaxed);
        if turn != self.turn {
            (self.turn, self.head) = (turn, None);
        }
        if turn % 2 == 1 {
            return read;
        }
        if bytes > 0 {
            self.head.get_or_insert_with(|| Head { begun: Instant::now(), end: None });
        }
        let Some(head) = self.head.as_mut().filter(|_| read.is_pending()) else { return read };
        let end = head.begun + self.patience.head;
        ready!(head.end.get_or_insert_with(|| Box::pin(sleep_until(end))).as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the head does not come")))
    }

    /// What came of a write; an error where it has not come to anything for too long.
    fn watch<T>(&mut self, written: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let patience = self.patience.write;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(waiting.as_mut().poll(context));
        // Whoever writes on in spite of the error waits as long again, instead of going round at once.
        metrics::dropped(metrics::Reason::Silent);
        waiting.as_mut().reset(Instant::now() + patience);
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the peer takes nothing")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, into);
        let bytes = into.filled().len() - before;
        self.hurry(read, bytes, context)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.watch(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
