//! The store in SQL that SQLite and PostgreSQL both read.
//!
//! Every statement, and what is done with its rows, stands here once. `sqlite` and `postgres` say what differs: how a
//! database is reached and locked ([`Backend`]), how a statement is sent ([`Connection`]), the few words that each
//! has of its own ([`Dialect`]).
//!
//! **What is relied on.** Who writes is alone: a transaction of [`Backend::write`] begins after every earlier one has
//! ended, in whichever process, and sees what it left. So what was read is still so when it is written, two writers
//! never wait for each other in a circle, and no statement here needs a lock of its own. Places of the log are taken by
//! counting on, and grow in the order in which they can be read.

mod append;
mod codes;
mod fault;
mod filter;
mod intents;
mod lines;
mod log;
mod marks;
mod operation;
mod orders;
mod prune;
mod refills;
mod row;
mod statement;
mod store;

use std::{
    fmt,
    ops::{Deref, DerefMut},
};

use async_trait::async_trait;
use sqlx::{Transaction, pool::PoolConnection};
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::Lead;
use crate::domain::{Place, Text};

pub(super) use fault::{Fault, Trouble};
pub(super) use log::head;
pub(super) use row::Row;
pub(super) use statement::{Statement, statement};
pub(super) use store::Kept;

/// A database: how it is reached, and by whom it is written.
#[async_trait]
pub(super) trait Backend: fmt::Debug + Send + Sync + 'static {
    type Connection: Connection + sqlx::Connection<Database = Self::Database>;
    type Database: sqlx::Database<Connection = Self::Connection>;

    /// For one statement that reads.
    async fn glance(&self) -> sqlx::Result<PoolConnection<Self::Database>>;

    /// A transaction that reads: all its statements see the same state.
    async fn read(&self) -> sqlx::Result<Transaction<'static, Self::Database>>;

    /// A transaction that writes, alone.
    async fn write(&self) -> sqlx::Result<Writing<Self::Database>>;

    /// Puts what a transaction wrote on the disk.
    async fn commit(transaction: Writing<Self::Database>) -> sqlx::Result<()>;

    /// The last place of the log that is known to be on the disk.
    fn appended(&self) -> &watch::Sender<Place>;

    /// What tells this opening of the store from every other.
    fn process(&self) -> &Text;

    /// Whether the opening of this name is over, as far as is known.
    async fn is_gone(&self, process: &str) -> Result<bool, Fault>;

    /// Takes the lead in something, unless somebody has it.
    async fn lead(&self, what: &str) -> Result<Option<Lead>, Fault>;

    /// Lets go of everything.
    async fn close(&self);

    /// What kind of trouble the database's word is.
    fn trouble(error: &sqlx::Error) -> Trouble;
}

/// A transaction that writes. Dropped without a commit it leaves nothing behind.
pub(super) struct Writing<D: sqlx::Database> {
    pub(super) transaction: Transaction<'static, D>,
    /// Its place among the writers of this gateway, where they are counted.
    pub(super) turn: Option<OwnedSemaphorePermit>,
}

impl<D: sqlx::Database> Deref for Writing<D> {
    type Target = D::Connection;

    fn deref(&self) -> &D::Connection {
        &self.transaction
    }
}

impl<D: sqlx::Database> DerefMut for Writing<D> {
    fn deref_mut(&mut self) -> &mut D::Connection {
        &mut self.transaction
    }
}

/// A connection: sends statements.
#[async_trait]
pub(super) trait Connection: Send {
    type Row: Row;

    /// Its own words.
    const DIALECT: Dialect;

    /// The rows that a statement gives.
    async fn rows(&mut self, statement: Statement<'_>) -> sqlx::Result<Vec<Self::Row>>;

    /// Does what a statement says; gives how many rows that changed.
    async fn execute(&mut self, statement: Statement<'_>) -> sqlx::Result<u64>;
}

/// What one database calls otherwise than the other, or needs to be told.
pub(super) struct Dialect {
    /// The function that gives the greater of two numbers.
    pub(super) greater: &'static str,
    /// The members of the JSON list `$1` as the rows of `member`: `value`, and `key`, which counts from 0.
    pub(super) members: &'static str,
    /// Around what is read of one run, for each member of `$1`: that a place is one of the first `$3` of them all.
    pub(super) each_run: (&'static str, &'static str),
    /// That an event is of a kind and stands after a place, and the order of such events, in words by which the index of
    /// runs is read from there on.
    pub(super) onwards: (fn(kind: &str, after: &str) -> String, &'static str),
    /// A join in the order that is written.
    pub(super) join: &'static str,
    /// Whether a subquery may be joined that names what stands before it.
    pub(super) joins_laterally: bool,
    /// Before a column whose index is not to be used.
    pub(super) unindexed: &'static str,
    /// After a table that is to be walked in the order of its rows.
    pub(super) walked: &'static str,
    /// How a statement of hundreds of values names them.
    pub(super) parameter: Parameter,
}

/// How a statement names a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Parameter {
    /// By its number, from 1 on.
    Numbered,
    /// Not: it is the next one. SQLite looks for each of the numbered ones through all that come before it.
    Next,
}

impl Parameter {
    fn shown(self, number: usize) -> String {
        match self {
            Self::Numbered => format!("${number}"),
            Self::Next => "?".to_owned(),
        }
    }
}

/// Tells how far the log reaches, unless that is known already: of two commits the later one may be told first.
pub(super) fn tell(appended: &watch::Sender<Place>, head: Place) {
    appended.send_if_modified(|told| {
        let grown = *told < head;
        *told = head.max(*told);
        grown
    });
}
