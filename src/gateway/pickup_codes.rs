//! The vendors' own pickup codes, shelf by shelf.

use std::{pin::pin, sync::Arc};

use futures_util::{StreamExt as _, stream};

use super::{Asker, Error, Freshness, Gateway, Input, Machine, Page, PageRequest, Result, SourceStatus};
use crate::{
    domain::{AccountName, Capability, Id, PickupCode, Shelf, Text},
    vendor::Kind,
};

/// How many shelves are asked at a time.
const AT_A_TIME: usize = 8;

/// A pickup code and the shelf it is good for.
#[derive(Clone, Debug)]
pub struct ShelfPickupCode {
    /// The machine.
    pub machine: Machine,
    /// The shelf.
    pub shelf: Shelf,
    /// The code.
    pub code: PickupCode,
}

/// A page of pickup codes.
#[derive(Debug)]
pub struct PickupCodePage {
    /// The page.
    pub page: Page<ShelfPickupCode>,
    /// What became of the account's share.
    pub sources: Vec<SourceStatus>,
}

impl ShelfPickupCode {
    /// Its global id.
    pub fn id(&self) -> Id {
        Id::PickupCode {
            account: self.machine.account.name().clone(),
            machine: Arc::clone(self.machine.number()),
            cabinet: Arc::clone(&self.shelf.cabinet),
            shelf: Arc::clone(&self.shelf.code),
            code: Arc::clone(&self.code.number),
        }
    }
}

impl Machine {
    /// The unused codes of all shelves, by shelf and number.
    pub async fn pickup_codes(&self, asker: &Asker, request: &PageRequest) -> Result<PickupCodePage> {
        if !self.account.can(Capability::PickupCodeList) {
            return self.shelf_pickup_codes(&[], asker, request).await;
        }
        let report = self.report(asker).await?;
        self.shelf_pickup_codes(&report.value.shelves, asker, request).await
    }

    /// The unused codes of these shelves, by shelf and number.
    pub async fn shelf_pickup_codes(
        &self,
        shelves: &[Shelf],
        asker: &Asker,
        request: &PageRequest,
    ) -> Result<PickupCodePage> {
        let after = match &request.after {
            None => None,
            Some(Id::PickupCode { cabinet, shelf, code, .. }) => Some((cabinet, shelf, code)),
            Some(_) => return Err(Input::Cursor.into()),
        };
        if !self.account.can(Capability::PickupCodeList) {
            let sources = vec![SourceStatus::unsupported(Arc::clone(&self.account), "pickupCodes")];
            let page = Page { rows: Vec::new(), has_next: false, has_previous: after.is_some() };
            return Ok(PickupCodePage { page, sources });
        }
        let until = asker.until;
        let slots: Vec<_> =
            shelves.iter().enumerate().filter_map(|(at, shelf)| Some((at, shelf.slot.clone()?))).collect();
        let answers = stream::iter(slots)
            .map(|(at, slot)| {
                let machine = self.clone();
                async move { (at, machine.account.pickup_codes(machine.number(), &slot, until).await) }
            })
            .buffered(AT_A_TIME);
        let mut answers = pin!(answers);
        let mut codes = Vec::new();
        let mut outcome =
            Ok(Freshness { as_of: self.account.now(), stale: false, source: super::Source::Live });
        while let Some((at, answer)) = answers.next().await {
            let Some(own) = shelves.get(at) else { continue };
            match answer {
                Ok(fresh) => {
                    codes.extend(fresh.value.iter().map(|code| (own, code.clone())));
                    outcome =
                        outcome.map(
                            |oldest: Freshness| {
                                if fresh.as_of < oldest.as_of { Freshness::of(&fresh) } else { oldest }
                            },
                        );
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
        codes.sort_by(|a, b| position(a).cmp(&position(b)));
        let rows = codes.iter().filter(|row| after.is_none_or(|after| after < position(row))).map(
            |(shelf, code)| ShelfPickupCode {
                machine: self.clone(),
                shelf: (*shelf).clone(),
                code: code.clone(),
            },
        );
        let sources = vec![SourceStatus { account: Arc::clone(&self.account), outcome }];
        Ok(PickupCodePage { page: Page::take(rows, request), sources })
    }
}

impl Gateway {
    /// The pickup code of that number at that machine, cabinet and shelf.
    pub async fn pickup_code(
        &self,
        asker: &Asker,
        account: &AccountName,
        place: (&str, &str, &str),
        number: &str,
    ) -> Result<ShelfPickupCode> {
        let machine = self.machine(asker, account, place.0).await?;
        let found = machine.shelf(place.1, place.2, asker).await?.0;
        let slot = found.slot.as_ref().ok_or(Error::NotFound)?;
        if !machine.account.can(Capability::PickupCodeList) {
            return Err(Error::NotFound);
        }
        let codes = machine.account.pickup_codes(machine.number(), slot, asker.until).await?;
        let code = codes.value.iter().find(|code| &*code.number == number).ok_or(Error::NotFound)?.clone();
        Ok(ShelfPickupCode { machine, shelf: found, code })
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
        | Error::Store(_)
        | Error::Internal(_)
        | Error::NoCallback => false,
    }
}

/// Where a code stands in the list.
fn position<'a>((shelf, code): &'a (&Shelf, PickupCode)) -> (&'a Text, &'a Text, &'a Text) {
    (&shelf.cabinet, &shelf.code, &code.number)
}
