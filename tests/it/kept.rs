//! The store of a test, seen from outside.

#[path = "../postgres/database.rs"]
mod database;

use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection, sqlite::SqliteConnectOptions,
};
use tempfile::TempDir;

use database::Database;

/// Where a store is; gone at the end.
pub enum Kept {
    /// An SQLite file.
    File(TempDir),
    /// A database on a PostgreSQL server.
    Server(Database),
}

/// Whoever may hold a store, so that it takes nothing while this is kept.
pub enum Held {
    /// By whoever has the file.
    File(SqliteConnection),
    /// By whoever has the turn to write.
    Server(PgConnection),
}

impl Kept {
    /// A file in a folder of its own.
    pub fn in_a_file() -> Self {
        Self::File(tempfile::tempdir().expect("a temporary folder"))
    }

    /// A database of its own.
    pub async fn on_a_server() -> Self {
        Self::Server(Database::new().await)
    }

    /// What `store.url` says.
    pub fn url(&self) -> String {
        match self {
            Self::File(folder) => format!("sqlite://{}/vendgraph.db", folder.path().display()),
            Self::Server(database) => database.url(),
        }
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> i64 {
        let sql = AssertSqlSafe(format!("SELECT count(*) AS n FROM {table}"));
        let counted = match self {
            Self::File(folder) => {
                sqlx::query(sql).fetch_one(&mut file(folder).await).await.map(|row| row.get("n"))
            }
            Self::Server(database) => {
                sqlx::query(sql).fetch_one(&mut database.connect().await).await.map(|row| row.get("n"))
            }
        };
        counted.expect("it reads")
    }

    /// Who can take the turn to write at any time.
    pub async fn holder(&self) -> Held {
        match self {
            Self::File(folder) => Held::File(file(folder).await),
            Self::Server(database) => Held::Server(database.connect().await),
        }
    }
}

impl Held {
    /// Takes the turn to write, and keeps it.
    pub async fn hold(mut self) -> Self {
        let taken = match &mut self {
            Self::File(store) => sqlx::query("BEGIN IMMEDIATE").execute(store).await.map(drop),
            Self::Server(store) => {
                sqlx::query("SELECT pg_advisory_lock(1986359923, 1)").execute(store).await.map(drop)
            }
        };
        taken.expect("the store is free");
        self
    }

    /// Gives the turn back.
    pub async fn let_go(self) {
        let closed = match self {
            Self::File(store) => store.close().await,
            Self::Server(store) => store.close().await,
        };
        closed.expect("it lets go");
    }
}

async fn file(folder: &TempDir) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.path().join("vendgraph.db"));
    SqliteConnection::connect_with(&options).await.expect("it opens")
}
