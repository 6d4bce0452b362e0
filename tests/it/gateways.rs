//! Three gateways as programs on one PostgreSQL server, before both vendors: what they acknowledged is true, whatever breaks.

mod books;
mod codes;
mod following;
mod front;
mod leads;
#[path = "../postgres/line.rs"]
mod line;
mod ordering;
mod place;
#[path = "../postgres/server.rs"]
mod server;
mod trouble;

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How long anything that is to come may take.
const PATIENCE: Duration = Duration::from_mins(3);

/// Waits for a condition, with a limit.
async fn until(what: &str, so: impl AsyncFn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !so().await {
        assert!(Instant::now() < end, "waited in vain: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}
