//! Machines.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};

use super::{
    Connection, DateTime, EventConnection, Line, MachineStatus, PickupCode, Refill, RefillSales, Shelf, Site,
    Trade, Vendor, VendorAccount,
};
use crate::{
    auth::Scope,
    domain::{self, Id, Window},
    gateway::{self, PageRequest, TradeFilter},
    graphql::{
        direct::{Direct, List},
        field::{field, guarded, guarded_option},
        input::EventFilter,
    },
};

/// A vending machine.
#[derive(Clone, Debug)]
pub struct Machine(pub gateway::Machine);

/// A vending machine.
#[Object]
impl Machine {
    /// Global id.
    pub async fn id(&self) -> ID {
        self.0.id().encode().into()
    }

    /// The account it belongs to.
    async fn account(&self) -> VendorAccount {
        VendorAccount(self.0.account.clone())
    }

    /// Whose platform it is connected to.
    async fn vendor(&self) -> Vendor {
        self.0.account.vendor().into()
    }

    /// The vendor's own number of it (`machine_no`, `assetId`); unique in the account.
    async fn number(&self) -> &str {
        self.0.number()
    }

    /// The name that its operator gave it; null where there is none.
    async fn name(&self) -> Option<&str> {
        self.0.listed().name.as_deref()
    }

    /// What sort of machine it is; null where the vendor does not tell.
    async fn kind(&self, ctx: &Context<'_>) -> Option<MachineKind> {
        guarded_option(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                Ok(self.0.detail(field.asker).await?.map(|detail| detail.value.kind.into()))
            }),
        )
        .await
    }

    /// Who made it; null where the vendor does not tell.
    async fn manufacturer(&self) -> Option<&str> {
        self.0.listed().manufacturer.as_deref()
    }

    /// Where it stands, as text; null where the vendor does not tell.
    async fn address(&self) -> Option<&str> {
        self.0.listed().address.as_deref()
    }

    /// Where it stands, as coordinates; null where the vendor does not tell.
    async fn location(&self, ctx: &Context<'_>) -> Option<GeoPoint> {
        guarded_option(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                Ok(self.0.location(field.asker).await?.map(GeoPoint::from))
            }),
        )
        .await
    }

    /// The site where it stands; null where the vendor has no sites.
    async fn site(&self, ctx: &Context<'_>) -> Option<Direct<Site>> {
        guarded_option(
            ctx,
            Scope::MachinesRead,
            Box::pin(async { Ok(self.0.site(field(ctx)?.asker).await?.map(Site).map(Direct)) }),
        )
        .await
    }

    /// The replenishment line that serves it; null where the vendor has no lines.
    async fn line(&self) -> Option<Direct<Line>> {
        self.0.line().map(Line).map(Direct)
    }

    /// The name of its area; null where the vendor does not tell.
    async fn area_name(&self) -> Option<&str> {
        self.0.listed().area_name.as_deref()
    }

    /// Whether the vendor reaches it: the freshest that is known. Null: not known yet.
    async fn online(&self) -> Option<bool> {
        self.0.known().online.map(|(online, _)| online)
    }

    /// Whether it is meant to sell.
    async fn operating_state(&self) -> OperatingState {
        self.0.listed().operating_state.into()
    }

    /// The ISO 4217 code of its prices' currency; null when it is not known.
    async fn currency(&self, ctx: &Context<'_>) -> Option<&'static str> {
        if let Some(currency) = self.0.listed().currency {
            return Some(currency.code());
        }
        guarded_option(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let detail = self.0.detail(field.asker).await?;
                Ok(detail.and_then(|detail| detail.value.currency).map(|currency| currency.code()))
            }),
        )
        .await
    }

    /// When it was registered at the vendor; null where the vendor does not tell.
    async fn created_at(&self) -> Option<DateTime> {
        self.0.listed().created_at.map(DateTime)
    }

    /// The names of its cabinets, the main one first.
    async fn cabinets(&self, ctx: &Context<'_>) -> Option<Vec<String>> {
        guarded(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                Ok(self.0.cabinets(field.asker).await?.iter().map(ToString::to_string).collect())
            }),
        )
        .await
    }

    /// The groups of its products; null where the vendor has none.
    async fn categories(&self, ctx: &Context<'_>) -> Option<Vec<Category>> {
        guarded_option(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let categories = self.0.categories(field.asker).await?;
                Ok(categories.map(|list| list.into_iter().map(|one| Category::new(&self.0, one)).collect()))
            }),
        )
        .await
    }

    /// How it is. Asked of the vendor where what is known is too old; null when nothing is known.
    async fn status(&self, ctx: &Context<'_>) -> Option<Direct<MachineStatus>> {
        guarded_option(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let report = self.0.report(field(ctx)?.asker).await?;
                Ok(MachineStatus::new(&report, self.0.known()).map(Direct))
            }),
        )
        .await
    }

    /// Its shelves, by cabinet and code.
    async fn shelves(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only shelves that are, or are not, sold out.")] sold_out: Option<bool>,
    ) -> Option<List<Shelf>> {
        guarded(ctx, Scope::MachinesRead, Box::pin(async { Shelf::list(ctx, &self.0, sold_out).await })).await
    }

    /// What it sold since it was last refilled; null where the vendor does not count it.
    async fn sales_since_refill(&self, ctx: &Context<'_>) -> Option<RefillSales> {
        guarded_option(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                Ok(self.0.sales_since_refill(field.asker).await?.map(|sales| RefillSales::from(&sales)))
            }),
        )
        .await
    }

    /// Its last refill that this gateway knows of; null when it knows of none.
    async fn last_refill(&self, ctx: &Context<'_>) -> Option<Refill> {
        guarded_option(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let refill = self.0.last_refill(field.asker).await?;
                Ok(refill.map(|refill| Refill::new(self.0.account.clone(), refill)))
            }),
        )
        .await
    }

    /// What happened at it, oldest first. Needs the scope `events:read`, and for some kinds another one.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 500; 50 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Option<EventConnection> {
        guarded(
            ctx,
            Scope::EventsRead,
            Box::pin(async {
                let field = field(ctx)?;
                let mut filter = EventFilter::default().check(&field.asker.caller)?;
                filter.machines = Some(vec![(self.0.account.name().clone(), self.0.number().clone())]);
                let page = field.gateway.events(field.asker, filter, first, after.as_deref()).await?;
                Ok(EventConnection::new(page))
            }),
        )
        .await
    }

    /// Its pickup codes: the unused ones that its vendor lists, by shelf; or, where the vendor lists none, those that this
    /// gateway keeps for this machine alone, newest first. Needs the scope `pickup-codes:read`.
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
                let codes = field.gateway.machine_pickup_codes(field.asker, &self.0, &request).await?;
                Ok(PickupCode::page(codes))
            }),
        )
        .await
    }

    /// Its trades, newest first, as `Query.trades` tells them: at Dingshang the lines of the orders that went through this
    /// gateway. Needs the scope `trades:read`.
    async fn trades(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 500; 50 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
        #[graphql(desc = "Made at this time or later.")] from: Option<DateTime>,
        #[graphql(desc = "Made at this time or earlier.")] to: Option<DateTime>,
    ) -> Option<Connection<Trade>> {
        guarded(
            ctx,
            Scope::TradesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let request = PageRequest::new(first, after.as_deref())?;
                let account = self.0.account.name().clone();
                let filter = TradeFilter {
                    accounts: Some(vec![account.clone()]),
                    machines: Some(vec![(account, self.0.number().clone())]),
                    window: Window { from: from.map(|at| at.0), to: to.map(|at| at.0) },
                    ..TradeFilter::default()
                };
                Ok(Trade::page(field.gateway.trades(field.asker, &filter, &request).await?))
            }),
        )
        .await
    }
}

