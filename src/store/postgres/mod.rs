//! The store on a PostgreSQL server, which any number of gateways share.
//!
//! **Who writes is alone**, in whichever gateway ([`TURN`]). It could be otherwise for a command on one order and a
//! command on another; but nearly everything that is written is an event too, and events must come to be read in the
//! order of their places, so that who has read up to one has missed nothing before it. A sequence does not give that: of
//! two transactions the one with the later place may be committed first, and who follows would pass over the other for
//! good. So writers take turns for the sake of the log anyway, from its first event to the commit; taking the turn at
//! the start costs a few statements more, and there are no deadlocks, no serialization failures and nothing to try
//! again, and every rule holds as it does in SQLite. The server gives up who waits for too long and who hangs in its turn
//! (`open.rs`). Its lock is let go of when the commit can be read, not before.
//!
//! **Who is there** (`presence.rs`): one more connection for each gateway hears of what others appended, says that its
//! gateway lives, and holds what it leads in. Where a pooler stands between, it must give each connection a session
//! of its own.
//!
//! A database is one vendgraph's: two in one would share their turns and their leads.

mod fault;
mod open;
mod presence;
mod speak;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use sqlx::{PgConnection, PgPool, Postgres as Database, Transaction, pool::PoolConnection};
use tokio::{
    sync::{Semaphore, watch},
    time::timeout,
};

use super::{
    Lead, OpenError,
    sql::{Backend, Connection as _, Fault, Kept, Trouble, Writing, head, statement},
};
use crate::domain::{Place, Text};

use presence::Presence;
use speak::bounded;

pub(super) use open::migrate;

/// Begins to write. Each statement sees what was committed before it, so what follows [`TURN`] sees what the writers
/// before have left.
const WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/// Waits for the turn among the writers of all gateways; the end of the transaction gives it back. Until then rows are found by
/// an index alone, as whoever writes looks for a few among many: the server keeps the plans that it made, and what it
/// planned for an empty log would read a grown one whole for each batch, until it is counted anew.
const TURN: &str = "SELECT pg_advisory_xact_lock(1986359923, 1), set_config('enable_seqscan', 'off', true), \
                    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)";

/// How many begin to write at once in one gateway: one is at it, and the next is there when it ends.
const WRITERS: usize = 2;

/// How long a writer waits for those of its own gateway.
const PATIENCE: Duration = Duration::from_secs(10);

/// Begins to read: every statement sees the same state.
const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A PostgreSQL server.
#[derive(Debug)]
pub(super) struct Postgres {
    pool: PgPool,
    /// Who writes here: the others wait without a connection, which those who read would lack.
    writers: Arc<Semaphore>,
    /// The last place of the log whose event is on the disk, by whatever gateway.
    appended: watch::Sender<Place>,
    presence: Presence,
}

/// Opens the store, and brings its schema up to date.
pub(super) async fn open(url: &str) -> Result<Kept<Postgres>, OpenError> {
    let options = open::options(url)?;
    migrate(url).await?;
    let pool = open::pool(options.clone());
    let appended = watch::Sender::new(Place(0));
    let process: Text = format!("{:032x}", rand::random::<u128>()).into();
    let first = async {
        let mut connection = pool.acquire().await?;
        presence::forget_long_gone(&mut connection).await?;
        presence::be_seen(&mut connection, &process).await?;
        head(&mut *connection).await
    };
    appended.send_replace(first.await.map_err(Fault::at_opening)?);
    let presence = Presence::begin(options, process, appended.clone());
    Ok(Kept(Postgres { pool, writers: Arc::new(Semaphore::new(WRITERS)), appended, presence }))
}

/// Begins a transaction, also if whoever wants it goes away meanwhile: sqlx knows nothing yet of one that is only
/// beginning, and would give its connection to the next as it is.
async fn begin(pool: &PgPool, how: &'static str) -> sqlx::Result<Transaction<'static, Database>> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(how).await });
    bounded(async { begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed)) }).await
}

#[async_trait]
impl Backend for Postgres {
    type Connection = PgConnection;
    type Database = Database;

    async fn glance(&self) -> sqlx::Result<PoolConnection<Database>> {
        self.pool.acquire().await
    }

    async fn read(&self) -> sqlx::Result<Transaction<'static, Database>> {
        begin(&self.pool, READ).await
    }

    async fn write(&self) -> sqlx::Result<Writing<Database>> {
        let turn = timeout(PATIENCE, Arc::clone(&self.writers).acquire_owned()).await;
        let turn = turn.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let mut transaction = begin(&self.pool, WRITE).await?;
        transaction.rows(statement(TURN)).await?;
        Ok(Writing { transaction, turn: Some(turn) })
    }

    async fn commit(Writing { transaction, turn }: Writing<Database>) -> sqlx::Result<()> {
        let committed = bounded(transaction.commit()).await;
        drop(turn);
        committed
    }

    fn appended(&self) -> &watch::Sender<Place> {
        &self.appended
    }

    fn process(&self) -> &Text {
        self.presence.process()
    }

    async fn is_gone(&self, process: &str) -> Result<bool, Fault> {
        // Who was cut off from the server itself has not seen for long enough who else is there.
        let may_tell = self.presence.is_settled();
        presence::is_gone(&mut *self.glance().await?, process, may_tell).await
    }

    async fn lead(&self, what: &str) -> Result<Option<Lead>, Fault> {
        Ok(self.presence.lead(what).await?)
    }

    async fn close(&self) {
        self.presence.end().await;
        // Whoever reads this word later need not wait to be sure; where it does not get out, they do.
        if let Ok(mut connection) = self.glance().await {
            let _ = presence::leave(&mut connection, self.presence.process()).await;
        }
        // A line that is cut does not keep the program from ending.
        let _ = bounded(async {
            self.pool.close().await;
            Ok(())
        })
        .await;
    }

    fn trouble(error: &sqlx::Error) -> Trouble {
        fault::trouble(error)
    }
}
