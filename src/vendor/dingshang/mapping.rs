//! From the vendor's words to ours. Nothing of theirs passes this file.
//!
//! | theirs | ours |
//! |---|---|
//! | `machine_no` | machine number |
//! | `cabinet_name` | cabinet |
//! | channel, floor (货道) | shelf; `channel.name` is its code |
//! | product (产品), `product_id` | what a shelf's calls name it by: `slot` |
//! | good (商品) | product |
//! | category | category; the operator's word is layer |
//! | `current_inventory` / `inventory` | stock / capacity |
//! | `price` / `original_price` | price / list price |
//! | `trade_id` | our own number of an order: trade number |
//! | record | order line |
//! | `expired_at` | the end of a pickup code |
//!
//! Their times have no zone and are GMT+8 (Trap 5); their prices are decimal text in major units (Trap 6).

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use iso_currency::Currency;
use jiff::{Timestamp, civil::DateTime, tz};

use super::wire::{self, Scalar};
use crate::domain::{
    Category, Delivery, DeliveryState, Fault, GeoPoint, Machine, MachineDetail, MachineKind, Money,
    OperatingState, Order, OrderRecord, OrderState, PickupCode, PickupCodeState, Product, Shelf, ShelfState,
    Text,
};

#[cfg(test)]
mod tests;

/// The cabinet that every machine has, and that is meant where none is named.
pub const MAIN_CABINET: &str = "A";

/// Every machine once; a row without a number is no machine.
pub fn machines(rows: &[wire::MachineRow]) -> Vec<Machine> {
    let mut seen = HashSet::new();
    let machines = rows.iter().filter_map(|row| {
        Some(Machine {
            number: row.machine_no.text()?,
            name: row.machine_name.text(),
            manufacturer: None,
            address: row.address.text(),
            location: location(&row.lng_lat),
            site: None,
            line_name: None,
            area_name: None,
            online: Some(row.is_online.is_true()),
            operating_state: operating_state(&row.status),
            currency: None,
            cabinet_count: None,
            created_at: instant(&row.created_at),
        })
    });
    machines.filter(|machine| seen.insert(machine.number.clone())).collect()
}

/// Older servers send a boolean, absent when false; newer ones a word.
fn operating_state(status: &Scalar) -> OperatingState {
    match status.as_str() {
        "" | "false" => OperatingState::NotInOperation,
        "true" | "OPERATIONAL" => OperatingState::Operational,
        "MAINTENANCE" => OperatingState::Maintenance,
        "TRANSFER" => OperatingState::Transfer,
        _ => OperatingState::Unknown,
    }
}

/// What the call for the single machine tells.
pub fn machine_detail(row: &wire::MachineDetail) -> MachineDetail {
    MachineDetail {
        kind: machine_kind(&row.machine_type),
        cabinets: cabinets(row),
        categories: row.categories.0.iter().filter_map(category).collect(),
        currency: currency(row),
        online: row.is_online.is_true(),
    }
}

fn machine_kind(machine_type: &Scalar) -> MachineKind {
    match machine_type.as_str() {
        "1" => MachineKind::Vending,
        "2" => MachineKind::Amusement,
        "3" => MachineKind::Claw,
        "4" => MachineKind::LendingLocker,
        "5" => MachineKind::ReturnLocker,
        "6" => MachineKind::Locker,
        _ => MachineKind::Unknown,
    }
}

/// The names of a machine's cabinets, each once; one that names none has the main one.
pub fn cabinets(row: &wire::MachineDetail) -> Vec<Text> {
    let mut seen = HashSet::new();
    let names = row.model.0.iter().flat_map(|model| &model.cabinet_names.0);
    let names: Vec<Text> = names.filter_map(Scalar::text).filter(|name| seen.insert(name.clone())).collect();
    if names.is_empty() { vec![Text::from(MAIN_CABINET)] } else { names }
}

/// The currency of a machine's prices: yuan unless it names another; nothing if we do not know that one,
/// since no price is better than a wrong one.
pub fn currency(row: &wire::MachineDetail) -> Option<Currency> {
    let code = row.currency.0.as_ref().and_then(|currency| currency.code.text());
    code.map_or(Some(Currency::CNY), |code| Currency::from_code(&code.to_ascii_uppercase()))
}

