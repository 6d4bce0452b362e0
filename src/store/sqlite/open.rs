//! Opening the file: where it is, who may read it, how it is written, and which schema it has.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    Pool, SqlSafeStr as _, Sqlite,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{domain::Text, store::OpenError};

/// How long a writer waits for its turn, and a statement for a lock that another process holds.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads at a time. They do not wait for the writer, nor it for them.
const READERS: u32 = 4;

/// Every schema, oldest first. One that was released is never changed: what must differ comes as a new one.
const SCHEMAS: [(i64, &str, &str); 2] = [
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
        // WAL: readers see the last commit while the next is written. FULL: a commit is on the disk before it is
        // answered; with NORMAL, WAL would lose the last ones in a power cut.
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE);
        let pool =
            || SqlitePoolOptions::new().acquire_timeout(PATIENCE).idle_timeout(None).max_lifetime(None);
        let writer = pool().max_connections(1).connect_with(options.clone()).await;
        let writer = writer.map_err(OpenError::Database)?;
        bring_up_to_date(&writer).await?;
        let readers = pool().max_connections(READERS).connect_with(options.pragma("query_only", "ON")).await;
        let process = format!("{:032x}", rand::random::<u128>()).into();
        Ok(Self { writer, readers: readers.map_err(OpenError::Database)?, process })
    }
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

async fn bring_up_to_date(writer: &Pool<Sqlite>) -> Result<(), OpenError> {
    let migrations = SCHEMAS.into_iter().map(|(version, name, sql)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    let migrator = Migrator::with_migrations(migrations.collect());
    let known = SCHEMAS.iter().map(|(version, ..)| *version).max().unwrap_or_default();
    let Err(error) = migrator.run(writer).await else { return Ok(()) };
    if let MigrateError::VersionMissing(found) = error
        && found > known
    {
        return Err(OpenError::Newer { found, known });
    }
    Err(OpenError::Schema(Box::new(error)))
}
