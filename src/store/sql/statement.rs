//! Statements with their values, for either database.

use std::borrow::Cow;

use sqlx::{
    AssertSqlSafe, Database, Encode, SqlSafeStr as _, Type, database::HasStatementCache, query::Query,
};

use super::{Connection, Fault};

/// A value as it is stored.
pub(in crate::store) enum Value<'q> {
    Text(Option<Cow<'q, str>>),
    Whole(Option<i64>),
    Flag(bool),
    Bytes(Option<&'q [u8]>),
}

/// A statement and the values of its `$1`, `$2`, …, or of its `?`, in their order.
pub(in crate::store) struct Statement<'q> {
    sql: Cow<'static, str>,
    values: Vec<Value<'q>>,
    /// Whether it comes again in the same words, so that it is worth being prepared.
    recurs: bool,
}

/// A statement in these words.
pub(in crate::store) fn statement<'q>(sql: impl Into<Cow<'static, str>>) -> Statement<'q> {
    Statement { sql: sql.into(), values: Vec::new(), recurs: true }
}

impl<'q> Statement<'q> {
    /// A statement that grows with what is asked for, and hardly comes again in the same words.
    pub(super) fn growing(sql: impl Into<Cow<'static, str>>) -> Self {
        Self { recurs: false, ..statement(sql) }
    }

    /// The next value.
    pub(in crate::store) fn bind(mut self, value: impl Into<Value<'q>>) -> Self {
        self.values.push(value.into());
        self
    }

    /// More words.
    pub(super) fn push(&mut self, sql: &str) -> &mut Self {
        self.sql.to_mut().push_str(sql);
        self
    }

    /// The next value, in the place where it is used.
    pub(super) fn push_bind(&mut self, value: impl Into<Value<'q>>) -> &mut Self {
        self.values.push(value.into());
        let number = self.values.len().to_string();
        self.push("$").push(&number)
    }

    pub(in crate::store) async fn rows<C: Connection>(self, db: &mut C) -> Result<Vec<C::Row>, Fault> {
        Ok(db.rows(self).await?)
    }

    /// The first row.
    pub(in crate::store) async fn row<C: Connection>(self, db: &mut C) -> Result<Option<C::Row>, Fault> {
        Ok(db.rows(self).await?.into_iter().next())
    }

    /// The row of a statement that always gives one.
    pub(in crate::store) async fn only_row<C: Connection>(self, db: &mut C) -> Result<C::Row, Fault> {
        self.row(db).await?.ok_or(Fault::Database(sqlx::Error::RowNotFound))
    }

    pub(in crate::store) async fn execute<C: Connection>(self, db: &mut C) -> Result<u64, Fault> {
        Ok(db.execute(self).await?)
    }

    /// The statement as a database's driver takes it.
    pub(in crate::store) fn into_query<D>(self) -> Query<'static, D, D::Arguments>
    where
        D: Database + HasStatementCache,
        for<'t> Option<&'t str>: Encode<'t, D> + Type<D>,
        for<'t> Option<&'t [u8]>: Encode<'t, D> + Type<D>,
        for<'t> Option<i64>: Encode<'t, D> + Type<D>,
        for<'t> bool: Encode<'t, D> + Type<D>,
    {
        let sql = match self.sql {
            Cow::Borrowed(sql) => sql.into_sql_str(),
            // Made of our own words alone: whatever is told from outside is a value.
            Cow::Owned(sql) => AssertSqlSafe(sql).into_sql_str(),
        };
        let mut query = sqlx::query(sql).persistent(self.recurs);
        for value in &self.values {
            query = match value {
                Value::Text(text) => query.bind(text.as_deref()),
                Value::Whole(whole) => query.bind(*whole),
                Value::Flag(flag) => query.bind(*flag),
                Value::Bytes(bytes) => query.bind(*bytes),
            };
        }
        query
    }
}

/// A text as it is stored and looked for. PostgreSQL's text holds no NUL, and SQLite's JSON ends at one: it stands as
/// U+FFFD. No vendor's number has one.
pub(super) fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

impl<'q> From<&'q str> for Value<'q> {
    fn from(text: &'q str) -> Self {
        Self::Text(Some(storable(text)))
    }
}

impl<'q> From<Option<&'q str>> for Value<'q> {
    fn from(text: Option<&'q str>) -> Self {
        Self::Text(text.map(storable))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::from(Some(text))
    }
}

impl From<Option<String>> for Value<'_> {
    fn from(text: Option<String>) -> Self {
        Self::Text(text.map(|text| Cow::Owned(storable(&text).into_owned())))
    }
}

impl From<i64> for Value<'_> {
    fn from(whole: i64) -> Self {
        Self::Whole(Some(whole))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(whole: Option<i64>) -> Self {
        Self::Whole(whole)
    }
}

impl From<u32> for Value<'_> {
    fn from(count: u32) -> Self {
        Self::from(i64::from(count))
    }
}

impl From<Option<u32>> for Value<'_> {
    fn from(count: Option<u32>) -> Self {
        Self::Whole(count.map(i64::from))
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl<'q> From<Option<&'q [u8]>> for Value<'q> {
    fn from(bytes: Option<&'q [u8]>) -> Self {
        Self::Bytes(bytes)
    }
}
