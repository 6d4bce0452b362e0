//! Why we close a socket, in the codes of graphql-transport-ws and of RFC 6455.

use std::borrow::Cow;

use crate::{http::subscriptions::ending::End, telemetry::metrics::Reason};

/// The longest reason, in bytes: a close frame holds 125, with the code (RFC 6455 §5.5).
const REASON_BYTES: usize = 123;

/// A code and a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Close {
    pub code: u16,
    pub reason: Cow<'static, str>,
    /// As what it is counted; `None`: it is what the client wanted.
    pub counted: Option<Reason>,
}

impl Close {
    const fn new(code: u16, reason: &'static str, counted: Reason) -> Self {
        Self { code, reason: Cow::Borrowed(reason), counted: Some(counted) }
    }

    /// The client said that it is done.
    pub(super) const fn normal() -> Self {
        Self { code: 1000, reason: Cow::Borrowed(""), counted: None }
    }

    /// Whether the token is good cannot be told now: the client should come back.
    pub(super) const fn try_again() -> Self {
        Self::new(1013, "tokens cannot be verified at the moment", Reason::NoVerdict)
    }

    /// The caller has as many sockets and streams as they may: the client should come back later.
    pub(super) const fn too_many() -> Self {
        Self::new(1013, "this caller has too many sockets and streams open", Reason::TooMany)
    }

    /// A message that the sub-protocol does not know, or not like this.
    pub(super) fn bad_message(why: impl Into<Cow<'static, str>>) -> Self {
        let mut reason = why.into();
        if reason.len() > REASON_BYTES {
            let end = (0..=REASON_BYTES - '…'.len_utf8()).rev().find(|end| reason.is_char_boundary(*end));
            reason.to_mut().truncate(end.unwrap_or(0));
            reason.to_mut().push('…');
        }
        Self { code: 4400, reason, counted: Some(Reason::Protocol) }
    }

    /// An operation before the connection was acknowledged.
    pub(super) const fn unauthorized() -> Self {
        Self::new(4401, "Unauthorized", Reason::Token)
    }

    /// A token that is not good.
    pub(super) const fn forbidden() -> Self {
        Self::new(4403, "Forbidden", Reason::Token)
    }

    /// No sub-protocol of ours.
    pub(super) const fn subprotocol() -> Self {
        Self::new(4406, "Subprotocol not acceptable", Reason::Protocol)
    }

    /// No `connection_init` in time.
    pub(super) const fn late() -> Self {
        Self::new(4408, "Connection initialisation timeout", Reason::Late)
    }

    /// An operation's id that is taken.
    pub(super) fn taken(id: &str) -> Self {
        let id: String = id.chars().take(20).collect();
        let reason = Cow::Owned(format!("Subscriber for {id} already exists"));
        Self { code: 4409, reason, counted: Some(Reason::Protocol) }
    }

    /// Another `connection_init`.
    pub(super) const fn greeted_twice() -> Self {
        Self::new(4429, "Too many initialisation requests", Reason::Protocol)
    }

    /// A fault of ours.
    pub(super) const fn internal() -> Self {
        Self::new(4500, "Internal server error", Reason::Fault)
    }
}

impl From<End> for Close {
    fn from(end: End) -> Self {
        match end {
            End::Token => Self::new(4401, "Unauthorized: the token has expired", Reason::Token),
            // Not 1001: clients take that for the end of what they wanted. After 1012 they come back.
            End::Shutdown => Self::new(1012, "Service restart", Reason::Shutdown),
        }
    }
}
