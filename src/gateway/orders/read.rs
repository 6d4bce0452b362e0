//! Telling of orders: one, as its vendor has it now, and many, as they are stored.

use std::{pin::pin, sync::Arc};

use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, timeout_at};

use super::PlacedOrder;
use crate::{
    domain::{AccountName, DeliveryState, Id, Order, OrderReport, OrderState, Text, Window},
    gateway::{
        Account, Asker, Error, Freshness, Gateway, Input, Machine, Page, PageRequest, Result, Source,
        SourceStatus, fleet::Row, lease,
    },
    store::{self, Part, Place},
};

/// How many dispenses of an order are asked for at a time.
const AT_A_TIME: usize = 4;

/// Conditions that all must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// Of these accounts.
    pub accounts: Option<Vec<AccountName>>,
    /// Of these machines.
    pub machines: Option<Vec<(AccountName, Text)>>,
    /// In one of these states.
    pub states: Option<Vec<OrderState>>,
    /// Placed in this span of time.
    pub window: Window,
}

/// A page of orders.
#[derive(Debug)]
pub struct OrderPage {
    /// The page.
    pub page: Page<PlacedOrder>,
    /// What became of each account's share.
    pub sources: Vec<SourceStatus>,
}

impl Gateway {
    /// An order; as its vendor has it now where it may still change and the vendor answers, else as it is stored.
    pub async fn order(
        &self,
        asker: &Asker,
        account: &AccountName,
        trade_number: &str,
    ) -> Result<PlacedOrder> {
        lease::note_once();
        let placed = self.stored_order(asker, account, trade_number).await?;
        Ok(if may_change(&placed.order) { self.heard_if_told(placed, asker.until).await } else { placed })
    }

    /// An order as it is stored; its vendor is not asked.
    pub async fn kept_order(
        &self,
        asker: &Asker,
        account: &AccountName,
        trade_number: &str,
    ) -> Result<PlacedOrder> {
        lease::note_once();
        self.stored_order(asker, account, trade_number).await
    }

    /// The orders that match, newest first, as they are stored.
    pub async fn orders(
        &self,
        asker: &Asker,
        filter: OrderFilter,
        request: &PageRequest,
    ) -> Result<OrderPage> {
        lease::note_once();
        let accounts = self.chosen(asker, filter.accounts.as_deref());
        let after = match &request.after {
            None => None,
            Some(Id::Order { account, trade_number }) => {
                let at = self.stored_order(asker, account, trade_number).await;
                let at =
                    at.map_err(|error| if error.is_not_found() { Input::Cursor.into() } else { error })?;
                Some(place(&at.order))
            }
            Some(_) => return Err(Input::Cursor.into()),
        };
        let filter = store::OrderFilter {
            accounts: accounts.iter().map(|account| account.name().clone()).collect(),
            machines: filter.machines,
            states: filter.states,
            window: filter.window,
            now: self.clock.now(),
        };
        let found = self.store().orders(&filter, &Part { first: request.first, after }).await?;
        let row = |order: Order| {
            let account = accounts.iter().find(|account| *account.name() == order.account)?;
            Some(PlacedOrder { account: Arc::clone(account), order })
        };
        let rows = found.rows.into_iter().filter_map(row).collect();
        let page = Page { rows, has_next: found.more, has_previous: request.after.is_some() };
        let freshness = Freshness { as_of: filter.now, stale: false, source: Source::Store };
        let source = |account| SourceStatus { account, outcome: Ok(freshness) };
        let sources = accounts.into_iter().map(source).collect();
        Ok(OrderPage { page, sources })
    }

    /// The machine of an order; with its number alone where its vendor does not list it.
    pub async fn machine_of(&self, asker: &Asker, placed: &PlacedOrder) -> Machine {
        let (account, number) = (&placed.account, &placed.order.machine);
        match self.machine(asker, account.name(), number).await {
            Ok(machine) => machine,
            Err(error) => {
                tracing::debug!(%error, machine = %number, "an order's machine is not listed");
                lease::note_once();
                Machine { account: Arc::clone(account), row: Arc::new(Row::unlisted(number.clone())) }
            }
        }
    }

    /// The order as its vendor has it now.
    pub(super) async fn heard(&self, placed: PlacedOrder, until: Instant) -> Result<PlacedOrder> {
        Ok(self.heard_with_report(placed, until).await?.0)
    }

    /// The order as its vendor has it now, and the vendor's report; `None`: the vendor's number of it is not known.
    pub(super) async fn heard_with_report(
        &self,
        placed: PlacedOrder,
        until: Instant,
    ) -> Result<(PlacedOrder, Option<Arc<OrderReport>>)> {
        let PlacedOrder { account, mut order } = placed;
        let Some(number) = order.number.clone() else {
            return Ok((PlacedOrder { account, order }, None));
        };
        let report = account.order_report(&order.machine, &number, until).await?.value;
        let is_new = order.hear(&report, self.clock.now());
        if hear_deliveries(&account, &mut order, until).await || is_new {
            order = self.store().save(&order, self.clock.now()).await?.ok_or(Error::NotFound)?;
            order.lapse(self.clock.now());
        }
        Ok((PlacedOrder { account, order }, Some(report)))
    }

    /// The order as its vendor has it now, or as it is where the vendor does not tell.
    pub(super) async fn heard_if_told(&self, placed: PlacedOrder, until: Instant) -> PlacedOrder {
        match self.heard(placed.clone(), until).await {
            Ok(heard) => heard,
            Err(error) => {
                tracing::debug!(%error, order = %placed.order.trade_number, "an order is told as it is stored");
                placed
            }
        }
    }
}

fn place(order: &Order) -> Place {
    Place { created_at: order.created_at, account: order.account.clone(), number: order.trade_number.clone() }
}

/// Asks for what only the calls for single dispenses tell, when each ended and why; gives whether anything was told. Once
/// for each attempt that is over, whatever the vendor says; where it says nothing, again with the next reading.
async fn hear_deliveries(account: &Account, order: &mut Order, until: Instant) -> bool {
    let (client, machine) = (account.client(), &order.machine);
    let ended = order.lines.iter().filter(|line| line.can_tell_more());
    let asked = ended.filter_map(|line| Some((line.position, line.delivery_number.clone()?)));
    let asked = asked.map(|(position, number)| {
        let (client, machine) = (Arc::clone(&client), machine.clone());
        async move { (position, client.delivery(&machine, &number).await) }
    });
    let mut told = pin!(stream::iter(asked.collect::<Vec<_>>()).buffer_unordered(AT_A_TIME));
    let mut is_told = false;
    while let Ok(Some((position, answer))) = timeout_at(until, account.named(told.next())).await {
        let Some(line) = order.line_mut(position) else { continue };
        match answer {
            Ok(delivery) => line.hear_delivery(&delivery),
            Err(error) if error.kind.is_refusal() => line.is_delivery_read = true,
            Err(error) => {
                tracing::debug!(%error, order = %order.trade_number, "when a dispense ended is not told");
                continue;
            }
        }
        is_told = true;
    }
    is_told
}

/// Whether the vendor may have something new to say of an order.
pub(super) fn may_change(order: &Order) -> bool {
    match order.state {
        OrderState::Unknown | OrderState::Unpaid | OrderState::Paying => true,
        OrderState::Paid | OrderState::PickupCode | OrderState::Test => order
            .lines
            .iter()
            .any(|line| line.delivery.state <= DeliveryState::TimedOut || line.can_tell_more()),
        OrderState::Expired
        | OrderState::PaymentFailed
        | OrderState::Closed
        | OrderState::Revoked
        | OrderState::Refund => false,
    }
}
