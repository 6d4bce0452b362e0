//! What the kept values weigh, about: rows times what such a row takes with its texts.

use std::sync::Arc;

use super::cache::Weigh;
use crate::{
    domain::{
        CabinetClimate, Category, ComponentVersion, Fault, Line, MachineDetail, OrderReport, PickupCode,
        Product, Refill, RefillSales, Report, SalesStatistics, Shelf, Text, text::bytes_outside,
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

/// What an entry takes beside its value: its places in the cache's table and queues.
const ENTRY: usize = 320;

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

/// What texts take outside of themselves.
fn of_texts<'a>(texts: impl Iterator<Item = &'a Text>) -> usize {
    texts.map(bytes_outside).sum()
}

/// What one holder of a product answers for: all of it when nobody shares it. So products that stay one machine's own weigh
/// in full however many of its shelves hold them, and what all machines share weighs next to nothing.
fn share_of(product: &Arc<Product>) -> usize {
    product.bytes().div_ceil(Arc::strong_count(product).max(1))
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::share_of;
    use crate::domain::Product;

    #[test]
    fn who_holds_a_product_alone_answers_for_all_of_it() {
        let product = Arc::new(Product::named("1".into(), "Water".into()));
        assert_eq!(share_of(&product), product.bytes());
        let others: Vec<_> = (0..9).map(|_| Arc::clone(&product)).collect();
        assert_eq!(share_of(&product), product.bytes().div_ceil(1 + others.len()));
    }
}
