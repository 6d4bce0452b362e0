//! Changes to what is known of machines.

use async_graphql::{Context, Object, SimpleObject};

use super::UserError;
use crate::{
    auth::Scope,
    gateway::Error,
    graphql::{
        field::{field, guarded},
        input::{self, RefreshMachinesInput},
        types::Machine,
    },
};

/// What names the machines.
const ARGUMENT: &str = "machineIds";

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
                let mut payload = RefreshMachinesPayload { machines: Vec::new(), user_errors: Vec::new() };
                if let Err(many) = input::at_most(ARGUMENT, &input.machine_ids, MOST_REFRESHED) {
                    payload.user_errors.push(UserError::at(vec![ARGUMENT.to_owned()], &many.into()));
                    return Ok(payload);
                }
                let named = input.machine_ids.iter().map(|id| input::machine(ARGUMENT, id));
                let named: Vec<_> = named.collect();
                let machines: Vec<_> =
                    named.iter().filter_map(|named| named.as_ref().ok().cloned()).collect();
                let mut refreshed = field.gateway.refresh_machines(field.asker, &machines).await.into_iter();
                for (position, named) in named.into_iter().enumerate() {
                    let outcome = named
                        .map_err(Error::from)
                        .and_then(|_| refreshed.next().unwrap_or(Err(Error::NotFound)));
                    match outcome {
                        Ok(machine) => payload.machines.push(Machine(machine)),
                        Err(error) => payload
                            .user_errors
                            .push(UserError::at(vec![ARGUMENT.to_owned(), position.to_string()], &error)),
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
