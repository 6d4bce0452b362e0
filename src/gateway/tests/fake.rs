//! A vendor that answers what it is told to, counts its calls, and can be held, broken or made to lie.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    sync::{Arc, Mutex, MutexGuard},
};

use async_trait::async_trait;
use iso_currency::Currency;
use jiff::Timestamp;
use tokio::sync::Semaphore;
use url::Url;

use crate::{
    domain::{
        Capability, Category, Delivery, Line, Machine, MachineDetail, Money, OrderReport, PickupCode,
        Product, Refill, RefillSales, Report, SalesFigure, SalesStatistics, Text, Trade, Window,
    },
    vendor::{
        Detail, Dispensed, Error, Kind, NewCodes, NewOrder, NewPickupCodes, OrderUpdate, Redemption,
        Replenishment, Result, TradePage, TradeQuery, Vendor,
    },
};

/// Holds calls until it is opened.
#[derive(Debug)]
pub struct Gate(Semaphore);

impl Gate {
    pub fn closed() -> Arc<Self> {
        Arc::new(Self(Semaphore::new(0)))
    }

    /// Lets all calls pass from now on.
    pub fn open(&self) {
        self.0.add_permits(10_000);
    }

    pub async fn pass(&self) {
        self.0.acquire().await.unwrap().forget();
    }
}

/// What the vendor has, and how it behaves.
#[derive(Debug, Default)]
pub struct Script {
    pub machines: Vec<Machine>,
    pub reports: HashMap<String, Report>,
    /// What makes the report of a machine that none lies ready for.
    pub report_of: Option<fn(&str) -> Report>,
    pub lines: Vec<Line>,
    pub products: Vec<Product>,
    pub refills: Vec<Refill>,
    /// Trades, in the vendor's own order.
    pub trades: Vec<Trade>,
    /// Trades that come in, one before each call for trades.
    pub trades_to_come: Vec<Trade>,
    /// Whether trades are compared with windows by the millisecond, not by the second.
    pub compares_milliseconds: bool,
    /// Machines that the vendor does not know.
    pub unknown: Vec<String>,
    /// Machines about which no call ends.
    pub hanging: Vec<String>,
    /// What calls of that name fail with.
    pub failures: BTreeMap<&'static str, Kind>,
    /// What holds calls of that name.
    pub gates: BTreeMap<&'static str, Arc<Gate>>,
    /// Every call, with what it was about.
    pub calls: Vec<(&'static str, String)>,
    /// What calls for trades asked.
    pub trade_queries: Vec<TradeQuery>,
    /// The details of machines.
    pub details: HashMap<String, MachineDetail>,
    /// Pickup codes that are listed, by machine and slot.
    pub codes: BTreeMap<(String, String), Vec<PickupCode>>,
    /// Calls whose answer is lost after the vendor has acted.
    pub lost: Vec<&'static str>,
    /// The code after which the answers of the calls that make them are lost.
    pub lose_after: Option<u32>,
    /// What was refilled, each with its machine.
    pub replenished: Vec<(String, Replenishment)>,
    /// What codes were asked for.
    pub wanted_codes: Vec<NewPickupCodes>,
    /// How many codes were made.
    pub codes_made: u32,
}

#[derive(Debug)]
pub struct Fake {
    capabilities: &'static [Capability],
    script: Mutex<Script>,
}

const INHAND: &[Capability] = &[
    Capability::Machines,
    Capability::Shelves,
    Capability::Sites,
    Capability::Lines,
    Capability::ProductCatalogue,
    Capability::TradeHistory,
    Capability::SalesStatistics,
    Capability::EventsRefill,
    Capability::PickupCodeCreate,
    Capability::PickupCodeVerify,
];
const DINGSHANG: &[Capability] = &[
    Capability::Machines,
    Capability::Shelves,
    Capability::Categories,
    Capability::Replenish,
    Capability::PickupCodeCreate,
    Capability::PickupCodeList,
    Capability::PickupCodeCancel,
    Capability::PickupCodeRedeem,
];

impl Fake {
    pub fn inhand() -> Arc<Self> {
        Arc::new(Self { capabilities: INHAND, script: Mutex::default() })
    }

