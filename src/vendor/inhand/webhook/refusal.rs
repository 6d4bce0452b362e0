//! Why a message or a call of the platform's is refused unread, and how it is told so. The document gives no table of
//! error codes, so that the words are ours.

use thiserror::Error;

use crate::vendor::inhand::sign::Malformed;

/// Why a message or a call is not the platform's, or not to be told from one that is not.
#[derive(Debug, Error)]
pub enum Refusal {
    /// Its parameters cannot be told.
    #[error("the parameters cannot be told")]
    Malformed(#[from] Malformed),
    /// It has no nonce, or one that is too long to be remembered.
    #[error("there is no nonce, or it is too long")]
    NonceMissing,
    /// A call lacks a parameter that it needs.
    #[error("the parameter `{0}` is missing")]
    ParameterMissing(&'static str),
    /// It is not signed.
    #[error("there is no signature")]
    SignMissing,
    /// It names another account than the one it was sent to, or none.
    #[error("the client is not known here")]
    ClientUnknown,
    /// It is not signed with the account's key.
    #[error("the signature is wrong")]
    SignWrong,
}

impl Refusal {
    /// The word that the platform is told.
    pub const fn error_code(&self) -> &'static str {
        match self {
            Self::Malformed(Malformed::Body(_)) => "MALFORMED",
            Self::Malformed(Malformed::Deep(_)) => "TOO_DEEP",
            Self::Malformed(Malformed::Ambiguous(_)) => "AMBIGUOUS",
            Self::Malformed(Malformed::TooMany) => "TOO_MANY",
            Self::NonceMissing => "NONCE_MISSING",
            Self::ParameterMissing(_) => "PARAMETER_MISSING",
            Self::SignMissing => "SIGN_MISSING",
            Self::ClientUnknown => "CLIENT_UNKNOWN",
            Self::SignWrong => "SIGN_WRONG",
        }
    }

    /// The HTTP status that fits.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::NonceMissing | Self::ParameterMissing(_) => 400,
            Self::SignMissing | Self::SignWrong => 401,
            Self::ClientUnknown => 403,
        }
    }
}
