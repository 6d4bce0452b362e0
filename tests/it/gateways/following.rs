//! Subscribers that go on by their cursor, at the next gateway each time.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::json;
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use vendgraph::domain::Place as Cursor;

use super::place::{COUNT, Place};
use crate::follower::Follower;

/// Everything that the log tells.
const ALL: &str = "subscription ($after: String) { events(after: $after) { cursor } }";
/// A subscriber goes elsewhere after so many events, or when so long nothing comes.
const STAYS_FOR: usize = 97;
const BORED_AFTER: Duration = Duration::from_secs(10);

/// The cursors that a subscriber saw.
pub type Seen = Arc<Mutex<Vec<String>>>;

/// Follows from the beginning until told to stop; tells how often it connected.
pub fn follow(place: Arc<Place>, first: usize, seen: Seen, stop: CancellationToken) -> JoinHandle<usize> {
    tokio::spawn(async move {
        let (mut connections, mut gateway) = (0, first);
        while !stop.is_cancelled() {
            gateway = (gateway + 1) % COUNT;
            let Some(url) = place.url(gateway) else {
                sleep(Duration::from_millis(20)).await;
                continue;
            };
            let last = seen.lock().unwrap().last().cloned().unwrap_or_else(|| Cursor(0).encode());
            let variables = json!({ "after": last });
            let connect = Follower::connect(&url, &place.token, ALL, variables);
            let Ok(Some(mut follower)) = timeout(BORED_AFTER, connect).await else {
                sleep(Duration::from_millis(20)).await;
                continue;
            };
            connections += 1;
            for _ in 0..STAYS_FOR {
                let next = stop.run_until_cancelled(timeout(BORED_AFTER, follower.go_on())).await;
                let Some(Ok(Some(answer))) = next else { break };
                let cursor =
                    answer["data"]["events"]["cursor"].as_str().unwrap_or_else(|| panic!("{answer}"));
                seen.lock().unwrap().push(cursor.to_owned());
            }
        }
        connections
    })
}
