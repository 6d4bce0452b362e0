//! The root of all reads.

mod log;

use async_graphql::{Context, ID, MergedObject, Object};

use super::{
    error::Failure,
    field::{field, guarded, report, report_member},
    heard::{heard, tells_online_twice},
    input::{
        self, LineFilter, MachineFilter, OrderFilter, PickupCodeFilter, ProductFilter, RefillFilter,
        SiteFilter, TradeFilter,
    },
    types::{
        Connection, CountedConnection, DateTime, Line, Machine, Node, Order, PickupCode, Product, Refill,
        SalesStatistics, Site, Total, Trade, VendorAccount, Viewer,
    },
};
use crate::{
    auth::Scope,
    domain::Id,
    gateway::{Error, Input, Page, PageRequest, lease},
};

pub use log::Log;

/// The greatest number of ids that `nodes` takes.
const MOST_NODES: usize = 100;
/// The longest number of a machine, in characters.
const LONGEST_NUMBER: usize = 100;

/// The root of all reads.
#[derive(Debug, Default, MergedObject)]
pub struct Query(World, Log);

/// What there is.
#[derive(Debug, Default)]
pub struct World;

/// What there is.
#[Object]
impl World {
    /// Any object by its global id; null, with NOT_FOUND, when there is none or it is not yours.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The object's global id.")] id: ID,
    ) -> Option<Node> {
        let found = async { Node::find(field(ctx)?, &input::id("id", &id)?).await };
        found.await.map_err(|failure| report(ctx, &failure)).ok()
    }

    /// Objects by their global ids, in their order; null, with NOT_FOUND, for each that there is not or that is not
    /// yours. At most 100.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The objects' global ids.")] ids: Vec<ID>,
    ) -> async_graphql::Result<Vec<Option<Node>>> {
        let field = field(ctx).map_err(|failure| failure.to_graphql())?;
        let few = input::at_most("ids", &ids, MOST_NODES);
        few.map_err(|input| Failure::from(input).to_graphql())?;
        let found = ids.iter().map(async |id| Node::find(field, &input::id("ids", id)?).await);
        let found = futures_util::future::join_all(found).await;
        let found = found.into_iter().enumerate();
        Ok(found.map(|(at, node)| node.map_err(|failure| report_member(ctx, at, &failure)).ok()).collect())
    }

    /// Whom the token names, and what it allows.
    async fn viewer(&self, ctx: &Context<'_>) -> async_graphql::Result<Viewer> {
        let field = field(ctx).map_err(|failure| failure.to_graphql())?;
        // It is about the caller, while answers are kept for all callers of equal rights.
        lease::note_once();
        let caller = &field.asker.caller;
        Ok(Viewer {
            subject: caller.subject.to_string(),
            scopes: caller.scopes.iter().map(Scope::as_str).collect(),
            accounts: field.gateway.accounts(field.asker).into_iter().map(VendorAccount).collect(),
            expires_at: Some(DateTime(caller.expires_at)),
        })
    }

    /// Your accounts, by name.
    async fn accounts(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<VendorAccount>> {
        let field = field(ctx).map_err(|failure| failure.to_graphql())?;
        Ok(field.gateway.accounts(field.asker).into_iter().map(VendorAccount).collect())
    }

    /// A machine by its global id; null, with NOT_FOUND, when there is none or it is not yours.
    async fn machine(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The machine's global id.")] id: ID,
    ) -> Option<Machine> {
        guarded(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let (account, number) = input::machine("id", &id)?;
                let machine = field.gateway.machine(field.asker, &account, &number).await?;
                Ok(heard(ctx, field, machine).await)
            }),
        )
        .await
    }

    /// A machine by its vendor's number; null when the account has none of that number.
    async fn machine_by_number(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account's global id.")] account_id: ID,
        #[graphql(desc = "The vendor's number of the machine; a leading zero counts.")] number: String,
    ) -> Option<Machine> {
        let found = guarded(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let account = input::account("accountId", &account_id)?;
                field.gateway.account(field.asker, &account)?;
                if number.chars().count() > LONGEST_NUMBER {
                    return Err(Input::TooLong { argument: "number", most: LONGEST_NUMBER }.into());
                }
                match field.gateway.machine(field.asker, &account, &number).await {
                    Ok(machine) => Ok(Some(heard(ctx, field, machine).await)),
                    Err(Error::NotFound) => Ok(None),
                    Err(error) => Err(error.into()),
                }
            }),
        );
        found.await.flatten()
    }

    /// Machines, by account and number.
    async fn machines(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which machines; all when left out.")] filter: Option<MachineFilter>,
        #[graphql(desc = "How many, 1 to 500; 50 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Option<CountedConnection<Machine>> {
        guarded(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let request = PageRequest::new(first, after.as_deref())?;
                let filter = filter.unwrap_or_default().check()?;
                let mut machines = field.gateway.machines(field.asker, filter, &request).await?;
                let page = std::mem::replace(&mut machines.page, Page::empty());
                let asked = ctx.look_ahead();
                if [asked.field("nodes"), asked.field("edges").field("node")].iter().any(tells_online_twice) {
                    field.gateway.hear(field.asker, &page.rows).await;
                }
                let sources = std::mem::take(&mut machines.sources);
                let page = Connection::new(page, sources, Machine);
                Ok(CountedConnection::new(page, Total::Machines(Box::new(machines))))
            }),
        )
        .await
    }

    /// Sites, by account and number.
    async fn sites(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sites; all when left out.")] filter: Option<SiteFilter>,
        #[graphql(desc = "How many, 1 to 500; 50 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Option<CountedConnection<Site>> {
        guarded(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let request = PageRequest::new(first, after.as_deref())?;
                let filter = filter.unwrap_or_default().check()?;
                let sites = field.gateway.sites(field.asker, &filter, &request).await?;
                let page = Connection::new(sites.page, sites.sources, Site);
                Ok(CountedConnection::new(page, Total::Known(sites.total)))
            }),
        )
        .await
    }

    /// Replenishment lines, by account and name.
    async fn lines(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which lines; all when left out.")] filter: Option<LineFilter>,
        #[graphql(desc = "How many, 1 to 500; 50 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Option<CountedConnection<Line>> {
        guarded(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let request = PageRequest::new(first, after.as_deref())?;
                let filter = filter.unwrap_or_default().check()?;
                let lines = field.gateway.lines(field.asker, &filter, &request).await?;
                let page = Connection::new(lines.page, lines.sources, Line);
                Ok(CountedConnection::new(page, Total::Known(lines.total)))
            }),
        )
        .await
    }

    /// Products, by account and number. Where a vendor has no catalogue, what stands on its machines' shelves.
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which products; all when left out.")] filter: Option<ProductFilter>,
        #[graphql(desc = "How many, 1 to 500; 50 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Option<CountedConnection<Product>> {
        guarded(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let request = PageRequest::new(first, after.as_deref())?;
                let filter = filter.unwrap_or_default().check()?;
                let products = field.gateway.products(field.asker, &filter, &request).await?;
                let page = Connection::new(products.page, products.sources, |(account, product)| {
                    Product::listed(account, product)
                });
                Ok(CountedConnection::new(page, Total::Known(products.total)))
            }),
        )
        .await
    }

    /// Trades, newest first: everything that the vendors keep, page by page. Of a vendor that keeps none (Dingshang)
    /// they are the lines of the orders that went through this gateway, source STORE: those that wait for their payment
    /// (PENDING), are paid or paid back (PAID), or whose payment failed (FAILED); not those of orders that lapsed, were
    /// closed or revoked, nor tests. Needs the scope `trades:read`.
    async fn trades(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which trades; all when left out.")] filter: Option<TradeFilter>,
        #[graphql(desc = "How many, 1 to 500; 50 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Option<Connection<Trade>> {
        guarded(
            ctx,
            Scope::TradesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let request = PageRequest::new(first, after.as_deref())?;
                let filter = filter.unwrap_or_default().check()?;
                Ok(Trade::page(field.gateway.trades(field.asker, &filter, &request).await?))
            }),
        )
        .await
    }

    /// An order; as its vendor has it now where it may still change. Null, with NOT_FOUND, when there is none or it is not
    /// yours. Needs the scope `orders:read`.
    async fn order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The order's global id.")] id: ID,
    ) -> Option<Order> {
        guarded(
            ctx,
            Scope::OrdersRead,
            Box::pin(async {
                let field = field(ctx)?;
                let Id::Order { account, trade_number } = input::id("id", &id)? else {
                    return Err(Input::Id { argument: "id", expected: "an order" }.into());
                };
                Ok(Order(field.gateway.order(field.asker, &account, &trade_number).await?))
            }),
        )
        .await
    }

    /// The orders that were placed through this API, newest first, as they were last known. Needs the scope
    /// `orders:read`.
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which orders; all when left out.")] filter: Option<OrderFilter>,
        #[graphql(desc = "How many, 1 to 500; 50 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Option<Connection<Order>> {
        guarded(
            ctx,
            Scope::OrdersRead,
            Box::pin(async {
                let field = field(ctx)?;
                let request = PageRequest::new(first, after.as_deref())?;
                let filter = filter.unwrap_or_default().check()?;
                Ok(Order::page(field.gateway.orders(field.asker, filter, &request).await?))
            }),
        )
        .await
    }

    /// Pickup codes, by account: those that this gateway keeps (its own, and those that InHand made for it), newest first;
    /// and those of vendors that list theirs shelf by shelf (Dingshang), of the machines and shelves that the filter
    /// names, and of no others: over a fleet nobody is asked. Needs the scope `pickup-codes:read`.
    async fn pickup_codes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which codes; all that this gateway keeps when left out.")] filter: Option<
            PickupCodeFilter,
        >,
        #[graphql(desc = "How many, 1 to 500; 50 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Option<Connection<PickupCode>> {
        guarded(
            ctx,
            Scope::PickupCodesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let request = PageRequest::new(first, after.as_deref())?;
                let filter = filter.unwrap_or_default().check()?;
                Ok(PickupCode::page(field.gateway.pickup_codes(field.asker, &filter, &request).await?))
            }),
        )
        .await
    }

    /// The sales of up to 500 machines between two instants, both inclusive, in the order of the ids. A machine
    /// whose sums cannot be had is left out, and an error says why. Of a vendor that sums nothing (Dingshang) they are the
    /// sums of the orders that went through this gateway and are paid, not paid back. Needs the scope `trades:read`.
    async fn sales_statistics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The machines' global ids.")] machine_ids: Vec<ID>,
        #[graphql(desc = "The start of the window.")] from: DateTime,
        #[graphql(desc = "The end of the window.")] to: DateTime,
    ) -> Option<Vec<SalesStatistics>> {
        guarded(
            ctx,
            Scope::TradesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let machines = input::machines("machineIds", &machine_ids)?;
                let sums = field.gateway.sales_statistics(field.asker, &machines, (from.0, to.0)).await?;
                for error in sums.errors {
                    report(ctx, &Failure::from(error));
                }
                Ok(sums.rows.into_iter().map(|(machine, sums)| SalesStatistics { machine, sums }).collect())
            }),
        )
        .await
    }

    /// Refills that this gateway knows of, newest first.
    async fn refills(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which refills; all when left out.")] filter: Option<RefillFilter>,
        #[graphql(desc = "How many, 1 to 500; 50 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Option<Connection<Refill>> {
        guarded(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let request = PageRequest::new(first, after.as_deref())?;
                let filter = filter.unwrap_or_default().check()?;
                let refills = field.gateway.refills(field.asker, &filter, &request).await?;
                Ok(Connection::new(refills.page, refills.sources, |(account, refill)| {
                    Refill::new(account, refill)
                }))
            }),
        )
        .await
    }
}
