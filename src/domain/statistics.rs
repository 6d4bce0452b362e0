//! Sales, summed.

use jiff::Timestamp;

use super::{Money, PaymentMethod, Text};

/// How much and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SalesFigure {
    /// The money.
    pub amount: Money,
    /// The pieces.
    pub count: i64,
}

/// One payment method's share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodSales {
    /// The method.
    pub method: PaymentMethod,
    /// The method as the vendor names it.
    pub vendor_method: Text,
    /// Its share.
    pub figure: SalesFigure,
}

/// A machine's sales between two instants, both inclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SalesStatistics {
    /// The machine.
    pub machine_number: Text,
    /// The start of the window.
    pub from: Timestamp,
    /// Its end.
    pub to: Timestamp,
    /// Everything.
    pub total: SalesFigure,
    /// What was paid through the network.
    pub online: SalesFigure,
    /// What was paid at the machine.
    pub offline: SalesFigure,
    /// By payment method; methods without a sale may be left out.
    pub by_method: Vec<MethodSales>,
}

/// What a machine sold since it was last refilled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RefillSales {
    /// By cabinet and product.
    pub products: Vec<ProductSales>,
    /// By shelf.
    pub shelves: Vec<ShelfSales>,
}

/// How often a product was sold out of a cabinet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the members say what they are")]
pub struct ProductSales {
    pub cabinet: Text,
    pub product_number: Text,
    pub product_name: Option<Text>,
    pub sold: i64,
}

/// How often a shelf sold.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the members say what they are")]
pub struct ShelfSales {
    pub cabinet: Text,
    pub shelf_code: Text,
    pub product_number: Option<Text>,
    pub product_name: Option<Text>,
    pub sold: i64,
}
