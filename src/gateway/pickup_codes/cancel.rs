//! Cancelling pickup codes: one, or all of a machine.

use std::sync::Arc;

use super::{FoundPickupCode, ShelfPickupCode, is_listed, remembered};
use crate::{
    domain::{
        AccountName, Capability, Id, IssuedPickupCode, PickupCodeIssuer, PickupCodeState, Text, Verdict,
    },
    gateway::{
        Account, Asker, Code, Commanded, Error, Gateway, Machine, Problem, Refusal, Result,
        commands::{Came, Start, came, verdict},
        orders::{Blame as _, intent},
    },
    store::{self, Action, Change, CodeFilter, Ending, Outcome, Part, Place, Store, Target},
    vendor::{Kind, Vendor},
};

/// How many of our codes are cancelled between two looks at the store.
const AT_ONCE: usize = 200;

impl Gateway {
    /// Cancels a code, by its global id.
    pub async fn cancel_pickup_code(&self, asker: &Asker, id: &Id) -> Commanded<FoundPickupCode> {
        let cancelled = match id {
            Id::PickupCode { account, machine, cabinet, shelf, code } => {
                self.cancel_listed(asker, account, (machine, cabinet, shelf), code).await
            }
            Id::IssuedPickupCode { account, code } => self.cancel_kept(asker, account, code).await,
            Id::Account { .. }
            | Id::Machine { .. }
            | Id::Shelf { .. }
            | Id::Category { .. }
            | Id::Product { .. }
            | Id::Site { .. }
            | Id::Line { .. }
            | Id::Trade { .. }
            | Id::Refill { .. }
            | Id::Order { .. }
            | Id::OrderLine { .. }
            | Id::Delivery { .. } => Err(Error::NotFound).blame(&["pickupCodeId"]),
        };
        cancelled.unwrap_or_else(Into::into)
    }

    async fn cancel_listed(
        &self,
        asker: &Asker,
        account: &AccountName,
        (machine, cabinet, at): (&Text, &Text, &Text),
        number: &Text,
    ) -> std::result::Result<Commanded<FoundPickupCode>, Problem> {
        let account = self.account(asker, account).blame(&["pickupCodeId"])?;
        if !account.can(Capability::PickupCodeCancel) {
            return Err(account.unsupported("cancelling pickup codes")).blame(&["pickupCodeId"]);
        }
        let place = (&**machine, &**cabinet, &**at);
        let found = self.pickup_code(asker, account.name(), place, number).await;
        let listed = match found {
            Ok(FoundPickupCode::Listed(listed)) => listed,
            // The vendor lists it no more: there is nothing to cancel.
            Ok(kept @ FoundPickupCode::Kept(_)) => {
                let refused = |code| Problem::of(&["pickupCodeId"], Refusal::ours(code));
                let problem = over(kept.state()).map(refused);
                return Ok(Commanded { subject: Some(kept), problem });
            }
            Err(error) => return Err(error).blame(&["pickupCodeId"]),
        };
        let target = Target {
            machine: Some(machine.clone()),
            cabinet: Some(cabinet.clone()),
            shelf: Some(at.clone()),
            code: Some(number.clone()),
            ..Target::default()
        };
        let action = (Action::CancelPickupCode, &**number);
        let intended = intent(asker, account.name(), action, target, self.clock.as_ref());
        let Start::Carry(intent) = self.commands.begin(&intended, &Change::none()).await? else {
            return Err(Error::Internal("a cancellation has no key and claims nothing").into());
        };
        let (client, clock, of) = (account.client(), Arc::clone(&self.clock), Arc::clone(&account));
        let store = Arc::clone(&self.commands.store);
        let (machine, number) = (machine.clone(), number.clone());
        let slot = listed.shelf.slot.clone().unwrap_or_default();
        let act = account.named(async move {
            let mut answer = client.cancel_pickup_code(&machine, &number).await;
            of.forget_pickup_codes(&machine, &slot);
            // Where the answer is lost and the vendor lists the code no more, it is good no more.
            if answer.as_ref().is_err_and(|error| error.kind == Kind::OutcomeUnknown)
                && let Ok(codes) = client.pickup_codes(&machine, &slot).await
                && codes.iter().all(|code| code.number != number)
            {
                answer = Ok(());
            }
            if answer.is_ok() {
                forget_remembered(store.as_ref(), &of, &remembered(&machine, &number)).await;
            }
            came(clock.as_ref(), &answer, Change::none())
        });
        let intent = self.commands.carry_out(intent, asker.until, act).await?;
        Ok(match verdict(&intent) {
            Ok(()) => Commanded::done(FoundPickupCode::Listed(cancelled(listed))),
            Err(error) => {
                Commanded { subject: Some(FoundPickupCode::Listed(listed)), problem: Some(error.into()) }
            }
        })
    }

