//! A client of sockets that says exactly what a test wants.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest, handshake::client::Response},
};

use super::{Server, TOKEN};

pub(super) const MODERN: &str = "graphql-transport-ws";
pub(super) const LEGACY: &str = "graphql-ws";

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct Peer {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// Opens a socket with these headers.
pub(super) async fn connect(
    server: &Server,
    headers: &[(&'static str, &str)],
) -> Result<(Peer, Response), tokio_tungstenite::tungstenite::Error> {
    let url = format!("ws://{}/graphql", server.address);
    let mut request = url.into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    let (socket, response) = connect_async(request).await?;
    Ok((Peer { socket }, response))
}

impl Peer {
    pub(super) async fn new(server: &Server, dialect: &str) -> Self {
        connect(server, &[("sec-websocket-protocol", dialect)]).await.unwrap().0
    }

    /// One that is acknowledged.
    pub(super) async fn greeted(server: &Server, dialect: &str) -> Self {
        let mut peer = Self::new(server, dialect).await;
        peer.greet(TOKEN).await;
        assert_eq!(peer.next().await, json!({ "type": "connection_ack" }));
        if dialect == LEGACY {
            assert_eq!(peer.next().await, json!({ "type": "ka" }));
        }
        peer
    }

    pub(super) async fn greet(&mut self, token: &str) {
        let payload = json!({ "authorization": format!("Bearer {token}") });
        self.say(&json!({ "type": "connection_init", "payload": payload })).await;
    }

    pub(super) async fn say(&mut self, message: &Value) {
        self.text(&message.to_string()).await;
    }

    pub(super) async fn text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// Begins an operation, in the newer sub-protocol.
    pub(super) async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(&json!({ "id": id, "type": "subscribe", "payload": { "query": query } })).await;
    }

    /// What comes next, but frames that ask for a sign of life.
    pub(super) async fn frame(&mut self) -> Option<Message> {
        loop {
            let frame = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("nothing came");
            match frame {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(frame)) => return Some(frame),
                Some(Err(_)) | None => return None,
            }
        }
    }

    pub(super) async fn next(&mut self) -> Value {
        match self.frame().await {
            Some(Message::Text(text)) => serde_json::from_str(&text).unwrap(),
            other => panic!("{other:?} instead of a message"),
        }
    }

    /// The code and the reason with which we close, whatever comes before.
    pub(super) async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.frame().await {
                Some(Message::Close(Some(frame))) => return (frame.code.into(), frame.reason.to_string()),
                Some(Message::Text(_)) => {}
                other => panic!("{other:?} instead of a close"),
            }
        }
    }
}
