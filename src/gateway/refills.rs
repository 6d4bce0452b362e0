//! Refills across accounts, newest first: those that the log tells of, and those that a vendor lists since it could not
//! report them. One that is told by both is one.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use super::{
    Account, Asker, Error, Gateway, Input, Page, PageRequest, Result, SourceStatus, lease, sites::with,
    sources::gather,
};
use crate::{
    domain::{AccountName, Capability, Happening, Id, Refill, Text, Window},
    store::{self, RefillPlace, StoredEvent},
};

/// Which refills are asked for.
#[derive(Clone, Debug, Default)]
pub struct RefillFilter {
    /// Of these accounts.
    pub accounts: Option<Vec<AccountName>>,
    /// Of these machines.
    pub machines: Option<Vec<(AccountName, Text)>>,
    /// In this span of time.
    pub window: Window,
}

/// A page of refills.
#[derive(Debug)]
pub struct RefillPage {
    /// The page.
    pub page: Page<(Arc<Account>, Refill)>,
    /// What became of each account's share.
    pub sources: Vec<SourceStatus>,
}

/// Where a refill stands in the list.
type Position = (Reverse<Timestamp>, AccountName, Text);

impl Gateway {
    /// The refills that match, newest first. Where a vendor does not answer, its source says so, and what the log tells of
    /// its machines is told all the same.
    pub async fn refills(
        &self,
        asker: &Asker,
        filter: &RefillFilter,
        request: &PageRequest,
    ) -> Result<RefillPage> {
        lease::note_once();
        let after: Option<Position> = match &request.after {
            None => None,
            Some(Id::Refill { account, machine, refilled_at }) => {
                Some((Reverse(*refilled_at), account.clone(), machine.clone()))
            }
            Some(_) => return Err(Input::Cursor.into()),
        };
        let (mut accounts, unable) =
            self.able(asker, filter.accounts.as_deref(), Capability::EventsRefill, "refills");
        if let Some(machines) = &filter.machines {
            accounts.retain(|account| machines.iter().any(|(of, _)| of == account.name()));
        }
        let logged = self.logged_refills(&accounts, filter, (after.as_ref(), request.first + 1)).await?;
        let until = asker.share_until();
        let gathered = gather(accounts, |account| async move { account.refills(None, until).await }).await;
        let mut rows: BTreeMap<_, _> =
            logged.into_iter().map(|row| (position(&row.0, &row.1), row)).collect();
        for (account, refills) in &gathered.shares {
            let matching = refills.iter().filter(|refill| filter.matches(account.name(), refill));
            for refill in matching {
                let at = position(account, refill);
                if after.as_ref().is_none_or(|after| *after < at) {
                    rows.entry(at).or_insert_with(|| (Arc::clone(account), refill.clone()));
                }
            }
        }
        let page = Page::take(rows.into_values(), request);
        Ok(RefillPage { page, sources: with(gathered.sources, unable) })
    }

    /// The first refills of these accounts that the log tells of, match and come after that place.
    async fn logged_refills(
        &self,
        accounts: &[Arc<Account>],
        filter: &RefillFilter,
        (after, wanted): (Option<&Position>, usize),
    ) -> Result<Vec<(Arc<Account>, Refill)>> {
        let wanted_ones = store::RefillFilter {
            accounts: accounts.iter().map(|account| account.name().clone()).collect(),
            machines: filter.machines.clone(),
            window: filter.window,
        };
        let after = after.map(|(Reverse(refilled_at), account, machine)| RefillPlace {
            refilled_at: *refilled_at,
            account: account.clone(),
            machine: machine.clone(),
        });
        let found = self.store().refills(&wanted_ones, after.as_ref(), wanted).await?;
        let row = |StoredEvent { event, .. }: StoredEvent| {
            let account = accounts.iter().find(|account| *account.name() == event.account)?;
            let Happening::Refill(refill) = event.happening else { return None };
            Some((Arc::clone(account), refill))
        };
        Ok(found.rows.into_iter().filter_map(row).collect())
    }

    /// The refill of that machine at that instant.
    pub async fn refill(
        &self,
        asker: &Asker,
        account: &AccountName,
        machine: &str,
        at: Timestamp,
    ) -> Result<(Arc<Account>, Refill)> {
        lease::note_once();
        let account = &self.account(asker, account)?;
        if !account.can(Capability::EventsRefill) {
            return Err(Error::NotFound);
        }
        let filter = RefillFilter {
            accounts: None,
            machines: Some(vec![(account.name().clone(), machine.into())]),
            window: Window { from: Some(at), to: Some(at) },
        };
        let logged = self.logged_refills(std::slice::from_ref(account), &filter, (None, 1)).await?;
        if let Some(found) = logged.into_iter().next() {
            return Ok(found);
        }
        let refills = account.refills(None, asker.until).await?;
        let found = refills
            .value
            .iter()
            .find(|refill| &*refill.machine_number == machine && refill.refilled_at == at)
            .ok_or(Error::NotFound)?;
        Ok((Arc::clone(account), found.clone()))
    }
}

fn position(account: &Account, refill: &Refill) -> Position {
    (Reverse(refill.refilled_at), account.name().clone(), refill.machine_number.clone())
}

impl RefillFilter {
    fn matches(&self, account: &AccountName, refill: &Refill) -> bool {
        self.window.contains(Some(refill.refilled_at))
            && self.machines.as_ref().is_none_or(|machines| {
                machines.iter().any(|(of, number)| of == account && *number == refill.machine_number)
            })
    }
}