    async fn cancel_kept(
        &self,
        asker: &Asker,
        account: &AccountName,
        number: &Text,
    ) -> std::result::Result<Commanded<FoundPickupCode>, Problem> {
        let kept = self.kept_pickup_code(asker, account, number).await.blame(&["pickupCodeId"])?;
        let account = Arc::clone(&kept.account);
        if kept.code.issuer == PickupCodeIssuer::Vendor {
            return Err(account.unsupported("cancelling pickup codes")).blame(&["pickupCodeId"]);
        }
        let target = Target { code: Some(number.clone()), ..Target::default() };
        let action = (Action::CancelPickupCode, &**number);
        let intended = intent(asker, account.name(), action, target, self.clock.as_ref());
        let Start::Carry(intent) = self.commands.begin(&intended, &Change::none()).await? else {
            return Err(Error::Internal("a cancellation has no key and claims nothing").into());
        };
        let (store, clock) = (Arc::clone(&self.commands.store), Arc::clone(&self.clock));
        let (of, code) = (account.name().clone(), number.clone());
        let act = async move {
            let told = store.cancel_code((&of, &code), clock.now()).await;
            let (outcome, refused) = match told {
                Ok(Some((verdict, _))) => match refused(verdict) {
                    None => (Outcome::Done, None),
                    refused => (Outcome::Refused, refused),
                },
                Ok(None) => (Outcome::Refused, Some(Code::PickupCodeNotFound)),
                Err(_) => (Outcome::NotDone, Some(Code::Internal)),
            };
            let error = refused.map(|code| code.word().into());
            Came { ending: Ending { error, ..Ending::new(outcome, clock.now()) }, change: Change::none() }
        };
        let intent = self.commands.carry_out(intent, asker.until, act).await?;
        let problem = verdict(&intent).err().map(|error| Problem::of(&["pickupCodeId"], error));
        let now = self.kept(&account, number).await?.unwrap_or(kept);
        Ok(Commanded { subject: Some(FoundPickupCode::Kept(now)), problem })
    }

    /// Cancels every unused code of a machine: those that its vendor keeps, or, where the vendor keeps none that can be
    /// cancelled, those of ours that are for this machine alone.
    pub async fn cancel_all_pickup_codes(
        &self,
        asker: &Asker,
        (account, number): &(AccountName, Text),
    ) -> Commanded<Machine> {
        let found = async {
            let account = self.account(asker, account)?;
            if !account.can(Capability::PickupCodeCancel) && !account.can(Capability::PickupCodeVerify) {
                return Err(account.unsupported("cancelling pickup codes"));
            }
            self.machine(asker, account.name(), number).await
        };
        match found.await.blame(&["machineId"]) {
            Err(problem) => problem.into(),
            Ok(machine) => {
                let problem = self.try_cancel_all(asker, &machine).await.err().map(Problem::from);
                Commanded { subject: Some(machine), problem }
            }
        }
    }

    async fn try_cancel_all(&self, asker: &Asker, machine: &Machine) -> Result<()> {
        let account = &machine.account;
        let number = machine.number().clone();
        // Which slots' lists it changes is known if the shelves are; the others are asked anew in any case.
        let slots: Vec<Text> = match machine.report(asker).await {
            Ok(report) if is_listed(account) => {
                report.value.shelves.iter().filter_map(|shelf| shelf.slot.clone()).collect()
            }
            Ok(_) | Err(_) => Vec::new(),
        };
        let target = Target { machine: Some(number.clone()), ..Target::default() };
        let action = (Action::CancelAllPickupCodes, &*number);
        let intended = intent(asker, account.name(), action, target, self.clock.as_ref());
        let Start::Carry(intent) = self.commands.begin(&intended, &Change::none()).await? else {
            return Err(Error::Internal("a cancellation has no key and claims nothing"));
        };
        let (of, clock) = (Arc::clone(account), Arc::clone(&self.clock));
        let store = Arc::clone(&self.commands.store);
        let act = account.named(async move {
            let answer = if of.can(Capability::PickupCodeCancel) {
                let mut answer = of.client().cancel_all_pickup_codes(&number).await;
                for slot in &slots {
                    of.forget_pickup_codes(&number, slot);
                }
                // Where the answer is lost and the vendor lists no code any more, none is good.
                if answer.as_ref().is_err_and(|error| error.kind == Kind::OutcomeUnknown)
                    && has_no_codes(of.client().as_ref(), &number, &slots).await
                {
                    answer = Ok(());
                }
                answer
            } else {
                Ok(())
            };
            let mut came = came(clock.as_ref(), &answer, Change::none());
            if answer.is_ok() {
                match cancel_all(store.as_ref(), (of.name(), &number), clock.now()).await {
                    Ok(0) => {}
                    // A machine dispenses for some of them.
                    Ok(_) if !of.can(Capability::PickupCodeCancel) => {
                        let error = Some(Code::PickupCodeUsed.word().into());
                        came.ending = Ending { error, ..Ending::new(Outcome::Refused, clock.now()) };
                    }
                    Err(error) if !of.can(Capability::PickupCodeCancel) => {
                        tracing::warn!(%error, "not all codes of a machine could be cancelled");
                        let error = Some(Code::Internal.word().into());
                        came.ending = Ending { error, ..Ending::new(Outcome::NotDone, clock.now()) };
                    }
                    Ok(_) | Err(_) => {}
                }
            }
            came
        });
        verdict(&self.commands.carry_out(intent, asker.until, act).await?)
    }
}

