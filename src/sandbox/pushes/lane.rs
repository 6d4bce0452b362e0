//! A lane: the messages of some machines, one after the other over one connection.

use std::sync::Weak;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::sandbox::inhand::Message;
use crate::sandbox::post::{Connection, Post};

use super::{Pushes, Switches, address};

/// How long a message waits for one that it lets pass.
const OVERTAKEN: Duration = Duration::from_millis(50);

/// The first pause before a message is repeated; it doubles.
const PAUSE: Duration = Duration::from_millis(20);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What a merchant answers.
#[derive(Debug, Deserialize)]
struct Answer {
    result: String,
}

/// Sends what comes until the sandbox closes or is gone.
pub(super) async fn run(
    pushes: Weak<Pushes>,
    mut waiting: mpsc::Receiver<Message>,
    closing: CancellationToken,
) {
    let mut connection = Connection::default();
    while let Some(Some(first)) = closing.run_until_cancelled(waiting.recv()).await {
        let Some(pushes) = pushes.upgrade() else {
            return;
        };
        let later = if pushes.switches().reorder {
            timeout(OVERTAKEN, waiting.recv()).await.ok().flatten()
        } else {
            None
        };
        for message in later.into_iter().chain([first]) {
            let told = closing.run_until_cancelled(tell(&pushes, &mut connection, &message)).await;
            pushes.done(&message, told == Some(true));
        }
    }
}

/// Sends a message and its duplicates; whether it was acknowledged.
async fn tell(pushes: &Pushes, connection: &mut Connection, message: &Message) -> bool {
    let mut pause = PAUSE;
    let mut nonce = pushes.nonce();
    let mut copies = 0;
    let mut told = false;
    loop {
        // They are asked each time: who repeats a message can be told to cease.
        let switches = pushes.switches();
        let Some(url) = switches.url.as_deref().filter(|_| !switches.drop) else {
            pushes.count(|counts| counts.dropped += 1);
            return told;
        };
        let acknowledged = send(pushes, connection, message, (url, &nonce, &switches)).await;
        told |= acknowledged;
        if !acknowledged && switches.repeat {
            tokio::time::sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
            continue;
        }
        if copies >= switches.duplicates {
            return told;
        }
        copies += 1;
        if switches.fresh_nonces {
            nonce = pushes.nonce();
        }
    }
}

/// Sends a message once; whether it was acknowledged.
async fn send(
    pushes: &Pushes,
    connection: &mut Connection,
    message: &Message,
    (url, nonce, switches): (&str, &str, &Switches),
) -> bool {
    let url = address(url, message.kind);
    let account = &pushes.account;
    let body = message.body(&account.client_id, &account.key, nonce, !switches.wrong_sign);
    pushes.count(|counts| counts.sent += 1);
    let post = Post { url: &url, content_type: "application/json", body };
    match connection.post(post).await {
        Ok((200..=299, answer)) if is_success(&answer) => {
            pushes.remember(message, nonce.to_owned());
            true
        }
        Ok(_) => {
            pushes.count(|counts| counts.refused += 1);
            false
        }
        Err(_) => {
            pushes.count(|counts| counts.failed += 1);
            false
        }
    }
}

fn is_success(answer: &[u8]) -> bool {
    serde_json::from_slice::<Answer>(answer).is_ok_and(|answer| answer.result == "SUCCESS")
}
