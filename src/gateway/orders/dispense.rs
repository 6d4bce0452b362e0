//! Letting a machine give out what was paid for, or one piece to try a shelf.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use super::{Blame as _, Commanded, PlacedOrder, Problem, draw_callback, intent, update::was_never_done};
use crate::{
    domain::{
        AccountName, Capability, Delivery, DeliveryState, Id, Order, OrderLine, OrderReportLine, OrderState,
        Text,
    },
    gateway::{
        Account, Asker, Code, Error, Gateway, Refusal, Result,
        commands::{Start, came, overtaken, verdict, was_overtaken},
    },
    store::{Action, Change, Intent, NewIntent, Target},
    vendor::{Dispensed, Kind},
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
        // A line that failed keeps that state: whether the machine is at it again could not be told from it.
        DeliveryState::Cancelled | DeliveryState::Failed => Err(Code::OrderStateInvalid),
        DeliveryState::Dispensing => Ok(false),
        DeliveryState::Unknown
        | DeliveryState::Waiting
        | DeliveryState::TimedOut
        | DeliveryState::OutOfStock
        | DeliveryState::NoSuchProduct => Ok(true),
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
            return Problem { field: vec!["lineId".to_owned()], error: apart.into() }.into();
        }
        let placed = match self.stored_order(asker, account, trade_number).await.blame(&["orderId"]) {
            Ok(placed) => placed,
            Err(problem) => return problem.into(),
        };
        if !placed.order.lines.iter().any(|line| line.position == *position) {
            return Problem { field: vec!["lineId".to_owned()], error: Error::NotFound }.into();
        }
        let outcome = self.try_dispense(asker, placed.clone(), *position).await;
        let now = self.again(placed.clone()).await.unwrap_or(placed);
        Commanded { subject: dispense_of(&now, *position), problem: outcome.err().map(Problem::from) }
    }

    async fn try_dispense(&self, asker: &Asker, placed: PlacedOrder, position: u32) -> Result<()> {
        let mut placed = placed;
        // Again where another command stood in the way and is settled by then, or got ahead.
        for _ in 0..3 {
            let line = placed.order.lines.iter().find(|line| line.position == position);
            let line = line.ok_or(Error::NotFound)?;
            if !is_due(placed.order.state, line.delivery.state).map_err(Refusal::ours)?
                && !self.waits_for_the_next_piece(&placed, line, asker.until).await?
            {
                return Ok(());
            }
            if line.record.is_none() {
                // Only the order's own call tells the vendor's numbers of its lines.
                placed = self.heard(placed, asker.until).await?;
            }
            let line = placed.order.lines.iter().find(|line| line.position == position);
            let record = line.and_then(|line| line.record.clone());
            let (Some(number), Some(record)) = (placed.order.number.clone(), record) else {
                return Err(Refusal::ours(Code::OutcomeUnknown).into());
            };
            let target = Target { line: Some(position), ..Target::order(&placed.order) };
            let action = (Action::DispenseOrderLine, "");
            let intended = intent(asker, placed.account.name(), action, target, self.clock.as_ref());
            match self.commands.begin(&intended, &Change::none()).await? {
                Start::Carry(intent) => {
                    let sent = self.send_dispense(asker, &placed, intent, (number, record, position));
                    let sent = sent.await?;
                    if !was_overtaken(&sent) {
                        return verdict(&sent);
                    }
                    placed = self.again(placed).await?;
                }
                Start::Again(other) | Start::Busy(other) => {
                    let same = other.wanted.action == Action::DispenseOrderLine;
                    let other = self.out_of_the_way(&placed, other, asker.until).await?;
                    if same && !was_never_done(&other) {
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
    pub(super) async fn waits_for_the_next_piece(
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
        let told = report.value.lines.iter().find(|told| told.number == *record);
        Ok(told.is_some_and(|told| told.delivery == DeliveryState::Waiting))
    }

    async fn send_dispense(
        &self,
        asker: &Asker,
        placed: &PlacedOrder,
        intent: Intent,
        (number, record, position): (Text, Text, u32),
    ) -> Result<Intent> {
        let (client, clock) = (placed.account.client(), Arc::clone(&self.clock));
        let of = Arc::clone(&placed.account);
        let store = Arc::clone(&self.commands.store);
        let mut order = placed.order.clone();
        let before = state_of(&order, position);
        let act = placed.account.named(async move {
            let stored = store.order(&order.account, &order.trade_number).await;
            let as_it_was =
                |stored: &Order| stored.state == order.state && state_of(stored, position) == before;
            let mut ours = stored.is_ok_and(|stored| stored.is_some_and(|stored| as_it_was(&stored)));
            if before == Some(DeliveryState::Dispensing) {
                // After the first piece of several only the vendor tells whether the machine is at the next.
                let report = client.order(&order.machine, &number).await;
                let waits =
                    |line: &OrderReportLine| line.number == record && line.delivery == DeliveryState::Waiting;
                ours &= report.is_ok_and(|report| report.lines.iter().any(waits));
            }
            if !ours {
                return overtaken(clock.as_ref());
            }
            let mut answer = client.dispense(&order.machine, &number, &record).await.map(Some);
            of.forget_machine(&order.machine, &answer);
            let mut shown = false;
            let kind = answer.as_ref().err().map(|error| error.kind);
            if let Some(Kind::OutcomeUnknown | Kind::OrderAlreadyDelivered | Kind::OrderStateInvalid) = kind
                && let Ok(report) = client.order(&order.machine, &number).await
            {
                let told = report.lines.iter().find(|told| told.number == record).map(|told| told.delivery);
                shown = before.zip(told).is_some_and(|(before, told)| shows(before, told));
                order.hear(&report, clock.now());
            }
            if let Some(line) = order.lines.iter_mut().find(|line| line.position == position) {
                if let Ok(Some(dispensed)) = &answer {
                    line.delivery_number = Some(dispensed.number.clone());
                    line.delivery.hear(&Delivery::new(DeliveryState::Dispensing));
                    line.delivery.hear(&dispensed.delivery);
                } else if kind == Some(Kind::OutcomeUnknown) && shown {
                    answer = Ok(None);
                }
            }
            came(clock.as_ref(), &answer, Change::order(order))
        });
        self.commands.carry_out(intent, asker.until, act).await
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
        let account = Arc::clone(self.account(asker, &wanted.of.0).blame(&["shelfId"])?);
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
        let intent = match self.commands.begin(&intended, &Change::none()).await? {
            Start::Carry(intent) => intent,
            // The machine is at this shelf: one piece at a time.
            Start::Again(_) | Start::Busy(_) | Start::Taken => {
                return Err(Refusal::ours(Code::OrderStateInvalid)).blame(&["shelfId"]);
            }
        };
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

/// Whether the machine is at it, or has been.
pub(super) const fn has_begun(state: DeliveryState) -> bool {
    !matches!(state, DeliveryState::Unknown | DeliveryState::Waiting | DeliveryState::Cancelled)
}

fn state_of(order: &Order, position: u32) -> Option<DeliveryState> {
    order.lines.iter().find(|line| line.position == position).map(|line| line.delivery.state)
}

/// Whether what the vendor tells of a line shows that the dispense was begun which was sent while the line was
/// `before`. A line of several pieces has come out in part before, and one that had failed says so still.
fn shows(before: DeliveryState, told: DeliveryState) -> bool {
    has_begun(told) && (told != before || told == DeliveryState::Dispensing)
}

fn dispense_of(placed: &PlacedOrder, position: u32) -> Option<Dispense> {
    let line = placed.order.lines.iter().find(|line| line.position == position)?;
    let id = line
        .delivery_number
        .as_ref()
        .map(|number| delivery_id(&placed.account, &placed.order.machine, number));
    Some(Dispense { id, delivery: line.delivery.clone() })
}

fn delivery_id(account: &Account, machine: &Text, number: &Text) -> Id {
    Id::Delivery { account: account.name().clone(), machine: machine.clone(), delivery: number.clone() }
}