/// Whether a machine's vendor is known to list no code for any of its slots.
async fn has_no_codes(client: &dyn Vendor, machine: &Text, slots: &[Text]) -> bool {
    for slot in slots {
        if !client.pickup_codes(machine, slot).await.is_ok_and(|codes| codes.is_empty()) {
            return false;
        }
    }
    !slots.is_empty()
}

/// Cancels what is stored of a machine's codes; gives how many could not be cancelled.
async fn cancel_all(
    store: &dyn Store,
    machine: (&AccountName, &Text),
    now: jiff::Timestamp,
) -> store::Result<usize> {
    let filter = CodeFilter {
        accounts: vec![machine.0.clone()],
        machines: Some(vec![(machine.0.clone(), machine.1.clone())]),
        states: Some(vec![PickupCodeState::Unused, PickupCodeState::Held]),
        issuer: None,
        now,
    };
    let (mut after, mut left) = (None, 0);
    loop {
        let page = store.codes(&filter, &Part { first: AT_ONCE, after }).await?;
        for code in page.rows.iter().filter(|code| can_be_cancelled(code)) {
            let told = store.cancel_code((&code.account, &code.number), now).await?;
            if told.is_some_and(|(verdict, _)| verdict == Verdict::Held) {
                left += 1;
            }
        }
        let Some(last) = page.rows.last().filter(|_| page.more) else { return Ok(left) };
        let place = (last.created_at, last.account.clone(), last.number.clone());
        after = Some(Place { created_at: place.0, account: place.1, number: place.2 });
    }
}

/// Whether a stored code of a machine is among those that a cancellation of all reaches: our own, and those that are
/// remembered of a vendor that lists (and cancels) them.
fn can_be_cancelled(code: &IssuedPickupCode) -> bool {
    code.issuer == PickupCodeIssuer::Gateway || code.shelf.is_some()
}

/// Writes down that a code which is remembered is cancelled. If that fails, it is told as not known instead.
async fn forget_remembered(store: &dyn Store, account: &Account, number: &Text) {
    if let Err(error) = store.cancel_code((account.name(), number), account.now()).await {
        tracing::warn!(%error, "a cancelled code is still remembered as good");
    }
}

fn cancelled(mut listed: ShelfPickupCode) -> ShelfPickupCode {
    listed.code.state = PickupCodeState::Cancelled;
    listed
}

/// Why one of our codes cannot be cancelled; `None`: it is cancelled.
const fn refused(verdict: Verdict) -> Option<Code> {
    match verdict {
        Verdict::Good | Verdict::Cancelled => None,
        // A machine dispenses for it, which uses it up.
        Verdict::Used | Verdict::Held => Some(Code::PickupCodeUsed),
        Verdict::Expired => Some(Code::PickupCodeExpired),
        Verdict::NotStarted | Verdict::WrongMachine | Verdict::WrongProduct | Verdict::Unknown => {
            Some(Code::PickupCodeNotFound)
        }
    }
}

/// Why a code in this state cannot be cancelled; `None`: it is cancelled.
const fn over(state: PickupCodeState) -> Option<Code> {
    match state {
        PickupCodeState::Cancelled => None,
        PickupCodeState::Used | PickupCodeState::Held => Some(Code::PickupCodeUsed),
        PickupCodeState::Expired => Some(Code::PickupCodeExpired),
        PickupCodeState::Unused | PickupCodeState::Unknown => Some(Code::PickupCodeNotFound),
    }
}
