//! What survives a restart: what was meant to be done and what came of it, orders, pickup codes that we keep, and the
//! log of what happened.
//!
//! **Promises.** What a method of [`Store`] answered to have stored is on the disk and survives a power cut. A
//! method's changes are stored all together or not at all. Of many that want the same (a key, an order, a code)
//! exactly one gets it, and each is told. Waits are bounded: a store that is too busy answers
//! [`Error::Unavailable`].
//!
//! **Refusals.** It decides nothing about vending: life cycles are the domain's, and the store only keeps two writers
//! apart while they follow them. It calls no vendor, knows no clock (`now` is an argument), and stores no secret:
//! callback tokens come as [`Digest`]s. Times are kept to the millisecond.
//!
//! **The way of a command.** [`Store::begin`] writes the intent down; only who is told [`Begun::New`] calls the vendor;
//! [`Store::end`] writes what came of it. What stands between the two when the program stops is found by
//! [`Store::unsettled`].
//!
//! **The log.** Every change of an order or of a pickup code is an event too, stored with it or not at all. Places
//! grow in the order in which events can be read: who has read up to one has missed nothing before it.

mod digest;
mod error;
mod event;
mod intent;
mod lead;
mod page;
mod payload;
mod postgres;
mod schema;
mod sql;
mod sqlite;
#[cfg(test)]
pub(crate) mod tests;
mod words;

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;

use crate::domain::{self, AccountName, EventKind, IssuedPickupCode, Order, Text, Verdict};

pub use digest::Digest;
pub use error::{Error, OpenError};
pub use event::{Appended, EventFilter, LogBounds, NewEvent, RefillFilter, RefillPlace, StoredEvent};
pub use intent::{Action, Begun, Change, Ending, Intent, IntentId, NewIntent, Outcome, Target, UsedCode};
pub use lead::Lead;
pub use page::{CodeFilter, LineFilter, LinePlace, LineSum, OrderFilter, OrderedLine, Page, Part, Place};

/// Opens the store at a URL, its schema brought up to date: `sqlite:///path/to/file.db`, which is made where it is
/// missing, or `postgres://user:password@host/database`, which any number of gateways may share.
pub async fn open(url: &str) -> std::result::Result<Arc<dyn Store>, OpenError> {
    match Address::of(url)? {
        Address::File(path) => Ok(Arc::new(sqlite::open(path).await?)),
        Address::Server(url) => Ok(Arc::new(postgres::open(url).await?)),
    }
}

/// Brings the schema of the store at a URL up to date, and nothing else; gives the schema's number. Of many that do so at
/// once on one server, one does and the others wait for it.
pub async fn migrate(url: &str) -> std::result::Result<i64, OpenError> {
    match Address::of(url)? {
        Address::File(path) => sqlite::migrate(path).await,
        Address::Server(url) => postgres::migrate(url).await,
    }
}

