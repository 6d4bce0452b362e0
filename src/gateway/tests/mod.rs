//! The gateway against a vendor that does as it is told: gates instead of sleeps, a clock moved by hand.

mod access;
mod cache;
mod cache_model;
mod commands;
mod facts;
mod fake;
mod fake_stock;
mod fleet;
mod large;
mod leases;
mod paging;
mod pickup_codes;
mod reconnecting;
mod replenishment;
pub(super) mod rows;
mod several;
mod statistics;
mod stored_trades;
mod sweep;
mod trade_pages;
mod trades;

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
    thread,
    time::Duration,
};

use jiff::Timestamp;
use tokio::{runtime::Builder, time::Instant};
use url::Url;

use super::{Asker, Connection, Gateway, Keeping, Lifetimes, PageRequest, Post};
use crate::{
    auth::caller::{Caller, Grant, Scope},
    domain::{AccountName, Clock, HealthState, Id, ManualClock, Vendor},
    events::{Inbox, Log, inbox::Clerk},
    store::{self, Store},
    vendor::transport::Health,
};

pub(super) use fake::{Fake, Gate};

/// When every test begins: not on a whole second.
pub(super) const START: Timestamp = Timestamp::constant(1_750_000_000, 250_000_000);

const LIFETIMES: Lifetimes = Lifetimes {
    status: Duration::from_secs(10),
    products: Duration::from_mins(10),
    sites: Duration::from_mins(5),
    max_stale: Duration::from_hours(1),
};

pub(super) fn name(name: &str) -> AccountName {
    AccountName::new(name)
}

pub(super) fn manual_clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(START))
}

/// The store of all tests of this process that do not care which.
fn store() -> Arc<dyn Store> {
    static STORE: OnceLock<Arc<dyn Store>> = OnceLock::new();
    let open = || {
        let folder = tempfile::tempdir().unwrap().keep();
        let url = format!("sqlite://{}/store.db", folder.display());
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(store::open(&url)).unwrap()
    };
    // Tests run in a runtime of their own, in which nothing can be waited for.
    Arc::clone(STORE.get_or_init(|| thread::spawn(open).join().unwrap()))
}

/// The way to an account; without a site capability it is Dingshang's.
pub(super) fn connection(of: &str, fake: &Arc<Fake>) -> Connection {
    Connection {
        name: name(of),
        vendor: if fake.is_inhand() { Vendor::Inhand } else { Vendor::Dingshang },
        client: Arc::clone(fake) as Arc<dyn crate::vendor::Vendor>,
        timeout: Duration::from_secs(5),
        health: Arc::new(|| Health { state: HealthState::Up, last_success_at: None, last_error: None }),
    }
}

/// A gateway over these accounts.
#[expect(clippy::needless_pass_by_value, reason = "callers make a handle of their clock for this call")]
pub(super) fn gateway(accounts: &[(&str, &Arc<Fake>)], clock: Arc<dyn Clock>) -> Gateway {
    gateway_on(store(), accounts, &clock).0
}

/// The same over a store of its own, with what has to run that it hears of anything.
fn gateway_on(
    store: Arc<dyn Store>,
    accounts: &[(&str, &Arc<Fake>)],
    clock: &Arc<dyn Clock>,
) -> (Gateway, Clerk, Arc<Log>) {
    let connections = accounts.iter().map(|(of, fake)| connection(of, fake));
    let (inbox, clerk) = Inbox::new(Arc::clone(&store));
    let log = Log::new(Arc::clone(&store), accounts.iter().map(|(of, _)| name(of)).collect());
    let callbacks = Some(Url::parse("https://vending.example.com").unwrap());
    let keeping = Keeping { store, callbacks, post: Post { log: Arc::clone(&log), inbox } };
    (Gateway::new(connections.collect(), LIFETIMES, keeping, clock), clerk, log)
}

/// Somebody who sees these accounts and waits for a minute.
pub(super) fn asker(accounts: &[&str]) -> Asker {
    let caller = Caller {
        subject: "tester".into(),
        scopes: Scope::ALL.into_iter().collect(),
        accounts: Grant::Named(accounts.iter().map(|of| name(of)).collect::<BTreeSet<_>>()),
        expires_at: Timestamp::MAX,
    };
    Asker { caller: Arc::new(caller), until: Instant::now() + Duration::from_mins(1) }
}

pub(super) fn first(first: usize) -> PageRequest {
    PageRequest { first, after: None }
}

/// The page after that row, by way of the cursor that a client holds.
pub(super) fn after(first: usize, after: &Id) -> PageRequest {
    PageRequest { first, after: Some(Id::decode(&after.encode()).unwrap()) }
}
