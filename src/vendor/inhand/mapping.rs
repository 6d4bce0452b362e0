//! From the platform's words to ours. Nothing of them passes this file.
//!
//! | their word | ours |
//! |---|---|
//! | assetId | machine number |
//! | deviceName | machine name |
//! | vender | manufacturer |
//! | cid | cabinet; the main cabinet's is the assetId |
//! | locationId | shelf code |
//! | goodsNumber, number | product number |
//! | typeName | category name |
//! | packingForm | packaging |
//! | site, siteId (a row of `router/sites` is a machine) | site number |
//! | online 0 / 1 | online true / false (Trap 1) |
//! | status "1", soldoutTime | sold out, sold out at |
//! | routerInfo.version, vcs | versions of `computer`, `vcs` |
//! | info.net, phone | network kind, SIM number |
//! | orderNo, tradeNo | order number, trade number |
//! | price, price_1, cost | unit price, list price, total |
//! | payStyle | payment method |
//! | deliverStatus, exec_ts | delivery state and time |
//! | online…, outline… (statistics) | paid online, offline |
//! | sales, units (refill) | amount, count |
//! | refillTime, lastRefillTime | refilled at, previous refill at |
//! | container | cabinet; in a push, `master` is the main one |
//! | shelvesId, location_id | shelf code |
//! | vmcOnline, isSale, doorState 0 | controller online, sellable, door open |
//! | coin5Count, coin10Count | coins of 5 jiao, of 1 yuan |
//! | pcode, ccode (of a fault) | its code, its name |
//! | cryTem…, heatTem…; UL, DL | cooling, heating; high, low |
//! | engy…, lamp…; OnT, OffT | energy saving, light; on at, off at |
//! | fireware | version of `firmware` |
//!
//! Money is fen, but the price of goods is yuan (Trap 7). Times are seconds, from 10^11 on milliseconds, and 0
//! is absent (Trap 8); an odd one is told as it came (Trap 12). A row without the number that it is known by
//! is no row: these functions then answer `None`.

mod pushed;

use iso_currency::Currency;
use jiff::Timestamp;

use super::{
    codes,
    wire::{self, Number, Rows, Word},
};
use crate::{
    domain::{
        ComponentVersion, Delivery, DeliveryState, Fault, GeoPoint, Line, Machine, MethodSales, Money,
        NetworkInfo, OperatingState, Payment, Product, ProductSales, Refill, RefillSales, Refund, Report,
        SalesFigure, SalesStatistics, Shelf, ShelfRefill, ShelfSales, ShelfState, SiteRef, Status, Text,
        Trade, TradeKind,
    },
    vendor::interner::Pool,
};

pub use pushed::{news_of_trade, pushed_trade, registration, status_news};

/// A time of 10^11 or more counts milliseconds: as seconds it would lie past the year 5000.
const FIRST_MILLISECONDS: i64 = 100_000_000_000;

/// So many shelves get their place at once; few machines have more.
const MOST_SHELVES_EXPECTED: usize = 64;

/// An instant (Trap 8).
fn instant(Number(time): Number) -> Option<Timestamp> {
    match time? {
        ..=0 => None,
        milliseconds @ FIRST_MILLISECONDS.. => Timestamp::from_millisecond(milliseconds).ok(),
        seconds => Timestamp::from_second(seconds).ok(),
    }
}

fn fen(Number(amount): Number) -> Option<Money> {
    Some(Money::from_minor(amount?, Currency::CNY))
}

fn count(Number(count): Number) -> Option<u32> {
    u32::try_from(count?).ok()
}

fn figure(amount: i64, count: i64) -> SalesFigure {
    SalesFigure { amount: Money::from_minor(amount, Currency::CNY), count }
}

fn rows<T>(rows: Option<Rows<T>>) -> Vec<T> {
    rows.map(|rows| rows.0).unwrap_or_default()
}

