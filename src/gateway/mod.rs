//! Where two vendors become one: every use case is a method of [`Gateway`].
//!
//! A use case takes the [`Asker`], sees only the asker's accounts, waits no longer than the asker does, and keeps
//! one vendor's trouble beside the other's data. Scopes are checked where fields are (`graphql/guard`).

mod account;
mod asker;
pub mod cache;
mod catalogue;
mod commands;
pub mod error;
mod facts;
pub mod fleet;
mod interner;
pub mod lease;
mod machine;
mod machines;
pub mod news;
mod observed;
pub mod orders;
mod page;
mod pickup_codes;
mod products;
pub mod reception;
mod refills;
mod refusal;
mod replenishment;
mod sites;
mod sources;
mod statistics;
#[cfg(test)]
mod tests;
mod trade_walk;
mod trades;
mod weigh;

use std::sync::Arc;

use url::Url;

use self::commands::Commands;
use crate::{
    domain::{AccountName, Clock},
    store::Store,
};

pub use account::{Account, Connection, Lifetimes};
pub use asker::Asker;
pub use cache::{Fresh, Source};
pub use catalogue::Catalogue;
pub use error::{Code, Error, Input, Result};
pub use facts::Estimate;
pub use fleet::MachineFilter;
pub use lease::{Lease, Revision};
pub use machine::{Freshness, Machine};
pub use machines::MachineList;
pub use news::{EventFilter, EventPage, Followed, Gap, LoggedEvent, Post};
pub use orders::{Blame, Commanded, PlacedOrder, Problem, RedeemPickupCode};
pub use page::{Page, PageRequest};
pub use pickup_codes::{
    CreatePickupCodes, FoundPickupCode, KeptPickupCode, PickupCodeFilter, PickupCodePage, ShelfPickupCode,
};
pub use products::{ProductFilter, ProductPage};
pub use reception::Reception;
pub use refills::{RefillFilter, RefillPage};
pub use refusal::Refusal;
pub use replenishment::{Refilled, Replenish};
pub use sites::{Line, LineFilter, LinePage, Site, SiteFilter, SitePage};
pub use sources::SourceStatus;
pub use statistics::Statistics;
pub use trades::{TradeFilter, TradePage, TradeRow};

/// What a gateway needs in order to be told to do something.
#[derive(Clone, Debug)]
pub struct Keeping {
    /// Where commands are written down.
    pub store: Arc<dyn Store>,
    /// Where vendors reach this gateway (`server.public_url`); `None`: nowhere, and no order can be placed.
    pub callbacks: Option<Url>,
    /// Where events come from and go to.
    pub post: Post,
}

/// All accounts of the operator, asked as one.
#[derive(Debug)]
pub struct Gateway {
    accounts: Vec<Arc<Account>>,
    revision: Arc<Revision>,
    clock: Arc<dyn Clock>,
    commands: Commands,
    /// Where vendors reach this gateway.
    callbacks: Option<Url>,
    post: Post,
}

impl Gateway {
    /// A gateway over these accounts.
    pub fn new(
        connections: Vec<Connection>,
        lifetimes: Lifetimes,
        keeping: Keeping,
        clock: &Arc<dyn Clock>,
    ) -> Self {
        let revision = Arc::default();
        let mut accounts: Vec<_> = connections
            .into_iter()
            .map(|connection| {
                Arc::new(Account::new(
                    connection,
                    lifetimes,
                    Arc::clone(clock),
                    (&revision, Some((Arc::clone(&keeping.store), keeping.post.inbox.clone()))),
                ))
            })
            .collect();
        accounts.sort_unstable_by(|a, b| a.name().cmp(b.name()));
        Self {
            accounts,
            revision,
            clock: Arc::clone(clock),
            commands: Commands::new(keeping.store),
            callbacks: keeping.callbacks,
            post: keeping.post,
        }
    }

    /// Runs `making`, which makes an answer from this gateway in the task that it is called in, and tells for how long
    /// that would be made again; `None`: it is true this once only.
    pub async fn leased<T>(&self, making: impl Future<Output = T>) -> (T, Option<Lease>) {
        Lease::of(&self.revision, &self.clock, making).await
    }

    fn store(&self) -> &dyn Store {
        self.commands.store.as_ref()
    }

    /// Waits until everything that is under way is written down.
    pub async fn finish(&self) {
        self.commands.finish().await;
    }

    /// Every account, by name; for what runs on nobody's behalf.
    pub fn all_accounts(&self) -> &[Arc<Account>] {
        &self.accounts
    }

    /// The account of that name; for what runs on nobody's behalf.
    fn account_named(&self, name: &AccountName) -> Option<&Arc<Account>> {
        self.accounts.iter().find(|account| account.name() == name)
    }

    /// The asker's accounts, by name.
    pub fn accounts(&self, asker: &Asker) -> impl Iterator<Item = &Arc<Account>> {
        self.accounts.iter().filter(|account| asker.caller.sees(account.name()))
    }

    /// The account of that name, if the asker sees it.
    pub fn account(&self, asker: &Asker, name: &AccountName) -> Result<&Arc<Account>> {
        self.accounts(asker).find(|account| account.name() == name).ok_or(Error::NotFound)
    }

    /// The asker's accounts among those wished for; all of them when none are.
    fn chosen(&self, asker: &Asker, wished: Option<&[AccountName]>) -> Vec<Arc<Account>> {
        self.accounts(asker)
            .filter(|account| wished.is_none_or(|wished| wished.contains(account.name())))
            .cloned()
            .collect()
    }
}