    pub fn dingshang() -> Arc<Self> {
        Arc::new(Self { capabilities: DINGSHANG, script: Mutex::default() })
    }

    pub fn is_inhand(&self) -> bool {
        self.capabilities == INHAND
    }

    pub fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap()
    }

    /// How many calls of that name there were.
    pub fn calls(&self, operation: &str) -> usize {
        self.script().calls.iter().filter(|(one, _)| *one == operation).count()
    }

    pub fn fail(&self, operation: &'static str, kind: Kind) {
        self.script().failures.insert(operation, kind);
    }

    pub fn mend(&self) {
        self.script().failures.clear();
    }

    /// Loses the answers of calls of that name, once the vendor has acted.
    pub fn lose(&self, operation: &'static str) {
        self.script().lost.push(operation);
    }

    pub(super) fn answer<T>(&self, operation: &'static str, answer: T) -> Result<T> {
        let is_lost = self.script().lost.contains(&operation);
        if is_lost { Err(Error::new(Kind::OutcomeUnknown, operation)) } else { Ok(answer) }
    }

    /// Holds calls of that name until the gate is opened.
    pub fn hold(&self, operation: &'static str) -> Arc<Gate> {
        let gate = Gate::closed();
        self.script().gates.insert(operation, Arc::clone(&gate));
        gate
    }

    async fn call(&self, operation: &'static str, about: &str) -> Result<()> {
        let (gate, hangs) = {
            let mut script = self.script();
            script.calls.push((operation, about.to_owned()));
            let hangs = script.hanging.iter().any(|one| one == about);
            (script.gates.get(operation).cloned(), hangs)
        };
        if hangs {
            std::future::pending::<()>().await;
        }
        if let Some(gate) = gate {
            gate.pass().await;
        }
        let script = self.script();
        if script.unknown.iter().any(|one| one == about) {
            return Err(Error::new(Kind::MachineNotFound, operation));
        }
        script.failures.get(operation).map_or(Ok(()), |kind| Err(Error::new(*kind, operation)))
    }
}

impl Script {
    fn matches(&self, query: &TradeQuery, trade: &Trade) -> bool {
        // A platform keeps no time as zero.
        let millis = trade.created_at.map_or(0, Timestamp::as_millisecond);
        let at = if self.compares_milliseconds { millis } else { millis.div_euclid(1_000) * 1_000 };
        // Windows go out as the whole seconds that they hold.
        let from = query.window.from.map(|from| (from.as_millisecond() + 999).div_euclid(1_000) * 1_000);
        let to = query.window.to.map(|to| to.as_millisecond().div_euclid(1_000) * 1_000);
        from.is_none_or(|from| from <= at)
            && to.is_none_or(|to| at <= to)
            && query.machine.as_ref().is_none_or(|machine| **machine == *trade.machine_number)
            && query.method.is_none_or(|method| trade.payment.method == method)
    }
}

fn unsupported<T>(operation: &'static str) -> Result<T> {
    Err(Error::new(Kind::Unsupported, operation))
}

