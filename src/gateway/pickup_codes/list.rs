//! Telling of pickup codes: one, a machine's, a shelf's, and many across accounts.
//!
//! The order of a list is by account; within one whose vendor lists its codes, by machine, shelf and number, and within
//! one whose codes we keep, newest first. A cursor is the id of the code it stands at.

use std::{collections::BTreeSet, pin::pin, sync::Arc};

use futures_util::{StreamExt as _, stream};
use tokio::time::Instant;

use super::{
    FoundPickupCode, KeptPickupCode, PickupCodeFilter, PickupCodePage, ShelfPickupCode, is_listed, remembered,
};
use crate::{
    domain::{AccountName, Id, PickupCode, PickupCodeState, Shelf, Text},
    gateway::{
        Account, Asker, Error, Freshness, Gateway, Input, Machine, Page, PageRequest, Result, Source,
        SourceStatus, lease,
    },
    store::{CodeFilter, Part, Place},
    vendor::Kind,
};

/// How many shelves are asked at a time.
const AT_A_TIME: usize = 8;
/// The greatest number of machines of listing vendors that one list looks through: each of their shelves is a call.
const MOST_MACHINES: usize = 10;

/// What one account has of a list.
struct Share {
    rows: Vec<FoundPickupCode>,
    outcome: Result<Freshness>,
}

/// The codes of some shelves of one machine, by shelf and number, and how fresh they are.
struct Listed {
    rows: Vec<ShelfPickupCode>,
    outcome: Result<Freshness>,
}

impl Gateway {
    /// The pickup codes that match: those we keep, and, of vendors that list theirs shelf by shelf, those of the machines
    /// and shelves that are named.
    pub async fn pickup_codes(
        &self,
        asker: &Asker,
        filter: &PickupCodeFilter,
        request: &PageRequest,
    ) -> Result<PickupCodePage> {
        lease::note_once();
        let after = match &request.after {
            None => None,
            Some(id @ (Id::PickupCode { account, .. } | Id::IssuedPickupCode { account, .. })) => {
                Some((account, id))
            }
            Some(_) => return Err(Input::Cursor.into()),
        };
        let accounts = self.chosen(asker, filter.accounts.as_deref());
        bound(&accounts, filter)?;
        let (mut rows, mut sources) = (Vec::new(), Vec::new());
        for account in accounts {
            let after = match after {
                Some((at, _)) if account.name() < at => continue,
                Some((at, id)) if account.name() == at => Some(id),
                _ => None,
            };
            let left = PageRequest { first: request.first.saturating_sub(rows.len()), after: after.cloned() };
            let share = if is_listed(&account) {
                match filter.machines_of(account.name()) {
                    Some(machines) => self.listed(asker, &account, (filter, machines), &left).await?,
                    None => continue,
                }
            } else {
                self.kept_of(&account, filter, &left).await?
            };
            rows.extend(share.rows);
            sources.push(SourceStatus { account, outcome: share.outcome });
            if rows.len() > request.first {
                break;
            }
        }
        let mut page = Page::take(rows.into_iter(), request);
        page.has_previous = request.after.is_some();
        Ok(PickupCodePage { page, sources })
    }

    /// The unused codes that a machine's vendor lists, by shelf and number; or those of its codes that we keep, newest
    /// first.
    pub async fn machine_pickup_codes(
        &self,
        asker: &Asker,
        machine: &Machine,
        request: &PageRequest,
    ) -> Result<PickupCodePage> {
        if is_listed(&machine.account) {
            let report = machine.report(asker).await?;
            return machine.listed_page(&report.value.shelves, asker, request).await;
        }
        let of = (machine.account.name().clone(), machine.number().clone());
        let filter = PickupCodeFilter {
            accounts: Some(vec![of.0.clone()]),
            machines: Some(vec![of]),
            ..PickupCodeFilter::default()
        };
        self.pickup_codes(asker, &filter, request).await
    }

    /// The unused codes that a shelf's vendor lists, by number. No code that we keep is for one shelf.
    pub async fn shelf_pickup_codes(
        &self,
        asker: &Asker,
        (machine, on): (&Machine, &Shelf),
        request: &PageRequest,
    ) -> Result<PickupCodePage> {
        if is_listed(&machine.account) {
            return machine.listed_page(std::slice::from_ref(on), asker, request).await;
        }
        let account = Arc::clone(&machine.account);
        let page = Page { has_previous: request.after.is_some(), ..Page::empty() };
        Ok(PickupCodePage { page, sources: vec![SourceStatus { outcome: Ok(self.of_store()), account }] })
    }

