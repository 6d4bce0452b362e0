//! Who is asking: a bearer token becomes a [`Caller`], or the request goes no further.
//!
//! A token is proved with a shared secret (HS256) or the signer's public keys (RS256, ES256, EdDSA), never by
//! what it says of itself: the algorithm is the key's, keys that a token brings are not looked at, and `exp`
//! and `sub` are required. `exp` is exact; `nbf` may lie 5 s ahead. What the caller reads of a refusal is
//! [`Error::client_text`].

pub mod caller;
pub mod error;
pub mod jwks;
mod keyring;
mod keys;
pub mod minter;
#[cfg(test)]
mod tests;
mod token;
pub mod verifier;

pub use caller::{Caller, Grant, Scope, Scopes};
pub use error::{Error, KeyError};
pub use minter::{MintError, Minter};
pub use verifier::Verifier;

/// The token in the value of an `Authorization` header, or of the field of that name in a WebSocket's
/// `connection_init` (RFC 6750 §2.1; the scheme in any case).
pub fn bearer(value: &str) -> Result<&str, Error> {
    let (scheme, token) = value.trim().split_once(' ').ok_or(Error::Missing)?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token).ok_or(Error::Missing)
}
