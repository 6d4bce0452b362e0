//! InHand (映翰通), Smart Vending platform API V0.9.
//!
//! The platform lists no machines as such: a row of its sites is a machine. It tells everything of a machine
//! in one status, knows no stock levels and takes no orders; a pickup code can be created there, or sold by us
//! and checked here.

mod client;
mod codes;
mod mapping;
pub mod sign;
pub mod webhook;
mod wire;

use std::{collections::HashSet, hash::Hash, ops::Range, sync::Arc};

use async_trait::async_trait;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use url::{Url, form_urlencoded};

use self::client::{
    CREATE_CODE, Client, GOODS, LINES, PAGE, Page, Parameter, REFILLS, SALES, SITES, STATUS, TRADES, WIDEST,
};
use super::{
    Detail, Dispensed, Error, Goods, Kind, NewCodes, NewOrder, NewPickupCodes, OrderUpdate, Redemption,
    Replenishment, Result, TradePage, TradeQuery, Vendor, interner::Interner, transport::Transport,
};
use crate::domain::{
    Capability, Category, Delivery, Line, Machine, MachineDetail, OrderReport, PickupCode, Product, Refill,
    RefillSales, Report, SalesStatistics, Text, Trade, Window,
};

pub use self::client::{Credentials, InvalidBaseUrl, OPERATIONS};

/// The longest list of machine numbers in one URL, in bytes: servers take URLs of 8 KB.
const LONGEST_LIST: usize = 6_000;

/// The longest machine number that is asked about, in characters.
const LONGEST_NUMBER: usize = 64;

/// How many digits the platform's pickup codes have (§10).
const CODE_LENGTH: u32 = 7;

/// What the platform can do.
const CAPABILITIES: &[Capability] = &[
    Capability::Machines,
    Capability::Shelves,
    Capability::MachineTelemetry,
    Capability::Sites,
    Capability::Lines,
    Capability::ProductCatalogue,
    Capability::TradeHistory,
    Capability::SalesStatistics,
    Capability::PickupCodeCreate,
    Capability::PickupCodeVerify,
    Capability::EventsMachine,
    Capability::EventsTrade,
    Capability::EventsRefill,
];

/// One account at the platform.
#[derive(Debug)]
pub struct Inhand {
    client: Client,
    goods: Interner,
}

impl Inhand {
    /// The adapter of one account.
    pub fn new(
        credentials: Credentials,
        transport: Arc<Transport>,
    ) -> std::result::Result<Self, InvalidBaseUrl> {
        Ok(Self { client: Client::new(credentials, transport)?, goods: Interner::default() })
    }
}

