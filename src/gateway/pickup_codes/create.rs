//! Making pickup codes, once for each key: whoever keeps them.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::{FoundPickupCode, is_listed};
use crate::{
    domain::{AccountName, Capability, PickupCodeIssuer, Text},
    gateway::{
        Account, Asker, Code, Commanded, Error, Gateway, Input, Problem, Refusal,
        commands::{Start, verdict},
        orders::{Blame as _, intent},
    },
    store::{Action, Change, Intent, NewIntent, Target},
};

/// How far in the past a start may lie.
const SLOW_CLOCK: SignedDuration = SignedDuration::from_mins(5);

/// Pickup codes to be made. What is `None` is whoever makes them's choice.
#[derive(Clone, Debug)]
pub struct CreatePickupCodes {
    /// The account.
    pub account: AccountName,
    /// Who shall keep them.
    pub issuer: PickupCodeIssuer,
    /// The machine that takes them.
    pub machine: Option<(AccountName, Text)>,
    /// The shelf that they are for, by account, machine, cabinet and code.
    pub shelf: Option<(AccountName, Text, Text, Text)>,
    /// The number of the product that they are for.
    pub product_number: Option<Text>,
    /// How many.
    pub count: Option<i32>,
    /// How many digits each has.
    pub length: Option<i32>,
    /// From when on they are good.
    pub starts_at: Option<Timestamp>,
    /// Until when.
    pub expires_at: Option<Timestamp>,
    /// What was paid for each, in minor units.
    pub fee: Option<i32>,
    /// The caller's idempotency key.
    pub key: Text,
}

/// A command to make codes, once it is written down.
pub(super) enum Written {
    /// It is for us to carry out.
    Ours(Intent),
    /// It was given before.
    Before(Intent),
    /// Digits that we drew are in use.
    Taken,
}

impl CreatePickupCodes {
    /// The machine, that of the shelf where one is given.
    pub(super) fn machine(&self) -> Option<&Text> {
        let of_shelf = self.shelf.as_ref().map(|(_, machine, ..)| machine);
        of_shelf.or(self.machine.as_ref().map(|(_, machine)| machine))
    }

    /// The input in one text, by which it is known again.
    fn text(&self) -> String {
        let Self {
            issuer, machine, shelf, product_number, count, length, starts_at, expires_at, fee, ..
        } = self;
        let times = (starts_at, expires_at);
        format!("{issuer:?} {machine:?} {shelf:?} {product_number:?} {count:?} {length:?} {times:?} {fee:?}")
    }

    /// Whether everything that is named is the account's, and the shelf the machine's.
    fn check_places(&self) -> Result<(), Problem> {
        let apart = |argument, of| Err(Input::Apart { argument, of }).blame(&[argument]);
        if self.machine.as_ref().is_some_and(|(of, _)| *of != self.account) {
            return apart("machineId", "accountId");
        }
        let Some((of, machine, ..)) = &self.shelf else { return Ok(()) };
        if *of != self.account {
            return apart("shelfId", "accountId");
        }
        if self.machine.as_ref().is_some_and(|(_, named)| named != machine) {
            return apart("shelfId", "machineId");
        }
        Ok(())
    }

    /// Whether the codes can be good at any time yet to come.
    fn check_times(&self, now: Timestamp) -> Result<(), Problem> {
        // A caller's clock may be slow, and its "now" is past by the time it is read.
        if self.starts_at.is_some_and(|start| now.duration_since(start) > SLOW_CLOCK) {
            return Err(Input::Past { argument: "startsAt" }).blame(&["startsAt"]);
        }
        let Some(end) = self.expires_at else { return Ok(()) };
        if end <= now {
            return Err(Input::Past { argument: "expiresAt" }).blame(&["expiresAt"]);
        }
        if self.starts_at.is_some_and(|start| end <= start) {
            let wrong = Input::NotBefore { argument: "startsAt", other: "expiresAt" };
            return Err(wrong).blame(&["startsAt"]);
        }
        Ok(())
    }

    /// How many codes, at most `most`.
    pub(super) fn count(&self, most: i64) -> Result<u32, Problem> {
        number("count", self.count.unwrap_or(1), (1, most))
    }

    /// How many digits each has; `None`: as many as usual.
    pub(super) fn digits(&self, least: i64, most: i64) -> Result<Option<u32>, Problem> {
        self.length.map(|length| number("codeLength", length, (least, most))).transpose()
    }
}

/// Refuses an argument that has no meaning here.
pub(super) fn without(argument: &'static str, is_given: bool, why: &'static str) -> Result<(), Problem> {
    if is_given { Err(Input::Needless { argument, why }).blame(&[argument]) } else { Ok(()) }
}

