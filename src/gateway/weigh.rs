//! What the kept values weigh, about: rows times what such a row takes with its texts.

use super::cache::Weigh;
use crate::{
    domain::{
        Category, Line, MachineDetail, PickupCode, Refill, RefillSales, Report, SalesStatistics, Shelf,
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

impl Weigh for Report {
    fn weight(&self) -> usize {
        size_of::<Self>()
            + self.shelves.len() * (size_of::<Shelf>() + 480)
            + (self.status.versions.len() + self.status.faults.as_ref().map_or(0, Vec::len)) * 120
            + self.status.cabinets.len() * 260
    }
}

impl Weigh for TradePage {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.trades.len() * 900
    }
}
