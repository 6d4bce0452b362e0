//! Pickup codes of our own, which InHand's platform asks us about: is it good here, and now it is used.

use jiff::Timestamp;

use super::{CHECK, Reception, Rejected, USE, count};
use crate::{
    domain::{AccountName, IssuedPickupCode, PickupCodeState, Verdict},
    vendor::inhand::webhook::{Answer, Call},
};

/// A call that is an account's platform's.
struct Told<'a> {
    call: Call<'a>,
    account: AccountName,
}

impl Reception {
    /// Whether a code is good at a machine, which then has it for itself for a while. The answer as it is sent.
    pub async fn check(&self, query: &[u8], body: &[u8]) -> Result<Vec<u8>, Rejected> {
        let call = self.call(CHECK, query, body)?;
        let answered = self.answer_check(&call).await;
        count(Some(&call.account), CHECK, &answered, |_| "answered");
        answered
    }

    /// The goods came out. The answer as it is sent.
    pub async fn used(&self, query: &[u8], body: &[u8]) -> Result<Vec<u8>, Rejected> {
        let call = self.call(USE, query, body)?;
        let answered = self.answer_use(&call).await;
        count(Some(&call.account), USE, &answered, |_| "answered");
        answered
    }

    async fn answer_check(&self, Told { call, account }: &Told<'_>) -> Result<Vec<u8>, Rejected> {
        let asked = call.check()?;
        let product = asked.product.as_deref();
        let found = self.gateway.hold_pickup_code(account, &asked.code, (&asked.machine, product)).await?;
        Ok(match found {
            Some((verdict, code)) => checked(verdict, &code, (product, self.gateway.clock.now())).to_json(),
            None => Answer::Checked {
                problem: Some("CODE_NOT_FOUND"),
                product,
                state: PickupCodeState::Unknown,
                fee: None,
            }
            .to_json(),
        })
    }

    async fn answer_use(&self, Told { call, account }: &Told<'_>) -> Result<Vec<u8>, Rejected> {
        let used = call.used()?;
        let found = self.gateway.use_pickup_code(account, &used.code, &used.nonce).await?;
        Ok(match found {
            Some((Verdict::Good, _)) => Answer::Success.to_json(),
            Some((verdict, _)) => Answer::Fail(word(verdict)).to_json(),
            None => Answer::Fail("CODE_NOT_FOUND").to_json(),
        })
    }

    /// A call, and whose platform makes it: of accounts with one client id, the one whose key verifies.
    fn call<'a>(&self, kind: &str, query: &'a [u8], body: &'a [u8]) -> Result<Told<'a>, Rejected> {
        let inhand = self.inhand.load();
        let accounts = inhand.iter().map(|(name, webhooks)| (name, webhooks));
        let read = || {
            let call = Call::read(query, body)?;
            let account = call.account(accounts)?.clone();
            Ok(Told { call, account })
        };
        let told = read();
        if told.is_err() {
            count(None, kind, &told, |_| "answered");
        }
        told
    }
}

/// What a check is told, with the product that it asked for. That a code is used or has ended is an answer, not a failure
/// (interface, *Settled questions*); a failure tells how the code is, too.
fn checked<'a>(
    verdict: Verdict,
    code: &'a IssuedPickupCode,
    (asked, now): (Option<&'a str>, Timestamp),
) -> Answer<'a> {
    let problem = match verdict {
        Verdict::Good | Verdict::Used | Verdict::Expired => None,
        Verdict::NotStarted
        | Verdict::Cancelled
        | Verdict::Held
        | Verdict::WrongMachine
        | Verdict::WrongProduct
        | Verdict::Unknown => Some(word(verdict)),
    };
    let product = code.product_number.as_deref().or(asked);
    Answer::Checked { problem, product, state: code.state_at(now), fee: code.fee }
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Good | Verdict::Unknown => "CODE_NOT_GOOD",
        Verdict::NotStarted => "CODE_NOT_STARTED",
        Verdict::Expired => "CODE_EXPIRED",
        Verdict::Used => "CODE_USED",
        Verdict::Cancelled => "CODE_CANCELLED",
        Verdict::Held => "CODE_HELD",
        Verdict::WrongMachine => "WRONG_MACHINE",
        Verdict::WrongProduct => "WRONG_PRODUCT",
    }
}