/// Where a store is.
enum Address<'a> {
    File(&'a Path),
    Server(&'a str),
}

impl<'a> Address<'a> {
    fn of(url: &'a str) -> std::result::Result<Self, OpenError> {
        match url.split_once(':') {
            Some(("sqlite", rest)) => {
                let path = rest.strip_prefix("//").unwrap_or(rest);
                // `:memory:` would be another store for each connection.
                if path.is_empty() || path.starts_with(':') {
                    return Err(OpenError::Address);
                }
                Ok(Self::File(Path::new(path)))
            }
            Some(("postgres" | "postgresql", _)) => Ok(Self::Server(url)),
            _ => Err(OpenError::Address),
        }
    }
}

/// The answer of the store.
pub type Result<T> = std::result::Result<T, Error>;

/// What survives a restart. Every backend passes the one suite in `store/tests`.
#[async_trait]
pub trait Store: std::fmt::Debug + Send + Sync {
    /// Whether the store answers: reads from it, and changes nothing.
    async fn ping(&self) -> Result<()>;

    /// The name of this opening of the store, which tells it from every other: an intent bears that of who began it.
    fn process(&self) -> &Text;

    /// Lets go of the store once what is under way is done. Whatever is asked afterwards is `Unavailable`.
    async fn close(&self);

    // ---- intents: idempotency and audit

    /// Writes a command down before it is carried out, with what changes by that alone, in one transaction. Looked
    /// at in this order: the key (`Again`, `Conflict`), then numbers (`Taken`), then what the command claims (`Busy`). Anything but `New` stores nothing.
    ///
    /// An order in `change` that is stored already is joined with the stored one ([`Order::join`]); only the action
    /// `CreateOrder` or `RedeemPickupCode` makes one.
    async fn begin(&self, wanted: &NewIntent, change: &Change) -> Result<Begun>;

    /// Writes down what came of an intent, with what changed by it, in one transaction; gives the intent as it then
    /// stands. This is also how what was left open or unknown is settled later.
    ///
    /// The first ending other than `Unknown` stays: later ones change the intent no more, and their codes are not
    /// stored. Their order is joined all the same, as news of an order is never wrong to have. New codes
    /// whose number is in use are left out, so that ending again is harmless; our own codes belong to `begin`, where it
    /// is told that their digits are taken.
    ///
    /// An intent that ends at once as `NotDone` gives its key back: nothing was done, and the same command may be given
    /// again. A redemption does so whenever it is found not to have been done. An order whose creation is refused or not done, and of which the vendor has told nothing, is taken
    /// out again: there never was one.
    async fn end(&self, id: IntentId, ending: &Ending, change: &Change) -> Result<Intent>;

    /// An intent.
    async fn intent(&self, id: IntentId) -> Result<Option<Intent>>;

    /// The intent that was begun under the same key, by the same subject for the same account and action; `None`: there is
    /// none, or no key.
    async fn intent_by_key(&self, wanted: &NewIntent) -> Result<Option<Intent>>;

    /// The intent whose callback address holds the token with this digest.
    async fn intent_by_callback(&self, token: &Digest) -> Result<Option<Intent>>;

    /// The intents that are open, and those that ended as unknown and still hold what they are about, oldest first; those
    /// after this one, where one is given.
    async fn unsettled(
        &self,
        account: &AccountName,
        after: Option<IntentId>,
        first: usize,
    ) -> Result<Vec<Intent>>;

    /// The vendor's number of the order that used a code, as the latest redemption of the same digits at the same machine
    /// was told that was begun after this one; `None`: none was told.
    async fn told_used_by(&self, redemption: &Intent) -> Result<Option<Text>>;

    /// Whether an intent is open and nobody carries it out any more: the process that began it is gone. `false` says only
    /// that somebody may yet be at it.
    async fn is_abandoned(&self, intent: &Intent) -> Result<bool>;

    /// The audit trail of an account, newest first; `before`: those older than this intent.
    async fn intents(
        &self,
        account: &AccountName,
        before: Option<IntentId>,
        first: usize,
    ) -> Result<Page<Intent>>;

    /// Forgets the idempotency keys of at most `first` intents that were begun before this instant, and keeps the
    /// intents; gives how many. Keys of unsettled intents are kept.
    async fn forget_keys(&self, begun_before: Timestamp, first: usize) -> Result<u64>;

    /// Looks at the next `first` intents after this one, oldest first, as far as they were begun before an instant, and forgets
    /// those of them that ended before it too; gives the last that was looked at, `None` once there is none.
    ///
    /// Kept is what is not settled, and what an order that is not at its end needs: the beginning of an order is found by
    /// the token in its callback's address as long as anything may yet become of it. Codes stay, and forget by which
    /// intent they were made.
    async fn prune_intents(
        &self,
        before: Timestamp,
        after: Option<IntentId>,
        first: usize,
    ) -> Result<Option<IntentId>>;

    // ---- orders

    /// An order by our number of it.
    async fn order(&self, account: &AccountName, trade_number: &str) -> Result<Option<Order>>;

    /// An order by its vendor's number.
    async fn order_by_number(&self, account: &AccountName, number: &str) -> Result<Option<Order>>;

    /// The order of the intent whose callback address holds the token with this digest.
    async fn order_by_callback(&self, token: &Digest) -> Result<Option<Order>>;

    /// The orders that match, newest first, as they are at `filter.now`.
    async fn orders(&self, filter: &OrderFilter, part: &Part) -> Result<Page<Order>>;

    /// At most `first` lines that match, newest orders first, then by account, number and position, as their orders
    /// are at `filter.orders.now`; those that come after a place, where one is given.
    async fn order_lines(
        &self,
        filter: &LineFilter,
        first: usize,
        after: Option<&LinePlace>,
    ) -> Result<Page<OrderedLine>>;

    /// What the lines that match come to, by machine, way of payment and currency; without those of which there is
    /// none.
    async fn line_sums(&self, filter: &LineFilter) -> Result<Vec<LineSum>>;

    /// At most `first` orders of all accounts whose time to pay is over and that are stored as unpaid yet.
    async fn due_orders(&self, now: Timestamp, first: usize) -> Result<Vec<Order>>;

    /// Joins news into the stored order ([`Order::join`]) and gives the order as it then stands, its `version`
    /// raised if it changed, at `now`; `None` where it is not stored. Two that save at once lose nothing of each other.
    async fn save(&self, order: &Order, now: Timestamp) -> Result<Option<Order>>;

    // ---- pickup codes that we keep

    /// A code by its number.
    async fn code(&self, account: &AccountName, number: &str) -> Result<Option<IssuedPickupCode>>;

    /// Our own code (issuer `Gateway`) with these digits: the live one, else the newest.
    async fn code_by_digits(&self, account: &AccountName, digits: &str) -> Result<Option<IssuedPickupCode>>;

    /// The codes that were stored with an intent, by number.
    async fn codes_of(&self, intent: IntentId) -> Result<Vec<IssuedPickupCode>>;

    /// The codes that match, newest first, as they are at `filter.now`.
    async fn codes(&self, filter: &CodeFilter, part: &Part) -> Result<Page<IssuedPickupCode>>;

    /// Holds a code for a machine ([`IssuedPickupCode::hold`]): `Good` to exactly one machine at a time. `product`:
    /// what the machine would dispense, where it says. `None`: no such code. With the code as it then stands.
    async fn hold_code(
        &self,
        code: (&AccountName, &str),
        by: (&Text, Option<&str>),
        now: Timestamp,
    ) -> Result<Option<(Verdict, IssuedPickupCode)>>;

    /// Uses a code up ([`IssuedPickupCode::redeem`]): `Good` to exactly one nonce. `None`: no such code.
    async fn redeem_code(
        &self,
        code: (&AccountName, &str),
        nonce: &Text,
        now: Timestamp,
    ) -> Result<Option<(Verdict, IssuedPickupCode)>>;

    /// Cancels a code ([`IssuedPickupCode::cancel`]). `None`: no such code.
    async fn cancel_code(
        &self,
        code: (&AccountName, &str),
        now: Timestamp,
    ) -> Result<Option<(Verdict, IssuedPickupCode)>>;

    /// Stores what time made of codes ([`IssuedPickupCode::settle`]): of at most `first` whose end or hold is over.
    /// Gives how many. Nothing waits for it; it only keeps the indices small.
    async fn expire_codes(&self, now: Timestamp, first: usize) -> Result<u64>;

    // ---- the event log

    /// Appends what is news, all of it or nothing, and answers for each in order, just as if they had been appended one
    /// after the other. What is known ([`Appended::Known`]) stores nothing, not even its nonce.
    async fn append(&self, events: &[NewEvent]) -> Result<Vec<Appended>>;

    /// At most `first` events that match and stand after a place, oldest first; of those under the floor none.
    async fn events(
        &self,
        filter: &EventFilter,
        after: domain::Place,
        first: usize,
    ) -> Result<Page<StoredEvent>>;

    /// How far the log reaches.
    async fn log_bounds(&self) -> Result<LogBounds>;

    /// Tells the last place that was given, as soon as what stands there is on the disk, whichever method of this
    /// store appended it. What stands at it or before can be read.
    fn appended(&self) -> watch::Receiver<domain::Place>;

    /// Of each of these kinds the newest event of a machine, or of the whole account (`None`), if there is one, by when it
    /// happened: of the few dozen that were told last, as news comes late. Also where it stands under the floor.
    async fn latest(
        &self,
        account: &AccountName,
        machine: Option<&str>,
        kinds: &[EventKind],
    ) -> Result<Vec<StoredEvent>>;

    /// Of each of these machines the last `each` events of a kind, also those that are kept under the floor; all of them in
    /// the order of their places.
    async fn last_words(
        &self,
        account: &AccountName,
        machines: &[Text],
        kind: EventKind,
        each: usize,
    ) -> Result<Vec<StoredEvent>>;

    /// At most `first` refills that match, newest first, then by account and machine; those that come after a place, where
    /// one is given. Also those that are kept under the floor.
    async fn refills(
        &self,
        filter: &RefillFilter,
        after: Option<&RefillPlace>,
        first: usize,
    ) -> Result<Page<StoredEvent>>;

    /// Takes the next `first` events from the oldest on, as far as they were received before this instant, out of the
    /// log, and raises the floor; gives how many. Of each machine the last registration, status and refill are kept
    /// under the floor, where [`Store::latest`] finds them.
    async fn prune_events(&self, received_before: Timestamp, first: usize) -> Result<u64>;

    /// Up to when something was read at the vendor of an account; `None`: never yet.
    async fn mark(&self, account: &AccountName, what: &str) -> Result<Option<Timestamp>>;

    /// Writes down up to when something was read at the vendor of an account. A mark never goes back.
    async fn set_mark(&self, account: &AccountName, what: &str, at: Timestamp) -> Result<()>;

    /// Forgets the nonces of the next `first` events from the oldest on, as far as they were received before this instant;
    /// gives of how many, with or without a nonce.
    async fn forget_nonces(&self, received_before: Timestamp, first: usize) -> Result<u64>;

    // ---- what one gateway does for all

    /// Takes the lead in something, for as long as the answer is kept; `None`: somebody has it, in whichever gateway. Who
    /// wants it asks again after a while: it is free as soon as its holder drops it, closes the store or dies. A holder
    /// that is cut off loses it without knowing for some seconds ([`Lead::is_held`]).
    async fn lead(&self, what: &str) -> Result<Option<Lead>>;
}
