//! Opening the file: where it is, who may read it, how it is written, and which schema it has.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    Pool, Sqlite,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    domain::Text,
    store::{
        OpenError,
        schema::{Schema, bring_up_to_date},
    },
};

/// How long a writer waits for its turn, and a statement for a lock that another process holds.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads at a time. They do not wait for the writer, nor it for them.
const READERS: u32 = 4;

/// Every schema, oldest first.
const SCHEMAS: [Schema; 2] = [
    (
        1,
        "orders and pickup codes",
        include_str!("../../../migrations/sqlite/0001_orders_and_pickup_codes.sql"),
    ),
    (2, "event log", include_str!("../../../migrations/sqlite/0002_event_log.sql")),
];

/// The connections: one that writes, so that writers queue here in order instead of meeting locks, and a few that
/// read.
#[derive(Clone, Debug)]
pub(super) struct Connections {
    pub(super) writer: Pool<Sqlite>,
    pub(super) readers: Pool<Sqlite>,
    /// What tells this opening of the file from every other.
    pub(super) process: Text,
}

impl Connections {
    /// Opens the file, which is made where it is missing, and brings its schema up to date.
    pub(super) async fn open(path: &Path) -> Result<Self, OpenError> {
        make(path).await?;
        let writer = writer(path).await?;
        migrate_by(&writer).await?;
        let readers = pool().max_connections(READERS);
        let readers = readers.connect_with(options(path).pragma("query_only", "ON")).await;
        let process = format!("{:032x}", rand::random::<u128>()).into();
        Ok(Self { writer, readers: readers.map_err(OpenError::Database)?, process })
    }
}

/// Brings the file's schema up to date, and lets go of it; gives the schema's number.
pub(in crate::store) async fn migrate(path: &Path) -> Result<i64, OpenError> {
    make(path).await?;
    let writer = writer(path).await?;
    let schema = migrate_by(&writer).await;
    writer.close().await;
    schema
}

async fn migrate_by(writer: &Pool<Sqlite>) -> Result<i64, OpenError> {
    let mut connection = writer.acquire().await.map_err(OpenError::Database)?;
    bring_up_to_date(&SCHEMAS, &mut *connection).await
}

fn options(path: &Path) -> SqliteConnectOptions {
    // WAL: readers see the last commit while the next is written. FULL: a commit is on the disk before it is
    // answered; with NORMAL, WAL would lose the last ones in a power cut.
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
}

fn pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new().acquire_timeout(PATIENCE).idle_timeout(None).max_lifetime(None)
}

async fn writer(path: &Path) -> Result<Pool<Sqlite>, OpenError> {
    pool().max_connections(1).connect_with(options(path)).await.map_err(OpenError::Database)
}

/// Makes the file where it is missing, for its owner alone: it holds pickup codes. What SQLite puts beside it has the
/// file's permissions.
async fn make(path: &Path) -> Result<(), OpenError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(OpenError::NoFolder(folder.to_owned()));
    }
    let mut options = tokio::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    options.mode(0o600);
    let opened = options.open(path).await;
    opened.map(drop).map_err(|source| OpenError::NotWritable { path: PathBuf::from(path), source })
}
