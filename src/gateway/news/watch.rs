//! Watching the vendors' health: when one ceases to answer, or answers again, that is an event.

use std::{collections::HashMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{AccountHealth, AccountName, Event, Happening, HealthState, Origin},
    gateway::{Account, Gateway, error::code},
    store::NewEvent,
};

/// How often it is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// Watches all accounts until told to stop.
pub async fn watch(gateway: Arc<Gateway>, stop: CancellationToken) {
    let watching = async {
        let mut before: HashMap<AccountName, HealthState> = HashMap::new();
        loop {
            for account in gateway.all_accounts() {
                let state = account.health().state;
                let last = before.get(account.name()).copied().unwrap_or(HealthState::Up);
                if state != last && gateway.tell_health(account).await {
                    before.insert(account.name().clone(), state);
                }
            }
            sleep(EVERY).await;
        }
    };
    stop.run_until_cancelled(watching).await;
}

impl Gateway {
    /// Writes an account's health down; gives whether that is done.
    async fn tell_health(&self, account: &Account) -> bool {
        let health = account.health();
        let now: Timestamp = self.clock.now();
        let event = Event {
            account: account.name().clone(),
            machine: None,
            origin: Origin::Internal,
            occurred_at: now,
            received_at: now,
            happening: Happening::AccountHealth(AccountHealth {
                state: health.state,
                last_success_at: health.last_success_at,
                error_code: health.last_error.as_ref().map(|error| code(error.kind).word().into()),
            }),
        };
        self.post.inbox.put(NewEvent { event, nonce: None, message: None }).await.is_ok()
    }
}