/// A machine, from its row in `router/sites`.
pub fn machine(row: wire::Site) -> Option<Machine> {
    Some(Machine {
        number: row.asset_id.0?,
        name: row.device_name.0,
        manufacturer: row.vender.0,
        address: row.address.0,
        location: None,
        site: row
            .site_id
            .0
            .map(|number| SiteRef { name: row.site_name.0.unwrap_or_else(|| number.clone()), number }),
        line_name: row.line_name.0,
        area_name: row.area_name.0,
        online: codes::online(row.online.0),
        operating_state: OperatingState::Unknown,
        currency: Some(Currency::CNY),
        cabinet_count: count(row.cid_count),
        created_at: instant(row.create_time),
    })
}

/// A line, from `router/lines`.
pub fn line(row: wire::Line) -> Option<Line> {
    Some(Line {
        name: row.name.0?,
        area_name: row.area_name.0,
        description: row.description.0,
        created_at: instant(row.create_time),
    })
}

/// A product, from `router/goods`.
pub fn product(row: wire::Goods) -> Option<Product> {
    let number = row.number.0?;
    let name = row.name.0.or_else(|| row.full_name.0.clone()).unwrap_or_else(|| number.clone());
    Some(Product {
        full_name: row.full_name.0,
        category_name: row.type_name.0,
        // A price finer than a fen, or no number at all, is not told rather than rounded.
        price: row.price.0.and_then(|yuan| Money::parse(&yuan, Currency::CNY).ok()),
        packaging: row.packing_form.0.map(codes::packaging),
        manufacturer: row.manufacturer.0,
        ..Product::named(number, name)
    })
}

/// A machine's number, status and shelves, from `router/status`; of its products those that `goods` has.
pub fn report(row: wire::MachineStatus, goods: &mut Pool) -> Option<(Text, Report)> {
    let machine = row.asset_id.0?;
    let computer = row.router_info.unwrap_or_default();
    let vending = row.vending_info.unwrap_or_default();
    let region = computer.region.unwrap_or_default();
    let told = vending.shelves_info.is_some();
    let rows = rows(vending.shelves_info);
    let mut shelves = Vec::with_capacity(rows.len().min(MOST_SHELVES_EXPECTED));
    shelves.extend(rows.into_iter().filter_map(|row| shelf(row, &machine, goods)));
    shelves.sort_by(|one, other| place(one).cmp(&place(other)));
    shelves.dedup_by(|next, first| (&next.cabinet, &next.code) == (&first.cabinet, &first.code));
    shelves.shrink_to_fit();
    let sold_out = shelves.iter().filter(|shelf| shelf.sold_out == Some(true)).count();
    let report = Report {
        status: Status {
            online: codes::online(computer.online.0),
            sold_out_shelf_count: told.then(|| u32::try_from(sold_out).ok()).flatten(),
            faults: vending.fault_info.map(|Rows(faults)| faults.into_iter().filter_map(fault).collect()),
            network: computer.info.and_then(network),
            versions: [("computer", computer.version), ("vcs", computer.vcs)]
                .into_iter()
                .filter_map(|(component, version)| {
                    Some(ComponentVersion { component: component.into(), version: version.0? })
                })
                .collect(),
            ..Status::default()
        },
        shelves,
        location: degrees(&region.lat)
            .zip(degrees(&region.lon))
            .and_then(|(latitude, longitude)| GeoPoint::new(latitude, longitude)),
    };
    Some((machine, report))
}

/// Where a shelf stands among its machine's: a number before longer ones.
fn place(shelf: &Shelf) -> (&str, usize, &str) {
    (&shelf.cabinet, shelf.code.len(), &shelf.code)
}

fn degrees(word: &Word) -> Option<f64> {
    word.as_deref()?.trim().parse().ok()
}

fn fault(row: wire::FaultInfo) -> Option<Fault> {
    Some(Fault { cabinet: None, code: None, name: row.name.0?, since: instant(row.time) })
}

fn network(row: wire::Connection) -> Option<NetworkInfo> {
    let network = NetworkInfo { kind: row.net.0, sim_number: row.phone.0, iccid: row.iccid.0, ip: row.ip.0 };
    (network != NetworkInfo::default()).then_some(network)
}

