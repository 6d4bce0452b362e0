//! Money.

use async_graphql::{SimpleObject, parser::types::Field};

use super::Decimal;
use crate::{
    domain,
    graphql::{
        direct::Direct,
        json::{Json, Write},
    },
};

/// An exact amount of one currency.
pub type Money = Direct<MoneyFields>;

/// An exact amount of one currency.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Money")]
pub struct MoneyFields {
    /// The amount in major units, with the decimals that ISO 4217 gives the currency: `"5.00"`.
    amount: Decimal,
    /// The currency's ISO 4217 code: `CNY`.
    currency: &'static str,
    /// The amount in minor units (fen, cents): 500.
    minor_units: i64,
}

impl From<domain::Money> for Money {
    fn from(money: domain::Money) -> Self {
        Self(MoneyFields {
            amount: Decimal(money.major()),
            currency: money.currency().code(),
            minor_units: money.minor(),
        })
    }
}

impl Write for MoneyFields {
    fn write(&self, field: &Field, to: &mut Json<'_>) -> Option<()> {
        match field.name.node.as_str() {
            "amount" => to.shown(self.amount.0),
            "currency" => to.value(self.currency),
            "minorUnits" => to.value(&self.minor_units),
            _ => None,
        }
    }
}
