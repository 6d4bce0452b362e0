//! Reaching the server: who may wait for how long, and which schema there is.

use std::{str::FromStr as _, time::Duration};

use sqlx::{
    Connection as _, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::timeout;

use super::speak::bounded;
use crate::store::{
    OpenError,
    schema::{Schema, bring_up_to_date},
};

/// How long a connection is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Statements at a time. More wait for a connection.
const CONNECTIONS: u32 = 16;

/// A connection that was idle for so long is asked whether it still is one before it is used.
const FRESH: Duration = Duration::from_secs(1);

/// What the server is told at the beginning of a connection. It gives up a statement, the wait for another writer
/// included; and sooner than that it ends a transaction whose gateway is silent, so that who waits for the turn of a gateway
/// that hangs, or is cut off in it, gets it.
/// Every statement is a small one: to share it among workers, or to compile it, takes longer than to do it.
const TERMS: [(&str, &str); 4] = [
    ("statement_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "4s"),
    ("max_parallel_workers_per_gather", "0"),
    ("jit", "off"),
];

/// How long a gateway waits while another brings the schema up to date. The work itself may take as long as it takes.
const TERMS_OF_MIGRATION: [(&str, &str); 1] = [("lock_timeout", "60s")];

/// Every schema, oldest first.
const SCHEMAS: [Schema; 2] = [
    (
        1,
        "orders and pickup codes",
        include_str!("../../../migrations/postgres/0001_orders_and_pickup_codes.sql"),
    ),
    (2, "event log", include_str!("../../../migrations/postgres/0002_event_log.sql")),
];

/// Where the server is, and with which terms. Nothing of the URL is told where it cannot be read: it may hold a password.
pub(super) fn options(url: &str) -> Result<PgConnectOptions, OpenError> {
    Ok(read(url)?.options(TERMS))
}

fn read(url: &str) -> Result<PgConnectOptions, OpenError> {
    let options = PgConnectOptions::from_str(url).map_err(|_| OpenError::Address)?;
    Ok(options.application_name("vendgraph"))
}

/// Brings the schema up to date, on a connection of its own; gives the schema's number.
pub(in crate::store) async fn migrate(url: &str) -> Result<i64, OpenError> {
    let options = read(url)?.options(TERMS_OF_MIGRATION);
    let connected = timeout(PATIENCE, PgConnection::connect_with(&options)).await;
    let mut connection = connected.map_err(|_| OpenError::Silent)?.map_err(OpenError::Database)?;
    let schema = bring_up_to_date(&SCHEMAS, &mut connection).await?;
    // It is of no more use either way.
    let _ = bounded(connection.close()).await;
    Ok(schema)
}

/// The connections. They are made when they are needed, and made again when they are lost.
pub(super) fn pool(options: PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .before_acquire(|connection, state| {
            Box::pin(async move {
                if state.idle_for > FRESH {
                    return Ok(bounded(connection.ping()).await.is_ok());
                }
                Ok(true)
            })
        })
        // Whoever used it may have gone away in the midst, and a line that is cut must not keep its place for long.
        .after_release(|connection, _| {
            Box::pin(async move { bounded(connection.ping()).await.map(|()| true) })
        })
        .connect_lazy_with(options)
}