fn shelf(row: wire::ShelfInfo, machine: &Text, goods: &mut Pool) -> Option<Shelf> {
    let sold_out = match row.status.0 {
        Some(0) => Some(false),
        Some(1) => Some(true),
        _ => None,
    };
    Some(Shelf {
        cabinet: row.cid.0.unwrap_or_else(|| machine.clone()),
        code: row.location_id.0?,
        slot: None,
        product: row.number.0.map(|number| {
            let name = row.goods_name.0.unwrap_or_else(|| number.clone());
            goods.share(Product::named(number, name))
        }),
        category: None,
        price: None,
        list_price: None,
        capacity: None,
        stock: None,
        sold_out,
        // The sample shows a time on a shelf that is not sold out: it is the last time that it was.
        sold_out_at: instant(row.soldout_time).filter(|_| sold_out != Some(false)),
        state: match sold_out {
            Some(true) => ShelfState::SoldOut,
            Some(false) => ShelfState::Normal,
            None => ShelfState::Unknown,
        },
    })
}

/// A trade, from `trade/list`.
pub fn trade(row: wire::Trade) -> Option<Trade> {
    told_trade(row, TradeKind::Sale, codes::listed_delivery)
}

/// A trade; `delivery` is the table that its `deliverStatus` is from (Trap 2).
fn told_trade(
    row: wire::Trade,
    kind: TradeKind,
    delivery: fn(Option<i64>) -> DeliveryState,
) -> Option<Trade> {
    // Amounts of a currency that the document does not number are left out rather than told as fen.
    let yuan = matches!(row.currency.0, None | Some(1));
    let money = |amount: Number| fen(amount).filter(|_| yuan);
    // "The number of pieces, at present 1" (§3.2).
    let quantity = count(row.count).unwrap_or(1);
    let paid_at = instant(row.pay_time);
    let unit_price = money(row.price);
    Some(Trade {
        kind,
        order_number: row.order_no.0?,
        trade_number: row.trade_no.0,
        line: None,
        machine_number: row.asset_id.0?,
        cabinet: row.cid.0,
        shelf_code: row.location_id.0,
        product_number: row.goods_number.0,
        product_name: row.goods_name.0,
        quantity,
        unit_price,
        list_price: money(row.price_1),
        total: money(row.cost).or_else(|| unit_price?.times(i64::from(quantity))),
        payment: Payment {
            method: codes::payment_method(row.pay_style.as_deref().unwrap_or_default()),
            vendor_method: row.pay_style.0,
            state: codes::payment_state(row.pay_status.0, paid_at.is_some()),
            paid_at,
            transaction_number: row.transaction_id.0,
            payer_open_id: row.open_id.0,
            payer_phone: row.phone.0,
        },
        delivery: Delivery {
            state: delivery(row.deliver_status.0),
            at: instant(row.exec_ts),
            failure_reason: None,
        },
        refund: codes::refund_state(row.refund_status.0).map(|state| Refund {
            state,
            amount: money(row.refund_fee),
            at: instant(row.refund_time),
            number: row.refund_order_no.0,
        }),
        created_at: instant(row.create_time).or_else(|| instant(row.tra_create_time)),
    })
}

/// A machine's sales, from `trade/statistic`; the window is the one asked for where the row has none. Payment
/// methods without amount and count are left out.
pub fn statistics(
    wire::Statistics(row): &wire::Statistics,
    (from, to): (Timestamp, Timestamp),
) -> Option<SalesStatistics> {
    let number = |name: String| row.get(&name).map(Word::number).unwrap_or_default();
    let named = |name: &str| (number(format!("{name}Amount")).0, number(format!("{name}Count")).0);
    let pair = |name: &str, misspelt: Option<&str>| {
        let (amount, count) = named(name);
        let (other_amount, other_count) = misspelt.map(named).unwrap_or_default();
        figure(amount.or(other_amount).unwrap_or(0), count.or(other_count).unwrap_or(0))
    };
    let by_method = codes::STATISTICS_PAYMENTS.into_iter().map(|(name, misspelt, method)| MethodSales {
        method,
        vendor_method: name.into(),
        figure: pair(name, misspelt),
    });
    Some(SalesStatistics {
        machine_number: row.get("assetId")?.0.clone()?,
        from: instant(number("startTime".to_owned())).unwrap_or(from),
        to: instant(number("endTime".to_owned())).unwrap_or(to),
        total: figure(number("amount".to_owned()).0?, number("count".to_owned()).0?),
        online: pair("online", None),
        offline: pair("outline", None),
        by_method: by_method.filter(sold).collect(),
    })
}

