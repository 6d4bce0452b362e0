//! What the kept values weigh, about: rows times what such a row takes with its texts.

use super::{cache::Weigh, interner::share_of};
use crate::{
    domain::{
        CabinetClimate, Category, ComponentVersion, Fault, Line, MachineDetail, OrderReport, PickupCode,
        Product, Refill, RefillSales, Report, SalesStatistics, Shelf, Text,
    },
    vendor::TradePage,
};

/// A row of a list.
trait Row {
    /// Bytes with its texts.
    const WEIGHT: usize;
}

impl Row for Category {
    const WEIGHT: usize = 120;
}

impl Row for Line {
    const WEIGHT: usize = 240;
}

impl Row for PickupCode {
    const WEIGHT: usize = 200;
}

impl Row for Refill {
    const WEIGHT: usize = 6_000;
}

impl Row for SalesStatistics {
    const WEIGHT: usize = 1_600;
}

impl<T: Row> Weigh for Vec<T> {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.len() * T::WEIGHT
    }
}

impl Weigh for MachineDetail {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.cabinets.len() * 24 + self.categories.len() * Category::WEIGHT
    }
}

impl Weigh for RefillSales {
    fn weight(&self) -> usize {
        size_of::<Self>() + (self.products.len() + self.shelves.len()) * 220
    }
}

/// The two counts of an `Arc`, and what the allocator rounds up by.
const SHARED: usize = 16 + 12;

/// What an entry takes beside its value: its places in the cache's table and queues.
const ENTRY: usize = 320;

impl Weigh for str {
    fn weight(&self) -> usize {
        self.len() + SHARED
    }
}

impl Weigh for Product {
    fn weight(&self) -> usize {
        let texts =
            [Some(&self.number), Some(&self.name), self.full_name.as_ref(), self.description.as_ref()];
        let more = [self.category_name.as_ref(), self.manufacturer.as_ref(), self.image_url.as_ref()];
        let texts = texts.into_iter().chain(more).flatten().chain(&self.image_urls);
        size_of::<Self>() + SHARED + self.image_urls.capacity() * size_of::<Text>() + of_texts(texts)
    }
}

impl Weigh for Report {
    fn weight(&self) -> usize {
        let status = &self.status;
        let faults = status.faults.as_deref().unwrap_or_default();
        let network = status.network.as_ref().map_or([const { None }; 4], |network| {
            [&network.kind, &network.sim_number, &network.iccid, &network.ip].map(Option::as_ref)
        });
        size_of::<Self>()
            + ENTRY
            + self.shelves.iter().map(shelf).sum::<usize>()
            + faults.iter().map(fault).sum::<usize>()
            + status.versions.iter().map(version).sum::<usize>()
            + status.cabinets.len() * (size_of::<CabinetClimate>() + 4 * 32)
            + of_texts(network.into_iter().flatten())
    }
}

fn shelf(shelf: &Shelf) -> usize {
    let category = shelf.category.as_ref();
    let texts = [Some(&shelf.cabinet), Some(&shelf.code), shelf.slot.as_ref()];
    let of_category = [category.map(|one| &one.number), category.map(|one| &one.title)];
    size_of::<Shelf>()
        + of_texts(texts.into_iter().chain(of_category).flatten())
        + shelf.product.as_ref().map_or(0, share_of)
}

fn fault(fault: &Fault) -> usize {
    let texts = [fault.cabinet.as_ref(), fault.code.as_ref(), Some(&fault.name)];
    size_of::<Fault>() + of_texts(texts.into_iter().flatten())
}

fn version(version: &ComponentVersion) -> usize {
    size_of::<ComponentVersion>() + of_texts([&version.component, &version.version].into_iter())
}

fn of_texts<'a>(texts: impl Iterator<Item = &'a Text>) -> usize {
    texts.map(share_of).sum()
}

impl Weigh for OrderReport {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.lines.len() * 160
    }
}

impl Weigh for TradePage {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.trades.len() * 900
    }
}
