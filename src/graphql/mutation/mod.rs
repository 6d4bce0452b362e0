//! The root of all changes, one file per noun.
//!
//! What the caller can mend comes back in `userErrors`; what it cannot (a missing scope, a fault of ours) is an error
//! of the field.

mod machines;
mod orders;
mod pickup_codes;
mod replenishment;
mod user_error;

use async_graphql::MergedObject;

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
