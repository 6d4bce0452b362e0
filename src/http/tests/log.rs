//! A log to follow, whose answers the test writes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt};
use serde_json::{Value, json};
use tokio::{sync::watch, time::timeout};

use crate::{
    auth::Caller,
    domain::Place,
    http::{Followed, Subscribe},
};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a subscription gives, is told by its field.
pub(super) struct Log {
    events: watch::Sender<Vec<Bytes>>,
    /// What was asked for: the document, and after which place.
    pub asked: watch::Sender<Vec<(String, Option<Place>)>>,
    /// How many subscriptions are followed; a change can be waited for.
    pub open: Arc<watch::Sender<usize>>,
    /// How many answers of a flood were taken.
    pub taken: Arc<AtomicUsize>,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            events: watch::Sender::new(Vec::new()),
            asked: watch::Sender::default(),
            open: Arc::new(watch::Sender::new(0)),
            taken: Arc::default(),
        }
    }
}

/// Counts while it lives.
struct Counted(Arc<watch::Sender<usize>>);

impl Counted {
    fn new(open: &Arc<watch::Sender<usize>>) -> Self {
        open.send_modify(|count| *count += 1);
        Self(Arc::clone(open))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

/// The answer that tells of a place.
pub(super) fn event(place: u64) -> Value {
    let cursor = Place(place).encode();
    json!({ "data": { "events": { "id": cursor, "cursor": cursor, "kind": "MACHINE_STATUS" } } })
}

fn followed(place: u64, body: Bytes) -> Followed {
    Followed { place: Some(Place(place)), body, refused: false }
}

impl Log {
    /// Writes the next event.
    pub(super) fn append(&self) {
        self.events.send_modify(|events| {
            let place = events.len() as u64 + 1;
            events.push(Bytes::from(event(place).to_string()));
        });
    }

    /// Waits until so many subscriptions are followed.
    pub(super) async fn until_open(&self, count: usize) {
        let mut open = self.open.subscribe();
        timeout(PATIENCE, open.wait_for(|open| *open == count)).await.unwrap().unwrap();
    }

    /// Waits until so many subscriptions were asked for.
    pub(super) async fn until_asked(&self, count: usize) {
        let mut asked = self.asked.subscribe();
        timeout(PATIENCE, asked.wait_for(|asked| asked.len() == count)).await.unwrap().unwrap();
    }

    /// Waits until no more answers of a flood are taken, and tells how many were.
    pub(super) async fn until_full(&self) -> usize {
        let mut taken = 0;
        loop {
            let _ = timeout(Duration::from_millis(300), std::future::pending::<()>()).await;
            let now = self.taken.load(Ordering::SeqCst);
            if now == taken {
                return taken;
            }
            taken = now;
        }
    }
}

impl Subscribe for Log {
    fn subscribe(
        &self,
        request: async_graphql::Request,
        _caller: Arc<Caller>,
        resume: Option<Place>,
    ) -> BoxStream<'static, Followed> {
        let after = resume.map_or(0, |place| place.0);
        self.asked.send_modify(|asked| asked.push((request.query.clone(), resume)));
        let counted = Counted::new(&self.open);
        let answers = match request
            .query
            .split(['{', ' '])
            .find(|word| word.len() > 3 && *word != "subscription")
        {
            Some("forbidden") => {
                let errors = json!({ "errors": [{
                    "message": "scope `events:read` is missing",
                    "extensions": { "code": "FORBIDDEN" },
                }] });
                let refused = Followed { place: None, body: errors.to_string().into(), refused: true };
                stream::iter([refused]).boxed()
            }
            Some("misspelt") => {
                let errors = json!({ "errors": [{
                        "message": "Unknown field \"misspelt\" on type \"Subscription\". Did you mean \"events\"?",
                        "locations": [{ "line": 1, "column": 16 }],
                    }] });
                let refused = Followed { place: None, body: errors.to_string().into(), refused: true };
                stream::iter([refused]).boxed()
            }
            Some("three") => {
                let events = (after + 1..=3).map(|place| followed(place, event(place).to_string().into()));
                stream::iter(events).boxed()
            }
            Some("panics") => stream::once(async { panic!("on purpose") }).boxed(),
            Some("flood") => {
                let body = Bytes::from(json!({ "data": { "flood": "x".repeat(4_000) } }).to_string());
                let taken = Arc::clone(&self.taken);
                stream::iter(1..)
                    .map(move |place| {
                        taken.fetch_add(1, Ordering::SeqCst);
                        followed(place, body.clone())
                    })
                    .boxed()
            }
            _ => {
                let at = usize::try_from(after).unwrap();
                stream::unfold((at, self.events.subscribe()), |(at, mut events)| async move {
                    let body = events.wait_for(|events| events.len() > at).await.ok()?[at].clone();
                    Some((followed(at as u64 + 1, body), (at + 1, events)))
                })
                .boxed()
            }
        };
        answers
            .map(move |answer| {
                let _ = &counted;
                answer
            })
            .boxed()
    }
}
