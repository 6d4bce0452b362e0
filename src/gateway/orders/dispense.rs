//! Letting a machine give out what was paid for, or one piece to try a shelf.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use super::{Blame as _, Commanded, PlacedOrder, Problem, draw_callback, intent, update::may_be_given_again};
use crate::{
    domain::{
        AccountName, Capability, Clock, Delivery, DeliveryState, Id, Order, OrderLine, OrderState, Text,
    },
    gateway::{
        Account, Asker, Code, Error, Gateway, Refusal, Result,
        commands::{Came, Start, came, overtaken, verdict, was_overtaken},
    },
    store::{Action, Change, Ending, Intent, NewIntent, Outcome, Store, Target},
    vendor::{self, Dispensed, Kind, Vendor},
};

/// A line to be given out.
#[derive(Clone, Debug)]
pub struct DispenseOrderLine {
    /// The order, by account and trade number.
    pub order: (AccountName, Text),
    /// The line's account, trade number and position.
    pub line: (AccountName, Text, u32),
}

/// A shelf to be tried.
#[derive(Clone, Debug)]
pub struct TestDispense {
    /// The shelf's account and machine.
    pub of: (AccountName, Text),
    /// The cabinet.
    pub cabinet: Text,
    /// The shelf's code.
    pub shelf: Text,
}

/// A dispense that the vendor knows of.
#[derive(Clone, Debug)]
pub struct Dispense {
    /// Its global id; `None` where the vendor's number of it is not known.
    pub id: Option<Id>,
    /// How far it is.
    pub delivery: Delivery,
}

/// One attempt at a line, as it is carried out.
struct Attempt {
    account: Arc<Account>,
    client: Arc<dyn Vendor>,
    clock: Arc<dyn Clock>,
    store: Arc<dyn Store>,
    /// The vendor's numbers of the order and of the line.
    number: Text,
    record: Text,
    /// The line before the attempt.
    before: OrderLine,
    /// The order with it.
    order: Order,
}

/// Whether a line of an order as it stands is to be given out: `false`, the machine is at it; or why not.
fn is_due(order: OrderState, delivery: DeliveryState) -> std::result::Result<bool, Code> {
    match order {
        OrderState::Paid | OrderState::PickupCode | OrderState::Test => {}
        OrderState::Unknown | OrderState::Unpaid | OrderState::Paying => return Err(Code::OrderUnpaid),
        OrderState::Expired => return Err(Code::OrderExpired),
        OrderState::PaymentFailed | OrderState::Closed | OrderState::Revoked | OrderState::Refund => {
            return Err(Code::OrderStateInvalid);
        }
    }
    match delivery {
        DeliveryState::Dispensed => Err(Code::OrderAlreadyDelivered),
        DeliveryState::Cancelled => Err(Code::OrderStateInvalid),
        DeliveryState::Dispensing => Ok(false),
        // Nothing came out, as far as anybody knows: the vendor says whether it may be tried again.
        DeliveryState::Unknown
        | DeliveryState::Waiting
        | DeliveryState::TimedOut
        | DeliveryState::OutOfStock
        | DeliveryState::NoSuchProduct
        | DeliveryState::Failed => Ok(true),
    }
}

impl Gateway {
    /// Lets the machine give out one line of a paid order.
    pub async fn dispense_order_line(
        &self,
        asker: &Asker,
        wanted: &DispenseOrderLine,
    ) -> Commanded<Dispense> {
        let (account, trade_number, position) = &wanted.line;
        if (account, trade_number) != (&wanted.order.0, &wanted.order.1) {
            let apart = crate::gateway::Input::Apart { argument: "lineId", of: "orderId" };
            return Problem::of(&["lineId"], apart).into();
        }
        let placed = match self.stored_order(asker, account, trade_number).await.blame(&["orderId"]) {
            Ok(placed) => placed,
            Err(problem) => return problem.into(),
        };
        if placed.order.line(*position).is_none() {
            return Problem::of(&["lineId"], Error::NotFound).into();
        }
        let outcome = self.try_dispense(asker, placed.clone(), *position).await;
        let mut now = self.again(placed.clone()).await.unwrap_or(placed);
        if now.order.line(*position).is_some_and(OrderLine::can_tell_more) {
            now = self.heard_if_told(now, asker.until).await;
        }
        Commanded { subject: dispense_of(&now, *position), problem: outcome.err().map(Problem::from) }
    }

