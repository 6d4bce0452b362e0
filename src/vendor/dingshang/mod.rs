//! Dingshang (鼎商), Open API v1: what it can do, and how its answers make up ours.
//!
//! `sign` makes the signature, `wire` holds the JSON, `client` the calls, `codes` the errors, `mapping` the
//! conversion, `webhook` what it posts by itself. The vendor sells through the merchant's own application, so that it keeps no trades,
//! statistics, sites or catalogue that could be asked for.

mod client;
mod codes;
mod mapping;
pub mod sign;
#[cfg(test)]
mod tests;
pub mod webhook;
mod wire;

use std::{ops::Range, sync::Arc};

use async_trait::async_trait;
use futures_util::{
    StreamExt as _, TryStreamExt as _,
    future::{join3, try_join},
    stream,
};
use iso_currency::Currency;
use jiff::Timestamp;
use secrecy::SecretString;
use url::Url;

use self::{
    client::Client,
    mapping::{Floors, MAIN_CABINET},
    wire::{Maybe, ProductPage},
};
use super::{
    Detail, Dispensed, Error, Kind, NewCodes, NewOrder, NewPickupCodes, OrderUpdate, Redemption,
    Replenishment, Result, TradePage, TradeQuery, Vendor, interner::Interner, transport::Transport,
};
use crate::domain::{
    Capability, Category, Clock, Delivery, Line, Machine, MachineDetail, OrderReport, PickupCode, Product,
    Refill, RefillSales, Report, SalesStatistics, Status, Text, Window,
};

pub use self::client::OPERATIONS;

/// A machine with more pages of shelves than this is not read, since it cannot be one.
const MAX_PAGES: usize = 200;

/// A page of more shelves than this is not one that was asked for.
const MOST_SHELVES: usize = 1_000;

/// How many pages of one machine are asked for at once, so that one machine does not take the whole line.
const PAGES_AT_ONCE: usize = 8;

/// What an account needs.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The platform, without `/api/openapi/v1`.
    pub url: Url,
    /// The header `Appid`.
    pub app_id: String,
    /// The header `AppSecret`.
    pub app_secret: SecretString,
    /// The merchant's number, which is the signing key.
    pub merchant_id: SecretString,
}

/// One account at Dingshang.
#[derive(Debug)]
pub struct Dingshang {
    client: Client,
    goods: Interner,
}

/// A page of shelves, with the cabinet that it was asked for by.
type CabinetPage = (Text, ProductPage);

impl Dingshang {
    /// An account with these credentials; fails if they cannot be sent at all.
    pub fn new(credentials: Credentials, transport: Arc<Transport>, clock: Arc<dyn Clock>) -> Result<Self> {
        Ok(Self { client: Client::new(credentials, transport, clock)?, goods: Interner::default() })
    }

    async fn detail(&self, machine: &str) -> Result<wire::MachineDetail> {
        present(self.client.machine(machine).await?, client::MACHINE)
    }

    /// The currency of a machine's prices, if its detail tells it.
    async fn currency(&self, machine: &str) -> Result<Option<Currency>> {
        Ok(self.detail(machine).await.ok().and_then(|detail| mapping::currency(&detail)))
    }

    /// What the vendor says of each slot. It warns that this call may go away, so that its failure costs
    /// only what it alone tells, unless it says something of the whole machine or account.
    async fn floors(&self, machine: &str) -> Result<Option<Floors>> {
        match self.client.floors(machine).await {
            Ok(rows) => Ok(Some(Floors::new(&rows.0))),
            Err(error) if error.kind.speaks_for_machine() => Err(error),
            Err(error) => {
                tracing::debug!(machine, %error, "no slot states");
                Ok(None)
            }
        }
    }

    /// One page of a cabinet's shelves, counted from 1; an empty one where there are none.
    async fn page(&self, machine: &str, cabinet: &Text, page: u32) -> Result<CabinetPage> {
        let Maybe(rows) = self.client.products(machine, cabinet, page).await?;
        let rows = rows.unwrap_or_default();
        if rows.data.0.len() > MOST_SHELVES {
            return Err(Error::new(Kind::Protocol, client::PRODUCTS)
                .with_source(format!("more than {MOST_SHELVES} shelves on one page")));
        }
        Ok((cabinet.clone(), rows))
    }

