//! One socket from its first message to its last: waits for whatever happens next, and does what the protocol says.
//!
//! One thing is done at a time. Operations are polled only when what they give can be sent, in turns; so the socket's
//! own buffer is the only one, and a client that does not read stops its operations and nobody else's.

use std::{pin::Pin, sync::Arc, task::Poll};

use axum::{
    Error,
    extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket},
};
use futures_util::{
    FutureExt, SinkExt,
    future::BoxFuture,
    poll,
    stream::{self, Abortable, BoxStream, SelectAll, StreamExt},
};
use tokio::time::{Duration, Instant, Sleep, sleep, timeout};

use super::{
    close::Close,
    dialect::Tag,
    protocol::{Action, Begin, Phase, Protocol},
};
use crate::{
    auth::Caller,
    http::{
        Denied, Door, Streaming, answer,
        operation::{self, Refused},
        subscriptions::{
            Seat,
            ending::{End, Ending},
            steps::{Step, steps},
        },
    },
    telemetry::metrics,
};

/// How many messages may be sent before the client is listened to again.
const BATCH: usize = 32;

/// How long the client may take to take leave.
const FAREWELL: Duration = Duration::from_secs(1);

/// Why a socket is no longer served.
enum Leave {
    /// We close it.
    Close(Close),
    /// The client closed it, or is not there any more.
    Gone,
    /// The client gave no sign of life, or took nothing, for too long.
    Silent,
}

impl From<Close> for Leave {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

type Verdict = Result<Arc<Caller>, Denied>;

/// What may happen next.
enum Happening {
    Heard(Option<Result<Message, Error>>),
    Verdict(Verdict),
    Step(Arc<Tag>, Step),
    Timer,
    End(End),
}

pub(super) struct Session {
    door: Door,
    socket: WebSocket,
    seat: Seat,
    protocol: Protocol,
    ending: Ending,
    caller: Option<Arc<Caller>>,
    verdict: Option<BoxFuture<'static, Verdict>>,
    operations: SelectAll<BoxStream<'static, (Arc<Tag>, Step)>>,
    /// When the client is late, or is asked for a sign of life.
    timer: Pin<Box<Sleep>>,
    heard: Instant,
}

impl Session {
    pub(super) fn new(door: Door, (socket, seat): (WebSocket, Seat), protocol: Protocol) -> Self {
        Self {
            ending: Ending::new(&door),
            timer: Box::pin(sleep(door.settings().streaming.greeting)),
            door,
            socket,
            seat,
            protocol,
            caller: None,
            verdict: None,
            operations: SelectAll::new(),
            heard: Instant::now(),
        }
    }

    /// Serves the socket until it is closed.
    pub(super) async fn serve(mut self) {
        let leave = std::panic::AssertUnwindSafe(self.run()).catch_unwind().await;
        let Self { socket, seat, .. } = self;
        match leave {
            Ok(Leave::Gone) => {}
            Ok(Leave::Silent) => metrics::dropped(metrics::Reason::Silent),
            // Boxed: room for the last second of a socket is not held while it is served.
            Ok(Leave::Close(close)) => {
                close.counted.into_iter().for_each(metrics::dropped);
                Box::pin(leave_taking(socket, close)).await;
            }
            Err(_panic) => {
                metrics::dropped(metrics::Reason::Fault);
                Box::pin(leave_taking(socket, Close::internal())).await;
            }
        }
        drop(seat);
    }

    async fn run(&mut self) -> Leave {
        loop {
            let happening = self.next().await;
            if let Err(leave) = self.on(happening).await {
                return leave;
            }
        }
    }

    async fn next(&mut self) -> Happening {
        let deaf = self.protocol.is_deaf();
        let Self { socket, ending, verdict, operations, timer, .. } = self;
        tokio::select! {
            end = ending.ended() => Happening::End(end),
            message = socket.recv(), if !deaf => Happening::Heard(message),
            Some(verdict) = async { Some(verdict.as_mut()?.await) } => Happening::Verdict(verdict),
            Some((tag, step)) = operations.next() => Happening::Step(tag, step),
            () = timer.as_mut() => Happening::Timer,
        }
    }

    async fn on(&mut self, happening: Happening) -> Result<(), Leave> {
        match happening {
            Happening::End(end) => Err(Close::from(end).into()),
            Happening::Heard(message) => self.on_message(message).await,
            Happening::Verdict(verdict) => {
                self.verdict = None;
                let verdict = match verdict {
                    Ok(caller) => {
                        let taken = self.seat.is_of(&caller, &self.door);
                        taken.map_err(|_too_many| Close::too_many())?;
                        self.ending.with_token_of(&caller);
                        self.caller = Some(caller);
                        Ok(())
                    }
                    Err(denied) => Err(denied),
                };
                self.timer.set(sleep(self.bounds().ping));
                let actions = self.protocol.verified(verdict);
                self.act(actions).await
            }
            Happening::Step(tag, step) => self.on_steps(&tag, &step).await,
            Happening::Timer => self.on_timer().await,
        }
    }