    async fn try_dispense(&self, asker: &Asker, placed: PlacedOrder, position: u32) -> Result<()> {
        let mut placed = placed;
        // Again where another command stood in the way and is settled by then, or got ahead.
        for _ in 0..3 {
            let line = placed.order.line(position).ok_or(Error::NotFound)?;
            if !is_due(placed.order.state, line.delivery.state).map_err(Refusal::ours)?
                && !self.waits_for_the_next_piece(&placed, line, asker.until).await?
            {
                return Ok(());
            }
            if line.record.is_none() {
                // Only the order's own call tells the vendor's numbers of its lines.
                placed = self.heard(placed, asker.until).await?;
            }
            let Some(attempt) = self.attempt(&placed, position) else {
                return Err(Refusal::ours(Code::OutcomeUnknown).into());
            };
            let target = Target { line: Some(position), ..Target::order(&placed.order) };
            let action = (Action::DispenseOrderLine, "");
            let intended = intent(asker, placed.account.name(), action, target, self.clock.as_ref());
            match self.commands.begin(&intended, &Change::order(attempt.order.clone())).await? {
                Start::Carry(intent) => {
                    let act = placed.account.named(attempt.carry_out());
                    let sent = self.commands.carry_out(intent, asker.until, act).await?;
                    if !was_overtaken(&sent) {
                        return verdict(&sent);
                    }
                    placed = self.again(placed).await?;
                }
                Start::Again(other) | Start::Busy(other) => {
                    let same = other.wanted.action == Action::DispenseOrderLine;
                    let other = self.out_of_the_way(&placed, other, asker.until).await?;
                    if same && !may_be_given_again(&other) {
                        return verdict(&other);
                    }
                    placed = self.again(placed).await?;
                }
                Start::Taken => {}
            }
        }
        Err(Refusal::ours(Code::OutcomeUnknown).into())
    }

    /// Whether a line of several pieces, of which one was given out, waits for the next to be asked for: a dispense moves
    /// one piece, and the vendor's line waits again after it (Dingshang, *Rules of the vendor's platform*).
    async fn waits_for_the_next_piece(
        &self,
        placed: &PlacedOrder,
        line: &OrderLine,
        until: Instant,
    ) -> Result<bool> {
        let (Some(number), Some(record)) = (&placed.order.number, &line.record) else { return Ok(false) };
        if line.quantity < 2 {
            return Ok(false);
        }
        let report = placed.account.order_report(&placed.order.machine, number, until).await?;
        Ok(report.value.delivery(record) == Some(DeliveryState::Waiting))
    }

    /// Another attempt at a line; `None` where the vendor's numbers of it are not known.
    fn attempt(&self, placed: &PlacedOrder, position: u32) -> Option<Attempt> {
        let mut order = placed.order.clone();
        let line = order.line_mut(position)?;
        let before = line.clone();
        // One that is seen in the midst of another attempt would be written over that one's end: it only asks who is at it.
        if before.earlier.is_none() {
            line.attempt();
        }
        Some(Attempt {
            account: Arc::clone(&placed.account),
            client: placed.account.client(),
            clock: Arc::clone(&self.clock),
            store: Arc::clone(&self.commands.store),
            number: order.number.clone()?,
            record: before.record.clone()?,
            before,
            order,
        })
    }

    /// Lets the machine give out one piece of a shelf, to try it.
    pub async fn test_dispense(&self, asker: &Asker, wanted: &TestDispense) -> Commanded<Dispense> {
        self.try_test_dispense(asker, wanted).await.unwrap_or_else(Into::into)
    }

    async fn try_test_dispense(
        &self,
        asker: &Asker,
        wanted: &TestDispense,
    ) -> std::result::Result<Commanded<Dispense>, Problem> {
        let account = self.account(asker, &wanted.of.0).blame(&["shelfId"])?;
        if !account.can(Capability::Dispense) {
            return Err(account.unsupported("test dispense")).blame(&["shelfId"]);
        }
        let machine = self.machine(asker, account.name(), &wanted.of.1).await.blame(&["shelfId"])?;
        machine.shelf(&wanted.cabinet, &wanted.shelf, asker).await.blame(&["shelfId"])?;
        let target = Target {
            machine: Some(machine.number().clone()),
            cabinet: Some(wanted.cabinet.clone()),
            shelf: Some(wanted.shelf.clone()),
            ..Target::default()
        };
        let (notify_url, callback) = draw_callback(self.callbacks.as_ref(), &account)?;
        let action = (Action::TestDispense, "");
        let intended = NewIntent {
            callback: Some(callback),
            ..intent(asker, account.name(), action, target, self.clock.as_ref())
        };
        let intent = self.begin_test(&account, &intended, asker.until).await?;
        let told: Arc<Mutex<Option<Dispensed>>> = Arc::default();
        let (client, clock, slot) = (account.client(), Arc::clone(&self.clock), Arc::clone(&told));
        let of = Arc::clone(&account);
        let (number, code) = (machine.number().clone(), wanted.shelf.clone());
        let act = account.named(async move {
            let answer = client.test_dispense(&number, &code, &notify_url).await;
            of.forget_machine(&number, &answer);
            let came = came(clock.as_ref(), &answer, Change::none());
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = answer.ok();
            came
        });
        let intent = self.commands.carry_out(intent, asker.until, act).await?;
        let dispensed = told.lock().unwrap_or_else(PoisonError::into_inner).take();
        let subject = dispensed.map(|dispensed| {
            // That it was accepted is as much as the vendor may tell.
            let mut delivery = Delivery::new(DeliveryState::Dispensing);
            delivery.hear(&dispensed.delivery);
            Dispense { id: Some(delivery_id(&account, machine.number(), &dispensed.number)), delivery }
        });
        Ok(Commanded { subject, problem: verdict(&intent).err().map(Problem::from) })
    }
}

