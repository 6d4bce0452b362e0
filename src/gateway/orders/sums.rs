//! Sums of sales at accounts whose vendor sums none: of the orders that went through us and are paid.
//!
//! What was paid back is no sale. All of it was paid through the network, none at the machine. A line whose price
//! nobody told yet counts as pieces, not as money; and of several currencies only one is summed, the machine's.

use std::collections::HashMap;

use iso_currency::Currency;
use jiff::Timestamp;

use crate::{
    domain::{
        AccountName, MethodSales, Money, OrderState, PaymentMethod, SalesFigure, SalesStatistics, Window,
    },
    gateway::{Gateway, Machine, Result, lease},
    store::{LineFilter, LineSum, OrderFilter},
};

/// The states of orders that are paid, and were not paid back.
const PAID: [OrderState; 2] = [OrderState::Paid, OrderState::PickupCode];

impl Gateway {
    /// The sales of these machines between two instants, both inclusive; one question for all of them.
    pub(in crate::gateway) async fn stored_statistics(
        &self,
        machines: &[&Machine],
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Vec<(AccountName, SalesStatistics)>> {
        if machines.is_empty() {
            return Ok(Vec::new());
        }
        lease::note_once();
        let names = machines.iter().map(|machine| (machine.account.name().clone(), machine.number().clone()));
        let names: Vec<_> = names.collect();
        let mut accounts: Vec<AccountName> = names.iter().map(|(account, _)| account.clone()).collect();
        accounts.sort_unstable();
        accounts.dedup();
        let orders = OrderFilter {
            accounts,
            machines: Some(names),
            states: Some(PAID.to_vec()),
            window: Window { from: Some(from), to: Some(to) },
            now: self.clock.now(),
        };
        let lines = LineFilter { orders, by_pickup_code: None, delivery: None };
        let mut sums: HashMap<_, Vec<LineSum>> = HashMap::new();
        for sum in self.store().line_sums(&lines).await? {
            sums.entry((sum.account.clone(), sum.machine.clone())).or_default().push(sum);
        }
        let statistics = machines.iter().map(|machine| {
            let name = machine.account.name().clone();
            let own = sums.get(&(name.clone(), machine.number().clone()));
            (name, statistics(machine, own.map_or(&[], Vec::as_slice), (from, to)))
        });
        Ok(statistics.collect())
    }
}

fn statistics(machine: &Machine, sums: &[LineSum], (from, to): (Timestamp, Timestamp)) -> SalesStatistics {
    let currency = machine.known_currency().or_else(|| most_sold_in(sums)).unwrap_or(UNKNOWN);
    let figure = |wanted: &dyn Fn(&LineSum) -> bool| {
        let mut figure = SalesFigure { amount: Money::from_minor(0, currency), count: 0 };
        for sum in sums.iter().filter(|sum| wanted(sum)) {
            let minor = match sum.amount {
                Some(amount) if amount.currency() != currency => continue,
                Some(amount) => amount.minor(),
                None => 0,
            };
            figure.amount = Money::from_minor(figure.amount.minor().saturating_add(minor), currency);
            figure.count = figure.count.saturating_add(sum.pieces);
        }
        figure
    };
    let total = figure(&|_| true);
    // The vendor has no names for them.
    let by_method = [(false, "MERCHANT"), (true, "PICKUP_CODE")].map(|(by_pickup_code, name)| MethodSales {
        method: PaymentMethod::of_order(by_pickup_code),
        vendor_method: name.into(),
        figure: figure(&|sum| sum.by_pickup_code == by_pickup_code),
    });
    SalesStatistics {
        machine_number: machine.number().clone(),
        from,
        to,
        total,
        online: total,
        offline: figure(&|_| false),
        by_method: by_method.into_iter().filter(|method| method.figure.count != 0).collect(),
    }
}

/// What the money of a machine is called that sold nothing and whose currency nobody told yet: yuan, as at machines
/// that name none.
const UNKNOWN: Currency = Currency::CNY;

/// The currency in which most pieces were sold.
fn most_sold_in(sums: &[LineSum]) -> Option<Currency> {
    let priced = sums.iter().filter_map(|sum| Some((sum.amount?.currency(), sum.pieces)));
    let mut pieces: Vec<(Currency, i64)> = Vec::new();
    for (currency, more) in priced {
        match pieces.iter_mut().find(|(known, _)| *known == currency) {
            Some((_, count)) => *count = count.saturating_add(more),
            None => pieces.push((currency, more)),
        }
    }
    pieces.into_iter().max_by_key(|(currency, count)| (*count, currency.code())).map(|(currency, _)| currency)
}