    /// The pickup code of that number at that machine, cabinet and shelf: as its vendor lists it, else as we remember it.
    pub async fn pickup_code(
        &self,
        asker: &Asker,
        account: &AccountName,
        place: (&str, &str, &str),
        number: &str,
    ) -> Result<FoundPickupCode> {
        let machine = self.machine(asker, account, place.0).await?;
        if !is_listed(&machine.account) {
            return Err(Error::NotFound);
        }
        let found = machine.shelf(place.1, place.2, asker).await?.0;
        let slot = found.slot.as_ref().ok_or(Error::NotFound)?;
        let codes = machine.account.pickup_codes(machine.number(), slot, asker.until).await?;
        if let Some(code) = codes.value.iter().find(|code| &*code.number == number) {
            let code = code.clone();
            return Ok(FoundPickupCode::Listed(ShelfPickupCode { machine, shelf: found, code }));
        }
        let kept = self.kept(&machine.account, &remembered(place.0, number)).await?;
        let mut kept = kept.ok_or(Error::NotFound)?;
        let code = &mut kept.code;
        if (code.cabinet.as_deref(), code.shelf.as_deref()) != (Some(place.1), Some(place.2)) {
            return Err(Error::NotFound);
        }
        if code.state == PickupCodeState::Unused {
            // Its vendor lists it no more, and what became of it did not go through us.
            code.state = PickupCodeState::Unknown;
        }
        Ok(FoundPickupCode::Kept(kept))
    }

    /// The pickup code that we keep under that number.
    pub async fn kept_pickup_code(
        &self,
        asker: &Asker,
        account: &AccountName,
        number: &str,
    ) -> Result<KeptPickupCode> {
        let account = &self.account(asker, account)?;
        if is_listed(account) {
            return Err(Error::NotFound);
        }
        self.kept(account, number).await?.ok_or(Error::NotFound)
    }

    /// Of the machines that are named, the codes that the account's vendor lists; no more than the page needs.
    async fn listed(
        &self,
        asker: &Asker,
        account: &Arc<Account>,
        (filter, machines): (&PickupCodeFilter, BTreeSet<&Text>),
        request: &PageRequest,
    ) -> Result<Share> {
        let after = after_listed(request)?;
        let mut share = Share { rows: Vec::new(), outcome: Ok(live(account)) };
        for number in machines {
            if after.is_some_and(|(machine, ..)| number < machine) {
                continue;
            }
            let found = async {
                let machine = self.machine(asker, account.name(), number).await?;
                let report = machine.report(asker).await?;
                Ok((machine, report))
            };
            let (machine, report) = match found.await {
                Ok(found) => found,
                Err(Error::NotFound) => continue,
                Err(error) => {
                    share.outcome = Err(error);
                    continue;
                }
            };
            let shelves = report.value.shelves.iter();
            let shelves: Vec<Shelf> =
                shelves.filter(|shelf| filter.takes_shelf(account.name(), number, shelf)).cloned().collect();
            let listed = machine.listed_codes(&shelves, asker.until).await;
            share.outcome = share.outcome.and_then(|oldest| Ok(older(oldest, listed.outcome?)));
            let wanted = |row: &ShelfPickupCode| {
                filter.takes_state(row.code.state) && after.is_none_or(|after| after < place_of(row))
            };
            share.rows.extend(listed.rows.into_iter().filter(wanted).map(FoundPickupCode::Listed));
            if share.rows.len() > request.first {
                break;
            }
        }
        Ok(share)
    }

    /// What we keep of an account's codes, newest first; no more than the page needs.
    async fn kept_of(
        &self,
        account: &Arc<Account>,
        filter: &PickupCodeFilter,
        request: &PageRequest,
    ) -> Result<Share> {
        let after = match &request.after {
            None => None,
            Some(Id::IssuedPickupCode { code, .. }) => {
                let at = self.kept(account, code).await?.ok_or(Input::Cursor)?.code;
                Some(Place { created_at: at.created_at, account: at.account, number: at.number })
            }
            Some(_) => return Err(Input::Cursor.into()),
        };
        let machines = filter.machines_of(account.name());
        // None of them is for one shelf.
        if filter.shelves.is_some() || machines.as_ref().is_some_and(BTreeSet::is_empty) {
            return Ok(Share { rows: Vec::new(), outcome: Ok(self.of_store()) });
        }
        let named = |machine: &Text| (account.name().clone(), machine.clone());
        let wanted = CodeFilter {
            accounts: vec![account.name().clone()],
            machines: machines.map(|machines| machines.into_iter().map(named).collect()),
            states: filter.states.clone(),
            issuer: None,
            now: self.clock.now(),
        };
        let part = Part { first: request.first.saturating_add(1), after };
        let found = match self.store().codes(&wanted, &part).await {
            Ok(found) => found.rows,
            Err(error) => return Ok(Share { rows: Vec::new(), outcome: Err(error.into()) }),
        };
        let row = |code| {
            let account = Arc::clone(account);
            FoundPickupCode::Kept(KeptPickupCode { account, code })
        };
        Ok(Share { rows: found.into_iter().map(row).collect(), outcome: Ok(self.of_store()) })
    }

