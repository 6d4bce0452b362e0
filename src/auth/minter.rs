//! Tokens of our own making, where a secret is shared (HS256).

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::ExposeSecret;
use serde::Serialize;

use super::{Caller, Grant, Scope};
use crate::config::{Auth, Proof};

/// Makes tokens that a [`super::Verifier`] of the same `[auth]` accepts.
pub struct Minter {
    key: EncodingKey,
    issuer: Option<String>,
    audience: Option<String>,
}

/// A token that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// Only whoever holds the private key can.
    #[error(
        "auth has no secret: tokens are signed by whoever holds the private key of the configured keys; ask there, or set auth.secret"
    )]
    NoSecret,
    /// The signing failed.
    #[error("the token cannot be signed")]
    Sign(#[source] jsonwebtoken::errors::Error),
}

#[derive(Serialize)]
struct Claims<'c> {
    sub: &'c str,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<&'c str>,
    scope: String,
    accounts: Vec<&'c str>,
}

impl Minter {
    /// A minter with the secret of `[auth]`.
    pub fn new(auth: &Auth) -> Result<Self, MintError> {
        let Proof::Secret(secret) = &auth.proof else { return Err(MintError::NoSecret) };
        Ok(Self {
            key: EncodingKey::from_secret(secret.expose_secret().as_bytes()),
            issuer: auth.issuer.clone(),
            audience: auth.audience.clone(),
        })
    }

    /// A token that names `caller` until `caller.expires_at`, rounded up to the second: a token for half a
    /// second is not one that has ended.
    pub fn mint(&self, caller: &Caller, now: Timestamp) -> Result<String, MintError> {
        let claims = Claims {
            sub: &caller.subject,
            iat: now.as_second(),
            exp: caller.expires_at.as_second() + i64::from(caller.expires_at.subsec_nanosecond() > 0),
            iss: self.issuer.as_deref(),
            aud: self.audience.as_deref(),
            scope: caller.scopes.iter().map(Scope::as_str).collect::<Vec<_>>().join(" "),
            accounts: match &caller.accounts {
                Grant::All => vec!["*"],
                Grant::Named(names) => names.iter().map(crate::domain::AccountName::as_str).collect(),
            },
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.key).map_err(MintError::Sign)
    }
}

impl std::fmt::Debug for Minter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Minter").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
