//! `[fleet]`: how the view of all machines is kept fresh.

use std::time::Duration;

use super::{
    duration,
    error::Problem,
    section::{Given, Keys, Section},
};

/// `[fleet]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fleet {
    /// Every machine's status is asked for at least this often; `None`: only when somebody asks.
    pub sweep: Option<Duration>,
    /// Every account is asked for what it may not have told at least this often; `None`: never.
    pub reconcile: Option<Duration>,
}

pub(super) const KEYS: Keys<'static> = Keys { plain: &["sweep", "reconcile"], secret: &[] };

impl Default for Fleet {
    fn default() -> Self {
        Self { sweep: Some(Duration::from_mins(5)), reconcile: Some(Duration::from_mins(5)) }
    }
}

impl Fleet {
    pub(super) fn read(section: &mut Section<'_>) -> Result<Self, Problem> {
        let read = |given: &Given| match given.text()? {
            "off" => Some(None),
            text => duration::parse(text).map(Some),
        };
        let write = "a duration such as \"5m\", or \"off\"";
        let default = Self::default();
        Ok(Self {
            sweep: section.optional("sweep", write, read)?.unwrap_or(default.sweep),
            reconcile: section.optional("reconcile", write, read)?.unwrap_or(default.reconcile),
        })
    }
}
