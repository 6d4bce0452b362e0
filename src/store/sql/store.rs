//! The store over either database: which statements make up a transaction, and what is told once it is on the disk.

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;
use tracing::{Instrument as _, debug_span};

use super::{
    Backend, Fault, Writing, append, codes, intents, lines, log, marks,
    operation::{change, glance, look, read, span},
    orders, prune, refills, statement, tell,
};
use crate::{
    domain::{AccountName, EventKind, IssuedPickupCode, Order, Place, Text, Verdict},
    store::{
        Appended, Begun, Change, CodeFilter, Digest, Ending, EventFilter, Intent, IntentId, Lead, LineFilter,
        LinePlace, LineSum, LogBounds, NewEvent, NewIntent, OrderFilter, OrderedLine, Page, Part,
        RefillFilter, RefillPlace, Result, Store, StoredEvent,
    },
};

/// What a database keeps.
#[derive(Debug)]
pub(in crate::store) struct Kept<B>(pub(in crate::store) B);

/// What is to be done to a code.
type CodeChange<'a> = &'a (dyn Fn(&mut IssuedPickupCode) -> Verdict + Send + Sync);

type Written<B> = Writing<<B as Backend>::Database>;

impl<B: Backend> Kept<B> {
    /// Commits what may have appended to the log.
    async fn commit(&self, mut transaction: Written<B>) -> std::result::Result<(), Fault> {
        let head = log::head(&mut *transaction).await?;
        self.commit_to(transaction, head).await
    }

    /// Commits, and tells how far the log then reaches. Whoever waits for it may go away meanwhile: what is on the disk
    /// is told all the same.
    async fn commit_to(&self, transaction: Written<B>, head: Place) -> std::result::Result<(), Fault> {
        let appended = self.0.appended().clone();
        let committed = tokio::spawn(async move {
            B::commit(transaction).await?;
            tell(&appended, head);
            Ok(())
        });
        committed.await.unwrap_or(Err(Fault::Database(sqlx::Error::WorkerCrashed)))
    }

    async fn try_append(&self, events: &[NewEvent]) -> std::result::Result<Vec<Appended>, Fault> {
        let entries = events.iter().map(append::Entry::new).collect::<std::result::Result<Vec<_>, _>>()?;
        let mut transaction = self.0.write().await?;
        let (answers, head) = append::append(&mut *transaction, &entries).await?;
        self.commit_to(transaction, head).await?;
        Ok(answers)
    }

    async fn try_begin(&self, wanted: &NewIntent, change: &Change) -> std::result::Result<Begun, Fault> {
        let mut transaction = self.0.write().await?;
        let begun = intents::begin(&mut *transaction, (wanted, self.0.process()), change).await?;
        if matches!(begun, Begun::New(_)) {
            self.commit(transaction).await?;
        } else {
            transaction.transaction.rollback().await?;
        }
        Ok(begun)
    }

    async fn try_end(
        &self,
        id: IntentId,
        ending: &Ending,
        change: &Change,
    ) -> std::result::Result<Intent, Fault> {
        let mut transaction = self.0.write().await?;
        let intent = intents::end(&mut *transaction, id, ending, change).await?;
        self.commit(transaction).await?;
        Ok(intent)
    }

    async fn try_save(&self, order: &Order, now: Timestamp) -> std::result::Result<Option<Order>, Fault> {
        let mut transaction = self.0.write().await?;
        let saved = orders::join(&mut *transaction, order, now).await?;
        self.commit(transaction).await?;
        Ok(saved)
    }

    async fn change_code(
        &self,
        (account, number): (&AccountName, &str),
        now: Timestamp,
        change: CodeChange<'_>,
    ) -> std::result::Result<Option<(Verdict, IssuedPickupCode)>, Fault> {
        let mut transaction = self.0.write().await?;
        let Some(mut code) = codes::by_number(&mut *transaction, account.as_str(), number).await? else {
            return Ok(None);
        };
        let before = code.clone();
        let verdict = change(&mut code);
        if code != before {
            code.version = code.version.saturating_add(1);
            codes::update(&mut *transaction, &code, now).await?;
        }
        self.commit(transaction).await?;
        Ok(Some((verdict, code)))
    }

