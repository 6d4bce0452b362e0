//! The store in one SQLite file: the default, for one gateway.
//!
//! Each change is one `BEGIN IMMEDIATE` transaction on the one connection that writes, so what it read is still so when
//! it writes, and it is synced before it is answered. Refuses to be a network's store: the file must lie on a disk of
//! this machine.

mod fault;
mod lead;
mod open;
mod speak;

use std::path::Path;

use async_trait::async_trait;
use sqlx::{Sqlite as Database, SqliteConnection, Transaction, pool::PoolConnection};
use tokio::sync::watch;

use super::{
    Lead, OpenError,
    sql::{Backend, Fault, Kept, Trouble, Writing, head},
};
use crate::domain::{Place, Text};

use lead::Leads;
use open::Connections;

pub(super) use open::migrate;

/// One SQLite file.
#[derive(Debug)]
pub(super) struct Sqlite {
    connections: Connections,
    /// The last place of the log whose event is on the disk.
    appended: watch::Sender<Place>,
    leads: Leads,
}

/// Opens the file, which is made where it is missing, and brings its schema up to date.
pub(super) async fn open(path: &Path) -> Result<Kept<Sqlite>, OpenError> {
    let connections = Connections::open(path).await?;
    let head = async { head(&mut *connections.readers.acquire().await?).await };
    let appended = watch::Sender::new(head.await.map_err(Fault::at_opening)?);
    Ok(Kept(Sqlite { connections, appended, leads: Leads::default() }))
}

#[async_trait]
impl Backend for Sqlite {
    type Connection = SqliteConnection;
    type Database = Database;

    async fn glance(&self) -> sqlx::Result<PoolConnection<Database>> {
        self.connections.readers.acquire().await
    }

    async fn read(&self) -> sqlx::Result<Transaction<'static, Database>> {
        self.connections.readers.begin().await
    }

    async fn write(&self) -> sqlx::Result<Writing<Database>> {
        // The one connection that writes is the turn.
        Ok(Writing { transaction: self.connections.writer.begin_with("BEGIN IMMEDIATE").await?, turn: None })
    }

    fn appended(&self) -> &watch::Sender<Place> {
        &self.appended
    }

    fn process(&self) -> &Text {
        &self.connections.process
    }

    /// The file is one gateway's: whoever opened it before is gone.
    async fn is_gone(&self, process: &str) -> Result<bool, Fault> {
        Ok(process != &*self.connections.process)
    }

    /// The file is one gateway's: the lead is always to be had, once at a time.
    async fn lead(&self, what: &str) -> Result<Option<Lead>, Fault> {
        Ok(self.leads.take(what)?)
    }

    async fn commit(Writing { transaction, .. }: Writing<Database>) -> sqlx::Result<()> {
        transaction.commit().await
    }

    async fn close(&self) {
        self.leads.end();
        self.connections.readers.close().await;
        self.connections.writer.close().await;
    }

    fn trouble(error: &sqlx::Error) -> Trouble {
        fault::trouble(error)
    }
}
