//! Settling what is not known: of commands whose answer was lost, and of orders whose time to pay is over.
//!
//! Nothing is sent again. The order is read; where it shows the command done, it was done; where it does not show it
//! long after, it was not.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt as _, future::join_all, stream};
use jiff::SignedDuration;
use tokio::time::{Instant, sleep};

use super::{PlacedOrder, redeem::redeemed, update::tells};
use crate::{
    domain::{Order, OrderReport, OrderState},
    gateway::{Account, Code, Error, Gateway, Result},
    store::{Action, Change, Ending, Intent, Outcome},
};

/// How often it is looked for what is not known.
const EVERY: Duration = Duration::from_secs(5);
/// How long after a command an order that does not show it tells that it was not done: the vendor gives up a dispense
/// after 120 s (Dingshang, *Rules of the vendor's platform*).
const SHOWS_AFTER: SignedDuration = SignedDuration::from_mins(3);
/// How long after its answer was lost a dispense that no order shows is over at the vendor, whatever came of it.
const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_secs(120);
/// How much is looked at in one go.
const AT_ONCE: usize = 50;
/// How many commands of an account are looked at in one go, and how many at a time. The next go looks at those after them, so
/// that those which wait for something, or can never be settled, do not keep the others from it.
const UNSETTLED_AT_ONCE: usize = 200;
const AT_A_TIME: usize = 4;
/// How long a command is asked about whose order the vendor says that it does not have.
const GONE_AFTER: SignedDuration = SignedDuration::from_hours(1);
/// How long one go may wait for vendors.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long idempotency keys are kept (interface, *Settled questions*).
const KEYS_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Settles what is not known of an account's commands, again and again.
pub async fn settle(gateway: &Gateway, account: &Arc<Account>) {
    loop {
        gateway.settle_account(account, Instant::now() + PATIENCE).await;
        sleep(EVERY).await;
    }
}

/// Keeps the store's orders, keys and codes as they are by now, again and again.
pub async fn tidy(gateway: &Gateway) {
    loop {
        gateway.tidy_orders(Instant::now() + PATIENCE).await;
        sleep(EVERY).await;
    }
}

impl Gateway {
    /// Looks once at everything that is not known.
    pub async fn reconcile_once(&self) {
        let until = Instant::now() + PATIENCE;
        join_all(self.all_accounts().iter().map(|account| self.settle_account(account, until))).await;
        self.tidy_orders(until).await;
    }

    async fn tidy_orders(&self, until: Instant) {
        if let Err(error) = self.settle_store(until).await {
            tracing::warn!(%error, "the store could not be tidied");
        }
    }

    /// Looks at some of an account's commands; one that cannot be settled now does not keep the others from it.
    async fn settle_account(&self, account: &Arc<Account>, until: Instant) {
        let unsettled = match self.commands.next_unsettled(account.name(), UNSETTLED_AT_ONCE).await {
            Ok(unsettled) => unsettled,
            Err(error) => {
                tracing::warn!(account = %account.name(), %error, "what is not known could not be looked for");
                return;
            }
        };
        let settle = async |intent: Intent| {
            if let Err(error) = self.settle(account, &intent, until).await {
                tracing::debug!(intent = %intent.id, %error, "still not known");
            }
        };
        stream::iter(unsettled).for_each_concurrent(AT_A_TIME, settle).await;
    }

    async fn settle_store(&self, until: Instant) -> Result<()> {
        let now = self.clock.now();
        for order in self.store().due_orders(now, AT_ONCE).await? {
            let account = &self.account_named(&order.account);
            let mut order = match account {
                // Who paid at the last moment may have paid: the vendor knows, if it answers.
                Some(account) => {
                    let placed = PlacedOrder { account: Arc::clone(account), order };
                    self.heard_if_told(placed, until).await.order
                }
                // Orders of an account that was taken out of the configuration would stay due for ever, before all
                // others.
                None => order,
            };
            if order.lapse(now) || order.state == OrderState::Expired {
                self.store().save(&order, now).await?;
            }
        }
        let forgotten = now.checked_sub(KEYS_KEPT).unwrap_or(now);
        self.store().forget_keys(forgotten, AT_ONCE).await?;
        self.store().expire_codes(now, AT_ONCE).await?;
        Ok(())
    }