/// `"116.549815,39.922273"`: longitude first.
pub fn location(lng_lat: &Scalar) -> Option<GeoPoint> {
    let (longitude, latitude) = lng_lat.as_str().split_once(',')?;
    GeoPoint::new(latitude.trim().parse().ok()?, longitude.trim().parse().ok()?)
}

/// The categories that shoppers see, as `/categories` lists them; absent is invisible.
pub fn categories(rows: &[wire::Category]) -> Vec<Category> {
    rows.iter().filter(|row| row.is_visible.is_true()).filter_map(category).collect()
}

fn category(row: &wire::Category) -> Option<Category> {
    let number = row.id.text()?;
    let title = row.title.text().unwrap_or_else(|| number.clone());
    Some(Category { number, title, sort_order: row.sort_id.whole() })
}

/// How many pages a cabinet has in all. Where the page does not say, its total does.
pub fn last_page(page: &wire::ProductPage) -> u32 {
    let by_total = || {
        let rows = page.per_page.whole().filter(|rows| *rows > 0).unwrap_or(10);
        page.total.whole::<u32>().map(|total| total.div_ceil(rows))
    };
    page.last_page.whole().or_else(by_total).unwrap_or(1)
}

/// The rows of one machine as shelves, by cabinet and code, each once: pages may shift while they are read.
/// `rows` come with the cabinet that was asked for.
pub fn shelves<'a>(
    rows: impl IntoIterator<Item = (&'a str, &'a wire::ProductRow)>,
    floors: Option<&Floors>,
    currency: Option<Currency>,
) -> Vec<Shelf> {
    let mut products = HashMap::new();
    let rows = rows.into_iter();
    let mut shelves: Vec<Shelf> =
        rows.filter_map(|(cabinet, row)| shelf(cabinet, row, floors, currency, &mut products)).collect();
    shelves.sort_by(|a, b| (&a.cabinet, &a.code).cmp(&(&b.cabinet, &b.code)));
    shelves.dedup_by(|later, earlier| later.cabinet == earlier.cabinet && later.code == earlier.code);
    shelves
}

fn shelf(
    asked_cabinet: &str,
    row: &wire::ProductRow,
    floors: Option<&Floors>,
    currency: Option<Currency>,
    products: &mut HashMap<Text, Arc<Product>>,
) -> Option<Shelf> {
    let channel = row.channel.0.as_ref();
    let slot = row.id.text();
    let cabinet = channel.and_then(|channel| channel.cabinet_name.text());
    let cabinet = cabinet.unwrap_or_else(|| Text::from(asked_cabinet));
    let code = channel.and_then(|channel| channel.name.text()).or_else(|| slot.clone())?;
    let category = row.category.0.as_ref().and_then(category);
    let product = product(row, category.as_ref(), currency);
    let good = row.good.0.as_ref();
    let stock = if row.current_inventory.is_absent() { Some(0) } else { row.current_inventory.whole() };
    let told = floors.and_then(|floors| floors.state(channel, &cabinet, &code));
    Some(Shelf {
        state: shelf_state(told, stock),
        price: good.and_then(|good| money(&good.price, currency)),
        list_price: good.and_then(|good| list_price(good, currency)),
        product: product.map(|product| shared(product, products)),
        capacity: row.inventory.whole(),
        stock,
        sold_out: stock.map(|stock| stock == 0),
        sold_out_at: None,
        cabinet,
        code,
        slot,
        category,
    })
}

/// A working slot with nothing in it is sold out; a broken one is broken, empty or not. Where `/floors` says
/// nothing of it, only emptiness is known (interface.md, *Settled questions*).
fn shelf_state(told: Option<ShelfState>, stock: Option<u32>) -> ShelfState {
    match told {
        None | Some(ShelfState::Normal) if stock == Some(0) => ShelfState::SoldOut,
        Some(told) => told,
        None => ShelfState::Unknown,
    }
}

