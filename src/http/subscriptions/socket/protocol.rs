//! A socket's protocol: what is heard goes in, what is to be done comes out. Neither sockets nor time are here.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use futures_util::stream::{AbortHandle, AbortRegistration};

use super::{
    close::Close,
    dialect::{Dialect, Tag},
    message::{Credentials, Message},
};
use crate::http::{
    Denied,
    answer::{self, Fault},
    parameters::Parameters,
    subscriptions::steps::Step,
};

/// How far the two have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nobody introduced themselves.
    Greeting,
    /// The token is looked at.
    Verifying,
    /// Operations may begin.
    Open,
}

/// What is to be done.
#[derive(Debug)]
pub(super) enum Action {
    /// Send a message.
    Send(String),
    /// Find out whom the token names.
    Verify(String),
    /// Begin an operation.
    Begin(Begin),
    /// Close the socket. Nothing comes after it.
    Close(Close),
}

/// An operation that begins.
#[derive(Debug)]
pub(super) struct Begin {
    pub tag: Arc<Tag>,
    pub parameters: Box<Parameters>,
    /// Through which the protocol stops it.
    pub stopped_by: AbortRegistration,
}

/// The state of one socket.
#[derive(Debug)]
pub(super) struct Protocol {
    dialect: Dialect,
    phase: Phase,
    /// The token that the handshake brought.
    token: Option<String>,
    /// What is under way, by id.
    operations: HashMap<String, AbortHandle>,
    /// How much may be under way.
    limit: usize,
}

impl Protocol {
    pub(super) fn new(dialect: Dialect, token: Option<String>, limit: usize) -> Self {
        Self { dialect, phase: Phase::Greeting, token, operations: HashMap::new(), limit }
    }

    pub(super) const fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether nothing should be read now. Old clients begin operations without waiting for the acknowledgement; they
    /// are heard after it.
    pub(super) fn is_deaf(&self) -> bool {
        self.dialect == Dialect::Legacy && self.phase == Phase::Verifying
    }

    /// A text of the client's.
    pub(super) fn heard(&mut self, text: &str) -> Vec<Action> {
        let message = match Message::read(self.dialect, text) {
            Ok(message) => message,
            Err(why) => return vec![Action::Close(Close::bad_message(why))],
        };
        match message {
            Message::Greeting(credentials) => vec![self.greeted(credentials)],
            Message::Ping(payload) => vec![Action::Send(Dialect::pong(payload))],
            Message::Pong => Vec::new(),
            Message::Begin(id, parameters) => vec![self.begin(id, parameters)],
            // What is not under way may have ended a moment ago.
            Message::Stop(id) => self.stop(&id),
            Message::Terminate => vec![Action::Close(Close::normal())],
        }
    }

    /// What came of the token.
    pub(super) fn verified(&mut self, verdict: Result<(), Denied>) -> Vec<Action> {
        match verdict {
            Ok(()) => {
                self.phase = Phase::Open;
                self.dialect.acknowledgement().into_iter().map(Action::Send).collect()
            }
            Err(Denied::Unavailable) => vec![Action::Close(Close::try_again())],
            Err(Denied::Invalid | Denied::Expired) => {
                let told = self.dialect.rejection().map(Action::Send);
                told.into_iter().chain([Action::Close(Close::forbidden())]).collect()
            }
        }
    }

    /// A sign of life to the client.
    pub(super) fn alive(&self) -> Option<String> {
        (self.phase == Phase::Open).then(|| self.dialect.alive())
    }

    /// A step of an operation, as a message.
    pub(super) fn step(&mut self, tag: &Tag, step: &Step) -> Result<String, Close> {
        if step.is_last() {
            self.operations.remove(&tag.id);
        }
        tag.message(step).ok_or_else(|| {
            tracing::error!("an answer is no text");
            Close::internal()
        })
    }

    fn greeted(&mut self, credentials: Credentials) -> Action {
        if self.phase != Phase::Greeting {
            return Action::Close(Close::greeted_twice());
        }
        self.phase = Phase::Verifying;
        let token = match credentials {
            Credentials::None => self.token.take(),
            Credentials::Token(token) => Some(token),
            Credentials::Unreadable => None,
        };
        // No token at all is answered like a bad one.
        Action::Verify(token.unwrap_or_default())
    }

    fn begin(&mut self, id: String, parameters: Box<Parameters>) -> Action {
        if self.phase != Phase::Open {
            return Action::Close(Close::unauthorized());
        }
        let under_way = self.operations.len();
        let (handle, stopped_by) = AbortHandle::new_pair();
        match (self.operations.entry(id), self.dialect) {
            (Entry::Occupied(taken), Dialect::Modern) => Action::Close(Close::taken(taken.key())),
            // Old clients begin anew under an id, as their server let them.
            (Entry::Occupied(mut before), Dialect::Legacy) => {
                let tag = Arc::new(Tag::new(self.dialect, before.key().clone()));
                before.insert(handle).abort();
                Action::Begin(Begin { tag, parameters, stopped_by })
            }
            (Entry::Vacant(free), _) => {
                let tag = Tag::new(self.dialect, free.key().clone());
                if under_way >= self.limit {
                    return Action::Send(too_many(&tag, self.limit));
                }
                free.insert(handle);
                Action::Begin(Begin { tag: Arc::new(tag), parameters, stopped_by })
            }
        }
    }

    fn stop(&mut self, id: &str) -> Vec<Action> {
        let Some(handle) = self.operations.remove(id) else { return Vec::new() };
        handle.abort();
        match self.dialect {
            Dialect::Modern => Vec::new(),
            Dialect::Legacy => {
                let over = Tag::new(self.dialect, id.to_owned()).message(&Step::Over);
                over.map(Action::Send).into_iter().collect()
            }
        }
    }
}

/// What answers an operation too many.
fn too_many(tag: &Tag, limit: usize) -> String {
    let errors = answer::error_list(vec![Fault::TooManyOperations { limit }.tell()]);
    tag.message(&Step::Refused(errors)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