impl Gateway {
    /// Writes a test dispense down, if no other is at its shelf: one piece at a time. One whose answer was lost is at it
    /// until the vendor has given it up.
    async fn begin_test(
        &self,
        account: &Arc<Account>,
        intended: &NewIntent,
        until: Instant,
    ) -> std::result::Result<Intent, Problem> {
        // Again where the one before is over by now.
        for _ in 0..2 {
            let other = match self.commands.begin(intended, &Change::none()).await? {
                Start::Carry(intent) => return Ok(intent),
                Start::Again(other) | Start::Busy(other) => other,
                Start::Taken => break,
            };
            let other = self.settle(account, &other, until).await?;
            if other.end.is_some() && other.is_unsettled() {
                return Err(Refusal::ours(Code::OutcomeUnknown).into());
            }
            if other.end.is_none() {
                break;
            }
        }
        Err(Refusal::ours(Code::OrderStateInvalid)).blame(&["shelfId"])
    }
}

impl Attempt {
    /// Asks the vendor once, if everything is still as it was when this was meant.
    async fn carry_out(mut self) -> Came {
        let stored = self.store.order(&self.order.account, &self.order.trade_number).await;
        let Ok(stored) = stored else {
            // Nothing is sent. Whose attempt the store has is not known, so this is looked at again later.
            return Came { ending: Ending::new(Outcome::Unknown, self.clock.now()), change: Change::none() };
        };
        let of = |order: &Order| {
            let line = order.line(self.before.position);
            line.map(|line| (line.attempts, line.earlier, line.delivery.state))
        };
        let is_ours = self.before.earlier.is_none()
            && stored.as_ref().is_some_and(|stored| of(stored) == of(&self.order));
        let is_same = stored.is_some_and(|stored| stored.state == self.order.state);
        if !is_ours {
            return overtaken(self.clock.as_ref());
        }
        if !is_same || !self.is_free().await {
            self.give_up();
            return Came { change: Change::order(self.order), ..overtaken(self.clock.as_ref()) };
        }
        let answer = self.client.dispense(&self.order.machine, &self.number, &self.record).await;
        self.account.forget_machine(&self.order.machine, &answer);
        self.account.forget_order(&self.order.machine, &self.number);
        self.note(answer).await
    }

    /// Whether the machine is not at this line: after the first piece of several only the vendor tells.
    async fn is_free(&self) -> bool {
        if self.before.delivery.state != DeliveryState::Dispensing {
            return true;
        }
        let report = self.client.order(&self.order.machine, &self.number).await;
        report.is_ok_and(|report| report.delivery(&self.record) == Some(DeliveryState::Waiting))
    }

    /// What the answer comes to; what it leaves open the order may tell.
    async fn note(mut self, answer: vendor::Result<Dispensed>) -> Came {
        let position = self.before.position;
        let kind = answer.as_ref().err().map(|error| error.kind);
        if kind.is_some_and(|kind| kind != Kind::OutcomeUnknown) {
            self.give_up();
        }
        if let Some(Kind::OutcomeUnknown | Kind::OrderAlreadyDelivered | Kind::OrderStateInvalid) = kind
            && let Ok(report) = self.client.order(&self.order.machine, &self.number).await
        {
            self.order.hear(&report, self.clock.now());
        }
        let mut answer = answer.map(Some);
        if let Some(line) = self.order.line_mut(position) {
            if let Ok(Some(dispensed)) = &answer {
                line.begin(dispensed.number.clone(), &dispensed.delivery);
            } else if kind == Some(Kind::OutcomeUnknown) && line.has_begun() {
                answer = Ok(None);
            }
        }
        came(self.clock.as_ref(), &answer, Change::order(self.order))
    }

    fn give_up(&mut self) {
        if let Some(line) = self.order.line_mut(self.before.position) {
            line.give_up(&self.before);
        }
    }
}

fn dispense_of(placed: &PlacedOrder, position: u32) -> Option<Dispense> {
    let line = placed.order.line(position)?;
    let id = line
        .delivery_number
        .as_ref()
        .map(|number| delivery_id(&placed.account, &placed.order.machine, number));
    Some(Dispense { id, delivery: line.delivery.clone() })
}

fn delivery_id(account: &Account, machine: &Text, number: &Text) -> Id {
    Id::Delivery { account: account.name().clone(), machine: machine.clone(), delivery: number.clone() }
}
