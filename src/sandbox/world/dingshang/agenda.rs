//! What is due at a later time, and what happens when that time has come: orders lapse, machines finish.

use super::State;
use super::machine::Outcome;
use super::news::News;

/// An order nobody paid for lapses after this many seconds.
pub(super) const LAPSES_AFTER: i64 = 20 * 60;

/// A machine that has not answered for so many seconds will not be waited for any longer.
pub(super) const GIVEN_UP_AFTER: i64 = 120;

/// Something that will happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// The payment of this order will not be waited for any longer.
    Lapse(u64),
    /// The machine of this delivery is done, or said nothing until it was given up.
    DispenseEnds(u64),
}

impl State {
    /// Whether anything is to be done by now.
    pub(super) fn is_due(&self, now: i64) -> bool {
        self.agenda.first().is_some_and(|(time, _)| *time <= now)
    }

    /// Lets everything happen that is due, each at its own time.
    pub(super) fn settle(&mut self, now: i64) {
        while self.is_due(now) {
            match self.agenda.pop_first() {
                Some((_, Due::Lapse(order))) => self.lapse(order),
                Some((time, Due::DispenseEnds(delivery))) => self.end_dispense(delivery, time),
                None => return,
            }
        }
    }

    fn lapse(&mut self, id: u64) {
        let Some(order) = self.orders.get_mut(&id).filter(|order| order.unpaid()) else {
            return;
        };
        order.lapsed = true;
        order.notified += 1;
        let news = News::Lapsed { order_id: id };
        let url = order.notify_url.clone();
        self.end(id, "CLOSED");
        self.tell(url, news);
    }

    /// Ends an order: what did not come out is cancelled and goes back to its slot.
    pub(super) fn end(&mut self, id: u64, status: &'static str) {
        let Some(order) = self.orders.get_mut(&id) else {
            return;
        };
        order.status = status;
        order.ended = true;
        let returned: Vec<(u64, u32)> = order
            .records
            .iter_mut()
            .filter(|record| record.left() > 0)
            .map(|record| {
                record.status = "IS_REFUND";
                (record.product_id, record.left())
            })
            .collect();
        let machine = order.machine.clone();
        if order.holds_stock {
            for (product, count) in returned {
                self.put_back(&machine, product, count);
            }
        }
    }

    /// A slot that was filled up meanwhile takes no more than it holds.
    fn put_back(&mut self, machine: &str, product: u64, count: u32) {
        if let Some(slot) = self.slot(machine, product) {
            slot.stock = slot.capacity.min(slot.stock + count);
        }
    }

    fn end_dispense(&mut self, id: u64, time: i64) {
        let Some(delivery) = self.deliveries.get(&id).cloned() else {
            return;
        };
        let given_up = time >= delivery.delivered + GIVEN_UP_AFTER;
        let online = self.find(&delivery.machine).is_some_and(|machine| machine.online);
        // A machine that went off the network while it dispensed tells nobody how that ended.
        if !given_up && (!online || delivery.outcome == Outcome::Silent) {
            self.agenda.insert((delivery.delivered + GIVEN_UP_AFTER, Due::DispenseEnds(id)));
            return;
        }
        let outcome = if given_up { Outcome::Silent } else { delivery.outcome };
        self.locks.retain(|_, lock| lock.delivery != id);
        let (text, reason, floor) = match &outcome {
            Outcome::Succeeds => ("出货成功", "", "1"),
            Outcome::Fails { reason, floor_status } => ("出货失败", reason.as_str(), floor_status.as_str()),
            Outcome::Silent => ("出货超时", "Feedback Error", "47"),
        };
        if let Some(delivery) = self.deliveries.get_mut(&id) {
            delivery.status = text;
            reason.clone_into(&mut delivery.fail_reason);
            delivery.picked_up = if outcome == Outcome::Succeeds { time } else { 0 };
        }
        self.note_end(delivery.order_id, delivery.record_id, &outcome);
        let news = News::Dispensed {
            order_id: delivery.order_id,
            record_id: delivery.record_id,
            succeeded: outcome == Outcome::Succeeds,
            floor_status: floor.to_owned(),
            error: reason.to_owned(),
        };
        let url = self.orders.get(&delivery.order_id).map(|order| order.notify_url.clone());
        self.tell(url.unwrap_or_default(), news);
    }

    /// Writes into the order how a dispensing ended.
    fn note_end(&mut self, order_id: u64, record_id: u64, outcome: &Outcome) {
        let owner = self.orders.get(&order_id).and_then(|order| self.find(&order.machine));
        let whole = owner.is_some_and(|machine| machine.drops_whole_lines);
        let Some(order) = self.orders.get_mut(&order_id) else {
            return;
        };
        order.notified += 1;
        let test = order.status == "TESTPAY";
        let machine = order.machine.clone();
        let Some(record) = order.records.iter_mut().find(|record| record.id == record_id) else {
            return;
        };
        record.notified = true;
        record.status = match outcome {
            Outcome::Succeeds => {
                record.dispensed += if whole { record.left() } else { 1 };
                if record.left() == 0 { "IS_SUCCESS" } else { "WAITING_PICKED_UP" }
            }
            Outcome::Fails { .. } => "IS_FAILED",
            Outcome::Silent => "IS_TIMEOUT",
        };
        // Nobody can refund a test, so what stayed in the slot is counted in it again.
        if test && matches!(outcome, Outcome::Fails { .. }) {
            let product = record.product_id;
            self.put_back(&machine, product, 1);
        }
    }
}
