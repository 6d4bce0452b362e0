//! Reading what a row holds.

use iso_currency::Currency;
use jiff::Timestamp;
use sqlx::{Row as _, sqlite::SqliteRow};

use super::fault::Fault;
use crate::{
    domain::{AccountName, Money, Text},
    store::{Digest, words::Word},
};

/// A row, read by the names of its columns.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a SqliteRow);

impl Reader<'_> {
    pub(super) fn maybe_text(self, column: &'static str) -> Result<Option<Text>, Fault> {
        Ok(self.0.try_get::<Option<&str>, _>(column)?.map(Text::from))
    }

    pub(super) fn text(self, column: &'static str) -> Result<Text, Fault> {
        Ok(Text::from(self.0.try_get::<&str, _>(column)?))
    }

    pub(super) fn borrowed(&self, column: &'static str) -> Result<&str, Fault> {
        Ok(self.0.try_get(column)?)
    }

    pub(super) fn account(self) -> Result<AccountName, Fault> {
        self.text("account").map(AccountName::new)
    }

    pub(super) fn whole(self, column: &'static str) -> Result<i64, Fault> {
        Ok(self.0.try_get(column)?)
    }

    pub(super) fn maybe_count(self, column: &'static str) -> Result<Option<u32>, Fault> {
        let whole: Option<i64> = self.0.try_get(column)?;
        whole
            .map(|whole| u32::try_from(whole).map_err(|_| Fault::Value { column, wanted: "count" }))
            .transpose()
    }

    pub(super) fn count(self, column: &'static str) -> Result<u32, Fault> {
        self.maybe_count(column)?.ok_or(Fault::Value { column, wanted: "count" })
    }

    pub(super) fn flag(self, column: &'static str) -> Result<bool, Fault> {
        Ok(self.0.try_get(column)?)
    }

    pub(super) fn maybe_instant(self, column: &'static str) -> Result<Option<Timestamp>, Fault> {
        let millis: Option<i64> = self.0.try_get(column)?;
        let instant = |millis| {
            Timestamp::from_millisecond(millis).map_err(|_| Fault::Value { column, wanted: "instant" })
        };
        millis.map(instant).transpose()
    }

    pub(super) fn instant(self, column: &'static str) -> Result<Timestamp, Fault> {
        self.maybe_instant(column)?.ok_or(Fault::Value { column, wanted: "instant" })
    }

    pub(super) fn maybe_money(
        self,
        minor: &'static str,
        currency: &'static str,
    ) -> Result<Option<Money>, Fault> {
        let amount: Option<i64> = self.0.try_get(minor)?;
        let code: Option<&str> = self.0.try_get(currency)?;
        let (Some(amount), Some(code)) = (amount, code) else { return Ok(None) };
        let wrong = Fault::Value { column: currency, wanted: "currency" };
        Ok(Some(Money::from_minor(amount, Currency::from_code(code).ok_or(wrong)?)))
    }

    pub(super) fn maybe_word<W: Word>(self, column: &'static str) -> Result<Option<W>, Fault> {
        let word: Option<&str> = self.0.try_get(column)?;
        let kind = |word| W::of_word(word).ok_or(Fault::Value { column, wanted: W::NAME });
        word.map(kind).transpose()
    }

    pub(super) fn word<W: Word>(self, column: &'static str) -> Result<W, Fault> {
        self.maybe_word(column)?.ok_or(Fault::Value { column, wanted: W::NAME })
    }

    pub(super) fn maybe_digest(self, column: &'static str) -> Result<Option<Digest>, Fault> {
        let text: Option<&str> = self.0.try_get(column)?;
        let digest = |text| Digest::from_hex(text).ok_or(Fault::Value { column, wanted: "digest" });
        text.map(digest).transpose()
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
