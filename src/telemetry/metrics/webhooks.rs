//! What platforms send by themselves.

use super::{requests::UNKNOWN, table::TABLE};

/// No message of an account came to that yet; `None`: of one of which it is not known whose it is.
pub fn begin_webhook(account: Option<&str>, kind: &str, outcome: &str) {
    TABLE.webhooks.of([account.unwrap_or(UNKNOWN), kind, outcome]);
}

/// A message of an account came to that; `None`: it is not known whose it is.
pub fn webhook(account: Option<&str>, kind: &str, outcome: &str) {
    TABLE.webhooks.of([account.unwrap_or(UNKNOWN), kind, outcome]).inc();
}
