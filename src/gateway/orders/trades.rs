//! Trades of accounts whose vendor keeps none: the lines of the orders that went through us, as they are stored.
//!
//! A line is a trade as soon as its order can be paid for, and as long as it may have been: lapsed, closed and revoked
//! orders are none, nor are tests, nor orders of which it is not known whether there are any.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use super::PlacedOrder;
use crate::{
    domain::{
        Money, Order, OrderLine, OrderState, Payment, PaymentMethod, PaymentState, Refund, RefundState, Text,
        Trade, TradeKind,
    },
    gateway::{
        Account, Asker, Error, Gateway, Result, TradeFilter, TradeRow, lease,
        trades::{Position, position},
    },
    store::{LineFilter, LinePlace, OrderFilter, OrderedLine, Place},
};

/// The states in which an order's lines are trades, and what each says of the payment.
const PAYMENTS: [(OrderState, PaymentState); 6] = [
    (OrderState::Unpaid, PaymentState::Pending),
    (OrderState::Paying, PaymentState::Pending),
    (OrderState::Paid, PaymentState::Paid),
    (OrderState::PickupCode, PaymentState::Paid),
    (OrderState::Refund, PaymentState::Paid),
    (OrderState::PaymentFailed, PaymentState::Failed),
];

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
            states: Some(PAYMENTS.map(|(state, _)| state).to_vec()),
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

/// What tells a line from all others of its account: our number of the order, which it has from the beginning and
/// keeps, and the line's position. With as many digits as positions may have, keys sort as lines do.
fn key(trade_number: &str, position: u32) -> Text {
    format!("{trade_number}-{position:010}").into()
}

/// The number of the order, and the position, that a key is made of.
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
    let key = key(&order.trade_number, line.position);
    Some(TradeRow { account: Arc::clone(account), trade: trade(order, line)?, key })
}

/// The trade that a line of an order is; `None`: it is none.
fn trade(order: &Order, line: &OrderLine) -> Option<Trade> {
    let (_, state) = PAYMENTS.into_iter().find(|(state, _)| *state == order.state)?;
    // How much goes back, and when, nobody tells; further than this an order's state does not follow it.
    let refund = Refund { state: RefundState::Done, amount: None, at: None, number: None };
    Some(Trade {
        kind: TradeKind::Sale,
        order_number: order.number.as_ref().unwrap_or(&order.trade_number).clone(),
        trade_number: Some(order.trade_number.clone()),
        machine_number: order.machine.clone(),
        cabinet: Some(line.cabinet.clone()),
        shelf_code: Some(line.shelf.clone()),
        product_number: None,
        product_name: line.product_name.clone(),
        quantity: line.quantity,
        unit_price: line.price.and_then(|price| unit_price(price, line.quantity)),
        list_price: None,
        total: line.price,
        payment: Payment {
            method: method(order.is_paid_by_pickup_code()),
            vendor_method: None,
            state,
            paid_at: None,
            transaction_number: None,
            payer_open_id: None,
            payer_phone: None,
        },
        delivery: line.delivery.clone(),
        refund: (order.state == OrderState::Refund).then_some(refund),
        created_at: Some(order.created_at),
    })
}

/// How orders that go through us are paid.
pub(super) const fn method(by_pickup_code: bool) -> PaymentMethod {
    if by_pickup_code { PaymentMethod::PickupCode } else { PaymentMethod::Merchant }
}

/// What one piece cost; `None` where the line's price does not divide.
fn unit_price(price: Money, quantity: u32) -> Option<Money> {
    let quantity = i64::from(quantity);
    (price.minor().checked_rem(quantity)? == 0)
        .then(|| Money::from_minor(price.minor() / quantity, price.currency()))
}