/// A number within its range.
pub(super) fn number(argument: &'static str, given: i32, (least, most): (i64, i64)) -> Result<u32, Problem> {
    let value = i64::from(given);
    let wrong = Input::Range { argument, value, least, most };
    let number = u32::try_from(given).ok().filter(|_| (least..=most).contains(&value));
    number.ok_or(wrong).blame(&[argument])
}

impl Gateway {
    /// Makes pickup codes, once for each key. Where not all could be made, those that were come with the reason why
    /// the others were not.
    pub async fn create_pickup_codes(
        &self,
        asker: &Asker,
        wanted: &CreatePickupCodes,
    ) -> Commanded<Vec<FoundPickupCode>> {
        self.try_create(asker, wanted).await.unwrap_or_else(Into::into)
    }

    async fn try_create(
        &self,
        asker: &Asker,
        wanted: &CreatePickupCodes,
    ) -> Result<Commanded<Vec<FoundPickupCode>>, Problem> {
        let account = self.account(asker, &wanted.account).blame(&["accountId"])?;
        let needed = match wanted.issuer {
            PickupCodeIssuer::Vendor => Capability::PickupCodeCreate,
            PickupCodeIssuer::Gateway => Capability::PickupCodeVerify,
        };
        if !account.can(needed) {
            return Err(account.unsupported("pickup codes of this issuer")).blame(&["issuer"]);
        }
        wanted.check_places()?;
        let intended = NewIntent {
            key: Some(wanted.key.clone()),
            ..intent(
                asker,
                account.name(),
                (Action::CreatePickupCodes, &wanted.text()),
                Target { machine: wanted.machine().cloned(), ..Target::default() },
                self.clock.as_ref(),
            )
        };
        // Before anything is asked or compared with the time: who repeats a command gets its answer.
        let earlier = self.commands.earlier(&intended).await.blame(&["idempotencyKey"])?;
        if earlier.is_none() {
            wanted.check_times(self.clock.now())?;
        }
        match (wanted.issuer, earlier) {
            (PickupCodeIssuer::Gateway, Some(earlier)) => self.own_codes(&account, earlier).await,
            (PickupCodeIssuer::Gateway, None) => self.issue(asker, &account, wanted, intended).await,
            (PickupCodeIssuer::Vendor, Some(earlier)) if is_listed(&account) => {
                let Commanded { subject, problem } = self.made(asker, &account, earlier).await?;
                let codes = self.as_listed_now(asker, &account, subject.unwrap_or_default()).await;
                Ok(Commanded { subject: Some(codes), problem })
            }
            (PickupCodeIssuer::Vendor, None) if is_listed(&account) => {
                self.create_listed(asker, &account, wanted, intended).await
            }
            (PickupCodeIssuer::Vendor, earlier) => {
                self.create_told(asker, &account, wanted, (intended, earlier.is_some())).await
            }
        }
    }

    /// Writes the command down once no other makes codes for the same machine.
    pub(super) async fn write_down(
        &self,
        intended: &NewIntent,
        change: &Change,
        until: Instant,
    ) -> Result<Written, Problem> {
        loop {
            return Ok(match self.commands.begin(intended, change).await.blame(&["idempotencyKey"])? {
                Start::Carry(intent) => Written::Ours(intent),
                Start::Again(intent) => Written::Before(intent),
                Start::Taken => Written::Taken,
                Start::Busy(other) => {
                    let other = self.commands.ended(other, until).await?;
                    if other.end.is_none() || until <= Instant::now() {
                        return Err(Refusal::ours(Code::Overloaded).into());
                    }
                    continue;
                }
            });
        }
    }

    /// The codes that came of a command, by us just now or before.
    pub(super) async fn made(
        &self,
        asker: &Asker,
        account: &Arc<Account>,
        intent: Intent,
    ) -> Result<Commanded<Vec<FoundPickupCode>>, Problem> {
        let intent = self.commands.ended(intent, asker.until).await?;
        let problem = verdict(&intent).err().map(Problem::from);
        Ok(Commanded { subject: Some(self.codes_of(account, &intent).await?), problem })
    }

    /// The codes that were stored with a command.
    pub(super) async fn codes_of(
        &self,
        account: &Arc<Account>,
        intent: &Intent,
    ) -> Result<Vec<FoundPickupCode>, Error> {
        let codes = self.store().codes_of(intent.id).await?;
        Ok(codes.into_iter().map(|code| FoundPickupCode::Kept(self.as_now(account, code))).collect())
    }
}
