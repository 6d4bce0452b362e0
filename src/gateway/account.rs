//! One vendor account: its adapter, its part of the fleet view, and what its vendor said lately.

mod as_told;
mod caches;
mod commanded;
mod connection;
mod fetching;
mod news;

use std::{pin::Pin, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};
use tracing::{Instrument as _, instrument::Instrumented};

use self::{as_told::AsTold, caches::Made};
use super::{
    Error, Result,
    cache::{Cache, Fresh, Policy, WhenOld},
    catalogue::Catalogue,
    facts::Facts,
    fleet::{Listing, Row},
    lease::{self, Revision},
};
use crate::{
    domain::{
        AccountName, Capability, Category, Clock, Id, Line, MachineDetail, OrderReport, PickupCode, Refill,
        RefillSales, Report, SalesStatistics, Text, Vendor, Window,
    },
    events::Inbox,
    store::Store,
    telemetry::metrics,
    vendor::{self, TradePage, TradeQuery, transport::Health},
};

pub use connection::{Connection, Lifetimes};

/// One account of the gateway.
#[derive(Debug)]
pub struct Account {
    name: AccountName,
    vendor: Vendor,
    /// How its vendor is asked; another one when the configuration changes.
    connection: ArcSwap<Connection>,
    clock: Arc<dyn Clock>,
    /// How long a catalogue counts from which something is missing.
    patience: Duration,
    listing: Cache<(), Listing>,
    reports: Cache<Text, Report>,
    details: Cache<Text, MachineDetail>,
    categories: Cache<Text, Vec<Category>>,
    sales: Cache<Text, RefillSales>,
    pickup_codes: Cache<(Text, Text), Vec<PickupCode>>,
    orders: Cache<(Text, Text), OrderReport>,
    catalogue: Cache<(), Catalogue>,
    lines: Cache<(), Vec<Line>>,
    refills: Cache<Option<Text>, Vec<Refill>>,
    statistics: Cache<(Vec<String>, Timestamp, Timestamp), Vec<SalesStatistics>>,
    trades: Cache<(TradeQuery, u64), TradePage>,
    /// What the log tells of its machines.
    facts: Cache<Text, Facts>,
    /// How its machines were after each of the latest things that they told.
    as_told: AsTold,
    /// Where the log is read, and written; `None`: nowhere.
    memory: Option<Memory>,
}

/// How long what the log tells is kept: it is changed in place.
const FACTS: Duration = Duration::from_hours(24);
/// Where the log is read, and where it is written.
type Memory = (Arc<dyn Store>, Inbox);

/// The memory that one account's machines may take in the caches of single machines.
const MACHINES_BYTES: u64 = 64 * 1024 * 1024;
/// The memory that one account's lists may take; a list is kept whole or not at all.
const LISTS_BYTES: u64 = 256 * 1024 * 1024;

impl Account {
    /// An account of which nothing is known yet.
    pub fn new(
        connection: Connection,
        lifetimes: Lifetimes,
        clock: Arc<dyn Clock>,
        (revision, memory): (&Arc<Revision>, Option<Memory>),
    ) -> Self {
        let policy =
            |ttl, when_old, capacity| Policy { ttl, max_stale: lifetimes.max_stale, when_old, capacity };
        let machine = policy(lifetimes.status, WhenOld::Wait, MACHINES_BYTES);
        let descriptions = policy(lifetimes.sites, WhenOld::ServeAndRefresh, MACHINES_BYTES);
        let sites = policy(lifetimes.sites, WhenOld::ServeAndRefresh, LISTS_BYTES);
        let products = policy(lifetimes.products, WhenOld::ServeAndRefresh, LISTS_BYTES);
        let shared = policy(Duration::ZERO, WhenOld::Wait, 0);
        let made = Made { account: connection.name.as_str(), clock: &clock, revision };
        metrics::begin_reconciled(made.account);
        Self {
            listing: made.cache("listing", sites),
            reports: made.cache("reports", machine),
            details: made.cache("details", descriptions),
            categories: made.cache("categories", descriptions),
            sales: made.cache("sales", machine),
            pickup_codes: made.cache("pickup_codes", shared),
            orders: made.cache("orders", shared),
            catalogue: made.cache("catalogue", products),
            lines: made.cache("lines", sites),
            refills: made.cache("refills", machine),
            statistics: made.cache("statistics", shared),
            trades: made.cache("trades", shared),
            facts: made.cache("facts", Policy { ttl: FACTS, ..machine }),
            memory,
            as_told: AsTold::default(),
            name: connection.name.clone(),
            vendor: connection.vendor,
            connection: ArcSwap::from_pointee(connection),
            clock,
            patience: lifetimes.status,
        }
    }

