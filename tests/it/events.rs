//! What vendors push, on its way to whoever follows: stored once, in one order, told to all who may know.

mod crashing;
mod following;
mod health;
mod knowing;
mod refilling;
mod selling;
mod verifying;

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::harness::System;

/// How long anything that is to come may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// Lets the simulated platform push to the gateway.
pub fn push(system: &System) {
    let url = system.url.replace("/graphql", "/webhooks/inhand/metro");
    system.vendors.pushes().push_to(Some(&url));
}

/// Waits until the platform was told of so many messages that they are taken, and none is under way.
pub async fn taken(system: &System, messages: u64) {
    let counts = || system.vendors.pushes().counts();
    until(async || counts().acknowledged >= messages && counts().waiting == 0, &|| format!("{:?}", counts()))
        .await;
}

/// Waits for a condition, with a limit.
pub async fn until(condition: impl AsyncFn() -> bool, found: &dyn Fn() -> String) {
    let end = Instant::now() + PATIENCE;
    while !condition().await {
        assert!(Instant::now() < end, "waited in vain: {}", found());
        sleep(Duration::from_millis(5)).await;
    }
}

/// All events after a cursor that a query tells, page by page.
pub async fn logged(system: &System, kinds: &str, after: Option<&str>) -> Vec<Value> {
    let mut events = Vec::new();
    let mut after = after.map(str::to_owned);
    loop {
        let cursor = after.as_ref().map_or_else(|| "null".to_owned(), |cursor| format!("\"{cursor}\""));
        let query = format!(
            "{{ events(first: 500, after: {cursor}, filter: {{ kinds: [{kinds}] }}) {{ nodes {{ __typename cursor kind \
             origin machineNumber occurredAt receivedAt ... on TradeEvent {{ trade {{ orderNumber }} }} }} \
             pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let answer = system.ask(&query).await;
        let page = &answer["data"]["events"];
        events.extend(page["nodes"].as_array().unwrap_or_else(|| panic!("{answer}")).iter().cloned());
        if page["pageInfo"]["hasNextPage"] != true {
            return events;
        }
        after = page["pageInfo"]["endCursor"].as_str().map(str::to_owned);
    }
}
