//! Finding machines: by number, by filter, page by page. Works on the fleet view and asks no machine.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
};

use futures_util::future::join_all;

use super::{
    Account, Asker, Error, Gateway, Input, Machine, MachineFilter, Page, PageRequest, Result, SourceStatus,
    fleet::Listing, lease, sources::gather,
};
use crate::domain::{AccountName, Id, Text};

/// A page of machines, and what it was cut from.
#[derive(Debug)]
pub struct MachineList {
    /// The page.
    pub page: Page<Machine>,
    /// What became of each account's share.
    pub sources: Vec<SourceStatus>,
    shares: Vec<(Arc<Account>, Arc<Listing>)>,
    filter: MachineFilter,
    total: OnceLock<usize>,
}

impl MachineList {
    /// How many machines match in all; counted when first asked for.
    pub fn total(&self) -> usize {
        *self.total.get_or_init(|| {
            let count = |listing: &Listing| {
                if self.filter.is_open() {
                    listing.machines().len()
                } else {
                    listing.matching(&self.filter, None).count()
                }
            };
            self.shares.iter().map(|(_, listing)| count(listing)).sum()
        })
    }
}

impl Gateway {
    /// The machines that match, by account and number.
    pub async fn machines(
        &self,
        asker: &Asker,
        filter: MachineFilter,
        request: &PageRequest,
    ) -> Result<MachineList> {
        let after = match &request.after {
            None => None,
            Some(Id::Machine { account, machine }) => Some((account, machine)),
            Some(_) => return Err(Input::Cursor.into()),
        };
        if filter.asks_what_is_known() {
            lease::note_all();
        }
        let mut accounts = self.chosen(asker, filter.accounts.as_deref());
        accounts.retain(|account| {
            filter.vendor.is_none_or(|vendor| vendor == account.vendor())
                && filter.site.as_ref().is_none_or(|(of, _)| of == account.name())
        });
        let until = asker.share_until();
        let gathered = gather(accounts, |account| async move { account.listing(until).await }).await;
        let rows = gathered.shares.iter().filter_map(|(account, listing)| {
            let after = match after {
                Some((of, _)) if account.name() < of => return None,
                Some((of, number)) if account.name() == of => Some(&**number),
                Some(_) | None => None,
            };
            let rows = listing.matching(&filter, after);
            Some(rows.map(|row| Machine { account: Arc::clone(account), row: Arc::clone(row) }))
        });
        Ok(MachineList {
            page: Page::take(rows.flatten(), request),
            sources: gathered.sources,
            shares: gathered.shares,
            filter,
            total: OnceLock::new(),
        })
    }

    /// The machine of that account and number.
    pub async fn machine(&self, asker: &Asker, account: &AccountName, number: &str) -> Result<Machine> {
        let account = &self.account(asker, account)?;
        let listing = account.listing(asker.until).await?;
        let row = listing.value.machine(number).ok_or(Error::NotFound)?;
        Ok(Machine { account: Arc::clone(account), row: Arc::clone(row) })
    }

    /// Reads the status of these machines where what is known is too old, so that all that is told of them next is
    /// from one and the same time. A machine that cannot be read stays as it was known.
    pub async fn hear(&self, asker: &Asker, machines: &[Machine]) {
        join_all(machines.iter().map(|machine| machine.report(asker))).await;
    }

    /// Asks for the status of these machines, whatever is kept, and of each once; one outcome for each that is named, in
    /// their order.
    pub async fn refresh_machines(
        &self,
        asker: &Asker,
        machines: &[(AccountName, Text)],
    ) -> Vec<Result<Machine>> {
        let each: BTreeSet<_> = machines.iter().collect();
        let outcomes = join_all(each.into_iter().map(async |one| {
            let refreshed = async {
                let machine = self.machine(asker, &one.0, &one.1).await?;
                machine.account.refresh_report(&machine.row, asker.until).await?;
                Ok(machine)
            };
            (one, refreshed.await)
        }));
        let outcomes: BTreeMap<_, _> = outcomes.await.into_iter().collect();
        machines.iter().filter_map(|one| outcomes.get(one).cloned()).collect()
    }
}
