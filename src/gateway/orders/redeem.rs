//! Trading a pickup code for an order.

use std::sync::Arc;

use super::{
    Blame as _, Commanded, PlacedOrder, Problem,
    draft::{self, Drawn},
    intent,
};
use crate::{
    domain::{AccountName, Capability, IssuedPickupCode, Order, PickupCodeIssuer, PickupCodeState, Text},
    gateway::{Account, Asker, Code, Error, Gateway, Input, commands::came, pickup_codes::remembered},
    store::{Action, Change, Intent, Target, UsedCode},
    vendor::Redemption,
};

/// How many digits a code has (Dingshang, *create pickup codes*).
const DIGITS: std::ops::RangeInclusive<usize> = 6..=10;

/// A pickup code to be redeemed.
#[derive(Clone, Debug)]
pub struct RedeemPickupCode {
    /// The shelf's account and machine.
    pub of: (AccountName, Text),
    /// The cabinet.
    pub cabinet: Text,
    /// The shelf's code.
    pub shelf: Text,
    /// The digits.
    pub code: Text,
    /// The caller's idempotency key.
    pub key: Text,
}

impl Gateway {
    /// Redeems a pickup code, once for each key. Where it is used, and the order that used it went through us, that
    /// order comes with the reason.
    pub async fn redeem_pickup_code(
        &self,
        asker: &Asker,
        wanted: &RedeemPickupCode,
    ) -> Commanded<PlacedOrder> {
        self.try_redeem(asker, wanted).await.unwrap_or_else(Into::into).about(of_the_code)
    }

    async fn try_redeem(
        &self,
        asker: &Asker,
        wanted: &RedeemPickupCode,
    ) -> Result<Commanded<PlacedOrder>, Problem> {
        let account = self.account(asker, &wanted.of.0).blame(&["shelfId"])?;
        if !account.can(Capability::PickupCodeRedeem) {
            return Err(account.unsupported("redeeming pickup codes")).blame(&["shelfId"]);
        }
        if !DIGITS.contains(&wanted.code.len()) || !wanted.code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Input::Digits { argument: "code", least: 6, most: 10 }).blame(&["code"]);
        }
        let RedeemPickupCode { of: (_, machine), cabinet, shelf, code, key } = wanted;
        let input = format!("{machine:?} {cabinet:?} {shelf:?} {code:?}");
        let action = (Action::RedeemPickupCode, &*input);
        let mut intended = intent(asker, account.name(), action, Target::default(), self.clock.as_ref());
        intended.key = Some(key.clone());
        if let Some(earlier) = self.commands.earlier(&intended).await.blame(&["idempotencyKey"])? {
            return self.placed(asker, account, earlier).await;
        }
        let machine = self.machine(asker, account.name(), machine).await.blame(&["shelfId"])?;
        let (found, _) = machine.shelf(cabinet, shelf, asker).await.blame(&["shelfId"])?;
        let line = draft::line(0, &found, 1).ok_or(Error::NotFound).blame(&["shelfId"])?;
        intended.target = Target {
            cabinet: Some(cabinet.clone()),
            shelf: Some(shelf.clone()),
            code: Some(code.clone()),
            ..Target::default()
        };
        let new = || draft::order(&account, machine.number(), vec![line.clone()], self.clock.as_ref());
        let intent = match self.draw(&account, &intended, new).await? {
            Drawn::Before(earlier) => earlier,
            Drawn::Ours(intent, order, notify_url) => {
                let redemption = Redemption {
                    machine: order.machine.clone(),
                    slot: line.slot.clone(),
                    code: code.clone(),
                    trade_number: order.trade_number.clone(),
                    notify_url,
                };
                let product = found.product.as_ref().map(|product| product.number.clone());
                self.send_redemption(asker, &account, intent, (*order, redemption, product)).await?
            }
        };
        self.placed(asker, account, intent).await
    }

    async fn send_redemption(
        &self,
        asker: &Asker,
        account: &Arc<Account>,
        intent: Intent,
        (mut order, redemption, product): (Order, Redemption, Option<Text>),
    ) -> Result<Intent, Error> {
        let (client, clock, of) = (account.client(), Arc::clone(&self.clock), Arc::clone(account));
        let act = account.named(async move {
            let answer = client.redeem_pickup_code(&redemption).await;
            of.forget_machine(&redemption.machine, &answer);
            of.forget_pickup_codes(&redemption.machine, &redemption.slot);
            let mut change = Change::none();
            if let Ok(report) = &answer {
                order.hear(report, clock.now());
                change = redeemed(order, &redemption.code, product);
            }
            came(clock.as_ref(), &answer, change)
        });
        self.commands.carry_out(intent, asker.until, act).await
    }
}

/// The argument that a refusal is about.
const fn of_the_code(code: Code) -> &'static [&'static str] {
    let is_of_it = matches!(code, Code::PickupCodeNotFound | Code::PickupCodeUsed | Code::PickupCodeExpired);
    if is_of_it { &["code"] } else { &[] }
}

/// An order that a code with these digits paid for, with the code, which is used up by it.
pub(super) fn redeemed(order: Order, digits: &Text, product: Option<Text>) -> Change {
    let Some(code) = code_of(&order, digits, product) else { return Change::order(order) };
    let used = UsedCode { number: code.number.clone(), by: order.trade_number.clone() };
    Change { codes: vec![code], used: Some(used), order: Some(order) }
}

/// The code that paid for an order, to be remembered, also where it was not made through us.
fn code_of(order: &Order, digits: &Text, product: Option<Text>) -> Option<IssuedPickupCode> {
    let number = order.pickup_code_number.as_ref()?;
    let line = order.lines.first()?;
    Some(IssuedPickupCode {
        account: order.account.clone(),
        number: remembered(&order.machine, number),
        issuer: PickupCodeIssuer::Vendor,
        code: digits.clone(),
        machine: Some(order.machine.clone()),
        cabinet: Some(line.cabinet.clone()),
        shelf: Some(line.shelf.clone()),
        product_number: product,
        quantity: 1,
        fee: None,
        state: PickupCodeState::Unused,
        created_at: order.created_at,
        starts_at: None,
        expires_at: None,
        used_at: None,
        used_by: None,
        hold: None,
        version: 0,
    })
}
