//! Opening a store: what is made, and what is told where it cannot be.

use sqlx::{Connection as _, SqliteConnection, query, sqlite::SqliteConnectOptions};

use super::File;
use crate::store::{Error, OpenError, open};

async fn raw(file: &File) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file.0.path().join("vendgraph.db"));
    SqliteConnection::connect_with(&options).await.unwrap()
}

#[tokio::test]
async fn a_file_is_made_for_its_owner_alone() {
    let file = File::new();
    let store = open(&file.url()).await.unwrap();
    store.ping().await.unwrap();
    #[cfg(unix)]
    for name in ["vendgraph.db", "vendgraph.db-wal"] {
        use std::os::unix::fs::PermissionsExt as _;
        let permissions = std::fs::metadata(file.0.path().join(name)).unwrap().permissions();
        assert_eq!(permissions.mode() & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_closed_store_is_unavailable() {
    let file = File::new();
    let store = open(&file.url()).await.unwrap();
    store.close().await;
    assert!(matches!(store.ping().await, Err(Error::Unavailable { .. })));
}

#[tokio::test]
async fn a_store_that_cannot_be_opened_says_why() {
    let file = File::new();
    let folder = file.0.path().display();
    assert!(matches!(open(&format!("sqlite://{folder}/no/x.db")).await, Err(OpenError::NoFolder(_))));
    assert!(matches!(open(&format!("sqlite://{folder}")).await, Err(OpenError::NotWritable { .. })));
    for address in ["sqlite://", "sqlite::memory:", "mysql://host/x", "x.db", ""] {
        assert!(matches!(open(address).await, Err(OpenError::Address)), "{address}");
    }
    std::fs::write(file.0.path().join("text.db"), "this is no database, only some words that are long")
        .unwrap();
    assert!(matches!(open(&format!("sqlite://{folder}/text.db")).await, Err(OpenError::Database(_))));
}

#[tokio::test]
async fn a_later_versions_store_is_left_alone() {
    let file = File::new();
    open(&file.url()).await.unwrap().close().await;
    let sql = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
               VALUES (99, 'later', TRUE, x'00', 0)";
    query(sql).execute(&mut raw(&file).await).await.unwrap();
    let refused = open(&file.url()).await;
    assert!(matches!(refused, Err(OpenError::Newer { found: 99, known: 2 })), "{refused:?}");
}

#[tokio::test]
async fn a_value_that_we_never_wrote_is_told_as_damage() {
    let file = File::new();
    let store = open(&file.url()).await.unwrap();
    let sql = "INSERT INTO orders (account, trade_number, machine, state, created_at, closing, version) \
               VALUES ('north', '1', 'm', 'EATEN', 0, FALSE, 0)";
    query(sql).execute(&mut raw(&file).await).await.unwrap();
    let found = store.order(&super::samples::account(), "1").await;
    assert!(matches!(found, Err(Error::Corrupt { .. })), "{found:?}");
}
