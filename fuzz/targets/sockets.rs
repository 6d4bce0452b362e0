//! A WebSocket of a whole gateway, in both dialects: whatever is sent, one message a line, it answers in its dialect and
//! ends in order.
#![no_main]

use std::{sync::LazyLock, time::Duration};

use futures_util::{SinkExt as _, StreamExt as _};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tokio::time::timeout;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest as _, http::HeaderValue},
};
use vendgraph_fuzz::gateway::Gateway;

/// How long a socket may take from its opening to its end, the gateway's own bounds being 15 s and somebody else having the
/// processors.
const PATIENCE: Duration = Duration::from_secs(45);

/// The codes that a socket may be closed with: of RFC 6455, without 1011 (our failure), and of both dialects.
const CLOSES: [u16; 13] = [1000, 1001, 1003, 1007, 1008, 1009, 1012, 4400, 4401, 4403, 4406, 4409, 4429];

static GATEWAY: LazyLock<Gateway> = LazyLock::new(Gateway::start);

fuzz_target!(|text: &str| {
    GATEWAY.runtime.block_on(async {
        let dialect = if text.len() % 2 == 0 { "graphql-transport-ws" } else { "graphql-ws" };
        timeout(PATIENCE, talk(dialect, text)).await.expect("a socket ends in time");
    });
});

async fn talk(dialect: &'static str, text: &str) {
    let mut request = format!("ws://{}/graphql", GATEWAY.address).into_client_request().expect("an address");
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", HeaderValue::from_static(dialect));
    let bearer = format!("Bearer {}", GATEWAY.token).parse().expect("a header");
    headers.insert("authorization", bearer);
    let (mut socket, _) = connect_async(request).await.expect("the gateway takes the socket");
    for line in text.lines() {
        if socket.send(Message::text(line)).await.is_err() {
            break;
        }
    }
    let _ = socket.close(None).await;
    while let Some(Ok(message)) = socket.next().await {
        match message {
            Message::Text(text) => {
                let message: Value = serde_json::from_str(&text).expect("a message is JSON");
                assert!(message["type"].is_string(), "{message}");
            }
            Message::Close(Some(close)) => {
                assert!(CLOSES.contains(&close.code.into()), "closed with {close:?}");
            }
            _ => {}
        }
    }
}
