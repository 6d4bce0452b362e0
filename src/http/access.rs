//! `Authorization: Bearer …` → a [`Caller`].

use std::sync::Arc;

use axum::http::{HeaderMap, header};

use crate::auth::Caller;

use super::{Authenticate, Denied, answer::Fault};

/// Whom the request's token names.
pub(super) async fn caller(verifier: &dyn Authenticate, headers: &HeaderMap) -> Result<Arc<Caller>, Fault> {
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