#[async_trait]
impl Vendor for Inhand {
    fn capabilities(&self) -> &'static [Capability] {
        CAPABILITIES
    }

    /// There is no ping: one line is the cheapest signed read.
    async fn ping(&self) -> Result<()> {
        self.client.listing_page(LINES, 0, 1, mapping::line).await.map(|_| ())
    }

    async fn machines(&self) -> Result<Vec<Machine>> {
        self.client.listing(SITES, mapping::machine).await
    }

    async fn machine_detail(&self, _: &str) -> Result<MachineDetail> {
        Err(Error::new(Kind::Unsupported, "machine_detail"))
    }

    async fn report(&self, machine: &str, _: Detail<'_>) -> Result<Report> {
        known(machine, STATUS)?;
        // The document does not say what the limit of a single status counts. The greatest loses no shelf.
        let map = |row| mapping::report(row, &mut self.goods.lock());
        self.client.machine(STATUS, machine, client::page(0, PAGE), map).await
    }

    async fn categories(&self, _: &str) -> Result<Vec<Category>> {
        Err(Error::new(Kind::Unsupported, "categories"))
    }

    async fn products(&self) -> Result<Vec<Product>> {
        let products = self.client.listing(GOODS, mapping::product).await?;
        Ok(each_once(products, |product| product.number.clone()))
    }

    async fn lines(&self) -> Result<Vec<Line>> {
        let lines = self.client.listing(LINES, mapping::line).await?;
        Ok(each_once(lines, |line| (line.name.clone(), line.area_name.clone())))
    }

    async fn trades(&self, query: &TradeQuery, range: Range<u64>) -> Result<TradePage> {
        let Some(filter) = trade_filter(query)? else {
            return Ok(TradePage::default());
        };
        let (limit, pages) = pages(&range);
        let mut pages = pages.into_iter();
        // The first page tells how many there are, so that none is asked for in vain.
        let Some(cursor) = pages.next() else { return Ok(TradePage::default()) };
        let first = self.client.trades(&filter, (cursor, limit), mapping::trade).await?;
        let all = first.total;
        let pages = pages.take_while(move |cursor| *cursor < all);
        let first = stream::once(async move { Ok((cursor, first)) });
        let mut left = self.client.most_pages;
        let others = stream::iter(pages)
            .map(|cursor| {
                let filter = &filter;
                async move {
                    let page = self.client.trades(filter, (cursor, limit), mapping::trade).await?;
                    Ok::<_, Error>((cursor, page))
                }
            })
            .buffered(usize::try_from(WIDEST).unwrap_or(1));
        let mut found = std::pin::pin!(first.chain(others));
        let (mut total, mut trades, mut seen) = (0, Vec::new(), HashSet::new());
        while let Some((cursor, Page { total: all, rows })) = found.try_next().await? {
            total = all;
            let end_of_rows = rows.is_empty();
            left -= 1;
            let wanted = (cursor..cursor + limit).zip(rows).filter(|(position, _)| range.contains(position));
            trades.extend(wanted.map(|(_, trade)| trade).filter(|trade: &Trade| {
                seen.insert((trade.machine_number.clone(), trade.order_number.clone()))
            }));
            if cursor + limit >= total || end_of_rows {
                break;
            }
            if left == 0 {
                return Err(Error::new(Kind::Protocol, TRADES).with_source("the list does not end"));
            }
        }
        Ok(TradePage { total, trades })
    }

    async fn sales_statistics(
        &self,
        machines: &[String],
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<SalesStatistics>> {
        let Some(window) = seconds(Window { from: Some(from), to: Some(to) }) else {
            return Ok(Vec::new());
        };
        let asked: HashSet<&str> = machines.iter().map(String::as_str).filter(|m| is_number(m)).collect();
        let found: Vec<Vec<SalesStatistics>> = stream::iter(lists(machines))
            .map(|list| {
                let query = std::iter::once(("assetIds", list)).chain(window.clone()).collect();
                self.client.statistics(query, move |row| mapping::statistics(&row, (from, to)))
            })
            .buffered(usize::try_from(WIDEST).unwrap_or(1))
            .try_collect()
            .await?;
        let mut statistics: Vec<SalesStatistics> = found
            .into_iter()
            .flatten()
            .filter(|statistics| asked.contains(&*statistics.machine_number))
            .collect();
        statistics.sort_by(|one, other| one.machine_number.cmp(&other.machine_number));
        statistics.dedup_by(|next, first| next.machine_number == first.machine_number);
        Ok(statistics)
    }

    async fn sales_since_refill(&self, machine: &str) -> Result<RefillSales> {
        known(machine, SALES)?;
        self.client.machine(SALES, machine, Vec::new(), mapping::refill_sales).await
    }

    async fn unreported_refills(&self, machine: Option<&str>, window: Window) -> Result<Vec<Refill>> {
        if let Some(machine) = machine {
            known(machine, REFILLS)?;
        }
        let Some(mut filter) = seconds(window) else {
            return Ok(Vec::new());
        };
        filter.extend(machine.map(|machine| ("assetId", machine.to_owned())));
        let mut refills = self.client.refills(filter, mapping::refill).await?;
        refills.retain(|refill| machine.is_none_or(|machine| *refill.machine_number == *machine));
        Ok(each_once(refills, |refill| (refill.machine_number.clone(), refill.refilled_at)))
    }

    async fn pickup_codes(&self, _: &str, _: &str) -> Result<Vec<PickupCode>> {
        Err(Error::new(Kind::Unsupported, "pickup_codes"))
    }

    async fn order(&self, _: &str, _: &str) -> Result<OrderReport> {
        Err(Error::new(Kind::Unsupported, "order"))
    }

    async fn delivery(&self, _: &str, _: &str) -> Result<Delivery> {
        Err(Error::new(Kind::Unsupported, "delivery"))
    }

    async fn create_order(&self, _: &NewOrder) -> Result<Text> {
        Err(Error::new(Kind::Unsupported, "create_order"))
    }

    async fn update_order(&self, _: &str, _: &str, _: OrderUpdate) -> Result<()> {
        Err(Error::new(Kind::Unsupported, "update_order"))
    }

    async fn dispense(&self, _: &str, _: &str, _: &str) -> Result<Dispensed> {
        Err(Error::new(Kind::Unsupported, "dispense"))
    }

    async fn test_dispense(&self, _: &str, _: &str, _: &Url) -> Result<Dispensed> {
        Err(Error::new(Kind::Unsupported, "test_dispense"))
    }

    async fn replenish(&self, _: &str, _: &Replenishment) -> Result<()> {
        Err(Error::new(Kind::Unsupported, "replenish"))
    }

    /// One code a call, of seven digits; the platform has no call that lists it (§10).
    async fn create_pickup_codes(&self, codes: &NewPickupCodes) -> Result<NewCodes> {
        let code = self.client.create_code(new_code(codes)?).await?;
        Ok(NewCodes::Told(vec![code]))
    }

    async fn cancel_pickup_code(&self, _: &str, _: &str) -> Result<()> {
        Err(Error::new(Kind::Unsupported, "cancel_pickup_code"))
    }

    async fn cancel_all_pickup_codes(&self, _: &str) -> Result<()> {
        Err(Error::new(Kind::Unsupported, "cancel_all_pickup_codes"))
    }

    async fn redeem_pickup_code(&self, _: &Redemption) -> Result<OrderReport> {
        Err(Error::new(Kind::Unsupported, "redeem_pickup_code"))
    }
}

