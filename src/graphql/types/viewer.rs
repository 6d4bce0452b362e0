//! Who is asking.

use async_graphql::SimpleObject;

use super::{DateTime, VendorAccount};

/// Whom the token names, and what it allows.
#[derive(SimpleObject)]
pub struct Viewer {
    /// The token's `sub`.
    pub subject: String,
    /// What the token allows.
    pub scopes: Vec<&'static str>,
    /// The accounts that exist for this caller, by name.
    pub accounts: Vec<VendorAccount>,
    /// When the token ends.
    pub expires_at: Option<DateTime>,
}
