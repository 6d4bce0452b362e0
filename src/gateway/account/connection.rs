//! What an account is made of: the adapter to its vendor, and how long answers are kept.

use std::{fmt, sync::Arc, time::Duration};

use super::Account;
use crate::{
    domain::{AccountName, Vendor},
    vendor::{self, transport::Health},
};

/// How long each sort of answer is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// Status, shelves and what else a machine does by itself.
    pub status: Duration,
    /// Products.
    pub products: Duration,
    /// Machines, sites, lines.
    pub sites: Duration,
    /// How much longer each is served when the vendor gives no answer.
    pub max_stale: Duration,
}

/// One adapter, ready to be asked.
#[derive(Clone)]
pub struct Connection {
    /// The account's name.
    pub name: AccountName,
    /// Whose platform it is.
    pub vendor: Vendor,
    /// The adapter.
    pub client: Arc<dyn vendor::Vendor>,
    /// How long one call may take, all its tries together.
    pub timeout: Duration,
    /// How the vendor has been answering.
    pub health: Arc<dyn Fn() -> Health + Send + Sync>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Account {
    /// From now on its vendor is asked so; calls that are under way end as they began.
    pub(in crate::gateway) fn reconnect(&self, connection: Connection) {
        self.connection.store(Arc::new(connection));
    }
}
