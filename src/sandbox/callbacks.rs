//! What a vendor posts to merchants by itself: kept in a bounded list, sent once over real sockets, held back or
//! sent again where a test wants news to be late, lost, repeated or out of order.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::sandbox::post::{Connection, Post};
use crate::sandbox::world::World;

/// More than this are not remembered: the oldest is forgotten, sent or not.
const REMEMBERED: usize = 1024;

/// So many are under way at once.
const AT_ONCE: usize = 16;

/// How often is looked whether the world has news.
const BEAT: Duration = Duration::from_millis(10);

/// One message to a merchant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Callback {
    /// From 1, in the order in which things happened.
    pub id: u64,
    /// The merchant's `notify_url`.
    pub url: String,
    /// The message.
    pub body: Value,
    /// What became of it.
    pub state: Progress,
    /// How often it was sent.
    pub attempts: u32,
    /// The HTTP status of the last answer.
    pub status: Option<u16>,
    /// Why the last attempt gave no answer.
    pub error: Option<String>,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// It is about to be sent, or held back.
    Waiting,
    /// It is under way.
    Sending,
    /// The merchant answered, whatever it said.
    Sent,
    /// No answer came. The vendor does not try again.
    Failed,
}

/// All of them.
#[derive(Debug, Default)]
pub struct Callbacks(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    all: VecDeque<Callback>,
    last: u64,
    held: bool,
}

impl Callbacks {
    /// Copies of those that are remembered, oldest first.
    pub fn list(&self) -> Vec<Callback> {
        self.with(|kept| kept.all.iter().cloned().collect())
    }

    /// Holds all news back, or lets them go.
    pub fn hold(&self, held: bool) {
        self.with(|kept| kept.held = held);
    }

    /// Whether news are held back.
    pub fn held(&self) -> bool {
        self.with(|kept| kept.held)
    }

    /// Forgets all of them, also what was not sent yet.
    pub fn clear(&self) {
        self.with(|kept| kept.all.clear());
    }

    /// Sends one now, held back or not, sent before or not. None where it is not remembered.
    pub async fn send(&self, id: u64) -> Option<Callback> {
        let callback = self.with(|kept| {
            let found = kept.all.iter_mut().find(|callback| callback.id == id)?;
            found.state = Progress::Sending;
            found.attempts += 1;
            Some(found.clone())
        })?;
        let (url, body) = (callback.url.as_str(), callback.body.to_string());
        let post = Post { url, content_type: "application/json", body };
        let answer = Connection::default().post(post).await.map(|(status, _)| status);
        self.with(|kept| {
            let found = kept.all.iter_mut().find(|callback| callback.id == id)?;
            found.status = answer.as_ref().ok().copied();
            found.state = if answer.is_ok() { Progress::Sent } else { Progress::Failed };
            found.error = answer.err().map(|error| error.to_string());
            Some(found.clone())
        })
    }

    /// Takes over what the world wants told.
    pub(crate) fn collect(&self, world: &World) {
        for (url, news) in world.dingshang.take_news() {
            self.with(|kept| {
                kept.last += 1;
                if kept.all.len() >= REMEMBERED {
                    kept.all.pop_front();
                }
                kept.all.push_back(Callback {
                    id: kept.last,
                    url,
                    body: news.message(),
                    state: Progress::Waiting,
                    attempts: 0,
                    status: None,
                    error: None,
                });
            });
        }
    }

    fn next(&self) -> Option<u64> {
        self.with(|kept| {
            if kept.held {
                return None;
            }
            let next = kept.all.iter_mut().find(|callback| callback.state == Progress::Waiting)?;
            next.state = Progress::Sending;
            Some(next.id)
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Sends what there is to send until the sandbox closes.
pub(crate) async fn run(callbacks: Arc<Callbacks>, world: Arc<World>, closing: CancellationToken) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut beat = tokio::time::interval(BEAT);
    while closing.run_until_cancelled(beat.tick()).await.is_some() {
        callbacks.collect(&world);
        while let Ok(place) = Arc::clone(&places).try_acquire_owned() {
            let Some(id) = callbacks.next() else {
                break;
            };
            let (callbacks, closing) = (Arc::clone(&callbacks), closing.clone());
            tokio::spawn(async move {
                drop(closing.run_until_cancelled(callbacks.send(id)).await);
                drop(place);
            });
        }
    }
}
