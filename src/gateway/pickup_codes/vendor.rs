//! Pickup codes that a vendor makes and keeps.
//!
//! A vendor that lists its codes makes many by one call and tells none of them: they are those that its list did not
//! have before. Since only one command at a time makes codes for a machine (`store`), none is taken for another's. A
//! vendor without a list makes one code a call and tells it once: each call is a command of its own, and who repeats the
//! whole goes on where it stopped.

use std::{collections::HashSet, sync::Arc};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::{
    FoundPickupCode,
    create::{CreatePickupCodes, Written, without},
    own::check_text,
    remember,
};
use crate::{
    domain::{Clock, IssuedPickupCode, PickupCode, PickupCodeIssuer, PickupCodeState, Shelf, Text},
    gateway::{
        Account, Asker, Commanded, Error, Gateway, Input, Problem,
        commands::{Came, came, verdict},
        orders::{Blame as _, draw_trade_number},
    },
    store::{Change, Digest, NewIntent, Outcome},
    vendor::{self, Goods, Kind, NewCodes, NewPickupCodes, Vendor},
};

/// The greatest number of codes that are made by one call each.
const MOST_CALLS: i64 = 20;
/// How many digits the codes of a vendor without a list have (InHand §10).
const DIGITS_TOLD: i64 = 7;
/// How many slots are asked for their codes at a time.
const AT_A_TIME: usize = 8;

/// A slot and what is on it.
#[derive(Clone)]
struct Slot {
    cabinet: Text,
    shelf: Text,
    /// What the vendor names it by.
    number: Text,
    product: Option<Text>,
}

/// Codes of one machine that are about to be made.
struct Making {
    account: Arc<Account>,
    client: Arc<dyn Vendor>,
    clock: Arc<dyn Clock>,
    machine: Text,
    slots: Vec<Slot>,
    /// How many for each slot.
    count: usize,
    new: NewPickupCodes,
}

impl Gateway {
    /// Makes codes at a vendor that lists them.
    pub(super) async fn create_listed(
        &self,
        asker: &Asker,
        account: &Arc<Account>,
        wanted: &CreatePickupCodes,
        intended: NewIntent,
    ) -> Result<Commanded<Vec<FoundPickupCode>>, Problem> {
        let making = self.listed_making(asker, account, wanted).await?;
        let intent = match self.write_down(&intended, &Change::none(), asker.until).await? {
            Written::Before(earlier) => earlier,
            Written::Ours(intent) => {
                let act = account.named(making.carry_out());
                self.commands.carry_out(intent, asker.until, act).await?
            }
            Written::Taken => {
                return Err(Error::Internal("a command without digits was told they are taken").into());
            }
        };
        self.made(asker, account, intent).await
    }

    async fn listed_making(
        &self,
        asker: &Asker,
        account: &Arc<Account>,
        wanted: &CreatePickupCodes,
    ) -> Result<Making, Problem> {
        let is_given = wanted.product_number.is_some();
        without("productNumber", is_given, "this vendor's codes are for shelves; give `shelfId`")?;
        without("startsAt", wanted.starts_at.is_some(), "this vendor's codes are good at once")?;
        without("feeMinorUnits", wanted.fee.is_some(), "this vendor keeps no fee")?;
        let length = wanted.digits(6, 10)?;
        let argument = if wanted.shelf.is_some() { "shelfId" } else { "machineId" };
        let number =
            wanted.machine().ok_or(Input::Missing { argument: "machineId" }).blame(&["machineId"])?;
        let machine = self.machine(asker, account.name(), number).await.blame(&[argument])?;
        let (goods, slots, count) = if let Some((_, _, cabinet, code)) = &wanted.shelf {
            let (found, _) = machine.shelf(cabinet, code, asker).await.blame(&["shelfId"])?;
            let count = wanted.count(found.capacity.map_or(i64::from(i32::MAX), i64::from))?;
            let slot = slot_of(&found).ok_or(Error::NotFound).blame(&["shelfId"])?;
            (Goods::Slot(slot.number.clone()), vec![slot], Some(count))
        } else {
            let many = wanted.count.is_some_and(|count| count != 1);
            without("count", many, "without `shelfId` one code is made for each shelf")?;
            let report = machine.report(asker).await.blame(&["machineId"])?;
            (Goods::Any, report.value.shelves.iter().filter_map(slot_of).collect(), None)
        };
        if slots.is_empty() {
            return Err(Error::NotFound).blame(&[argument]);
        }
        let new = NewPickupCodes {
            machine: Some(number.clone()),
            goods,
            count,
            length,
            starts_at: None,
            expires_at: wanted.expires_at,
        };
        Ok(Making {
            account: Arc::clone(account),
            client: account.client(),
            clock: Arc::clone(&self.clock),
            machine: number.clone(),
            slots,
            count: count.map_or(1, |count| usize::try_from(count).unwrap_or(usize::MAX)),
            new,
        })
    }

