//! The two sub-protocols: their names, and how what we send is written in each.

use std::fmt::Write as _;

use serde_json::value::RawValue;

use crate::http::subscriptions::steps::Step;

/// A sub-protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `graphql-transport-ws`, of the npm package graphql-ws.
    Modern,
    /// `graphql-ws`, of the npm package subscriptions-transport-ws, which old Apollo clients speak.
    Legacy,
}

impl Dialect {
    /// The better one first.
    pub(super) const ALL: [Self; 2] = [Self::Modern, Self::Legacy];

    /// The name in `Sec-WebSocket-Protocol`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Modern => "graphql-transport-ws",
            Self::Legacy => "graphql-ws",
        }
    }

    /// What answers a good `connection_init`.
    pub(super) fn acknowledgement(self) -> Vec<String> {
        let acknowledged = r#"{"type":"connection_ack"}"#.to_owned();
        match self {
            Self::Modern => vec![acknowledged],
            // An old client watches for signs of life only after the first one.
            Self::Legacy => vec![acknowledged, self.alive()],
        }
    }

    /// What answers a bad one, before the socket is closed.
    pub(super) fn rejection(self) -> Option<String> {
        match self {
            Self::Modern => None,
            Self::Legacy => {
                Some(r#"{"type":"connection_error","payload":{"message":"Forbidden"}}"#.to_owned())
            }
        }
    }

    /// A sign of life.
    pub(super) fn alive(self) -> String {
        match self {
            Self::Modern => r#"{"type":"ping"}"#.to_owned(),
            Self::Legacy => r#"{"type":"ka"}"#.to_owned(),
        }
    }

    /// The answer to a `ping`, with what it brought.
    pub(super) fn pong(payload: Option<&RawValue>) -> String {
        match payload {
            Some(payload) => format!(r#"{{"type":"pong","payload":{payload}}}"#),
            None => r#"{"type":"pong"}"#.to_owned(),
        }
    }
}

/// An operation's messages.
#[derive(Debug)]
pub(super) struct Tag {
    dialect: Dialect,
    /// The operation's id, as the client gave it.
    pub id: String,
    /// What an answer's message begins with: the same for each.
    before_answer: String,
}

impl Tag {
    pub(super) fn new(dialect: Dialect, id: String) -> Self {
        let kind = match dialect {
            Dialect::Modern => "next",
            Dialect::Legacy => "data",
        };
        let before_answer = opening(&id, kind) + r#","payload":"#;
        Self { dialect, id, before_answer }
    }

    /// A step of the operation as a message; `None` where it is no text.
    pub(super) fn message(&self, step: &Step) -> Option<String> {
        match step {
            Step::Next(_, body) => {
                let body = std::str::from_utf8(body).ok()?;
                let mut message = String::with_capacity(self.before_answer.len() + body.len() + 1);
                message.push_str(&self.before_answer);
                message.push_str(body);
                message.push('}');
                Some(message)
            }
            Step::Refused(errors) => Some(self.error(std::str::from_utf8(errors).ok()?)),
            Step::Over => Some(opening(&self.id, "complete") + "}"),
        }
    }

    /// The older protocol has one error for a payload; its clients look for `message`, or for `errors`.
    fn error(&self, errors: &str) -> String {
        let mut message = opening(&self.id, "error");
        // Writing into memory does not fail.
        let _ = match self.dialect {
            Dialect::Modern => write!(message, r#","payload":{errors}}}"#),
            Dialect::Legacy => {
                write!(message, r#","payload":{{"message":"the operation was refused","errors":{errors}}}}}"#)
            }
        };
        message
    }
}

fn opening(id: &str, kind: &str) -> String {
    let id = serde_json::Value::from(id);
    format!(r#"{{"id":{id},"type":"{kind}""#)
}
