//! A shelf: one slot of a machine, holding one product.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Category, Money, Product, Text};

/// One slot of a machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Shelf {
    /// The cabinet it belongs to.
    pub cabinet: Text,
    /// Its code in the cabinet, as printed on the machine.
    pub code: Text,
    /// What the vendor's own calls (orders, pickup codes) name it by, where that is not the code.
    pub slot: Option<Text>,
    /// What it holds.
    pub product: Option<Arc<Product>>,
    /// The group its product belongs to.
    pub category: Option<Category>,
    /// What one piece costs here.
    pub price: Option<Money>,
    /// What it cost before a reduction; `None` where there is none.
    pub list_price: Option<Money>,
    /// How many pieces fit.
    pub capacity: Option<u32>,
    /// How many pieces the machine reports.
    pub stock: Option<u32>,
    /// Whether nothing is left.
    pub sold_out: Option<bool>,
    /// Since when nothing is left.
    pub sold_out_at: Option<Timestamp>,
    /// How the slot's mechanism is.
    pub state: ShelfState,
}

/// How a slot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ShelfState {
    /// Works and has stock.
    Normal,
    /// Nothing left.
    SoldOut,
    /// Something is stuck.
    Jammed,
    /// The motor is broken.
    MotorFault,
    /// The slot's controller did not answer.
    SerialTimeout,
    /// The slot is not there.
    Missing,
    /// Not told, or a state that we do not know.
    Unknown,
}

impl ShelfState {
    /// Whether somebody has to repair the slot.
    pub const fn is_fault(self) -> bool {
        matches!(self, Self::Jammed | Self::MotorFault | Self::SerialTimeout)
    }
}
