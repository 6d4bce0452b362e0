//! Telling the vendor what became of an order's payment.

use std::sync::Arc;

use tokio::time::Instant;

use super::{Commanded, PlacedOrder, Problem, intent};
use crate::{
    domain::{AccountName, Order, OrderState, Text},
    gateway::{
        Asker, Code, Error, Gateway, Refusal, Result,
        commands::{Start, came, overtaken, verdict, was_overtaken},
    },
    store::{Action, Change, Digest, Intent, Outcome, Target},
    vendor::{Kind, OrderUpdate},
};

/// Why an order is cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cancellation {
    /// The money goes back.
    Refund,
    /// It is closed.
    Closed,
    /// It is revoked.
    Revoked,
    /// The payment failed.
    PaymentFailed,
}

impl From<Cancellation> for OrderUpdate {
    fn from(reason: Cancellation) -> Self {
        match reason {
            Cancellation::Refund => Self::Refund,
            Cancellation::Closed => Self::Closed,
            Cancellation::Revoked => Self::Revoked,
            Cancellation::PaymentFailed => Self::PaymentFailed,
        }
    }
}

/// The state that an order has after an update.
pub(super) const fn state_after(update: OrderUpdate) -> OrderState {
    match update {
        OrderUpdate::Paid => OrderState::Paid,
        OrderUpdate::Refund => OrderState::Refund,
        OrderUpdate::Closed => OrderState::Closed,
        OrderUpdate::Revoked => OrderState::Revoked,
        OrderUpdate::Paying => OrderState::Paying,
        OrderUpdate::PaymentFailed => OrderState::PaymentFailed,
    }
}

/// Whether an order's state tells that its payment (or its cancellation) was done, or that it was not; `None`: neither.
pub(super) const fn tells(state: OrderState, payment: bool) -> Option<bool> {
    match state {
        OrderState::Paid | OrderState::PickupCode | OrderState::Test if payment => Some(true),
        OrderState::Unknown
        | OrderState::Unpaid
        | OrderState::Paying
        | OrderState::Paid
        | OrderState::PickupCode
        | OrderState::Test => None,
        OrderState::Expired => Some(false),
        OrderState::Refund => Some(true),
        OrderState::PaymentFailed | OrderState::Closed | OrderState::Revoked => Some(!payment),
    }
}

/// Whether an order as it stands is to be updated: `false`, it is already so; or why not.
fn is_due(order: &Order, update: OrderUpdate) -> std::result::Result<bool, Code> {
    let wanted = state_after(update);
    match order.state {
        state if state == wanted => Ok(false),
        OrderState::Expired => Err(Code::OrderExpired),
        // Without a number nothing can be said to the vendor about it.
        _ if order.number.is_none() => Err(Code::OutcomeUnknown),
        OrderState::PickupCode | OrderState::Test if update == OrderUpdate::Paid => {
            Err(Code::OrderAlreadyPaid)
        }
        OrderState::Unknown
        | OrderState::Unpaid
        | OrderState::Paying
        | OrderState::Paid
        | OrderState::PickupCode
        | OrderState::Test => Ok(true),
        OrderState::PaymentFailed | OrderState::Closed | OrderState::Revoked | OrderState::Refund => {
            Err(Code::OrderStateInvalid)
        }
    }
}

/// Whether a command turned out not to have been done, or nothing will ever tell, so that the same one may be sent as a
/// new one.
pub(super) fn may_be_given_again(intent: &Intent) -> bool {
    intent.end.as_ref().is_some_and(|end| matches!(end.outcome, Outcome::NotDone | Outcome::Lost))
}

impl Gateway {
    /// Tells the vendor that an order is paid.
    pub async fn pay_order(&self, asker: &Asker, order: &(AccountName, Text)) -> Commanded<PlacedOrder> {
        self.update(asker, order, OrderUpdate::Paid).await
    }

    /// Ends an order that is not to be carried out.
    pub async fn cancel_order(
        &self,
        asker: &Asker,
        order: &(AccountName, Text),
        reason: Cancellation,
    ) -> Commanded<PlacedOrder> {
        self.update(asker, order, reason.into()).await
    }

    async fn update(
        &self,
        asker: &Asker,
        (account, trade_number): &(AccountName, Text),
        update: OrderUpdate,
    ) -> Commanded<PlacedOrder> {
        let placed = match self.stored_order(asker, account, trade_number).await {
            Ok(placed) => placed,
            Err(error) => {
                return Problem::of(&["orderId"], error).into();
            }
        };
        match self.try_update(asker, placed.clone(), update).await {
            Ok(placed) => Commanded::done(placed),
            Err(error) => {
                let now = self.stored_order(asker, account, trade_number).await.unwrap_or(placed);
                Commanded { subject: Some(now), problem: Some(error.into()) }
            }
        }
    }

