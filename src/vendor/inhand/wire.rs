//! What the platform sends, in its own words (InHand §3–§11), read leniently.
//!
//! Every number comes from a JSON number or a string, an empty string is absent (Trap 3), a list may stand in
//! a list (Trap 6), and members that we do not know are passed over (Trap 11).

#![expect(clippy::struct_field_names, reason = "the names are the platform's")]

use std::{collections::HashMap, fmt, marker::PhantomData};

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

/// What tells a failure from an answer.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Envelope {
    pub result: Word,
    pub error_code: Word,
}

/// The answer of `trade/list` (§3.2).
#[derive(Deserialize)]
pub struct Trades {
    pub total: Number,
    pub list: Rows<Trade>,
}

/// A listed trade (§3.2). `openId` and `phone` identify a person; hence no `Debug`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Trade {
    pub order_no: Word,
    pub trade_no: Word,
    pub asset_id: Word,
    pub cid: Word,
    pub location_id: Word,
    pub goods_name: Word,
    pub goods_number: Word,
    pub deliver_status: Number,
    #[serde(rename = "exec_ts")]
    pub exec_ts: Number,
    pub price: Number,
    #[serde(rename = "price_1")]
    pub price_1: Number,
    pub pay_status: Number,
    pub count: Number,
    pub cost: Number,
    pub pay_time: Number,
    pub create_time: Number,
    pub tra_create_time: Number,
    pub refund_time: Number,
    pub refund_order_no: Word,
    pub refund_fee: Number,
    pub refund_status: Number,
    pub pay_style: Word,
    #[serde(rename = "transaction_id")]
    pub transaction_id: Word,
    pub open_id: Word,
    pub phone: Word,
    pub currency: Number,
}

/// One machine's sales (§5.1): 40 members that differ by a name in front of `Amount` and `Count`.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub struct Statistics(pub HashMap<String, Word>);

/// A machine's status (§6.1).
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct MachineStatus {
    pub asset_id: Word,
    pub router_info: Option<RouterInfo>,
    pub vending_info: Option<VendingInfo>,
}

/// The machine's computer.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct RouterInfo {
    pub version: Word,
    pub vcs: Word,
    pub info: Option<Connection>,
    pub region: Option<Region>,
    pub online: Number,
}

/// How the machine's computer reaches the network.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Connection {
    pub net: Word,
    pub phone: Word,
    pub iccid: Word,
    pub ip: Word,
}

/// Where the machine is, in degrees.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Region {
    pub lon: Word,
    pub lat: Word,
}

/// The vending side of a machine; an absent list is no news.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VendingInfo {
    pub shelves_info: Option<Rows<ShelfInfo>>,
    pub fault_info: Option<Rows<FaultInfo>>,
}

/// A shelf in a status. The document shows no `cid` here.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ShelfInfo {
    pub cid: Word,
    #[serde(rename = "locationId")]
    pub location_id: Word,
    #[serde(rename = "goodsName")]
    pub goods_name: Word,
    pub number: Word,
    pub status: Number,
    /// Written with a small `o`, as the platform does.
    #[serde(rename = "soldoutTime")]
    pub soldout_time: Number,
}

/// A fault in a status.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct FaultInfo {
    pub name: Word,
    pub time: Number,
}

/// What a machine sold since its last refill (§6.2).
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Sales {
    pub asset_id: Word,
    pub sales_info: Option<Rows<CabinetGoods>>,
    pub shelves_info: Option<Rows<CabinetShelves>>,
}

/// A cabinet's sales by goods.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CabinetGoods {
    pub cid: Word,
    pub goods_info: Option<Rows<GoodsSales>>,
}

/// A cabinet's sales by shelf.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CabinetShelves {
    pub cid: Word,
    pub shelf_info: Option<Rows<GoodsSales>>,
}

/// How often goods were sold, of a whole cabinet or off one shelf.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GoodsSales {
    pub location_id: Word,
    pub goods_id: Word,
    pub goods_number: Word,
    pub goods_name: Word,
    pub goods_sales: Number,
}

/// The answer of `refill/message` (§8.2).
#[derive(Deserialize)]
pub struct Refills {
    pub message: Rows<Refill>,
}

/// A refill (§8.1).
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Refill {
    pub asset_id: Word,
    pub site_name: Word,
    pub site_number: Word,
    pub line_name: Word,
    pub last_refill_time: Number,
    pub refill_time: Number,
    pub pay_sales: Option<Rows<PaySales>>,
    pub shelf_pay_sales: Option<Rows<ShelfPaySales>>,
}

/// A refill's sales by payment: `sales` is the amount, `units` the pieces.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PaySales {
    pub name: Word,
    pub sales: Number,
    pub units: Number,
}

/// What a refill did to one shelf.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ShelfPaySales {
    pub cid: Word,
    pub location_id: Word,
    pub goods_id: Word,
    pub goods_name: Word,
    pub goods_number: Word,
    pub price: Number,
    pub stock: Number,
    pub refill_count: Number,
    pub pay_sales: Option<Rows<PaySales>>,
}

/// A line (§9.1).
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Line {
    pub name: Word,
    pub area_name: Word,
    pub description: Word,
    pub create_time: Number,
}

/// A row of `router/sites` (§9.2): one machine, with its site.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Site {
    pub device_name: Word,
    pub area_name: Word,
    pub line_name: Word,
    pub create_time: Number,
    pub site_id: Word,
    pub site_name: Word,
    pub address: Word,
    pub asset_id: Word,
    pub online: Number,
    pub cid_count: Number,
    /// The platform's spelling of "vendor": who made the machine (Trap 4).
    pub vender: Word,
}

/// Goods (§11).
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Goods {
    pub number: Word,
    pub name: Word,
    pub full_name: Word,
    pub type_name: Word,
    /// In yuan, while every other price is in fen (Trap 7).
    pub price: Exact,
    pub packing_form: Number,
    pub manufacturer: Word,
}

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

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = |text: &str| (!text.is_empty()).then(|| Text::from(text));
        deserializer.deserialize_any(Scalar(word)).map(Self)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Scalar(whole)).map(Self)
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
    text.parse().ok().or_else(|| {
        let decimal = text.parse::<Decimal>().ok().or_else(|| Decimal::from_scientific(text).ok())?;
        decimal.is_integer().then(|| i64::try_from(decimal).ok()).flatten()
    })
}

/// Reads any scalar by its text. Objects and lists where a scalar belongs are passed over: a member that
/// changed its shape must not cost the whole answer.
struct Scalar<F>(F);

impl<'de, T, F: FnOnce(&str) -> Option<T>> Visitor<'de> for Scalar<F> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok((self.0)(text))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok((self.0)(&number.to_string()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok((self.0)(&number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok((self.0)(&number.to_string()))
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
        Collect { rows: &mut rows, lifetime: PhantomData }.deserialize(deserializer)?;
        Ok(Self(rows))
    }
}

/// Puts every object of a list, however nested, into one vector.
struct Collect<'a, 'de, T> {
    rows: &'a mut Vec<T>,
    lifetime: PhantomData<&'de ()>,
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Collect<'_, 'de, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Collect<'_, 'de, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Collect { rows: &mut *self.rows, lifetime: PhantomData })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<(), A::Error> {
        self.rows.push(T::deserialize(MapAccessDeserializer::new(object))?);
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if text.is_empty() { Ok(()) } else { Err(E::custom("a text where a list of objects belongs")) }
    }
}
