//! A refill: somebody filled a machine and settled its account.

use jiff::Timestamp;

use super::{MethodSales, Money, SalesFigure, Text};

/// One visit to one machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refill {
    /// The machine.
    pub machine_number: Text,
    /// The site's name at the time.
    pub site_name: Option<Text>,
    /// The site's id.
    pub site_number: Option<Text>,
    /// The line's name at the time.
    pub line_name: Option<Text>,
    /// When.
    pub refilled_at: Timestamp,
    /// When the machine was refilled before that.
    pub previous_refill_at: Option<Timestamp>,
    /// Shelf by shelf.
    pub shelves: Vec<ShelfRefill>,
    /// The sales since the refill before, by payment method.
    pub by_method: Vec<MethodSales>,
    /// The sales since the refill before.
    pub total: SalesFigure,
}

/// What was done to one shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShelfRefill {
    /// The cabinet.
    pub cabinet: Text,
    /// The shelf.
    pub shelf_code: Text,
    /// What it holds.
    pub product_number: Option<Text>,
    /// Its name.
    pub product_name: Option<Text>,
    /// What a piece costs.
    pub price: Option<Money>,
    /// How many pieces there are after the refill.
    pub stock: Option<u32>,
    /// How many pieces were put in.
    pub refilled: Option<u32>,
    /// What it sold since the refill before.
    pub total: SalesFigure,
}
