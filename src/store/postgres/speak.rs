//! How PostgreSQL is spoken to.

use std::{io, time::Duration};

use async_trait::async_trait;
use sqlx::{PgConnection, Postgres, Row as _, postgres::PgRow};
use tokio::time::timeout;

use crate::store::sql::{Connection, Dialect, Parameter, Row, Statement};

/// How long the server's answer to a statement is waited for. A little longer than the server works on it, so that it is
/// the server that gives up, unless it cannot be reached.
const PATIENCE: Duration = Duration::from_secs(7);

/// What the server does not answer in time is an error: on a line that is cut, nothing else says so for a quarter of an
/// hour.
pub(super) async fn bounded<T>(answer: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    let late =
        |_| Err(sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, "the server does not answer")));
    timeout(PATIENCE, answer).await.unwrap_or_else(late)
}

#[async_trait]
impl Connection for PgConnection {
    type Row = PgRow;

    const DIALECT: Dialect = Dialect {
        greater: "greatest",
        members: "(SELECT value, number - 1 AS key FROM json_array_elements(CAST($1 AS JSON)) \
                  WITH ORDINALITY AS listed (value, number)) AS member",
        // As an array, or all places would be read for fear of many runs.
        each_run: (
            "place = ANY (ARRAY(SELECT found.place FROM (SELECT value FROM json_array_elements(CAST($1 AS JSON)) \
             AS listed (value)) AS member CROSS JOIN LATERAL (",
            ") AS found ORDER BY 1 LIMIT 0 + $3))",
        ),
        // Ordered by place alone, PostgreSQL would sooner walk the whole log than the index.
        onwards: (
            |kind, after| format!("(kind, place) > ({kind}, {after}) AND kind <= {kind}"),
            "kind, place",
        ),
        join: "JOIN",
        joins_laterally: true,
        unindexed: "",
        walked: "",
        parameter: Parameter::Numbered,
    };

    async fn rows(&mut self, statement: Statement<'_>) -> sqlx::Result<Vec<PgRow>> {
        bounded(statement.into_query::<Postgres>().fetch_all(self)).await
    }

    async fn execute(&mut self, statement: Statement<'_>) -> sqlx::Result<u64> {
        Ok(bounded(statement.into_query::<Postgres>().execute(self)).await?.rows_affected())
    }
}

impl Row for PgRow {
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
