//! Shelves.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use jiff::Timestamp;

use super::{Category, Connection, DateTime, Machine, Money, PickupCode, Product};
use crate::{
    auth::Scope,
    domain::{self, Id, Report},
    gateway::{self, Fresh, PageRequest},
    graphql::{
        direct::Direct,
        field::{field, guarded, guarded_option},
    },
};

/// One slot of a machine, holding one product.
#[derive(Clone, Debug)]
pub struct Shelf {
    machine: gateway::Machine,
    source: ShelfSource,
    as_of: Timestamp,
}

/// Where a shelf's data is; most are shared with the reading that they are part of.
#[derive(Clone, Debug)]
enum ShelfSource {
    Reading(Arc<Report>, usize),
    Own(Arc<domain::Shelf>),
}

impl Shelf {
    /// A shelf of that machine, read at that time.
    pub fn new(machine: gateway::Machine, shelf: domain::Shelf, as_of: Timestamp) -> Self {
        Self { machine, source: ShelfSource::Own(Arc::new(shelf)), as_of }
    }

    /// All shelves of a reading.
    pub fn all(machine: &gateway::Machine, report: &Fresh<Report>) -> impl Iterator<Item = Self> {
        let as_of = report.as_of;
        (0..report.value.shelves.len()).map(move |position| Self {
            machine: machine.clone(),
            source: ShelfSource::Reading(Arc::clone(&report.value), position),
            as_of,
        })
    }

    /// The shelf's data.
    pub fn shelf(&self) -> &domain::Shelf {
        match &self.source {
            #[expect(clippy::indexing_slicing, reason = "positions are made from this very list, in `all`")]
            ShelfSource::Reading(report, position) => &report.shelves[*position],
            ShelfSource::Own(own) => own,
        }
    }
}

/// One slot of a machine, holding one product.
#[Object]
impl Shelf {
    /// Global id.
    pub async fn id(&self) -> ID {
        let id = Id::Shelf {
            account: self.machine.account.name().clone(),
            machine: self.machine.number().clone(),
            cabinet: self.shelf().cabinet.clone(),
            code: self.shelf().code.clone(),
        };
        id.encode().into()
    }

    /// The machine.
    async fn machine(&self) -> Machine {
        Machine(self.machine.clone())
    }

    /// The cabinet: its letter (Dingshang) or its number (InHand; the main cabinet bears the machine's).
    async fn cabinet(&self) -> &str {
        &self.shelf().cabinet
    }

    /// The code in the cabinet, as printed on the machine (`locationId`, channel name).
    async fn code(&self) -> &str {
        &self.shelf().code
    }

    /// What it holds; null when nothing is assigned to it.
    async fn product(&self) -> Option<Direct<Product>> {
        let product = self.shelf().product.clone()?;
        Some(Direct(Product::on_shelf(self.machine.account.clone(), product)))
    }

    /// The group its product belongs to; null where the vendor has no groups.
    async fn category(&self) -> Option<Category> {
        Some(Category::new(&self.machine, self.shelf().category.clone()?))
    }

    /// What one piece costs here; null where the vendor does not tell.
    async fn price(&self) -> Option<Money> {
        self.shelf().price.map(Money::from)
    }

    /// What one piece cost before a reduction; null when there is none.
    async fn list_price(&self) -> Option<Money> {
        self.shelf().list_price.map(Money::from)
    }

    /// How many pieces fit; null where the vendor does not tell.
    async fn capacity(&self) -> Option<u32> {
        self.shelf().capacity
    }

    /// How many pieces it holds, as its machine reports; or, where its vendor reports none, the stock at the last refill
    /// less what was sold since. Null where neither is known.
    async fn stock(&self, ctx: &Context<'_>) -> Option<Direct<StockLevel>> {
        let level =
            |quantity, basis, as_of: Timestamp| Direct(StockLevel { quantity, basis, as_of: as_of.into() });
        if let Some(quantity) = self.shelf().stock {
            return Some(level(quantity, StockBasis::Reported, self.as_of));
        }
        guarded_option(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let estimate = self.machine.estimate(self.shelf(), field(ctx)?.asker).await?;
                Ok(estimate.map(|estimate| level(estimate.quantity, StockBasis::Estimated, estimate.as_of)))
            }),
        )
        .await
    }

    /// Whether nothing is left; null where the vendor does not tell.
    async fn sold_out(&self) -> Option<bool> {
        self.shelf().sold_out
    }

    /// Since when nothing is left; null when something is, or where the vendor does not tell.
    async fn sold_out_at(&self) -> Option<DateTime> {
        self.shelf().sold_out_at.map(DateTime)
    }

    /// How the slot is.
    async fn state(&self) -> ShelfState {
        self.shelf().state.into()
    }

    /// How many pieces it sold since the machine was last refilled; null where the vendor does not count it.
    async fn sold_since_refill(&self, ctx: &Context<'_>) -> Option<i64> {
        guarded_option(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let Some(sales) = self.machine.sales_since_refill(field.asker).await? else {
                    return Ok(None);
                };
                let shelf = self.shelf();
                let own = sales
                    .value
                    .shelves
                    .iter()
                    .find(|sold| sold.cabinet == shelf.cabinet && sold.shelf_code == shelf.code);
                Ok(Some(own.map_or(0, |sold| sold.sold)))
            }),
        )
        .await
    }

    /// The unused pickup codes that its vendor lists for it; none where the vendor's codes are not for shelves. Needs the
    /// scope `pickup-codes:read`.
    async fn pickup_codes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 500; 50 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Option<Connection<PickupCode>> {
        guarded(
            ctx,
            Scope::PickupCodesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let request = PageRequest::new(first, after.as_deref())?;
                let place = (&self.machine, self.shelf());
                Ok(PickupCode::page(field.gateway.shelf_pickup_codes(field.asker, place, &request).await?))
            }),
        )
        .await
    }
}

/// How many pieces a shelf holds.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct StockLevel {
    /// Pieces.
    quantity: u32,
    /// Where the number comes from.
    basis: StockBasis,
    /// When it was so.
    as_of: DateTime,
}

/// Where a stock level comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum StockBasis {
    /// The machine reports it.
    Reported,
    /// The stock at the last refill less what was sold since.
    Estimated,
}

/// How a slot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::ShelfState")]
pub enum ShelfState {
    /// Works and has stock.
    Normal,
    /// Nothing is left.
    SoldOut,
    /// Something is stuck.
    Jammed,
    /// The motor is broken.
    MotorFault,
    /// The slot's controller did not answer.
    SerialTimeout,
    /// The slot is not there.
    Missing,
    /// Not told by the vendor, or a state that this API has no name for yet.
    Unknown,
}
