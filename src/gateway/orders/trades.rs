//! Trades of accounts whose vendor keeps none: the lines of the orders that went through us, as they are stored.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use super::PlacedOrder;
use crate::{
    domain::{Order, OrderLine, PaymentMethod, Text, order::SALES},
    gateway::{
        Account, Asker, Error, Gateway, Result, TradeFilter, TradeRow, lease,
        trades::{Position, position},
    },
    store::{LineFilter, LinePlace, OrderFilter, OrderedLine, Place},
};

impl Gateway {
    /// The first trades of these accounts, which keep theirs here, that match and come after that place.
    pub(in crate::gateway) async fn stored_trades(
        &self,
        accounts: &[Arc<Account>],
        filter: &TradeFilter,
        after: Option<&Position>,
        wanted: usize,
    ) -> Result<BTreeMap<Position, TradeRow>> {
        if accounts.is_empty() {
            return Ok(BTreeMap::new());
        }
        let by_pickup_code = match filter.method {
            None => None,
            Some(PaymentMethod::Merchant) => Some(false),
            Some(PaymentMethod::PickupCode) => Some(true),
            Some(_) => return Ok(BTreeMap::new()),
        };
        lease::note_once();
        let orders = OrderFilter {
            accounts: accounts.iter().map(|account| account.name().clone()).collect(),
            machines: filter.machines.clone(),
            states: Some(SALES.map(|(state, _)| state).to_vec()),
            window: filter.window,
            now: self.clock.now(),
        };
        let lines = LineFilter { orders, by_pickup_code, delivery: filter.delivery };
        let found = self.store().order_lines(&lines, wanted, after.map(place).as_ref()).await?;
        let row = |OrderedLine { order, line }: OrderedLine| {
            let account = accounts.iter().find(|account| *account.name() == order.account)?;
            let row = row(account, &order, &line)?;
            Some((position(account.name(), row.trade.created_at, &row.key), row))
        };
        Ok(found.rows.into_iter().filter_map(row).collect())
    }

    /// The trade that has this key at an account which keeps its trades here.
    pub(in crate::gateway) async fn stored_trade(
        &self,
        asker: &Asker,
        account: &Account,
        (machine, created_at): (&Text, Option<Timestamp>),
        wanted: &str,
    ) -> Result<TradeRow> {
        lease::note_once();
        let (trade_number, at) = line_of(wanted).ok_or(Error::NotFound)?;
        let PlacedOrder { account, order } = self.stored_order(asker, account.name(), trade_number).await?;
        if order.machine != *machine || Some(order.created_at) != created_at {
            return Err(Error::NotFound);
        }
        let line = order.lines.iter().find(|line| line.position == at).ok_or(Error::NotFound)?;
        row(&account, &order, line).filter(|row| *row.key == *wanted).ok_or(Error::NotFound)
    }
}

/// The number of the order, and the position, that a key is made of ([`crate::domain::Trade::key`]).
fn line_of(key: &str) -> Option<(&str, u32)> {
    let (trade_number, position) = key.rsplit_once('-')?;
    Some((trade_number, position.parse().ok()?))
}

/// The place in the store's list; a trade of another vendor stands among other accounts, whatever its key.
fn place((Reverse(created_at), account, key): &Position) -> LinePlace {
    let (number, position) = line_of(key).unwrap_or((key, 0));
    let order = Place { created_at: *created_at, account: account.clone(), number: number.into() };
    LinePlace { order, position }
}

fn row(account: &Arc<Account>, order: &Order, line: &OrderLine) -> Option<TradeRow> {
    Some(TradeRow::new(Arc::clone(account), order.trade(line)?))
}
