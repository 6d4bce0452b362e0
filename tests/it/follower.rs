//! A subscriber over a real WebSocket, as a dashboard is one.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    time::{Instant, timeout_at},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _, protocol::CloseFrame},
};
use vendgraph::auth::Scope;

use crate::harness::System;

/// How long anything that is to come may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A subscription on a socket of its own.
pub struct Follower {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Follower {
    /// Follows with every scope for every account.
    pub async fn start(system: &System, query: &str, variables: Value) -> Self {
        Self::start_as(system, &system.token(&Scope::ALL, &["*"]), query, variables).await
    }

    /// Follows with a token.
    pub async fn start_as(system: &System, token: &str, query: &str, variables: Value) -> Self {
        Self::connect(&system.url, token, query, variables).await.expect("the gateway takes the socket")
    }

    /// Follows at an address; `None` where nobody answers there, or the gateway goes meanwhile.
    pub async fn connect(url: &str, token: &str, query: &str, variables: Value) -> Option<Self> {
        let mut request = url.replace("http://", "ws://").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let (socket, _) = connect_async(request).await.ok()?;
        let mut follower = Self { socket };
        let hello =
            json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {token}") } });
        follower.try_send(&hello).await?;
        assert_eq!(follower.message().await.ok()?["type"], "connection_ack");
        let payload = json!({ "query": query, "variables": variables });
        follower.try_send(&json!({ "id": "1", "type": "subscribe", "payload": payload })).await?;
        Some(follower)
    }

    /// Greets with a token and nothing more; the code with which the socket is closed, where it is.
    pub async fn knock(url: &str, token: &str) -> Result<(), u16> {
        let mut request = url.replace("http://", "ws://").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let (socket, _) = connect_async(request).await.expect("the gateway takes the socket");
        let mut follower = Self { socket };
        let authorization = format!("Bearer {token}");
        let hello = json!({ "type": "connection_init", "payload": { "authorization": authorization } });
        follower.try_send(&hello).await.ok_or(0_u16)?;
        follower.message().await.map(|message| assert_eq!(message["type"], "connection_ack"))
    }

    /// The payload of the next answer; `None` where the socket ends.
    pub async fn try_next(&mut self) -> Option<Value> {
        let mut message = self.message().await.ok()?;
        assert_eq!(message["type"], "next", "{message}");
        Some(message["payload"].take())
    }

    /// The payload of the next answer; `None` where the socket or the subscription ends.
    pub async fn go_on(&mut self) -> Option<Value> {
        let mut message = self.message().await.ok()?;
        (message["type"] == "next").then(|| message["payload"].take())
    }

    /// The payload of the next answer.
    pub async fn next(&mut self) -> Value {
        let mut message = self.message().await.unwrap();
        assert_eq!(message["type"], "next", "{message}");
        message["payload"].take()
    }

    /// The errors with which the subscription is refused.
    pub async fn refusal(&mut self) -> Value {
        let mut message = self.message().await.unwrap();
        assert_eq!(message["type"], "error", "{message}");
        message["payload"].take()
    }

    /// Whether nothing comes before the gateway has answered a ping sent now: what was on its way is there by then.
    pub async fn is_quiet(&mut self) -> bool {
        self.send(&json!({ "type": "ping" })).await;
        self.message().await.unwrap()["type"] == "pong"
    }

    /// The code with which the socket is closed.
    pub async fn closed(&mut self) -> u16 {
        loop {
            match self.message().await {
                Ok(_) => {}
                Err(code) => return code,
            }
        }
    }

    async fn send(&mut self, message: &Value) {
        self.try_send(message).await.expect("the gateway reads");
    }

    async fn try_send(&mut self, message: &Value) -> Option<()> {
        self.socket.send(Message::text(message.to_string())).await.ok()
    }

    /// The next message of the gateway's that is no ping; the code with which it closes.
    async fn message(&mut self) -> Result<Value, u16> {
        let end = Instant::now() + PATIENCE;
        loop {
            let message = timeout_at(end, self.socket.next()).await.expect("something comes in time");
            match message {
                Some(Ok(Message::Text(text))) => {
                    let message: Value = serde_json::from_str(&text).unwrap();
                    if message["type"] != "ping" {
                        return Ok(message);
                    }
                }
                Some(Ok(Message::Close(Some(CloseFrame { code, .. })))) => return Err(code.into()),
                Some(Ok(Message::Close(None)) | Err(_)) | None => return Err(0),
                Some(Ok(_)) => {}
            }
        }
    }
}
