//! Reading what a row holds.

use iso_currency::Currency;
use jiff::Timestamp;

use super::Fault;
use crate::{
    domain::{AccountName, Money, Text},
    store::{Digest, words::Word},
};

/// A row, read by the names of its columns.
pub(in crate::store) trait Row: Send + Sync {
    /// A text, in place.
    fn maybe_borrowed(&self, column: &'static str) -> sqlx::Result<Option<&str>>;

    /// A whole number.
    fn maybe_whole(&self, column: &'static str) -> sqlx::Result<Option<i64>>;

    /// Yes or no.
    fn maybe_flag(&self, column: &'static str) -> sqlx::Result<Option<bool>>;

    fn borrowed(&self, column: &'static str) -> Result<&str, Fault> {
        self.maybe_borrowed(column)?.ok_or(Fault::Value { column, wanted: "text" })
    }

    fn maybe_text(&self, column: &'static str) -> Result<Option<Text>, Fault> {
        Ok(self.maybe_borrowed(column)?.map(Text::from))
    }

    fn text(&self, column: &'static str) -> Result<Text, Fault> {
        self.borrowed(column).map(Text::from)
    }

    fn account(&self) -> Result<AccountName, Fault> {
        self.text("account").map(AccountName::new)
    }

    fn whole(&self, column: &'static str) -> Result<i64, Fault> {
        self.maybe_whole(column)?.ok_or(Fault::Value { column, wanted: "number" })
    }

    fn maybe_count(&self, column: &'static str) -> Result<Option<u32>, Fault> {
        let count = |whole| u32::try_from(whole).map_err(|_| Fault::Value { column, wanted: "count" });
        self.maybe_whole(column)?.map(count).transpose()
    }

    fn count(&self, column: &'static str) -> Result<u32, Fault> {
        self.maybe_count(column)?.ok_or(Fault::Value { column, wanted: "count" })
    }

    fn flag(&self, column: &'static str) -> Result<bool, Fault> {
        self.maybe_flag(column)?.ok_or(Fault::Value { column, wanted: "flag" })
    }

    fn maybe_instant(&self, column: &'static str) -> Result<Option<Timestamp>, Fault> {
        let instant = |millis| {
            Timestamp::from_millisecond(millis).map_err(|_| Fault::Value { column, wanted: "instant" })
        };
        self.maybe_whole(column)?.map(instant).transpose()
    }

    fn instant(&self, column: &'static str) -> Result<Timestamp, Fault> {
        self.maybe_instant(column)?.ok_or(Fault::Value { column, wanted: "instant" })
    }

    fn maybe_money(&self, minor: &'static str, currency: &'static str) -> Result<Option<Money>, Fault> {
        let (amount, code) = (self.maybe_whole(minor)?, self.maybe_borrowed(currency)?);
        let (Some(amount), Some(code)) = (amount, code) else { return Ok(None) };
        let wrong = Fault::Value { column: currency, wanted: "currency" };
        Ok(Some(Money::from_minor(amount, Currency::from_code(code).ok_or(wrong)?)))
    }

    fn maybe_word<W: Word>(&self, column: &'static str) -> Result<Option<W>, Fault> {
        let kind = |word| W::of_word(word).ok_or(Fault::Value { column, wanted: W::NAME });
        self.maybe_borrowed(column)?.map(kind).transpose()
    }

    fn word<W: Word>(&self, column: &'static str) -> Result<W, Fault> {
        self.maybe_word(column)?.ok_or(Fault::Value { column, wanted: W::NAME })
    }

    fn maybe_digest(&self, column: &'static str) -> Result<Option<Digest>, Fault> {
        let digest = |text| Digest::from_hex(text).ok_or(Fault::Value { column, wanted: "digest" });
        self.maybe_borrowed(column)?.map(digest).transpose()
    }
}

/// An instant as it is stored.
pub(super) fn millis(instant: Timestamp) -> i64 {
    instant.as_millisecond()
}

/// A currency as it is stored.
pub(super) fn currency(money: Option<Money>) -> Option<&'static str> {
    money.map(|money| money.currency().code())
}