#[async_trait]
impl Vendor for Fake {
    fn capabilities(&self) -> &'static [Capability] {
        self.capabilities
    }

    async fn ping(&self) -> Result<()> {
        self.call("ping", "").await
    }

    async fn machines(&self) -> Result<Vec<Machine>> {
        self.call("machines", "").await?;
        Ok(self.script().machines.clone())
    }

    async fn machine_detail(&self, machine: &str) -> Result<MachineDetail> {
        self.call("machine_detail", machine).await?;
        let detail = self.script().details.get(machine).cloned();
        detail.ok_or_else(|| Error::new(Kind::MachineNotFound, "machine_detail"))
    }

    async fn report(&self, machine: &str, _: Detail<'_>) -> Result<Report> {
        self.call("report", machine).await?;
        let script = self.script();
        let report = script.reports.get(machine).cloned();
        let report = report.or_else(|| script.report_of.map(|report_of| report_of(machine)));
        report.ok_or_else(|| Error::new(Kind::MachineNotFound, "report"))
    }

    async fn categories(&self, _: &str) -> Result<Vec<Category>> {
        unsupported("categories")
    }

    async fn products(&self) -> Result<Vec<Product>> {
        self.call("products", "").await?;
        Ok(self.script().products.clone())
    }

    async fn lines(&self) -> Result<Vec<Line>> {
        self.call("lines", "").await?;
        Ok(self.script().lines.clone())
    }

    async fn trades(&self, query: &TradeQuery, range: Range<u64>) -> Result<TradePage> {
        self.call("trades", query.machine.as_deref().unwrap_or_default()).await?;
        let mut script = self.script();
        if let Some(new) = script.trades_to_come.pop() {
            script.trades.insert(0, new);
        }
        script.trade_queries.push(query.clone());
        let matching = || script.trades.iter().filter(|trade| script.matches(query, trade));
        let (skip, take) = (range.start, range.end - range.start);
        let trades = matching().skip(skip.try_into().unwrap()).take(take.try_into().unwrap());
        Ok(TradePage { total: matching().count().try_into().unwrap(), trades: trades.cloned().collect() })
    }

    async fn sales_statistics(
        &self,
        machines: &[String],
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<SalesStatistics>> {
        self.call("sales_statistics", &machines.join(",")).await?;
        let figure = SalesFigure { amount: Money::from_minor(500, Currency::CNY), count: 1 };
        let sums = machines.iter().map(|machine| SalesStatistics {
            machine_number: machine.as_str().into(),
            from,
            to,
            total: figure,
            online: figure,
            offline: figure,
            by_method: Vec::new(),
        });
        Ok(sums.rev().collect())
    }

    async fn sales_since_refill(&self, _: &str) -> Result<RefillSales> {
        unsupported("sales_since_refill")
    }

    async fn unreported_refills(&self, _: Option<&str>, _: Window) -> Result<Vec<Refill>> {
        self.call("refills", "").await?;
        Ok(self.script().refills.clone())
    }

    async fn pickup_codes(&self, machine: &str, slot: &str) -> Result<Vec<PickupCode>> {
        self.call("pickup_codes", machine).await?;
        Ok(self.script().codes.get(&(machine.to_owned(), slot.to_owned())).cloned().unwrap_or_default())
    }

    async fn order(&self, _: &str, _: &str) -> Result<OrderReport> {
        unsupported("order")
    }

    async fn delivery(&self, _: &str, _: &str) -> Result<Delivery> {
        unsupported("delivery")
    }

    async fn create_order(&self, _: &NewOrder) -> Result<Text> {
        unsupported("create_order")
    }

    async fn update_order(&self, _: &str, _: &str, _: OrderUpdate) -> Result<()> {
        unsupported("update_order")
    }

    async fn dispense(&self, _: &str, _: &str, _: &str) -> Result<Dispensed> {
        unsupported("dispense")
    }

    async fn test_dispense(&self, _: &str, _: &str, _: &Url) -> Result<Dispensed> {
        unsupported("test_dispense")
    }

    async fn replenish(&self, machine: &str, replenishment: &Replenishment) -> Result<()> {
        self.call("replenish", machine).await?;
        self.refill(machine, replenishment)
    }

    async fn create_pickup_codes(&self, new: &NewPickupCodes) -> Result<NewCodes> {
        self.call("create_pickup_codes", new.machine.as_deref().unwrap_or_default()).await?;
        self.make_codes(new)
    }

    async fn cancel_pickup_code(&self, machine: &str, number: &str) -> Result<()> {
        self.call("cancel_pickup_code", machine).await?;
        for codes in self.script().codes.values_mut() {
            codes.retain(|code| &*code.number != number);
        }
        self.answer("cancel_pickup_code", ())
    }

    async fn cancel_all_pickup_codes(&self, machine: &str) -> Result<()> {
        self.call("cancel_all_pickup_codes", machine).await?;
        self.script().codes.retain(|(of, _), _| of != machine);
        self.answer("cancel_all_pickup_codes", ())
    }

    async fn redeem_pickup_code(&self, redemption: &Redemption) -> Result<OrderReport> {
        self.call("redeem_pickup_code", &redemption.machine).await?;
        self.redeem(redemption)
    }
}