    /// Finds out what came of a command whose answer was lost, and writes it down if that can be told; gives the
    /// command as it then stands.
    pub(super) async fn settle(
        &self,
        account: &Arc<Account>,
        intent: &Intent,
        until: Instant,
    ) -> Result<Intent> {
        let since = self.clock.now().duration_since(intent.wanted.begun_at);
        let under_way = SignedDuration::try_from(account.under_way()).unwrap_or(SignedDuration::MAX);
        if intent.end.is_none() && since < under_way && !self.store().is_abandoned(intent).await? {
            return Ok(intent.clone());
        }
        let order = match &intent.wanted.target.trade_number {
            Some(number) => self.store().order(account.name(), number).await?,
            None => None,
        };
        let Some(mut order) = order else {
            return self.write_off(intent).await;
        };
        let placed = PlacedOrder { account: Arc::clone(account), order: order.clone() };
        match self.look(placed, intent, (since, until)).await {
            Ok((order, Some(outcome))) => self.write_settled(intent, outcome, order).await,
            Ok((_, None)) => Ok(intent.clone()),
            Err(error) if since >= patience(&error) => {
                tracing::warn!(intent = %intent.id, %error, "what came of a command will never be known");
                if let Some(line) = intent.wanted.target.line.and_then(|position| order.line_mut(position)) {
                    line.take_as_told(None);
                }
                self.write_settled(intent, Outcome::Lost, order).await
            }
            Err(error) => Err(error),
        }
    }

    /// Reads the order that a command is about; what came of the command, if that can be told.
    async fn look(
        &self,
        placed: PlacedOrder,
        intent: &Intent,
        (since, until): (SignedDuration, Instant),
    ) -> Result<(Order, Option<Outcome>)> {
        let account = Arc::clone(&placed.account);
        let (PlacedOrder { mut order, .. }, report) = self.heard_with_report(placed, until).await?;
        order.lapse(self.clock.now());
        let outcome = match (shown(&order, intent), report) {
            (Some(outcome), _) => Some(outcome),
            (None, Some(report)) if since >= SHOWS_AFTER => Some(not_shown(&mut order, intent, &report)),
            (None, None) if since >= SHOWS_AFTER && intent.wanted.action == Action::RedeemPickupCode => {
                // Who redeemed the same code later may have been told by which order it is used.
                if let Some(number) = self.store().told_used_by(intent).await? {
                    match self.hear_of_number(&account, &mut order, (&number, until)).await {
                        Ok(()) => {}
                        Err(error) if error.is_retryable() => return Err(error),
                        // What its vendor does not tell of, the slot's list may settle.
                        Err(error) => tracing::debug!(%error, "an order that used a code is not told"),
                    }
                }
                match shown(&order, intent) {
                    Some(outcome) => Some(outcome),
                    None => Some(unredeemed(&account, &order, intent, until).await?),
                }
            }
            (None, _) => intent.end.is_none().then_some(Outcome::Unknown),
        };
        Ok((order, outcome))
    }

    async fn write_settled(&self, intent: &Intent, outcome: Outcome, order: Order) -> Result<Intent> {
        let now = self.clock.now();
        let error = (outcome == Outcome::NotDone).then(|| why_not(intent.wanted.action).word().into());
        let ending = Ending { error, ..Ending::new(outcome, now) };
        if intent.end.is_none() && outcome == Outcome::NotDone {
            // It may have been sent: only what ends at once as not done gives its key back.
            self.store().end(intent.id, &Ending::new(Outcome::Unknown, now), &Change::none()).await?;
        }
        let change = match &intent.wanted.target.code {
            Some(digits) if outcome == Outcome::Done => redeemed(order, digits, None),
            _ => Change::order(order),
        };
        Ok(self.store().end(intent.id, &ending, &change).await?)
    }

