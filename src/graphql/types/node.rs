//! Any object, found again by its global id.

use async_graphql::{ID, Interface};

use super::{Line, Machine, Order, PickupCode, Product, Refill, Shelf, Site, Trade, VendorAccount};
use crate::{
    auth::Scope,
    domain::Id,
    gateway,
    graphql::{
        error::{Failure, Result},
        field::Field,
    },
};

/// Any object that can be found again by its global id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Global id: opaque, stable, the same in every answer."))]
pub enum Node {
    /// An account.
    VendorAccount(VendorAccount),
    /// A machine.
    Machine(Machine),
    /// A shelf.
    Shelf(Shelf),
    /// A product.
    Product(Product),
    /// A site.
    Site(Site),
    /// A line.
    Line(Line),
    /// A trade.
    Trade(Trade),
    /// A refill.
    Refill(Refill),
    /// An order.
    Order(Order),
    /// A pickup code.
    PickupCode(PickupCode),
}

impl Node {
    /// The object of that id, where the asker may see it.
    pub async fn find(field: Field<'_>, id: &Id) -> Result<Self> {
        let Field { gateway, asker } = field;
        let account = id.account();
        let machines = || field.permit(Scope::MachinesRead);
        Ok(match id {
            Id::Account { .. } => Self::VendorAccount(VendorAccount(gateway.account(asker, account)?)),
            Id::Machine { machine, .. } => {
                machines()?;
                Self::Machine(Machine(gateway.machine(asker, account, machine).await?))
            }
            Id::Shelf { machine, cabinet, code, .. } => {
                machines()?;
                let machine = gateway.machine(asker, account, machine).await?;
                let (shelf, as_of) = machine.shelf(cabinet, code, asker).await?;
                Self::Shelf(Shelf::new(machine, shelf, as_of))
            }
            Id::Product { product, .. } => {
                machines()?;
                let (account, product) = gateway.product(asker, account, product).await?;
                Self::Product(Product::listed(account, product))
            }
            Id::Site { site, .. } => {
                machines()?;
                Self::Site(Site(gateway.site(asker, account, site).await?))
            }
            Id::Line { area, line, .. } => {
                machines()?;
                Self::Line(Line(gateway.line(asker, account, area.as_ref(), line).await?))
            }
            Id::Trade { machine, created_at, order, .. } => {
                field.permit(Scope::TradesRead)?;
                Self::Trade(Trade(gateway.trade(asker, account, (machine, *created_at), order).await?))
            }
            Id::Refill { machine, refilled_at, .. } => {
                machines()?;
                let (account, refill) = gateway.refill(asker, account, machine, *refilled_at).await?;
                Self::Refill(Refill::new(account, refill))
            }
            Id::PickupCode { machine, cabinet, shelf, code, .. } => {
                field.permit(Scope::PickupCodesRead)?;
                let place = (&**machine, &**cabinet, &**shelf);
                Self::PickupCode(PickupCode(gateway.pickup_code(asker, account, place, code).await?))
            }
            Id::Order { trade_number, .. } => {
                field.permit(Scope::OrdersRead)?;
                Self::Order(Order(gateway.order(asker, account, trade_number).await?))
            }
            Id::IssuedPickupCode { code, .. } => {
                field.permit(Scope::PickupCodesRead)?;
                let kept = gateway.kept_pickup_code(asker, account, code).await?;
                Self::PickupCode(PickupCode(gateway::FoundPickupCode::Kept(kept)))
            }
            Id::Category { .. } | Id::OrderLine { .. } | Id::Delivery { .. } => {
                return Err(Failure::Gateway(gateway::Error::NotFound));
            }
        })
    }
}