    /// The account's name.
    pub fn name(&self) -> &AccountName {
        &self.name
    }

    /// Whose platform it is.
    pub fn vendor(&self) -> Vendor {
        self.vendor
    }

    /// The account's global id.
    pub fn id(&self) -> Id {
        Id::Account { account: self.name().clone() }
    }

    /// What its vendor can do at all.
    pub fn capabilities(&self) -> &'static [Capability] {
        self.client().capabilities()
    }

    /// Whether its vendor can do that.
    pub fn can(&self, capability: Capability) -> bool {
        self.capabilities().contains(&capability)
    }

    /// Its adapter, for commands.
    pub(super) fn client(&self) -> Arc<dyn vendor::Vendor> {
        Arc::clone(&self.connection.load().client)
    }

    /// How its vendor has been answering.
    pub fn health(&self) -> Health {
        lease::note_once();
        (self.connection.load().health)()
    }

    /// Asks the vendor whether it answers us.
    pub async fn ping(&self) -> Result<()> {
        let client = self.client();
        self.named(async move { client.ping().await }).await.map_err(|error| self.failed(Arc::new(error)))
    }

    /// Its machines.
    pub async fn listing(&self, until: Instant) -> Result<Fresh<Listing>> {
        self.listing.get(&(), until, || self.fetch_listing()).await.map_err(self.failure())
    }

    /// Its machines as last listed, however long ago; `None` before the first listing.
    pub fn last_listing(&self) -> Option<Arc<Listing>> {
        self.listing.last(&())
    }

    /// A machine's status and shelves.
    pub async fn report(&self, row: &Arc<Row>, until: Instant) -> Result<Fresh<Report>> {
        let key = &row.machine.number;
        let fetch = || self.fetch_report(row, Some(self.now()));
        self.reports.get(key, until, fetch).await.map_err(self.failure())
    }

    /// A machine's status and shelves, asked of the vendor whatever is kept.
    pub async fn refresh_report(&self, row: &Arc<Row>, until: Instant) -> Result<Fresh<Report>> {
        let key = &row.machine.number;
        self.reports.refresh(key, until, || self.fetch_report(row, None)).await.map_err(self.failure())
    }

    /// A machine's status and shelves as last read, asked of the vendor only when nothing is kept.
    pub async fn known_report(&self, row: &Arc<Row>, until: Instant) -> Result<Fresh<Report>> {
        match self.reports.peek(&row.machine.number) {
            Some(report) => Ok(report),
            None => self.report(row, until).await,
        }
    }

    /// What the call for the single machine tells.
    pub async fn detail(&self, machine: &Text, until: Instant) -> Result<Fresh<MachineDetail>> {
        self.details.get(machine, until, || self.fetch_detail(machine)).await.map_err(self.failure())
    }

    /// What the call for the single machine told lately; asks nobody.
    pub fn known_detail(&self, machine: &Text) -> Option<Fresh<MachineDetail>> {
        self.details.peek(machine)
    }

    /// The groups of a machine's products, with their sort order.
    pub async fn categories(&self, machine: &Text, until: Instant) -> Result<Fresh<Vec<Category>>> {
        let (client, number) = (self.client(), machine.clone());
        let fetch = || self.named(async move { client.categories(&number).await });
        self.categories.get(machine, until, fetch).await.map_err(self.failure())
    }

    /// What a machine sold since it was last refilled.
    pub async fn sales_since_refill(&self, machine: &Text, until: Instant) -> Result<Fresh<RefillSales>> {
        let (client, number) = (self.client(), machine.clone());
        let fetch = || self.named(async move { client.sales_since_refill(&number).await });
        self.sales.get(machine, until, fetch).await.map_err(self.failure())
    }

    /// The unused pickup codes of one slot.
    pub async fn pickup_codes(
        &self,
        machine: &Text,
        slot: &Text,
        until: Instant,
    ) -> Result<Fresh<Vec<PickupCode>>> {
        let client = self.client();
        let key = (machine.clone(), slot.clone());
        let (number, slot) = key.clone();
        let fetch = || self.named(async move { client.pickup_codes(&number, &slot).await });
        self.pickup_codes.get(&key, until, fetch).await.map_err(self.failure())
    }

    /// An order as the vendor knows it; asked once for all who ask at the same time.
    pub async fn order_report(
        &self,
        machine: &Text,
        order: &Text,
        until: Instant,
    ) -> Result<Fresh<OrderReport>> {
        let client = self.client();
        let key = (machine.clone(), order.clone());
        let (machine, order) = key.clone();
        let fetch = || self.named(async move { client.order(&machine, &order).await });
        self.orders.get(&key, until, fetch).await.map_err(self.failure())
    }

    /// Its products. A catalogue from which something is missing is gathered anew as soon as a status would be.
    pub async fn catalogue(self: &Arc<Self>, until: Instant) -> Result<Fresh<Catalogue>> {
        let fetch = || self.named(Catalogue::gather(Arc::clone(self), self.client()));
        let kept = self.catalogue.get(&(), until, fetch).await.map_err(self.failure())?;
        if kept.value.missing().is_none() {
            return Ok(kept);
        }
        lease::note_once();
        let since = self.clock.now().checked_sub(self.patience).unwrap_or(Timestamp::MIN);
        match timeout_at(until, self.catalogue.newest(&(), Some(since), fetch)).await {
            Ok(Ok(value)) => Ok(Fresh { value, as_of: self.clock.now(), ..kept }),
            Ok(Err(_)) | Err(_) => Ok(kept),
        }
    }

    /// Its replenishment lines, by name and area.
    pub async fn lines(&self, until: Instant) -> Result<Fresh<Vec<Line>>> {
        let client = self.client();
        let fetch = || {
            self.named(async move {
                let mut lines = client.lines().await?;
                lines.sort_unstable_by(|a, b| (&a.name, &a.area_name).cmp(&(&b.name, &b.area_name)));
                Ok(lines)
            })
        };
        self.lines.get(&(), until, fetch).await.map_err(self.failure())
    }

    /// The refills that the vendor could not report to us, newest first; of one machine or of all.
    pub async fn refills(&self, machine: Option<&Text>, until: Instant) -> Result<Fresh<Vec<Refill>>> {
        let (client, key) = (self.client(), machine.cloned());
        let number = key.clone();
        let fetch = || {
            self.named(async move {
                let mut refills = client.unreported_refills(number.as_deref(), Window::default()).await?;
                refills.sort_by(|a, b| {
                    (b.refilled_at, &a.machine_number).cmp(&(a.refilled_at, &b.machine_number))
                });
                Ok(refills)
            })
        };
        self.refills.get(&key, until, fetch).await.map_err(self.failure())
    }

    /// The sales of many machines between two instants.
    pub async fn sales_statistics(
        &self,
        machines: Vec<String>,
        window: (Timestamp, Timestamp),
        until: Instant,
    ) -> Result<Fresh<Vec<SalesStatistics>>> {
        let client = self.client();
        let key = (machines, window.0, window.1);
        let (machines, from, to) = key.clone();
        let fetch = || self.named(async move { client.sales_statistics(&machines, from, to).await });
        self.statistics.get(&key, until, fetch).await.map_err(self.failure())
    }

    /// Trades that match, at most so many.
    pub async fn trades(&self, query: TradeQuery, most: u64, until: Instant) -> Result<Fresh<TradePage>> {
        let client = self.client();
        let key = (query, most);
        let query = key.0.clone();
        let fetch = || self.named(async move { client.trades(&query, 0..most).await });
        self.trades.get(&key, until, fetch).await.map_err(self.failure())
    }

    /// The time by the gateway's clock.
    pub fn now(&self) -> Timestamp {
        lease::note_once();
        self.clock.now()
    }

    /// The error of a call that this account's vendor did not answer.
    pub fn failed(&self, error: Arc<vendor::Error>) -> Error {
        Error::Vendor { account: self.name().clone(), error }
    }

    /// The error of asking for what this account's vendor does not offer.
    pub fn unsupported(&self, operation: &'static str) -> Error {
        self.failed(Arc::new(vendor::Error::new(vendor::Kind::Unsupported, operation)))
    }

    /// The calls that `asking` makes, named after this account in the log. Boxed: they are some kilobytes, and are handed on
    /// a few times before they begin.
    pub(super) fn named<F: Future>(&self, asking: F) -> Instrumented<Pin<Box<F>>> {
        Box::pin(asking).instrument(tracing::info_span!("vendor", account = %self.name()))
    }

    fn failure(&self) -> impl Fn(Arc<vendor::Error>) -> Error {
        |error| self.failed(error)
    }
}
