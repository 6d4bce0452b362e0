//! Orders that may have changed while nobody told us: read again.

use std::sync::Arc;

use jiff::SignedDuration;
use tokio::time::Instant;

use super::{PlacedOrder, read::may_change};
use crate::{
    domain::{OrderState, Window},
    gateway::{Account, Gateway, Result},
    store::{OrderFilter, Part},
};

/// How old an order is at the most that is read again: its 20 minutes, and what a machine may take, are long over.
const YOUNGER_THAN: SignedDuration = SignedDuration::from_hours(24);
/// How many orders are read again at the most.
const MOST: usize = 200;

impl Gateway {
    /// Reads the account's younger orders that are not at their end, one after the other; gives how many have changed.
    pub(in crate::gateway) async fn read_open_orders(
        &self,
        account: &Arc<Account>,
        until: Instant,
    ) -> Result<usize> {
        let now = self.clock.now();
        let filter = OrderFilter {
            accounts: vec![account.name().clone()],
            machines: None,
            states: Some(vec![
                OrderState::Unpaid,
                OrderState::Paying,
                OrderState::Paid,
                OrderState::PickupCode,
                OrderState::Test,
            ]),
            window: Window { from: now.checked_sub(YOUNGER_THAN).ok(), to: None },
            now,
        };
        let orders = self.store().orders(&filter, &Part { first: MOST, after: None }).await?.rows;
        let mut changed = 0;
        for order in orders.into_iter().filter(may_change) {
            let version = order.version;
            let placed = PlacedOrder { account: Arc::clone(account), order };
            match self.heard(placed, until).await {
                Ok(heard) if heard.order.version != version => changed += 1,
                Ok(_) => {}
                Err(error) if error.is_retryable() => return Err(error),
                // One that its vendor does not tell of does not keep the others from being read.
                Err(error) => tracing::debug!(account = %account.name(), %error, "an open order is not told"),
            }
        }
        Ok(changed)
    }
}
