//! Being there: one connection of its own, by which a gateway hears of what others append, says that it lives, and holds
//! what it leads in.
//!
//! The server takes back what was held by a connection that ends, so a lead is free as soon as its gateway dies. Whether
//! a gateway lives is another question, since a line may be cut while it is at something: it counts as gone once it has
//! not been seen for [`GRACE`], or when it left in order.

use std::{
    collections::HashSet,
    convert::Infallible,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use sqlx::{
    Acquire as _, PgConnection,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval, sleep, timeout},
};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::speak::bounded;
use crate::{
    domain::{Place, Text},
    store::{
        Lead,
        sql::{Fault, Row as _, head, statement, tell},
    },
};

/// What the migrations' trigger calls when something is appended.
const CHANNEL: &str = "vendgraph_appended";

/// How often a gateway says that it lives, and looks for what it was not told.
const BEAT: Duration = Duration::from_secs(1);

/// A gateway that has not been seen for so long is gone: a few beats, since lines are cut and servers start again.
const GRACE: Duration = Duration::from_secs(5);

/// How long it waits after the connection is lost, before it makes another.
const AGAIN: Duration = Duration::from_millis(250);

/// How long whoever asks for a lead waits while there is no connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// The time by the server's clock: the gateways' own may differ.
macro_rules! now {
    () => {
        "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
    };
}

/// A gateway that is there.
#[derive(Debug)]
pub(super) struct Presence {
    process: Text,
    /// Since when it has been there without a gap.
    since: watch::Receiver<Option<Instant>>,
    // Each caller waits for its answer, and a lead is given back once: there are never more than there are callers.
    asks: mpsc::UnboundedSender<Ask>,
    stop: CancellationToken,
    _stop_at_last: DropGuard,
    task: Mutex<Option<JoinHandle<()>>>,
}

/// What is wanted of the connection.
enum Ask {
    Lead { what: String, answer: oneshot::Sender<Option<Lead>> },
    GiveBack { what: String, of: u64 },
}

impl Presence {
    /// Begins to be there, until it is dropped or ended.
    pub(super) fn begin(options: PgConnectOptions, process: Text, appended: watch::Sender<Place>) -> Self {
        let (asks, asked) = mpsc::unbounded_channel();
        let (here, since) = watch::channel(None);
        let stop = CancellationToken::new();
        let line =
            Line { options, process: process.clone(), appended, here, asks: asks.downgrade(), number: 0 };
        let task = tokio::spawn(line.keep(asked, stop.clone()));
        let (stop_at_last, task) = (stop.clone().drop_guard(), Mutex::new(Some(task)));
        Self { process, since, asks, stop, _stop_at_last: stop_at_last, task }
    }

    /// The name of this opening of the store.
    pub(super) fn process(&self) -> &Text {
        &self.process
    }

    /// Whether it has been there for long enough to have seen everybody else who is.
    pub(super) fn is_settled(&self) -> bool {
        self.since.borrow().is_some_and(|since| since.elapsed() > GRACE)
    }

    /// The lead in something, unless somebody has it.
    pub(super) async fn lead(&self, what: &str) -> sqlx::Result<Option<Lead>> {
        let (answer, answered) = oneshot::channel();
        let ask = Ask::Lead { what: what.to_owned(), answer };
        self.asks.send(ask).map_err(|_| sqlx::Error::PoolClosed)?;
        match timeout(PATIENCE, answered).await {
            Ok(Ok(lead)) => Ok(lead),
            Ok(Err(_)) => Err(sqlx::Error::PoolClosed),
            Err(_) => Err(sqlx::Error::PoolTimedOut),
        }
    }

    /// Is there no more; whatever it led in is free.
    pub(super) async fn end(&self) {
        self.stop.cancel();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            let _ = task.await;
        }
    }
}

/// The connection, made again whenever it is lost.
struct Line {
    options: PgConnectOptions,
    process: Text,
    appended: watch::Sender<Place>,
    here: watch::Sender<Option<Instant>>,
    asks: mpsc::WeakUnboundedSender<Ask>,
    /// How many connections there were.
    number: u64,
}

/// What the connection is woken by.
enum Woken {
    Told,
    Beat,
    Asked(Ask),
}

impl Line {
    async fn keep(mut self, mut asked: mpsc::UnboundedReceiver<Ask>, stop: CancellationToken) {
        loop {
            let ended = tokio::select! {
                () = stop.cancelled() => return,
                ended = self.hold(&mut asked) => ended,
            };
            let Err(error) = ended;
            // Once for each loss: it is tried again and again.
            if self.here.send_replace(None).is_some() || self.number == 1 {
                tracing::warn!(%error, "the store's server is not heard any more; trying again");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(AGAIN) => {}
            }
        }
    }

