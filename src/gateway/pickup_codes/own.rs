//! Pickup codes of our own: kept in the store, for a platform to ask us about.

use std::{collections::BTreeSet, sync::Arc};

use iso_currency::Currency;
use rand::RngExt as _;

use super::{
    FoundPickupCode,
    create::{CreatePickupCodes, Written, number, without},
};
use crate::{
    domain::{AccountName, Clock, IssuedPickupCode, Money, PickupCodeIssuer, PickupCodeState, Text, Verdict},
    gateway::{
        Account, Asker, Commanded, Gateway, Input, Problem,
        commands::came,
        lease,
        orders::{Blame as _, draw_trade_number},
    },
    store::{Change, Intent, NewIntent},
};

/// The greatest number of codes that are made at once.
const MOST_CODES: i64 = 100;
/// How many digits a code has unless asked otherwise.
const LENGTH: u32 = 8;
/// How often digits are drawn of which some turn out to be in use.
const DRAWS: usize = 16;
/// The longest number of a product, in characters.
const LONGEST_NUMBER: usize = 100;

/// How codes shall be.
struct Batch {
    count: usize,
    length: u32,
    fee: Option<Money>,
}

impl Gateway {
    /// Makes codes of our own. They are good once they are written down, which is all there is to do.
    pub(super) async fn issue(
        &self,
        asker: &Asker,
        account: &Arc<Account>,
        wanted: &CreatePickupCodes,
        intended: NewIntent,
    ) -> Result<Commanded<Vec<FoundPickupCode>>, Problem> {
        let why = "the platform names no shelf when it asks whether a code is good";
        without("shelfId", wanted.shelf.is_some(), why)?;
        let count = usize::try_from(wanted.count(MOST_CODES)?).unwrap_or(1);
        let length = wanted.digits(6, 10)?.unwrap_or(LENGTH);
        let fee = wanted.fee.map(|fee| number("feeMinorUnits", fee, (0, i32::MAX.into()))).transpose()?;
        // What shoppers pay to these platforms has no other currency.
        let fee = fee.map(|fee| Money::from_minor(fee.into(), Currency::CNY));
        if let Some((_, machine)) = &wanted.machine {
            self.machine(asker, account.name(), machine).await.blame(&["machineId"])?;
        }
        if let Some(product) = &wanted.product_number {
            check_text("productNumber", product)?;
            self.product(asker, account.name(), product).await.blame(&["productNumber"])?;
        }
        let batch = Batch { count, length, fee };
        for _ in 0..DRAWS {
            let codes = draw(self.clock.as_ref(), account.name(), wanted, &batch);
            match self.write_down(&intended, &Change::codes(codes), asker.until).await? {
                Written::Taken => {}
                Written::Before(earlier) => return self.own_codes(account, earlier).await,
                Written::Ours(intent) => {
                    let done = came::<()>(self.clock.as_ref(), &Ok(()), Change::none());
                    let intent = self.commands.carry_out(intent, asker.until, async { done }).await?;
                    return self.own_codes(account, intent).await;
                }
            }
        }
        let why = "nearly all codes of this length are in use; ask for longer ones";
        Err(Input::Needless { argument: "codeLength", why }).blame(&["codeLength"])
    }

    /// The codes of ours that were made by a command: they were written down together with it.
    pub(super) async fn own_codes(
        &self,
        account: &Arc<Account>,
        intent: Intent,
    ) -> Result<Commanded<Vec<FoundPickupCode>>, Problem> {
        Ok(Commanded::done(self.codes_of(account, &intent).await?))
    }

    /// Holds the code of ours with these digits for a machine, which then dispenses: of many that ask at once, one is
    /// told `Good`. `product`: the number of what it would dispense, where it says. `None`: there is no such code. For a
    /// platform that asks, which is to be proven before.
    pub async fn hold_pickup_code(
        &self,
        account: &AccountName,
        digits: &str,
        (machine, product): (&Text, Option<&str>),
    ) -> crate::gateway::Result<Option<(Verdict, IssuedPickupCode)>> {
        lease::note_once();
        let Some(code) = self.store().code_by_digits(account, digits).await? else { return Ok(None) };
        let now = self.clock.now();
        Ok(self.store().hold_code((account, &code.number), (machine, product), now).await?)
    }

    /// Uses up the code of ours with these digits. `nonce` tells one use from another: the same use may be told again,
    /// and is `Good` again. `None`: there is no such code.
    pub async fn use_pickup_code(
        &self,
        account: &AccountName,
        digits: &str,
        nonce: &Text,
    ) -> crate::gateway::Result<Option<(Verdict, IssuedPickupCode)>> {
        lease::note_once();
        let Some(code) = self.store().code_by_digits(account, digits).await? else { return Ok(None) };
        let now = self.clock.now();
        Ok(self.store().redeem_code((account, &code.number), nonce, now).await?)
    }
}

/// Refuses a text that can be no number of anything.
pub(super) fn check_text(argument: &'static str, text: &str) -> Result<(), Problem> {
    if text.is_empty() {
        return Err(Input::Empty { argument }).blame(&[argument]);
    }
    if text.chars().count() > LONGEST_NUMBER {
        return Err(Input::TooLong { argument, most: LONGEST_NUMBER }).blame(&[argument]);
    }
    Ok(())
}

/// Codes with digits that nobody can guess.
fn draw(
    clock: &dyn Clock,
    account: &AccountName,
    wanted: &CreatePickupCodes,
    batch: &Batch,
) -> Vec<IssuedPickupCode> {
    let width = usize::try_from(batch.length).unwrap_or_default();
    let mut digits = BTreeSet::new();
    while digits.len() < batch.count {
        let number = rand::rng().random_range(0..10_u64.pow(batch.length.min(10)));
        digits.insert(format!("{number:0width$}"));
    }
    let code = |digits: String| IssuedPickupCode {
        account: account.clone(),
        number: draw_trade_number(clock),
        issuer: PickupCodeIssuer::Gateway,
        code: digits.into(),
        machine: wanted.machine.as_ref().map(|(_, machine)| machine.clone()),
        cabinet: None,
        shelf: None,
        product_number: wanted.product_number.clone(),
        quantity: 1,
        fee: batch.fee,
        state: PickupCodeState::Unused,
        created_at: clock.now(),
        starts_at: wanted.starts_at,
        expires_at: wanted.expires_at,
        used_at: None,
        used_by: None,
        hold: None,
        version: 0,
    };
    digits.into_iter().map(code).collect()
}