fn sold(sales: &MethodSales) -> bool {
    sales.figure.count != 0 || sales.figure.amount.minor() != 0
}

/// A machine's number, and what it sold since its last refill, from `router/sales`.
pub fn refill_sales(row: wire::Sales) -> Option<(Text, RefillSales)> {
    let machine = row.asset_id.0?;
    let products = rows(row.sales_info).into_iter().flat_map(|cabinet| {
        let name = cabinet.cid.0.unwrap_or_else(|| machine.clone());
        rows(cabinet.goods_info).into_iter().filter_map(move |goods| {
            Some(ProductSales {
                cabinet: name.clone(),
                product_number: goods.goods_number.0.or(goods.goods_id.0)?,
                product_name: goods.goods_name.0,
                sold: goods.goods_sales.0.unwrap_or(0),
            })
        })
    });
    let shelves = rows(row.shelves_info).into_iter().flat_map(|cabinet| {
        let name = cabinet.cid.0.unwrap_or_else(|| machine.clone());
        rows(cabinet.shelf_info).into_iter().filter_map(move |goods| {
            Some(ShelfSales {
                cabinet: name.clone(),
                shelf_code: goods.location_id.0?,
                product_number: goods.goods_number.0.or(goods.goods_id.0),
                product_name: goods.goods_name.0,
                sold: goods.goods_sales.0.unwrap_or(0),
            })
        })
    });
    let sales = RefillSales { products: products.collect(), shelves: shelves.collect() };
    Some((machine, sales))
}

/// A refill, from `refill/message` or pushed.
pub fn refill(row: wire::Refill) -> Option<Refill> {
    let machine_number = row.asset_id.0?;
    let sales = rows(row.pay_sales);
    let total = total(&sales);
    let shelves = rows(row.shelf_pay_sales).into_iter();
    Some(Refill {
        site_name: row.site_name.0,
        site_number: row.site_number.0,
        line_name: row.line_name.0,
        refilled_at: instant(row.refill_time)?,
        previous_refill_at: instant(row.last_refill_time),
        shelves: shelves.filter_map(|row| shelf_refill(row, &machine_number)).collect(),
        by_method: sales.into_iter().filter_map(method_sales).filter(sold).collect(),
        total,
        machine_number,
    })
}

fn shelf_refill(row: wire::ShelfPaySales, machine: &Text) -> Option<ShelfRefill> {
    Some(ShelfRefill {
        cabinet: row.cid.0.unwrap_or_else(|| machine.clone()),
        shelf_code: row.location_id.0?,
        product_number: row.goods_number.0.or(row.goods_id.0),
        product_name: row.goods_name.0,
        price: fen(row.price),
        stock: count(row.stock),
        refilled: count(row.refill_count),
        total: total(&rows(row.pay_sales)),
    })
}

/// `total`, which is always there (§8.1); should it not be, nothing was sold.
fn total(sales: &[wire::PaySales]) -> SalesFigure {
    let total = sales.iter().find(|row| row.name.as_deref() == Some("total"));
    total.map_or_else(|| figure(0, 0), |row| figure(row.sales.0.unwrap_or(0), row.units.0.unwrap_or(0)))
}

/// One method's share; `None` for the sums over several, `total` and `cashless`.
fn method_sales(row: wire::PaySales) -> Option<MethodSales> {
    let vendor_method = row.name.0?;
    Some(MethodSales {
        method: codes::refill_payment(&vendor_method)?,
        vendor_method,
        figure: figure(row.sales.0.unwrap_or(0), row.units.0.unwrap_or(0)),
    })
}

#[cfg(test)]
mod tests;