    /// Makes codes at a vendor that tells each once, by one call each. `is_repeated`: the first was asked for before.
    pub(super) async fn create_told(
        &self,
        asker: &Asker,
        account: &Arc<Account>,
        wanted: &CreatePickupCodes,
        (intended, is_repeated): (NewIntent, bool),
    ) -> Result<Commanded<Vec<FoundPickupCode>>, Problem> {
        let why = "this vendor's codes are for a machine or a product; give `machineId` or `productNumber`";
        without("shelfId", wanted.shelf.is_some(), why)?;
        without("feeMinorUnits", wanted.fee.is_some(), "this vendor keeps no fee")?;
        wanted.digits(DIGITS_TOLD, DIGITS_TOLD)?;
        let count = wanted.count(MOST_CALLS)?;
        if let Some(product) = &wanted.product_number {
            check_text("productNumber", product)?;
        }
        if let Some((_, machine)) = wanted.machine.as_ref().filter(|_| !is_repeated) {
            self.machine(asker, account.name(), machine).await.blame(&["machineId"])?;
        }
        let new = NewPickupCodes {
            machine: wanted.machine().cloned(),
            goods: wanted.product_number.clone().map_or(Goods::Any, Goods::Product),
            count: None,
            length: None,
            starts_at: wanted.starts_at,
            expires_at: wanted.expires_at,
        };
        let mut codes = Vec::new();
        for position in 0..count {
            let intended = step(&intended, position);
            let intent = match self.write_down(&intended, &Change::none(), asker.until).await? {
                Written::Ours(intent) => {
                    let act = account.named(told(account, Arc::clone(&self.clock), new.clone()));
                    self.commands.carry_out(intent, asker.until, act).await?
                }
                Written::Before(earlier) => self.commands.ended(earlier, asker.until).await?,
                Written::Taken => {
                    return Err(Error::Internal("a command without digits was told they are taken").into());
                }
            };
            codes.extend(self.codes_of(account, &intent).await?);
            if let Err(error) = verdict(&intent) {
                return Ok(Commanded { subject: Some(codes), problem: Some(error.into()) });
            }
        }
        Ok(Commanded::done(codes))
    }
}

/// One of the calls of a command: the first bears the caller's key, the others one that no caller can give.
fn step(intended: &NewIntent, position: u32) -> NewIntent {
    if position == 0 {
        return intended.clone();
    }
    let key = intended.key.as_deref().unwrap_or_default();
    NewIntent {
        key: Some(format!("{key}\0{position}").into()),
        fingerprint: Digest::of(&format!("{} {position}", intended.fingerprint)),
        ..intended.clone()
    }
}

/// Makes one code, which the vendor tells.
async fn told_code(client: &dyn Vendor, new: &NewPickupCodes) -> vendor::Result<Vec<Text>> {
    Ok(match client.create_pickup_codes(new).await? {
        NewCodes::Told(codes) => codes,
        NewCodes::Listed => Vec::new(),
    })
}

