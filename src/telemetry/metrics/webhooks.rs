//! What platforms send by themselves.

use super::table::TABLE;

/// A message of an account came to that; `None`: it is not known whose it is.
pub fn webhook(account: Option<&str>, kind: &str, outcome: &str) {
    TABLE.webhooks.of([account.unwrap_or("unknown"), kind, outcome]).inc();
}
