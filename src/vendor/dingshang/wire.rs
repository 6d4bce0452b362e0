//! The vendor's JSON as it comes; private to the adapter.
//!
//! Its `data` comes from protobuf through PHP: what is zero, empty or false is absent; an id is a number on
//! one server and text on another; an object without members is `[]`. So every scalar is a [`Scalar`], every
//! object a [`Maybe`], every list [`Rows`], and unknown members are ignored. What is an object where text
//! belongs is still an error: that is another shape, not another habit.

#![expect(clippy::struct_field_names, reason = "the members bear the vendor's names")]

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::value::RawValue;

use crate::domain::Text;

/// The body of a signed call.
#[derive(Debug, Serialize)]
pub struct Body {
    /// Base64 of the signed parameters.
    pub payload: String,
}

/// The body that places an order, unsigned. The sample calls the first member `imei` and lacks the second and third
/// (Trap 4).
#[derive(Debug, Serialize)]
pub struct NewOrder<'a> {
    pub machine_no: &'a str,
    pub trade_id: &'a str,
    pub notify_url: &'a str,
    pub products: Vec<NewOrderProduct>,
}

/// A line of an order to be placed; `product_id` names a slot.
#[derive(Debug, Serialize)]
pub struct NewOrderProduct {
    pub product_id: u64,
    pub quantity: u32,
}

/// What every answer stands in; `data` is read only once `code` and `message` say that it is worth it.
#[derive(Debug, Deserialize)]
pub struct Envelope<'a> {
    pub code: Scalar,
    #[serde(default)]
    pub message: Scalar,
    #[serde(borrow, default)]
    pub data: Option<&'a RawValue>,
}

/// Text, a number or a boolean, kept as its letters, so that no number passes through a float (Trap 6).
/// Empty and null are as good as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scalar(Option<Text>);

impl Scalar {
    /// Its letters, if there are any.
    pub fn text(&self) -> Option<Text> {
        self.0.clone()
    }

    /// Its letters, or nothing.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }

    /// A whole number, in JSON or in text.
    pub fn whole<T: FromStr>(&self) -> Option<T> {
        self.as_str().parse().ok()
    }

    /// A boolean; absent is false.
    pub fn is_true(&self) -> bool {
        matches!(self.as_str(), "true" | "1")
    }

    /// Whether the vendor sent nothing.
    pub fn is_absent(&self) -> bool {
        self.0.is_none()
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let text = match raw.as_bytes().first() {
            Some(b'"') => Text::from(serde_json::from_str::<String>(raw).map_err(D::Error::custom)?),
            Some(b'[' | b'{') => return Err(D::Error::custom("expected text, a number or a boolean")),
            Some(b'n') | None => return Ok(Self(None)),
            Some(_) => Text::from(raw),
        };
        Ok(Self((!text.is_empty()).then_some(text)))
    }
}

/// An object, or nothing, which is also sent as `[]`.
#[derive(Debug)]
pub struct Maybe<T>(pub Option<T>);

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MaybeVisitor(PhantomData))
    }
}

struct MaybeVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for MaybeVisitor<T> {
    type Value = Maybe<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object, or an empty list in its place")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|object| Maybe(Some(object)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        match list.next_element::<IgnoredAny>()? {
            None => Ok(Maybe(None)),
            Some(_) => Err(A::Error::custom("expected an object, found a list")),
        }
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Maybe(None))
    }
}

/// A list; nothing, which is also sent as `{}`, is an empty one.
#[derive(Debug)]
pub struct Rows<T>(pub Vec<T>);

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RowsVisitor(PhantomData))
    }
}

struct RowsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for RowsVisitor<T> {
    type Value = Rows<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = list.next_element()? {
            rows.push(row);
        }
        Ok(Rows(rows))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        match map.next_key::<IgnoredAny>()? {
            None => Ok(Rows(Vec::new())),
            Some(_) => Err(A::Error::custom("expected a list, found an object")),
        }
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Rows(Vec::new()))
    }
}

/// A row of `/rent/machines`. `status` is a boolean on older servers, a word on newer ones.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MachineRow {
    pub machine_no: Scalar,
    pub machine_name: Scalar,
    pub is_online: Scalar,
    pub status: Scalar,
    pub address: Scalar,
    pub lng_lat: Scalar,
    pub created_at: Scalar,
}

/// The answer of `/rent/machines/{machine_no}`; it does not repeat the number.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MachineDetail {
    pub lng_lat: Scalar,
    pub is_online: Scalar,
    pub model: Maybe<Model>,
    pub machine_type: Scalar,
    pub categories: Rows<Category>,
    pub currency: Maybe<Currency>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Model {
    pub cabinet_names: Rows<Scalar>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Currency {
    pub code: Scalar,
}

/// A category, as the detail, a product row and `/categories` show it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Category {
    pub id: Scalar,
    pub title: Scalar,
    pub sort_id: Scalar,
    pub is_visible: Scalar,
}

/// A page of `/products`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ProductPage {
    pub data: Rows<ProductRow>,
    pub total: Scalar,
    pub last_page: Scalar,
    pub per_page: Scalar,
}

/// One slot and what it holds.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ProductRow {
    pub id: Scalar,
    pub category: Maybe<Category>,
    pub good: Maybe<Good>,
    pub channel: Maybe<Channel>,
    pub current_inventory: Scalar,
    pub inventory: Scalar,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Good {
    pub id: Scalar,
    pub name: Scalar,
    pub description: Scalar,
    pub thumb: Scalar,
    pub price: Scalar,
    pub original_price: Scalar,
    pub content: Scalar,
    pub good_no: Scalar,
    pub slug: Scalar,
    pub media: Rows<Scalar>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Channel {
    pub id: Scalar,
    pub name: Scalar,
    pub cabinet_name: Scalar,
}

/// A row of `/floors`; which of the two names the status bears depends on the server.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Floor {
    pub status: Scalar,
    pub floor_status: Scalar,
    pub channel: Maybe<Channel>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PickupCode {
    pub id: Scalar,
    pub code: Scalar,
    pub status: Scalar,
    pub created_at: Scalar,
    pub expired_at: Scalar,
    pub quantity: Scalar,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Order {
    pub order_id: Scalar,
    pub trade_id: Scalar,
    pub amount: Scalar,
    pub status: Scalar,
    pub pickup_code_id: Scalar,
    pub records: Rows<OrderRecord>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct OrderRecord {
    pub id: Scalar,
    pub product_id: Scalar,
    pub quantity: Scalar,
    pub price: Scalar,
    pub status: Scalar,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Delivery {
    pub delivery_id: Scalar,
    pub delivered_at: Scalar,
    pub status: Scalar,
    pub pickup_at: Scalar,
    pub fail_reason: Scalar,
}