/// The good that a slot holds.
fn product(
    row: &wire::ProductRow,
    category: Option<&Category>,
    currency: Option<Currency>,
) -> Option<Product> {
    let good = row.good.0.as_ref()?;
    let numbers = [&good.good_no, &good.slug, &good.id, &row.id];
    let number = numbers.into_iter().find_map(Scalar::text)?;
    let name = good.name.text().unwrap_or_else(|| number.clone());
    let mut image_urls: Vec<Text> = Vec::new();
    for url in std::iter::once(&good.thumb).chain(&good.media.0).filter_map(Scalar::text) {
        if !image_urls.contains(&url) {
            image_urls.push(url);
        }
    }
    Some(Product {
        description: good.description.text().or_else(|| good.content.text()),
        category_name: category.map(|category| category.title.clone()),
        price: money(&good.price, currency),
        list_price: list_price(good, currency),
        image_url: good.thumb.text(),
        image_urls,
        ..Product::named(number, name)
    })
}

/// One good fills many slots; its texts are kept once.
fn shared(product: Product, products: &mut HashMap<Text, Arc<Product>>) -> Arc<Product> {
    match products.get(&product.number) {
        Some(known) if **known == product => Arc::clone(known),
        _ => {
            let product = Arc::new(product);
            products.insert(product.number.clone(), Arc::clone(&product));
            product
        }
    }
}

/// An amount in major units as decimal text (Trap 6).
fn money(amount: &Scalar, currency: Option<Currency>) -> Option<Money> {
    Money::parse(&amount.text()?, currency?).ok()
}

/// `"0.00"` means that there is none (Trap 9).
fn list_price(good: &wire::Good, currency: Option<Currency>) -> Option<Money> {
    money(&good.original_price, currency).filter(|price| price.minor() != 0)
}

/// What `/floors` says of a machine's slots.
#[derive(Debug)]
pub struct Floors {
    by_channel: HashMap<Text, ShelfState>,
    by_name: HashMap<(Text, Text), ShelfState>,
    /// What is broken.
    pub faults: Vec<Fault>,
}

impl Floors {
    /// Reads the rows; the faults are by cabinet and code.
    pub fn new(rows: &[wire::Floor]) -> Self {
        let mut floors = Self { by_channel: HashMap::new(), by_name: HashMap::new(), faults: Vec::new() };
        for row in rows {
            let Some(channel) = &row.channel.0 else { continue };
            let status = if row.status.is_absent() { &row.floor_status } else { &row.status };
            let state = floor_state(status);
            let cabinet = channel.cabinet_name.text().unwrap_or_else(|| Text::from(MAIN_CABINET));
            if let Some(fault) = fault(state, status, &cabinet, channel) {
                floors.faults.push(fault);
            }
            if let Some(id) = channel.id.text() {
                floors.by_channel.insert(id, state);
            }
            if let Some(name) = channel.name.text() {
                floors.by_name.insert((cabinet, name), state);
            }
        }
        floors.faults.sort_by(|a, b| (&a.cabinet, &a.name).cmp(&(&b.cabinet, &b.name)));
        floors
    }

    fn state(&self, channel: Option<&wire::Channel>, cabinet: &Text, code: &Text) -> Option<ShelfState> {
        let by_channel = channel.and_then(|channel| self.by_channel.get(channel.id.as_str()));
        by_channel.or_else(|| self.by_name.get(&(cabinet.clone(), code.clone()))).copied()
    }
}

fn floor_state(status: &Scalar) -> ShelfState {
    match status.as_str() {
        "0" => ShelfState::Missing,
        "1" => ShelfState::Normal,
        "2" => ShelfState::Jammed,
        "3" => ShelfState::MotorFault,
        "47" => ShelfState::SerialTimeout,
        _ => ShelfState::Unknown,
    }
}

/// The vendor gives a fault a number and no words; these are ours.
fn fault(state: ShelfState, status: &Scalar, cabinet: &Text, channel: &wire::Channel) -> Option<Fault> {
    let what = match state {
        ShelfState::Jammed => "jammed",
        ShelfState::MotorFault => "motor fault",
        ShelfState::SerialTimeout => "controller does not answer",
        ShelfState::Normal | ShelfState::SoldOut | ShelfState::Missing | ShelfState::Unknown => return None,
    };
    let name = channel.name.text().or_else(|| channel.id.text());
    let name = name.map_or_else(|| Text::from(what), |name| Text::from(format!("{name}: {what}")));
    Some(Fault { cabinet: Some(cabinet.clone()), code: status.text(), name, since: None })
}