    async fn try_expire(&self, now: Timestamp, first: usize) -> std::result::Result<u64, Fault> {
        let mut transaction = self.0.write().await?;
        let mut changed = 0;
        for mut code in codes::lapsed(&mut *transaction, now, first).await? {
            if code.settle(now) {
                code.version = code.version.saturating_add(1);
                codes::update(&mut *transaction, &code, now).await?;
                changed += 1;
            }
        }
        self.commit(transaction).await?;
        Ok(changed)
    }
}

#[async_trait]
impl<B: Backend> Store for Kept<B> {
    async fn ping(&self) -> Result<()> {
        let asked = async {
            let mut connection = self.0.glance().await?;
            statement("SELECT count(*) FROM intents WHERE id = 0").rows(&mut *connection).await
        };
        asked.await.map(drop).map_err(|fault: Fault| fault.during::<B>("ping"))
    }

    fn process(&self) -> &Text {
        self.0.process()
    }

    async fn close(&self) {
        self.0.close().await;
    }

    async fn begin(&self, wanted: &NewIntent, change: &Change) -> Result<Begun> {
        let begun = self.try_begin(wanted, change).instrument(debug_span!("store: begin an intent"));
        begun.await.map_err(|fault| fault.during::<B>("begin an intent"))
    }

    async fn end(&self, id: IntentId, ending: &Ending, change: &Change) -> Result<Intent> {
        let ended = self.try_end(id, ending, change).instrument(debug_span!("store: end an intent"));
        ended.await.map_err(|fault| fault.during::<B>("end an intent"))
    }

    async fn intent(&self, id: IntentId) -> Result<Option<Intent>> {
        glance!(self, "read an intent", intents::by_id(id))
    }

    async fn intent_by_key(&self, wanted: &NewIntent) -> Result<Option<Intent>> {
        glance!(self, "read an intent", intents::by_key(wanted))
    }

    async fn intent_by_callback(&self, token: &Digest) -> Result<Option<Intent>> {
        glance!(self, "read an intent", intents::by_callback(token))
    }

    async fn unsettled(
        &self,
        account: &AccountName,
        after: Option<IntentId>,
        first: usize,
    ) -> Result<Vec<Intent>> {
        glance!(self, "list unsettled intents", intents::unsettled(account, after, first))
    }

    async fn told_used_by(&self, redemption: &Intent) -> Result<Option<Text>> {
        glance!(self, "read who used a pickup code", intents::told_used_by(redemption))
    }

    async fn is_abandoned(&self, intent: &Intent) -> Result<bool> {
        if intent.end.is_some() || intent.begun_by == *self.0.process() {
            return Ok(false);
        }
        let gone = self.0.is_gone(&intent.begun_by).await;
        gone.map_err(|fault| fault.during::<B>("look who carries out an intent"))
    }

    async fn intents(
        &self,
        account: &AccountName,
        before: Option<IntentId>,
        first: usize,
    ) -> Result<Page<Intent>> {
        glance!(self, "list intents", intents::trail(account, before, first))
    }

    async fn forget_keys(&self, begun_before: Timestamp, first: usize) -> Result<u64> {
        change!(self, "forget keys", intents::forget_keys(begun_before, first))
    }

    async fn prune_intents(
        &self,
        before: Timestamp,
        after: Option<IntentId>,
        first: usize,
    ) -> Result<Option<IntentId>> {
        change!(self, "prune intents", prune::intents(before, after, first))
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
        glance!(self, "list order lines", lines::page(filter, first, after))
    }

    async fn line_sums(&self, filter: &LineFilter) -> Result<Vec<LineSum>> {
        glance!(self, "sum order lines", lines::sums(filter))
    }

    async fn due_orders(&self, now: Timestamp, first: usize) -> Result<Vec<Order>> {
        read!(self, "list due orders", orders::due(now, first))
    }

    async fn save(&self, order: &Order, now: Timestamp) -> Result<Option<Order>> {
        let saved = self.try_save(order, now).instrument(debug_span!("store: save an order"));
        saved.await.map_err(|fault| fault.during::<B>("save an order"))
    }

    async fn code(&self, account: &AccountName, number: &str) -> Result<Option<IssuedPickupCode>> {
        glance!(self, "read a pickup code", codes::by_number(account.as_str(), number))
    }

    async fn code_by_digits(&self, account: &AccountName, digits: &str) -> Result<Option<IssuedPickupCode>> {
        glance!(self, "read a pickup code", codes::by_digits(account.as_str(), digits))
    }

