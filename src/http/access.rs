//! `Authorization: Bearer …` → a [`Caller`].

use std::sync::Arc;

use axum::http::{HeaderMap, header};

use crate::auth::Caller;

use super::{Authenticate, Denied, Door, answer::Fault};

/// Whom the request's token names, where they may ask once more.
///
/// What is not a token of ours costs the look at its signature and nothing that lasts: the body is not read, and no share is
/// kept for somebody who may be anybody. Guessing needs no bound of its own: a signature is not to be guessed, and more than
/// `limits.max_concurrency` guesses at a time are refused before they are looked at.
pub(super) async fn caller(door: &Door, headers: &HeaderMap) -> Result<Arc<Caller>, Fault> {
    let caller = verified(door.0.behind.verifier.as_ref(), headers).await?;
    door.0.callers.charge(&caller, &door.settings().share)?;
    Ok(caller)
}

async fn verified(verifier: &dyn Authenticate, headers: &HeaderMap) -> Result<Arc<Caller>, Fault> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return Err(Fault::NoToken) };
    let token = value.to_str().ok().and_then(bearer).ok_or(Fault::NoToken)?;
    verifier.caller(token).await.map_err(Fault::from)
}

impl From<Denied> for Fault {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Invalid => Self::BadToken,
            Denied::Expired => Self::OldToken,
            Denied::Unavailable => Self::NoVerdict,
        }
    }
}

/// The token of a `Bearer` header; the scheme is written in any case (RFC 9110 §11.1).
pub(super) fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