    /// The pages named by cabinet and number, a few at a time, in that order.
    async fn pages(&self, machine: &str, wanted: Vec<(Text, u32)>) -> Result<Vec<CabinetPage>> {
        let pages = wanted.into_iter().map(async |(cabinet, page)| self.page(machine, &cabinet, page).await);
        stream::iter(pages).buffered(PAGES_AT_ONCE).try_collect().await
    }

    /// All pages of all cabinets (Trap 10), given the main cabinet's first page.
    async fn shelves(
        &self,
        machine: &str,
        cabinets: &[Text],
        main: Result<CabinetPage>,
    ) -> Result<Vec<CabinetPage>> {
        let others: Vec<_> =
            cabinets.iter().filter(|name| &***name != MAIN_CABINET).map(|name| (name.clone(), 1)).collect();
        if cabinets.len() > MAX_PAGES {
            return Err(too_many_pages());
        }
        let has_main = others.len() < cabinets.len();
        let mut pages = if has_main { vec![main?] } else { Vec::new() };
        pages.extend(self.pages(machine, others).await?);
        let lasts: Vec<_> = pages.iter().map(|(cabinet, page)| (cabinet, mapping::last_page(page))).collect();
        if lasts.iter().fold(0_usize, |sum, (_, last)| sum.saturating_add(*last as usize)) > MAX_PAGES {
            return Err(too_many_pages());
        }
        let rest =
            lasts.into_iter().flat_map(|(cabinet, last)| (2..=last).map(move |page| (cabinet.clone(), page)));
        let rest = self.pages(machine, rest.collect()).await?;
        pages.extend(rest);
        Ok(pages)
    }
}

fn too_many_pages() -> Error {
    Error::new(Kind::Protocol, client::PRODUCTS)
        .with_source(format!("more than {MAX_PAGES} pages of shelves"))
}

/// What was asked for; a success without it is none.
fn present<T>(answer: Maybe<T>, operation: &'static str) -> Result<T> {
    answer.0.ok_or_else(|| Error::new(Kind::Protocol, operation).with_source("a success without data"))
}

