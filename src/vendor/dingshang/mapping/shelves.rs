//! Product rows and floors become shelves; the glossary heads `mapping`.

use std::{collections::HashMap, sync::Arc};

use iso_currency::Currency;

use super::{MAIN_CABINET, category, money};
use crate::{
    domain::{Category, Fault, Money, Product, Shelf, ShelfState, Text},
    vendor::{
        dingshang::wire::{self, Scalar},
        interner::Pool,
    },
};

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
    goods: &mut Pool,
) -> Vec<Shelf> {
    let rows = rows.into_iter();
    let mut shelves: Vec<Shelf> =
        rows.filter_map(|(cabinet, row)| shelf(cabinet, row, (floors, currency), goods)).collect();
    shelves.sort_by(|a, b| (&a.cabinet, &a.code).cmp(&(&b.cabinet, &b.code)));
    shelves.dedup_by(|later, earlier| later.cabinet == earlier.cabinet && later.code == earlier.code);
    share_products(&mut shelves);
    shelves.shrink_to_fit();
    shelves
}

fn shelf(
    asked_cabinet: &str,
    row: &wire::ProductRow,
    (floors, currency): (Option<&Floors>, Option<Currency>),
    goods: &mut Pool,
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
        product: product.map(|product| goods.share(product)),
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

/// One good fills many slots; where there is no room to keep it among the account's goods, it is kept once all the same.
fn share_products(shelves: &mut [Shelf]) {
    let mut known: HashMap<Text, Arc<Product>> = HashMap::new();
    for product in shelves.iter_mut().filter_map(|shelf| shelf.product.as_mut()) {
        let first = known.entry(product.number.clone()).or_insert_with(|| Arc::clone(product));
        if first == product {
            *product = Arc::clone(first);
        }
    }
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

/// A slot's state by its number, in `/floors` and in a callback.
pub fn floor_state(status: &Scalar) -> ShelfState {
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
