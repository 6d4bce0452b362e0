//! What a client says on a socket.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};

use super::dialect::Dialect;
use crate::http::{
    access::bearer,
    answer::Fault,
    parameters::{self, Parameters},
};

/// The longest id of an operation, in bytes.
const ID_BYTES: usize = 256;

/// A message of a client, which holds pieces of its text.
#[derive(Debug)]
pub(super) enum Message<'a> {
    /// `connection_init`.
    Greeting(Credentials),
    /// `ping`.
    Ping(Option<&'a RawValue>),
    /// `pong`.
    Pong,
    /// `subscribe`, or `start`.
    Begin(String, Box<Parameters>),
    /// `complete`, or `stop`.
    Stop(String),
    /// `connection_terminate`.
    Terminate,
}

/// What a client brought with its `connection_init`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Credentials {
    /// Nothing: what the handshake brought counts.
    None,
    /// `{"authorization":"Bearer …"}`.
    Token(String),
    /// Something else under that name, or several.
    Unreadable,
}

/// Every message.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(default, borrow)]
    id: Option<&'a RawValue>,
    #[serde(default, borrow)]
    payload: Option<&'a RawValue>,
}

impl<'a> Message<'a> {
    /// Reads a message; the error tells the client why it is none.
    pub(super) fn read(dialect: Dialect, text: &'a str) -> Result<Self, Cow<'static, str>> {
        let Envelope { kind, id, payload } =
            serde_json::from_str(text).map_err(|error| format!("Invalid message: {error}"))?;
        match (dialect, kind.as_ref()) {
            (_, "connection_init") => credentials(payload).map(Self::Greeting),
            (Dialect::Modern, "ping") => object(payload).map(|()| Self::Ping(payload)),
            (Dialect::Modern, "pong") => object(payload).map(|()| Self::Pong),
            (Dialect::Modern, "subscribe") | (Dialect::Legacy, "start") => begin(id, payload),
            (Dialect::Modern, "complete") | (Dialect::Legacy, "stop") => read_id(id).map(Self::Stop),
            (Dialect::Legacy, "connection_terminate") => Ok(Self::Terminate),
            _ => Err("Invalid message: its type is not known, or not for us".into()),
        }
    }
}

fn begin<'a>(id: Option<&RawValue>, payload: Option<&RawValue>) -> Result<Message<'a>, Cow<'static, str>> {
    let id = read_id(id)?;
    let payload = payload.ok_or("Invalid message: it has no payload")?;
    match parameters::from_body(payload.get().as_bytes()) {
        Ok(parameters) => Ok(Message::Begin(id, Box::new(parameters))),
        Err(Fault::Parameters(why)) => Err(format!("Invalid message: {why}").into()),
        Err(fault) => Err(fault.to_string().into()),
    }
}

fn read_id(id: Option<&RawValue>) -> Result<String, Cow<'static, str>> {
    let id = id.and_then(|id| serde_json::from_str::<String>(id.get()).ok());
    let id = id.filter(|id| (1..=ID_BYTES).contains(&id.len()));
    id.ok_or("Invalid message: `id` must be a string of 1 to 256 bytes".into())
}

/// Checks that a payload is an object, where there is one.
fn object(payload: Option<&RawValue>) -> Result<(), Cow<'static, str>> {
    match payload {
        Some(payload) if !payload.get().starts_with('{') => {
            Err("Invalid message: `payload` must be an object".into())
        }
        _ => Ok(()),
    }
}

/// The token, under `authorization` in any case.
fn credentials(payload: Option<&RawValue>) -> Result<Credentials, Cow<'static, str>> {
    object(payload)?;
    let Some(payload) = payload else { return Ok(Credentials::None) };
    let members: Map<String, Value> =
        serde_json::from_str(payload.get()).map_err(|error| format!("Invalid message: {error}"))?;
    let mut named = members.iter().filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let credentials = match (named.next(), named.next()) {
        (None, _) | (Some((_, Value::Null)), None) => Credentials::None,
        (Some((_, Value::String(value))), None) => {
            bearer(value).map_or(Credentials::Unreadable, |token| Credentials::Token(token.to_owned()))
        }
        _ => Credentials::Unreadable,
    };
    Ok(credentials)
}