/// Each row once; the first of a key counts. Pages shift while they are read.
fn each_once<T, K: Eq + Hash>(mut rows: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut seen = HashSet::new();
    rows.retain(|row| seen.insert(key(row)));
    rows
}

/// Whether a text can be a machine's number at all. A comma would make it two in a list.
fn is_number(machine: &str) -> bool {
    !machine.is_empty()
        && machine.chars().count() <= LONGEST_NUMBER
        && !machine.contains(|c: char| c == ',' || c.is_control())
}

/// Refuses what can be no machine's number without asking the platform.
fn known(machine: &str, operation: &'static str) -> Result<()> {
    if is_number(machine) { Ok(()) } else { Err(Error::new(Kind::MachineNotFound, operation)) }
}

/// The first and last time of ten digits: 2001-09-09 and 2286-11-20.
const FIRST_SECOND: i64 = 1_000_000_000;
const LAST_SECOND: i64 = 9_999_999_999;

/// The start and end parameters of a window; `None` for a window without a whole second of ten digits. Both ends
/// are inclusive and the platform's times are whole seconds, so the window shrinks to the seconds inside.
fn seconds(window: Window) -> Option<Vec<Parameter>> {
    let start = window.from.map(|from| from.as_second() + i64::from(from.subsec_nanosecond() > 0));
    let end = window.to.map(|to| to.as_second() - i64::from(to.subsec_nanosecond() < 0));
    // Times have ten digits (§3.2): what lies outside of them is before or after everything.
    let start = start.map(|start| start.clamp(FIRST_SECOND, LAST_SECOND));
    let end = end.map(|end| end.min(LAST_SECOND));
    if end.is_some_and(|end| end < start.unwrap_or(FIRST_SECOND)) {
        return None;
    }
    let ends = [("startTime", start), ("endTime", end)];
    Some(ends.into_iter().filter_map(|(name, second)| Some((name, second?.to_string()))).collect())
}

