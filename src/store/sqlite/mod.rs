//! The store in one SQLite file: the default, for one gateway.
//!
//! Promises what [`Store`] promises: each change is one `BEGIN IMMEDIATE` transaction on the one connection that
//! writes, so what it read is still so when it writes, and it is synced before it is answered. Refuses to be a
//! network's store: the file must lie on a disk of this machine.

mod append;
mod codes;
mod fault;
mod filter;
mod intents;
mod lines;
mod log;
mod marks;
mod open;
mod orders;
mod prune;
mod refills;
mod row;

use std::path::Path;

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{Sqlite as Database, Transaction, query};
use tokio::sync::watch;

use super::{
    Appended, Begun, Change, CodeFilter, Digest, Ending, EventFilter, Intent, IntentId, LineFilter,
    LinePlace, LineSum, LogBounds, NewEvent, NewIntent, OpenError, OrderFilter, OrderedLine, Page, Part,
    RefillFilter, RefillPlace, Result, Store, StoredEvent,
};
use crate::domain::{AccountName, EventKind, IssuedPickupCode, Order, Place, Text, Verdict};

use fault::Fault;
use open::Connections;

/// The store in one SQLite file.
#[derive(Debug)]
pub(super) struct Sqlite {
    connections: Connections,
    /// The last place of the log whose event is on the disk.
    appended: watch::Sender<Place>,
}

/// What is to be done to a code.
type CodeChange<'a> = &'a (dyn Fn(&mut IssuedPickupCode) -> Verdict + Send + Sync);

impl Sqlite {
    /// Opens the file, which is made where it is missing.
    pub(super) async fn open(path: &Path) -> std::result::Result<Self, OpenError> {
        let connections = Connections::open(path).await?;
        let head = async { log::head(&mut *connections.readers.acquire().await?).await };
        let appended = watch::Sender::new(head.await.map_err(Fault::at_opening)?);
        Ok(Self { connections, appended })
    }

    /// A transaction that writes. Dropped without a commit it leaves nothing behind.
    async fn write(&self) -> std::result::Result<Transaction<'static, Database>, Fault> {
        Ok(self.connections.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// A transaction that reads: all its statements see the same state.
    async fn read(&self) -> std::result::Result<Transaction<'static, Database>, Fault> {
        Ok(self.connections.readers.begin().await?)
    }

    /// Commits what may have appended to the log.
    async fn commit(
        &self,
        mut transaction: Transaction<'static, Database>,
    ) -> std::result::Result<(), Fault> {
        let head = log::head(&mut transaction).await?;
        self.commit_to(transaction, head).await
    }

    /// Commits, and tells how far the log then reaches. Whoever waits for it may go away meanwhile: what is on the disk
    /// is told all the same.
    async fn commit_to(
        &self,
        transaction: Transaction<'static, Database>,
        head: Place,
    ) -> std::result::Result<(), Fault> {
        let appended = self.appended.clone();
        let committed = tokio::spawn(async move {
            transaction.commit().await?;
            // Of two commits the later one may be told first.
            appended.send_if_modified(|told| {
                let grown = *told < head;
                *told = head.max(*told);
                grown
            });
            Ok(())
        });
        committed.await.unwrap_or(Err(Fault::Database(sqlx::Error::WorkerCrashed)))
    }

    async fn try_append(&self, events: &[NewEvent]) -> std::result::Result<Vec<Appended>, Fault> {
        let entries = events.iter().map(append::Entry::new).collect::<std::result::Result<Vec<_>, _>>()?;
        let mut transaction = self.write().await?;
        let (answers, head) = append::append(&mut transaction, &entries).await?;
        self.commit_to(transaction, head).await?;
        Ok(answers)
    }

    async fn try_begin(&self, wanted: &NewIntent, change: &Change) -> std::result::Result<Begun, Fault> {
        let mut transaction = self.write().await?;
        let begun = intents::begin(&mut transaction, (wanted, &self.connections.process), change).await?;
        if matches!(begun, Begun::New(_)) {
            self.commit(transaction).await?;
        } else {
            transaction.rollback().await?;
        }
        Ok(begun)
    }

    async fn try_end(
        &self,
        id: IntentId,
        ending: &Ending,
        change: &Change,
    ) -> std::result::Result<Intent, Fault> {
        let mut transaction = self.write().await?;
        let intent = intents::end(&mut transaction, id, ending, change).await?;
        self.commit(transaction).await?;
        Ok(intent)
    }

    async fn try_save(&self, order: &Order, now: Timestamp) -> std::result::Result<Option<Order>, Fault> {
        let mut transaction = self.write().await?;
        let saved = orders::join(&mut transaction, order, now).await?;
        self.commit(transaction).await?;
        Ok(saved)
    }

