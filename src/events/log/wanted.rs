//! Which events somebody follows.

use std::collections::HashSet;

use crate::{
    domain::{AccountName, Event, EventKind, Text},
    store::EventFilter,
};

/// Which events somebody follows, ready to be asked of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    filter: EventFilter,
    accounts: HashSet<AccountName>,
    machines: Option<HashSet<(AccountName, Text)>>,
    kinds: Option<HashSet<EventKind>>,
}

impl Wanted {
    /// What this filter lets through.
    pub fn new(filter: EventFilter) -> Self {
        Self {
            accounts: filter.accounts.iter().cloned().collect(),
            machines: filter.machines.as_ref().map(|machines| machines.iter().cloned().collect()),
            kinds: filter.kinds.as_ref().map(|kinds| kinds.iter().copied().collect()),
            filter,
        }
    }

    /// The filter, as the store is asked.
    pub(super) fn filter(&self) -> &EventFilter {
        &self.filter
    }

    /// Whether an event is wanted.
    pub fn wants(&self, event: &Event) -> bool {
        self.accounts.contains(&event.account)
            && match &self.kinds {
                Some(kinds) => kinds.contains(&event.kind()),
                None => event.kind() != EventKind::Unreadable,
            }
            && self.machines.as_ref().is_none_or(|machines| {
                event
                    .machine
                    .as_ref()
                    .is_some_and(|machine| machines.contains(&(event.account.clone(), machine.clone())))
            })
    }
}