/// The parameters that ask for some trades; `None` where no trade of the platform can match.
fn trade_filter(query: &TradeQuery) -> Result<Option<Vec<Parameter>>> {
    let operation = TRADES;
    let Some(mut filter) = seconds(query.window) else {
        return Ok(None);
    };
    if let Some(machine) = &query.machine {
        known(machine, operation)?;
        filter.push(("assetId", machine.clone()));
    }
    match query.method {
        None => {}
        // Our own application's payments never reach the platform.
        Some(crate::domain::PaymentMethod::Merchant) => return Ok(None),
        Some(method) => {
            // Methods that the platform does not number are many numbers to it, and it filters by one.
            let number = codes::pay_style(method).ok_or_else(|| Error::new(Kind::Unsupported, operation))?;
            filter.push(("payStyle", number.to_owned()));
        }
    }
    Ok(Some(filter))
}

/// The parameters that make a pickup code (§10). What the platform has no parameter for is refused.
fn new_code(codes: &NewPickupCodes) -> Result<Vec<Parameter>> {
    let refused = |kind| Error::new(kind, CREATE_CODE);
    let NewPickupCodes { machine, goods, count, length, starts_at, expires_at } = codes;
    if count.is_some_and(|count| count != 1) || length.is_some_and(|length| length != CODE_LENGTH) {
        return Err(refused(Kind::Unsupported));
    }
    let product = match goods {
        Goods::Any => None,
        Goods::Product(number) => Some(number),
        Goods::Slot(_) => return Err(refused(Kind::Unsupported)),
    };
    if let Some(machine) = machine {
        known(machine, CREATE_CODE)?;
    }
    if product.is_some_and(Text::is_empty) {
        return Err(refused(Kind::ProductNotFound));
    }
    let window = seconds(Window { from: *starts_at, to: *expires_at });
    let window = window.ok_or_else(|| refused(Kind::BadInput))?;
    let names = [("assetId", machine.as_ref()), ("productCode", product)];
    let names = names.into_iter().filter_map(|(name, text)| Some((name, text?.to_string())));
    Ok(names.chain(window).collect())
}

/// The limit and the cursors of the pages that cover a range. A cursor is always a multiple of the limit: the
/// document shows no others. An empty range asks for one trade, to learn the total.
fn pages(range: &Range<u64>) -> (u64, impl Iterator<Item = u64> + use<>) {
    let length = range.end.saturating_sub(range.start);
    let limit = match length {
        0 => 1,
        1..PAGE if range.start.is_multiple_of(length) => length,
        _ => PAGE,
    };
    let first = range.start / limit;
    let last = range.end.saturating_sub(1).max(range.start) / limit;
    // Offsets end where a cursor and its page still fit.
    let end = last.min(u64::MAX / limit - 1);
    (limit, (first..=end).map(move |page| page * limit))
}

/// The numbers of machines, each once, joined by commas into as few lists as the URL's length allows.
fn lists(machines: &[String]) -> Vec<String> {
    let mut lists: Vec<String> = Vec::new();
    let (mut seen, mut length) = (HashSet::new(), usize::MAX);
    for machine in machines.iter().filter(|machine| is_number(machine) && seen.insert(machine.as_str())) {
        // In the URL a comma is three bytes, `%2C`.
        let more = 3 + form_urlencoded::byte_serialize(machine.as_bytes()).map(str::len).sum::<usize>();
        match lists.last_mut() {
            Some(list) if length + more <= LONGEST_LIST => {
                length += more;
                list.push(',');
                list.push_str(machine);
            }
            _ => {
                length = more;
                lists.push(machine.clone());
            }
        }
    }
    lists
}

#[cfg(test)]
mod tests;
