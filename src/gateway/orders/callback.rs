//! An order's address was called: something became of it, and the vendor is asked what.

use std::sync::Arc;

use tokio::time::Instant;

use super::PlacedOrder;
use crate::{
    domain::{AccountName, Order, Text},
    gateway::{Account, Gateway, Result},
    store::Intent,
};

/// How many commands that are not settled are looked through.
const UNSETTLED: usize = 1_000;

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
        let Some(account) = self.account_of(&intent.wanted.account) else { return Ok(()) };
        let Some(trade_number) = &intent.wanted.target.trade_number else { return Ok(()) };
        let Some(order) = self.store().order(account.name(), trade_number).await? else { return Ok(()) };
        match number.filter(|_| order.number.is_none()) {
            Some(number) => self.find(account, order, &number, until).await?,
            None => {
                self.heard(PlacedOrder { account: Arc::clone(account), order }, until).await?;
            }
        }
        let lost = self.store().unsettled(account.name(), None, UNSETTLED).await?;
        for intent in
            lost.iter().filter(|lost| lost.wanted.target.trade_number.as_ref() == Some(trade_number))
        {
            self.settle(account, intent, until).await?;
        }
        Ok(())
    }

    /// Takes in the order of that number, if the vendor says that it is this one.
    async fn find(
        &self,
        account: &Arc<Account>,
        mut order: Order,
        number: &Text,
        until: Instant,
    ) -> Result<()> {
        let report = account.order_report(&order.machine, number, until).await?;
        let is_ours = report.value.trade_number.as_ref() == Some(&order.trade_number);
        if is_ours && order.hear(&report.value, self.clock.now()) {
            self.store().save(&order, self.clock.now()).await?;
        }
        Ok(())
    }

    fn account_of(&self, name: &AccountName) -> Option<&Arc<Account>> {
        self.all_accounts().iter().find(|account| account.name() == name)
    }
}