    fn of_store(&self) -> Freshness {
        lease::note_once();
        Freshness { as_of: self.clock.now(), stale: false, source: Source::Store }
    }
}

impl Machine {
    /// A page of the codes that the vendor lists for these shelves.
    async fn listed_page(
        &self,
        shelves: &[Shelf],
        asker: &Asker,
        request: &PageRequest,
    ) -> Result<PickupCodePage> {
        let after = after_listed(request)?;
        let Listed { rows, outcome } = self.listed_codes(shelves, asker.until).await;
        let rows = rows.into_iter().filter(|row| after.is_none_or(|after| after < place_of(row)));
        let page = Page::take(rows.map(FoundPickupCode::Listed), request);
        Ok(PickupCodePage {
            page,
            sources: vec![SourceStatus { account: Arc::clone(&self.account), outcome }],
        })
    }

    async fn listed_codes(&self, shelves: &[Shelf], until: Instant) -> Listed {
        let slots: Vec<_> =
            shelves.iter().enumerate().filter_map(|(at, shelf)| Some((at, shelf.slot.clone()?))).collect();
        let answers = stream::iter(slots)
            .map(|(at, slot)| {
                let machine = self.clone();
                async move { (at, machine.account.pickup_codes(machine.number(), &slot, until).await) }
            })
            .buffered(AT_A_TIME);
        let mut answers = pin!(answers);
        let mut codes: Vec<(&Shelf, PickupCode)> = Vec::new();
        let mut outcome = Ok(live(&self.account));
        while let Some((at, answer)) = answers.next().await {
            let Some(own) = shelves.get(at) else { continue };
            match answer {
                Ok(fresh) => {
                    codes.extend(fresh.value.iter().map(|code| (own, code.clone())));
                    outcome = outcome.map(|oldest| older(oldest, Freshness::of(&fresh)));
                }
                Err(error) => {
                    let is_for_all = speaks_for_all_shelves(&error);
                    outcome = Err(error);
                    if is_for_all {
                        break;
                    }
                }
            }
        }
        let row = |(shelf, code): (&Shelf, PickupCode)| ShelfPickupCode {
            machine: self.clone(),
            shelf: shelf.clone(),
            code,
        };
        let mut rows: Vec<_> = codes.into_iter().map(row).collect();
        rows.sort_by(|a, b| place_of(a).cmp(&place_of(b)));
        Listed { rows, outcome }
    }
}

/// Refuses a filter that would ask too many shelves, each by a call.
fn bound(accounts: &[Arc<Account>], filter: &PickupCodeFilter) -> Result<()> {
    let asked = accounts.iter().filter(|account| is_listed(account));
    let count: usize =
        asked.filter_map(|account| filter.machines_of(account.name())).map(|machines| machines.len()).sum();
    if count > MOST_MACHINES {
        let argument = if filter.shelves.is_some() { "shelfIds" } else { "machineIds" };
        return Err(Input::TooMany { argument, count, most: MOST_MACHINES }.into());
    }
    Ok(())
}

fn live(account: &Account) -> Freshness {
    Freshness { as_of: account.now(), stale: false, source: Source::Live }
}

fn older(one: Freshness, other: Freshness) -> Freshness {
    if other.as_of < one.as_of { other } else { one }
}

/// Where a code stands among those that a vendor lists: machine, cabinet, shelf, number.
type Position<'a> = (&'a Text, &'a Text, &'a Text, &'a Text);

fn place_of(row: &ShelfPickupCode) -> Position<'_> {
    (row.machine.number(), &row.shelf.cabinet, &row.shelf.code, &row.code.number)
}

fn after_listed(request: &PageRequest) -> Result<Option<Position<'_>>> {
    match &request.after {
        None => Ok(None),
        Some(Id::PickupCode { machine, cabinet, shelf, code, .. }) => {
            Ok(Some((machine, cabinet, shelf, code)))
        }
        Some(_) => Err(Input::Cursor.into()),
    }
}

/// Whether every other shelf of the machine would be answered alike: then none of them is asked.
fn speaks_for_all_shelves(error: &Error) -> bool {
    match error {
        Error::Vendor { error, .. } => {
            error.kind.speaks_for_machine()
                || matches!(error.kind, Kind::PickupCodesDisabled | Kind::CircuitOpen)
        }
        Error::Input(_)
        | Error::NotFound
        | Error::Refused(_)
        | Error::Busy
        | Error::Store(_)
        | Error::Internal(_)
        | Error::NoCallback => false,
    }
}
