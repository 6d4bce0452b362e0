//! Orders of which the vendor's number comes to be known otherwise than by the answer to the call that made them: by a
//! callback, or by a later no that names the order which used a pickup code.

use std::sync::Arc;

use tokio::time::Instant;

use crate::{
    domain::{Order, OrderReport, Text},
    gateway::{Account, Error, Gateway, Result},
    store::Intent,
};

/// How many commands that are not settled are looked through.
const UNSETTLED: usize = 1_000;

impl Gateway {
    /// The order that used the code which a redemption was refused for, where it went through us. Where its own redemption
    /// was lost, it is known by this, and what was not known of it is settled.
    pub(super) async fn order_that_used(
        &self,
        account: &Arc<Account>,
        refused: &Intent,
        until: Instant,
    ) -> Result<Option<Order>> {
        let Some(number) = refused.end.as_ref().and_then(|end| end.used_by.as_ref()) else { return Ok(None) };
        if let Some(order) = self.store().order_by_number(account.name(), number).await? {
            return Ok(Some(order));
        }
        let Some(machine) = &refused.wanted.target.machine else { return Ok(None) };
        match self.order_at_vendor(account, (machine, number), until).await {
            Ok(order) => Ok(order),
            // Who lost their answer is told the reason all the same, and the order when they ask again.
            Err(error) => {
                tracing::warn!(%error, order = %number, "the order that used a pickup code could not be read");
                Ok(None)
            }
        }
    }

    async fn order_at_vendor(
        &self,
        account: &Arc<Account>,
        (machine, number): (&Text, &Text),
        until: Instant,
    ) -> Result<Option<Order>> {
        let report = account.order_report(machine, number, until).await?.value;
        let Some(trade_number) = &report.trade_number else { return Ok(None) };
        let Some(mut order) = self.store().order(account.name(), trade_number).await? else {
            return Ok(None);
        };
        self.hear_if_ours(&mut order, &report).await?;
        self.settle_order(account, trade_number, until).await?;
        Ok(Some(order))
    }

    /// Takes in what the vendor has under that number, if it says that it is this order.
    pub(super) async fn hear_of_number(
        &self,
        account: &Arc<Account>,
        order: &mut Order,
        (number, until): (&Text, Instant),
    ) -> Result<()> {
        let report = account.order_report(&order.machine, number, until).await?.value;
        self.hear_if_ours(order, &report).await
    }

    async fn hear_if_ours(&self, order: &mut Order, report: &OrderReport) -> Result<()> {
        let is_ours = report.trade_number.as_ref() == Some(&order.trade_number);
        if is_ours && order.hear(report, self.clock.now()) {
            *order = self.store().save(order, self.clock.now()).await?.ok_or(Error::NotFound)?;
        }
        Ok(())
    }

    /// Settles what was not known of an order, now that something is.
    pub(super) async fn settle_order(
        &self,
        account: &Arc<Account>,
        trade_number: &Text,
        until: Instant,
    ) -> Result<()> {
        let lost = self.store().unsettled(account.name(), None, UNSETTLED).await?;
        for intent in
            lost.iter().filter(|lost| lost.wanted.target.trade_number.as_ref() == Some(trade_number))
        {
            self.settle(account, intent, until).await?;
        }
        Ok(())
    }
}
