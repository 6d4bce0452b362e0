//! How SQLite is spoken to.

use async_trait::async_trait;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use crate::store::sql::{Connection, Dialect, Parameter, Row, Statement};

#[async_trait]
impl Connection for SqliteConnection {
    type Row = SqliteRow;

    const DIALECT: Dialect = Dialect {
        greater: "max",
        members: "json_each($1) AS member",
        // As a list, since SQLite joins no subquery laterally.
        each_run: (
            "place IN (SELECT found.value FROM json_each($1) AS member, json_each((SELECT json_group_array(place) FROM (",
            "))) AS found ORDER BY 1 LIMIT 0 + $3)",
        ),
        onwards: (|kind, after| format!("kind = {kind} AND place > {after}"), "place"),
        // Keeps SQLite to the order that is written.
        join: "CROSS JOIN",
        joins_laterally: false,
        unindexed: "+",
        walked: " NOT INDEXED",
        parameter: Parameter::Next,
    };

    async fn rows(&mut self, statement: Statement<'_>) -> sqlx::Result<Vec<SqliteRow>> {
        statement.into_query::<sqlx::Sqlite>().fetch_all(self).await
    }

    async fn execute(&mut self, statement: Statement<'_>) -> sqlx::Result<u64> {
        Ok(statement.into_query::<sqlx::Sqlite>().execute(self).await?.rows_affected())
    }
}

impl Row for SqliteRow {
    fn maybe_borrowed(&self, column: &'static str) -> sqlx::Result<Option<&str>> {
        self.try_get(column)
    }

    fn maybe_whole(&self, column: &'static str) -> sqlx::Result<Option<i64>> {
        self.try_get(column)
    }

    fn maybe_flag(&self, column: &'static str) -> sqlx::Result<Option<bool>> {
        self.try_get(column)
    }
}
