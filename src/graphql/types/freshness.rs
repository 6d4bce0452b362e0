//! How fresh answers are, and what became of each account's share of a list.

use async_graphql::{Enum, Object, SimpleObject};

use super::{DateTime, ErrorCode, VendorAccount};
use crate::gateway;

/// How old a piece of data is, and where it came from.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct Freshness {
    /// When the vendor said so.
    as_of: DateTime,
    /// Whether it is older than its time to live, and served because the vendor does not answer.
    stale: bool,
    /// Where it came from.
    source: DataSource,
}

impl From<gateway::Freshness> for Freshness {
    fn from(freshness: gateway::Freshness) -> Self {
        let source = match freshness.source {
            gateway::Source::Live => DataSource::Live,
            gateway::Source::Cache => DataSource::Cache,
            gateway::Source::Webhook => DataSource::Webhook,
            gateway::Source::Store => DataSource::Store,
        };
        Self { as_of: freshness.as_of.into(), stale: freshness.stale, source }
    }
}

/// Where a piece of data came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum DataSource {
    /// Asked of the vendor for this request.
    Live,
    /// Asked of the vendor a while ago.
    Cache,
    /// Pushed by the vendor.
    Webhook,
    /// Kept by this gateway.
    Store,
}

/// What became of one account's share of a list.
pub struct SourceStatus(pub gateway::SourceStatus);

/// What became of one account's share of a list.
#[Object]
impl SourceStatus {
    /// The account.
    async fn account(&self) -> VendorAccount {
        VendorAccount(self.0.account.clone())
    }

    /// Whether its share is in the list.
    async fn ok(&self) -> bool {
        self.0.outcome.is_ok()
    }

    /// How fresh its share is; null when there is none.
    async fn freshness(&self) -> Option<Freshness> {
        self.0.outcome.as_ref().ok().map(|freshness| (*freshness).into())
    }

    /// Why its share is missing; null when it is not.
    async fn error(&self) -> Option<SourceError> {
        self.0.error().map(SourceError::from)
    }
}

/// Why an account's vendor gave no answer.
#[derive(Clone, Debug, SimpleObject)]
pub struct SourceError {
    /// What happened.
    pub(super) code: ErrorCode,
    /// What happened, in words.
    pub(super) message: String,
    /// Whether asking again soon may help.
    pub(super) retryable: bool,
}

impl From<&gateway::Error> for SourceError {
    fn from(error: &gateway::Error) -> Self {
        Self { code: error.code().into(), message: error.to_string(), retryable: error.is_retryable() }
    }
}
