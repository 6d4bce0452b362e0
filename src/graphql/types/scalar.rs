//! The contract's scalars.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use jiff::Timestamp;

/// An instant, as RFC 3339 text with an offset, such as `2026-01-31T08:00:00Z`. Answers are in UTC; any offset
/// is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime(pub Timestamp);

/// An instant, as RFC 3339 text with an offset, such as `2026-01-31T08:00:00Z`. Answers are in UTC; any offset
/// is taken.
#[Scalar]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        text.parse().map(Self).map_err(|_| {
            InputValueError::custom("not an RFC 3339 time with an offset, such as 2026-01-31T08:00:00Z")
        })
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl From<Timestamp> for DateTime {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

/// An exact decimal number as text, such as `"1.50"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal(pub rust_decimal::Decimal);

/// An exact decimal number as text, such as `"1.50"`.
#[Scalar]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        text.parse().map(Self).map_err(|_| InputValueError::custom("not a decimal number, such as \"1.50\""))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}