    async fn codes_of(&self, intent: IntentId) -> Result<Vec<IssuedPickupCode>> {
        glance!(self, "list pickup codes", codes::of_intent(intent))
    }

    async fn codes(&self, filter: &CodeFilter, part: &Part) -> Result<Page<IssuedPickupCode>> {
        glance!(self, "list pickup codes", codes::page(filter, part))
    }

    async fn hold_code(
        &self,
        code: (&AccountName, &str),
        (machine, product): (&Text, Option<&str>),
        now: Timestamp,
    ) -> Result<Option<(Verdict, IssuedPickupCode)>> {
        let changed = self
            .change_code(code, now, &|code| code.hold(machine, product, now))
            .instrument(span!("hold a pickup code"))
            .await;
        changed.map_err(|fault| fault.during::<B>("hold a pickup code"))
    }

    async fn redeem_code(
        &self,
        code: (&AccountName, &str),
        nonce: &Text,
        now: Timestamp,
    ) -> Result<Option<(Verdict, IssuedPickupCode)>> {
        let changed = self
            .change_code(code, now, &|code| code.redeem(nonce, now))
            .instrument(span!("use a pickup code"))
            .await;
        changed.map_err(|fault| fault.during::<B>("use a pickup code"))
    }

    async fn cancel_code(
        &self,
        code: (&AccountName, &str),
        now: Timestamp,
    ) -> Result<Option<(Verdict, IssuedPickupCode)>> {
        let changed = self
            .change_code(code, now, &|code| code.cancel(now))
            .instrument(span!("cancel a pickup code"))
            .await;
        changed.map_err(|fault| fault.during::<B>("cancel a pickup code"))
    }

    async fn expire_codes(&self, now: Timestamp, first: usize) -> Result<u64> {
        self.try_expire(now, first).await.map_err(|fault| fault.during::<B>("expire pickup codes"))
    }

    async fn append(&self, events: &[NewEvent]) -> Result<Vec<Appended>> {
        let appended = self.try_append(events).instrument(debug_span!("store: commit events"));
        appended.await.map_err(|fault| fault.during::<B>("append to the event log"))
    }

    async fn events(&self, filter: &EventFilter, after: Place, first: usize) -> Result<Page<StoredEvent>> {
        let head = *self.0.appended().borrow();
        glance!(self, "read the event log", log::page(filter, (after, head), first))
    }

    async fn log_bounds(&self) -> Result<LogBounds> {
        glance!(self, "read the event log's bounds", log::bounds())
    }

    fn appended(&self) -> watch::Receiver<Place> {
        self.0.appended().subscribe()
    }

    async fn latest(
        &self,
        account: &AccountName,
        machine: Option<&str>,
        kinds: &[EventKind],
    ) -> Result<Vec<StoredEvent>> {
        glance!(self, "read the event log", log::latest(account, machine, kinds))
    }

    async fn last_words(
        &self,
        account: &AccountName,
        machines: &[Text],
        kind: EventKind,
        each: usize,
    ) -> Result<Vec<StoredEvent>> {
        glance!(self, "read the event log", log::last_words(account, machines, kind, each))
    }

    async fn refills(
        &self,
        filter: &RefillFilter,
        after: Option<&RefillPlace>,
        first: usize,
    ) -> Result<Page<StoredEvent>> {
        glance!(self, "list refills", refills::page(filter, after, first))
    }

    async fn prune_events(&self, received_before: Timestamp, first: usize) -> Result<u64> {
        change!(self, "prune the event log", prune::events(received_before, first))
    }

    async fn forget_nonces(&self, received_before: Timestamp, first: usize) -> Result<u64> {
        change!(self, "forget nonces", prune::nonces(received_before, first))
    }

    async fn mark(&self, account: &AccountName, what: &str) -> Result<Option<Timestamp>> {
        glance!(self, "read a mark", marks::get(account.as_str(), what))
    }

    async fn set_mark(&self, account: &AccountName, what: &str, at: Timestamp) -> Result<()> {
        change!(self, "set a mark", marks::set(account.as_str(), what, at))
    }

    async fn lead(&self, what: &str) -> Result<Option<Lead>> {
        self.0.lead(what).await.map_err(|fault| fault.during::<B>("take the lead"))
    }
}
