//! Orders that go through us: placed, paid, cancelled, dispensed, and told.
//!
//! A command is written down before the vendor is told, and the vendor is told once (`gateway/commands`). Where the
//! answer is lost, the order says so until it is settled: by reading it at the vendor, by the vendor's callback, or
//! by its time to pay being over (`settle`).

mod callback;
mod create;
mod dispense;
mod draft;
mod found;
mod open;
mod read;
mod redeem;
mod settle;
mod sums;
mod trades;
mod update;

use std::sync::Arc;

use rand::{
    RngExt as _,
    distr::{Alphanumeric, SampleString as _},
};
use url::Url;

use super::{Account, Asker, Code, Error, Gateway, Result};
use crate::{
    domain::{AccountName, Clock, Id, Order, OrderLine, Text},
    store::{Action, Digest, NewIntent, Target},
};

pub use create::{CreateOrder, WantedLine};
pub use dispense::{Dispense, DispenseOrderLine, TestDispense};
pub use read::{OrderFilter, OrderPage};
pub use redeem::RedeemPickupCode;
pub use settle::{settle, tidy};
pub use update::Cancellation;

/// An order and whose it is.
#[derive(Clone, Debug)]
pub struct PlacedOrder {
    /// The account it was placed at.
    pub account: Arc<Account>,
    /// The order.
    pub order: Order,
}

impl PlacedOrder {
    /// Its global id.
    pub fn id(&self) -> Id {
        Id::Order { account: self.account.name().clone(), trade_number: self.order.trade_number.clone() }
    }

    /// The global id of one of its lines.
    pub fn line_id(&self, line: &OrderLine) -> Id {
        Id::OrderLine {
            account: self.account.name().clone(),
            trade_number: self.order.trade_number.clone(),
            position: line.position,
        }
    }
}

/// What a command came to: what it was about as it now stands, and why it was not carried out, if it was not.
#[derive(Debug)]
pub struct Commanded<T> {
    /// What it was about.
    pub subject: Option<T>,
    /// Why it was not carried out.
    pub problem: Option<Problem>,
}

impl<T> Commanded<T> {
    /// It was carried out, or had been.
    pub const fn done(subject: T) -> Self {
        Self { subject: Some(subject), problem: None }
    }

    /// Names the argument that a refusal is about, where none is named yet.
    #[must_use]
    pub fn about(mut self, argument: impl FnOnce(Code) -> &'static [&'static str]) -> Self {
        if let Some(problem) = self.problem.as_mut().filter(|problem| problem.field.is_empty()) {
            problem.field = argument(problem.error.code()).iter().map(ToString::to_string).collect();
        }
        self
    }

    /// The same of what it was about as something else.
    pub fn map<U>(self, of: impl FnOnce(T) -> U) -> Commanded<U> {
        Commanded { subject: self.subject.map(of), problem: self.problem }
    }
}

impl<T> From<Problem> for Commanded<T> {
    fn from(problem: Problem) -> Self {
        Self { subject: None, problem: Some(problem) }
    }
}

/// Why a command was not carried out, and which argument is to blame.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The path of the argument in the command's input; empty: none in particular.
    pub field: Vec<String>,
    /// Why.
    pub error: Error,
    /// Which part of a command of several calls was done, and which was not; `None`: it was one call, or none.
    pub part: Option<String>,
}

impl Problem {
    /// The problem of the argument at that path of the command's input.
    pub fn of(field: &[&str], error: impl Into<Error>) -> Self {
        Self { field: field.iter().map(ToString::to_string).collect(), error: error.into(), part: None }
    }
}

impl<E: Into<Error>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self::of(&[], error)
    }
}

/// Names the argument that is to blame.
pub trait Blame<T> {
    /// The problem of the argument at that path of the command's input.
    fn blame(self, field: &[&str]) -> std::result::Result<T, Problem>;
}

impl<T, E: Into<Error>> Blame<T> for std::result::Result<T, E> {
    fn blame(self, field: &[&str]) -> std::result::Result<T, Problem> {
        self.map_err(|error| Problem::of(field, error))
    }
}

/// An intent of the asker's.
pub(super) fn intent(
    asker: &Asker,
    account: &AccountName,
    (action, input): (Action, &str),
    target: Target,
    clock: &dyn Clock,
) -> NewIntent {
    NewIntent {
        account: account.clone(),
        subject: asker.caller.subject.clone(),
        action,
        key: None,
        fingerprint: Digest::of(input),
        target,
        callback: None,
        begun_at: clock.now(),
    }
}

/// A new number for an order: 24 digits, the first 13 the time, so that numbers are unique and sort by age.
pub(super) fn draw_trade_number(clock: &dyn Clock) -> Text {
    let millis = clock.now().as_millisecond().clamp(0, 9_999_999_999_999);
    let random: u64 = rand::rng().random_range(0..100_000_000_000);
    format!("{millis:013}{random:011}").into()
}

/// Where a vendor reports to: an address that nobody can guess, and the digest that knows it again.
fn draw_callback(base: Option<&Url>, account: &Account) -> Result<(Url, Digest)> {
    let mut url = base.cloned().ok_or(Error::NoCallback)?;
    let token = Alphanumeric.sample_string(&mut rand::rng(), 43);
    url.path_segments_mut().map_err(|()| Error::NoCallback)?.pop_if_empty().extend([
        "webhooks",
        "dingshang",
        account.name().as_str(),
        &token,
    ]);
    Ok((url, Digest::of(&token)))
}

impl Gateway {
    /// The asker's order, as it is stored.
    async fn stored_order(
        &self,
        asker: &Asker,
        account: &AccountName,
        trade_number: &str,
    ) -> Result<PlacedOrder> {
        let account = self.account(asker, account)?;
        let mut order = self.store().order(account.name(), trade_number).await?.ok_or(Error::NotFound)?;
        order.lapse(self.clock.now());
        Ok(PlacedOrder { account, order })
    }
}
