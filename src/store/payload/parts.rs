//! What the other shapes are made of: words, instants, money, names, coordinates.

use iso_currency::Currency;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::wire::Wire;
use crate::{
    domain::{AccountName, GeoPoint, Money, Text},
    store::words::Word,
};

impl<W: Word> Wire for W {
    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.word())
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let word = Text::deserialize(from)?;
        W::of_word(&word).ok_or_else(|| D::Error::custom(W::NAME))
    }
}

/// Milliseconds since 1970.
impl Wire for Timestamp {
    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(self.as_millisecond())
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::from_millisecond(i64::deserialize(from)?).map_err(D::Error::custom)
    }
}

impl Wire for AccountName {
    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Text::deserialize(from).map(Self::new)
    }
}

/// Minor units and the currency's code.
impl Wire for Money {
    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (self.minor(), self.currency().code()).serialize(to)
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (minor, code) = <(i64, Text)>::deserialize(from)?;
        let currency = Currency::from_code(&code).ok_or_else(|| D::Error::custom("currency"))?;
        Ok(Self::from_minor(minor, currency))
    }
}

/// Latitude and longitude, as texts: serde_json does not give a float back to the last bit.
impl Wire for GeoPoint {
    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (self.latitude.to_string(), self.longitude.to_string()).serialize(to)
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (latitude, longitude) = <(Text, Text)>::deserialize(from)?;
        let point = latitude.parse().ok().zip(longitude.parse().ok());
        point
            .and_then(|(latitude, longitude)| Self::new(latitude, longitude))
            .ok_or_else(|| D::Error::custom("coordinates"))
    }
}
