//! The store on a PostgreSQL server, which any number of gateways share.
//!
//! **Who writes is alone**, in whichever gateway ([`WRITE`]). It could be otherwise for a command on one order and a
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

use async_trait::async_trait;
use sqlx::{PgConnection, PgPool, Postgres as Database, Transaction, pool::PoolConnection};
use tokio::sync::watch;

use super::{
    Lead, OpenError,
    sql::{Backend, Fault, Kept, Trouble, head},
};
use crate::domain::{Place, Text};

use presence::Presence;
use speak::bounded;

pub(super) use open::migrate;

/// Begins to write: waits for its turn, in one message to the server. In `READ COMMITTED` each later statement sees
/// what the writers before have left.
const WRITE: &str =
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT pg_advisory_xact_lock(1986359923, 1)";

/// Begins to read: every statement sees the same state.
const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A PostgreSQL server.
#[derive(Debug)]
pub(super) struct Postgres {
    pool: PgPool,
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
        presence::forget_long_gone(&mut *connection).await?;
        presence::be_seen(&mut *connection, &process).await?;
        head(&mut *connection).await
    };
    appended.send_replace(first.await.map_err(Fault::at_opening)?);
    let presence = Presence::begin(options, process, appended.clone());
    Ok(Kept(Postgres { pool, appended, presence }))
}

#[async_trait]
impl Backend for Postgres {
    type Connection = PgConnection;
    type Database = Database;

    async fn glance(&self) -> sqlx::Result<PoolConnection<Database>> {
        self.pool.acquire().await
    }

    async fn read(&self) -> sqlx::Result<Transaction<'static, Database>> {
        bounded(self.pool.begin_with(READ)).await
    }

    async fn write(&self) -> sqlx::Result<Transaction<'static, Database>> {
        bounded(self.pool.begin_with(WRITE)).await
    }

    async fn commit(transaction: Transaction<'static, Database>) -> sqlx::Result<()> {
        bounded(transaction.commit()).await
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
            let _ = presence::leave(&mut *connection, self.presence.process()).await;
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