fn told(
    account: &Arc<Account>,
    clock: Arc<dyn Clock>,
    new: NewPickupCodes,
) -> impl Future<Output = Came> + Send + 'static {
    let account = Arc::clone(account);
    async move {
        let answer = told_code(account.client().as_ref(), &new).await;
        let product = match &new.goods {
            Goods::Product(number) => Some(number),
            Goods::Slot(_) | Goods::Any => None,
        };
        let kept = |digits: &Text| IssuedPickupCode {
            account: account.name().clone(),
            number: draw_trade_number(clock.as_ref()),
            issuer: PickupCodeIssuer::Vendor,
            code: digits.clone(),
            machine: new.machine.clone(),
            cabinet: None,
            shelf: None,
            product_number: product.cloned(),
            quantity: 1,
            fee: None,
            state: PickupCodeState::Unused,
            created_at: clock.now(),
            starts_at: new.starts_at,
            expires_at: new.expires_at,
            used_at: None,
            used_by: None,
            hold: None,
            version: 0,
        };
        let codes = answer.iter().flatten().map(kept).collect();
        came(clock.as_ref(), &answer, Change::codes(codes))
    }
}

fn slot_of(shelf: &Shelf) -> Option<Slot> {
    Some(Slot {
        cabinet: shelf.cabinet.clone(),
        shelf: shelf.code.clone(),
        number: shelf.slot.clone()?,
        product: shelf.product.as_ref().map(|product| product.number.clone()),
    })
}

impl Making {
    /// Lists, makes, and lists again. Where the answer to the making is lost, the list may tell that it was done.
    async fn carry_out(self) -> Came {
        let before: HashSet<Text> = match self.list().await {
            Ok(codes) => codes.into_iter().flatten().map(|code| code.number).collect(),
            // Nothing is sent yet, whatever the list was refused for: the same command may be given again.
            Err(error) => {
                let mut came = came::<()>(self.clock.as_ref(), &Err(error), Change::none());
                came.ending.outcome = Outcome::NotDone;
                return came;
            }
        };
        let mut answer = self.client.create_pickup_codes(&self.new).await.map(|_| ());
        for slot in &self.slots {
            self.account.forget_pickup_codes(&self.machine, &slot.number);
        }
        let lost = answer.as_ref().is_err_and(|error| error.kind == Kind::OutcomeUnknown);
        if answer.is_err() && !lost {
            return came(self.clock.as_ref(), &answer, Change::none());
        }
        let (mut codes, mut is_whole) = (Vec::new(), false);
        match self.list().await {
            Ok(after) => {
                is_whole = true;
                for (slot, listed) in self.slots.iter().zip(after) {
                    let new = listed.iter().filter(|code| !before.contains(&code.number)).take(self.count);
                    let known = codes.len();
                    codes.extend(new.map(|code| self.remember(slot, code)));
                    is_whole &= codes.len() - known == self.count;
                }
            }
            Err(error) => tracing::warn!(%error, "codes were made, and the vendor does not tell them"),
        }
        if lost && is_whole {
            answer = Ok(());
        } else if answer.is_ok() && codes.is_empty() {
            answer = Err(vendor::Error::new(Kind::OutcomeUnknown, "pickup_codes"));
        }
        came(self.clock.as_ref(), &answer, Change::codes(codes))
    }

    fn remember(&self, slot: &Slot, code: &PickupCode) -> IssuedPickupCode {
        let place = (&self.machine, &slot.cabinet, &slot.shelf);
        IssuedPickupCode { product_number: slot.product.clone(), ..remember(&self.account, place, code) }
    }

    /// The codes of each slot, in the order of the slots.
    async fn list(&self) -> vendor::Result<Vec<Vec<PickupCode>>> {
        let slots: Vec<Text> = self.slots.iter().map(|slot| slot.number.clone()).collect();
        let each = slots.into_iter().map(|slot| {
            let (client, machine) = (Arc::clone(&self.client), self.machine.clone());
            async move { client.pickup_codes(&machine, &slot).await }
        });
        stream::iter(each).buffered(AT_A_TIME).try_collect().await
    }
}