/// WGS 84 coordinates in degrees.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct GeoPoint {
    /// North is positive.
    latitude: f64,
    /// East is positive.
    longitude: f64,
}

impl From<domain::GeoPoint> for GeoPoint {
    fn from(point: domain::GeoPoint) -> Self {
        Self { latitude: point.latitude, longitude: point.longitude }
    }
}

/// A group of products in one machine; also called a layer.
pub struct Category {
    machine: gateway::Machine,
    category: domain::Category,
}

impl Category {
    /// A category of that machine.
    pub fn new(machine: &gateway::Machine, category: domain::Category) -> Self {
        Self { machine: machine.clone(), category }
    }
}

/// A group of products in one machine; also called a layer.
#[Object]
impl Category {
    /// Global id.
    async fn id(&self) -> ID {
        let id = Id::Category {
            account: self.machine.account.name().clone(),
            machine: self.machine.number().clone(),
            category: self.category.number.clone(),
        };
        id.encode().into()
    }

    /// What shoppers see.
    async fn title(&self) -> &str {
        &self.category.title
    }

    /// Lower comes first; null where the vendor does not tell.
    async fn sort_order(&self, ctx: &Context<'_>) -> Option<i32> {
        if self.category.sort_order.is_some() {
            return self.category.sort_order;
        }
        guarded_option(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                Ok(self.machine.category_sort_order(&self.category.number, field.asker).await?)
            }),
        )
        .await
    }
}

/// What sort of machine it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::MachineKind")]
pub enum MachineKind {
    /// Bottles and cans.
    Beverage,
    /// Spirals.
    Spring,
    /// A grid of lockers.
    Locker,
    /// A vending machine of no closer description.
    Vending,
    /// An amusement machine.
    Amusement,
    /// A claw machine.
    Claw,
    /// Lockers that lend things.
    LendingLocker,
    /// Lockers that take things back.
    ReturnLocker,
    /// A sort that this API has no name for yet.
    Unknown,
}

/// Whether a machine is meant to sell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::OperatingState")]
pub enum OperatingState {
    /// In operation.
    Operational,
    /// Under maintenance.
    Maintenance,
    /// Being moved between merchants.
    Transfer,
    /// Switched off by its operator.
    NotInOperation,
    /// Not told by the vendor, or a state that this API has no name for yet.
    Unknown,
}
