//! Where two vendors become one: every use case is a method of [`Gateway`].
//!
//! A use case takes the [`Asker`], sees only the asker's accounts, waits no longer than the asker does, and keeps
//! one vendor's trouble beside the other's data. Scopes are checked where fields are (`graphql/guard`).

mod account;
mod accounts;
mod asker;
pub mod cache;
mod catalogue;
mod commands;
pub mod duties;
pub mod error;
mod facts;
pub mod fleet;
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

use std::{sync::Arc, time::Duration};

use url::Url;

use self::{accounts::Accounts, commands::Commands};
use crate::{
    domain::{AccountName, Clock},
    store::Store,
};

pub use account::{Account, Connection, Lifetimes};
pub use asker::Asker;
pub use cache::{Fresh, Source};
pub use catalogue::Catalogue;
pub use duties::Duties;
pub use error::{Code, Error, Input, Result};
pub use facts::{Estimate, Facts};
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
    accounts: Accounts,
    lifetimes: Lifetimes,
    revision: Arc<Revision>,
    clock: Arc<dyn Clock>,
    /// For how long what was last heard of a machine counts as fresh.
    heard_for: Duration,
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
        let gateway = Self {
            accounts: Accounts::new(Vec::new(), Arc::clone(&revision)),
            lifetimes,
            revision,
            clock: Arc::clone(clock),
            heard_for: lifetimes.status,
            commands: Commands::new(keeping.store),
            callbacks: keeping.callbacks,
            post: keeping.post,
        };
        let names: Vec<_> = connections.iter().map(|connection| connection.name.clone()).collect();
        gateway.reconnect(&names, connections);
        gateway
    }

    /// From now on the accounts are these, reached by these connections where they are new or to be reached otherwise. One
    /// that was there before goes on with what is known of its machines; what is under way ends by the connection that it
    /// began with. An account of another vendor is another account.
    pub fn reconnect(&self, names: &[AccountName], connections: Vec<Connection>) {
        let before = self.accounts.now();
        let account = |connection: Connection| match before.named(&connection.name) {
            Some(account) if account.vendor() == connection.vendor => {
                account.reconnect(connection);
                Arc::clone(account)
            }
            Some(_) | None => {
                let memory = (Arc::clone(&self.commands.store), self.post.inbox.clone());
                let clock = Arc::clone(&self.clock);
                Arc::new(Account::new(connection, self.lifetimes, clock, (&self.revision, Some(memory))))
            }
        };
        let mut accounts: Vec<_> = connections.into_iter().map(account).collect();
        let stays = |account: &&Arc<Account>| {
            names.contains(account.name()) && !accounts.iter().any(|new| new.name() == account.name())
        };
        let staying: Vec<_> = before.iter().filter(stays).cloned().collect();
        accounts.extend(staying);
        self.accounts.replace(accounts);
    }

    /// Runs `making`, which makes an answer from this gateway in the task that it is called in, and tells for how long
    /// that would be made again; `None`: it is true this once only.
    pub async fn leased<T>(&self, making: impl Future<Output = T>) -> (T, Option<Lease>) {
        let (made, lease) = Lease::of(&self.revision, &self.clock, making).await;
        (made, lease.map(|lease| lease.heard_for(self.heard_for)))
    }

    fn store(&self) -> &dyn Store {
        self.commands.store.as_ref()
    }

    /// Waits until everything that is under way is written down.
    pub async fn finish(&self) {
        self.commands.finish().await;
    }

    /// Every account, by name; for what runs on nobody's behalf.
    pub fn all_accounts(&self) -> Vec<Arc<Account>> {
        self.accounts.now().iter().cloned().collect()
    }

    /// The account of that name; for what runs on nobody's behalf.
    fn account_named(&self, name: &AccountName) -> Option<Arc<Account>> {
        self.accounts.now().named(name).cloned()
    }

    /// The asker's accounts, by name.
    pub fn accounts(&self, asker: &Asker) -> Vec<Arc<Account>> {
        self.accounts.now().iter().filter(|account| asker.caller.sees(account.name())).cloned().collect()
    }

    /// The account of that name, if the asker sees it.
    pub fn account(&self, asker: &Asker, name: &AccountName) -> Result<Arc<Account>> {
        self.account_named(name).filter(|_| asker.caller.sees(name)).ok_or(Error::NotFound)
    }

    /// The asker's accounts among those wished for; all of them when none are.
    fn chosen(&self, asker: &Asker, wished: Option<&[AccountName]>) -> Vec<Arc<Account>> {
        let mut accounts = self.accounts(asker);
        accounts.retain(|account| wished.is_none_or(|wished| wished.contains(account.name())));
        accounts
    }
}
