//! The life of an order: what news of it changes, and that it never goes back.

use std::cmp::Ordering;

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

    /// Whether the machine is at it, or has been.
    pub const fn has_begun(self) -> bool {
        !matches!(self, Self::Unknown | Self::Waiting | Self::Cancelled)
    }

    /// Whether an attempt that had begun is over.
    pub const fn has_ended(self) -> bool {
        self.has_begun() && !matches!(self, Self::Dispensing)
    }

    /// Whether an attempt is over without goods, so that another may be made.
    const fn has_failed(self) -> bool {
        self.has_ended() && !matches!(self, Self::Dispensed)
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

impl OrderLine {
    /// Another attempt at it, which the vendor is about to be asked for.
    pub fn attempt(&mut self) {
        self.attempts = self.attempts.saturating_add(1);
        self.earlier = Some(self.delivery.state);
        self.delivery = Delivery::new(DeliveryState::Waiting);
        self.delivery_number = None;
        self.is_delivery_read = false;
    }

    /// The vendor has begun the attempt, under this number of its own.
    pub fn begin(&mut self, number: Text, told: &Delivery) {
        self.earlier = None;
        self.delivery_number = Some(number);
        self.delivery.hear(&Delivery::new(DeliveryState::Dispensing));
        self.delivery.hear(told);
    }

    /// Nothing more is to be learnt of whether the attempt was begun: the line is what the vendor says that it is.
    pub fn take_as_told(&mut self, told: Option<DeliveryState>) {
        self.earlier = None;
        if let Some(told) = told {
            self.hear(told);
        }
    }

    /// The attempt came to nothing that the vendor shows: the line is again as `before` had it.
    pub fn give_up(&mut self, before: &Self) {
        self.earlier = None;
        self.delivery.hear(&before.delivery);
        fill(&mut self.delivery_number, before.delivery_number.as_ref());
        self.is_delivery_read |= before.is_delivery_read;
    }

    /// Takes in how far the vendor's order says that the line is. It does not say of which attempt: that the line failed
    /// speaks of the one before as well, so as long as it is not known whether this one was begun, it is no news. That goods
    /// came out always is.
    pub fn hear(&mut self, told: DeliveryState) {
        if told.has_failed() && self.was_failed() {
            return;
        }
        self.delivery.hear(&Delivery::new(told));
        if told.has_begun() {
            self.earlier = None;
        }
    }

    /// Whether the attempt before had failed, and it is not known whether the latest was begun.
    pub fn was_failed(&self) -> bool {
        self.earlier.is_some_and(DeliveryState::has_failed)
    }

    /// Whether the latest attempt is known to have been begun.
    pub const fn has_begun(&self) -> bool {
        self.earlier.is_none() && self.delivery.state.has_begun()
    }

    /// Whether the vendor can tell more of the dispense than it was asked for: when it ended, or why.
    pub const fn can_tell_more(&self) -> bool {
        self.delivery.state.has_ended() && self.delivery_number.is_some() && !self.is_delivery_read
    }

    /// Takes in what the vendor tells of the dispense that it was asked for. Where its word for how far that is means
    /// nothing to us, its time and reason are those of the state that the order shows.
    pub fn hear_delivery(&mut self, told: &Delivery) {
        let state = if told.state == DeliveryState::Unknown { self.delivery.state } else { told.state };
        self.delivery.hear(&Delivery { state, ..told.clone() });
        self.is_delivery_read = true;
    }

    /// Takes in what another copy of the same line has heard. Of the delivery, the copy that knows of more attempts is
    /// right, save that what came out is out.
    fn join(&mut self, other: &Self) {
        fill(&mut self.product_name, other.product_name.as_ref());
        fill(&mut self.record, other.record.as_ref());
        self.price = self.price.or(other.price);
        match self.attempts.cmp(&other.attempts) {
            Ordering::Equal => {
                self.delivery.hear(&other.delivery);
                fill(&mut self.delivery_number, other.delivery_number.as_ref());
                self.earlier = self.earlier.and(other.earlier);
                self.is_delivery_read |= other.is_delivery_read;
            }
            Ordering::Less => {
                let ours = std::mem::replace(&mut self.delivery, other.delivery.clone());
                self.attempts = other.attempts;
                self.delivery_number.clone_from(&other.delivery_number);
                self.earlier = other.earlier;
                self.is_delivery_read = other.is_delivery_read;
                self.hear_if_out(&ours);
            }
            Ordering::Greater => self.hear_if_out(&other.delivery),
        }
    }

    fn hear_if_out(&mut self, delivery: &Delivery) {
        if delivery.state == DeliveryState::Dispensed {
            self.delivery.hear(delivery);
        }
    }
}

impl OrderReport {
    /// How far it has a line, by the vendor's number of it; `None` where it does not tell of it. Where it tells of one line
    /// more than once, that it failed is taken to speak of an attempt before one that was begun and has not failed: what is
    /// believed to be on its way comes late at worst, and what is believed to have failed may be given out twice.
    pub fn delivery(&self, record: &str) -> Option<DeliveryState> {
        let told = || self.lines.iter().filter(|line| *line.number == *record).map(|line| line.delivery);
        let under_way = told().filter(|state| state.has_begun() && !state.has_failed()).max();
        under_way.or_else(|| told().max())
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
        self.state = self.state.advance(self.meant(report.state));
        for told in &report.lines {
            if let Some(line) = matching(&mut self.lines, &told.number, &told.slot, told.quantity) {
                fill(&mut line.record, Some(&told.number));
                line.price = line.price.or(told.price);
            }
        }
        for line in &mut self.lines {
            if let Some(told) = line.record.as_deref().and_then(|record| report.delivery(record)) {
                line.hear(told);
            }
        }
        self.lapse(now);
        *self != before
    }

    /// Ends the order if its time to pay is over and nobody may have paid; gives whether it did.
    pub fn lapse(&mut self, now: Timestamp) -> bool {
        let lapsed = self.is_late(now) && self.state.is_unpaid() && !self.paying;
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
            ours.join(theirs);
        }
        self.lines.sort_by_key(|line| line.position);
    }

    /// Whether a pickup code paid for it.
    pub fn is_paid_by_pickup_code(&self) -> bool {
        self.state == OrderState::PickupCode || self.pickup_code_number.is_some()
    }

    /// The line at this position.
    pub fn line(&self, position: u32) -> Option<&OrderLine> {
        self.lines.iter().find(|line| line.position == position)
    }

    /// The line at this position.
    pub fn line_mut(&mut self, position: u32) -> Option<&mut OrderLine> {
        self.lines.iter_mut().find(|line| line.position == position)
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

    /// What the vendor means by a state: it calls a lapsed order CLOSED too. Nobody but us closes an order that was placed
    /// through us, so one that was to be paid, was not, and is closed without our word has lapsed. Our clock is not
    /// asked: the vendor's, which decides, may be ahead of it, and what is closed is not asked about again.
    fn meant(&self, told: OrderState) -> OrderState {
        let lapsed = told == OrderState::Closed
            && self.state <= OrderState::Expired
            && self.pay_before.is_some()
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