    /// Makes the connection, and holds it until it is lost.
    async fn hold(&mut self, asked: &mut mpsc::UnboundedReceiver<Ask>) -> Result<Infallible, Fault> {
        self.number = self.number.wrapping_add(1);
        // However this ends: whoever leads by this connection hears of it.
        let lost = CancellationToken::new();
        let _tell_lost = lost.clone().drop_guard();
        let mut listener = self.connect().await?;
        let mut beats = interval(BEAT);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut led = HashSet::new();
        loop {
            let woken = tokio::select! {
                told = listener.try_recv() => match told? {
                    Some(_) => Woken::Told,
                    None => return Err(Fault::Database(sqlx::Error::PoolClosed)),
                },
                _ = beats.tick() => Woken::Beat,
                Some(ask) = asked.recv() => Woken::Asked(ask),
            };
            // All that was called by now is in the log that is looked at next.
            while listener.next_buffered().is_some() {}
            let connection = listener.acquire().await?;
            match woken {
                Woken::Told => tell(&self.appended, head(connection).await?),
                Woken::Beat => {
                    be_seen(connection, &self.process).await?;
                    // A call may be lost.
                    tell(&self.appended, head(connection).await?);
                    self.is_here();
                }
                Woken::Asked(Ask::Lead { what, answer }) => {
                    if !answer.is_closed() && !led.contains(&what) && take(connection, &what).await? {
                        led.insert(what.clone());
                        // Whoever gave up waiting gives it back at once.
                        let _ = answer.send(Some(self.lead(what, &lost)));
                    } else {
                        let _ = answer.send(None);
                    }
                }
                Woken::Asked(Ask::GiveBack { what, of }) => {
                    if of == self.number && led.remove(&what) {
                        give_back(connection, &what).await?;
                    }
                }
            }
        }
    }

    async fn connect(&self) -> sqlx::Result<PgListener> {
        // A beat that is lost with the server's power needs no disk.
        let options = self.options.clone().options([("synchronous_commit", "off")]);
        let pool = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
        let pool = pool.acquire_timeout(PATIENCE).connect_with(options).await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        // Another connection would not hold what this one holds.
        listener.eager_reconnect(false);
        bounded(listener.listen(CHANNEL)).await?;
        Ok(listener)
    }

    fn is_here(&self) {
        let is_new = self.here.send_if_modified(|since| {
            let is_new = since.is_none();
            since.get_or_insert_with(Instant::now);
            is_new
        });
        if is_new && self.number > 1 {
            tracing::info!("the store's server is heard again");
        }
    }

    fn lead(&self, what: String, lost: &CancellationToken) -> Lead {
        let (asks, of) = (self.asks.clone(), self.number);
        Lead::new(lost.clone(), move || {
            // Without a store there is no connection that holds it.
            let _ = asks.upgrade().map(|asks| asks.send(Ask::GiveBack { what, of }));
        })
    }
}

async fn take(db: &mut PgConnection, what: &str) -> Result<bool, Fault> {
    let sql = "SELECT pg_try_advisory_lock(hashtextextended('vendgraph leads in ' || $1, 0)) AS is_taken";
    statement(sql).bind(what).only_row(db).await?.flag("is_taken")
}

async fn give_back(db: &mut PgConnection, what: &str) -> Result<(), Fault> {
    let sql = "SELECT pg_advisory_unlock(hashtextextended('vendgraph leads in ' || $1, 0))";
    statement(sql).bind(what).rows(db).await.map(drop)
}

/// Writes down that a gateway is there.
pub(super) async fn be_seen(db: &mut PgConnection, process: &str) -> Result<(), Fault> {
    let sql = concat!(
        "INSERT INTO processes (process, seen_at) VALUES ($1, ",
        now!(),
        ") ON CONFLICT (process) DO UPDATE SET seen_at = excluded.seen_at"
    );
    statement(sql).bind(process).execute(db).await.map(drop)
}

/// Writes down that a gateway is there no more.
pub(super) async fn leave(db: &mut PgConnection, process: &str) -> Result<(), Fault> {
    statement("DELETE FROM processes WHERE process = $1").bind(process).execute(db).await.map(drop)
}

/// Forgets gateways that nobody has seen for a week.
pub(super) async fn forget_long_gone(db: &mut PgConnection) -> Result<(), Fault> {
    let sql = concat!("DELETE FROM processes WHERE seen_at < ", now!(), " - 7 * 86400000::BIGINT");
    statement(sql).execute(db).await.map(drop)
}

/// Whether a gateway is there no more. `may_tell`: whether who asks may judge by when it was seen.
pub(super) async fn is_gone(db: &mut PgConnection, process: &str, may_tell: bool) -> Result<bool, Fault> {
    let sql = concat!("SELECT ", now!(), " - seen_at AS unseen FROM processes WHERE process = $1");
    // Who left in order, or long ago, is not there any more.
    let Some(row) = statement(sql).bind(process).row(db).await? else { return Ok(true) };
    let unseen = row.whole("unseen")?;
    Ok(may_tell && u128::try_from(unseen).is_ok_and(|unseen| unseen > GRACE.as_millis()))
}