    async fn change_code(
        &self,
        (account, number): (&AccountName, &str),
        now: Timestamp,
        change: CodeChange<'_>,
    ) -> std::result::Result<Option<(Verdict, IssuedPickupCode)>, Fault> {
        let mut transaction = self.write().await?;
        let Some(mut code) = codes::by_number(&mut transaction, account.as_str(), number).await? else {
            return Ok(None);
        };
        let before = code.clone();
        let verdict = change(&mut code);
        if code != before {
            code.version = code.version.saturating_add(1);
            codes::update(&mut transaction, &code, now).await?;
        }
        self.commit(transaction).await?;
        Ok(Some((verdict, code)))
    }

    async fn try_expire(&self, now: Timestamp, first: usize) -> std::result::Result<u64, Fault> {
        let mut transaction = self.write().await?;
        let mut changed = 0;
        for mut code in codes::lapsed(&mut transaction, now, first).await? {
            if code.settle(now) {
                code.version = code.version.saturating_add(1);
                codes::update(&mut transaction, &code, now).await?;
                changed += 1;
            }
        }
        self.commit(transaction).await?;
        Ok(changed)
    }
}

/// Reads in one transaction, and names the operation in what goes wrong.
macro_rules! read {
    ($store:expr, $operation:literal, $module:ident :: $function:ident ( $($argument:expr),* )) => {{
        let read = async {
            let mut transaction = $store.read().await?;
            $module::$function(&mut transaction, $($argument),*).await
        };
        read.await.map_err(|fault: Fault| fault.during($operation))
    }};
}

/// Writes in one transaction what appends nothing to the log.
macro_rules! change {
    ($store:expr, $operation:literal, $module:ident :: $function:ident ( $($argument:expr),* )) => {{
        let write = async {
            let mut transaction = $store.write().await?;
            let written = $module::$function(&mut transaction, $($argument),*).await?;
            transaction.commit().await?;
            Ok(written)
        };
        write.await.map_err(|fault: Fault| fault.during($operation))
    }};
}

#[async_trait]
impl Store for Sqlite {
    async fn ping(&self) -> Result<()> {
        let asked =
            query("SELECT count(*) FROM intents WHERE id = 0").fetch_one(&self.connections.readers).await;
        asked.map(drop).map_err(|error| Fault::from(error).during("ping"))
    }

    async fn close(&self) {
        self.connections.readers.close().await;
        self.connections.writer.close().await;
    }

    async fn begin(&self, wanted: &NewIntent, change: &Change) -> Result<Begun> {
        self.try_begin(wanted, change).await.map_err(|fault| fault.during("begin an intent"))
    }

    async fn end(&self, id: IntentId, ending: &Ending, change: &Change) -> Result<Intent> {
        self.try_end(id, ending, change).await.map_err(|fault| fault.during("end an intent"))
    }

    async fn intent(&self, id: IntentId) -> Result<Option<Intent>> {
        read!(self, "read an intent", intents::by_id(id))
    }

    async fn intent_by_key(&self, wanted: &NewIntent) -> Result<Option<Intent>> {
        read!(self, "read an intent", intents::by_key(wanted))
    }

    async fn intent_by_callback(&self, token: &Digest) -> Result<Option<Intent>> {
        read!(self, "read an intent", intents::by_callback(token))
    }

    async fn unsettled(
        &self,
        account: &AccountName,
        after: Option<IntentId>,
        first: usize,
    ) -> Result<Vec<Intent>> {
        read!(self, "list unsettled intents", intents::unsettled(account, after, first))
    }

    async fn told_used_by(&self, redemption: &Intent) -> Result<Option<Text>> {
        read!(self, "read who used a pickup code", intents::told_used_by(redemption))
    }

    /// The file is one gateway's: whoever opened it before is gone.
    async fn is_abandoned(&self, intent: &Intent) -> Result<bool> {
        Ok(intent.end.is_none() && intent.begun_by != self.connections.process)
    }

    async fn intents(
        &self,
        account: &AccountName,
        before: Option<IntentId>,
        first: usize,
    ) -> Result<Page<Intent>> {
        read!(self, "list intents", intents::trail(account, before, first))
    }

    async fn forget_keys(&self, begun_before: Timestamp, first: usize) -> Result<u64> {
        change!(self, "forget keys", intents::forget_keys(begun_before, first))
    }

    async fn order(&self, account: &AccountName, trade_number: &str) -> Result<Option<Order>> {
        read!(self, "read an order", orders::by_trade_number(account.as_str(), trade_number))
    }

    async fn order_by_number(&self, account: &AccountName, number: &str) -> Result<Option<Order>> {
        read!(self, "read an order", orders::by_number(account.as_str(), number))
    }

    async fn order_by_callback(&self, token: &Digest) -> Result<Option<Order>> {
        read!(self, "read an order", orders::by_callback(token))
    }

