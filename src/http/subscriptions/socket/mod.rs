//! GraphQL over a WebSocket, in the sub-protocols `graphql-transport-ws` and `graphql-ws`.
//!
//! Ours, because of what async-graphql's own was measured to do: validation errors as `next`, operations before the
//! acknowledgement closed with 1011, bad messages with 1002 or not at all, 4408 and 4409 never.
//!
//! What is bounded: a message's size, the operations of a socket and how fast they come, how long a client may take to
//! introduce itself, to take what we send and to give a sign of life; and the number of sockets, in all and of a caller.
//!
//! Where a page came from (`Origin`) is not asked, although a browser opens a socket to anywhere without a preflight:
//! nothing that a browser adds by itself opens this door. The token lies in the first message, or in a header that no page
//! can set on a socket; cookies are not looked at. A stranger's page has no token, so its socket is closed with 4403.

mod close;
mod dialect;
mod message;
mod protocol;
mod session;

use axum::{
    extract::{FromRequestParts, Request, WebSocketUpgrade},
    http::{Method, header},
    response::Response,
};

use self::{close::Close, dialect::Dialect, protocol::Protocol, session::Session};
use crate::{
    http::{Door, access::bearer, answer::Fault},
    telemetry::metrics,
};

/// What is read at once, in bytes: the buffer lives as long as the socket, and clients say little. It grows with a longer
/// message.
const READ_BUFFER: usize = 1024;

/// How many bytes are collected for one write, where there are as many; the last message may go beyond. This buffer too lives as long
/// as the socket, and where much is told it comes to take up to twice as much.
const WRITE_BUFFER: usize = 16 * 1024;

/// Whether a request asks for a socket.
pub(in crate::http) fn is_asked_for(request: &Request) -> bool {
    let upgrades = request.headers().get_all(header::UPGRADE).iter();
    let mut upgrades = upgrades.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    request.method() == Method::GET && upgrades.any(|name| name.trim().eq_ignore_ascii_case("websocket"))
}

/// Opens a socket, and serves it from then on. Who the client is, its first message tells.
pub(in crate::http) async fn open(door: Door, request: Request) -> Result<Response, Fault> {
    let seat = door.0.streams.seat(metrics::Transport::Socket, door.settings().streaming.places)?;
    let (mut parts, _body) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &())
        .await
        .map_err(|rejection| Fault::Handshake(rejection.body_text()))?;
    let token = parts.headers.get(header::AUTHORIZATION);
    let token = token.and_then(|value| bearer(value.to_str().ok()?).map(str::to_owned));
    let settings = door.settings();
    let upgrade = upgrade
        .protocols(Dialect::ALL.map(Dialect::name))
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_message_size(settings.body_bytes)
        .max_frame_size(settings.body_bytes);
    let spoken = upgrade.selected_protocol().cloned();
    let dialect =
        Dialect::ALL.into_iter().find(|dialect| spoken.as_ref().is_some_and(|name| name == dialect.name()));
    let operations = settings.streaming.operations;
    Ok(upgrade.on_upgrade(move |socket| async move {
        if let Some(dialect) = dialect {
            let protocol = Protocol::new(dialect, token, operations);
            Session::new(door, (socket, seat), protocol).serve().await;
        } else {
            session::leave_taking(socket, Close::subprotocol()).await;
            drop(seat);
        }
    }))
}
