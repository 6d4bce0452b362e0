//! Shelves.

use std::{slice, sync::Arc};

use async_graphql::{Context, Enum, ID, Object, SimpleObject, parser::types::Field};
use jiff::Timestamp;
use tokio::sync::OnceCell;

use super::{Category, Connection, DateTime, Machine, Money, PickupCode, Product};
use crate::{
    auth::Scope,
    domain::{self, Id, Report},
    gateway::{self, Asker, Estimate, Facts, PageRequest},
    graphql::{
        direct::{Direct, List},
        error::Result,
        field::{field, guarded, guarded_option},
        json::{Json, Write},
    },
};

/// One slot of a machine, holding one product.
#[derive(Clone, Debug)]
pub struct Shelf {
    reading: Arc<Reading>,
    position: usize,
}

/// What the shelves share that were read together.
#[derive(Debug)]
struct Reading {
    machine: gateway::Machine,
    shelves: Shelves,
    as_of: Timestamp,
    /// What the log tells of the machine, or why it does not, once one of them has asked for it.
    facts: OnceCell<gateway::Result<Arc<Facts>>>,
}

#[derive(Debug)]
enum Shelves {
    All(Arc<Report>),
    One(Box<domain::Shelf>),
}

impl Reading {
    fn new(machine: gateway::Machine, shelves: Shelves, as_of: Timestamp) -> Arc<Self> {
        Arc::new(Self { machine, shelves, as_of, facts: OnceCell::new() })
    }

    fn shelves(&self) -> &[domain::Shelf] {
        match &self.shelves {
            Shelves::All(report) => &report.shelves,
            Shelves::One(only) => slice::from_ref(only.as_ref()),
        }
    }

    async fn facts(&self, asker: &Asker) -> gateway::Result<&Facts> {
        let facts = self.facts.get_or_init(|| self.machine.facts(asker)).await;
        facts.as_ref().map(AsRef::as_ref).map_err(Clone::clone)
    }
}

impl Shelf {
    /// A shelf of that machine, read at that time.
    pub fn new(machine: gateway::Machine, shelf: domain::Shelf, as_of: Timestamp) -> Self {
        Self { reading: Reading::new(machine, Shelves::One(Box::new(shelf)), as_of), position: 0 }
    }

    /// A machine's shelves; only those that are, or are not, sold out where that is asked for.
    pub async fn list(
        ctx: &Context<'_>,
        machine: &gateway::Machine,
        sold_out: Option<bool>,
    ) -> Result<List<Self>> {
        let asker = field(ctx)?.asker;
        let report = machine.report(asker).await?;
        let reading = Reading::new(machine.clone(), Shelves::All(report.value), report.as_of);
        let is_asked_for = |shelf: &domain::Shelf| sold_out.is_none() || shelf.sold_out == sold_out;
        let shelves = reading.shelves().iter().enumerate().filter(|(_, shelf)| is_asked_for(shelf));
        let mut asked_for = Vec::with_capacity(reading.shelves().len());
        asked_for.extend(shelves.map(|(position, _)| Self { reading: Arc::clone(&reading), position }));
        let is_told = reading.shelves().iter().all(|shelf| shelf.stock.is_some());
        if !is_told && ctx.look_ahead().field("stock").exists() {
            // So that all of them can be written at once. Why it is not known, each tells.
            let _ = reading.facts(asker).await;
        }
        Ok(List(asked_for))
    }

    fn of(&self) -> &gateway::Machine {
        &self.reading.machine
    }

    fn id_text(&self) -> String {
        let id = Id::Shelf {
            account: self.of().account.name().clone(),
            machine: self.of().number().clone(),
            cabinet: self.shelf().cabinet.clone(),
            code: self.shelf().code.clone(),
        };
        id.encode()
    }

    /// How many pieces the machine reports.
    fn reported(&self) -> Option<Direct<StockLevel>> {
        let quantity = self.shelf().stock?;
        let as_of = self.reading.as_of.into();
        Some(Direct(StockLevel { quantity, basis: StockBasis::Reported, as_of }))
    }

    /// How many pieces there should be.
    fn estimated(&self, facts: &Facts) -> Option<Direct<StockLevel>> {
        let Estimate { quantity, as_of } = facts.estimate(self.of().number(), self.shelf())?;
        Some(Direct(StockLevel { quantity, basis: StockBasis::Estimated, as_of: as_of.into() }))
    }

    /// The shelf's data.
    pub fn shelf(&self) -> &domain::Shelf {
        #[expect(
            clippy::indexing_slicing,
            reason = "positions are made from this very list, in `list` and `new`"
        )]
        &self.reading.shelves()[self.position]
    }
}

/// One slot of a machine, holding one product.
#[Object]
impl Shelf {
    /// Global id.
    pub async fn id(&self) -> ID {
        self.id_text().into()
    }

    /// The machine.
    async fn machine(&self) -> Machine {
        Machine(self.of().clone())
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
        Some(Direct(Product::on_shelf(self.of().account.clone(), product)))
    }

    /// The group its product belongs to; null where the vendor has no groups.
    async fn category(&self) -> Option<Category> {
        Some(Category::new(self.of(), self.shelf().category.clone()?))
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
        if let Some(reported) = self.reported() {
            return Some(reported);
        }
        guarded_option(
            ctx,
            Scope::MachinesRead,
            Box::pin(async { Ok(self.estimated(self.reading.facts(field(ctx)?.asker).await?)) }),
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
                let Some(sales) = self.of().sales_since_refill(field.asker).await? else {
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
                let place = (self.of(), self.shelf());
                Ok(PickupCode::page(field.gateway.shelf_pickup_codes(field.asker, place, &request).await?))
            }),
        )
        .await
    }
}

impl Write for Shelf {
    fn write(&self, field: &Field, to: &mut Json<'_>) -> Option<()> {
        let told = self.shelf();
        let price = |to: &mut Json<'_>, price| to.object(field, &Money::from(price));
        match field.name.node.as_str() {
            "id" => to.value(&self.id_text()),
            "cabinet" => to.value(&told.cabinet),
            "code" => to.value(&told.code),
            "product" => to.maybe(told.product.clone(), |to, product| {
                to.object(field, &Product::on_shelf(self.of().account.clone(), product))
            }),
            "price" => to.maybe(told.price, price),
            "listPrice" => to.maybe(told.list_price, price),
            "capacity" => to.value(&told.capacity),
            "stock" => {
                let stock = match self.reported() {
                    None => self.estimated(self.reading.facts.get()?.as_ref().ok()?),
                    reported => reported,
                };
                to.maybe(stock, |to, stock| to.object(field, &stock))
            }
            "soldOut" => to.value(&told.sold_out),
            "soldOutAt" => to.maybe(told.sold_out_at, Json::shown),
            "state" => to.word(ShelfState::from(told.state)),
            _ => None,
        }
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

impl Write for StockLevel {
    fn write(&self, field: &Field, to: &mut Json<'_>) -> Option<()> {
        match field.name.node.as_str() {
            "quantity" => to.value(&self.quantity),
            "basis" => to.word(self.basis),
            "asOf" => to.shown(self.as_of.0),
            _ => None,
        }
    }
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
