//! The platform's scalars and lists, whatever their shape: every number comes from a JSON number or a string,
//! an empty string is absent (Trap 3), and a list may stand in a list (Trap 6).

use std::{fmt, marker::PhantomData};

use rust_decimal::Decimal;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::value::RawValue;

use crate::domain::Text;

/// A text, from a JSON string or number; `None` where it is absent, null, empty or no scalar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word(pub Option<Text>);

/// A whole number, from a JSON number or string; `None` where it is absent, null, empty or no whole number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Number(pub Option<i64>);

/// A decimal number as it was written, never through a float (Trap 7).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exact(pub Option<String>);

/// A list: `[…]`, `[[…]]` (Trap 6), or one object by itself (the sample of `router/goods`); null and `""`
/// are an empty one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows<T>(pub Vec<T>);

impl Word {
    /// The text, unless it is absent.
    pub fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The whole number that the text writes.
    pub fn number(&self) -> Number {
        Number(self.as_deref().and_then(whole))
    }
}

impl Number {
    /// The whole number that a text writes.
    pub fn of(text: &str) -> Self {
        Self(whole(text))
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor(PhantomData)).map(Self)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor(PhantomData)).map(Self)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = match raw.get() {
            "null" => String::new(),
            text if text.starts_with('"') => serde_json::from_str(text).map_err(D::Error::custom)?,
            text => text.to_owned(),
        };
        Ok(Self((!text.is_empty()).then_some(text)))
    }
}

/// A whole number as text, also written `12.0`.
fn whole(text: &str) -> Option<i64> {
    let text = text.trim();
    // Where there is no number the platform says nothing, mostly.
    if text.is_empty() {
        return None;
    }
    text.parse().ok().or_else(|| {
        let decimal = text.parse::<Decimal>().ok().or_else(|| Decimal::from_scientific(text).ok())?;
        decimal.is_integer().then(|| i64::try_from(decimal).ok()).flatten()
    })
}

/// What a scalar is read as.
trait FromScalar: Sized {
    fn of_text(text: &str) -> Option<Self>;

    fn of_integer(number: i64) -> Option<Self> {
        Self::of_text(&number.to_string())
    }
}

impl FromScalar for Text {
    fn of_text(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self::from(text))
    }
}

impl FromScalar for i64 {
    fn of_text(text: &str) -> Option<Self> {
        whole(text)
    }

    fn of_integer(number: i64) -> Option<Self> {
        Some(number)
    }
}

/// Reads any scalar. Objects and lists where a scalar belongs are passed over: a member that changed its shape must not
/// cost the whole answer.
struct ScalarVisitor<T>(PhantomData<T>);

impl<'de, T: FromScalar> Visitor<'de> for ScalarVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(T::of_text(text))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(T::of_integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(number).map_or_else(|_| T::of_text(&number.to_string()), T::of_integer))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(T::of_text(&number.to_string()))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut rows = Vec::new();
        Collect(&mut rows).deserialize(deserializer)?;
        Ok(Self(rows))
    }
}

/// Puts every object of a list, however nested, into one vector.
struct Collect<'a, T>(&'a mut Vec<T>);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Collect<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Collect<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Collect(&mut *self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<(), A::Error> {
        self.0.push(T::deserialize(MapAccessDeserializer::new(object))?);
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if text.is_empty() { Ok(()) } else { Err(E::custom("a text where a list of objects belongs")) }
    }
}
