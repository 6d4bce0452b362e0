//! Placing, paying, cancelling and dispensing orders.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};

use super::{UserError, commanded};
use crate::{
    auth::Scope,
    domain::{AccountName, Id, Text},
    gateway::{
        Blame as _, Commanded, Input, PlacedOrder, Problem,
        orders::{CreateOrder, Dispense, DispenseOrderLine, TestDispense, WantedLine},
    },
    graphql::{
        input,
        types::{Delivery, Order},
    },
};

/// Changes to orders.
#[derive(Debug, Default)]
pub struct OrderMutation;

#[Object]
impl OrderMutation {
    /// Places an order at a machine whose vendor takes orders; its goods are kept for 20 minutes, in which it is to be paid.
    /// The same `idempotencyKey` gives the same order, also while the first call is under way. Needs `orders:write`.
    async fn create_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is ordered.")] input: CreateOrderInput,
    ) -> Option<OrderPayload> {
        commanded(ctx, Scope::OrdersWrite, input.check(), |at, wanted| async move {
            at.gateway.create_order(at.asker, &wanted).await
        })
        .await
    }

    /// Tells the vendor that an order is paid. An order that is paid already stays so, without an error. Needs
    /// `orders:write`.
    async fn pay_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order.")] input: PayOrderInput,
    ) -> Option<OrderPayload> {
        commanded(ctx, Scope::OrdersWrite, order(&input.order_id), |at, order| async move {
            at.gateway.pay_order(at.asker, &order).await
        })
        .await
    }

    /// Ends an order; its goods go back on sale. Needs `orders:write`.
    async fn cancel_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order, and why.")] input: CancelOrderInput,
    ) -> Option<OrderPayload> {
        commanded(ctx, Scope::OrdersWrite, order(&input.order_id), |at, order| async move {
            at.gateway.cancel_order(at.asker, &order, input.reason.into()).await
        })
        .await
    }

    /// Lets the machine give out one piece of a line of a paid order. While the machine is at it, asking again sends
    /// nothing; a line that failed may be given out again. Needs `orders:write`.
    async fn dispense_order_line(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which line.")] input: DispenseOrderLineInput,
    ) -> Option<DispensePayload> {
        commanded(ctx, Scope::OrdersWrite, input.check(), |at, wanted| async move {
            at.gateway.dispense_order_line(at.asker, &wanted).await
        })
        .await
    }

    /// Lets the machine give out one piece of a shelf without an order, to try the shelf. Needs `orders:write`.
    async fn test_dispense(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which shelf.")] input: TestDispenseInput,
    ) -> Option<DispensePayload> {
        commanded(ctx, Scope::OrdersWrite, input.check(), |at, wanted| async move {
            at.gateway.test_dispense(at.asker, &wanted).await
        })
        .await
    }
}

/// An order to be placed.
#[derive(Debug, InputObject)]
pub struct CreateOrderInput {
    /// The machine that the goods come from.
    machine_id: ID,
    /// What is ordered, 1 to 20 lines, each of another shelf of that machine.
    lines: Vec<OrderLineInput>,
    /// 1 to 255 printable characters of the caller's own, new for every order that is meant; kept for 7 days.
    idempotency_key: String,
}

/// One line of an order to be placed.
#[derive(Debug, InputObject)]
pub struct OrderLineInput {
    /// The shelf.
    shelf_id: ID,
    /// How many pieces, 1 to 100.
    quantity: i32,
}

/// An order that is paid.
#[derive(Debug, InputObject)]
pub struct PayOrderInput {
    /// The order.
    order_id: ID,
}

/// An order to be cancelled.
#[derive(Debug, InputObject)]
pub struct CancelOrderInput {
    /// The order.
    order_id: ID,
    /// Why.
    reason: CancelReason,
}

/// Why an order is cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::gateway::orders::Cancellation")]
pub enum CancelReason {
    /// The money goes back.
    Refund,
    /// It is closed.
    Closed,
    /// It is revoked.
    Revoked,
    /// The payment failed.
    PaymentFailed,
}

