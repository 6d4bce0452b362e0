//! Who is asking: a bearer token becomes a [`Caller`], or the request goes no further.

pub mod caller;

pub use caller::{Caller, Grant, Scope, Scopes};