    async fn orders(&self, filter: &OrderFilter, part: &Part) -> Result<Page<Order>> {
        read!(self, "list orders", orders::page(filter, part))
    }

    async fn order_lines(
        &self,
        filter: &LineFilter,
        first: usize,
        after: Option<&LinePlace>,
    ) -> Result<Page<OrderedLine>> {
        read!(self, "list order lines", lines::page(filter, first, after))
    }

    async fn line_sums(&self, filter: &LineFilter) -> Result<Vec<LineSum>> {
        read!(self, "sum order lines", lines::sums(filter))
    }

    async fn due_orders(&self, now: Timestamp, first: usize) -> Result<Vec<Order>> {
        read!(self, "list due orders", orders::due(now, first))
    }

    async fn save(&self, order: &Order, now: Timestamp) -> Result<Option<Order>> {
        self.try_save(order, now).await.map_err(|fault| fault.during("save an order"))
    }

    async fn code(&self, account: &AccountName, number: &str) -> Result<Option<IssuedPickupCode>> {
        read!(self, "read a pickup code", codes::by_number(account.as_str(), number))
    }

    async fn code_by_digits(&self, account: &AccountName, digits: &str) -> Result<Option<IssuedPickupCode>> {
        read!(self, "read a pickup code", codes::by_digits(account.as_str(), digits))
    }

    async fn codes_of(&self, intent: IntentId) -> Result<Vec<IssuedPickupCode>> {
        read!(self, "list pickup codes", codes::of_intent(intent))
    }

    async fn codes(&self, filter: &CodeFilter, part: &Part) -> Result<Page<IssuedPickupCode>> {
        read!(self, "list pickup codes", codes::page(filter, part))
    }

    async fn hold_code(
        &self,
        code: (&AccountName, &str),
        (machine, product): (&Text, Option<&str>),
        now: Timestamp,
    ) -> Result<Option<(Verdict, IssuedPickupCode)>> {
        let changed = self.change_code(code, now, &|code| code.hold(machine, product, now)).await;
        changed.map_err(|fault| fault.during("hold a pickup code"))
    }

    async fn redeem_code(
        &self,
        code: (&AccountName, &str),
        nonce: &Text,
        now: Timestamp,
    ) -> Result<Option<(Verdict, IssuedPickupCode)>> {
        let changed = self.change_code(code, now, &|code| code.redeem(nonce, now)).await;
        changed.map_err(|fault| fault.during("use a pickup code"))
    }

    async fn cancel_code(
        &self,
        code: (&AccountName, &str),
        now: Timestamp,
    ) -> Result<Option<(Verdict, IssuedPickupCode)>> {
        let changed = self.change_code(code, now, &|code| code.cancel(now)).await;
        changed.map_err(|fault| fault.during("cancel a pickup code"))
    }

    async fn expire_codes(&self, now: Timestamp, first: usize) -> Result<u64> {
        self.try_expire(now, first).await.map_err(|fault| fault.during("expire pickup codes"))
    }

    async fn append(&self, events: &[NewEvent]) -> Result<Vec<Appended>> {
        self.try_append(events).await.map_err(|fault| fault.during("append to the event log"))
    }

    async fn events(&self, filter: &EventFilter, after: Place, first: usize) -> Result<Page<StoredEvent>> {
        let head = *self.appended.borrow();
        let page = log::page(&self.connections.readers, filter, (after, head), first).await;
        page.map_err(|fault| fault.during("read the event log"))
    }

    async fn log_bounds(&self) -> Result<LogBounds> {
        read!(self, "read the event log's bounds", log::bounds())
    }

    fn appended(&self) -> watch::Receiver<Place> {
        self.appended.subscribe()
    }

    async fn latest(
        &self,
        account: &AccountName,
        machine: Option<&str>,
        kind: EventKind,
    ) -> Result<Option<StoredEvent>> {
        read!(self, "read the event log", log::latest(account, machine, kind))
    }

    async fn refills(
        &self,
        filter: &RefillFilter,
        after: Option<&RefillPlace>,
        first: usize,
    ) -> Result<Page<StoredEvent>> {
        read!(self, "list refills", refills::page(filter, after, first))
    }

    async fn prune_events(&self, received_before: Timestamp, first: usize) -> Result<u64> {
        change!(self, "prune the event log", prune::events(received_before, first))
    }

    async fn forget_nonces(&self, received_before: Timestamp, first: usize) -> Result<u64> {
        change!(self, "forget nonces", prune::nonces(received_before, first))
    }

    async fn mark(&self, account: &AccountName, what: &str) -> Result<Option<Timestamp>> {
        read!(self, "read a mark", marks::get(account.as_str(), what))
    }

    async fn set_mark(&self, account: &AccountName, what: &str, at: Timestamp) -> Result<()> {
        change!(self, "set a mark", marks::set(account.as_str(), what, at))
    }
}
