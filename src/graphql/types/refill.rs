//! Refills.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};

use super::{DateTime, Machine, MethodSales, Money, SalesFigure, VendorAccount, status::text};
use crate::{
    domain::{self, Id},
    gateway::Account,
};

/// Somebody filled a machine and settled its account.
#[derive(Clone, Debug)]
pub struct Refill {
    account: Arc<Account>,
    refill: Arc<domain::Refill>,
}

impl Refill {
    /// A refill of that account.
    pub fn new(account: Arc<Account>, refill: domain::Refill) -> Self {
        Self { account, refill: Arc::new(refill) }
    }

    /// Its global id, as an id.
    pub fn global_id(&self) -> Id {
        Id::Refill {
            account: self.account.name().clone(),
            machine: self.refill.machine_number.clone(),
            refilled_at: self.refill.refilled_at,
        }
    }
}

/// Somebody filled a machine and settled its account.
#[Object]
impl Refill {
    /// Global id.
    pub async fn id(&self) -> ID {
        self.global_id().encode().into()
    }

    /// The account it belongs to.
    async fn account(&self) -> VendorAccount {
        VendorAccount(self.account.clone())
    }

    /// The machine; null when it is no longer in the fleet.
    async fn machine(&self, ctx: &Context<'_>) -> Option<Machine> {
        Machine::find(ctx, self.account.name(), &self.refill.machine_number).await
    }

    /// The machine's number.
    async fn machine_number(&self) -> &str {
        &self.refill.machine_number
    }

    /// The site's name at the time; null where the vendor does not tell.
    async fn site_name(&self) -> Option<&str> {
        self.refill.site_name.as_deref()
    }

    /// The line's name at the time; null where the vendor does not tell.
    async fn line_name(&self) -> Option<&str> {
        self.refill.line_name.as_deref()
    }

    /// When it was done.
    async fn refilled_at(&self) -> DateTime {
        self.refill.refilled_at.into()
    }

    /// When the machine was refilled before that; null where the vendor does not tell.
    async fn previous_refill_at(&self) -> Option<DateTime> {
        self.refill.previous_refill_at.map(DateTime)
    }

    /// Shelf by shelf.
    async fn shelves(&self) -> Vec<ShelfRefill> {
        self.refill.shelves.iter().map(ShelfRefill::from).collect()
    }

    /// The sales since the refill before, by payment method.
    async fn by_method(&self) -> Vec<MethodSales> {
        self.refill.by_method.iter().map(MethodSales::from).collect()
    }

    /// The sales since the refill before.
    async fn total(&self) -> SalesFigure {
        self.refill.total.into()
    }
}

/// What was done to one shelf.
#[derive(Clone, Debug, SimpleObject)]
pub struct ShelfRefill {
    /// The cabinet.
    cabinet: String,
    /// The shelf's code in the cabinet.
    shelf_code: String,
    /// The number of what it holds; null where the vendor does not tell.
    product_number: Option<String>,
    /// The name of what it holds; null where the vendor does not tell.
    product_name: Option<String>,
    /// What one piece costs; null where the vendor does not tell.
    price: Option<Money>,
    /// How many pieces there were after the refill; null where the vendor does not tell.
    stock: Option<u32>,
    /// How many pieces were put in; null where the vendor does not tell.
    refilled: Option<u32>,
    /// What it sold since the refill before.
    total: SalesFigure,
}

impl From<&domain::ShelfRefill> for ShelfRefill {
    fn from(shelf: &domain::ShelfRefill) -> Self {
        Self {
            cabinet: shelf.cabinet.to_string(),
            shelf_code: shelf.shelf_code.to_string(),
            product_number: text(shelf.product_number.as_ref()),
            product_name: text(shelf.product_name.as_ref()),
            price: shelf.price.map(Money::from),
            stock: shelf.stock,
            refilled: shelf.refilled,
            total: shelf.total.into(),
        }
    }
}
