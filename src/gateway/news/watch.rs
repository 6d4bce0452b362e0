//! Watching the vendors' health: when one ceases to answer, or answers again, that is an event. The log's last word is what
//! the account's own health says, in the gateway that leads: what several of them each see of a vendor would contradict
//! itself.

use std::{collections::HashMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{AccountHealth, AccountName, Event, EventKind, Happening, HealthState, Origin},
    gateway::{Account, Gateway, error::code},
    store::NewEvent,
    vendor::transport::Health,
};

/// How often it is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// What the lead is taken in.
const LEAD: &str = "health";

/// Watches all accounts while this gateway leads, until told to stop.
pub async fn watch(gateway: Arc<Gateway>, stop: CancellationToken) {
    let watching = async {
        loop {
            match gateway.store().lead(LEAD).await {
                Ok(Some(lead)) => {
                    tokio::select! {
                        () = lead.lost() => {}
                        () = gateway.watch_all() => {}
                    }
                }
                Ok(None) => {}
                Err(error) => tracing::debug!(%error, "nobody can say who watches the vendors' health"),
            }
            sleep(EVERY).await;
        }
    };
    stop.run_until_cancelled(watching).await;
}

impl Gateway {
    /// Watches all accounts from the log's last word on.
    async fn watch_all(&self) {
        let mut told: HashMap<AccountName, HealthState> = HashMap::new();
        loop {
            for account in &self.all_accounts() {
                let Some(last) = self.last_told(account, &told).await else { continue };
                told.insert(account.name().clone(), last);
                let health = account.health();
                let was_asked = health.last_success_at.is_some() || health.last_error.is_some();
                if was_asked && last != health.state && self.tell_health(account, &health).await {
                    told.insert(account.name().clone(), health.state);
                }
            }
            sleep(EVERY).await;
        }
    }

    /// What the log was told last of an account's health, as known here or as the log has it from before the start, UP where
    /// it has nothing; `None`: the log cannot be read now.
    async fn last_told(
        &self,
        account: &Account,
        told: &HashMap<AccountName, HealthState>,
    ) -> Option<HealthState> {
        if let Some(known) = told.get(account.name()) {
            return Some(*known);
        }
        let last = self.store().latest(account.name(), None, EventKind::AccountHealth).await.ok()?;
        let mut state = HealthState::Up;
        if let Some(Happening::AccountHealth(health)) = last.map(|stored| stored.event.happening) {
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
