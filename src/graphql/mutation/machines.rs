//! Changes to what is known of machines.

use async_graphql::{Context, Object, SimpleObject};

use super::UserError;
use crate::{
    auth::Scope,
    graphql::{
        field::{field, guarded},
        input::{self, RefreshMachinesInput},
        types::Machine,
    },
};

/// The greatest number of machines that one refresh takes.
const MOST_REFRESHED: usize = 100;

/// Changes to what is known of machines.
#[derive(Debug, Default)]
pub struct MachineMutation;

#[Object]
impl MachineMutation {
    /// Asks the vendors for the status of these machines now, whatever is kept. At most 100 machines.
    async fn refresh_machines(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which machines.")] input: RefreshMachinesInput,
    ) -> Option<RefreshMachinesPayload> {
        guarded(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                input::at_most("machineIds", &input.machine_ids, MOST_REFRESHED)?;
                let machines = input::machines("machineIds", &input.machine_ids)?;
                let outcomes = field.gateway.refresh_machines(field.asker, &machines).await;
                let mut payload = RefreshMachinesPayload { machines: Vec::new(), user_errors: Vec::new() };
                for (position, outcome) in outcomes.into_iter().enumerate() {
                    match outcome {
                        Ok(machine) => payload.machines.push(Machine(machine)),
                        Err(error) => payload
                            .user_errors
                            .push(UserError::at(vec!["machineIds".to_owned(), position.to_string()], &error)),
                    }
                }
                Ok(payload)
            }),
        )
        .await
    }
}

/// What became of a refresh.
#[derive(SimpleObject)]
pub struct RefreshMachinesPayload {
    /// The machines that were asked and answered.
    machines: Vec<Machine>,
    /// Why others were not; `field` names the machine's position.
    user_errors: Vec<UserError>,
}
