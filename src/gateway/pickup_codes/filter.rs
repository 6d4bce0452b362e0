//! Which pickup codes are asked for.

use std::collections::BTreeSet;

use crate::domain::{AccountName, PickupCodeState, Shelf, Text};

/// Conditions that all must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PickupCodeFilter {
    /// Good at these accounts.
    pub accounts: Option<Vec<AccountName>>,
    /// For one of these machines alone.
    pub machines: Option<Vec<(AccountName, Text)>>,
    /// For one of these shelves alone, by account, machine, cabinet and code.
    pub shelves: Option<Vec<(AccountName, Text, Text, Text)>>,
    /// In one of these states.
    pub states: Option<Vec<PickupCodeState>>,
}

impl PickupCodeFilter {
    /// The machines of an account that are asked for their codes, by number; `None`: no machine is named.
    pub(super) fn machines_of(&self, account: &AccountName) -> Option<BTreeSet<&Text>> {
        let machines = self.machines.as_ref().map(|machines| {
            machines.iter().filter(|(of, _)| of == account).map(|(_, number)| number).collect::<BTreeSet<_>>()
        });
        let Some(shelves) = &self.shelves else { return machines };
        let mut of_shelves: BTreeSet<&Text> =
            shelves.iter().filter(|(of, ..)| of == account).map(|(_, machine, ..)| machine).collect();
        of_shelves.retain(|machine| machines.as_ref().is_none_or(|machines| machines.contains(machine)));
        Some(of_shelves)
    }

    pub(super) fn takes_shelf(&self, account: &AccountName, machine: &Text, on: &Shelf) -> bool {
        self.shelves.as_ref().is_none_or(|shelves| {
            shelves.iter().any(|(of, number, cabinet, code)| {
                (of, number, cabinet, code) == (account, machine, &on.cabinet, &on.code)
            })
        })
    }

    pub(super) fn takes_state(&self, state: PickupCodeState) -> bool {
        self.states.as_ref().is_none_or(|states| states.contains(&state))
    }
}
