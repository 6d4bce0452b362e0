//! Machines, heard first where one answer would tell twice whether they are online.

use std::slice;

use async_graphql::{Context, Lookahead};

use super::{field::Field, types::Machine};
use crate::gateway;

/// Whether a machine's `online` is told beside its status. Fields are resolved side by side: without hearing the
/// machine first, the one could be older than the other in the same answer.
pub fn tells_online_twice(machine: &Lookahead<'_>) -> bool {
    machine.field("online").exists() && machine.field("status").exists()
}

/// The machine, heard first where `online` is told twice.
pub async fn heard(ctx: &Context<'_>, field: Field<'_>, machine: gateway::Machine) -> Machine {
    if tells_online_twice(&ctx.look_ahead()) {
        field.gateway.hear(field.asker, slice::from_ref(&machine)).await;
    }
    Machine(machine)
}
