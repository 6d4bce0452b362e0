//! Bare SQLite, through sqlx: rows as long as what a message becomes, in commits that are on the disk, and nothing else.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use sqlx::{
    AssertSqlSafe, Connection as _, SqlSafeStr as _, SqliteConnection, query,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

const RUN: Duration = Duration::from_secs(3);
/// What is told of a sale, and the message to the letter.
const BYTES: (usize, usize) = (450, 750);

/// Writes for some seconds, so many rows in each commit; gives how many were written.
pub async fn fill(file: &str, each: usize) -> Result<usize, Box<dyn Error>> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut database = SqliteConnection::connect_with(&options).await?;
    query("CREATE TABLE rows (place INTEGER PRIMARY KEY, told TEXT, message BLOB)")
        .execute(&mut database)
        .await?;
    let values = vec!["(?, ?)"; each].join(", ");
    let insert = AssertSqlSafe(format!("INSERT INTO rows (told, message) VALUES {values}")).into_sql_str();
    let (told, message) = ("x".repeat(BYTES.0), vec![b'x'; BYTES.1]);
    let (started, mut rows) = (Instant::now(), 0);
    while started.elapsed() < RUN {
        let mut writing = query(insert.clone());
        for _ in 0..each {
            writing = writing.bind(&*told).bind(&*message);
        }
        writing.execute(&mut database).await?;
        rows += each;
    }
    Ok(rows)
}
