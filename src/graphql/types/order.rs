//! Orders.

use async_graphql::{Context, Enum, ID, Object};

use super::{Connection, DateTime, Delivery, Machine, Money, PickupCode, Shelf, VendorAccount};
use crate::{
    auth::Scope,
    domain,
    gateway::{self, PlacedOrder},
    graphql::{
        direct::List,
        field::{field, guarded_option},
    },
};

/// An order that was placed through this API.
#[derive(Clone, Debug)]
pub struct Order(pub PlacedOrder);

impl Order {
    /// A page of orders.
    pub fn page(page: gateway::orders::OrderPage) -> Connection<Self> {
        Connection::new(page.page, page.sources, Self)
    }
}

/// An order that was placed through this API.
#[Object]
impl Order {
    /// Global id.
    pub async fn id(&self) -> ID {
        self.0.id().encode().into()
    }

    /// The account it was placed at.
    async fn account(&self) -> VendorAccount {
        VendorAccount(self.0.account.clone())
    }

    /// The machine that the goods come from. Needs the scope `machines:read`. Of a machine that its vendor does not list
    /// (any more) only the number is known.
    async fn machine(&self, ctx: &Context<'_>) -> async_graphql::Result<Machine> {
        let field = field(ctx).map_err(|failure| failure.to_graphql())?;
        field.permit(Scope::MachinesRead).map_err(|failure| failure.to_graphql())?;
        Ok(Machine(field.gateway.machine_of(field.asker, &self.0).await))
    }

    /// The vendor's number of it; null while it is not known whether the vendor took it.
    async fn number(&self) -> Option<&str> {
        self.0.order.number.as_deref()
    }

    /// This API's own number of it, which the vendor was given: 24 digits.
    async fn trade_number(&self) -> &str {
        &self.0.order.trade_number
    }

    /// How far it is.
    async fn state(&self) -> OrderState {
        self.0.order.state.into()
    }

    /// What it costs; null until the vendor told.
    async fn amount(&self) -> Option<Money> {
        self.0.order.amount.map(Money::from)
    }

    /// What is ordered.
    async fn lines(&self) -> List<OrderLine> {
        let line = |line: &domain::OrderLine| OrderLine { order: self.0.clone(), line: line.clone() };
        self.0.order.lines.iter().map(line).collect()
    }

    /// The pickup code that paid for it; null where none did, or it is not known. Needs the scope `pickup-codes:read`.
    async fn pickup_code(&self, ctx: &Context<'_>) -> Option<PickupCode> {
        guarded_option(
            ctx,
            Scope::PickupCodesRead,
            Box::pin(async { Ok(field(ctx)?.gateway.pickup_code_of(&self.0).await?.map(PickupCode)) }),
        )
        .await
    }

    /// When it was placed.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.order.created_at)
    }

    /// Until when it is to be paid, 20 minutes after it was placed; null where there is nothing to pay.
    async fn pay_before(&self) -> Option<DateTime> {
        self.0.order.pay_before.map(DateTime)
    }
}

/// One line of an order.
#[derive(Clone, Debug)]
pub struct OrderLine {
    order: PlacedOrder,
    line: domain::OrderLine,
}

/// One line of an order.
#[Object]
impl OrderLine {
    /// Identifies it, for `dispenseOrderLine`.
    async fn id(&self) -> ID {
        self.order.line_id(&self.line).encode().into()
    }

    /// The shelf that it comes from; null when the machine has it no more. Needs the scope `machines:read`.
    async fn shelf(&self, ctx: &Context<'_>) -> Option<Shelf> {
        guarded_option(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let machine = field.gateway.machine_of(field.asker, &self.order).await;
                match machine.shelf(&self.line.cabinet, &self.line.shelf, field.asker).await {
                    Ok((shelf, as_of)) => Ok(Some(Shelf::new(machine, shelf, as_of))),
                    Err(gateway::Error::NotFound) => Ok(None),
                    Err(error) => Err(error.into()),
                }
            }),
        )
        .await
    }

    /// The product's name when it was ordered; null where the vendor did not tell.
    async fn product_name(&self) -> Option<&str> {
        self.line.product_name.as_deref()
    }

    /// How many pieces.
    async fn quantity(&self) -> u32 {
        self.line.quantity
    }

    /// What all pieces of the line cost; null until the vendor told.
    async fn price(&self) -> Option<Money> {
        self.line.price.map(Money::from)
    }

    /// Whether the goods came out.
    async fn delivery(&self) -> Delivery {
        (&self.line.delivery).into()
    }
}

/// How far an order is. A later state is never left for an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::OrderState")]
pub enum OrderState {
    /// Not paid yet.
    Unpaid,
    /// Paid.
    Paid,
    /// The shopper is paying.
    Paying,
    /// The payment failed.
    PaymentFailed,
    /// The money goes or went back.
    Refund,
    /// Closed.
    Closed,
    /// Revoked.
    Revoked,
    /// Not paid within 20 minutes.
    Expired,
    /// Paid by a pickup code.
    PickupCode,
    /// A test.
    Test,
    /// It is not known whether the vendor took the order, or the vendor named a state that this API has no name for yet.
    Unknown,
}
