//! Why a token lets nobody in: one text for the log, another for the caller.

use std::path::PathBuf;

/// A request whose token does not name a caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is none.
    #[error("no bearer token")]
    Missing,
    /// It was good, and has ended.
    #[error("the token has expired")]
    Expired,
    /// It is not good; the log may say why.
    #[error("the token is refused: {0}")]
    Invalid(Fault),
    /// The signer's keys could not be had yet, so that no token can be told from another.
    #[error("the signer's keys are not known")]
    KeysUnknown,
}

impl Error {
    /// What the caller reads. It tells nobody how near a forged token came.
    pub const fn client_text(&self) -> &'static str {
        match self {
            Self::Missing => "a bearer token is required",
            Self::Expired => "the token has expired",
            Self::Invalid(_) => "the token is not valid",
            Self::KeysUnknown => "tokens cannot be checked at the moment",
        }
    }
}

/// What is wrong with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// More bytes than any token needs.
    #[error("it is too long")]
    TooLong,
    /// Not three parts of base64url, or no JSON in them.
    #[error("it is no JWT")]
    Malformed,
    /// `crit`: an extension that must be understood, and none is.
    #[error("its header demands an extension")]
    CriticalExtension,
    /// No key has its `kid`, or it has none where several keys are known.
    #[error("it names no key of the signer's")]
    UnknownKey,
    /// Its `alg` is not the one that its key is for.
    #[error("its algorithm is not its key's")]
    Algorithm,
    /// The signature is not that of the key.
    #[error("its signature does not verify")]
    Signature,
    /// A claim that we need is missing or of the wrong type.
    #[error("its claims are incomplete or of the wrong type")]
    Claims,
    /// `nbf` is to come.
    #[error("it is not valid yet")]
    NotYet,
    /// `iss` is not the configured one.
    #[error("its issuer is another")]
    Issuer,
    /// `aud` does not hold the configured one.
    #[error("its audience is another")]
    Audience,
}

/// Keys that could not be set up or fetched; for the log and the operator.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The HTTP client cannot be made.
    #[error("auth.jwks_url: no HTTP client")]
    Client(#[source] reqwest::Error),
    /// The answer did not come, or not whole.
    #[error("auth.jwks_url: the keys cannot be fetched")]
    Fetch(#[source] reqwest::Error),
    /// The answer was another than 200.
    #[error("auth.jwks_url: the keys' address answers with status {0}")]
    Status(u16),
    /// The answer is longer than keys can sensibly be.
    #[error("auth.jwks_url: the answer is longer than {0} bytes")]
    TooLong(usize),
    /// The file cannot be read.
    #[error("auth.jwks_file: {} cannot be read ({source}); name a readable file", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The text is no JWK set (RFC 7517 §5).
    #[error("what should be the signer's keys is no JWK set; write {{\"keys\": […]}}")]
    NotASet(#[source] serde_json::Error),
    /// None of the keys can prove a token.
    #[error(
        "there is no RSA (2048 bits or more), EC P-256 or Ed25519 key for signatures among the signer's keys; add one"
    )]
    NoUsableKey,
    /// The reading was given up.
    #[error("the reading of the keys was given up")]
    GivenUp,
}
