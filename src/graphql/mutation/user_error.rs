//! What the caller of a mutation can mend.

use async_graphql::SimpleObject;

use crate::{
    gateway::{self, Problem, Refusal},
    graphql::{error::Failure, types::ErrorCode},
    telemetry::metrics,
};

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

impl From<Problem> for UserError {
    fn from(problem: Problem) -> Self {
        let error = Self::at(problem.field, &problem.error);
        match problem.part {
            Some(part) => Self { message: format!("{part}: {}", error.message), ..error },
            None => error,
        }
    }
}

impl UserError {
    /// The error of the argument at that path.
    pub fn at(field: Vec<String>, error: &gateway::Error) -> Self {
        let failure = Failure::from(error.clone());
        metrics::user_error(failure.code().word());
        let told = match error {
            gateway::Error::Vendor { error, .. } => Some(Refusal::of(error)),
            gateway::Error::Refused(refusal) => Some(refusal.clone()),
            gateway::Error::Input(_)
            | gateway::Error::NotFound
            | gateway::Error::Busy
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