/// The unused pickup codes of a slot; nothing if one of them has an end that cannot be read, since "never"
/// would be wrong.
pub fn pickup_codes(rows: &[wire::PickupCode]) -> Option<Vec<PickupCode>> {
    let rows = rows.iter().filter(|row| !row.id.is_absent() && !row.code.is_absent());
    rows.map(|row| {
        let expires_at = instant(&row.expired_at);
        let readable = expires_at.is_some() || row.expired_at.is_absent();
        readable.then_some(PickupCode {
            number: row.id.text()?,
            code: row.code.text()?,
            state: pickup_code_state(&row.status),
            quantity: row.quantity.whole().unwrap_or(1),
            created_at: instant(&row.created_at),
            expires_at,
        })
    })
    .collect()
}

fn pickup_code_state(status: &Scalar) -> PickupCodeState {
    match status.as_str() {
        "UNUSED" => PickupCodeState::Unused,
        "USED" => PickupCodeState::Used,
        "EXPIRED" => PickupCodeState::Expired,
        _ => PickupCodeState::Unknown,
    }
}

/// An order; `asked` is the number it was asked for by, which an answer need not repeat.
pub fn order(asked: &str, row: &wire::Order, currency: Option<Currency>) -> Order {
    let records = row.records.0.iter().filter_map(|record| {
        Some(OrderRecord {
            number: record.id.text()?,
            slot: record.product_id.text()?,
            quantity: record.quantity.whole().unwrap_or_default(),
            price: money(&record.price, currency),
            delivery: delivery_state(&record.status),
        })
    });
    Order {
        number: row.order_id.text().unwrap_or_else(|| Text::from(asked)),
        trade_number: row.trade_id.text(),
        state: order_state(&row.status),
        amount: money(&row.amount, currency),
        pickup_code_number: row.pickup_code_id.text().filter(|number| &**number != "0"),
        records: records.collect(),
    }
}

fn order_state(status: &Scalar) -> OrderState {
    match status.as_str() {
        "NOTPAY" => OrderState::Unpaid,
        "SUCCESS" => OrderState::Paid,
        "USERPAYING" => OrderState::Paying,
        "PAYERROR" => OrderState::PaymentFailed,
        "REFUND" => OrderState::Refund,
        "CLOSED" => OrderState::Closed,
        "REVOKED" => OrderState::Revoked,
        "PICKUPCODE" => OrderState::PickupCode,
        "TESTPAY" => OrderState::Test,
        _ => OrderState::Unknown,
    }
}

/// The status of an order's record or of a dispense; older servers say it in Chinese: not picked up, picked
/// up, order cancelled. The documents list the words of records alone; a dispense is taken to use the same.
fn delivery_state(status: &Scalar) -> DeliveryState {
    match status.as_str() {
        "WAITING_PICKED_UP" | "未取货" => DeliveryState::Waiting,
        "IS_DELIVERING" => DeliveryState::Dispensing,
        "IS_PICKED_UP" | "IS_SUCCESS" | "已取货" => DeliveryState::Dispensed,
        "IS_FAILED" => DeliveryState::Failed,
        "IS_TIMEOUT" => DeliveryState::TimedOut,
        "IS_REFUND" | "订单取消" => DeliveryState::Cancelled,
        _ => DeliveryState::Unknown,
    }
}

/// What became of a dispense. `delivered_at` is when the machine was told, `pickup_at` when it came out.
pub fn delivery(row: &wire::Delivery) -> Delivery {
    Delivery {
        state: delivery_state(&row.status),
        at: instant(&row.pickup_at).or_else(|| instant(&row.delivered_at)),
        failure_reason: row.fail_reason.text(),
    }
}

/// `2024-04-27 14:00:08`, or a day alone, in GMT+8 (Trap 5). What names its own offset is taken at its word.
fn instant(text: &Scalar) -> Option<Timestamp> {
    let text = text.as_str();
    let zoned = text.parse::<Timestamp>();
    zoned.ok().or_else(|| tz::offset(8).to_timestamp(text.parse::<DateTime>().ok()?).ok())
}
