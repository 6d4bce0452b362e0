//! Errors as clients see them: one message, and `extensions` with `code`, `retryable`, `account`, `vendorCode`.

use async_graphql::{Error, ErrorExtensions as _, Name, Value};

use crate::{
    auth::Scope,
    gateway::{self, Code},
};

/// Why a field has no value.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    /// The token does not allow it.
    #[error("this needs the scope `{}`", .0.as_str())]
    Forbidden(Scope),
    /// The request reached a field without its asker: a fault of this program.
    #[error("something is wrong on our side")]
    NoContext,
    /// The execution of an event panicked: a fault of this program.
    #[error("something is wrong on our side")]
    Panic,
    /// What comes after a cursor is not kept any more.
    #[error("events are missing here: what came after the cursor is not kept any more")]
    Gap,
    /// A subscription asks for more than one field.
    #[error("a subscription has one field: follow each by itself")]
    ManyFields,
    /// The use case has no answer.
    #[error(transparent)]
    Gateway(#[from] gateway::Error),
}

/// The value of a field, or why it has none.
pub type Result<T> = std::result::Result<T, Failure>;

impl From<gateway::Input> for Failure {
    fn from(input: gateway::Input) -> Self {
        Self::Gateway(input.into())
    }
}

impl Failure {
    /// The contract's code.
    pub fn code(&self) -> Code {
        match self {
            Self::Forbidden(_) => Code::Forbidden,
            Self::NoContext | Self::Panic => Code::Internal,
            Self::Gap => Code::NotFound,
            Self::ManyFields => Code::BadUserInput,
            Self::Gateway(error) => error.code(),
        }
    }

    /// The error as GraphQL carries it. Nothing of the vendor's words or addresses is in it.
    pub fn to_graphql(&self) -> Error {
        let retryable = match self {
            Self::Forbidden(_) | Self::NoContext | Self::Panic | Self::Gap | Self::ManyFields => false,
            Self::Gateway(error) => error.is_retryable(),
        };
        Error::new(self.to_string()).extend_with(|_, extensions| {
            extensions.set("code", Value::Enum(Name::new(self.code().word())));
            extensions.set("retryable", retryable);
            if let Self::Gateway(gateway::Error::Vendor { account, error }) = self {
                extensions.set("account", account.as_str());
                if let Some(code) = &error.vendor_code {
                    extensions.set("vendorCode", code.as_ref());
                }
            }
        })
    }
}