    async fn try_update(
        &self,
        asker: &Asker,
        placed: PlacedOrder,
        update: OrderUpdate,
    ) -> Result<PlacedOrder> {
        let mut placed = placed;
        let action = if update == OrderUpdate::Paid { Action::PayOrder } else { Action::CancelOrder };
        // Again where another command stood in the way and is settled by then, or got ahead.
        for _ in 0..3 {
            if !is_due(&placed.order, update).map_err(Refusal::ours)? {
                return Ok(placed);
            }
            let target = Target::order(&placed.order);
            let input = format!("{update:?}");
            let intended =
                intent(asker, placed.account.name(), (action, &input), target, self.clock.as_ref());
            // Before anything is sent: whoever reads the order as closed knows that it was our word and no lapse.
            let change = if update == OrderUpdate::Closed {
                Change::order(Order { closing: true, ..placed.order.clone() })
            } else {
                Change::none()
            };
            match self.commands.begin(&intended, &change).await? {
                Start::Carry(intent) => {
                    let intent = self.send_update(asker, &placed, intent, update).await?;
                    if was_overtaken(&intent) {
                        placed = self.again(placed).await?;
                        continue;
                    }
                    verdict(&intent)?;
                    let placed = self.again(placed).await?;
                    // What an end means for the order's lines only its own call tells.
                    let ended = update != OrderUpdate::Paid;
                    return Ok(if ended { self.heard_if_told(placed, asker.until).await } else { placed });
                }
                Start::Again(other) | Start::Busy(other) => {
                    let same =
                        other.wanted.action == action && other.wanted.fingerprint == Digest::of(&input);
                    let other = self.out_of_the_way(&placed, other, asker.until).await?;
                    placed = self.again(placed).await?;
                    if same && !may_be_given_again(&other) {
                        verdict(&other)?;
                        return Ok(placed);
                    }
                }
                Start::Taken => {}
            }
        }
        Err(Refusal::ours(Code::OutcomeUnknown).into())
    }

    /// Waits for a command that holds an order, and settles it if its answer was lost. An error where it is still not
    /// known what came of it.
    pub(super) async fn out_of_the_way(
        &self,
        placed: &PlacedOrder,
        other: Intent,
        until: Instant,
    ) -> Result<Intent> {
        let other = self.commands.ended(other, until).await?;
        if !other.is_unsettled() {
            return Ok(other);
        }
        match self.settle(&placed.account, &other, until).await {
            Ok(settled) if !settled.is_unsettled() => Ok(settled),
            // Whatever keeps it from being settled, what came of it is not known.
            Ok(_) => Err(Refusal::ours(Code::OutcomeUnknown).into()),
            Err(error) => {
                tracing::debug!(intent = %other.id, %error, "still not known");
                Err(Refusal::ours(Code::OutcomeUnknown).into())
            }
        }
    }

    /// The order as it is stored now.
    pub(super) async fn again(&self, placed: PlacedOrder) -> Result<PlacedOrder> {
        let PlacedOrder { account, order } = placed;
        let stored = self.store().order(account.name(), &order.trade_number).await?;
        let mut order = stored.ok_or(Error::NotFound)?;
        order.lapse(self.clock.now());
        Ok(PlacedOrder { account, order })
    }

    async fn send_update(
        &self,
        asker: &Asker,
        placed: &PlacedOrder,
        intent: Intent,
        update: OrderUpdate,
    ) -> Result<Intent> {
        let (client, clock) = (placed.account.client(), Arc::clone(&self.clock));
        let of = Arc::clone(&placed.account);
        let store = Arc::clone(&self.commands.store);
        let mut order = placed.order.clone();
        let number = order.number.clone().unwrap_or_default();
        // From here on it may be paid, so that its time to pay being over ends it no more.
        order.paying |= update == OrderUpdate::Paid;
        order.closing |= update == OrderUpdate::Closed;
        let act = placed.account.named(async move {
            let stored = store.order(&order.account, &order.trade_number).await;
            if !stored.is_ok_and(|stored| stored.is_some_and(|stored| stored.state == order.state)) {
                return overtaken(clock.as_ref());
            }
            let mut answer = client.update_order(&order.machine, &number, update).await;
            of.forget_machine(&order.machine, &answer);
            match answer.as_ref().map_err(|error| error.kind) {
                Ok(()) => order.state = order.state.advance(state_after(update)),
                // Somebody said so before, which is what was wanted.
                Err(Kind::OrderAlreadyPaid) if update == OrderUpdate::Paid => {
                    order.state = order.state.advance(OrderState::Paid);
                    answer = Ok(());
                }
                Err(Kind::OrderExpired) => order.state = order.state.advance(OrderState::Expired),
                Err(Kind::OutcomeUnknown | Kind::OrderStateInvalid) => {
                    if let Ok(report) = client.order(&order.machine, &number).await {
                        order.hear(&report, clock.now());
                        let unknown = answer.as_ref().is_err_and(|error| error.kind == Kind::OutcomeUnknown);
                        if unknown && tells(order.state, update == OrderUpdate::Paid) == Some(true) {
                            answer = Ok(());
                        }
                    }
                }
                Err(_) => {}
            }
            came(clock.as_ref(), &answer, Change::order(order))
        });
        self.commands.carry_out(intent, asker.until, act).await
    }
}
