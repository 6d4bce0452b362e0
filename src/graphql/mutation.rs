//! The root of all changes.

use async_graphql::{Context, Object, SimpleObject};

use super::{
    error::Failure,
    field::{field, guarded},
    input::{self, RefreshMachinesInput},
    types::{ErrorCode, Machine},
};
use crate::{
    auth::Scope,
    gateway::{self, Refusal},
};

/// The greatest number of machines that one refresh takes.
const MOST_REFRESHED: usize = 100;

/// The root of all changes.
#[derive(Debug, Default)]
pub struct Mutation;

/// The root of all changes; one operation makes at most 10 of them.
#[Object]
impl Mutation {
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

/// Something that the caller can mend.
#[derive(Clone, Debug, SimpleObject)]
pub struct UserError {
    /// What is wrong.
    code: ErrorCode,
    /// What is wrong, in words.
    message: String,
    /// The path of the wrong argument in `input`; null when it is none in particular.
    field: Option<Vec<String>>,
    /// The vendor's own code; null when it gave none.
    vendor_code: Option<String>,
    /// The vendor's own words; null when it gave none.
    vendor_message: Option<String>,
    /// Whether the same request may succeed soon.
    retryable: bool,
}

impl UserError {
    /// The error of the argument at that path.
    fn at(field: Vec<String>, error: &gateway::Error) -> Self {
        let failure = Failure::from(error.clone());
        let told = match error {
            gateway::Error::Vendor { error, .. } => Some(Refusal::of(error)),
            gateway::Error::Refused(refusal) => Some(refusal.clone()),
            gateway::Error::Input(_)
            | gateway::Error::NotFound
            | gateway::Error::Store(_)
            | gateway::Error::Internal(_)
            | gateway::Error::NoCallback => None,
        };
        let (vendor_code, vendor_message) =
            told.map(|told| (told.vendor_code, told.vendor_message)).unwrap_or_default();
        Self {
            code: failure.code().into(),
            message: failure.to_string(),
            field: Some(field).filter(|field| !field.is_empty()),
            vendor_code: vendor_code.map(|code| code.to_string()),
            vendor_message: vendor_message.map(|words| words.to_string()),
            retryable: error.is_retryable(),
        }
    }
}
