//! The operator's accounts, which may change while the gateway runs.

use std::sync::Arc;

use arc_swap::ArcSwap;
use jiff::Timestamp;

use super::{
    Account,
    lease::{self, Current, Revision},
};
use crate::domain::AccountName;

/// All accounts, by name.
#[derive(Debug)]
pub(super) struct Accounts {
    set: ArcSwap<Set>,
    revision: Arc<Revision>,
}

/// The accounts that there are at one time.
#[derive(Debug)]
pub(super) struct Set {
    list: Vec<Arc<Account>>,
    current: Current,
}

impl Set {
    fn new(mut list: Vec<Arc<Account>>) -> Self {
        list.sort_unstable_by(|a, b| a.name().cmp(b.name()));
        Self { list, current: Current::new() }
    }

    /// Each of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Account>> {
        self.list.iter()
    }

    /// The one of that name.
    pub fn named(&self, name: &AccountName) -> Option<&Arc<Account>> {
        let at = self.list.binary_search_by(|account| account.name().cmp(name)).ok()?;
        self.list.get(at)
    }
}

impl Accounts {
    pub fn new(list: Vec<Arc<Account>>, revision: Arc<Revision>) -> Self {
        Self { set: ArcSwap::from_pointee(Set::new(list)), revision }
    }

    /// Those that there are now. An answer that is made of them stands until there are others.
    pub fn now(&self) -> Arc<Set> {
        let set = self.set.load_full();
        lease::note_value(&set.current, Timestamp::MAX);
        set
    }

    /// From now on these are all.
    pub fn replace(&self, list: Vec<Arc<Account>>) {
        let before = self.set.swap(Arc::new(Set::new(list)));
        before.current.end();
        self.revision.advance();
    }
}
