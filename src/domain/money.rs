//! Money: integer minor units of an ISO 4217 currency. Never a float.

use iso_currency::Currency;
use rust_decimal::Decimal;
use thiserror::Error;

/// An exact amount of one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// An amount that cannot be held exactly.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// Not a decimal number.
    #[error("`{0}` is not a decimal amount")]
    NotDecimal(String),
    /// More decimals than the currency has, or more digits than fit.
    #[error("{0} is not a whole number of the currency's minor units")]
    NotExact(Decimal),
}

impl Money {
    /// So many minor units: 500 of CNY is ¥5.00.
    pub const fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads an amount in major units, such as `"3.00"`.
    pub fn parse(major: &str, currency: Currency) -> Result<Self, MoneyError> {
        let amount: Decimal =
            major.trim().parse().map_err(|_| MoneyError::NotDecimal(major.chars().take(40).collect()))?;
        Self::from_major(amount, currency)
    }

    /// Takes an amount in major units.
    pub fn from_major(amount: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let scale = Decimal::from(10_i64.pow(decimals(currency)));
        let minor = amount.checked_mul(scale).ok_or(MoneyError::NotExact(amount))?;
        if !minor.is_integer() {
            return Err(MoneyError::NotExact(amount));
        }
        let minor = i64::try_from(minor).map_err(|_| MoneyError::NotExact(amount))?;
        Ok(Self { minor, currency })
    }

    /// The amount in minor units (fen, cents).
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The amount in major units, with as many decimals as the currency has.
    pub fn major(self) -> Decimal {
        Decimal::new(self.minor, decimals(self.currency))
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// `count` times the amount, if it fits.
    pub fn times(self, count: i64) -> Option<Self> {
        Some(Self { minor: self.minor.checked_mul(count)?, ..self })
    }
}

/// The decimals of a currency by ISO 4217; none where the standard gives none.
fn decimals(currency: Currency) -> u32 {
    currency.exponent().map_or(0, u32::from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Currency, Money, MoneyError};

    #[test]
    fn major_units_become_minor_units_by_the_decimals_of_the_currency() {
        assert_eq!(Money::parse("3.00", Currency::CNY), Ok(Money::from_minor(300, Currency::CNY)));
        assert_eq!(Money::parse("300", Currency::JPY), Ok(Money::from_minor(300, Currency::JPY)));
        assert_eq!(Money::parse("1.234", Currency::BHD), Ok(Money::from_minor(1234, Currency::BHD)));
        assert_eq!(Money::from_minor(500, Currency::CNY).major().to_string(), "5.00");
    }

    #[test]
    fn an_amount_finer_than_the_currency_is_refused_not_rounded() {
        assert!(matches!(Money::parse("0.105", Currency::CNY), Err(MoneyError::NotExact(_))));
        assert!(matches!(Money::parse("1.5", Currency::JPY), Err(MoneyError::NotExact(_))));
        assert!(matches!(Money::parse("a lot", Currency::CNY), Err(MoneyError::NotDecimal(_))));
    }

    proptest! {
        #[test]
        fn an_amount_survives_its_text(minor in any::<i64>()) {
            for currency in [Currency::CNY, Currency::JPY, Currency::BHD] {
                let money = Money::from_minor(minor, currency);
                assert_eq!(Money::parse(&money.major().to_string(), currency), Ok(money));
            }
        }
    }
}
