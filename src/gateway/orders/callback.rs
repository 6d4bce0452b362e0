//! An order's address was called: something became of it, and the vendor is asked what.

use std::sync::Arc;

use tokio::time::Instant;

use super::PlacedOrder;
use crate::{
    domain::Text,
    gateway::{Gateway, Result},
    store::Intent,
};

impl Gateway {
    /// Reads the order that an intent is about, whose address was called, and settles what was not known of it. `number` is
    /// the vendor's number of it as the caller claims.
    pub(in crate::gateway) async fn hear_of_callback(
        &self,
        intent: &Intent,
        number: Option<Text>,
        until: Instant,
    ) {
        if let Err(error) = self.read_after_callback(intent, number, until).await {
            // The reconciler reads it again.
            tracing::warn!(intent = %intent.id, %error, "an order could not be read after its callback");
        }
    }

    async fn read_after_callback(&self, intent: &Intent, number: Option<Text>, until: Instant) -> Result<()> {
        let Some(account) = &self.account_named(&intent.wanted.account) else { return Ok(()) };
        let Some(trade_number) = &intent.wanted.target.trade_number else { return Ok(()) };
        let Some(mut order) = self.store().order(account.name(), trade_number).await? else { return Ok(()) };
        match number.filter(|_| order.number.is_none()) {
            Some(number) => self.hear_of_number(account, &mut order, (&number, until)).await?,
            None => {
                self.heard(PlacedOrder { account: Arc::clone(account), order }, until).await?;
            }
        }
        self.settle_order(account, trade_number, until).await
    }
}
