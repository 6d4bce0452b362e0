//! Watching the vendors' health: when one ceases to answer, or answers again, that is an event. The log's last word is what
//! the account's own health says, in the gateway that leads in it: what several of them each see of a vendor would contradict
//! itself.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::sleep;

use crate::{
    domain::{AccountHealth, Event, EventKind, Happening, HealthState, Origin},
    gateway::{Account, Gateway, error::code},
    store::NewEvent,
    vendor::transport::Health,
};

/// How often it is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// Watches an account from the log's last word on, for ever.
pub async fn watch(gateway: &Gateway, account: &Account) {
    let mut told: Option<HealthState> = None;
    loop {
        if let Some(last) = gateway.last_told(account, told).await {
            told = Some(last);
            let health = account.health();
            let was_asked = health.last_success_at.is_some() || health.last_error.is_some();
            if was_asked && last != health.state && gateway.tell_health(account, &health).await {
                told = Some(health.state);
            }
        }
        sleep(EVERY).await;
    }
}

impl Gateway {
    /// What the log was told last of an account's health, as known here or as the log has it from before the start, UP where
    /// it has nothing; `None`: the log cannot be read now.
    async fn last_told(&self, account: &Account, told: Option<HealthState>) -> Option<HealthState> {
        if told.is_some() {
            return told;
        }
        let last = self.store().latest(account.name(), None, &[EventKind::AccountHealth]).await.ok()?;
        let mut state = HealthState::Up;
        if let Some(Happening::AccountHealth(health)) = last.first().map(|stored| &stored.event.happening) {
            state = health.state;
        }
        Some(state)
    }

    /// Writes an account's health down; gives whether that is done.
    async fn tell_health(&self, account: &Account, health: &Health) -> bool {
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