/// A line to be given out.
#[derive(Debug, InputObject)]
pub struct DispenseOrderLineInput {
    /// The order.
    order_id: ID,
    /// The line, of that order.
    line_id: ID,
}

/// A shelf to be tried.
#[derive(Debug, InputObject)]
pub struct TestDispenseInput {
    /// The shelf.
    shelf_id: ID,
}

/// What became of a command about an order.
#[derive(SimpleObject)]
pub struct OrderPayload {
    /// The order as it now stands; null when there is none.
    order: Option<Order>,
    /// Why the command was not carried out; empty when it was.
    user_errors: Vec<UserError>,
}

/// What became of a command to dispense.
#[derive(SimpleObject)]
pub struct DispensePayload {
    /// Identifies the dispense; null while the vendor's number of it is not known.
    delivery_id: Option<ID>,
    /// Whether the goods came out; null when nothing was begun.
    delivery: Option<Delivery>,
    /// Why the command was not carried out; empty when it was.
    user_errors: Vec<UserError>,
}

impl From<Commanded<PlacedOrder>> for OrderPayload {
    fn from(commanded: Commanded<PlacedOrder>) -> Self {
        Self {
            order: commanded.subject.map(Order),
            user_errors: commanded.problem.into_iter().map(UserError::from).collect(),
        }
    }
}

impl From<Commanded<Dispense>> for DispensePayload {
    fn from(commanded: Commanded<Dispense>) -> Self {
        let dispense = commanded.subject.as_ref();
        Self {
            delivery_id: dispense.and_then(|dispense| dispense.id.as_ref()).map(|id| id.encode().into()),
            delivery: dispense.map(|dispense| (&dispense.delivery).into()),
            user_errors: commanded.problem.into_iter().map(UserError::from).collect(),
        }
    }
}

impl CreateOrderInput {
    fn check(self) -> Result<CreateOrder, Problem> {
        let (account, machine) = input::machine("machineId", &self.machine_id).blame(&["machineId"])?;
        let key = input::key(&self.idempotency_key).blame(&["idempotencyKey"])?;
        let line = |(position, line): (usize, OrderLineInput)| {
            let (of, cabinet, code) = shelf(&line.shelf_id, &["lines", &position.to_string(), "shelfId"])?;
            Ok(WantedLine { of, cabinet, shelf: code, quantity: line.quantity })
        };
        let lines = self.lines.into_iter().enumerate().map(line).collect::<Result<_, Problem>>()?;
        Ok(CreateOrder { account, machine, lines, key })
    }
}

impl DispenseOrderLineInput {
    fn check(&self) -> Result<DispenseOrderLine, Problem> {
        let order = order(&self.order_id)?;
        let Ok(Id::OrderLine { account, trade_number, position }) = Id::decode(&self.line_id) else {
            return Err(Input::Id { argument: "lineId", expected: "an order's line" }).blame(&["lineId"]);
        };
        Ok(DispenseOrderLine { order, line: (account, trade_number, position) })
    }
}

impl TestDispenseInput {
    fn check(&self) -> Result<TestDispense, Problem> {
        let (of, cabinet, code) = shelf(&self.shelf_id, &["shelfId"])?;
        Ok(TestDispense { of, cabinet, shelf: code })
    }
}

/// An order's account and trade number.
fn order(id: &ID) -> Result<(AccountName, Text), Problem> {
    match Id::decode(id) {
        Ok(Id::Order { account, trade_number }) => Ok((account, trade_number)),
        _ => Err(Input::Id { argument: "orderId", expected: "an order" }).blame(&["orderId"]),
    }
}

/// A shelf: its account and machine, its cabinet, its code.
pub(super) type ShelfName = ((AccountName, Text), Text, Text);

pub(super) fn shelf(id: &ID, path: &[&str]) -> Result<ShelfName, Problem> {
    match Id::decode(id) {
        Ok(Id::Shelf { account, machine, cabinet, code }) => Ok(((account, machine), cabinet, code)),
        _ => Err(Input::Id { argument: "shelfId", expected: "a shelf" }).blame(path),
    }
}
