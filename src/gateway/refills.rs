//! Refills across accounts, newest first.

use std::{cmp::Reverse, sync::Arc};

use jiff::Timestamp;

use super::{
    Account, Asker, Error, Gateway, Input, Page, PageRequest, Result, SourceStatus, sites::with,
    sources::gather,
};
use crate::domain::{AccountName, Capability, Id, Refill, Text, Window};

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
type Position<'a> = (Reverse<Timestamp>, &'a AccountName, &'a Text);

impl Gateway {
    /// The refills that match, newest first.
    pub async fn refills(
        &self,
        asker: &Asker,
        filter: &RefillFilter,
        request: &PageRequest,
    ) -> Result<RefillPage> {
        let after: Option<Position<'_>> = match &request.after {
            None => None,
            Some(Id::Refill { account, machine, refilled_at }) => {
                Some((Reverse(*refilled_at), account, machine))
            }
            Some(_) => return Err(Input::Cursor.into()),
        };
        let (mut accounts, unable) =
            self.able(asker, filter.accounts.as_deref(), Capability::EventsRefill, "refills");
        if let Some(machines) = &filter.machines {
            accounts.retain(|account| machines.iter().any(|(of, _)| of == account.name()));
        }
        let until = asker.share_until();
        let gathered = gather(accounts, |account| async move { account.refills(None, until).await }).await;
        let mut matching: Vec<_> = gathered
            .shares
            .iter()
            .flat_map(|(account, refills)| refills.iter().map(move |refill| (account, refill)))
            .filter(|(account, refill)| filter.matches(account.name(), refill))
            .collect();
        matching.sort_by(|(a, x), (b, y)| position(a, x).cmp(&position(b, y)));
        let rows = matching
            .into_iter()
            .filter(|(account, refill)| after.is_none_or(|after| after < position(account, refill)))
            .map(|(account, refill)| (Arc::clone(account), refill.clone()));
        let page = Page::take(rows, request);
        Ok(RefillPage { page, sources: with(gathered.sources, unable) })
    }

    /// The refill of that machine at that instant.
    pub async fn refill(
        &self,
        asker: &Asker,
        account: &AccountName,
        machine: &str,
        at: Timestamp,
    ) -> Result<(Arc<Account>, Refill)> {
        let account = self.account(asker, account)?;
        if !account.can(Capability::EventsRefill) {
            return Err(Error::NotFound);
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

fn position<'a>(account: &'a Arc<Account>, refill: &'a Refill) -> Position<'a> {
    (Reverse(refill.refilled_at), account.name(), &refill.machine_number)
}

impl RefillFilter {
    fn matches(&self, account: &AccountName, refill: &Refill) -> bool {
        self.window.contains(Some(refill.refilled_at))
            && self.machines.as_ref().is_none_or(|machines| {
                machines.iter().any(|(of, number)| of == account && *number == refill.machine_number)
            })
    }
}
