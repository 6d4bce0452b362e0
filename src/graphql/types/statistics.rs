//! Sums of sales.

use async_graphql::{Context, Object, SimpleObject};

use super::{DateTime, Freshness, Machine, Money, PaymentMethod, status::text};
use crate::{
    domain,
    gateway::{self, Fresh},
};

/// A machine's sales between two instants, both inclusive.
#[derive(Clone, Debug)]
pub struct SalesStatistics {
    /// The machine.
    pub machine: gateway::Machine,
    /// Its sums.
    pub sums: domain::SalesStatistics,
}

/// A machine's sales between two instants, both inclusive.
#[Object]
impl SalesStatistics {
    /// The machine.
    async fn machine(&self, ctx: &Context<'_>) -> Option<Machine> {
        Machine::find(ctx, self.machine.account.name(), self.machine.number()).await
    }

    /// The machine's number.
    async fn machine_number(&self) -> &str {
        &self.sums.machine_number
    }

    /// The start of the window.
    async fn from(&self) -> DateTime {
        self.sums.from.into()
    }

    /// The end of the window.
    async fn to(&self) -> DateTime {
        self.sums.to.into()
    }

    /// Everything.
    async fn total(&self) -> SalesFigure {
        self.sums.total.into()
    }

    /// What was paid through the network; all of what was ordered through this gateway.
    async fn online(&self) -> SalesFigure {
        self.sums.online.into()
    }

    /// What was paid at the machine.
    async fn offline(&self) -> SalesFigure {
        self.sums.offline.into()
    }

    /// By payment method; methods without a sale may be left out.
    async fn by_method(&self) -> Vec<MethodSales> {
        self.sums.by_method.iter().map(MethodSales::from).collect()
    }
}

/// How much and how often.
#[derive(Clone, Debug, SimpleObject)]
pub struct SalesFigure {
    /// The money.
    amount: Money,
    /// The pieces.
    count: i64,
}

impl From<domain::SalesFigure> for SalesFigure {
    fn from(figure: domain::SalesFigure) -> Self {
        Self { amount: figure.amount.into(), count: figure.count }
    }
}

/// One payment method's share.
#[derive(Clone, Debug, SimpleObject)]
pub struct MethodSales {
    /// The method.
    method: PaymentMethod,
    /// The method as the vendor names it, or as this API does where the sums are this gateway's own.
    vendor_method: String,
    /// Its share.
    figure: SalesFigure,
}

impl From<&domain::MethodSales> for MethodSales {
    fn from(sales: &domain::MethodSales) -> Self {
        Self {
            method: sales.method.into(),
            vendor_method: sales.vendor_method.to_string(),
            figure: sales.figure.into(),
        }
    }
}

/// What a machine sold since it was last refilled.
#[derive(Clone, Debug, SimpleObject)]
pub struct RefillSales {
    /// By cabinet and product.
    products: Vec<ProductSales>,
    /// By shelf.
    shelves: Vec<ShelfSales>,
    /// How fresh the counts are.
    freshness: Freshness,
}

impl From<&Fresh<domain::RefillSales>> for RefillSales {
    fn from(fresh: &Fresh<domain::RefillSales>) -> Self {
        Self {
            products: fresh.value.products.iter().map(ProductSales::from).collect(),
            shelves: fresh.value.shelves.iter().map(ShelfSales::from).collect(),
            freshness: gateway::Freshness::of(fresh).into(),
        }
    }
}

/// How often a product was sold out of a cabinet.
#[derive(Clone, Debug, SimpleObject)]
pub struct ProductSales {
    /// The cabinet.
    cabinet: String,
    /// The product's number.
    product_number: String,
    /// The product's name; null where the vendor does not tell.
    product_name: Option<String>,
    /// Pieces.
    sold: i64,
}

impl From<&domain::ProductSales> for ProductSales {
    fn from(sales: &domain::ProductSales) -> Self {
        Self {
            cabinet: sales.cabinet.to_string(),
            product_number: sales.product_number.to_string(),
            product_name: text(sales.product_name.as_ref()),
            sold: sales.sold,
        }
    }
}

/// How often a shelf sold.
#[derive(Clone, Debug, SimpleObject)]
pub struct ShelfSales {
    /// The cabinet.
    cabinet: String,
    /// The shelf's code in the cabinet.
    shelf_code: String,
    /// The product's number; null where the vendor does not tell.
    product_number: Option<String>,
    /// The product's name; null where the vendor does not tell.
    product_name: Option<String>,
    /// Pieces.
    sold: i64,
}

impl From<&domain::ShelfSales> for ShelfSales {
    fn from(sales: &domain::ShelfSales) -> Self {
        Self {
            cabinet: sales.cabinet.to_string(),
            shelf_code: sales.shelf_code.to_string(),
            product_number: text(sales.product_number.as_ref()),
            product_name: text(sales.product_name.as_ref()),
            sold: sales.sold,
        }
    }
}