    /// Ends what is about no order: nothing can tell what came of it. What it holds, the shelf of a test dispense, it
    /// holds until the vendor has given it up.
    async fn write_off(&self, intent: &Intent) -> Result<Intent> {
        let now = self.clock.now();
        let outcome = match &intent.end {
            None => Outcome::Unknown,
            Some(end) if end.outcome == Outcome::Unknown && now.duration_since(end.at) >= GIVEN_UP_AFTER => {
                Outcome::Lost
            }
            Some(_) => return Ok(intent.clone()),
        };
        let ending = Ending::new(outcome, now);
        Ok(self.store().end(intent.id, &ending, &Change::none()).await?)
    }
}

/// How long after a command it is given up to ask what came of it, where that fails so: a vendor that has no such order is
/// hardly going to have it again; one that does not answer may be back, but not for ever.
fn patience(error: &Error) -> SignedDuration {
    if matches!(error.code(), Code::NotFound | Code::MachineNotFound) { GONE_AFTER } else { KEYS_KEPT }
}

/// Why a command turned out not to be done: a creation has expired, anything else got lost on its way.
const fn why_not(action: Action) -> Code {
    match action {
        Action::CreateOrder => Code::OrderExpired,
        Action::PayOrder
        | Action::CancelOrder
        | Action::DispenseOrderLine
        | Action::RedeemPickupCode
        | Action::TestDispense
        | Action::ReplenishMachine
        | Action::ReplenishCategory
        | Action::ReplenishShelf
        | Action::CreatePickupCodes
        | Action::CancelPickupCode
        | Action::CancelAllPickupCodes => Code::VendorTimeout,
    }
}

/// What the slot's list of unused codes tells of a redemption whose order is not known: a code that is good for one piece and
/// is listed yet was not redeemed. One that is listed no more was, or has ended otherwise, and only the vendor's callback
/// can still tell.
async fn unredeemed(account: &Account, order: &Order, intent: &Intent, until: Instant) -> Result<Outcome> {
    let (Some(line), Some(digits)) = (order.lines.first(), &intent.wanted.target.code) else {
        return Ok(Outcome::Lost);
    };
    let codes = account.pickup_codes(&order.machine, &line.slot, until).await?;
    let is_unused = codes.value.iter().any(|code| code.code == *digits && code.quantity == 1);
    Ok(if is_unused { Outcome::NotDone } else { Outcome::Lost })
}

/// What came of a command that the order does not show long after it. Whether a dispense was begun cannot always be told:
/// a line that had failed says so again if this attempt failed too, and one of several pieces waits after each.
fn not_shown(order: &mut Order, intent: &Intent, report: &OrderReport) -> Outcome {
    let Some(line) = intent.wanted.target.line.and_then(|position| order.line_mut(position)) else {
        return Outcome::NotDone;
    };
    let is_certain = line.quantity < 2 && !line.was_failed();
    let told = line.record.as_deref().and_then(|record| report.delivery(record));
    line.take_as_told(told);
    if is_certain { Outcome::NotDone } else { Outcome::Lost }
}

/// What an order shows of a command's outcome.
fn shown(order: &Order, intent: &Intent) -> Option<Outcome> {
    let done = |done: bool| if done { Outcome::Done } else { Outcome::NotDone };
    match intent.wanted.action {
        // A creation is known by its number; one without can never be paid, and is over when it expires.
        Action::CreateOrder | Action::RedeemPickupCode => match &order.number {
            Some(_) => Some(Outcome::Done),
            None => (order.state == OrderState::Expired).then_some(Outcome::NotDone),
        },
        Action::PayOrder => tells(order.state, true).map(done),
        Action::CancelOrder => tells(order.state, false).map(done),
        Action::DispenseOrderLine => {
            order.line(intent.wanted.target.line?)?.has_begun().then_some(Outcome::Done)
        }
        Action::TestDispense
        | Action::ReplenishMachine
        | Action::ReplenishCategory
        | Action::ReplenishShelf
        | Action::CreatePickupCodes
        | Action::CancelPickupCode
        | Action::CancelAllPickupCodes => None,
    }
}
