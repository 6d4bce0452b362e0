//! `[cache]`: for how long what a vendor said is taken as true.

use std::time::Duration;

use super::{
    error::Problem,
    section::{Keys, Section},
};

/// `[cache]`: times to live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    /// Of a machine's status; past it, the asker waits for the one refresh.
    pub status: Duration,
    /// Of products; past it, the old is served at once and one refresh runs behind.
    pub products: Duration,
    /// Of sites and lines; likewise.
    pub sites: Duration,
    /// How long what is past its time is served, marked stale, when the vendor does not answer.
    pub max_stale: Duration,
}

pub(super) const KEYS: Keys<'static> =
    Keys { plain: &["status", "products", "sites", "max_stale"], secret: &[] };

impl Default for Cache {
    fn default() -> Self {
        Self {
            status: Duration::from_secs(10),
            products: Duration::from_mins(10),
            sites: Duration::from_mins(5),
            max_stale: Duration::from_hours(1),
        }
    }
}

impl Cache {
    pub(super) fn read(section: &mut Section<'_>) -> Result<Self, Problem> {
        let default = Self::default();
        Ok(Self {
            status: section.duration("status", default.status)?,
            products: section.duration("products", default.products)?,
            sites: section.duration("sites", default.sites)?,
            max_stale: section.duration("max_stale", default.max_stale)?,
        })
    }
}