#[async_trait]
impl Vendor for Dingshang {
    fn capabilities(&self) -> &'static [Capability] {
        &[
            Capability::Machines,
            Capability::Shelves,
            Capability::StockLevels,
            Capability::Categories,
            Capability::Orders,
            Capability::Dispense,
            Capability::Replenish,
            Capability::PickupCodeCreate,
            Capability::PickupCodeList,
            Capability::PickupCodeCancel,
            Capability::PickupCodeRedeem,
            Capability::EventsDelivery,
        ]
    }

    async fn ping(&self) -> Result<()> {
        self.client.ping().await
    }

    async fn machines(&self) -> Result<Vec<Machine>> {
        Ok(mapping::machines(&self.client.machines().await?.0))
    }

    async fn machine_detail(&self, machine: &str) -> Result<MachineDetail> {
        Ok(mapping::machine_detail(&self.detail(machine).await?))
    }

    /// The main cabinet's first page is asked for together with detail and floors, before the detail has
    /// named the cabinets: nearly every machine has that cabinet, and most have no second page, so that a
    /// report takes the time of one call.
    async fn report(&self, machine: &str, detail: Detail<'_>) -> Result<Report> {
        let main = Text::from(MAIN_CABINET);
        let (detail, floors, main) = join3(detail, self.floors(machine), self.page(machine, &main, 1)).await;
        let (detail, floors) = (detail?, floors?);
        let pages = self.shelves(machine, &detail.cabinets, main).await?;
        let rows =
            pages.iter().flat_map(|(cabinet, page)| page.data.0.iter().map(move |row| (&**cabinet, row)));
        let shelves = mapping::shelves(rows, floors.as_ref(), detail.currency, &mut self.goods.lock());
        let sold_out = shelves.iter().filter(|shelf| shelf.sold_out == Some(true)).count();
        let status = Status {
            online: Some(detail.online),
            sold_out_shelf_count: u32::try_from(sold_out).ok(),
            faults: floors.map(|floors| floors.faults),
            ..Status::default()
        };
        Ok(Report { status, shelves, location: detail.location })
    }

    async fn categories(&self, machine: &str) -> Result<Vec<Category>> {
        Ok(mapping::categories(&self.client.categories(machine).await?.0))
    }

    async fn products(&self) -> Result<Vec<Product>> {
        Err(Error::new(Kind::Unsupported, "catalogue"))
    }

    async fn lines(&self) -> Result<Vec<Line>> {
        Err(Error::new(Kind::Unsupported, "lines"))
    }

    async fn trades(&self, _query: &TradeQuery, _range: Range<u64>) -> Result<TradePage> {
        Err(Error::new(Kind::Unsupported, "trades"))
    }

    async fn sales_statistics(
        &self,
        _machines: &[String],
        _from: Timestamp,
        _to: Timestamp,
    ) -> Result<Vec<SalesStatistics>> {
        Err(Error::new(Kind::Unsupported, "sales statistics"))
    }

    async fn sales_since_refill(&self, _machine: &str) -> Result<RefillSales> {
        Err(Error::new(Kind::Unsupported, "sales since refill"))
    }

    async fn unreported_refills(&self, _machine: Option<&str>, _window: Window) -> Result<Vec<Refill>> {
        Err(Error::new(Kind::Unsupported, "refills"))
    }

    async fn pickup_codes(&self, machine: &str, slot: &str) -> Result<Vec<PickupCode>> {
        let rows = self.client.pickup_codes(machine, slot).await?;
        mapping::pickup_codes(&rows.0).ok_or_else(|| {
            Error::new(Kind::Protocol, client::PICKUP_CODES).with_source("the end of a code is no time")
        })
    }

    /// An order's amounts are in its machine's currency, which only the machine's detail tells: both are
    /// asked for at once, and without the detail an order has no amounts rather than wrong ones.
    async fn order(&self, machine: &str, order: &str) -> Result<OrderReport> {
        let (row, currency) = try_join(self.client.order(machine, order), self.currency(machine)).await?;
        Ok(mapping::order(order, &present(row, client::ORDER)?, currency))
    }

    async fn delivery(&self, machine: &str, delivery: &str) -> Result<Delivery> {
        let row = present(self.client.delivery(machine, delivery).await?, client::DELIVERY)?;
        Ok(mapping::delivery(&row))
    }

    async fn create_order(&self, order: &NewOrder) -> Result<Text> {
        self.client.create_order(&mapping::new_order(order)?).await
    }

    async fn update_order(&self, machine: &str, order: &str, update: OrderUpdate) -> Result<()> {
        self.client.update_order(machine, order, mapping::order_status(update)).await
    }

    async fn dispense(&self, machine: &str, order: &str, line: &str) -> Result<Dispensed> {
        let (number, row) = self.client.dispense(machine, order, line).await?;
        Ok(Dispensed { number, delivery: mapping::delivery(&row) })
    }

    async fn test_dispense(&self, machine: &str, channel: &str, notify_url: &Url) -> Result<Dispensed> {
        let (number, row) = self.client.test_dispense(machine, channel, notify_url.as_str()).await?;
        Ok(Dispensed { number, delivery: mapping::delivery(&row) })
    }

    async fn replenish(&self, machine: &str, replenishment: &Replenishment) -> Result<()> {
        self.client.replenish(machine, &mapping::replenishment(replenishment)?).await
    }

    /// The vendor answers nothing of the codes that it made.
    async fn create_pickup_codes(&self, codes: &NewPickupCodes) -> Result<NewCodes> {
        let (machine, parameters) = mapping::new_pickup_codes(codes)?;
        self.client.create_pickup_codes(machine, &parameters).await?;
        Ok(NewCodes::Listed)
    }

    async fn cancel_pickup_code(&self, machine: &str, number: &str) -> Result<()> {
        self.client.cancel_pickup_code(machine, number).await
    }

    async fn cancel_all_pickup_codes(&self, machine: &str) -> Result<()> {
        self.client.cancel_all_pickup_codes(machine).await
    }

    /// Amounts as in [`Vendor::order`]: the machine's detail is asked for at the same time, and not waited for
    /// where the code is refused.
    async fn redeem_pickup_code(&self, redemption: &Redemption) -> Result<OrderReport> {
        let Redemption { machine, code, .. } = redemption;
        let parameters = mapping::redemption(redemption)?;
        let redeemed = self.client.redeem(machine, code, &parameters);
        let ((number, row), currency) = try_join(redeemed, self.currency(machine)).await?;
        Ok(mapping::order(&number, &row, currency))
    }
}
