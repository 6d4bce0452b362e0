//! The contract's scalars.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use jiff::{Timestamp, fmt::temporal::Pieces};

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
            InputValueError::custom(if is_a_time(text) {
                format!("out of range; the latest time that is taken is {:.0}", Timestamp::MAX)
            } else {
                "not an RFC 3339 time with an offset, such as 2026-01-31T08:00:00Z".to_owned()
            })
        })
    }

    fn is_valid(value: &Value) -> bool {
        Self::parse(value.clone()).is_ok()
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

/// Whether a text has everything that an instant has: years reach further than instants do.
fn is_a_time(text: &str) -> bool {
    Pieces::parse(text).is_ok_and(|pieces| pieces.time().is_some() && pieces.offset().is_some())
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

    fn is_valid(value: &Value) -> bool {
        Self::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{ScalarType as _, Value};

    use super::DateTime;

    fn refusal(text: &str) -> String {
        format!("{:?}", DateTime::parse(Value::from(text)).unwrap_err())
    }

    #[test]
    fn a_time_past_the_last_one_is_out_of_range_and_what_is_no_time_is_not_rfc_3339() {
        for far in ["9999-12-31T00:00:00Z", "9999-12-30T22:00:00-02:00", "9999-12-31T23:59:59.5+00:00"] {
            let told = refusal(far);
            assert!(told.contains("out of range") && told.contains("9999-12-30T22:00:00Z"), "{far}: {told}");
        }
        for text in [
            "yesterday",
            "2026-01-31",
            "2026-01-31T08:00:00",
            "2026-02-30T08:00:00Z",
            "10000-01-01T00:00:00Z",
        ] {
            assert!(refusal(text).contains("not an RFC 3339 time"), "{text}");
        }
        assert!(DateTime::parse(Value::from("9999-12-30T22:00:00Z")).is_ok());
    }
}
