//! The life of an order: what news of it changes, and that it never goes back.

use jiff::Timestamp;

use super::super::Text;
use super::{Delivery, DeliveryState, Order, OrderLine, OrderReport, OrderState};

impl OrderState {
    /// The state after news: the later of the two, so that late, repeated and reordered news is harmless.
    #[must_use]
    pub fn advance(self, told: Self) -> Self {
        self.max(told)
    }

    /// Whether somebody could still pay.
    pub fn is_unpaid(self) -> bool {
        self < Self::Expired
    }
}

impl DeliveryState {
    /// The state after news: the later of the two, so that late, repeated and reordered news is harmless.
    #[must_use]
    pub fn advance(self, told: Self) -> Self {
        self.max(told)
    }
}

impl Delivery {
    /// A delivery of which nothing is known but its state.
    pub fn new(state: DeliveryState) -> Self {
        Self { state, at: None, failure_reason: None }
    }

    /// Takes in news. Time and reason are those of the state: of a later state they replace what was known, of
    /// the same state they fill what was not.
    pub fn hear(&mut self, told: &Self) {
        if self.state.advance(told.state) != self.state {
            self.clone_from(told);
        } else if self.state == told.state {
            self.at = self.at.or(told.at);
            fill(&mut self.failure_reason, told.failure_reason.as_ref());
        }
    }
}

impl Order {
    /// Takes in the vendor's report; gives whether anything changed. A report of another order changes nothing.
    ///
    /// Report lines are matched to ours by the vendor's number of the line; where ours has none yet, by slot and
    /// quantity, each to one. What matches no line of ours is left out.
    pub fn hear(&mut self, report: &OrderReport, now: Timestamp) -> bool {
        if !self.is_of(report) {
            return false;
        }
        let before = self.clone();
        fill(&mut self.number, Some(&report.number));
        self.amount = self.amount.or(report.amount);
        fill(&mut self.pickup_code_number, report.pickup_code_number.as_ref());
        self.state = self.state.advance(self.meant(report.state, now));
        for told in &report.lines {
            if let Some(line) = matching(&mut self.lines, &told.number, &told.slot, told.quantity) {
                fill(&mut line.record, Some(&told.number));
                line.price = line.price.or(told.price);
                line.delivery.hear(&Delivery::new(told.delivery));
            }
        }
        self.lapse(now);
        *self != before
    }

    /// Ends the order if its time to pay is over; gives whether it did.
    pub fn lapse(&mut self, now: Timestamp) -> bool {
        let lapsed = self.is_late(now) && self.state.is_unpaid();
        if lapsed {
            self.state = OrderState::Expired;
        }
        lapsed
    }

    /// Takes in what another copy of the same order has heard, whichever of the two heard more. Joining is
    /// idempotent, and states and flags come out the same in whatever order copies are joined; of two texts for one
    /// place the own stays.
    pub fn join(&mut self, other: &Self) {
        fill(&mut self.number, other.number.as_ref());
        self.amount = self.amount.or(other.amount);
        fill(&mut self.pickup_code_number, other.pickup_code_number.as_ref());
        self.state = self.state.advance(other.state);
        self.closing |= other.closing;
        for theirs in &other.lines {
            let Some(ours) = self.lines.iter_mut().find(|line| line.position == theirs.position) else {
                self.lines.push(theirs.clone());
                continue;
            };
            fill(&mut ours.product_name, theirs.product_name.as_ref());
            fill(&mut ours.record, theirs.record.as_ref());
            fill(&mut ours.delivery_number, theirs.delivery_number.as_ref());
            ours.price = ours.price.or(theirs.price);
            ours.delivery.hear(&theirs.delivery);
        }
        self.lines.sort_by_key(|line| line.position);
    }

    /// Whether a pickup code paid for it.
    pub fn is_paid_by_pickup_code(&self) -> bool {
        self.state == OrderState::PickupCode || self.pickup_code_number.is_some()
    }

    /// The line with this vendor's number.
    pub fn line_of_record(&mut self, record: &str) -> Option<&mut OrderLine> {
        self.lines.iter_mut().find(|line| line.record.as_deref() == Some(record))
    }

    fn is_of(&self, report: &OrderReport) -> bool {
        let same = |ours: &str, theirs: &str| ours == theirs;
        self.number.as_deref().is_none_or(|number| same(number, &report.number))
            && report.trade_number.as_deref().is_none_or(|trade| same(&self.trade_number, trade))
    }

    /// What the vendor means by a state: it calls a lapsed order CLOSED too, which it is only if we, or somebody
    /// before its time to pay was over, closed it.
    fn meant(&self, told: OrderState, now: Timestamp) -> OrderState {
        let lapsed = told == OrderState::Closed
            && self.state <= OrderState::Expired
            && self.is_late(now)
            && !self.closing;
        if lapsed { OrderState::Expired } else { told }
    }

    fn is_late(&self, now: Timestamp) -> bool {
        self.pay_before.is_some_and(|end| end <= now)
    }
}

fn matching<'a>(
    lines: &'a mut [OrderLine],
    record: &Text,
    slot: &Text,
    quantity: u32,
) -> Option<&'a mut OrderLine> {
    let known = lines.iter().position(|line| line.record.as_ref() == Some(record));
    let place = known.or_else(|| {
        lines.iter().position(|line| line.record.is_none() && line.slot == *slot && line.quantity == quantity)
    })?;
    lines.get_mut(place)
}

/// What is known stays; what is not is taken over.
fn fill(ours: &mut Option<Text>, told: Option<&Text>) {
    if ours.is_none() {
        *ours = told.cloned();
    }
}