    async fn on_message(&mut self, message: Option<Result<Message, Error>>) -> Result<(), Leave> {
        self.heard = Instant::now();
        match message {
            Some(Ok(Message::Text(text))) => {
                let actions = self.protocol.heard(&text);
                self.act(actions).await
            }
            Some(Ok(Message::Binary(_))) => Err(Close::bad_message("Messages must be texts").into()),
            // The layer below answers pings.
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            // What went wrong may be the connection itself; then nobody hears our words.
            Some(Err(_)) => {
                Err(Close::bad_message("Messages must be whole, of UTF-8 and not too long").into())
            }
            Some(Ok(Message::Close(_))) => {
                // Reading on sends the answer.
                let _ = timeout(FAREWELL, self.socket.recv()).await;
                Err(Leave::Gone)
            }
            None => Err(Leave::Gone),
        }
    }

    async fn act(&mut self, actions: Vec<Action>) -> Result<(), Leave> {
        let mut messages = Vec::new();
        let mut close = None;
        for action in actions {
            match action {
                Action::Send(text) => messages.push(Message::Text(text.into())),
                Action::Verify(token) => self.verdict = Some(verify(self.door.clone(), token)),
                Action::Begin(begin) => self.begin(begin),
                Action::Close(why) => close = Some(why),
            }
        }
        if !messages.is_empty() {
            self.send(messages).await?;
        }
        close.map_or(Ok(()), |close| Err(close.into()))
    }

    fn begin(&mut self, begin: Begin) {
        let Some(caller) = self.caller.clone() else { return };
        let Begin { tag, parameters, stopped_by } = begin;
        let door = &self.door;
        let charged = door.0.callers.charge(&caller, &door.settings().share).map_err(Refused::Fault);
        let prepared = charged.and_then(|()| operation::prepare(door, caller, *parameters));
        let counted = metrics::Transport::Socket;
        let row = prepared.and_then(|prepared| steps(door, prepared, None, counted).map_err(Refused::Fault));
        let steps = row.unwrap_or_else(|refused| {
            let errors = answer::error_list(vec![refused.tell()]);
            stream::iter([Step::Refused(errors)]).boxed()
        });
        let steps = Abortable::new(steps, stopped_by).map(move |step| (Arc::clone(&tag), step));
        self.operations.push(steps.boxed());
    }

    /// Sends a step, and what else is there already: one write for many messages.
    async fn on_steps(&mut self, tag: &Tag, step: &Step) -> Result<(), Leave> {
        let mut messages = vec![Message::Text(self.protocol.step(tag, step)?.into())];
        let mut length = messages.iter().map(size).sum::<usize>();
        while messages.len() < BATCH && length < super::WRITE_BUFFER {
            let Some(Some((tag, step))) = self.operations.next().now_or_never() else { break };
            let message = Message::Text(self.protocol.step(&tag, &step)?.into());
            length += size(&message);
            messages.push(message);
        }
        self.send(messages).await
    }

    async fn on_timer(&mut self) -> Result<(), Leave> {
        let Streaming { ping, silence, .. } = self.bounds();
        let heard = self.heard.elapsed();
        match self.protocol.phase() {
            Phase::Greeting => return Err(Close::late().into()),
            Phase::Verifying => {}
            Phase::Open if heard >= silence => return Err(Leave::Silent),
            Phase::Open => {
                // The frame is answered by any client; the message shows a page's script that we are here.
                let alive = self.protocol.alive().map(|text| Message::Text(text.into()));
                self.send([Message::Ping(bytes::Bytes::new())].into_iter().chain(alive).collect()).await?;
            }
        }
        self.timer.set(sleep(ping.min(silence.saturating_sub(heard))));
        Ok(())
    }

    /// Sends messages, and waits until the system has taken them; for how long, the connection knows.
    ///
    /// A write that had to wait and went on is a sign of life: the answer to a ping would come only after the client
    /// has read all that is before it.
    async fn send(&mut self, messages: Vec<Message>) -> Result<(), Leave> {
        let Self { socket, ending, .. } = self;
        let mut writing = std::pin::pin!(async {
            for message in messages {
                socket.feed(message).await?;
            }
            socket.flush().await
        });
        let at_once = poll!(writing.as_mut());
        let written: Result<(), Error> = match at_once {
            Poll::Ready(written) => written,
            Poll::Pending => {
                let written = tokio::select! {
                    written = writing => written,
                    end = ending.ended() => return Err(Close::from(end).into()),
                };
                self.heard = Instant::now();
                written
            }
        };
        written.map_err(|_broken| Leave::Gone)
    }

    fn bounds(&self) -> Streaming {
        self.door.settings().streaming
    }
}

fn size(message: &Message) -> usize {
    match message {
        Message::Text(text) => text.len(),
        Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
        Message::Close(_) => 0,
    }
}

fn verify(door: Door, token: String) -> BoxFuture<'static, Verdict> {
    async move {
        if token.is_empty() {
            return Err(Denied::Invalid);
        }
        let verdict = timeout(door.settings().request_timeout, door.0.behind.verifier.caller(&token)).await;
        verdict.unwrap_or(Err(Denied::Unavailable))
    }
    .boxed()
}

/// Closes a socket, and reads on for a while: a connection that is dropped with something unread would take our last
/// message with it.
pub(super) async fn leave_taking(mut socket: WebSocket, close: Close) {
    let Close { code, reason, counted: _ } = close;
    let frame = CloseFrame { code, reason: Utf8Bytes::from(reason.into_owned()) };
    let leaving = async {
        if socket.send(Message::Close(Some(frame))).await.is_err() {
            return;
        }
        loop {
            if !matches!(socket.recv().await, Some(Ok(_))) {
                return;
            }
        }
    };
    let _ = timeout(FAREWELL, leaving).await;
}
