//! Telling vendors what machines were refilled to.

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject};

use super::{UserError, commanded, orders::shelf};
use crate::{
    auth::Scope,
    domain::Id,
    gateway::{self, Blame as _, Commanded, Input, Problem, Refilled, Replenish},
    graphql::{field::guarded, input, types::Machine},
};

/// Changes to the stock of machines.
#[derive(Debug, Default)]
pub struct ReplenishmentMutation;

#[Object]
impl ReplenishmentMutation {
    /// Tells the vendor that every shelf of a machine, or of one of its parts, is full. Without a part, the vendor is told
    /// of one cabinet after the other, until all are done or one fails. Needs `replenish:write`.
    async fn replenish_machine(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which machine.")] input: ReplenishMachineInput,
    ) -> Option<ReplenishPayload> {
        replenish(ctx, input.check()).await
    }

    /// Tells the vendor what every shelf of a category holds now; in several cabinets one after the other, until all are
    /// done or one fails. Needs `replenish:write`.
    async fn replenish_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which category, and what its shelves hold.")] input: ReplenishCategoryInput,
    ) -> Option<ReplenishPayload> {
        replenish(ctx, input.check()).await
    }

    /// Tells the vendor what one shelf holds now. Needs `replenish:write`.
    async fn replenish_shelf(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which shelf, and what it holds.")] input: ReplenishShelfInput,
    ) -> Option<ReplenishPayload> {
        replenish(ctx, input.check()).await
    }
}

async fn replenish(ctx: &Context<'_>, wanted: Result<Replenish, Problem>) -> Option<ReplenishPayload> {
    commanded(ctx, Scope::ReplenishWrite, wanted, |at, wanted| async move {
        at.gateway.replenish(at.asker, &wanted).await
    })
    .await
}

/// A machine that was refilled.
#[derive(Debug, InputObject)]
pub struct ReplenishMachineInput {
    /// The machine.
    machine_id: ID,
    /// Of this cabinet alone, by its name in `Machine.cabinets`. Not together with `driverAddress`.
    cabinet: Option<String>,
    /// Of what hangs on this driver board alone, 1 to 8. Not together with `cabinet`.
    driver_address: Option<i32>,
}

/// A category of a machine that was refilled.
#[derive(Debug, InputObject)]
pub struct ReplenishCategoryInput {
    /// The machine.
    machine_id: ID,
    /// One of its categories.
    category_id: ID,
    /// What each of its shelves holds now, from 0 to the capacity.
    quantity: i32,
    /// In this cabinet alone, by its name in `Machine.cabinets`. Not together with `driverAddress`.
    cabinet: Option<String>,
    /// On this driver board alone, 1 to 8. Not together with `cabinet`.
    driver_address: Option<i32>,
}

/// A shelf that was refilled.
#[derive(Debug, InputObject)]
pub struct ReplenishShelfInput {
    /// The shelf.
    shelf_id: ID,
    /// What it holds now, from 0 to its capacity.
    quantity: i32,
}

/// What became of a replenishment.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ReplenishPayload {
    #[graphql(skip)]
    machine: Option<Machine>,
    /// Why it was not carried out, or not in whole; empty when it was.
    user_errors: Vec<UserError>,
}

#[ComplexObject]
impl ReplenishPayload {
    /// The machine; its shelves are read anew. Null when there is none. Needs the scope `machines:read`.
    async fn machine(&self, ctx: &Context<'_>) -> Option<Machine> {
        let machine = self.machine.clone()?;
        guarded(ctx, Scope::MachinesRead, Box::pin(async { Ok(machine) })).await
    }
}

impl From<Commanded<gateway::Machine>> for ReplenishPayload {
    fn from(commanded: Commanded<gateway::Machine>) -> Self {
        Self {
            machine: commanded.subject.map(Machine),
            user_errors: commanded.problem.into_iter().map(UserError::from).collect(),
        }
    }
}

impl ReplenishMachineInput {
    fn check(self) -> Result<Replenish, Problem> {
        let machine = input::machine("machineId", &self.machine_id).blame(&["machineId"])?;
        let cabinet = self.cabinet.map(Into::into);
        Ok(Replenish { machine, what: Refilled::Machine, cabinet, driver: self.driver_address })
    }
}

impl ReplenishCategoryInput {
    fn check(self) -> Result<Replenish, Problem> {
        let machine = input::machine("machineId", &self.machine_id).blame(&["machineId"])?;
        let Ok(Id::Category { account, machine: of, category: number }) = Id::decode(&self.category_id)
        else {
            let wrong = Input::Id { argument: "categoryId", expected: "a category" };
            return Err(wrong).blame(&["categoryId"]);
        };
        let what = Refilled::Category { of: (account, of), number, quantity: self.quantity };
        Ok(Replenish { machine, what, cabinet: self.cabinet.map(Into::into), driver: self.driver_address })
    }
}

impl ReplenishShelfInput {
    fn check(self) -> Result<Replenish, Problem> {
        let (machine, cabinet, code) = shelf(&self.shelf_id, &["shelfId"])?;
        let what = Refilled::Shelf { cabinet, code, quantity: self.quantity };
        Ok(Replenish { machine, what, cabinet: None, driver: None })
    }
}
