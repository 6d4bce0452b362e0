//! The root of all changes, one file per noun.
//!
//! What the caller can mend comes back in `userErrors`; what it cannot (a missing scope, a fault of ours) is an error
//! of the field.

mod machines;
mod orders;
mod pickup_codes;
mod replenishment;
mod user_error;

use async_graphql::{Context, MergedObject};

use super::field::{Field, field, guarded};
use crate::{
    auth::Scope,
    gateway::{Commanded, Problem},
};

pub use user_error::UserError;

/// The root of all changes; one operation makes at most 10 of them. A change that spends money, moves goods or hands out a code is sent to the vendor once:
/// where its answer is lost, `userErrors` says OUTCOME_UNKNOWN, and what came of it is found out later.
#[derive(Debug, Default, MergedObject)]
pub struct Mutation(
    machines::MachineMutation,
    orders::OrderMutation,
    replenishment::ReplenishmentMutation,
    pickup_codes::PickupCodeMutation,
);

/// What a command came to, whose input was checked beforehand: `call` carries it out if the input is good and the asker
/// has the scope.
async fn commanded<'a, Wanted, T, Payload, Called>(
    ctx: &Context<'a>,
    scope: Scope,
    checked: Result<Wanted, Problem>,
    call: impl FnOnce(Field<'a>, Wanted) -> Called,
) -> Option<Payload>
where
    Called: Future<Output = Commanded<T>>,
    Payload: From<Commanded<T>>,
{
    let carried_out = async {
        let field = field(ctx)?;
        Ok(match checked {
            Ok(wanted) => call(field, wanted).await.into(),
            Err(problem) => Commanded::from(problem).into(),
        })
    };
    guarded(ctx, scope, Box::pin(carried_out)).await
}
