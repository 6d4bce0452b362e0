//! One machine of the fleet, and what can be asked of it.

use std::sync::Arc;

use futures_util::future::OptionFuture;
use iso_currency::Currency;
use jiff::Timestamp;

use super::{
    Account, Asker, Error, Facts, Fresh, Result, Source,
    fleet::{Known, Row},
    lease,
};
use crate::domain::{
    self, Capability, Category, GeoPoint, Id, MachineDetail, Refill, RefillSales, Report, Text,
};

/// How fresh an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// When the vendor said so.
    pub as_of: Timestamp,
    /// Whether it is past its time and served because the vendor gives no answer.
    pub stale: bool,
    /// Where it came from.
    pub source: Source,
}

impl Freshness {
    /// The freshness of a value.
    pub fn of<V>(fresh: &Fresh<V>) -> Self {
        Self { as_of: fresh.as_of, stale: fresh.stale, source: fresh.source }
    }
}

/// One machine of one account.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Whose it is.
    pub account: Arc<Account>,
    /// Its row in the fleet view.
    pub row: Arc<Row>,
}

impl Machine {
    /// Its global id.
    pub fn id(&self) -> Id {
        Id::Machine { account: self.account.name().clone(), machine: self.number().clone() }
    }

    /// Its number.
    pub fn number(&self) -> &Text {
        &self.row.machine.number
    }

    /// As its vendor listed it.
    pub fn listed(&self) -> &domain::Machine {
        &self.row.machine
    }

    /// What was last heard of it.
    pub fn known(&self) -> Known {
        lease::note_known(&self.row);
        self.row.last.known()
    }

    /// Its status and shelves.
    pub async fn report(&self, asker: &Asker) -> Result<Fresh<Report>> {
        self.account.report(&self.row, asker.until).await
    }

    /// What only its own call tells; `None` where the vendor has no such call.
    pub async fn detail(&self, asker: &Asker) -> Result<Option<Fresh<MachineDetail>>> {
        let detail =
            self.account.can(Capability::Categories).then(|| self.account.detail(self.number(), asker.until));
        OptionFuture::from(detail).await.transpose()
    }

    /// The currency of its prices, as far as it was told lately; asks nobody.
    pub fn known_currency(&self) -> Option<Currency> {
        let detail = || self.account.known_detail(self.number())?.value.currency;
        self.listed().currency.or_else(detail)
    }

    /// Where it stands: as listed, as last heard, or as its status says.
    pub async fn location(&self, asker: &Asker) -> Result<Option<GeoPoint>> {
        if let Some(location) = self.listed().location.or(self.known().location) {
            return Ok(Some(location));
        }
        if !self.account.can(Capability::MachineTelemetry) {
            return Ok(None);
        }
        Ok(self.report(asker).await?.value.location)
    }

    /// The names of its cabinets. Where no call tells them, the main cabinet bears the machine's number and the
    /// sales name the others.
    pub async fn cabinets(&self, asker: &Asker) -> Result<Vec<Text>> {
        if let Some(detail) = self.detail(asker).await? {
            return Ok(detail.value.cabinets.clone());
        }
        let mut cabinets = vec![self.number().clone()];
        if self.listed().cabinet_count.is_none_or(|count| count > 1) {
            let sales = self.account.sales_since_refill(self.number(), asker.until).await?;
            let mut others: Vec<Text> =
                sales.value.shelves.iter().map(|shelf| shelf.cabinet.clone()).collect();
            others.sort_unstable();
            others.dedup();
            others.retain(|cabinet| cabinet != self.number());
            cabinets.append(&mut others);
        }
        Ok(cabinets)
    }

    /// The groups of its products; `None` where the vendor has no such thing.
    pub async fn categories(&self, asker: &Asker) -> Result<Option<Vec<Category>>> {
        Ok(self.detail(asker).await?.map(|detail| detail.value.categories.clone()))
    }

    /// Where a category stands among the machine's categories.
    pub async fn category_sort_order(&self, category: &str, asker: &Asker) -> Result<Option<i32>> {
        let categories = self.account.categories(self.number(), asker.until).await?;
        let found = categories.value.iter().find(|one| &*one.number == category);
        Ok(found.and_then(|one| one.sort_order))
    }

    /// What it sold since it was last refilled; `None` where the vendor does not count it.
    pub async fn sales_since_refill(&self, asker: &Asker) -> Result<Option<Fresh<RefillSales>>> {
        let sales = self
            .account
            .can(Capability::SalesStatistics)
            .then(|| self.account.sales_since_refill(self.number(), asker.until));
        OptionFuture::from(sales).await.transpose()
    }

    /// Its last refill that is known; `None` where none is known.
    pub async fn last_refill(&self, asker: &Asker) -> Result<Option<Refill>> {
        if !self.account.can(Capability::EventsRefill) {
            return Ok(None);
        }
        let facts = self.facts(asker).await?;
        let logged = facts.refill();
        let refills = match self.account.refills(None, asker.until).await {
            Ok(refills) => refills,
            // The log alone tells of most of them.
            Err(_) if logged.is_some() => return Ok(logged.map(|(_, refill)| refill.clone())),
            Err(error) => return Err(error),
        };
        // Of one whose time has not come, the log alone knows since when it is told.
        let is_ours =
            |refill: &&Refill| refill.machine_number == *self.number() && refill.refilled_at <= refills.as_of;
        let unreported = refills.value.iter().find(is_ours).map(|refill| (refill.refilled_at, refill));
        let last = logged.into_iter().chain(unreported).max_by_key(|(at, _)| *at);
        Ok(last.map(|(_, refill)| refill.clone()))
    }

    /// What the log tells of it.
    pub async fn facts(&self, asker: &Asker) -> Result<Arc<Facts>> {
        Ok(self.account.facts(self.number(), asker.until).await?.value)
    }

    /// The shelf of that cabinet and code, with when it was read.
    pub async fn shelf(
        &self,
        cabinet: &str,
        code: &str,
        asker: &Asker,
    ) -> Result<(domain::Shelf, Timestamp)> {
        let report = self.report(asker).await?;
        let found = report.value.shelves.iter().find(|one| &*one.cabinet == cabinet && &*one.code == code);
        found.cloned().map(|shelf| (shelf, report.as_of)).ok_or(Error::NotFound)
    }
}
